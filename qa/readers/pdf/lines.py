"""Pieces of a PDF's page to lines: what stands on one baseline of one column, with its scripts and marks.

The order of the file is followed as far as it goes on to the right; a raised or lowered piece belongs to the line that
it touches. Units are points; y grows upwards.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile
from operator import attrgetter

from qa.readers.pdf.characters import Piece
from qa.readers.reference_marks import is_citation
from qa.text.scripts import subscript, superscript

_WIDE = 1.1
"""The widest space, in parts of the font's size, that is surely one between words."""
_BACK = 0.6
_SAME_BASELINE = 0.3
_SHIFTED, _LONGEST_SHIFTED = 0.5, 4
"""How far a short script as large as its line may stand from its baseline: no line of text is that near to another."""
_HIGHEST, _LOWEST = 0.75, 0.45
"""How far a smaller piece may stand above or below the baseline of its line, in parts of the line's size."""
_DEEPEST = 2.1
_SMALLER = 0.88
_RAISED, _LOWERED = 0.12, 0.06
_SPACE = 0.2
_SPACED = 0.12
_DROP = 1.6
_LONGEST_SCRIPT = 12

_BETWEEN = " ,;"
_BRACKETED = re.compile(r"\[\d{1,3}(?:[\s,;–—-]+\d{1,3})*\],?")
_FEWEST_MARKS = 4
_DEGREE = re.compile(r"^[◦○∘˚]$")
_ACCENTS = {
    "´": "\u0301",
    "`": "\u0300",
    "¨": "\u0308",
    "ˆ": "\u0302",
    "˜": "\u0303",
    "˚": "\u030a",
    "¸": "\u0327",
    "ˇ": "\u030c",
}

_VOWELS = frozenset("aeiouyAEIOUY")
_ACCENTED = _VOWELS | frozenset("cgnszCGNSZı")
"""Letters that spaced accents stand on; before others, as in "authors`knowledge", they are apostrophes."""

_Part = tuple[int, str, bool]
"""A run of text: 1 above its line, -1 below it, 0 on it; what it says; and whether a space stands before it."""


_size = attrgetter("size")


@dataclass(slots=True)
class Line:
    """A line of one column: its text, place, and the size and weight that most of it has.

    ``left`` and ``right`` are the edges of its column, ``column`` tells the columns of the file apart.
    """

    text: str
    x0: float
    x1: float
    y: float
    size: float
    bold: bool = False
    italic: bool = False
    page: int = 1
    left: float = 0.0
    right: float = 0.0
    column: int = 0
    pieces: Sequence[Piece] = ()
    lead: int = 0
    """How many characters of its text, from its start, stand out by their weight or slant; 0 for all and none."""
    marked: bool = False
    """Whether raised numbers in its file name references."""


def lines_of(pieces: Iterable[Piece], page: int) -> list[Line]:
    """The lines of a page in the order of the file; their texts are still empty (``set_texts``)."""
    groups = _with_orphans(list(_groups(pieces)))
    return [_line(sorted(group, key=lambda piece: piece.x0), page) for group in groups]


# ---------------------------------------------------------------- which pieces are of one line


def _groups(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    group: list[Piece] = []
    reached = 0.0
    for piece in pieces:
        if group and not _goes_on(group, piece, reached):
            yield group
            group = []
        reached = max(reached, piece.x1) if group else piece.x1
        group.append(piece)
    if group:
        yield group


def _goes_on(group: Sequence[Piece], piece: Piece, reached: float) -> bool:
    """Whether a piece stands on the line of a group and near its end."""
    base = max(group[-6:], key=_size)
    size = max(base.size, piece.size)
    back = piece.x0 - reached >= -_BACK * size or piece.x0 > group[-1].x0
    return back and piece.x0 - reached <= _WIDE * size and _on_line(base, piece)


def _on_line(one: Piece, other: Piece) -> bool:
    """Whether two pieces share a baseline, or the smaller one is a script of the larger."""
    base, small = (one, other) if one.size >= other.size else (other, one)
    above = (small.y - base.y) / base.size
    if small.size > _SMALLER * base.size:
        shifted = min(len(one.text), len(other.text)) <= _LONGEST_SHIFTED
        return abs(above) <= (_SHIFTED if shifted else _SAME_BASELINE)
    return base.size < _DEEPEST * small.size and -_LOWEST <= above <= _HIGHEST


def _with_orphans(groups: list[list[Piece]]) -> list[list[Piece]]:
    """The groups, with the scripts and the large initials that the file has elsewhere in the lines that they touch."""
    sizes: Counter[float] = Counter()
    for group in groups:
        for piece in group:
            sizes[piece.size] += len(piece.text)
    usual = max(sizes, key=lambda size: (sizes[size], size), default=0.0)
    kept: list[list[Piece]] = []
    orphans: list[list[Piece]] = []
    for group in groups:
        short = sum(len(piece.text) for piece in group) <= _LONGEST_SCRIPT
        (orphans if short and max(piece.size for piece in group) < _SMALLER * usual else kept).append(group)
    hosts = [(group, max(group, key=lambda piece: piece.size)) for group in kept]
    lost = [orphan for orphan in orphans if not _adopted(orphan, hosts)]
    order = {id(group): number for number, group in enumerate(groups)}
    return _with_initials(sorted([*kept, *lost], key=lambda group: order[id(group)]))


def _adopted(orphan: list[Piece], hosts: Sequence[tuple[list[Piece], Piece]]) -> bool:
    """Whether a small group touches a line, and was added to it."""
    first, last = orphan[0], orphan[-1]
    for group, base in hosts:
        if first.size < _SMALLER * base.size and _on_line(base, first):
            touches = any(
                abs(first.x0 - piece.x1) < _SPACE * base.size or abs(piece.x0 - last.x1) < _SPACE * base.size
                for piece in group
            )
            if touches:
                first.spaced = False
                group.extend(orphan)
                return True
    return False


def _with_initials(groups: list[list[Piece]]) -> list[list[Piece]]:
    """The groups, with a large initial at the start of the first of the lines beside it."""
    for number, group in enumerate(groups):
        if len(group) == 1 and len(group[0].text) == 1 and group[0].text.isalpha():
            initial = group[0]
            for beside in groups:
                first = beside[0]
                near = -0.2 * first.size <= first.x0 - initial.x1 <= first.size
                high = (
                    first.y < initial.y + initial.size and first.y + 1.3 * first.size > initial.y + 0.55 * initial.size
                )
                if near and high and initial.size > _DROP * first.size and first.text[:1].isalpha():
                    first.text, first.x0, first.spaced = initial.text + first.text, initial.x0, True
                    return _with_initials(groups[:number] + groups[number + 1 :])
    return groups


def _line(pieces: Sequence[Piece], page: int) -> Line:
    """A line with the size and baseline that most of its text has."""
    weights: Counter[tuple[float, float]] = Counter()
    for piece in pieces:
        weights[piece.size, piece.y] += len(piece.text)
    size, y = max(weights, key=lambda key: (weights[key], key))
    most = 0.9 * sum(weights.values())
    bold = sum(len(piece.text) for piece in pieces if piece.bold) > most
    italic = sum(len(piece.text) for piece in pieces if piece.italic) > most
    x0, x1 = min(piece.x0 for piece in pieces), max(piece.x1 for piece in pieces)
    return Line("", x0, x1, y, size, bold, italic, page, pieces=pieces)


# ---------------------------------------------------------------- texts, with scripts and marks


def set_texts(lines: Sequence[Line]) -> None:
    """Give each line its text: scripts as ``qa.text.scripts`` writes them, raised numbers of references in brackets."""
    parts = [list(_parts(line.pieces, line)) for line in lines]
    marked = _has_raised_marks(parts)
    fonts: Counter[tuple[int, int]] = Counter()
    for line in lines:
        for piece in line.pieces:
            fonts[round(line.size), piece.font] += len(piece.text)
    usual = {font for size, font in _commonest(fonts)}
    for line, runs in zip(lines, parts, strict=True):
        line.italic = line.italic or (not line.bold and _in_other_font(line, usual))
        line.marked = marked
        line.text = _text(runs, marked)
        line.lead = _lead(line, marked)


def part_of(line: Line, pieces: Sequence[Piece]) -> Line:
    """The part of a line that some of its pieces are, as a line."""
    part = _line(pieces, line.page)
    part.marked, part.text = line.marked, _text(list(_parts(pieces, part)), line.marked)
    return part


def _commonest(fonts: Counter[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Of each size, the font that most of its text is in."""
    for size in {size for size, _ in fonts}:
        yield max((key for key in fonts if key[0] == size), key=lambda key: (fonts[key], key))


def _in_other_font(line: Line, usual: set[int]) -> bool:
    """Whether a line stands out by its font, whatever that is called."""
    letters = sum(len(piece.text) for piece in line.pieces)
    return sum(len(piece.text) for piece in line.pieces if piece.font not in usual) > 0.9 * letters


def _lead(line: Line, marked: bool) -> int:
    """How much of the line's text, from its start, is bold, or italic, or in another font than what follows."""
    font = line.pieces[0].font
    for stands_out in (lambda piece: piece.bold, lambda piece: piece.italic, lambda piece: piece.font == font):
        leading = list(takewhile(stands_out, line.pieces))
        if leading:
            rest = line.pieces[len(leading) :]
            return len(_text(list(_parts(leading, line)), marked)) if rest and rest[0].spaced else 0
    return 0


def _script(piece: Piece, line: Line) -> int:
    """1 for a superscript, -1 for a subscript, 0 for text on the line."""
    above = (piece.y - line.y) / line.size
    if piece.size > _SMALLER * line.size and abs(above) < _SAME_BASELINE:
        return 0
    return 1 if above > _RAISED else -1 if above < -_LOWERED else 0


def _parts(pieces: Sequence[Piece], line: Line) -> Iterator[_Part]:
    """Pieces of a line as runs of text on, above and below it, each with whether a space stands before it."""
    text, kind, spaced, end = "", 0, False, 0.0
    for piece in pieces:
        own = _script(piece, line)
        gap = piece.x0 - end
        apart = bool(text) and (
            piece.spaced if own == 0 == kind else gap > (_SPACED if piece.spaced else _SPACE) * line.size
        )
        if text and own == kind:
            text = _accented(text, piece.text, apart)
        else:
            if text:
                yield kind, text, spaced
            text, kind, spaced = piece.text, own, apart
        end = piece.x1
    if text:
        yield kind, text, spaced


def _accented(text: str, following: str, apart: bool) -> str:
    """Two texts one after the other; an accent that stands before its letter, or else after it, is put onto it."""
    accent = _ACCENTS.get(text[-1])
    if accent and following[0] in _ACCENTED:
        return text[:-1] + unicodedata.normalize("NFC", following[0] + accent) + following[1:]
    if accent and following[0].isalpha() and text[-2:-1] in _VOWELS and text[:-1]:
        return text[:-2] + unicodedata.normalize("NFC", text[-2] + accent) + following
    return f"{text} {following}" if apart else text + following


def _text(parts: Sequence[_Part], marked: bool) -> str:
    text = ""
    for number, (kind, part, spaced) in enumerate(parts):
        after = parts[number + 1][1] if number + 1 < len(parts) and not parts[number + 1][2] else ""
        if kind == 0:
            text += " " * spaced + part
        elif kind < 0:
            text += subscript(part)
        elif _BRACKETED.fullmatch(part.strip()):
            text = f"{text.rstrip()} {part.strip()}"
        elif marked and _is_mark(text, part, after):
            text = f"{text.rstrip()} [{part.strip(_BETWEEN)}]"
        else:
            text += " " * spaced + superscript(_DEGREE.sub("°", part))
    return _without_tracking(text)


def _is_mark(before: str, raised: str, after: str) -> bool:
    """Whether raised text names references; numbers may also be set apart by white space alone."""
    numbers = re.sub(r"(?<=\d)\s+(?=\d)", ",", raised.strip(_BETWEEN))
    return is_citation(before.rstrip(), numbers, after)


def _has_raised_marks(lines: Sequence[Sequence[_Part]]) -> bool:
    """Whether the file marks references by raised numbers: several stand where marks do, and none in brackets."""
    found = set()
    for parts in lines:
        for number, ((kind, before, _), (raised, text, _)) in enumerate(pairwise(parts), 2):
            after = parts[number][1] if number < len(parts) and not parts[number][2] else ""
            if kind == 0 and raised > 0 and _is_mark(before, text, after):
                found.add(text)
    return len(found) >= _FEWEST_MARKS


def _without_tracking(text: str) -> str:
    """A heading whose letters are set apart, as words again: "A B S T R A C T"."""
    words = text.split(" ")
    if len(words) >= 5 and all(len(word) == 1 and word.isalpha() for word in words):
        return "".join(words)
    return text
