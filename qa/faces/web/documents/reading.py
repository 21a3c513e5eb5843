"""A document's text as the page shows it: headings and paragraphs around a place, with its quotes marked.

Pure values for the templates; nothing here is HTML.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa.records import BESIDE_ROLES, Document, Role, Section

WINDOW = 200_000
"""The most characters of a document shown at once; a longer one is read in parts."""

_PARAGRAPH = re.compile(r"[^\n]*\S[^\n]*")


@dataclass(frozen=True, slots=True)
class Quote:
    """A span to be marked. ``number`` is its citation's, None without one. One quote may be ``current``."""

    start: int
    end: int
    number: int | None = None
    current: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading. ``level`` counts from 2, because the title is level 1."""

    text: str
    level: int


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Text in pieces, in order, each with its quote. ``page`` is set where a page starts."""

    pieces: tuple[tuple[str, Quote | None], ...]
    role: Role
    page: int | None


@dataclass(frozen=True, slots=True)
class View:
    """The visible part of a document, and the offsets of the parts before and after."""

    blocks: tuple[Heading | Paragraph, ...]
    earlier: int | None
    later: int | None


def view(document: Document, at: int = 0, quotes: Sequence[Quote] = (), window: int = WINDOW) -> View:
    """The document around an offset. Where quotes overlap, the current one is shown, else the first."""
    low, high = _window(document.text, at, window)
    shown = _apart(quotes)
    blocks: list[Heading | Paragraph] = []
    path: tuple[str, ...] = ()
    page = None
    for section in document.sections:
        paragraphs = list(_paragraphs(document.text, section, low, high))
        trail = section.path[:-1] if section.role in BESIDE_ROLES else section.path  # the words name their table
        if paragraphs:
            blocks += _headings(path, trail)
            path = trail
        for start, end in paragraphs:
            now = document.page_at(start)
            pieces = tuple(_pieces(document.text, start, end, shown))
            blocks.append(Paragraph(pieces, section.role, now if now != page else None))
            page = now
    earlier = max(0, low - window // 2) if low else None
    later = min(len(document.text), high + window // 2) if high < len(document.text) else None
    return View(tuple(blocks), earlier, later)


def _window(text: str, at: int, window: int) -> tuple[int, int]:
    """The span to show, with the offset in its middle, cut at line ends if possible."""
    if len(text) <= window:
        return 0, len(text)
    at = min(at, len(text))
    low = max(0, at - window // 2)
    high = min(len(text), low + window)
    if low:
        low = max(low, text.find("\n", low, at) + 1)
    if high < len(text):
        line_end = text.rfind("\n", at, high)
        high = line_end if line_end > at else high
    return low, high


def _apart(quotes: Sequence[Quote]) -> list[Quote]:
    """The quotes by position, without those that overlap a more important one."""
    kept: list[Quote] = []
    for quote in sorted(quotes, key=lambda quote: (not quote.current, quote.start)):
        if quote.start < quote.end and all(quote.end <= other.start or other.end <= quote.start for other in kept):
            kept.append(quote)
    return sorted(kept, key=lambda quote: quote.start)


def _paragraphs(text: str, section: Section, low: int, high: int) -> Iterator[tuple[int, int]]:
    for found in _PARAGRAPH.finditer(text, max(section.start, low), max(section.start, min(section.end, high))):
        yield found.span()


def _headings(before: tuple[str, ...], path: tuple[str, ...]) -> list[Heading]:
    """The headings of a section that differ from those of the section before."""
    same = next((i for i, (old, new) in enumerate(zip(before, path, strict=False)) if old != new), None)
    first = min(len(before), len(path)) if same is None else same
    return [Heading(text, min(level, 6)) for level, text in enumerate(path[first:], first + 2)]


def _pieces(text: str, start: int, end: int, quotes: Sequence[Quote]) -> Iterator[tuple[str, Quote | None]]:
    at = start
    for quote in quotes:
        if quote.end <= at or quote.start >= end:
            continue
        if quote.start > at:
            yield text[at : quote.start], None
        yield text[max(at, quote.start) : min(end, quote.end)], quote
        at = min(end, quote.end)
    if at < end:
        yield text[at:end], None
