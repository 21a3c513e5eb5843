"""The reranker: its check, its behaviour, and how it changes an order."""

import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from qa.errors import ModelError
from qa.library import Library
from qa.models.reranker import OnnxReranker, Scores
from qa.retrieval.settings import DEFAULT_RANKING, Ranking
from tests.support.models import WordEncoder
from tests.support.places import ROOT

QUESTION = "What limits the use of high-dose IL-2?"
ANSWER = "The use of high-dose IL-2 is limited by its severe toxicity."
OTHER = "High-dose IL-2 was the first immunotherapy to be used in patients."


class LengthScorer:
    """Scores long sentences higher, and records what it read."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def score(self, question: str, texts: Sequence[str]) -> Scores:
        self.read = list(texts)
        return np.array([len(text) for text in texts], np.float32)


@pytest.fixture(scope="module")
def scorer() -> OnnxReranker:
    return OnnxReranker()


@pytest.mark.model
def test_the_answer_scores_above_what_only_shares_its_words(scorer: OnnxReranker) -> None:
    answer, other = scorer.score(QUESTION, [ANSWER, OTHER])
    assert answer > other


@pytest.mark.model
@pytest.mark.parametrize("threads", [1, 2, 5])
def test_a_pair_scores_alike_in_any_company_and_on_any_number_of_threads(
    scorer: OnnxReranker, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [ANSWER, OTHER, "It is toxic.", "No.", "α" * 3000]
    alone = [scorer.score(QUESTION, [text])[0] for text in texts]
    monkeypatch.setattr("qa.models.runtime._threads", lambda: ThreadPoolExecutor(threads))
    assert scorer.score(QUESTION, texts).tolist() == alone
    assert scorer.score(QUESTION, texts[::-1]).tolist() == alone[::-1]


@pytest.mark.model
def test_a_question_longer_than_what_is_read_at_once_still_scores(scorer: OnnxReranker) -> None:
    answer, other = scorer.score(f"{QUESTION} {'腫瘍' * 500}", [ANSWER, "The moon is made of rock."])
    assert answer > other


@pytest.mark.model
def test_no_texts_have_no_scores(scorer: OnnxReranker) -> None:
    assert scorer.score(QUESTION, []).shape == (0,)


def test_another_file_in_its_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "scorer.onnx").write_bytes(b"other weights")
    with pytest.raises(ModelError, match="not the published one"):
        OnnxReranker(tmp_path / "scorer.onnx").score(QUESTION, [ANSWER])


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot be read"):
        OnnxReranker(tmp_path / "none.onnx").score(QUESTION, [ANSWER])


def test_it_reads_the_first_sentences_and_the_best_of_the_first_hits(library: Library, words: WordEncoder) -> None:
    scorer = LengthScorer()
    plain = library.retrieve(QUESTION, DEFAULT_RANKING.reranked_hits)
    with Library(library.path, encoder=words, ranking=Ranking(rerank_depth=8), scorer=scorer) as again:
        again.retrieve(QUESTION)
    assert len(scorer.read) == 8
    texts = plain.documents
    first = [texts[one.doc_id].text[one.start : one.end] for one in plain.sentences[:4]]
    assert all(read.endswith(sentence) for read, sentence in zip(scorer.read, first, strict=False))
    for read in scorer.read[4:]:
        (rank,) = {one.rank for one in plain.sentences if read.endswith(texts[one.doc_id].text[one.start : one.end])}
        best = max((one for one in plain.sentences if one.rank == rank), key=lambda one: one.first_stage)
        assert read.endswith(texts[best.doc_id].text[best.start : best.end])


def test_it_raises_the_sentences_that_it_likes(library: Library, words: WordEncoder) -> None:
    scorer = LengthScorer()
    with Library(
        library.path, encoder=words, ranking=Ranking(rerank_depth=6, rerank_weight=100.0), scorer=scorer
    ) as again:
        found = again.retrieve(QUESTION)
    first = found.sentences[0]
    assert max(scorer.read, key=len).endswith(found.documents[first.doc_id].text[first.start : first.end])
    lengths = sorted(len(read) for read in scorer.read)
    assert max(hit.scores["pair"] for hit in found.hits) == lengths[-1] - lengths[0]


def test_hits_follow_their_best_sentence_and_fewer_hits_are_the_same_hits(library: Library, words: WordEncoder) -> None:
    ranking = Ranking(rerank_depth=6, passage_rerank_weight=100.0)
    with Library(library.path, encoder=words, ranking=ranking, scorer=LengthScorer()) as again:
        ten, three, twelve = (again.search(QUESTION, k) for k in (10, 3, DEFAULT_RANKING.reranked_hits + 2))
    assert three == ten[:3] == twelve[:3]
    assert ten[0].scores["pair"] == max(hit.scores["pair"] for hit in ten) > 0
    assert [hit.score for hit in twelve] == sorted((hit.score for hit in twelve), reverse=True)


def test_without_pairs_it_is_never_asked(library: Library, words: WordEncoder) -> None:
    scorer = LengthScorer()
    with Library(library.path, encoder=words, ranking=Ranking(rerank_depth=0), scorer=scorer) as again:
        found = again.retrieve(QUESTION)
    assert not scorer.read
    assert not any("pair" in hit.scores for hit in found.hits)
    assert found.sentences == library.retrieve(QUESTION).sentences


@pytest.mark.model
def test_onnxruntime_keeps_and_reports_nothing_of_its_use(tmp_path: Path) -> None:
    """To send telemetry, it would first store a device id and a queue in the cache folder."""
    told = {name: value for name, value in os.environ.items() if name not in ("CI", "ORT_DISABLE_TELEMETRY")}
    places = dict.fromkeys(("HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"), str(tmp_path))
    scoring = "from qa.models.reranker import OnnxReranker; print(OnnxReranker().score('Why?', ['So.']))"
    subprocess.run([sys.executable, "-c", scoring], cwd=ROOT, env=told | places, check=True)
    assert list(tmp_path.rglob("*")) == []
