"""A question to ranked Hits, and to the sentences within them that may answer it.

Candidates come from both legs, dense and lexical. Each is scored three ways, and the scores are fused:
``dense``, the cosine of question and passage; ``lexical``, BM25; ``sentence``, the best of its sentences.
A sentence's own score adds its cosine with the question, the share of the question's telling terms it
covers (with the help of the sentence before, if it leans on that), and the share of the question's term
pairs it keeps together; a fragment loses a little.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from qa.encoders import Encoder, Vectors
from qa.errors import LibraryDamagedError
from qa.expansion.background import background
from qa.expansion.spelling import correct
from qa.ranking import convex_fusion, coverage, inverse_document_frequency, phrase_coverage
from qa.records import DocId, Document, Hit
from qa.stores import Store, StoredPassage, StoredSentence
from qa.text import question_terms, question_words, terms

WEIGHTS: Mapping[str, float] = {"dense": 0.25, "lexical": 0.25, "sentence": 0.5}

SENTENCE_WEIGHTS: Mapping[str, float] = {"cosine": 1.0, "coverage": 1.0, "phrase": 0.2, "fragment": -0.2}

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


DEFAULT_RANKING = Ranking()


@dataclass(frozen=True, slots=True)
class Query:
    """A question made ready: its vector, its distinct terms, and how telling each term is.

    A compound tells as much as its terms do on average, so that IL-2 does not count twice.
    """

    question: str
    text: str
    """The question as searched, with its corrections."""
    corrections: Mapping[str, str]
    """Words as typed to what they were taken for."""
    vector: Vectors
    terms: Sequence[str]
    telling: Mapping[str, float]
    unknown: float
    """The share, 0 to 1, of the question's telling power in terms that occur nowhere in the library."""


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
) -> Retrieval:
    """The ``k`` best passages for a question, of all documents or of the given ones.

    Raises LibraryDamagedError rather than give a passage of a text that is no longer what was read.
    """
    with store.reading():
        query = _query(question, encoder, store, ranking)
        candidates = _candidates(query, store, doc_ids, ranking)
        fused = _fused(candidates, ranking)
        order = sorted(range(len(candidates)), key=lambda i: (-fused[i], candidates[i].stored.passage.passage_id))
        best = [(candidates[i], fused[i]) for i in order[:k]]
        documents = {doc_id: _intact(store.document(doc_id)) for doc_id in {c.stored.passage.doc_id for c, _ in best}}
    hits = [_hit(candidate, score, rank, documents) for rank, (candidate, score) in enumerate(best, 1)]
    return Retrieval(query, hits, _sentences(best, ranking), documents)


def _intact(document: Document) -> Document:
    """The document, if its text still is what was read: nothing else may be quoted."""
    if hashlib.sha256(document.text.encode()).hexdigest() != document.sha256:
        raise LibraryDamagedError(f"the stored text of {document.source} is damaged; run 'qa check' to mend it.")
    return document


def _query(question: str, encoder: Encoder, store: Store, ranking: Ranking) -> Query:
    text, corrections = _corrected(question, store) if ranking.spelling else (question, {})
    words = question_words(text)
    share: dict[str, float] = {}
    for word in words:
        share |= {term: max(share.get(term, 0.0), 1 / len(word)) for term in word}
    asked = list(share)
    frequencies = store.document_frequencies(asked)
    count = sum(store.passage_counts().values())
    telling = {term: share[term] * _told(term, frequencies.get(term, 0), count, ranking.background) for term in asked}
    unknown = coverage([term for term in asked if term not in frequencies], telling)
    return Query(question, text, corrections, encoder.encode_question(text), asked, telling, unknown)


def _corrected(question: str, store: Store) -> tuple[str, dict[str, str]]:
    """The question with the words corrected that neither the library nor open text knows."""
    asked = question_terms(question)
    strange = set(asked) - store.document_frequencies(asked).keys() - background().frequencies.keys()
    if not strange:
        return question, {}
    return correct(question, store.vocabulary(), lambda word: strange.isdisjoint(terms(word)))


def _told(term: str, frequency: int, count: int, prior: float) -> float:
    """How telling a term is: its idf as if ``prior`` passages of open text were in the library."""
    return inverse_document_frequency(frequency + prior * background().share(term), count + prior)


def _candidates(query: Query, store: Store, doc_ids: Collection[DocId] | None, ranking: Ranking) -> list[_Candidate]:
    dense = store.search_dense(query.vector, ranking.candidates, doc_ids)
    lexical = store.search_lexical(query.terms, ranking.candidates, doc_ids)
    lexical |= store.score_lexical(query.terms, dense.keys() - lexical.keys())
    return [
        _scored(query, stored, lexical.get(stored.row, 0.0), ranking)
        for stored in store.load(dense.keys() | lexical.keys())
    ]


def _scored(query: Query, stored: StoredPassage, lexical: float, ranking: Ranking) -> _Candidate:
    before = [None, *stored.sentences]
    parts = [
        _sentence_parts(query, sentence, previous, ranking.context)
        for sentence, previous in zip(stored.sentences, before, strict=False)
    ]
    scores = {
        "dense": round(float(stored.vector @ query.vector), _DECIMALS),
        "lexical": round(lexical, _DECIMALS),
        "sentence": max((_own_score(part, ranking) for part in parts), default=0.0),
    }
    return _Candidate(stored, parts, scores)


def _sentence_parts(
    query: Query, sentence: StoredSentence, before: StoredSentence | None, context: float
) -> dict[str, float]:
    covered = coverage(sentence.terms, query.telling)
    if before and sentence.leans:
        covered += context * (coverage([*before.terms, *sentence.terms], query.telling) - covered)
    return {
        "cosine": float(sentence.vector @ query.vector),
        "coverage": covered,
        "fragment": float(sentence.fragment),
        "phrase": phrase_coverage(sentence.terms, query.terms),
    }


def _own_score(parts: Mapping[str, float], ranking: Ranking) -> float:
    weights = ranking.sentence_weights
    return round(sum(weights.get(name, 0.0) * value for name, value in parts.items()), _DECIMALS)


def _fused(candidates: Sequence[_Candidate], ranking: Ranking) -> list[float]:
    scores = {name: [candidate.scores[name] for candidate in candidates] for name in ranking.weights}
    return [round(score, _DECIMALS) for score in convex_fusion(scores, ranking.weights)]


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
