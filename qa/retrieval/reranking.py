"""Reranking: a model scores the best sentences, each with the question, and the hits are reordered by that."""

from collections.abc import Mapping
from dataclasses import replace

from qa.models.reranker import Reranker
from qa.query.analysis import Query
from qa.records import DocId, Document
from qa.retrieval.first_stage import Candidate, Place, Ranked, first_stage_score, score_of, sentences_of
from qa.retrieval.settings import DECIMALS, Ranking
from qa.stores.base import StoredSentence
from qa.text.scripts import as_typed

BEFORE = 160
"""If a sentence refers back, the reranker also reads this many last characters of the sentence before it."""


def reread(
    query: Query, best: Ranked, documents: Mapping[DocId, Document], scorer: Reranker, ranking: Ranking
) -> Mapping[Place, float]:
    """The gain of each sentence that is read: its reranker score minus the lowest of these scores."""
    best = best[: ranking.reranked_hits]
    texts = {
        _place(candidate, sentence): _in_context(documents[candidate.stored.passage.doc_id].text, sentence, before)
        for candidate, _ in reversed(best)  # the first hit that holds a sentence gives its context
        for sentence, before in zip(candidate.stored.sentences, [None, *candidate.stored.sentences], strict=False)
    }
    places = _read(best, ranking)
    scores = [
        float(score) for score in scorer.score(as_typed(query.text), [as_typed(texts[place]) for place in places])
    ]
    return {place: round(score - min(scores), DECIMALS) for place, score in zip(places, scores, strict=True)}


def _read(best: Ranked, ranking: Ranking) -> list[Place]:
    """The sentences to rerank: half are the first of all, half are the best of each hit, so that any hit may rise."""
    half = (ranking.rerank_depth + 1) // 2
    first = [(one.doc_id, one.start, one.end) for one in sentences_of(best, ranking, {})[:half]]
    of_hits = [_best_sentence(candidate, ranking) for candidate, _ in best if candidate.features]
    return list(dict.fromkeys([*first, *of_hits]))[: ranking.rerank_depth]


def _best_sentence(candidate: Candidate, ranking: Ranking) -> Place:
    scores = [first_stage_score(features, ranking) for features in candidate.features]
    return _place(candidate, candidate.stored.sentences[scores.index(max(scores))])


def _place(candidate: Candidate, sentence: StoredSentence) -> Place:
    return candidate.stored.passage.doc_id, sentence.start, sentence.end


def _in_context(text: str, sentence: StoredSentence, before: StoredSentence | None) -> str:
    words = text[sentence.start : sentence.end]
    return f"{text[before.start : before.end][-BEFORE:]} {words}" if before and sentence.leans else words


def reordered(ranked: Ranked, gains: Mapping[Place, float], ranking: Ranking) -> Ranked:
    """The candidates reordered, each with the gain of its best sentence as its score ``pair``; 0 if none was read."""
    if not gains:
        return ranked
    read = []
    for candidate, fused in ranked:
        doc_id = candidate.stored.passage.doc_id
        gain = max((gains.get((doc_id, s.start, s.end), 0.0) for s in candidate.stored.sentences), default=0.0)
        read.append((replace(candidate, scores={**candidate.scores, "pair": gain}), fused))
    return sorted(read, key=lambda one: -score_of(one[0], one[1], ranking))
