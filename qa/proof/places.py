"""Whether quotes and hits are what the library keeps at the places that they give."""

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from qa.proof.citations import warning
from qa.proof.printed import SourceFile, is_recognised
from qa.records import DocId, Document, Role
from qa.stores.base import DocumentStore
from qa.text.sentences import Span, section_sentences

Place = Mapping[str, Any]
"""A citation or a hit in its JSON form."""

_SHOWN = 80

_NEVER_QUOTED: Mapping[Role | None, str] = {
    "references": "these words stand in the list of references, which is never quoted",
    "boilerplate": "these words stand in what was wrapped around the article, which is never quoted",
    None: "these words stand in a heading or outside of every section, and are no sentence of the text",
}
_IN_PART = "these words are only part of a sentence, and what is left out may count"


@dataclass(frozen=True, slots=True)
class Kept:
    """What a proof needs of a library, by document id: the document, its sentence spans in order, its passage spans."""

    document: Callable[[str], Document | None]
    sentences: Callable[[str], Sequence[Span]]
    passages: Callable[[str], Collection[Span]]


def kept_in(store: DocumentStore) -> Kept:
    """The Kept of a store; to be used inside one ``reading`` block."""
    ids = set(store.document_ids())

    @cache
    def document(doc_id: str) -> Document | None:
        return store.document(DocId(doc_id)) if doc_id in ids else None

    @cache
    def sentences(doc_id: str) -> list[Span]:
        return store.sentences(DocId(doc_id))

    @cache
    def passages(doc_id: str) -> frozenset[Span]:
        return frozenset((passage.start, passage.end) for passage in store.passages(DocId(doc_id)))

    return Kept(document, sentences, passages)


def short(quote: str) -> str:
    """A quote shortened for a message."""
    return quote if len(quote) <= _SHOWN else quote[: _SHOWN - 1] + "…"


def quote_problems(citation: Place, kept: Kept, files: Sequence[SourceFile]) -> list[str]:
    """The problems of a citation, a sentence each."""
    stored = kept.document(citation["doc_id"])
    if stored is None:
        return [_missing(citation)]
    problems = [*_text_problems(citation, citation["quote"], stored), *_described_problems(citation, stored)]
    if citation["sha256"] != stored.sha256:
        problems.append(f"the recorded SHA-256 is not that of {stored.source}")
    if _stands_in(stored, citation, citation["quote"]) and not _is_whole(citation, kept.sentences(stored.doc_id)):
        problems.append(_NEVER_QUOTED.get(role_at(stored, citation["start"]), _IN_PART))
    return problems + list(_reread_problems(citation, citation["quote"], stored, files))


def hit_problems(hit: Place, kept: Kept, files: Sequence[SourceFile], given: bool) -> list[str]:
    """The problems of a hit, a sentence each.

    A hit ``given`` by this library need not be one of its present passages: it may have been cut differently then.
    """
    stored = kept.document(hit["doc_id"])
    if stored is None:
        return [_missing(hit)]
    problems = [*_text_problems(hit, hit["text"], stored), *_described_problems(hit, stored)]
    if (
        _stands_in(stored, hit, hit["text"])
        and not given
        and (hit["start"], hit["end"]) not in kept.passages(stored.doc_id)
    ):
        problems.append("this is no passage that the library keeps")
    return problems + list(_reread_problems(hit, hit["text"], stored, files))


def section_at(document: Document, offset: int) -> str | None:
    """The name of the section that holds the offset; None if none does."""
    return next((s.name for s in document.sections if s.start <= offset < s.end), None)


def role_at(document: Document, offset: int) -> Role | None:
    """The role of the section that holds the offset; None if none does."""
    return next((s.role for s in document.sections if s.start <= offset < s.end), None)


def is_piece(citation: Place, document: Document) -> bool:
    """Whether a kept quote is only a piece of a sentence that was too long to be kept whole."""
    section = next(s for s in document.sections if s.start <= citation["start"] < s.end)
    spans = section_sentences(document.text, section)
    starts, ends = ({span[side] for span in spans} for side in (0, 1))
    return citation["start"] not in starts or citation["end"] not in ends


def _missing(place: Place) -> str:
    return f"the library has no document {place['doc_id']!r}"


def _is_whole(citation: Place, sentences: Sequence[Span]) -> bool:
    """Whether the quote is one whole sentence, or several in a row."""
    starts, ends = ([span[side] for span in sentences] for side in (0, 1))
    return citation["start"] in starts and citation["end"] in ends


def _text_problems(place: Place, quote: str, document: Document) -> Iterator[str]:
    if hashlib.sha256(document.text.encode()).hexdigest() != document.sha256:
        yield "the stored text has been altered since it was read"
    if not _stands_in(document, place, quote):
        yield f"these are not the words at {place['start']}–{place['end']} of the stored text"


def _stands_in(document: Document, place: Place, quote: str) -> bool:
    start, end = place["start"], place["end"]
    spans = type(start) is int and type(end) is int and 0 <= start < end <= len(document.text)
    return spans and document.text[start:end] == quote


def _described_problems(place: Place, stored: Document) -> Iterator[str]:
    described = {
        "source": stored.source,
        "title": stored.title,
        "section": section_at(stored, place["start"]) or "",
        "page": stored.page_at(place["start"]),
    }
    if "warning" in place:  # answers of an earlier version have none
        described["warning"] = warning(stored, place["start"], place["end"])
    for field, value in described.items():
        if place[field] != value:
            yield f"its {field} is {value!r}, not {place[field]!r}"


def _reread_problems(place: Place, quote: str, stored: Document, files: Sequence[SourceFile]) -> Iterator[str]:
    for document in (file.document for file in files if file.document.source == stored.source):
        if document.source_sha256 != stored.source_sha256:
            yield f"the file {document.source} is not the one that was added (SHA-256 differs)"
        elif (
            document.reader_version == stored.reader_version
            and not _stands_in(document, place, quote)
            and not is_recognised(stored, place["start"], place["end"])  # another version of the recogniser may differ
        ):
            yield f"these are not the words at {place['start']}–{place['end']} of the file {document.source}"
