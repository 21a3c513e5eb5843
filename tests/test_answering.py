"""From what was found to an answer or an abstention, with the encoder that counts words."""

from qa.answering import signals
from qa.library import Library

LACKING = "In which year did IL-2 show efficacy in melanoma and renal cell carcinoma?"
PLAIN = "Did IL-2 show efficacy in melanoma and renal cell carcinoma?"


def test_a_refusal_says_that_the_detail_asked_for_is_missing(library: Library) -> None:
    assert library.ask(LACKING, threshold=0.999).reason == "missing_detail"
    assert library.ask(PLAIN, threshold=0.999).reason == "weak_evidence"


def test_a_missing_detail_is_a_signal_that_lowers_the_confidence(library: Library) -> None:
    assert signals(library.retrieve(LACKING))["missing"] == 1
    assert signals(library.retrieve(PLAIN))["missing"] == 0
    assert library.ask(LACKING).confidence < library.ask(PLAIN).confidence


def test_the_lead_is_that_of_the_first_hit_over_the_last(library: Library) -> None:
    found = library.retrieve(PLAIN)
    assert signals(found)["lead"] == found.hits[0].score - found.hits[9].score > 0
    assert signals(library.retrieve(PLAIN, 1))["lead"] == 0


def test_a_threshold_of_zero_answers_also_without_the_detail(library: Library) -> None:
    answer = library.ask(LACKING, threshold=0)
    assert not answer.abstained
    assert answer.sentences
