"""PDF: the text layer, in reading order, as paragraphs and headings, without what stands around them.

PDFium gives the characters with their places; pypdf what the file says of itself, and whether it is locked. Reads
nothing else of a file: no images, forms, scripts, outlines or attachments. Whatever a damaged or hostile file makes
either raise becomes a NotReadable.
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
"""What is ordered together: a caption across the columns parts the text above it from that below."""
_OWN_FIELDS = frozenset({"title", "authors", "journal", "year", "doi"})
"""What the layout tells better than the words of a paragraph do."""


def read(data: bytes, recognise: Recognise | None = None) -> Reading:
    """The reading of a PDF; of pages without text, what ``recognise`` makes of their pictures."""
    try:
        with apply_configuration(**_SAFE):
            said = _said(data)
        seen = _seen(data, said, recognise)
        return _reading(seen, said.fields)
    except NotReadable:
        raise
    except LimitReachedError as error:
        raise _refused("too_big") from error
    except Exception as error:  # also MemoryError and RecursionError: a bad file may make anything raise
        raise _refused("malformed") from error


def _refused(status: Status) -> NotReadable:
    return NotReadable(status, _REASONS[status])


# ---------------------------------------------------------------- from the file to lines


@dataclass(frozen=True, slots=True)
class _Said:
    """What pypdf finds in a file: fields, layers that are off, signs and names of its fonts, pages that draw."""

    fields: Mapping[str, Any]
    off: frozenset[str]
    signs: Named
    named: Mapping[int, frozenset[str]]
    drawing: frozenset[int]


@dataclass(slots=True)
class _Seen:
    """What PDFium finds on each page: lines of text, and lines that are drawn; and which signs are disputed."""

    pages: list[list[Line]] = field(default_factory=list)
    drawn: list[Drawn] = field(default_factory=list)
    disputes: list[Dispute] = field(default_factory=list)
    recognised: dict[int, float | None] = field(default_factory=dict)
    """Pages whose text a program recognised, with its confidence, 0 to 1, where that is known."""
    scanned: set[int] = field(default_factory=set)
    without_text: set[int] = field(default_factory=set)

    def note(self, number: int, visibility: Visibility, pieces: Sequence[Piece]) -> None:
        """What kind of page one is, by its number from 1."""
        if visibility.is_scanned:
            self.scanned.add(number)
        if visibility.is_recognised:
            self.recognised[number] = None
        if not pieces and not visibility.is_blank:
            self.without_text.add(number)

    def recognise(self, number: int, page: pdfium.PdfPage, recognise: Recognise) -> list[Piece]:
        """The words that are recognised on a page without text, which has been read then, whatever it has."""
        pieces, self.recognised[number] = recognise(page)
        self.without_text.remove(number)
        return pieces

    def unread(self, kept: Sequence[Sequence[Line]]) -> tuple[int, ...]:
        """The pages that show something and have no text, or on a scan no more than running heads; by what is kept."""
        bare = {number for number in self.scanned - self.recognised.keys() if not kept[number - 1]}
        return tuple(sorted(self.without_text | bare))


def _said(data: bytes) -> _Said:
    """What the file says of itself. Refuses what is locked, or more than is safe."""
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
    """What is on each page, in the order of the file."""
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
    """The lines of a page without those that others are drawn over; what looks like a running head may be a table's."""
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
    """The paragraphs, headings and floats, each in its role, and the fields that paragraphs give.

    Of what stands before the text, only sentences are evidence. Where there is nothing else, as on slides, it all is.
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
    """The role of a text before the first long paragraph: names and dates are front, a sentence is of the article.

    ``above`` tells that it stands above where the first page opens: there, only what is surely a sentence is.
    """
    if len(split_sentences(text)) == 1 and is_fragment(text):
        return "front"
    stated = not is_fragment(text) and not is_notice(text) and not is_front_matter(text)
    return "body" if stated and (is_prose(text) or not above) else before


def _page_starts(parts: Sequence[Paragraph]) -> Iterator[tuple[tuple[int, int], ...]]:
    """Of each paragraph, the offsets at which pages start within it, with their numbers."""
    reached = 0
    for part in parts:
        found = []
        for line, offset in zip(part.lines, part.starts, strict=False):
            if line.page > reached:
                found.append((offset, line.page))
                reached = line.page
        yield tuple(found)
