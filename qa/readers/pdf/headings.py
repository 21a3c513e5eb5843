"""Find paragraphs and headings of a PDF by type and space; split off headings that start a line of text."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa.readers.blocks import standard_role
from qa.readers.pdf.hyphens import Words, join
from qa.readers.pdf.lines import Line
from qa.readers.plain import heading_level, looks_like_heading

_HEADING_LINES = 3
_LARGER = 1.08
_MAX_LEVEL = 6
_PROSE_LENGTH = 150
_ALONE = 1.15
_LEAD_WORDS = 12
_LEAD_REST = 30
_RUN_IN_LEVEL = 4
_HEAD_WIDTH = 0.9
_NEAR = 2.0

_STOPPED = re.compile(r"\s*[.:—–-]\s*$")
_AFTER_LEAD = re.compile(r"\s*[.:|—–-]?\s*(?=[\"“(\[]?[A-Z0-9])")
_ABSTRACT = re.compile(r"(abstract|summary)\s*[:.—–-]\s*(?=[A-Z])", re.IGNORECASE)

Style = tuple[float, bool]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph or heading: its lines, its text, and the offset in the text at which each line starts."""

    lines: Sequence[Line]
    text: str
    starts: Sequence[int]
    run_in: bool = False
    """Whether it is a heading on the first line of its paragraph."""


def worded(groups: Sequence[Sequence[Line]], words: Words) -> list[Paragraph]:
    """The paragraphs of groups of lines, with run-in headings split off."""
    return [
        part
        for group in groups
        for part in _without_lead(Paragraph(group, *join([line.text for line in group], words)))
    ]


def _without_lead(paragraph: Paragraph) -> Iterator[Paragraph]:
    first, text = paragraph.lines[0], paragraph.text
    lead = text[: first.lead].rstrip()
    abstract = _ABSTRACT.match(text) if first.page <= 2 else None
    if abstract:
        yield from _parted(paragraph, abstract.end(1), abstract.end())
    elif lead and _is_head(lead, text[len(lead) :], first):
        after = _AFTER_LEAD.match(text, len(lead))
        yield from _parted(paragraph, len(_STOPPED.sub("", lead)), after.end() if after else len(lead))
    else:
        yield paragraph


def _is_head(lead: str, rest: str, line: Line) -> bool:
    """Whether distinct words at the start of a paragraph are its heading."""
    if not (lead[0].isupper() or lead[0].isdigit()) or len(lead.split()) > _LEAD_WORDS or len(rest) < _LEAD_REST:
        return False
    if sum(map(str.isalpha, lead)) < 3 or not _AFTER_LEAD.match(rest):
        return False
    if standard_role(lead) is not None:
        return True
    if not (line.pieces[0].bold or line.pieces[0].italic):
        return False
    if line.pieces[0].bold and " " in lead and lead[-1].islower() and rest.lstrip()[:1].isupper():
        return True
    return _STOPPED.search(lead) is not None or rest.lstrip()[:1] in (":", "—", "–") or rest[:1] == "."


def _parted(paragraph: Paragraph, end: int, start: int) -> Iterator[Paragraph]:
    yield Paragraph(paragraph.lines[:1], paragraph.text[:end], (0,), run_in=True)
    starts = [max(0, offset - start) for offset in paragraph.starts]
    yield Paragraph(paragraph.lines, paragraph.text[start:], starts)


# ---------------------------------------------------------------- levels


def levels_of(paragraphs: Sequence[Paragraph]) -> list[int]:
    """The level of each heading, 0 for paragraphs: by its number, else by the rank of its style."""
    if not paragraphs:
        return []
    body = _body_style(paragraphs)
    headings = [
        place
        for place, paragraph in enumerate(paragraphs[:-1])
        if not paragraph.run_in and _is_heading(paragraphs, place, body)
    ]
    styles = sorted({_style(paragraphs[place].lines[0]) for place in headings}, reverse=True)
    usual = [_style(paragraphs[place].lines[0]) for place in headings if standard_role(paragraphs[place].text)]
    top = styles.index(max(usual)) if usual else 0
    levels = [0] * len(paragraphs)
    for place in headings:
        rank = max(0, styles.index(_style(paragraphs[place].lines[0])) - top) + 1
        text = paragraphs[place].text
        levels[place] = heading_level(text) if text[0].isdigit() or standard_role(text) else min(rank, _MAX_LEVEL)
    return _with_run_in(_calmed(levels, paragraphs), paragraphs)


def _with_run_in(levels: Sequence[int], paragraphs: Sequence[Paragraph]) -> list[int]:
    """The levels with those of run-in headings: 1 for a usual section name, a low level for any other."""
    return [
        level if not paragraph.run_in else 1 if paragraph.text.lower() in ("abstract", "summary") else _RUN_IN_LEVEL
        for level, paragraph in zip(levels, paragraphs, strict=True)
    ]


def _body_style(paragraphs: Sequence[Paragraph]) -> Style:
    """The size and weight (bold or not) of most of the text."""
    styles: Counter[Style] = Counter()
    for paragraph in paragraphs:
        for line in paragraph.lines:
            styles[_style(line)] += len(line.text)
    return max(styles, key=lambda style: (styles[style], style), default=(10.0, False))


def _style(line: Line) -> Style:
    return round(line.size * 2) / 2, line.bold


def _is_heading(paragraphs: Sequence[Paragraph], place: int, body: Style) -> bool:
    paragraph, text = paragraphs[place], paragraphs[place].text
    if standard_role(text) is not None:
        return True
    first = paragraph.lines[0]
    size, bold = _style(first)
    if len(paragraph.lines) > _HEADING_LINES or 2 * sum(map(str.isalpha, text)) <= len(text) or text[-1] in ".,;:-":
        return False
    if size > _LARGER * body[0] or (bold and not body[1] and size >= body[0]):
        return True
    slanted = first.italic and size >= body[0]
    if slanted and first.x1 < first.left + _HEAD_WIDTH * (first.right - first.left) and looks_like_heading(text):
        return True
    if len(paragraph.lines) > 1 or not looks_like_heading(text.replace(": ", " ")) or text.endswith(" et al"):
        return False
    return _heads_text(paragraphs, place, body) or (
        size == body[0] and looks_like_heading(text) and _stands_alone(paragraphs, place)
    )


def _heads_text(paragraphs: Sequence[Paragraph], place: int, body: Style) -> bool:
    """Whether a line in another font than the text below it has more than the usual space above it.

    This marks sub-headings in type no larger than the text. Right below a section heading, they have no such space.
    """
    line, below = paragraphs[place].lines[0], paragraphs[place + 1].lines
    if len(below) < 2 or _column(line) != _column(below[0]) or _style(below[0]) != body:
        return False
    usual, fonts = below[0].y - below[1].y, _fonts(below[:2])
    if not 0 < line.y - below[0].y <= _NEAR * usual or _fonts([line]) & fonts:
        return False
    above = paragraphs[place - 1].lines[-1] if place else None
    if above is None or _column(above) != _column(line):
        return True
    return above.y - line.y > _ALONE * usual or not _fonts([above]) & fonts


def _column(line: Line) -> tuple[int, int]:
    return line.page, line.column


def _fonts(lines: Sequence[Line]) -> set[int]:
    return {piece.font for line in lines for piece in line.pieces}


def _stands_alone(paragraphs: Sequence[Paragraph], place: int) -> bool:
    """Whether more than the usual space separates this line from the paragraphs above and below in its column."""
    line = paragraphs[place].lines[0]
    if not place or len(paragraphs[place + 1].lines) < 2:
        return False
    above, below = paragraphs[place - 1].lines[-1], paragraphs[place + 1].lines
    if (above.page, above.column) != (below[0].page, below[0].column):
        return False
    usual = below[0].y - below[1].y
    return usual > 0 and min(above.y - line.y, line.y - below[0].y) > _ALONE * usual


def _calmed(levels: Sequence[int], paragraphs: Sequence[Paragraph]) -> list[int]:
    """The levels, set to 0 for names, dates and labels between the title and the start of the article."""
    opening = next(
        (
            place
            for place, (level, paragraph) in enumerate(zip(levels, paragraphs, strict=True))
            if (level and standard_role(paragraph.text))
            or (not level and len(paragraph.text) >= _PROSE_LENGTH)
            or paragraph.run_in
        ),
        0,
    )
    bold = opening and paragraphs[opening - 1].lines[0].bold
    first = opening - 1 if not levels[opening] and bold else opening
    return [0] * first + list(levels[first:])
