"""PDF: the text layer in reading order, as paragraphs and headings, without heads, feet and numbers.

PDFium gives the characters with their positions; pypdf gives the metadata, and whether the file is locked. Images,
forms, scripts, outlines and attachments are not read. Any error that a damaged or hostile file causes in either becomes
a NotReadable.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO
from itertools import groupby
from typing import Any

import pypdfium2 as pdfium
from pypdf import PdfReader, apply_configuration
from pypdf.errors import DependencyError, LimitReachedError

from qa.errors import Status
from qa.readers.blocks import Block, NotReadable, Reading
from qa.readers.frontmatter import Fields, annotate, is_front_matter
from qa.readers.ocr.recogniser import MOST_PAGES, Recognise
from qa.readers.pdf.characters import Piece, pieces_of
from qa.readers.pdf.doubts import Dispute, disputes, doubted, glyph_names, recognised
from qa.readers.pdf.floats import with_floats
from qa.readers.pdf.formulas import without_torn_formulas
from qa.readers.pdf.furniture import without_furniture
from qa.readers.pdf.headings import Paragraph, levels_of, worded
from qa.readers.pdf.hidden import Visibility, layers_off
from qa.readers.pdf.hyphens import Words
from qa.readers.pdf.layout import Block as Set
from qa.readers.pdf.layout import lay_out, reading_order
from qa.readers.pdf.line_texts import set_texts
from qa.readers.pdf.lines import Line, lines_of
from qa.readers.pdf.metadata import described, metadata_of, title_of
from qa.readers.pdf.paragraphs import paragraphs, place_in_columns
from qa.readers.pdf.roles import BODY, CAPTION, FRONT, assign_roles
from qa.readers.pdf.rulings import Drawn, drawn_on, rules_of
from qa.readers.pdf.safety import check
from qa.readers.pdf.sections import part_sections
from qa.readers.pdf.signs import Named, named_signs
from qa.readers.pdf.tables.assembly import set_tables
from qa.readers.pdf.wording import is_notice, is_prose
from qa.records import Role
from qa.text.sentences import is_fragment, split_sentences

MAX_PAGES = 2_000
MAX_TEXT_BYTES = 20_000_000

_SAFE: Mapping[str, Any] = {
    "zlib_maximum_output_length": 20_000_000,
    "stream_parsing_work_maximum_count": 500_000,
    "page_tree_maximum_entries": 5_000,
    "xform_maximum_invocations_per_extraction": 500,
    "jbig2dec_binary": None,
    "disable_legacy_handling": True,
}
_REASONS: Mapping[Status, str] = {
    "encrypted": "is protected by a password; save a copy without one and add that.",
    "no_text_layer": "has no text layer; install pincite[ocr], which recognises it, and add the file again.",
    "too_big": f"holds over {MAX_PAGES:,} pages or more text than is safe to read; split it and add the parts.",
    "malformed": "is damaged or no PDF; open it in a PDF viewer, save a copy and add that.",
}
_SECTION_ROLES: Mapping[str, Role] = {"references": "references", "declared": "boilerplate"}
_IN_ORDER = (BODY, FRONT, CAPTION)
"""Ordered together: a caption across the columns separates the text above it from the text below."""
_OWN_FIELDS = frozenset({"title", "authors", "journal", "year", "doi"})
"""Fields that the layout shows better than a paragraph's words."""


def read(data: bytes, recognise: Recognise | None = None) -> Reading:
    """Read a PDF. ``recognise`` reads the pictures of pages without text."""
    try:
        with apply_configuration(**_SAFE):
            said = _said(data)
        seen = _seen(data, said, recognise)
        return _reading(seen, said.fields)
    except NotReadable:
        raise
    except LimitReachedError as error:
        raise _refused("too_big") from error
    except Exception as error:  # also MemoryError and RecursionError: a bad file may cause any error
        raise _refused("malformed") from error


def _refused(status: Status) -> NotReadable:
    return NotReadable(status, _REASONS[status])


# ---------------------------------------------------------------- from the file to lines


@dataclass(frozen=True, slots=True)
class _Said:
    """What pypdf finds: metadata, layers that are off, fonts' signs and glyph names, and pages that draw anything."""

    fields: Mapping[str, Any]
    off: frozenset[str]
    signs: Named
    named: Mapping[int, frozenset[str]]
    drawing: frozenset[int]


@dataclass(slots=True)
class _Seen:
    """What PDFium finds on each page: lines of text, drawn lines, and disputed signs."""

    pages: list[list[Line]] = field(default_factory=list)
    drawn: list[Drawn] = field(default_factory=list)
    disputes: list[Dispute] = field(default_factory=list)
    recognised: dict[int, float | None] = field(default_factory=dict)
    """Pages with machine-recognised text, with the confidence, 0 to 1, or None if not known."""
    scanned: set[int] = field(default_factory=set)
    without_text: set[int] = field(default_factory=set)

    def note(self, number: int, visibility: Visibility, pieces: Sequence[Piece]) -> None:
        """Record the kind of a page, by its number from 1."""
        if visibility.is_scanned:
            self.scanned.add(number)
        if visibility.is_recognised:
            self.recognised[number] = None
        if not pieces and not visibility.is_blank:
            self.without_text.add(number)

    def recognise(self, number: int, page: pdfium.PdfPage, recognise: Recognise) -> list[Piece]:
        """The words recognised on a page without text. The page then counts as read, whatever it holds."""
        pieces, self.recognised[number] = recognise(page)
        self.without_text.remove(number)
        return pieces

    def unread(self, kept: Sequence[Sequence[Line]]) -> tuple[int, ...]:
        """The pages that show something but have no text in ``kept``, or, if scanned, no more than running heads."""
        bare = {number for number in self.scanned - self.recognised.keys() if not kept[number - 1]}
        return tuple(sorted(self.without_text | bare))


def _said(data: bytes) -> _Said:
    """The file's metadata. Refuses a locked file, or one that needs more work than is safe."""
    reader = PdfReader(BytesIO(data))
    _unlock(reader)
    count = reader.get_num_pages()
    if count > MAX_PAGES:
        raise _refused("too_big")
    if not count:
        raise _refused("malformed")
    drawing = check(reader)
    return _Said(described(reader), layers_off(reader), named_signs(reader), glyph_names(reader), drawing)


def _unlock(reader: PdfReader) -> None:
    try:
        if reader.is_encrypted and not reader.decrypt(""):
            raise _refused("encrypted")
    except DependencyError as error:
        raise _refused("encrypted") from error


def _seen(data: bytes, said: _Said, recognise: Recognise | None) -> _Seen:
    """What is on each page, in file order."""
    seen = _Seen()
    size = 0
    with pdfium.PdfDocument(data) as document:
        for number in range(len(document)):
            if number not in said.drawing:
                seen.pages.append([])
                seen.drawn.append(Drawn())
                continue
            page = document[number]
            visibility = Visibility(page, said.off)
            pieces = pieces_of(page, visibility, said.signs)
            seen.note(number + 1, visibility, pieces)
            if recognise and number + 1 in seen.without_text and len(seen.recognised) < MOST_PAGES:
                pieces = seen.recognise(number + 1, page, recognise)
            seen.disputes += disputes(pieces, said.named)
            seen.pages.append(lines_of(pieces, number + 1))
            seen.drawn.append(drawn_on(page))
            page.close()
            size += sum(len(piece.text) for line in seen.pages[-1] for piece in line.pieces)
            if size > MAX_TEXT_BYTES:
                raise _refused("too_big")
    set_texts([line for lines in seen.pages for line in lines])
    return seen


# ---------------------------------------------------------------- from lines to blocks


def _reading(seen: _Seen, said: Mapping[str, Any]) -> Reading:
    pages, drawn = seen.pages, seen.drawn
    kept = without_furniture(pages)
    rules = list(map(rules_of, drawn))
    laid_out = list(map(lay_out, kept, rules))
    every = [block for blocks in laid_out for block in blocks]
    if not any(character.isalnum() for block in every for character in block.text):
        raise _refused("no_text_layer")
    setting = assign_roles(laid_out, rules)
    title = title_of(laid_out[0], said, setting.size)
    words = Words(line.text for block in every for line in block.lines)
    fields = metadata_of(laid_out[0], title, _heads(pages, kept), said, words)
    cells: dict[int, Sequence[Block]] = {}
    for number, blocks in enumerate(laid_out):
        shown = _shown(pages[number], kept[number], blocks)
        laid_out[number] = set_tables(blocks, shown, drawn[number], setting, words=words, cells=cells)
    around = [block for blocks in laid_out for block in blocks if block not in title]
    found, more = _text_blocks(around, words, cells)
    heading = [Block(fields["title"], role="front", pages=((0, 1),))] if title else []
    unread = {"unread_pages": numbers} if (numbers := seen.unread(kept)) else {}
    final = recognised(doubted([*heading, *without_torn_formulas(found)], seen.disputes), seen.recognised)
    return Reading(final, {**more, **fields, **unread})


def _shown(lines: Sequence[Line], kept: Sequence[Line], blocks: Sequence[Set]) -> list[Line]:
    """The lines of a page without overprinted ones. Apparent running heads stay: they may belong to a table."""
    left = {id(piece) for block in blocks for line in block.lines for piece in line.pieces}
    under = {id(line) for line in kept if line.pieces and id(line.pieces[0]) not in left}
    return [line for line in lines if id(line) not in under]


def _heads(pages: Sequence[Sequence[Line]], kept: Sequence[Sequence[Line]]) -> list[str]:
    """The running heads and feet of the first pages."""
    left = {id(line) for lines in kept for line in lines}
    return [line.text for lines in pages[:3] for line in lines if id(line) not in left]


def _text_blocks(
    every: Sequence[Set], words: Words, cells: Mapping[int, Sequence[Block]]
) -> tuple[list[Block], Fields]:
    """The paragraphs, headings and floats, each with its role, and the fields that paragraphs give.

    Before the text, only sentences are evidence. If there is nothing else, as on slides, everything is evidence.
    """
    pages = groupby(every, key=lambda block: block.page)
    ordered = [block for _, page in pages for block in reading_order([one for one in page if one.role in _IN_ORDER])]
    lines = place_in_columns([block for block in ordered if block.role in (BODY, FRONT)])
    front = {id(line) for block in every if block.role == FRONT for line in block.lines}
    parts = worded(paragraphs(lines), words)
    plain = [
        Block(part.text, level, pages=starts)
        for part, level, starts in zip(parts, levels_of(parts), _page_starts(parts), strict=True)
    ]
    blocks, fields = annotate(plain)
    roles = part_sections(blocks)
    before: Role = "boilerplate" if any(block.role == "body" and not block.level for block in blocks) else "body"
    final = [
        replace(block, level=0, role=_role_before(block.text, id(part.lines[0]) in front, before))
        if block.role == "front" or id(part.lines[0]) in front
        else replace(block, role=_SECTION_ROLES.get(role, block.role))
        for block, role, part in zip(blocks, roles, parts, strict=True)
    ]
    floats = [block for block in every if block.role not in (BODY, FRONT)]
    return with_floats(final, parts, floats, words, cells), {
        name: value for name, value in fields.items() if name not in _OWN_FIELDS
    }


def _role_before(text: str, above: bool, before: Role) -> Role:
    """The role of a text before the first long paragraph: names and dates are front, sentences are body.

    ``above`` says that it is above the article's opening on the first page. There only a sure sentence is body.
    """
    if len(split_sentences(text)) == 1 and is_fragment(text):
        return "front"
    stated = not is_fragment(text) and not is_notice(text) and not is_front_matter(text)
    return "body" if stated and (is_prose(text) or not above) else before


def _page_starts(parts: Sequence[Paragraph]) -> Iterator[tuple[tuple[int, int], ...]]:
    """For each paragraph, the offsets at which pages start within it, with the page numbers."""
    reached = 0
    for part in parts:
        found = []
        for line, offset in zip(part.lines, part.starts, strict=False):
            if line.page > reached:
                found.append((offset, line.page))
                reached = line.page
        yield tuple(found)
