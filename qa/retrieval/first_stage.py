"""The first stage: candidate passages with their scores, and their sentences ranked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qa.query.analysis import Query
from qa.query.groups import restated
from qa.records import DocId, Scope
from qa.retrieval.fusion import convex_fusion
from qa.retrieval.settings import DECIMALS, Ranking
from qa.stores.base import SearchIndex, StoredPassage, StoredSentence
from qa.text.matching import coverage, phrase_coverage


@dataclass(frozen=True, slots=True)
class ScoredSentence:
    """A sentence of a hit. ``score`` orders the sentences of all hits.

    ``first_stage`` is the score of the sentence alone, without its passage and the reader. ``log_odds`` are the
    reader's that it answers, before calibration; None if its passage was not read. Higher is better for all three.
    """

    doc_id: DocId
    start: int
    end: int
    rank: int
    """The rank of the best hit that holds the sentence."""
    score: float
    first_stage: float
    features: Mapping[str, float]
    """The parts of the first-stage score, before weighting."""
    log_odds: float | None = None

    @property
    def place(self) -> "Place":
        return self.doc_id, self.start, self.end


Place = tuple[DocId, int, int]
Ranked = Sequence[tuple["Candidate", float]]
"""Candidates with their fused scores, best first."""
Judgments = Mapping[str, Sequence[float]]
"""The reader's log-odds of each sentence of the passages that were read, by the ids of these."""


@dataclass(frozen=True, slots=True)
class Candidate:
    stored: StoredPassage
    features: Sequence[Mapping[str, float]]
    """For each sentence of the passage: cosine, coverage, phrase and fragment."""
    scores: Mapping[str, float]


def candidates_of(query: Query, index: SearchIndex, scope: Scope, ranking: Ranking) -> list[Candidate]:
    dense = index.search_dense(query.vector, ranking.candidates, scope)
    lexical = index.search_lexical(query.searched, ranking.candidates, scope)
    lexical |= index.score_lexical(query.searched, dense.keys() - lexical.keys())
    return [
        _scored(query, stored, lexical.get(stored.row, 0.0), ranking)
        for stored in index.load(dense.keys() | lexical.keys())
    ]


def _scored(query: Query, stored: StoredPassage, lexical: float, ranking: Ranking) -> Candidate:
    before = [None, *stored.sentences]
    features = [
        _sentence_features(query, sentence, previous, ranking)
        for sentence, previous in zip(stored.sentences, before, strict=False)
    ]
    best, second, *_ = [*sorted((first_stage_score(one, ranking) for one in features), reverse=True), 0.0, 0.0]
    _, phrase = _matched(query, [term for sentence in stored.sentences for term in sentence.terms], ranking.expansion)
    scores = {
        "dense": round(float(stored.vector @ query.vector), DECIMALS),
        "lexical": round(lexical, DECIMALS),
        "sentence": best,
        "second": second,
        "phrase": round(phrase, DECIMALS),
    }
    return Candidate(stored, features, scores)


def _sentence_features(
    query: Query, sentence: StoredSentence, before: StoredSentence | None, ranking: Ranking
) -> dict[str, float]:
    covered, phrase = _matched(query, sentence.terms, ranking.expansion)
    if before and sentence.leans:
        both, _ = _matched(query, [*before.terms, *sentence.terms], ranking.expansion)
        covered += ranking.context * (both - covered)
    return {
        "cosine": float(sentence.vector @ query.vector),
        "coverage": covered,
        "fragment": float(sentence.fragment),
        "phrase": phrase,
    }


def _matched(query: Query, terms: Sequence[str], expansion: float) -> tuple[float, float]:
    """The coverage and the phrase coverage of the question in a text. Alternatives of a term count ``expansion``."""
    covered, phrase = coverage(terms, query.term_weights), phrase_coverage(terms, query.terms)
    said = restated(terms, query.groups)
    if said is terms:
        return covered, phrase
    more = coverage([*terms, *said], query.term_weights)
    return covered + expansion * (more - covered), max(phrase, expansion * phrase_coverage(said, query.terms))


def first_stage_score(features: Mapping[str, float], ranking: Ranking) -> float:
    weights = ranking.sentence_weights
    return round(sum(weights.get(name, 0.0) * value for name, value in features.items()), DECIMALS)


def fused_scores(candidates: Sequence[Candidate], ranking: Ranking) -> list[float]:
    scores = {name: [candidate.scores[name] for candidate in candidates] for name in ranking.weights}
    return [round(score, DECIMALS) for score in convex_fusion(scores, ranking.weights)]


def document_of(one: tuple["Candidate", float]) -> DocId:
    return one[0].stored.passage.doc_id


def score_of(candidate: Candidate, fused: float, ranking: Ranking) -> float:
    return round(fused + ranking.passage_reader_weight * candidate.scores.get("reader", 0.0), DECIMALS)


def sentences_of(best: Ranked, ranking: Ranking, judgments: Judgments) -> list[ScoredSentence]:
    """The sentences of these hits, best first. Those that were not read are scored like the worst that was."""
    found: dict[Place, ScoredSentence] = {}
    least = least_of(judgments)
    for rank, (candidate, fused) in enumerate(best, 1):
        passage, sentences = candidate.stored.passage, candidate.stored.sentences
        judged: Sequence[float | None] = judgments.get(passage.passage_id) or [None] * len(sentences)
        for sentence, features, log_odds in zip(sentences, candidate.features, judged, strict=True):
            first = first_stage_score(features, ranking)
            gain = 0.0 if log_odds is None else ranking.reader_weight * (log_odds - least)
            score = round(ranking.passage_weight * fused + first + gain, DECIMALS)
            place = (passage.doc_id, sentence.start, sentence.end)
            # If several hits hold a sentence, the first of them gives its score.
            found.setdefault(place, ScoredSentence(*place, rank, score, first, features, log_odds))
    return sorted(found.values(), key=lambda sentence: (-sentence.score, sentence.doc_id, sentence.start))


def least_of(judgments: Judgments) -> float:
    """The least log-odds of all sentences that were read; 0 if none was."""
    return min((score for scores in judgments.values() for score in scores), default=0.0)
