"""Checks quotes against their source file: read again by the readers, and in words extracted independently.

The second way shares nothing with the readers: it takes PDFium's characters, or the text nodes of the markup, with
superscripts and subscripts marked. So it shows if a reader lost an exponent or made one sentence of two columns.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from qa.proof.matching import Match, match
from qa.readers.blocks import NotReadable
from qa.readers.files import document_of, load
from qa.readers.formats import format_of
from qa.readers.isolation import Limits, run_isolated
from qa.readers.tables.sentences import words_of_line
from qa.records import Document, Role

LIMITS = Limits()

_WORST: Sequence[Match] = ("there", "in two", "formula", "scripts", "missing")
_FEW = 12
"""A quote over several pages is not searched for on a page that has fewer characters of it than this."""

_PROBLEMS: Mapping[Match | None, str] = {
    "scripts": "what is raised or lowered in {way} stands on the line here, so that it may read as another number",
    "missing": "these words do not stand together in {way}",
    None: "{way} cannot be had: it cannot be read in that way",
}
_NOTES: Mapping[Match | None, str] = {
    "in two": "That [{number}] stands together in {way}: it is there in two pieces, as over the end of a column.",
    "formula": "That [{number}] has its formula as it stands in {way}.",
}
_PUT_TOGETHER = "That [{number}] stands in {way} so: the readers put it together from what the file says of itself."
_CELL = "That [{number}] is of this row and column in {way}: heads and text stand there, not which belong together."
_NO_WAY = "That [{number}] stands in {file} by a second way of reading it: there is none for {format}."
_READ_OTHERWISE = (
    "That {file} reads as it did: version {now} of the readers makes another text of it than is stored; add it again."
)
_RECOGNISED = (
    "That {file} has the words of [{number}]: they were recognised in a picture of the page, which no other way reads."
)


@dataclass(frozen=True, slots=True)
class Held:
    """The result for one quote: its problems, the texts that it stands in, and what is not proved of it."""

    problems: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    unproved: tuple[str, ...] = ()


class SourceFile:
    """A source file as it is now: the Document that the readers make of it, and its words by the second way."""

    def __init__(self, path: Path, reader_version: int) -> None:
        """Raises ReadError if the file cannot be read."""
        source = load(path)
        self.document = replace(document_of(source), reader_version=reader_version)
        self._data, self._format = source.data, format_of(source.data, path.suffix.lower()).name
        self._words: dict[int, str] = {}

    @property
    def way(self) -> str | None:
        """The second way in words; None if there is none."""
        from qa.proof.extraction import (
            PDF_WAY,
            WAYS,  # imports lxml, which no question needs
        )

        if self._format == "PDF":
            return PDF_WAY
        return WAYS[self._format][0] if self._format in WAYS else None

    def held(self, citation: Mapping[str, Any], stored: Document) -> Held:
        """Check a quote, known to stand in the stored text and in this file's Document, against the file's words."""
        file, version = self.document.source, self.document.reader_version
        read = (f"the file {file}, read afresh",) if self.document.text == stored.text else ()
        told = () if read else (_READ_OTHERWISE.format(file=file, now=version),)
        if is_recognised(stored, citation["start"], citation["end"]):
            return Held((), read, (*told, _RECOGNISED.format(number=citation["number"], file=file)))
        if self.way is None:
            return Held((), read, (*told, _NO_WAY.format(number=citation["number"], file=file, format=self._format)))
        found, way = self._match(citation, stored), f"{self.way} ({file})"
        role = _role(citation, stored)
        note = _PUT_TOGETHER if found == "missing" and role == "front" else _NOTES.get(found)
        if role == "table" and found == "there":
            note = _CELL
        if note:
            return Held((), read, (*told, note.format(number=citation["number"], way=way)))
        if found != "there":
            return Held((_PROBLEMS[found].format(way=way),))
        return Held((), (*read, way), told)

    def _match(self, citation: Mapping[str, Any], stored: Document) -> Match | None:
        """The worst match among the quote's parts, each on its page; None if the words cannot be extracted."""
        parts = (
            _by_page(stored, citation["start"], citation["end"]) if self._format == "PDF" else {0: citation["quote"]}
        )
        if missing := [page for page in parts if page not in self._words]:
            self._words |= words_isolated(self._data, self._format, missing)
        if any(page not in self._words for page in parts):
            return None
        if _role(citation, stored) == "table":
            pieces = [(page, word) for page, part in parts.items() for word in words_of_line(part)]
        else:
            pieces = [(page, part) for page, part in parts.items() if len(parts) == 1 or len(part) >= _FEW]
        found: list[Match] = [match(piece, self._words[page]) for page, piece in pieces]
        return max(found, key=_WORST.index, default="there")


def is_recognised(stored: Document, start: int, end: int) -> bool:
    """Whether part of a span comes from Pincite's OCR, so that the file itself has no such words.

    Only OCR by Pincite has a confidence.
    """
    return any(doubt.start < end and start < doubt.end and doubt.confidence is not None for doubt in stored.doubts)


def _role(citation: Mapping[str, Any], stored: Document) -> Role | None:
    return next((s.role for s in stored.sections if s.start <= citation["start"] < s.end), None)


def _by_page(document: Document, start: int, end: int) -> dict[int, str]:
    bounds = [*document.pages, len(document.text)]
    return {
        number: document.text[max(start, low) : min(end, high)]
        for number, (low, high) in enumerate(pairwise(bounds), 1)
        if max(start, low) < min(end, high)
    }


def words_isolated(data: bytes, format_name: str, pages: Sequence[int]) -> dict[int, str]:
    """The words of a file by page, extracted in a process of its own; empty if that fails."""
    head = json.dumps({"format": format_name, "pages": list(pages)}).encode() + b"\n"
    try:
        found = json.loads(run_isolated("qa.proof.worker", [], head + data, LIMITS))
    except (NotReadable, ValueError):  # too slow, or it ended while writing
        return {}
    return {int(page): words for page, words in (found or {}).items()}
