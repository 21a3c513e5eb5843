"""qa.readers.pdf.formulas: only sentences with a broken formula are set apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.readers.blocks import Block
from qa.readers.pdf.formulas import is_torn, without_torn_formulas

TORN = (
    "The rate is ₁= , ln , K= k .",
    "It is stable for spring stiffness larger than_{cr} k in all.",
    "The spectrum is shown for k = 0.08421,₁ β₂ = 0.84 and below.",
    "The index was computed as Δ9DS(C16) = 100 ×",
    "The sum is φ = 1 − + − + + in all.",
)
WHOLE = (
    "The dose was 10⁵ spores, or 3 × 10⁻³ g, at P = 0.05.",
    "CO₂ and Ca²⁺ rose (n = 12; P =,04), and k_{cr} did not.",
    "Patients were ER+, PR−, and HER2+ or −/− in both.",
    "Values are means ± SD; r = −0.4, and t = +2.",
)


@pytest.mark.parametrize("sentence", TORN)
def test_a_formula_that_came_apart_is_known(sentence: str) -> None:
    assert is_torn(sentence)


@pytest.mark.parametrize("sentence", WHOLE)
def test_numbers_indices_and_signs_that_are_whole_are_not(sentence: str) -> None:
    assert not is_torn(sentence)


def test_the_sentences_around_it_stay_evidence_and_on_their_pages() -> None:
    text = "All of the cells grew well. It was stable for all larger than_{cr} k. None of them died later."
    pages = ((0, 3), (text.index("None"), 4))
    found = without_torn_formulas([Block(text, pages=pages), Block(text, role="references")])
    assert [(block.text, block.role, block.pages) for block in found[:3]] == [
        ("All of the cells grew well.", "body", ((0, 3),)),
        ("It was stable for all larger than_{cr} k.", "boilerplate", ()),
        ("None of them died later.", "body", ((0, 4),)),
    ]
    assert found[3] == Block(text, role="references")


@given(st.lists(st.sampled_from([*TORN[1:3], *WHOLE]), min_size=1, max_size=6))
def test_no_word_is_lost(sentences: list[str]) -> None:
    text = " ".join(sentences)
    found = without_torn_formulas([Block(text, pages=((0, 1),))])
    assert " ".join(block.text for block in found) == text
    assert not any(is_torn(block.text) for block in found if block.role == "body")
