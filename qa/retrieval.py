"""A question to ranked Hits, and to the sentences within them that may answer it.

Candidates come from both legs, dense and lexical. Each is scored five ways, and the scores are fused:
``dense``, the cosine of question and passage; ``lexical``, BM25; ``sentence``, the best of its sentences;
``second``, the next best of them; ``phrase``, the share of the question's term pairs that the passage keeps together.
A sentence's own score adds its cosine with the question, the share of the question's telling terms it
covers (with the help of the sentence before, if it leans on that), and the share of the question's term
pairs it keeps together; a fragment loses a little. The best sentences may then be read again by a scorer
of question-sentence pairs, which reorders the first hits and their sentences.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from qa.encoders import Encoder
from qa.errors import LibraryDamagedError
from qa.expansion.groups import restated
from qa.expansion.query import Query, understand
from qa.expansion.synonyms import Thesaurus
from qa.ranking import convex_fusion, coverage, phrase_coverage
from qa.records import ANYWHERE, DocId, Document, Hit, Scope
from qa.scorers import PairScorer
from qa.stores import Store, StoredPassage, StoredSentence

WEIGHTS: Mapping[str, float] = {
    "dense": 0.2,
    "lexical": 0.2,
    "sentence": 0.4,
    "second": 0.1,
    "phrase": 0.1,
}

SENTENCE_WEIGHTS: Mapping[str, float] = {"cosine": 1.0, "coverage": 1.0, "phrase": 0.2, "fragment": -0.2}

CONSIDERED = 30
"""How many of the first passages may become hits."""

_UNSPREAD = 5
"""So many first hits are the best ones, whatever their documents."""

SCORED_HITS = 15
"""How many of the first hits give sentences to a scorer of pairs, and are reordered by it."""

BEFORE = 160
"""Characters of the sentence before that the scorer reads with a sentence that leans on it."""

_DECIMALS = 6
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
    pairs: int = 12
    """Sentences that the scorer of pairs reads; 0 leaves it out."""
    pair_weight: float = 0.2
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


@dataclass(frozen=True, slots=True)
class Retrieval:
    """What was found: hits best first, and their sentences best first, each sentence once."""

    query: Query
    hits: Sequence[Hit]
    sentences: Sequence[ScoredSentence]
    documents: Mapping[DocId, Document]


_Place = tuple[DocId, int, int]
_Ranked = Sequence[tuple["_Candidate", float]]
"""Candidates with their fused scores, best first."""


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
    scope: Scope = ANYWHERE,
    ranking: Ranking = DEFAULT_RANKING,
    thesaurus: Thesaurus | None = None,
    scorer: PairScorer | None = None,
) -> Retrieval:
    """The ``k`` best passages for a question within the scope, which names its documents by their ids.

    ``thesaurus`` has the other names that are looked for too; ``scorer`` is asked if ``ranking`` gives it
    pairs to read.

    Raises LibraryDamagedError rather than give a passage of a text that is no longer what was read.
    """
    with store.reading():
        names = thesaurus if ranking.expansion else None
        query = understand(question, store, encoder, ranking.background, ranking.spelling, names)
        candidates = _candidates(query, store, scope, ranking)
        fused = _fused(candidates, ranking)
        order = sorted(range(len(candidates)), key=lambda i: (-fused[i], candidates[i].stored.passage.passage_id))
        ranked: _Ranked = [(candidates[i], fused[i]) for i in order[: max(k, CONSIDERED)]]
        documents = {doc_id: _intact(store.document(doc_id)) for doc_id in set(map(_document, ranked))}
    gains = _gains(query, ranked[:SCORED_HITS], documents, scorer, ranking) if scorer and ranking.pairs else {}
    best = _spread(_reordered(ranked, gains, ranking), k, ranking)
    hits = [_hit(one, _score(one, fused, ranking), rank, documents) for rank, (one, fused) in enumerate(best, 1)]
    return Retrieval(query, hits, _sentences(best, ranking, gains), documents)


def _intact(document: Document) -> Document:
    """The document, if its text still is what was read: nothing else may be quoted."""
    if hashlib.sha256(document.text.encode()).hexdigest() != document.sha256:
        raise LibraryDamagedError(f"the stored text of {document.source} is damaged; run 'qa check' to mend it.")
    return document


def _candidates(query: Query, store: Store, scope: Scope, ranking: Ranking) -> list[_Candidate]:
    dense = store.search_dense(query.vector, ranking.candidates, scope)
    lexical = store.search_lexical(query.searched, ranking.candidates, scope)
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
    best, second, *_ = [*sorted((_own_score(part, ranking) for part in parts), reverse=True), 0.0, 0.0]
    _, phrase = _matched(query, [term for sentence in stored.sentences for term in sentence.terms], ranking.expansion)
    scores = {
        "dense": round(float(stored.vector @ query.vector), _DECIMALS),
        "lexical": round(lexical, _DECIMALS),
        "sentence": best,
        "second": second,
        "phrase": round(phrase, _DECIMALS),
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


def _spread(ranked: _Ranked, k: int, ranking: Ranking) -> _Ranked:
    """The first ``k``, with other documents' passages among them, still best first.

    In the way of maximal marginal relevance (Carbonell and Goldstein, SIGIR 1998), where what is the same document
    counts as the same.
    """
    chosen, left = list(range(min(k, _UNSPREAD, len(ranked)))), list(range(_UNSPREAD, len(ranked)))
    found = Counter(_document(ranked[i]) for i in chosen)
    while left and len(chosen) < k:
        best = max(left, key=lambda i: _score(*ranked[i], ranking) - ranking.spread * found[_document(ranked[i])])
        found[_document(ranked[best])] += 1
        chosen.append(best)
        left.remove(best)
    return [ranked[i] for i in sorted(chosen)]


def _document(one: tuple["_Candidate", float]) -> DocId:
    return one[0].stored.passage.doc_id


def _gains(
    query: Query, best: _Ranked, documents: Mapping[DocId, Document], scorer: PairScorer, ranking: Ranking
) -> dict[_Place, float]:
    """Of the sentences that are read: by how much the scorer puts each above the last of them."""
    texts = {
        _place(candidate, sentence): _in_context(documents[candidate.stored.passage.doc_id].text, sentence, before)
        for candidate, _ in reversed(best)  # the first hit that holds a sentence says what stands before it
        for sentence, before in zip(candidate.stored.sentences, [None, *candidate.stored.sentences], strict=False)
    }
    places = _read(best, ranking)
    scores = [float(score) for score in scorer.score(query.text, [texts[place] for place in places])]
    return {place: round(score - min(scores), _DECIMALS) for place, score in zip(places, scores, strict=True)}


def _read(best: _Ranked, ranking: Ranking) -> list[_Place]:
    """Half are the first sentences, wherever they stand; half are the best of each hit, so that any hit may rise."""
    first = [(one.doc_id, one.start, one.end) for one in _sentences(best, ranking, {})[: (ranking.pairs + 1) // 2]]
    of_hits = [_best_sentence(candidate, ranking) for candidate, _ in best if candidate.parts]
    return list(dict.fromkeys([*first, *of_hits]))[: ranking.pairs]


def _best_sentence(candidate: _Candidate, ranking: Ranking) -> _Place:
    own = [_own_score(parts, ranking) for parts in candidate.parts]
    return _place(candidate, candidate.stored.sentences[own.index(max(own))])


def _place(candidate: _Candidate, sentence: StoredSentence) -> _Place:
    return candidate.stored.passage.doc_id, sentence.start, sentence.end


def _in_context(text: str, sentence: StoredSentence, before: StoredSentence | None) -> str:
    words = text[sentence.start : sentence.end]
    return f"{text[before.start : before.end][-BEFORE:]} {words}" if before and sentence.leans else words


def _reordered(best: _Ranked, gains: Mapping[_Place, float], ranking: Ranking) -> _Ranked:
    """The candidates in their order after reading, each with the gain of its best sentence, 0 if none was read."""
    if not gains:
        return best
    read = []
    for candidate, fused in best:
        doc_id = candidate.stored.passage.doc_id
        gain = max((gains.get((doc_id, s.start, s.end), 0.0) for s in candidate.stored.sentences), default=0.0)
        read.append((replace(candidate, scores={**candidate.scores, "pair": gain}), fused))
    return sorted(read, key=lambda one: -_score(one[0], one[1], ranking))


def _score(candidate: _Candidate, fused: float, ranking: Ranking) -> float:
    return round(fused + ranking.passage_pair_weight * candidate.scores.get("pair", 0.0), _DECIMALS)


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


def _sentences(best: _Ranked, ranking: Ranking, gains: Mapping[_Place, float]) -> list[ScoredSentence]:
    found: dict[_Place, ScoredSentence] = {}
    for rank, (candidate, fused) in enumerate(best, 1):
        doc_id = candidate.stored.passage.doc_id
        for sentence, parts in zip(candidate.stored.sentences, candidate.parts, strict=True):
            own = _own_score(parts, ranking)
            place = (doc_id, sentence.start, sentence.end)
            gain = ranking.pair_weight * gains.get(place, 0.0)
            score = round(ranking.passage_weight * fused + own + gain, _DECIMALS)
            # The first hit that holds a sentence gives it its score.
            found.setdefault(place, ScoredSentence(*place, rank, score, own, parts))
    return sorted(found.values(), key=lambda sentence: (-sentence.score, sentence.doc_id, sentence.start))
