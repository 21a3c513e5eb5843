"""Runs of text of a PDF's page, each with its place, its width and its font's size, as pypdf reports them."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from pypdf import PageObject, PdfReader
from pypdf.generic import (
    ArrayObject,
    ContentStream,
    DictionaryObject,
    FloatObject,
    NameObject,
    NullObject,
    StreamObject,
)
from pypdf.generic._font import Font

from qa.readers.blocks import NotReadable
from qa.readers.pdf_layout import Line

# What moves the place of the next text. After each of these an idle change of the matrix makes pypdf report the
# text so far: every run then comes with the place where it starts, and two columns never as one run.
_MOVES = frozenset({b"Td", b"TD", b"Tm", b"T*"})
_IDLE = ([FloatObject(number) for number in (1, 0, 0, 1, 0, 0)], b"cm")

_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl"})
_SURROGATE = re.compile("[\ud800-\udfff]")
_BOLD = re.compile(r"bold|black|heavy|demi|cmbx|sfbx", re.IGNORECASE)
_LEAST_SHARE = 0.2
"""Of a page's text, what runs in another direction and is less than this is a label, not text to read."""

_BELOW = 100_000.0
_GAP = 120


class _Collector:
    """Takes what pypdf reports of a page and keeps its runs of text with their direction in quarter turns.

    The width of a run is its letters', and what the operators that showed it set between them: pypdf reports
    such a gap as a space, which then has no width of its own.
    """

    def __init__(self, page: int) -> None:
        self.runs: list[tuple[int, Line]] = []
        self._page = page
        self._fonts: dict[int, _Face] = {}
        self._spacing = {b"Tc": 0.0, b"Tw": 0.0}
        self._shift = 0.0
        self._gaps = 0

    def operator(self, operator: bytes, operands: Any, cm: list[float], tm: list[float]) -> None:
        if operator in self._spacing and operands and isinstance(operands[0], int | float):
            self._spacing[operator] = float(operands[0])
        elif operator == b"TJ" and operands and isinstance(operands[0], list):
            offsets = [float(item) for item in operands[0] if isinstance(item, int | float)]
            self._shift -= sum(offsets) / 1000
            self._gaps += sum(offset <= -_GAP for offset in offsets)

    def text(self, text: str, cm: list[float], tm: list[float], font: DictionaryObject | None, size: float) -> None:
        if text:
            face = self._fonts.get(id(font)) or self._fonts.setdefault(id(font), _Face(font))
            self.runs.append(self._run(text, cm, tm, face, abs(size)))
        self._shift, self._gaps = 0.0, 0

    def _run(self, text: str, cm: list[float], tm: list[float], face: "_Face", size: float) -> tuple[int, Line]:
        along = (tm[0] * cm[0] + tm[1] * cm[2], tm[0] * cm[1] + tm[1] * cm[3])
        up = (tm[2] * cm[0] + tm[3] * cm[2], tm[2] * cm[1] + tm[3] * cm[3])
        x, y = tm[4] * cm[0] + tm[5] * cm[2] + cm[4], tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
        turn = round(math.atan2(along[1], along[0]) / (math.pi / 2)) % 4
        x, y = ((x, y), (y, -x), (-x, -y), (-y, x))[turn]
        text = _SURROGATE.sub("\ufffd", text.rstrip("\n")) or " "
        width = self._width(text.rstrip(), face, size) * math.hypot(*along)
        height = max(0.1, round(size * math.hypot(*up), 1))
        if not all(map(math.isfinite, (x, y, width, height))):
            raise NotReadable(
                "malformed", "has text that stands nowhere; open it in a PDF viewer, save a copy and add that."
            )
        return turn, Line(text.translate(_LIGATURES), x, x + max(0.0, width), y, height, face.bold, self._page)

    def _width(self, text: str, face: "_Face", size: float) -> float:
        spaces = text.count(" ")
        shown = max(0, spaces - self._gaps)
        letters = sum(face.widths.get(letter, face.other) for letter in text if letter != " ")
        set_apart = self._spacing[b"Tc"] * (len(text) - spaces + shown) + self._spacing[b"Tw"] * shown
        return size * ((letters + shown * face.space) / 1000 + self._shift) + set_apart


class _Face:
    """The widths of a font's letters in thousandths of its size, and whether it is bold."""

    def __init__(self, font: DictionaryObject | None) -> None:
        self.font = font
        """Held, so that no other object gets its identity."""
        self.bold = font is not None and _BOLD.search(str(font.get("/BaseFont", ""))) is not None
        self.widths: dict[str, float] = {}
        self.other, self.space = 500.0, 250.0
        if font is not None:
            with suppress(AttributeError, TypeError, ValueError, KeyError):
                self._measure(Font.from_font_resource(font))

    def _measure(self, known: Font) -> None:
        encoding = known.encoding if isinstance(known.encoding, dict) else {}
        for code, width in known.character_widths.items():
            if len(code) == 1:
                named = encoding.get(ord(code), code)
                self.widths[str(known.character_map.get(named, named))] = float(width)
        self.other = float(known.character_widths.get("default", self.other))
        self.space = float(known.space_width)


def runs_of(page: PageObject, reader: PdfReader, number: int) -> list[Line]:
    """The runs of text of a page in file order, where they stand on the page as it is read."""
    return _upright(_runs(page, reader, number))


def _runs(page: PageObject, reader: PdfReader, number: int) -> list[tuple[int, Line]]:
    """The runs of text of a page in file order, each with its direction in quarter turns."""
    contents = page.get("/Contents", NullObject()).get_object()
    if not isinstance(contents, ArrayObject | StreamObject):
        return []
    stream = ContentStream(contents, reader, "bytes")
    stream.operations = [
        step
        for operation in stream.operations
        for step in ((operation, _IDLE) if operation[1] in _MOVES else (operation,))
    ]
    page[NameObject("/Contents")] = stream
    collector = _Collector(number)
    page.extract_text(visitor_text=collector.text, visitor_operand_after=collector.operator)
    return collector.runs


def _upright(runs: Sequence[tuple[int, Line]]) -> list[Line]:
    """The runs in the page's own direction, and below them those in another one if they are a fair share of it."""
    shares: Counter[int] = Counter()
    for turn, run in runs:
        shares[turn] += len(run.text.strip())
    kept = [turn for turn, share in shares.most_common() if share >= _LEAST_SHARE * shares.total()]
    lower = {turn: _BELOW * place for place, turn in enumerate(kept)}
    return [replace(run, y=run.y - lower[turn]) for turn, run in runs if turn in lower]
