"""Minimal pairs to train the passage reader: what is changed, and that one of each pair answers."""

import random
from types import ModuleType
from typing import Any

import pytest

SENTENCES = [
    "The work began in 1987.",
    "The trial of Danumab enrolled 40 people.",
    "Danumab slowed the disease of all, but Veltrivir did not.",
]


@pytest.fixture
def made() -> ModuleType:
    from eval.training import reader_pairs

    return reader_pairs


def passage(made: ModuleType, question: str, *answers: int, sentences: list[str] = SENTENCES) -> Any:
    return made.Passage(question, sentences, list(answers), "trial", "A trial")


def test_two_things_change_places_and_only_one_question_is_answered(made: ModuleType) -> None:
    asked = passage(made, "How many people did the trial of Danumab enrol?", 1)
    for seed in range(6):
        wrong, right = made._swapped(asked, random.Random(seed))
        assert (list(wrong.answers), list(right.answers)) == ([], [1])
        assert right.question == "How many people did the trial of Veltrivir enrol?"
        assert right.sentences[1] == "The trial of Veltrivir enrolled 40 people."
        assert right.sentences[2] == "Veltrivir slowed the disease of all, but Danumab did not."
        # Either the question names the other and the text is unchanged, or the text exchanges the two.
        assert (wrong.question == right.question) is (wrong.sentences == SENTENCES)


def test_what_is_asked_of_some_is_answered_where_it_is_said_of_them(made: ModuleType) -> None:
    asked = passage(made, "How many people were enrolled?", 1)
    for medical in (True, False):
        for seed in range(10):
            right, wrong = made._restricted(asked, medical, random.Random(seed))
            part = right.question.removeprefix("How many people were enrolled ").rstrip("?")
            assert right.question == wrong.question
            assert part in (made.OF_WHOM if medical else made.OF_WHERE)
            assert (list(right.answers), list(wrong.answers)) == ([1], [])
            assert right.sentences[1] == f"The trial of Danumab enrolled 40 people {part}."
            assert part not in wrong.sentences[1]


def test_a_time_gives_no_reason(made: ModuleType) -> None:
    wrong, right = made._reasoned(passage(made, "When did the work begin?", 0), random.Random(1))
    assert wrong.question == right.question == "Why did the work begin?"
    assert (list(wrong.answers), list(right.answers)) == ([], [0])
    assert any(reason in right.sentences[0] for reason in made.REASONS)
    told = ["The work began in 1987 because of a fire.", *SENTENCES[1:]]
    assert not made._reasoned(passage(made, "When did the work begin?", 0, sentences=told), random.Random(1))


def test_a_number_is_no_comparison(made: ModuleType) -> None:
    asked = passage(made, "How many people did Danumab enrol?", 1)
    wrong, right = made._compared(asked, random.Random(1))
    assert wrong.question == "How many more people did Danumab enrol than Veltrivir?"
    assert (list(wrong.answers), right) == ([], asked)


def test_pairs_are_made_of_what_answers_beside_something_else(made: ModuleType) -> None:
    found = [passage(made, "When did the work begin?", 0), passage(made, "Who won?"), passage(made, "What?", 0, 1, 2)]
    pairs = list(made.pairs({"squad2": found, next(iter(made.UNCHANGED)): found}))
    assert sorted(bool(one.answers) for one in pairs) == [False, True]
    assert pairs == list(made.pairs({"squad2": found}))
