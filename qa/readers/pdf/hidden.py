"""Find text on a PDF's page that a reader cannot see, and so must not be quoted.

Text may be in the paper's colour, without ink, too small to read, beyond the page's edge, clipped, covered, or on a
layer that is off. Recognised text on a scanned page is without ink too, but the picture below shows it: that text is
kept.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from qa.readers.pdf.drawn import (
    BLACK,
    UNTURNED,
    WHITE,
    Box,
    Colour,
    Matrix,
    address_of,
    bounds_of,
    clip_of,
    filling_of,
    ink_of,
    is_filled,
    layers_of,
    objects_of,
    shared,
)

LEAST_SIZE = 3.0
"""Points; smaller letters cannot be read on paper."""
LEAST_CONTRAST = 1.15
"""WCAG contrast of text and background: 21 for black on white, 1.14 for the lightest greys."""
SCANNED = 0.6
"""The least share of a scanned page that pictures cover."""
RECOGNISED = 0.9
"""The least share of a scanned page's characters without ink; the rest are stamps and running heads."""
PART = 0.25
"""The share of a character's size that an area must cover on each side of its middle. A line covers less."""
BAND = 12.0
TALLEST = 14_400.0
"""Points, the largest page in PDF 1.7 (Annex C)."""

NOWHERE = (0.0, 0.0, -1.0, -1.0)


@dataclass(frozen=True, slots=True)
class _Area:
    """A painted area: its box, drawing order and colour (None if not known)."""

    box: Box
    order: int
    colour: Colour | None
    is_picture: bool = False


@dataclass(frozen=True, slots=True)
class _Ink:
    """How a text object is drawn. ``colour`` is None without ink; ``clip`` is where it can be seen."""

    order: int
    colour: Colour | None
    clip: Box | None


def layers_off(reader: PdfReader) -> frozenset[str]:
    """The names of the layers that a viewer hides by default."""
    properties = _dictionary(reader.root_object.get("/OCProperties"))
    usual = _dictionary(properties.get("/D"))
    switched = "/ON" if usual.get("/BaseState") == "/OFF" else "/OFF"
    named = _names(usual.get(switched))
    return frozenset(_names(properties.get("/OCGs")) - named if switched == "/ON" else named)


def _dictionary(said: Any) -> DictionaryObject:
    found = said.get_object() if said is not None else None
    return found if isinstance(found, DictionaryObject) else DictionaryObject()


def _names(groups: Any) -> set[str]:
    found = groups.get_object() if groups is not None else None
    return {str(_dictionary(group).get("/Name", "")) for group in found} if isinstance(found, list) else set()


class Visibility:
    """Which text of one page is visible. Asks PDFium once for each object and renders nothing.

    A page is scanned if pictures cover most of it; recognised if it also has text without ink over them; blank if only
    text is drawn on it.
    """

    def __init__(self, page: pdfium.PdfPage, off: Set[str] = frozenset()) -> None:
        """``off`` names the layers of the document that are off."""
        self._page = page
        self._off = off
        self._edge = page.get_cropbox()
        self._inks: dict[int, _Ink] = {}
        self._areas: list[_Area] = []
        self._bands: dict[int, list[_Area]] = {}
        for order, (drawn, matrix) in enumerate(objects_of(page)):
            self._note(order, drawn, matrix)
        for area in self._areas:
            self._index(area)
        self.is_scanned = self._is_scanned()
        self.is_recognised = self.is_scanned and self._is_without_ink()
        self.is_blank = all(area.colour == WHITE for area in self._areas)

    def sight(self, known: int, size: float) -> "Sight":
        """Where characters of this text object (by address) and size in points are visible."""
        ink = self._inks.get(known)
        if size < LEAST_SIZE or (ink is not None and ink.colour is None and not self.is_recognised):
            return Sight(NOWHERE)
        if ink is None:  # beyond the objects that are examined
            return Sight(self._edge)
        box = shared(self._edge, ink.clip)
        return Sight(box) if ink.colour is None else Sight(box, self._bands, ink.order, ink.colour, size * PART)

    def _index(self, area: _Area) -> None:
        """Index an area by its height on the page. Pages with thousands of areas have small ones, as in charts."""
        left, bottom, right, top = self._edge
        low, high = max(area.box[1], bottom), min(area.box[3], top, bottom + TALLEST)
        if high - low >= LEAST_SIZE * PART * 2 and min(area.box[2], right) > max(area.box[0], left):
            for band in range(int(low // BAND), int(high // BAND) + 1):
                self._bands.setdefault(band, []).append(area)

    def _note(self, order: int, drawn: Any, matrix: Matrix) -> None:
        kind = raw.FPDFPageObj_GetType(drawn)
        is_on = not self._off or self._off.isdisjoint(layers_of(drawn))
        if kind == raw.FPDF_PAGEOBJ_TEXT:
            clip = clip_of(drawn) if matrix == UNTURNED else None
            self._inks[address_of(drawn)] = _Ink(order, ink_of(drawn), clip if is_on else NOWHERE)
        elif not is_on:
            return
        elif kind in (raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_SHADING):
            is_picture = kind == raw.FPDF_PAGEOBJ_IMAGE
            self._areas.append(_Area(bounds_of(drawn, matrix), order, None, is_picture))
        elif kind == raw.FPDF_PAGEOBJ_PATH and is_filled(drawn):
            clip = clip_of(drawn) if matrix == UNTURNED else None
            self._areas.append(_Area(shared(bounds_of(drawn, matrix), clip), order, filling_of(drawn)))

    def _is_scanned(self) -> bool:
        left, bottom, right, top = self._edge
        pictures = [area.box for area in self._areas if area.is_picture]
        covered = sum(
            max(0.0, min(right, box[2]) - max(left, box[0])) * max(0.0, min(top, box[3]) - max(bottom, box[1]))
            for box in pictures
        )
        page = (right - left) * (top - bottom)
        return bool(0 < SCANNED * page <= covered)

    def _is_without_ink(self) -> bool:
        if all(ink.colour is not None for ink in self._inks.values()):
            return False
        textpage = self._page.get_textpage()
        try:
            known = [raw.FPDFText_GetTextObject(textpage, index) for index in range(textpage.count_chars())]
        finally:
            textpage.close()
        inks = [self._inks.get(address_of(one)) for one in known if one]
        without = sum(ink is not None and ink.colour is None for ink in inks)
        return without >= RECOGNISED * len(inks) > 0


class Sight:
    """Where characters of one text object and size are visible: within a box, with enough contrast."""

    __slots__ = ("_around", "_bands", "_bottom", "_colour", "_left", "_on_white", "_order", "_right", "_top")

    def __init__(
        self,
        box: Box,
        bands: Mapping[int, Sequence[_Area]] = MappingProxyType({}),
        order: int = 0,
        colour: Colour = BLACK,
        around: float = 0.0,
    ) -> None:
        """``around`` is how far an area must extend beyond a character's middle to be under or over it."""
        self._left, self._bottom, self._right, self._top = box
        self._bands, self._order, self._colour, self._around = bands, order, colour, around
        self._on_white = _contrast(colour, WHITE) >= LEAST_CONTRAST

    def shows(self, x: float, y: float) -> bool:
        """Whether a character centred here is visible."""
        if not (self._left <= x <= self._right and self._bottom <= y <= self._top):
            return False
        areas = self._bands.get(int(y // BAND)) if self._bands else None
        return self._stands_out(areas, x, y) if areas else self._on_white

    def _stands_out(self, areas: Sequence[_Area], x: float, y: float) -> bool:
        under: Colour | None = WHITE
        around = self._around
        for area in areas:
            left, bottom, right, top = area.box
            if left + around <= x <= right - around and bottom + around <= y <= top - around:
                if area.order > self._order and area.colour is not None:
                    return False  # covered
                if area.order < self._order:
                    under = area.colour
        return under is None or _contrast(self._colour, under) >= LEAST_CONTRAST


@lru_cache(maxsize=1024)
def _contrast(one: Colour, other: Colour) -> float:
    """WCAG 2 contrast ratio, from 1 to 21."""
    lower, higher = sorted((_luminance(one), _luminance(other)))
    return (higher + 0.05) / (lower + 0.05)


def _luminance(colour: Sequence[int]) -> float:
    shares = [share / 255 for share in colour]
    red, green, blue = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
