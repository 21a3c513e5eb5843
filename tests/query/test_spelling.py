"""qa.query.spelling: which words are corrected, to what, and which stay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.query.spelling import correct, nearest

WORDS = {
    "cytokines": 3,
    "resistance": 3,
    "persistence": 9,
    "tumor": 3,
    "humor": 5,
    "tumour": 1,
    "cell": 3,
    "biomarkers": 2,
}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        pytest.param("cytokins", "cytokines", id="a letter left out"),
        pytest.param("cytookines", "cytokines", id="a letter too many"),
        pytest.param("resistence", "resistance", id="a letter changed"),
        pytest.param("biomrakers", "biomarkers", id="neighbours swapped are one error"),
        pytest.param("bimrakers", "biomarkers", id="two errors in a long word"),
        pytest.param("tumr", None, id="a short word"),
        pytest.param("tumxr", "tumor", id="one error in a word of five letters"),
        pytest.param("tmuxr", None, id="two errors in a word of five letters"),
        pytest.param("xumor", "humor", id="of two as near, the more common"),
        pytest.param("tumox", "tumor", id="the same first letter counts more"),
        pytest.param("riomrakers", None, id="two errors with another first letter"),
        pytest.param("tuple", None, id="nothing near"),
    ],
)
def test_a_word_is_corrected_to_the_nearest(typed: str, meant: str | None) -> None:
    found = nearest(typed, WORDS) if len(typed) >= 5 else correct(typed, WORDS, lambda _: False)[1].get(typed)
    assert found == meant


@pytest.mark.parametrize("name", ["CYTOKINS", "cytoKins", "cytokins2", "tumxr-β", "tumβr", "IL-2"])
def test_a_name_is_left_alone(name: str) -> None:
    text, corrections = correct(f"Does {name} work?", {**WORDS, "does": 1, "work": 1}, lambda word: word == "tumxr")
    assert (text, corrections) == (f"Does {name} work?", {})


def test_a_capital_is_a_name_but_at_the_start() -> None:
    assert correct("Cytokins?", WORDS, lambda _: False) == ("cytokines?", {"Cytokins": "cytokines"})
    assert correct("of Cytokins?", WORDS, lambda _: False) == ("of Cytokins?", {})


def test_known_words_stay_and_each_place_of_a_typo_is_mended() -> None:
    text, corrections = correct("tumxr-cytokins, persistense; cytokins", WORDS, lambda word: word == "persistense")
    assert text == "tumor-cytokines, persistense; cytokines"
    assert corrections == {"tumxr": "tumor", "cytokins": "cytokines"}


def test_a_word_made_of_a_known_one_is_no_slip() -> None:
    known = {"designing"}.__contains__
    assert correct("redesigning", {"redefining": 4}, known) == ("redesigning", {})
    assert correct("redesining", {"redesigning": 4}, known)[1] == {"redesining": "redesigning"}


def test_nothing_is_corrected_to_a_short_word_that_one_document_alone_has() -> None:
    assert correct("scour", {"srour": 1}, lambda _: False) == ("scour", {})
    assert correct("tumro", {"tumor": 1}, lambda _: False, {"tumor"}.__contains__)[1] == {"tumro": "tumor"}
    assert correct("scour", {"srour": 2}, lambda _: False)[1] == {"scour": "srour"}
    assert correct("cytokins", {"cytokines": 1}, lambda _: False)[1] == {"cytokins": "cytokines"}


@given(st.sampled_from([word for word in WORDS if len(word) > 7]), st.data())
def test_one_swap_in_a_long_word_is_found(word: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(word) - 2))
    typed = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    assert nearest(typed, WORDS) == word


@pytest.mark.parametrize(
    ("question", "corrected"),
    [
        pytest.param("CXRC4 pathway", "CXCR4 pathway", id="letters swapped"),
        pytest.param("cxcr4 and VEGF", "cxcr4 and VEGF", id="known"),
        pytest.param("PD1L or IL12", "PDL1 or IL12", id="too few letters"),
        pytest.param("CXXR9 here", "CXXR9 here", id="nothing near"),
    ],
)
def test_two_swapped_characters_of_a_symbol_are_corrected(question: str, corrected: str) -> None:
    def is_known(word: str) -> bool:
        return word.lower() in {"cxcr4", "pdl1", "il21", "pathway", "and", "vegf", "here", "or"}

    assert correct(question, {}, is_known)[0] == corrected
