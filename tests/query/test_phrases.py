"""The noun phrases of questions, and their kinds."""

import pytest

from qa.query.phrases import coordinated, nearness, phrases, siblings
from qa.query.synonyms import builtin, thesaurus

NAMES = thesaurus(*builtin())


def found(question: str) -> list[tuple[str, str]]:
    return [(phrase.text, phrase.kind) for phrase in phrases(question, NAMES)]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Does high-dose IL-2 work in melanoma?", [("high-dose IL-2", "name"), ("melanoma", "disease")]),
        ("Is IL-2 toxic to patients?", [("IL-2", "name"), ("patients", "group")]),
        ("How do interferons act on NK cells?", [("interferons", "name"), ("NK cells", "cell")]),
        ("Is vegf a target of nivolumab?", [("vegf", "name"), ("target", ""), ("nivolumab", "name")]),
        ("Which search terms were used?", [("search terms", "")]),
        ("Why isn't IL-2 given?", [("IL-2", "name")]),
        ("How does Alzheimer's disease begin?", [("Alzheimer's disease", "disease")]),
        ("Why?", []),
    ],
)
def test_phrases_and_their_kinds(question: str, expected: list[tuple[str, str]]) -> None:
    assert found(question) == expected


@pytest.mark.parametrize(
    "question", ["What are the side effects of high-dose IL-2?", "What are high-dose IL-2's side effects?"]
)
def test_an_aspect_comes_with_what_it_is_of(question: str) -> None:
    aspect = next(phrase for phrase in phrases(question, NAMES) if phrase.aspect)
    assert "IL-2" in aspect.text
    assert "side effects" in aspect.text
    assert aspect.plural


def test_a_phrase_is_a_span_of_the_question() -> None:
    question = "Do IL-6, TGF-β and VEGF suppress T cells in the tumor microenvironment?"
    for phrase in phrases(question, NAMES):
        assert question[phrase.start : phrase.end] == phrase.text


def test_what_and_joins_is_one_phrase() -> None:
    question = "Do IL-6, TGF-β and VEGF suppress T cells?"
    every = phrases(question, NAMES)
    assert coordinated(question, every, every[0]).text == "IL-6, TGF-β and VEGF"
    assert coordinated(question, every, every[-1]).text == "T cells"


def test_names_of_one_family_are_nearer_than_names() -> None:
    il2, il15, pd1, atorvastatin = phrases("IL-2, IL-15, PD-1, atorvastatin", NAMES)
    assert nearness(il2, il15, NAMES) > nearness(il2, pd1, NAMES)
    assert siblings(il2, pd1, NAMES)
    (mice,) = phrases("mice", NAMES)
    assert not siblings(atorvastatin, mice, NAMES)
