"""Show a person each block's role in a document, and whether its sentences may be quoted.

A block is a paragraph, heading, caption, table cell or similar unit that the readers make. Each has a role. Only roles
in ``qa.records.EVIDENCE_ROLES`` may be quoted.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from qa.records import BLOCK_SEPARATOR, EVIDENCE_ROLES, Document, Role

ShownRole = Role | Literal["heading"]


@dataclass(frozen=True, slots=True)
class Look:
    """How a role is shown without colour: a letter, and words for one and for several blocks."""

    letter: str
    name: str
    several: str


LOOKS: Mapping[ShownRole, Look] = {
    "body": Look("B", "text", "paragraphs"),
    "front": Look("F", "title, authors, dates", "titles, authors, dates"),
    "caption": Look("C", "caption", "captions"),
    "table": Look("T", "cell of a table", "cells of tables"),
    "note": Look("N", "footnote", "footnotes"),
    "heading": Look("H", "heading", "headings"),
    "references": Look("R", "list of references", "references"),
    "boilerplate": Look("X", "around the article", "around the article"),
}
"""Roles in the order of their explanation: quotable ones, then the others."""


@dataclass(frozen=True, slots=True)
class Block:
    """The block at ``Document.text[start:end]``. ``page`` counts from 1, None if the format has no pages."""

    role: ShownRole
    start: int
    end: int
    page: int | None

    @property
    def quotable(self) -> bool:
        """Whether its sentences may be quoted. A heading names a section and is not quoted itself."""
        return is_quotable(self.role)


def is_quotable(role: ShownRole) -> bool:
    """Whether text with this role may be quoted."""
    return role in EVIDENCE_ROLES


def blocks_of(document: Document) -> list[Block]:
    """All blocks, in order."""
    starts = [section.start for section in document.sections]
    return [
        Block(_role(document, starts, start), start, end, document.page_at(start))
        for start, end in _spans(document.text, 0, len(document.text))
    ]


def _role(document: Document, starts: Sequence[int], at: int) -> ShownRole:
    """The role of the section at the offset; text outside all sections is a heading."""
    number = bisect_right(starts, at) - 1
    held = number >= 0 and at < document.sections[number].end
    return document.sections[number].role if held else "heading"


def _spans(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The start and end of each block in a part of the text."""
    while start < end:
        stop = text.find(BLOCK_SEPARATOR, start, end)
        stop = end if stop < 0 else stop
        if start < stop:
            yield start, stop
        start = stop + len(BLOCK_SEPARATOR)


def on_page(document: Document, blocks: Sequence[Block], number: int) -> list[tuple[Block, str]]:
    """The blocks on one page, counted from 1, each with its text on that page."""
    bounds = list(pairwise([*document.pages, len(document.text)]))
    low, high = bounds[number - 1] if 0 < number <= len(bounds) else (0, 0)
    within = [(block, max(block.start, low), min(block.end, high)) for block in blocks]
    return [(block, document.text[start:end]) for block, start, end in within if start < end]


def kept_out(document: Document) -> dict[ShownRole, int]:
    """The number of blocks that may not be quoted, by role, most first; headings are not counted."""
    counts: Counter[ShownRole] = Counter()
    for section in document.sections:
        if not is_quotable(section.role):
            counts[section.role] += sum(1 for _ in _spans(document.text, section.start, section.end))
    return dict(counts.most_common())


def in_words(sentences: int, out: Mapping[ShownRole, int]) -> str:
    """How much of a document may be quoted, on one line.

    >>> in_words(312, {"references": 61, "boilerplate": 24})
    '312 sentences may be quoted, 85 blocks kept out: references 61, around the article 24'
    """
    total = sum(out.values())
    said = f"{sentences:,} {'sentence' if sentences == 1 else 'sentences'} may be quoted"
    kinds = ", ".join(f"{LOOKS[role].several} {count:,}" for role, count in out.items())
    return f"{said}, {total:,} {'block' if total == 1 else 'blocks'} kept out: {kinds}" if out else said
