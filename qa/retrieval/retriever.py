"""A question to ranked Hits, and to the sentences within them that may answer it.

Candidates come from both searches, dense and lexical. Each has five scores, which are fused:
``dense``: the cosine of question and passage; ``lexical``: BM25; ``sentence``: the score of its best sentence;
``second``: that of its second best; ``phrase``: the share of the question's neighbouring terms that are neighbours
in the passage too.
A sentence's first-stage score is a weighted sum: its cosine with the question, the share of the question's term weight
that it covers (helped by the sentence before, if it refers back), and its phrase score; a fragment loses a little.
The reader then reads the first passages, each as a whole with the question. Its log-odds of their sentences reorder
the hits and the sentences.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qa.errors import LibraryDamagedError
from qa.models.encoders import Encoder
from qa.models.reader import PassageReader
from qa.proof.citations import warning
from qa.query.analysis import Query, understand
from qa.query.synonyms import Thesaurus
from qa.records import ANYWHERE, DocId, Document, Hit, Scope
from qa.retrieval.first_stage import (
    Candidate,
    Judgments,
    Ranked,
    ScoredSentence,
    candidates_of,
    document_of,
    fused_scores,
    score_of,
    sentences_of,
)
from qa.retrieval.reading import judged, reordered
from qa.retrieval.settings import DEFAULT_RANKING, Ranking
from qa.stores.base import Store


@dataclass(frozen=True, slots=True)
class Retrieval:
    """What was found: hits best first, and their sentences best first, each sentence once."""

    query: Query
    hits: Sequence[Hit]
    sentences: Sequence[ScoredSentence]
    documents: Mapping[DocId, Document]

    def words(self, sentence: ScoredSentence) -> str:
        """What a sentence says."""
        return self.documents[sentence.doc_id].text[sentence.start : sentence.end]


@dataclass(frozen=True, slots=True)
class Retriever:
    """Searches one store with one encoder and one set of weights.

    The ``reader`` reads as many passages as ``ranking.read`` says. ``thesaurus`` has other names to search for too.
    """

    store: Store
    encoder: Encoder
    ranking: Ranking = DEFAULT_RANKING
    reader: PassageReader | None = None
    thesaurus: Thesaurus | None = None

    def retrieve(self, question: str, counts: Sequence[int], scope: Scope = ANYWHERE) -> list[Retrieval]:
        """One Retrieval for each of ``counts``, with that many best passages; the question is searched only once.

        The scope names its documents by their ids. Raises LibraryDamagedError if the stored text of a document is not
        what was read.
        """
        ranking = self.ranking
        with self.store.reading():
            query = self._understood(question)
            candidates = candidates_of(query, self.store.index, scope, ranking)
            fused = fused_scores(candidates, ranking)
            order = sorted(range(len(candidates)), key=lambda i: (-fused[i], candidates[i].stored.passage.passage_id))
            ranked: Ranked = [(candidates[i], fused[i]) for i in order[: max(*counts, ranking.considered)]]
            documents = {doc_id: _intact(self.store.document(doc_id)) for doc_id in set(map(document_of, ranked))}
        read: Judgments = judged(query, ranked, documents, self.reader, ranking) if self.reader else {}
        return [
            _taken(query, ranked[: max(k, ranking.considered)], k, documents, read=read, ranking=ranking)
            for k in counts
        ]

    def _understood(self, question: str) -> Query:
        names = self.thesaurus if self.ranking.expansion else None
        prior, spelling = self.ranking.df_prior, self.ranking.spelling
        return understand(question, self.store.index, self.encoder, prior=prior, spelling=spelling, thesaurus=names)


def _taken(
    query: Query,
    ranked: Ranked,
    k: int,
    documents: Mapping[DocId, Document],
    *,
    read: Judgments,
    ranking: Ranking,
) -> Retrieval:
    """The best ``k`` of the candidates, reordered by what the reader makes of them."""
    best = _diversified(reordered(ranked, read, ranking), k, ranking)
    hits = [_hit(one, score_of(one, fused, ranking), rank, documents) for rank, (one, fused) in enumerate(best, 1)]
    held = {doc_id: documents[doc_id] for doc_id in map(document_of, ranked)}
    return Retrieval(query, hits, sentences_of(best, ranking, read), held)


def _intact(document: Document) -> Document:
    """The document, if its text is still what was read. Nothing else may be quoted."""
    if hashlib.sha256(document.text.encode()).hexdigest() != document.sha256:
        raise LibraryDamagedError(f"the stored text of {document.source} is damaged; run 'qa check' to mend it.")
    return document


def _diversified(ranked: Ranked, k: int, ranking: Ranking) -> Ranked:
    """Choose ``k`` candidates from several documents; they stay best first.

    After maximal marginal relevance (Carbonell and Goldstein, SIGIR 1998): passages count as similar if they are of
    the same document.
    """
    first = min(ranking.unpenalised, len(ranked))
    chosen, left = list(range(min(k, first))), list(range(first, len(ranked)))
    found, penalty = Counter(document_of(ranked[i]) for i in chosen), ranking.same_document_penalty
    while left and len(chosen) < k:
        best = max(left, key=lambda i: score_of(*ranked[i], ranking) - penalty * found[document_of(ranked[i])])
        found[document_of(ranked[best])] += 1
        chosen.append(best)
        left.remove(best)
    return [ranked[i] for i in sorted(chosen)]


def _hit(candidate: Candidate, score: float, rank: int, documents: Mapping[DocId, Document]) -> Hit:
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
        warning=warning(document, passage.start, passage.end),
    )
