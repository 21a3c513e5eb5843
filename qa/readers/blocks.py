"""What every reader produces, and how it becomes a Document.

A reader turns bytes into a list of Blocks: paragraphs and headings in reading order, each already in canonical wording.
``assemble`` joins them into one canonical text and records the sections. Readers never compute an offset.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from qa.errors import Status
from qa.records import BESIDE_ROLES, BLOCK_SEPARATOR, DocId, Document, Doubt, Kind, Mention, Reference, Role, Section

_UNNAMED = re.compile(r"(?<!^)(?<![.:;!?] )\ufffd|\ufffd(?! )")
"""Matches the placeholder of a sign that the file does not name, unless it opens a sentence, like a list's dot."""

_BODY_HEADINGS = (
    "abstract|summary|background|introduction|materials and methods|methods and materials|methods|"
    "patients and methods|methodology|results|results and discussion|discussion|conclusion|conclusions|"
    "discussion and conclusion|concluding remarks|limitations and future directions|acknowledgements|"
    "acknowledgments|acknowledgement|acknowledgment|funding|author contributions|conflict of interest|"
    "conflicts of interest|competing interests|data availability|supplementary material|text".split("|")
)
_REFERENCE_HEADINGS = "references|bibliography|literature cited|works cited|reference list".split("|")
_STANDARD_HEADINGS: Mapping[str, Role] = {
    **{heading: "body" for heading in _BODY_HEADINGS},
    **{heading: "references" for heading in _REFERENCE_HEADINGS},
}

_FULL_TEXT_HEADINGS = frozenset(
    "introduction|materials and methods|methods|results|results and discussion|discussion|conclusion|"
    "conclusions|text".split("|")
)


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph (``level`` 0) or heading (``level`` 1 for the outermost), in canonical wording."""

    text: str
    level: int = 0
    role: Role = "body"
    pages: tuple[tuple[int, int], ...] = ()
    """Where pages start within the text: (offset, page number from 1)."""
    mentions: tuple[Mention, ...] = ()
    """Citations of references, at offsets within the text."""
    part: str = ""
    """What a caption, table cell or note belongs to, such as "Table 2". It ends the path of its section."""
    doubts: tuple[Doubt, ...] = ()
    """Parts of the text that may differ from the printed page, at offsets within the text."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader makes of a file: blocks in reading order, the Document's descriptive fields, the references."""

    blocks: Sequence[Block]
    fields: Mapping[str, Any] = field(default_factory=dict)
    references: tuple[Reference, ...] = ()


class NotReadable(Exception):
    """Raised by a reader. Holds the status of the file, and the end of a sentence that starts with the file's path."""

    def __init__(self, status: Status, reason: str) -> None:
        super().__init__(status, reason)
        self.status = status
        self.reason = reason


def standard_role(heading: str) -> Role | None:
    """The role of a section whose heading is usual in articles ("Methods"), else None."""
    return _STANDARD_HEADINGS.get(_bare(heading))


def _bare(heading: str) -> str:
    return heading.lower().lstrip("0123456789. ").rstrip(" :.")


def assemble(
    blocks: Sequence[Block],
    *,
    source: str,
    data: bytes,
    metadata: Mapping[str, Any],
    references: tuple[Reference, ...] = (),
) -> Document:
    """Lay out the blocks as one canonical text with its sections.

    ``metadata`` holds any of the Document's descriptive fields (title, authors, …). The same bytes and
    metadata always give the same Document.
    """
    text = BLOCK_SEPARATOR.join(block.text for block in blocks)
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    sections = _sections(blocks)
    return Document(
        doc_id=DocId(sha256[:16]),
        source=source,
        text=text,
        sections=sections,
        pages=_pages(blocks),
        sha256=sha256,
        source_sha256=hashlib.sha256(data).hexdigest(),
        references=references,
        mentions=_mentions(blocks),
        doubts=_doubts(blocks),
        **{"kind": _kind(sections), **metadata},
    )


def _offsets(blocks: Sequence[Block]) -> Iterator[tuple[int, Block]]:
    """Each block with the offset of its text in the canonical text."""
    offset = 0
    for block in blocks:
        yield offset, block
        offset += len(block.text) + len(BLOCK_SEPARATOR)


def _pages(blocks: Sequence[Block]) -> tuple[int, ...]:
    """Where each page starts. A page without text starts where the next page does."""
    starts: dict[int, int] = {}
    for offset, block in _offsets(blocks):
        for within, number in block.pages:
            starts.setdefault(number, offset + within)
    pages: list[int] = []
    for number in range(max(starts, default=0), 0, -1):
        pages.append(starts.get(number, pages[-1] if pages else 0))
    return tuple(reversed(pages))


def _mentions(blocks: Sequence[Block]) -> tuple[Mention, ...]:
    return tuple(
        Mention(offset + mention.start, offset + mention.end, mention.reference)
        for offset, block in _offsets(blocks)
        for mention in sorted(block.mentions, key=lambda mention: mention.start)  # mentions may be nested
    )


def _doubts(blocks: Sequence[Block]) -> tuple[Doubt, ...]:
    """All doubts in text order: those of the readers, and one for every sign that the file does not name."""
    found = [
        replace(doubt, start=offset + doubt.start, end=offset + doubt.end)
        for offset, block in _offsets(blocks)
        for doubt in (*block.doubts, *(Doubt(*sign.span(), "unnamed") for sign in _UNNAMED.finditer(block.text)))
    ]
    return tuple(sorted(found, key=lambda doubt: (doubt.start, doubt.end)))


def _sections(blocks: Sequence[Block]) -> tuple[Section, ...]:
    """Runs of paragraphs with the same trail of headings and the same role."""
    placed: list[Section | None] = []
    trail: list[Block] = []
    for offset, block in _offsets(blocks):
        end = offset + len(block.text)
        if block.level:
            trail = [*(above for above in trail if above.level < block.level), block]
            placed.append(None)
        else:
            placed.append(Section(*_place(block, trail, offset, end)))
    runs = groupby(placed, key=lambda section: section and (section.path, section.role))
    found = [[section for section in run if section] for key, run in runs if key]
    return tuple(Section(run[0].path, run[0].start, run[-1].end, run[0].role) for run in found)


def _place(block: Block, trail: list[Block], start: int, end: int) -> tuple[tuple[str, ...], int, int, Role]:
    if block.role not in ("body", *BESIDE_ROLES):
        return (), start, end, block.role
    roles = {standard_role(heading.text) for heading in trail}
    role: Role = "references" if "references" in roles else block.role
    path = tuple(heading.text for heading in trail)
    return (*path, block.part or block.role.capitalize()) if role in BESIDE_ROLES else path, start, end, role


def _kind(sections: Sequence[Section]) -> Kind | None:
    headings = {_bare(heading) for section in sections for heading in section.path}
    if headings & _FULL_TEXT_HEADINGS:
        return "full text"
    return "abstract" if "abstract" in headings else None
