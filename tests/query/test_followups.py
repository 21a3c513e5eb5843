"""Rewriting follow-up questions to stand alone: a table of conversations about the built-in corpus."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.query.followups import resolve
from qa.query.questions import MAX_CHARACTERS
from qa.query.synonyms import builtin, thesaurus

NAMES = thesaurus(*builtin())

LEANING = [
    (["How does IL-2 work?"], "and its side effects?", "IL-2's side effects?"),
    (["What limits the use of high-dose IL-2?"], "Does it work in melanoma?", "Does high-dose IL-2 work in melanoma?"),
    (["Does neutralizing IL-6 improve outcomes?"], "What about TGF-β?", "Does neutralizing TGF-β improve outcomes?"),
    (["How does IFN-gamma act against tumors?"], "And TNF?", "How does TNF act against tumors?"),
    (["Is IFN-alpha used in melanoma?"], "and in renal cell carcinoma?", "Is IFN-alpha used in renal cell carcinoma?"),
    (
        ["Is IFN-alpha used in melanoma?"],
        "What about renal cell carcinoma?",
        "Is IFN-alpha used in renal cell carcinoma?",
    ),
    (["Is TNF-alpha toxic?"], "Why?", "Why is TNF-alpha toxic?"),
    (["What limits the use of high-dose IL-2?"], "Why is that?", "Why? What limits the use of high-dose IL-2?"),
    (["How does IL-2 act on T cells?"], "And NK cells?", "How does IL-2 act on NK cells?"),
    (["What is interleukin-2?"], "What are the side effects?", "What are the side effects of interleukin-2?"),
    (
        ["What is interleukin-2?"],
        "How are the side effects reduced?",
        "How are the side effects of interleukin-2 reduced?",
    ),
    (["Which databases were searched?"], "Why were they chosen?", "Why were databases chosen?"),
    (["What are the side effects of IL-2?"], "How can they be reduced?", "How can side effects of IL-2 be reduced?"),
    (["Do IL-6 and TGF-β suppress immunity?"], "Are they targets?", "Are IL-6 and TGF-β targets?"),
    (
        ["Do IL-6 and TGF-β suppress immunity?"],
        "How are these cytokines blocked?",
        "How are the cytokines IL-6 and TGF-β blocked?",
    ),
    (["Does nivolumab cause fever?"], "How about ipilimumab?", "Does ipilimumab cause fever?"),
    (
        ["What do immune checkpoint inhibitors do?"],
        "How do tumors resist them?",
        "How do tumors resist immune checkpoint inhibitors?",
    ),
    (["What is IL-2?", "and its side effects?"], "What about TNF-alpha?", "TNF-alpha's side effects?"),
    (["What is IL-2?", "What are its side effects?"], "How are they reduced?", "How are IL-2's side effects reduced?"),
    (["How does IFN-gamma work?", "And IL-2?"], "Is it given to patients?", "Is IL-2 given to patients?"),
    (["What is TNF-alpha?"], "Is it known to cause fever?", "Is TNF-alpha known to cause fever?"),
    (
        ["Is IL-2 used together with CAR-T cells?"],
        "in melanoma?",
        "Is IL-2 used together with CAR-T cells in melanoma?",
    ),
    (["How do cytokines promote cancer?"], "And what limits their use?", "And what limits cytokines' use?"),
    (["Does IL-2 raise PD-L1?"], "What about PD-1?", "Does IL-2 raise PD-1?"),
]

STANDING = [
    (["How does IL-2 work?"], "What is TGF-β?"),
    (["How does IL-2 work?"], "And what is the tumor microenvironment?"),
    (["How does IL-2 work?"], "What about the side effects of TNF-alpha?"),
    (["How does IL-2 work?"], "Is it true that cytokines only ever fight tumors?"),
    (["How does IL-2 work?"], "Is it safe to combine interferon with nivolumab?"),
    (["How does IL-2 work?"], "Would it be promising to neutralise what fresolimumab binds?"),
    (["How does IL-2 work?"], "What does it depend on whether cytokines act for or against the tumor?"),
    (["How does IL-2 work?"], "What is TNF and what does it do?"),
    (["How does IL-2 work?"], "Interferon switches off antigen presentation, so why give it?"),
    (["How does IL-2 work?"], "Do tumours change their surface?"),
    (["How does IL-2 work?"], "What do these reviews say about TNF-alpha?"),
    (["How does IL-2 work?"], "Who wrote this review?"),
    (["How does IL-2 work?"], "Which cytokines such as TGF-β are neutralized?"),
    (["How does IL-2 work?"], "Which databases were searched?"),
    (["How does IL-2 work?"], "capital of Mongolia"),
    (["How does IL-2 work?"], "CXCR4 full name"),
    (["How does IL-2 work?"], "For which tumours has IFN-alpha been used?"),
    (["How does IL-2 work?"], "Keywords of the mini review?"),
    (["How does IL-2 work?"], "What is an immune checkpoint inhibitor?"),
    (["How does IL-2 work?"], "Why must cytokines not be combined with CAR-T cells?"),
    (
        ["How does IL-2 work?"],
        "Do drugs that release the brakes on lymphocytes give long-lasting freedom from disease?",
    ),
    (["How does IL-2 work?"], "Which is limited more by toxicity, IFN-alpha or TNF-alpha?"),
    (["How does IL-2 work?"], "Was IL-2 among the first cytokines to be tried against cancer?"),
    (["How does IL-2 work?"], "What are the side effects of interferons?"),
    (["How does IL-2 work?"], "Does lecanemab slow cognitive decline in Alzheimer's disease?"),
]


@pytest.mark.parametrize(("earlier", "question", "resolved"), LEANING)
def test_a_question_that_leans_is_completed_from_the_one_before(
    earlier: list[str], question: str, resolved: str
) -> None:
    assert resolve(question, earlier, NAMES) == resolved


@pytest.mark.parametrize(("earlier", "question"), STANDING)
def test_a_question_that_stands_alone_is_left_as_it_is(earlier: list[str], question: str) -> None:
    assert resolve(question, earlier, NAMES) is None


@pytest.mark.parametrize("question", [question for _, question, _ in LEANING])
def test_without_an_earlier_question_nothing_is_resolved(question: str) -> None:
    assert resolve(question, [], NAMES) is None


@given(st.text(max_size=300), st.lists(st.text(max_size=300), max_size=3))
def test_no_text_is_too_odd_to_be_asked_about(question: str, earlier: list[str]) -> None:
    resolved = resolve(question, earlier, NAMES)
    assert resolved is None or resolved


def test_what_would_be_too_long_to_ask_is_not_resolved() -> None:
    before = "Does IL-2 work" + " well" * 390 + "?"
    assert len(before) <= MAX_CHARACTERS
    assert resolve("Why?", [before], NAMES) is not None
    assert resolve("What about " + "x" * 80 + "-IL-2?", [before], NAMES) is None
