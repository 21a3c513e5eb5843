"""Questions that test whether answers can be trusted: they are as described, and how they are counted."""

import tomllib
from pathlib import Path
from types import ModuleType

import pytest

from qa.readers.files import read
from qa.records import Answer, Question
from tests.support.models import WordEncoder
from tests.support.places import CORPUS, ROOT


@pytest.fixture
def command() -> ModuleType:
    from eval.benchmarks.answers import trust

    return trust


def test_the_questions_are_each_there_once_and_asked_nowhere_else(command: ModuleType) -> None:
    asked = [one.question for name in command.FILES for one in command.written(name, command.WRITTEN)]
    assert len({question.question for question in asked}) == len(asked) == 1_007
    assert sum(not question.answerable for question in asked) == 489
    others = [path for path in (ROOT / "eval" / "questions").rglob("*.jsonl") if path.parent.name != "trust"]
    known = "\n".join(path.read_text("utf-8") for path in others)
    assert not [question.question for question in asked if f'"{question.question}"' in known]


@pytest.mark.parametrize("name", ["reviews", "reviews-second"])
def test_every_quote_stands_in_the_built_in_reviews(command: ModuleType, name: str) -> None:
    texts = {path.name: " ".join(read(path).text.split()) for path in CORPUS.glob("*.txt")}
    for one in command.written(name, command.WRITTEN):
        assert all(" ".join(quote.split()) in texts[doc] for doc, quote in one.question.answers), one.question


@pytest.mark.parametrize(
    "name",
    ["covidqa", "covidqa-second", "plos", "plos-second", "plos-third", "trials", "trials-second", "trials-third"],
)
def test_every_quote_stands_in_the_articles(command: ModuleType, shared: Path, tmp_path: Path, name: str) -> None:
    paths = {path.name: path for one in command.files(name, shared / "data", tmp_path) for path in _files(one)}
    asked = [one.question for one in command.written(name, command.WRITTEN)]
    cited = {doc for question in asked for doc, _ in question.answers}
    texts = {doc: " ".join(read(paths[doc]).text.split()) for doc in cited}
    for question in asked:
        assert all(" ".join(quote.split()) in texts[doc] for doc, quote in question.answers), question


@pytest.mark.parametrize("name", ["trials", "trials-second"])
def test_no_article_is_learned_from_that_trials_are_asked_of(command: ModuleType, name: str) -> None:
    asked = set(tomllib.loads((command.WRITTEN / f"{name}.toml").read_text("utf-8"))["files"])
    learned = (ROOT / "eval" / "questions" / "training").glob("*.jsonl")
    assert not [name for path in learned for name in asked if name in path.read_text("utf-8")]


def _files(path: Path) -> list[Path]:
    return sorted(path.iterdir()) if path.is_dir() else [path]


def test_a_library_is_made_and_asked(command: ModuleType, words: WordEncoder, tmp_path: Path) -> None:
    text = tmp_path / "gout.txt"
    text.write_text("Gout is caused by crystals of uric acid. Rest helps. Pain comes at night.", "utf-8")
    gold = (("gout.txt", "Gout is caused by crystals of uric acid."),)
    asked = [Question("a", "What is gout caused by?", answers=gold), Question("b", "Who won?", "near-miss", False)]
    found = command.ask(tmp_path / "library", [text], asked, words)
    assert [one.answer.abstained for one in found] == [False, True]
    assert any(found[0].gold)
    assert [one.question.id for one in found] == ["a", "b"]


def test_kinds_sureness_and_what_is_shown_are_counted(command: ModuleType) -> None:
    def asked(name: str, kind: str, confidence: float, *gold: bool, reason: str | None = None) -> object:
        question = Question(name, "?", kind, kind != "near-miss")
        answer = Answer("?", (), (), (), reason is not None, reason, confidence)
        return command.Asked(question, answer, gold)

    lines = list(
        command.report(
            [
                asked("a", "chatty", 0.9, False, True),
                asked("b", "chatty", 0.2, reason="weak_evidence"),
                asked("c", "near-miss", 0.6, False),
                asked("d", "near-miss", 0.1, reason="unknown_entity"),
            ]
        )
    )
    assert lines[2] == "| all answerable | 2 | 0.500 | 0.550 |  | 0.000 | 0.500 | 0.000 |"
    assert lines[3] == "| all unanswerable | 2 | 0.500 | 0.350 | 0.750 |  |  | 0.500 |"
    assert "answered with confidence 0.5 or more: 2, wrong 0.500" in lines
    assert "answered with confidence 0.9 or more: 1, wrong 0.000" in lines
    assert "sentences shown for answerable questions: 2, gold 0.500" in lines
    # Of the 1, 2, 3 and 4 most confident, 0, 1, 1 and 2 are unanswerable: mean risk (0 + 1/2 + 1/3 + 1/2) / 4.
    # Two are answered, a bin each: with .9, and a gold sentence, and with .6 and none.
    assert lines[-1].endswith(f" {(0.1 + 0.6) / 2:.3f}")
    assert lines[-5] == "| coverage | 0.25 | 0.25 | 0.50 | 0.50 | 0.50 | 0.75 | 1.00 | 1.00 | area |"
    assert lines[-3] == "| risk | 0.000 | 0.000 | 0.500 | 0.500 | 0.500 | 0.333 | 0.500 | 0.500 | 0.333 |"
