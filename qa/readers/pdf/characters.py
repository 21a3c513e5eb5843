"""The characters of a PDF's pages as PDFium places them, grouped into pieces: parts of words in one style.

PDFium is called directly for each character, because its Python helpers cost more than PDFium itself. Font, size and
direction are the same for all characters of a text object, so they are asked once per object.
"""

import ctypes
import math
import re
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import repeat
from types import MappingProxyType
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from qa.readers.pdf.hidden import Visibility
from qa.readers.pdf.signs import SYMBOLS, UNKNOWN, Named, signs_of

_BOLD = re.compile(rb"(?i:bold|black|heavy|demi|cmbx|sfbx|[.-]bi?\b)|-Bd|Tim(?:es)?-?BI?\b")
_ITALIC = re.compile(rb"(?i:ital|oblique|slanted|cmti|sfti|[.-]b?i\b)|(?:-|[a-z])It\b|TimesB?I\b")
_HYPHENS = frozenset({0x2, 0xAD, 0xFFFE})
"""PDFium's codes for a hyphen at a line's end and for a soft hyphen. Both are printed as a hyphen."""
_LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "ft", 0xFB06: "st"}
_BREAKS = frozenset({0xA, 0xD})
"""PDFium's line ends. They also come before some hyphens and letters that are still on the line."""
_SPACES = frozenset({0x20, 0x9, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000})
_SURROGATES = range(0xD800, 0xE000)
_LEAST_SHARE = 0.2
"""Text in another direction is a label, not text to read, if it is less than this share of the page."""
_BELOW = 100_000.0
_SAME_STYLE = 0.02
_JUMP = 0.3
_THIN = 0.1
"""A thin space within a number, as a share of the font size. No font sets its digits that far apart."""
_TOUCHING = 0.05
_NARROW_SPACE = 0.2
"""The least space between words, as a share of the mean letter width. PDFium misses spaces in condensed type."""
_LETTERS = 10
_NAME_LENGTH = 256
_BATCH = 4_096

_Character = tuple[int, int, int | None, float, float, float, float, float, float]
"""Index on the page, code, text object, position, and box: left, top, right, bottom."""


@dataclass(slots=True)
class Piece:
    """Part of a word in one style: text, place on the upright page, and whether a space comes before it.

    ``y`` is the baseline in points and grows upwards.
    """

    text: str
    x0: float
    x1: float
    y: float
    size: float
    bold: bool = False
    italic: bool = False
    spaced: bool = True
    font: int = 0
    """Identifies the font within the page."""
    turn: int = 0
    """Quarter turns of the page that make the piece upright; its place is given after them."""

    @property
    def shift(self) -> float:
        """An offset added to ``y`` to keep the piece apart from pieces in other directions."""
        return _BELOW * round(self.y / _BELOW)


@dataclass(frozen=True, slots=True)
class Rule:
    """A horizontal line on a page."""

    x0: float
    x1: float
    y: float


@dataclass(slots=True)
class _Style:
    """What the characters of a text object share. ``turn`` counts quarter turns, None for other directions."""

    size: float
    turn: int | None
    bold: bool
    italic: bool
    font: int = 0
    signs: Mapping[int, str] | None = None
    """For a symbol font whose codes are misread: the correct signs by code."""
    letters: int = 0
    width: float = 0.0
    """The total width of its letters so far."""
    gaps: float = 0.0
    """The total gap between letters within words so far."""
    gap: float = 0.0
    """The latest of these gaps."""

    def parts(self, word: str, gap: float, letter: str) -> bool:
        """Whether the gap between a word and a letter is a narrow space.

        After an initial it is not, because many fonts set small letters apart from large ones.
        """
        last = word[-1]
        if self.letters < _LETTERS or not (last.isalnum() or last in ",.;:)") or not letter.isalnum():
            return False
        if len(word) == 1 and word.isalpha() and word not in "Aa":
            return False
        mean, usual = self.width / self.letters, self.gaps / self.letters
        return gap > 2 * self.gap and gap - usual > _NARROW_SPACE * mean


_NO_STYLE = _Style(0.0, None, False, False)


def pieces_of(page: pdfium.PdfPage, visibility: Visibility, named: Named = MappingProxyType({})) -> list[Piece]:
    """The visible pieces of a page, in file order, upright.

    ``named`` has the signs of fonts (``signs``). Raises PDFium's errors for a bad page.
    """
    textpage = page.get_textpage()
    try:
        return _upright(_pieces(textpage, textpage.count_chars(), visibility, _Styles(textpage, named)))
    finally:
        textpage.close()


@lru_cache(maxsize=1)
def _calls() -> tuple[Callable[..., Any], ...]:
    """PDFium's functions for one character, with plain addresses as arguments and results."""
    calls = []
    for function, result, more in (
        (raw.FPDFText_GetUnicode, ctypes.c_uint, ()),
        (raw.FPDFText_GetTextObject, ctypes.c_void_p, ()),
        (raw.FPDFText_GetCharOrigin, ctypes.c_int, (ctypes.c_void_p, ctypes.c_void_p)),
        (raw.FPDFText_GetLooseCharBox, ctypes.c_int, (ctypes.c_void_p,)),
    ):
        prototype = ctypes.PYFUNCTYPE(result, ctypes.c_void_p, ctypes.c_int, *more)
        calls.append(prototype(ctypes.cast(function, ctypes.c_void_p).value or 0))
    return tuple(calls)


def _characters(textpage: pdfium.PdfTextPage, count: int) -> Iterator[_Character]:
    """The characters of a page, fetched in batches without Python code in between."""
    unicode_at, object_at, origin_at, box_at = _calls()
    handle = repeat(ctypes.cast(textpage.raw, ctypes.c_void_p).value)
    for first in range(0, count, _BATCH):
        places = range(first, min(count, first + _BATCH))
        size = len(places)
        origins, boxes = (ctypes.c_double * (2 * size))(), (ctypes.c_float * (4 * size))()  # a box is a FS_RECTF
        begin, box = ctypes.addressof(origins), ctypes.addressof(boxes)
        xs, ys = range(begin, begin + 16 * size, 16), range(begin + 8, begin + 8 + 16 * size, 16)
        deque(map(origin_at, handle, places, xs, ys), maxlen=0)
        deque(map(box_at, handle, places, range(box, box + 16 * size, 16)), maxlen=0)
        codes, known = map(unicode_at, handle, places), map(object_at, handle, places)
        sides = (boxes[side::4] for side in range(4))
        yield from zip(places, codes, known, origins[::2], origins[1::2], *sides, strict=True)


def _pieces(textpage: pdfium.PdfTextPage, count: int, visibility: Visibility, styles: "_Styles") -> list[Piece]:
    """The pieces in file order, each in its own direction."""
    pieces: list[Piece] = []
    piece: Piece | None = None
    style, spaced, ended, begun = None, True, False, 0.0
    last, own, sight = 0, _NO_STYLE, visibility.sight(0, 0.0)
    for index, code, known, x, y, left, top, right, bottom in _characters(textpage, count):
        if code in _SPACES or not known:
            ended = ended or (code in _BREAKS and not known)
            spaced = spaced or not (code in _BREAKS and not known)
            continue
        if known != last:
            last, own = known, styles.of(index, known)
            sight = visibility.sight(known, own.size)
        letter = (own.signs and own.signs.get(code)) or _letter(code)
        if own.turn is None or not letter or not sight.shows((left + right) / 2, (bottom + top) / 2):
            continue
        x0, x1, base = (
            _turned(own.turn, x, y, (left, bottom, right, top)) if own.turn else (x, right if right > x else x, y)
        )
        if piece is not None and own is style and not spaced and abs(base - piece.y) < _SAME_STYLE * own.size:
            gap, before = x0 - piece.x1, piece.text[-1]
            thin = gap > _THIN * own.size and letter.isdigit() and before.isdigit()
            near = abs(gap) < (_TOUCHING if ended else _JUMP) * own.size or (x0 == begun and not ended)
            parted = gap > _TOUCHING * own.size and own.parts(piece.text, gap, letter)
            if near and not thin and not parted:
                piece.text += letter
                own.letters += 1
                own.width += x1 - x0
                own.gaps += gap if abs(gap) < 2 * _TOUCHING * own.size else 0.0
                own.gap = gap
                piece.x1, begun = x1 if x1 > piece.x1 else piece.x1, x0
                ended = False
                continue
            spaced = thin or (near and not ended)
        piece = Piece(letter, x0, x1, base, own.size, own.bold, own.italic, spaced or ended, own.font, own.turn)
        pieces.append(piece)
        style, spaced, ended, begun = own, False, False, x0
    return pieces


@lru_cache(maxsize=4096)
def _letter(code: int) -> str:
    """The text of a character; empty for one that is not printed."""
    if code in _HYPHENS:
        return "-"
    if code in SYMBOLS:
        return SYMBOLS[code]
    if code < 0x20 or 0x7F <= code < 0xA0:
        return UNKNOWN if 0 < code < 0x20 else ""
    if code in _SURROGATES or code > 0x10FFFF:
        return UNKNOWN
    return _LIGATURES.get(code) or chr(code)


class _Styles:
    """The styles of a page's text objects, each read once."""

    def __init__(self, textpage: pdfium.PdfTextPage, named: Named) -> None:
        self._textpage, self._named = textpage, named
        self._of_object: dict[int, _Style] = {}
        self._known: dict[tuple[object, ...], _Style] = {}
        self._names: dict[int | None, bytes] = {}
        self._matrix = raw.FS_MATRIX()

    def of(self, index: int, known: int) -> _Style:
        """The style of a text object, read from one of its characters."""
        style = self._of_object.get(known)
        if style is None:
            style = self._of_object[known] = self._style(index, known)
        return style

    def _style(self, index: int, known: int) -> _Style:
        matrix = self._matrix
        raw.FPDFText_GetMatrix(self._textpage, index, matrix)
        name = self._name(index, known)
        size = raw.FPDFText_GetFontSize(self._textpage, index) * math.hypot(matrix.c, matrix.d)
        quarters = math.atan2(matrix.b, matrix.a) / (math.pi / 2)
        turn = round(quarters) % 4 if abs(quarters - round(quarters)) < 0.1 else None
        size = max(0.1, round(size, 2)) if math.isfinite(size) else 0.1
        style = self._known.get((name, size, turn))
        if style is None:
            bold, italic = (pattern.search(name) is not None for pattern in (_BOLD, _ITALIC))
            style = _Style(size, turn, bold, italic, font_key(name), signs_of(name, self._named))
            self._known[name, size, turn] = style
        return style

    def _name(self, index: int, known: int) -> bytes:
        """The font name of a text object, read from one of its characters; once per font."""
        font = raw.FPDFTextObj_GetFont(ctypes.cast(known, raw.FPDF_PAGEOBJECT))
        address = ctypes.cast(font, ctypes.c_void_p).value
        if address not in self._names:
            name, flags = ctypes.create_string_buffer(_NAME_LENGTH), ctypes.c_int()
            raw.FPDFText_GetFontInfo(self._textpage, index, name, _NAME_LENGTH, flags)
            self._names[address] = name.value
        return self._names[address]


def font_key(name: bytes) -> int:
    """A key for a font by its name, without the six-letter subset prefix, which PDFium gives only for some."""
    return hash(name[7:] if name[6:7] == b"+" else name)


def _turned(turn: int, x: float, y: float, box: tuple[float, float, float, float]) -> tuple[float, float, float]:
    """A character's start, end and baseline, as if its text ran to the right."""
    left, bottom, _, top = box
    if turn == 1:
        return y, max(y, top), -x
    if turn == 2:
        return -x, max(-x, -left), -y
    return -y, max(-y, -bottom), x


def _upright(pieces: list[Piece]) -> list[Piece]:
    """The pieces in the page's main direction; below them those in another direction, if they are a fair share."""
    shares: Counter[int] = Counter()
    for piece in pieces:
        shares[piece.turn] += len(piece.text)
    kept = [turn for turn, share in shares.most_common() if share >= _LEAST_SHARE * shares.total()]
    if len(kept) < 2:
        return [piece for piece in pieces if piece.turn in kept]
    lower = {turn: _BELOW * place for place, turn in enumerate(kept)}
    return [replace(piece, y=piece.y - lower[piece.turn]) for piece in pieces if piece.turn in lower]
