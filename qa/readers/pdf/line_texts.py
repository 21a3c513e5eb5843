"""The texts of a PDF's lines: pieces joined to words, with scripts, accents and reference marks."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise, takewhile

from qa.readers.pdf.characters import Piece
from qa.readers.pdf.lines import SAME_BASELINE, SMALLER, SPACE, Line, line_of
from qa.readers.reference_marks import is_citation
from qa.text.scripts import subscript, superscript

_RAISED, _LOWERED = 0.12, 0.06
_SPACED = 0.12
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
"""Letters that take a spaced accent. Before others, as in "authors`knowledge", the accent is an apostrophe."""
_Part = tuple[int, str, bool]
"""A run of text: 1 above its line, -1 below, 0 on it; its text; and whether a space comes before it."""


def set_texts(lines: Sequence[Line]) -> None:
    """Set the text of each line: scripts as ``qa.text.scripts`` writes them, raised reference numbers in brackets."""
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
    """The part of a line made of some of its pieces, as a line."""
    part = line_of(pieces, line.page)
    part.marked, part.text = line.marked, _text(list(_parts(pieces, part)), line.marked)
    return part


def _commonest(fonts: Counter[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """For each size, the font of most of its text."""
    for size in {size for size, _ in fonts}:
        yield max((key for key in fonts if key[0] == size), key=lambda key: (fonts[key], key))


def _in_other_font(line: Line, usual: set[int]) -> bool:
    """Whether a line stands out by its font, whatever the font's name."""
    letters = sum(len(piece.text) for piece in line.pieces)
    return sum(len(piece.text) for piece in line.pieces if piece.font not in usual) > 0.9 * letters


def _lead(line: Line, marked: bool) -> int:
    """How many characters at the start of the line are bold, italic or in another font than the rest."""
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
    if piece.size > SMALLER * line.size and abs(above) < SAME_BASELINE:
        return 0
    return 1 if above > _RAISED else -1 if above < -_LOWERED else 0


def _parts(pieces: Sequence[Piece], line: Line) -> Iterator[_Part]:
    """Pieces of a line as runs of text on, above and below it, each with whether a space comes before it."""
    text, kind, spaced, end = "", 0, False, 0.0
    for piece in pieces:
        own = _script(piece, line)
        gap = piece.x0 - end
        apart = bool(text) and (
            piece.spaced if own == 0 == kind else gap > (_SPACED if piece.spaced else SPACE) * line.size
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
    """Two texts joined. An accent before its letter, or else after it, is combined with the letter."""
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
    """Whether raised text cites references. White space alone may separate the numbers."""
    numbers = re.sub(r"(?<=\d)\s+(?=\d)", ",", raised.strip(_BETWEEN))
    return is_citation(before.rstrip(), numbers, after)


def _has_raised_marks(lines: Sequence[Sequence[_Part]]) -> bool:
    """Whether the file cites by raised numbers: several are where marks usually are, and none are in brackets."""
    found = set()
    for parts in lines:
        for number, ((kind, before, _), (raised, text, _)) in enumerate(pairwise(parts), 2):
            after = parts[number][1] if number < len(parts) and not parts[number][2] else ""
            if kind == 0 and raised > 0 and _is_mark(before, text, after):
                found.add(text)
    return len(found) >= _FEWEST_MARKS


def _without_tracking(text: str) -> str:
    """A letter-spaced heading ("A B S T R A C T") as normal words."""
    words = text.split(" ")
    if len(words) >= 5 and all(len(word) == 1 and word.isalpha() for word in words):
        return "".join(words)
    return text
