"""Documents side by side: the best sentences of each for a question, and the documents that say nothing on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qa.profile import profile
from qa.proof.citations import cite
from qa.records import Citation, DocId, Document
from qa.retrieval.first_stage import ScoredSentence
from qa.retrieval.retriever import Retrieval

_PROFILE = profile()["comparison"]

SENTENCES: int = _PROFILE["sentences"]
"""Sentences shown of each document, at most."""
SHARE: float = _PROFILE["share"]
"""A sentence must reach this share of the first-stage score of the best sentence of all documents."""
PASSAGES: int = _PROFILE["passages"]
"""Passages retrieved to compare documents."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """``speaking``: documents with their sentences, best first. ``silent``: documents without any."""

    question: str
    speaking: tuple[tuple[Document, tuple[Citation, ...]], ...]
    silent: tuple[Document, ...]


def compare(found: Retrieval, answered: bool, documents: Sequence[Document]) -> Comparison:
    """What was found, by document. If the question is not ``answered``, all ``documents`` are silent."""
    spoken: dict[DocId, list[ScoredSentence]] = {}
    best = max((sentence.first_stage for sentence in found.sentences), default=0.0)
    for sentence in found.sentences if answered else ():
        if sentence.first_stage >= SHARE * best:
            spoken.setdefault(sentence.doc_id, []).append(sentence)
    return Comparison(
        found.query.question,
        tuple((found.documents[doc_id], _cited(found.documents, said)) for doc_id, said in spoken.items()),
        tuple(document for document in documents if document.doc_id not in spoken),
    )


def _cited(documents: Mapping[DocId, Document], said: Sequence[ScoredSentence]) -> tuple[Citation, ...]:
    return tuple(cite(documents[s.doc_id], s.start, s.end, number) for number, s in enumerate(said[:SENTENCES], 1))
