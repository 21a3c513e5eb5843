"""What a Retrieval is worth: whether its first hits and sentences are right."""

from collections.abc import Sequence

from qa.evaluation.relevance import is_right
from qa.evaluation.results import Gold
from qa.retrieval.retriever import Retrieval

MEASURES = ("Hit@1", "Hit@5", "MRR@10", "Sentence@1", "Sentence@3")


def measured(found: Retrieval, gold: Sequence[Gold]) -> list[float]:
    """The values of MEASURES; nothing is refused."""
    hits = [is_right(hit.source, hit.text, gold) for hit in found.hits]
    texts = [(found.documents[one.doc_id], one) for one in found.sentences[:3]]
    right = [is_right(document.source, document.text[one.start : one.end], gold) for document, one in texts]
    rank = hits.index(True) + 1 if any(hits) else None
    return [any(hits[:1]), any(hits[:5]), 1 / rank if rank else 0.0, any(right[:1]), any(right)]
