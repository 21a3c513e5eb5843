"""From what was found to an answer or an abstention, with the encoder that counts words."""

from qa.answering import signals
from qa.library import Library

LACKING = "In which year did IL-2 show efficacy in melanoma and renal cell carcinoma?"
PLAIN = "Did IL-2 show efficacy in melanoma and renal cell carcinoma?"


def test_a_detail_that_none_of_the_passages_gives_is_a_reason_to_refuse(library: Library) -> None:
    assert library.ask(LACKING).reason == "missing_detail"
    assert library.ask(PLAIN).reason is None


def test_a_missing_detail_is_a_signal_that_lowers_the_confidence(library: Library) -> None:
    assert signals(library.retrieve(LACKING))["missing"] == 1
    assert signals(library.retrieve(PLAIN))["missing"] == 0
    assert library.ask(LACKING, threshold=0).confidence < library.ask(PLAIN).confidence


def test_a_threshold_of_zero_answers_also_without_the_detail(library: Library) -> None:
    answer = library.ask(LACKING, threshold=0)
    assert not answer.abstained
    assert answer.sentences
