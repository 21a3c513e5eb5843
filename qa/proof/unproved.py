"""Finds the quotes of a kept answer that the library no longer has."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from qa.records import Document

UNPROVED = "kept from an earlier library, not proved"
"""The words for a quote whose document is gone or has changed."""

FindDocument = Callable[[str], Document | None]


@dataclass(frozen=True, slots=True)
class Unproved:
    """The unproved parts of an answer: sentences by position from 0, citations by number, hits by rank."""

    sentences: frozenset[int] = frozenset()
    citations: frozenset[int] = frozenset()
    hits: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.sentences or self.citations or self.hits)


def unproved(answer: Mapping[str, Any], find: FindDocument) -> Unproved:
    """Check every sentence, citation and hit of an Answer in its JSON form against the documents.

    Raises KeyError, TypeError or AttributeError if it is not in the form of an answer.
    """
    intact = cache(lambda doc_id: _intact(find(doc_id)))
    citations = {citation["number"]: citation for citation in answer["citations"]}
    gone = {n for n, c in citations.items() if not _stands(c, c["quote"], intact(c["doc_id"]), c["sha256"])}

    def said(sentence: Mapping[str, Any]) -> bool:
        first = next(iter(sentence["citations"]), None)
        return first in citations and first not in gone and citations[first]["quote"] == sentence["text"]

    return Unproved(
        frozenset(place for place, sentence in enumerate(answer["sentences"]) if not said(sentence)),
        frozenset(gone),
        frozenset(hit["rank"] for hit in answer["hits"] if not _stands(hit, hit["text"], intact(hit["doc_id"]))),
    )


def stands(quote: str, start: int, end: int, sha256: str, document: Document | None) -> bool:
    """Whether the document's text has this SHA-256 and these words at this place."""
    return _stands({"start": start, "end": end}, quote, _intact(document), sha256)


def _stands(place: Mapping[str, Any], quote: str, document: Document | None, sha256: str | None = None) -> bool:
    if document is None or sha256 not in (None, document.sha256):
        return False
    start, end = place["start"], place["end"]
    return 0 <= start < end and document.text[start:end] == quote


def _intact(document: Document | None) -> Document | None:
    """The document, if its text is still what was read; else None."""
    known = document and hashlib.sha256(document.text.encode()).hexdigest() == document.sha256
    return document if known else None


def noted(numbers: Sequence[int]) -> str:
    """A sentence that the quotes with these numbers are not proved.

    >>> noted([1, 3])
    'Quotes 1, 3: kept from an earlier library, not proved.'
    """
    return f"Quote{'' if len(numbers) == 1 else 's'} {', '.join(map(str, numbers))}: {UNPROVED}."
