"""PDF: the text layer, in reading order, as paragraphs and headings.

Reads text and the title and author fields, and nothing else of a file: no images, forms, scripts, outlines or
attachments. Whatever a damaged or hostile file makes pypdf raise becomes a NotReadable.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from io import BytesIO
from itertools import pairwise
from typing import Any

from pypdf import PdfReader, apply_configuration
from pypdf.errors import DependencyError, LimitReachedError
from pypdf.generic import (
    DictionaryObject,
)

from qa.errors import Status
from qa.readers.blocks import Block, NotReadable, Reading, standard_role
from qa.readers.frontmatter import Fields, annotate, split_names
from qa.readers.pdf_layout import Line, lay_out
from qa.readers.pdf_paragraphs import paragraphs
from qa.readers.pdf_runs import runs_of
from qa.readers.plain import heading_level, looks_like_heading
from qa.text import collapse, join_lines, vocabulary

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
    "no_text_layer": "has no text layer; run text recognition (OCR) on it and add the result.",
    "too_big": f"holds over {MAX_PAGES:,} pages or more text than is safe to read; split it and add the parts.",
    "malformed": "is damaged or no PDF; open it in a PDF viewer, save a copy and add that.",
}

_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>|]*[^\s\"<>|.,;:)\]]")
_NO_TITLE = re.compile(r"untitled|microsoft|\S+$|.*\.(?:docx?|pdf|tex|rtf|odt|indd|dvi)$", re.IGNORECASE)
_HEADING_LINES = 3
_LARGER = 1.08
_MAX_LEVEL = 6
_TITLE_LARGER = 1.15
_TITLE_LENGTH = 300
_PROSE_LENGTH = 150
_ALONE = 1.15
_END = (Line("", 0, 0, math.inf, 0),)

Paragraph = list[Line]
Style = tuple[float, bool]


def read(data: bytes) -> Reading:
    """The reading of a PDF."""
    try:
        with apply_configuration(**_SAFE):
            pages, described = _extracted(data)
        reading = _reading(lay_out(pages), pages[0], described)
    except NotReadable:
        raise
    except LimitReachedError as error:
        raise _refused("too_big") from error
    except Exception as error:  # also MemoryError and RecursionError: pypdf may raise anything
        raise _refused("malformed") from error
    return reading


def _refused(status: Status) -> NotReadable:
    return NotReadable(status, _REASONS[status])


# ---------------------------------------------------------------- from the file to runs of text


def _extracted(data: bytes) -> tuple[list[list[Line]], Mapping[str, str]]:
    """The runs of text of each page, and the title and the author that the file names."""
    reader = PdfReader(BytesIO(data))
    _unlock(reader)
    count = reader.get_num_pages()
    if count > MAX_PAGES:
        raise _refused("too_big")
    if not count:
        raise _refused("malformed")
    pages: list[list[Line]] = []
    size = 0
    for number, page in enumerate(reader.pages, 1):
        pages.append(runs_of(page, reader, number))
        size += sum(len(run.text.encode("utf-8", "replace")) for run in pages[-1])
        if size > MAX_TEXT_BYTES:
            raise _refused("too_big")
    return pages, _described(reader)


def _unlock(reader: PdfReader) -> None:
    try:
        if reader.is_encrypted and not reader.decrypt(""):
            raise _refused("encrypted")
    except DependencyError as error:
        raise _refused("encrypted") from error


def _described(reader: PdfReader) -> Mapping[str, str]:
    try:
        metadata = reader.metadata or DictionaryObject()
        return {name: collapse(str(metadata.get(f"/{name.title()}") or "")) for name in ("title", "author")}
    except Exception:  # the text is what matters: a file may well have lost its description
        return {}


# ---------------------------------------------------------------- from lines to blocks


def _reading(lines: Sequence[Line], first_page: Sequence[Line], described: Mapping[str, str]) -> Reading:
    lines = [line for line in lines if collapse(line.text)]
    if not any(character.isalnum() for line in lines for character in line.text):
        raise _refused("no_text_layer")
    groups, body = paragraphs(lines), _body_style(lines)
    known = vocabulary("\n".join(line.text for line in lines))
    texts = [join_lines([line.text for line in group], known) for group in groups]
    title = _title(groups, texts, body)
    levels = _calmed(_levels(groups, texts, body, title), groups, texts)
    pages = _page_starts(groups, texts, known)
    plain = [Block(text, level, pages=starts) for text, level, starts in zip(texts, levels, pages, strict=True)]
    blocks, fields = annotate(plain)
    if title is not None:
        fields["title"] = texts[title]
        blocks[title] = replace(blocks[title], level=0, role="front")
    return Reading(blocks, _completed(fields, first_page, described))


def _page_starts(
    groups: Sequence[Paragraph], texts: Sequence[str], known: frozenset[str]
) -> Iterator[tuple[tuple[int, int], ...]]:
    """Of each paragraph, the offsets at which pages start within it, with their numbers."""
    reached = 0
    for group, text in zip(groups, texts, strict=True):
        starts = [(0, group[0].page)] if group[0].page > reached else []
        for count, (above, below) in enumerate(pairwise(group), 1):
            if below.page > above.page:
                before = join_lines([line.text for line in group[:count]], known)
                whole = text.startswith(before)  # else the hyphen at its end is gone
                offset = len(before) + text.startswith(" ", len(before)) if whole else len(before) - 1
                starts.append((offset, below.page))
        reached = group[-1].page
        yield tuple(starts)


def _body_style(lines: Sequence[Line]) -> Style:
    """The size, and whether it is bold, that most of the text has."""
    styles: Counter[Style] = Counter()
    for line in lines:
        styles[_style(line)] += len(line.text)
    return max(styles, key=lambda style: (styles[style], style))


def _style(line: Line) -> Style:
    return round(line.size * 2) / 2, line.bold


def _title(groups: Sequence[Paragraph], texts: Sequence[str], body: Style) -> int | None:
    """The largest paragraph on the first page, if it is clearly larger than the text, has words and is no heading."""
    candidates = [
        (-group[0].size, position)
        for position, (group, text) in enumerate(zip(groups, texts, strict=True))
        if group[0].page == 1
        and group[0].size > _TITLE_LARGER * body[0]
        and len(text.split()) > 1
        and len(text) <= _TITLE_LENGTH
        and standard_role(text) is None
    ]
    return min(candidates)[1] if candidates else None


def _levels(groups: Sequence[Paragraph], texts: Sequence[str], body: Style, title: int | None) -> list[int]:
    """The level of each heading, 0 for paragraphs: by its number, else by how its style ranks among headings."""
    headings = [
        position
        for position in range(len(groups) - 1)
        if position != title and _is_heading(groups, position, texts[position], body)
    ]
    styles = sorted({_style(groups[position][0]) for position in headings}, reverse=True)
    usual = [_style(groups[position][0]) for position in headings if standard_role(texts[position])]
    top = styles.index(max(usual)) if usual else 0
    levels = [0] * len(groups)
    for position in headings:
        rank = max(0, styles.index(_style(groups[position][0])) - top) + 1
        text = texts[position]
        levels[position] = heading_level(text) if text[0].isdigit() or standard_role(text) else min(rank, _MAX_LEVEL)
    return levels


def _is_heading(groups: Sequence[Paragraph], position: int, text: str, body: Style) -> bool:
    group = groups[position]
    if standard_role(text) is not None:
        return True
    size, bold = _style(group[0])
    if size > _LARGER * body[0] or (bold and not body[1] and size >= body[0]):
        letters = sum(map(str.isalpha, text))
        return len(group) <= _HEADING_LINES and 2 * letters > len(text) and text[-1] not in ".,;:"
    return len(group) == 1 and size == body[0] and looks_like_heading(text) and _stands_alone(groups, position)


def _stands_alone(groups: Sequence[Paragraph], position: int) -> bool:
    """Whether more than the usual space parts this line from the paragraphs of its column above and below."""
    line = groups[position][0]
    if not position or len(groups[position + 1]) < 2:
        return False
    above, below = groups[position - 1][-1], groups[position + 1]
    if (above.page, above.column) != (below[0].page, below[0].column):
        return False
    usual = below[0].y - below[1].y
    return usual > 0 and min(above.y - line.y, line.y - below[0].y) > _ALONE * usual


def _calmed(levels: Sequence[int], groups: Sequence[Paragraph], texts: Sequence[str]) -> list[int]:
    """The levels without those of names, dates and labels between the title and where the article opens."""
    opening = next(
        (
            position
            for position, (level, text) in enumerate(zip(levels, texts, strict=True))
            if (level and standard_role(text)) or (not level and len(text) >= _PROSE_LENGTH)
        ),
        0,
    )
    first = opening - 1 if not levels[opening] and opening and groups[opening - 1][0].bold else opening
    return [0] * first + list(levels[first:])


def _completed(fields: Fields, first_page: Sequence[Line], described: Mapping[str, str]) -> Fields:
    """The fields with the one DOI of the first page, and with what the file says of itself, for want of better."""
    pieces = (run.text + ("" if run.y == following.y else "\n") for run, following in pairwise([*first_page, *_END]))
    bare = (collapse(match.group()) for match in _DOI.finditer("".join(pieces)))  # without control characters
    found = {doi for doi in bare if _DOI.fullmatch(doi)}
    if len(found) == 1:
        fields.setdefault("doi", found.pop())
    title, author = described.get("title", ""), described.get("author", "")
    if title and not _NO_TITLE.match(title):
        fields.setdefault("title", title)
    if " " in author:
        fields.setdefault("authors", split_names(author))
    return fields
