"""Near misses: the questions are as described, and how they are counted."""

import gzip
import json
from pathlib import Path
from types import ModuleType

import pytest

from qa.readers.files import read
from qa.records import Question
from tests.support.models import WordEncoder

NAMES = ("covidqa", "plos", "medquad")


@pytest.fixture
def command() -> ModuleType:
    from eval.benchmarks.answers import near_misses

    return near_misses


def test_the_questions_are_each_there_once_and_most_have_no_answer(command: ModuleType) -> None:
    asked = [one.question for name in NAMES for one in command.written(name, command.WRITTEN)]
    assert len({question.question for question in asked}) == len(asked) == 1864
    assert sum(not question.answerable for question in asked) == 1156
    assert {question.kind for question in asked if not question.answerable} == {"near-miss"}


def test_every_quote_stands_in_the_texts_that_are_asked(command: ModuleType, shared: Path) -> None:
    for _, texts, questions in command.collections(shared / "data"):
        assert questions
        cited = {doc for question in questions for doc, _ in question.answers}
        held = {
            name: text if isinstance(text, str) else read(text).text for name, text in texts.items() if name in cited
        }
        plain = {name: " ".join(text.split()) for name, text in held.items()}
        for question in questions:
            assert all(" ".join(quote.split()) in plain[doc] for doc, quote in question.answers), question


def test_what_is_said_of_a_disease_is_its_answers_each_once(command: ModuleType, tmp_path: Path) -> None:
    said = [
        "Gout is a painful disease of the joints, mostly of the big toe.",
        "It is treated with rest and with drugs, " * 2,
    ]
    (tmp_path / "medquad").mkdir()
    with gzip.open(tmp_path / "medquad" / "pairs.jsonl.gz", "wt") as lines:
        lines.writelines(
            json.dumps({"focus": "Gout", "answer": text}) + "\n" for text in [*said, said[0], "Short.", None]
        )
    assert command.diseases(tmp_path) == {"gout": f"{said[0]}\n\n{said[1]}"}


def test_questions_are_asked_and_counted(command: ModuleType, words: WordEncoder, tmp_path: Path) -> None:
    texts = {"gout.txt": "Gout is caused by crystals of uric acid. Rest helps.", "flu.txt": "Flu is caused by a virus."}
    asked = command.ask(
        tmp_path / "library",
        texts,
        [
            Question(
                "a", "What is gout caused by?", answers=(("gout.txt", "Gout is caused by crystals of uric acid."),)
            ),
            Question("b", "Which company makes crystals of uric acid?", "near-miss", False),
            Question("c", "How many have gout?", "near-miss", False),
        ],
        words,
    )
    assert [(one.answerable, one.first, one.three) for one in asked] == [(True, True, True)] + [
        (False, False, False)
    ] * 2
    assert [one.lacking for one in asked] == [[], ["company"], ["number"]]
    assert list(command.by_detail(asked)) == [
        "| company | 0 | 0 | 1 | 1 |",
        "| number | 0 | 0 | 1 | 1 |",
        "| any | 0 | 0 | 2 | 2 |",
    ]
    name, answerable, misses, auroc, *_, first, three = command.row("few", asked).strip("| ").split(" | ")
    assert (name, answerable, misses, auroc, first, three) == ("few", "1", "2", "1.000", "1.000", "1.000")


def test_a_library_of_other_texts_is_not_asked(command: ModuleType, words: WordEncoder, tmp_path: Path) -> None:
    command.ask(tmp_path / "library", {"a.txt": "Gout is caused by crystals of uric acid."}, [], words)
    with pytest.raises(SystemExit, match="does not hold the texts"):
        command.ask(tmp_path / "library", {"b.txt": "Flu is caused by a virus."}, [], words)
