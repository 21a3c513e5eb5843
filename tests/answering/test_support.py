"""The support of sentences: which passages are read, with which words, and how support is computed."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from qa.answering.lacking import lacking, unnamed
from qa.answering.support import POOLING, READ, SUPPORT_WEIGHTS, judged, supports
from qa.library import Library
from qa.models.reader import Reading
from qa.models.reranker import Scores
from qa.query.answer_types import AnswerType, asked_types
from qa.retrieval.fusion import logistic
from tests.support.models import WordEncoder

LACKING = "In which year did IL-2 show efficacy in melanoma and renal cell carcinoma?"
PLAIN = "Did IL-2 show efficacy in melanoma and renal cell carcinoma?"


class Counting:
    """A PassageReader that gives each sentence its index in the passage as log-odds, and records what it read."""

    sha256 = "2" * 64

    def __init__(self) -> None:
        self.seen: list[Reading] = []

    def read(self, passages: Sequence[Reading]) -> list[Scores]:
        self.seen += passages
        return [np.arange(len(one.sentences), dtype=np.float32) for one in passages]


def test_the_passages_of_the_sentences_are_read_each_once_under_its_headings(library: Library) -> None:
    found, reader = library.retrieve(PLAIN), Counting()
    chosen = found.sentences[:3]
    log_odds = judged(found, chosen, reader, lacks_detail=False)
    ranks = sorted({one.rank for one in chosen}.union(range(1, READ + 1)))
    assert len(reader.seen) == len(ranks)
    for rank, read in zip(ranks, reader.seen, strict=True):
        hit = found.hits[rank - 1]
        assert read.head == ". ".join(part for part in (hit.title, hit.passage.section) if part)
        assert " ".join(read.sentences).split() == hit.text.split()
    assert {(one.doc_id, one.start, one.end) for one in chosen} <= log_odds.keys()


def test_support_rises_with_the_log_odds_and_falls_where_a_detail_is_lacking(library: Library) -> None:
    for question, missing in ((PLAIN, 0.0), (LACKING, 1.0)):
        found = library.retrieve(question)
        lacks = lacking(found)
        assert lacks.detail == bool(missing)
        signals, told = (
            make(found, found.sentences[:2], Counting(), lacks_detail=lacks.detail) for make in (judged, supports)
        )
        for place, each in signals.items():
            assert each["lacking"] == missing
            assert told[place] == pytest.approx(logistic(SUPPORT_WEIGHTS, each), abs=1e-4)
    assert SUPPORT_WEIGHTS["log_odds"] > 0 > max(SUPPORT_WEIGHTS["lacking"], SUPPORT_WEIGHTS["unnamed"])


def test_log_odds_are_drawn_towards_the_mean_of_those_of_the_first_hits(tmp_path: Path, words: WordEncoder) -> None:
    (tmp_path / "a.txt").write_text("IL-2 is toxic. It is given. Nobody knows.")
    with Library(tmp_path / "library", encoder=words) as library:
        library.add([tmp_path / "a.txt"])
        found = library.retrieve("Is IL-2 toxic?")
        told = judged(found, found.sentences, Counting(), lacks_detail=False)
    in_order = [told[place]["log_odds"] for place in sorted(told)]
    assert in_order == pytest.approx([own + POOLING * (1 - own) for own in (0, 1, 2)])  # the mean of 0, 1 and 2 is 1
    assert 0 < POOLING < 1


@pytest.mark.parametrize(
    ("asked", "left_unnamed"),
    [
        pytest.param("Is IL-2 toxic?", False, id="named by the passage"),
        pytest.param("Is interleukin-2 toxic?", False, id="named otherwise"),
        pytest.param("Is IL-10 toxic?", True, id="named elsewhere"),
        pytest.param("Is IL-10 toxic in melanoma?", True, id="one of two"),
        pytest.param("Are IL-2 and IL-10 toxic?", False, id="one of those joined"),
        pytest.param("Is it toxic in Aldgate?", False, id="named by the heading"),
        pytest.param("Is it toxic?", False, id="nothing named"),
    ],
)
def test_a_passage_that_does_not_name_the_thing_is_told(
    tmp_path: Path, words: WordEncoder, asked: str, left_unnamed: bool
) -> None:
    (tmp_path / "a.md").write_text("# Patients of Aldgate\n\nIL-2 is toxic in melanoma. It is given.\n")
    (tmp_path / "b.md").write_text("# Wells\n\nIL-10 was measured.\n")
    with Library(tmp_path / "library", encoder=words, reader=Counting()) as library:
        library.add([tmp_path / "a.md", tmp_path / "b.md"])
        found = library.retrieve(asked)
        hits = [hit for hit in found.hits if "toxic" in hit.text]
        assert unnamed(found, hits) == [left_unnamed]


def test_a_refusal_looks_once_for_what_is_lacking(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def counted(question: str) -> list[AnswerType]:
        asked.append(question)
        return asked_types(question)

    monkeypatch.setattr("qa.answering.lacking.asked_types", counted)
    assert library.ask(LACKING, threshold=0.999).reason == "missing_detail"
    assert asked == [LACKING]


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Aldesleukin is toxic. It is given.", "Is aldesleukin toxic?"),
        ("IL-2 is toxic. It is given.", "Is IL-2 toxic?"),
    ],
)
def test_the_question_calls_a_thing_as_the_text_does(tmp_path: Path, words: WordEncoder, text: str, asked: str) -> None:
    (tmp_path / "a.txt").write_text(text)
    reader = Counting()
    with Library(tmp_path / "library", encoder=words, reader=reader) as library:
        library.add([tmp_path / "a.txt"])
        library.ask("Is aldesleukin toxic?")
    (read,) = reader.seen
    assert read.question.lower() == asked.lower()
