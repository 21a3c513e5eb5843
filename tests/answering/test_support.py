"""The support of sentences: what it is computed from."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from qa.answering.lacking import lacking, unnamed
from qa.answering.support import POOLING, SUPPORT_WEIGHTS, signals, supports
from qa.library import Library
from qa.models.reader import Reading, Scores
from qa.query.answer_types import AnswerType, asked_types
from qa.retrieval.fusion import logistic
from qa.retrieval.settings import Ranking
from tests.support.models import WordEncoder

LACKING = "In which year did IL-2 show efficacy in melanoma and renal cell carcinoma?"
PLAIN = "Did IL-2 show efficacy in melanoma and renal cell carcinoma?"


class Counting:
    """A PassageReader that gives each sentence its index in the passage as log-odds."""

    sha256 = "2" * 64

    def read(self, passages: Sequence[Reading]) -> list[Scores]:
        return [np.arange(len(one.sentences), dtype=np.float32) for one in passages]


def test_support_rises_with_the_log_odds_and_falls_where_a_detail_is_lacking(
    library: Library, words: WordEncoder
) -> None:
    with Library(library.path, encoder=words, reader=Counting()) as asked:
        for question, missing in ((PLAIN, 0.0), (LACKING, 1.0)):
            found = asked.retrieve(question)
            lacks = lacking(found)
            assert lacks.detail == bool(missing)
            told = supports(found, lacks_detail=lacks.detail)
            judged = signals(found, lacks_detail=lacks.detail)
            assert judged.keys() == told.keys() == {one.place for one in found.sentences if one.log_odds is not None}
            for place, each in judged.items():
                assert each["lacking"] == missing
                assert told[place] == pytest.approx(logistic(SUPPORT_WEIGHTS, each), abs=1e-4)
    assert SUPPORT_WEIGHTS["log_odds"] > 0 > max(SUPPORT_WEIGHTS["lacking"], SUPPORT_WEIGHTS["unnamed"])


def test_log_odds_are_drawn_towards_the_mean_of_all_that_was_read(tmp_path: Path, words: WordEncoder) -> None:
    (tmp_path / "a.txt").write_text("IL-2 is toxic. It is given. Nobody knows.")
    with Library(tmp_path / "library", encoder=words, reader=Counting()) as library:
        library.add([tmp_path / "a.txt"])
        told = signals(library.retrieve("Is IL-2 toxic?"), lacks_detail=False)
    in_order = [told[place]["log_odds"] for place in sorted(told)]
    assert in_order == pytest.approx([own + POOLING * (1 - own) for own in (0, 1, 2)])  # the mean of 0, 1 and 2 is 1
    assert 0 < POOLING < 1


def test_without_a_reading_nothing_has_support(library: Library, words: WordEncoder) -> None:
    with Library(library.path, encoder=words, ranking=Ranking(read=0), reader=Counting()) as asked:
        assert supports(asked.retrieve(PLAIN), lacks_detail=False) == {}
        answer = asked.ask(PLAIN, threshold=0.0)
        assert answer.sentences
        assert answer.confidence is None
        assert asked.ask(PLAIN).abstained


@pytest.mark.parametrize(
    ("asked", "left_unnamed"),
    [
        pytest.param("Is IL-2 toxic?", False, id="named by the passage"),
        pytest.param("Is interleukin-2 toxic?", False, id="named otherwise"),
        pytest.param("Is IL-10 toxic?", True, id="named elsewhere"),
        pytest.param("Is IL-10 toxic in melanoma?", True, id="one of two"),
        pytest.param("Are IL-2 and IL-10 toxic?", False, id="one of those joined"),
        pytest.param("Is it toxic in Aldgate?", False, id="named by the heading"),
        pytest.param("Is melphalan toxic?", True, id="named two sentences before"),
        pytest.param("Is aspirin toxic?", False, id="named in the sentence before"),
        pytest.param("Is ibuprofen toxic?", True, id="named in the sentence after"),
        pytest.param("Is it toxic?", False, id="nothing named"),
    ],
)
def test_a_sentence_that_does_not_name_the_thing_is_told(
    tmp_path: Path, words: WordEncoder, asked: str, left_unnamed: bool
) -> None:
    said = "Melphalan was given. So was aspirin. IL-2 is toxic in melanoma. Then came ibuprofen."
    (tmp_path / "a.md").write_text(f"# Patients of Aldgate\n\n{said}\n")
    (tmp_path / "b.md").write_text("# Wells\n\nIL-10 was measured.\n")
    with Library(tmp_path / "library", encoder=words, reader=Counting()) as library:
        library.add([tmp_path / "a.md", tmp_path / "b.md"])
        found = library.retrieve(asked)
        told = zip(found.sentences, unnamed(found, found.sentences), strict=True)
        assert [lacks for one, lacks in told if "toxic" in found.words(one)] == [left_unnamed]


def test_a_refusal_looks_once_for_what_is_lacking(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def counted(question: str) -> list[AnswerType]:
        asked.append(question)
        return asked_types(question)

    monkeypatch.setattr("qa.answering.lacking.asked_types", counted)
    assert library.ask(LACKING, threshold=0.999).reason == "missing_detail"
    assert asked == [LACKING]
