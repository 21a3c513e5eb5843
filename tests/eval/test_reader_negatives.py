"""Unanswerable examples for the passage reader, checked by hand; their last passages are first hits."""

import random
from pathlib import Path
from types import SimpleNamespace

import pytest

from qa.library import Library
from qa.records import Question
from tests.support.models import WordEncoder

TEXT = ["Aldesleukin was approved by the FDA in 1992.", "Later Interferon was approved by the EMA."]


@pytest.fixture
def parts() -> SimpleNamespace:
    from eval.training import reader_found, reader_negatives, reader_passages

    return SimpleNamespace(negatives=reader_negatives, found=reader_found, Passage=reader_passages.Passage)


def test_a_name_of_the_question_becomes_another_of_the_passage(parts: SimpleNamespace) -> None:
    one = parts.Passage("In which year was Aldesleukin approved?", TEXT, [0], "g")
    made = parts.negatives._renamed(one, ["Xenon"], random.Random(3))
    assert made.question in {f"In which year was {one} approved?" for one in ("Interferon", "EMA", "FDA", "Xenon")}
    assert (list(made.answers), made.sentences) == ([], TEXT)


def test_or_the_passage_comes_to_speak_of_another(parts: SimpleNamespace) -> None:
    one = parts.Passage("In which year was Aldesleukin approved?", TEXT[:1], [0], "g", "Aldesleukin")
    made = parts.negatives._retold(one, ["Xenon"], random.Random(3))
    assert (made.question, made.sentences, made.head) == (
        one.question,
        ["Xenon was approved by the FDA in 1992."],
        "Xenon",
    )
    assert list(made.answers) == []


def test_a_name_is_left_where_there_is_none_to_put_for_it(parts: SimpleNamespace) -> None:
    one = parts.Passage("In which year was Aldesleukin approved?", TEXT[:1], [0], "g")
    assert parts.negatives._renamed(one, ["IL-2"], random.Random(3)) is None


def test_a_number_moves_to_one_that_the_passage_has_not(parts: SimpleNamespace) -> None:
    one = parts.Passage("What was approved in 1992?", TEXT, [0], "g")
    made = parts.negatives._renumbered(one, [], random.Random(3))
    assert made.question != one.question
    assert made.question.startswith("What was approved in 19")


@pytest.mark.parametrize(
    ("asked", "made"),
    [("What raised the risk?", "What lowered the risk?"), ("Was the risk raised?", None), ("What is a risk?", None)],
)
def test_a_direction_is_turned_but_not_in_a_question_to_say_yes_or_no_to(
    parts: SimpleNamespace, asked: str, made: str | None
) -> None:
    one = parts.Passage(asked, ["Salt raised the risk."], [0], "g")
    found = parts.negatives._opposed(one, [], random.Random(3))
    assert (found and found.question) == made


def test_a_stranger_is_the_passage_of_another_group_with_the_rarest_of_its_words(parts: SimpleNamespace) -> None:
    first = parts.Passage("What is the dose of aspirin?", ["The dose is two."], [0], "a")
    second = parts.Passage("What is a moon?", ["A moon is a rock with aspirin on it."], [0], "b")
    own = parts.Passage("What is it?", ["It is aspirin, the dose of aspirin."], [0], "a")
    found = list(parts.negatives.strangers([first, second, own], 3, random.Random(1)))
    assert [one.sentences for one in found if one.question == first.question] == [second.sentences]
    assert all(not one.answers for one in found)


def test_the_first_hits_of_a_question_are_its_passages(
    parts: SimpleNamespace, tmp_path: Path, words: WordEncoder
) -> None:
    (tmp_path / "a.txt").write_text("Severe toxicity limits the dose of aldesleukin. It leaks.")
    (tmp_path / "b.txt").write_text("The dose of aspirin is two. The moon is rock.")
    asked = Question(
        "1", "What limits the dose?", answers=(("a.txt", "Severe toxicity limits the dose of aldesleukin."),)
    )
    with Library(tmp_path / "library", encoder=words, ranking=parts.found.UNREAD) as library:
        library.add([tmp_path / "a.txt", tmp_path / "b.txt"])
        right, wrong = parts.found.hits(library, [asked])
    assert (right.group, list(right.answers), right.sentences[1]) == ("a.txt", [0], "It leaks.")
    assert (wrong.group, list(wrong.answers)) == ("b.txt", [])
