"""Passages that may answer, each with its scores, and the sentences within them in their order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from qa.expansion.groups import restated
from qa.expansion.query import Query
from qa.ranking import convex_fusion, coverage, phrase_coverage
from qa.records import DocId, Scope
from qa.stores import Store, StoredPassage, StoredSentence

WEIGHTS: Mapping[str, float] = {
    "dense": 0.2,
    "lexical": 0.2,
    "sentence": 0.4,
    "second": 0.1,
    "phrase": 0.1,
}

SENTENCE_WEIGHTS: Mapping[str, float] = {"cosine": 1.0, "coverage": 1.0, "phrase": 0.2, "fragment": -0.2}

DECIMALS = 6
"""Scores are rounded, so that the last bits of floating-point sums never decide an order."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """What orders passages and sentences; a score that no weight is given for has none.

    ``weights`` are those of the convex fusion, ``sentence_weights`` those of a sentence's own score.
    """

    candidates: int = 60
    """Passages taken from each leg."""
    weights: Mapping[str, float] = field(default_factory=lambda: dict(WEIGHTS))
    sentence_weights: Mapping[str, float] = field(default_factory=lambda: dict(SENTENCE_WEIGHTS))
    passage_weight: float = 2.0
    """Of a passage's fused score in the order of sentences, beside the sentence's own score."""
    context: float = 0.5
    """How much of what the sentence before covers is credited to a sentence that leans on it."""
    background: float = 100.0
    """How many passages of open text the library's are counted together with, to judge how telling a term is."""
    spelling: bool = True
    """Whether misspelt words of the question are corrected."""
    synonyms: bool = True
    """Whether the names of the tables of synonyms are looked for too."""
    abbreviations: bool = True
    """Whether abbreviations that the documents define, and their long forms, are looked for too."""
    spread: float = 0.05
    """What a passage beyond the first few hits loses for each hit of its document before it; 0 spreads nothing."""
    expansion: float = 0.8
    """What an alternative of a word counts in a sentence, beside the word itself, 0 to 1; 0 looks for none."""
    pairs: int = 16
    """Sentences that the scorer of pairs reads; 0 leaves it out."""
    pair_weight: float = 0.15
    """Of the scorer's score in the order of sentences."""
    passage_pair_weight: float = 0.07
    """Of the best of them in the order of passages."""


DEFAULT_RANKING = Ranking()


@dataclass(frozen=True, slots=True)
class ScoredSentence:
    """A sentence of a hit. ``score`` orders sentences of all hits; ``own`` is how well it answers by itself."""

    doc_id: DocId
    start: int
    end: int
    rank: int
    """The rank of the best hit that holds the sentence."""
    score: float
    own: float
    parts: Mapping[str, float]
    """Of its own score, before weighting."""


Place = tuple[DocId, int, int]
Ranked = Sequence[tuple["Candidate", float]]
"""Candidates with their fused scores, best first."""


@dataclass(frozen=True, slots=True)
class Candidate:
    stored: StoredPassage
    parts: Sequence[Mapping[str, float]]
    """Of each sentence of the passage: cosine, coverage, phrase and fragment."""
    scores: Mapping[str, float]


def candidates_of(query: Query, store: Store, scope: Scope, ranking: Ranking) -> list[Candidate]:
    dense = store.search_dense(query.vector, ranking.candidates, scope)
    lexical = store.search_lexical(query.searched, ranking.candidates, scope)
    lexical |= store.score_lexical(query.searched, dense.keys() - lexical.keys())
    return [
        _scored(query, stored, lexical.get(stored.row, 0.0), ranking)
        for stored in store.load(dense.keys() | lexical.keys())
    ]


def _scored(query: Query, stored: StoredPassage, lexical: float, ranking: Ranking) -> Candidate:
    before = [None, *stored.sentences]
    parts = [
        _sentence_parts(query, sentence, previous, ranking)
        for sentence, previous in zip(stored.sentences, before, strict=False)
    ]
    best, second, *_ = [*sorted((own_score(part, ranking) for part in parts), reverse=True), 0.0, 0.0]
    _, phrase = _matched(query, [term for sentence in stored.sentences for term in sentence.terms], ranking.expansion)
    scores = {
        "dense": round(float(stored.vector @ query.vector), DECIMALS),
        "lexical": round(lexical, DECIMALS),
        "sentence": best,
        "second": second,
        "phrase": round(phrase, DECIMALS),
    }
    return Candidate(stored, parts, scores)


def _sentence_parts(
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
    """The shares of the question's terms and of their neighbours in a text, alternatives counting a little less."""
    covered, phrase = coverage(terms, query.telling), phrase_coverage(terms, query.terms)
    said = restated(terms, query.groups)
    if said is terms:
        return covered, phrase
    more = coverage([*terms, *said], query.telling)
    return covered + expansion * (more - covered), max(phrase, expansion * phrase_coverage(said, query.terms))


def own_score(parts: Mapping[str, float], ranking: Ranking) -> float:
    weights = ranking.sentence_weights
    return round(sum(weights.get(name, 0.0) * value for name, value in parts.items()), DECIMALS)


def fused_scores(candidates: Sequence[Candidate], ranking: Ranking) -> list[float]:
    scores = {name: [candidate.scores[name] for candidate in candidates] for name in ranking.weights}
    return [round(score, DECIMALS) for score in convex_fusion(scores, ranking.weights)]


def document_of(one: tuple["Candidate", float]) -> DocId:
    return one[0].stored.passage.doc_id


def score_of(candidate: Candidate, fused: float, ranking: Ranking) -> float:
    return round(fused + ranking.passage_pair_weight * candidate.scores.get("pair", 0.0), DECIMALS)


def sentences_of(best: Ranked, ranking: Ranking, gains: Mapping[Place, float]) -> list[ScoredSentence]:
    found: dict[Place, ScoredSentence] = {}
    for rank, (candidate, fused) in enumerate(best, 1):
        doc_id = candidate.stored.passage.doc_id
        for sentence, parts in zip(candidate.stored.sentences, candidate.parts, strict=True):
            own = own_score(parts, ranking)
            place = (doc_id, sentence.start, sentence.end)
            gain = ranking.pair_weight * gains.get(place, 0.0)
            score = round(ranking.passage_weight * fused + own + gain, DECIMALS)
            # The first hit that holds a sentence gives it its score.
            found.setdefault(place, ScoredSentence(*place, rank, score, own, parts))
    return sorted(found.values(), key=lambda sentence: (-sentence.score, sentence.doc_id, sentence.start))
