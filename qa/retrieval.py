"""A question to ranked Hits, and to the sentences within them that may answer it.

Candidates come from both legs, dense and lexical. Each is scored three ways, and the scores are fused:
``dense``, the cosine of question and passage; ``lexical``, BM25; ``sentence``, the best of its sentences.
A sentence's own score adds its cosine with the question, the share of the question's telling terms it
covers (with the help of the sentence before, if it leans on that), and the share of the question's term
pairs it keeps together; a fragment loses a little.
"""

import hashlib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from qa.encoders import Encoder
from qa.errors import LibraryDamagedError
from qa.expansion.groups import restated
from qa.expansion.query import Query, understand
from qa.expansion.synonyms import Thesaurus
from qa.ranking import convex_fusion, coverage, phrase_coverage
from qa.records import DocId, Document, Hit
from qa.stores import Store, StoredPassage, StoredSentence

WEIGHTS: Mapping[str, float] = {"dense": 0.25, "lexical": 0.25, "sentence": 0.5}

SENTENCE_WEIGHTS: Mapping[str, float] = {"cosine": 1.0, "coverage": 1.0, "phrase": 0.2, "fragment": -0.2}

_UNSPREAD = 5
"""So many first hits are the best ones, whatever their documents."""

_DECIMALS = 6
"""Scores are rounded, so that the last bits of floating-point sums never decide an order."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """What orders passages and sentences; a score that no weight is given for has none.

    ``weights`` are those of the convex fusion, ``sentence_weights`` those of a sentence's own score.
    """

    candidates: int = 100
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


@dataclass(frozen=True, slots=True)
class Retrieval:
    """What was found: hits best first, and their sentences best first, each sentence once."""

    query: Query
    hits: Sequence[Hit]
    sentences: Sequence[ScoredSentence]
    documents: Mapping[DocId, Document]


@dataclass(frozen=True, slots=True)
class _Candidate:
    stored: StoredPassage
    parts: Sequence[Mapping[str, float]]
    """Of each sentence of the passage: cosine, coverage, phrase and fragment."""
    scores: Mapping[str, float]


def retrieve(
    question: str,
    store: Store,
    encoder: Encoder,
    k: int,
    doc_ids: Collection[DocId] | None = None,
    ranking: Ranking = DEFAULT_RANKING,
    thesaurus: Thesaurus | None = None,
) -> Retrieval:
    """The ``k`` best passages for a question, of all documents or of the given ones.

    ``thesaurus`` has the other names that are looked for too.

    Raises LibraryDamagedError rather than give a passage of a text that is no longer what was read.
    """
    with store.reading():
        names = thesaurus if ranking.expansion else None
        query = understand(question, store, encoder, ranking.background, ranking.spelling, names)
        candidates = _candidates(query, store, doc_ids, ranking)
        fused = _fused(candidates, ranking)
        order = sorted(range(len(candidates)), key=lambda i: (-fused[i], candidates[i].stored.passage.passage_id))
        order = _spread(order, candidates, fused, k, ranking)
        best = [(candidates[i], fused[i]) for i in order[:k]]
        documents = {doc_id: _intact(store.document(doc_id)) for doc_id in {c.stored.passage.doc_id for c, _ in best}}
    hits = [_hit(candidate, score, rank, documents) for rank, (candidate, score) in enumerate(best, 1)]
    return Retrieval(query, hits, _sentences(best, ranking), documents)


def _intact(document: Document) -> Document:
    """The document, if its text still is what was read: nothing else may be quoted."""
    if hashlib.sha256(document.text.encode()).hexdigest() != document.sha256:
        raise LibraryDamagedError(f"the stored text of {document.source} is damaged; run 'qa check' to mend it.")
    return document


def _candidates(query: Query, store: Store, doc_ids: Collection[DocId] | None, ranking: Ranking) -> list[_Candidate]:
    dense = store.search_dense(query.vector, ranking.candidates, doc_ids)
    lexical = store.search_lexical(query.searched, ranking.candidates, doc_ids)
    lexical |= store.score_lexical(query.searched, dense.keys() - lexical.keys())
    return [
        _scored(query, stored, lexical.get(stored.row, 0.0), ranking)
        for stored in store.load(dense.keys() | lexical.keys())
    ]


def _scored(query: Query, stored: StoredPassage, lexical: float, ranking: Ranking) -> _Candidate:
    before = [None, *stored.sentences]
    parts = [
        _sentence_parts(query, sentence, previous, ranking)
        for sentence, previous in zip(stored.sentences, before, strict=False)
    ]
    scores = {
        "dense": round(float(stored.vector @ query.vector), _DECIMALS),
        "lexical": round(lexical, _DECIMALS),
        "sentence": max((_own_score(part, ranking) for part in parts), default=0.0),
    }
    return _Candidate(stored, parts, scores)


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


def _own_score(parts: Mapping[str, float], ranking: Ranking) -> float:
    weights = ranking.sentence_weights
    return round(sum(weights.get(name, 0.0) * value for name, value in parts.items()), _DECIMALS)


def _fused(candidates: Sequence[_Candidate], ranking: Ranking) -> list[float]:
    scores = {name: [candidate.scores[name] for candidate in candidates] for name in ranking.weights}
    return [round(score, _DECIMALS) for score in convex_fusion(scores, ranking.weights)]


def _spread(
    order: Sequence[int], candidates: Sequence[_Candidate], fused: Sequence[float], k: int, ranking: Ranking
) -> list[int]:
    """The order with other documents' passages among its first ``k``, each part of it still best first.

    In the way of maximal marginal relevance (Carbonell and Goldstein, SIGIR 1998), where what is the same document
    counts as the same.
    """
    chosen, left = list(order[:_UNSPREAD]), list(order[_UNSPREAD:])
    found = Counter(candidates[i].stored.passage.doc_id for i in chosen)
    while ranking.spread and left and len(chosen) < k:
        best = max(left, key=lambda i: fused[i] - ranking.spread * found[candidates[i].stored.passage.doc_id])
        found[candidates[best].stored.passage.doc_id] += 1
        chosen.append(best)
        left.remove(best)
    place = {i: number for number, i in enumerate(order)}
    return sorted(chosen, key=place.__getitem__) + left


def _hit(candidate: _Candidate, score: float, rank: int, documents: Mapping[DocId, Document]) -> Hit:
    passage = candidate.stored.passage
    document = documents[passage.doc_id]
    return Hit(
        passage=passage,
        text=document.text[passage.start : passage.end],
        source=document.source,
        title=document.title,
        rank=rank,
        score=score,
        scores=candidate.scores,
    )


def _sentences(best: Sequence[tuple[_Candidate, float]], ranking: Ranking) -> list[ScoredSentence]:
    found: dict[tuple[DocId, int, int], ScoredSentence] = {}
    for rank, (candidate, fused) in enumerate(best, 1):
        doc_id = candidate.stored.passage.doc_id
        for sentence, parts in zip(candidate.stored.sentences, candidate.parts, strict=True):
            own = _own_score(parts, ranking)
            score = round(ranking.passage_weight * fused + own, _DECIMALS)
            # Hits come best first, so the first hit that holds a sentence gives it its best score.
            found.setdefault(
                (doc_id, sentence.start, sentence.end),
                ScoredSentence(doc_id, sentence.start, sentence.end, rank, score, own, parts),
            )
    return sorted(found.values(), key=lambda sentence: (-sentence.score, sentence.doc_id, sentence.start))
