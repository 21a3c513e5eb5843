"""Draw pages of a PDF with PDFium, with a quote's words highlighted. Only this module uses PDFium for that.

Run it in a process of its own (``qa.pages.worker``): the file may be hostile.
"""

import ctypes
import math
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO

import pypdfium2 as pdfium
import pypdfium2.raw as raw
from PIL import Image, ImageChops, ImageDraw

from qa.pages.blocks import boxes_of
from qa.pages.placing import Line, place
from qa.pages.records import Box, Pages, Picture, Wanted

WIDTH = 1_000
"""Pixels across a page; at about 120 dots an inch, text is as large as on paper."""
MAX_PIXELS = 3_000_000
MAX_SIDE = 8_000
MAX_SCALE = 4.0
MAX_CHARACTERS = 100_000
"""The most characters of a page on which a quote is looked for."""

_PAPER = (255, 232, 140)
_EDGE = (168, 120, 0)
_GAP = 3.0
"""The widest gap between a quote's words on one line, in line heights."""
_GUTTER = 1.5
"""The narrowest gap between two columns, in line heights."""
_ASCENT, _DESCENT = 1.0, 0.35
"""The most that a letter reaches above and below its baseline, in font sizes; some fonts claim several lines."""


def draw(data: bytes, wanted: Sequence[Wanted]) -> Pages:
    """Pictures of pages of a PDF. Raises any error of PDFium and Pillow on a bad file."""
    with pdfium.PdfDocument(data) as document:
        count = len(document)
        return Pages(count, tuple(_picture(document, one) for one in wanted if one.number <= count))


def _picture(document: pdfium.PdfDocument, wanted: Wanted) -> Picture:
    page = document[wanted.number - 1]
    width, height = page.get_size()
    scale = min(WIDTH / width, MAX_SCALE, MAX_SIDE / height, math.sqrt(MAX_PIXELS / (width * height)))
    size = math.ceil(width * scale), math.ceil(height * scale)
    text = _Text(page, size) if wanted.quote or wanted.blocks else None
    boxes = tuple(text.boxes(wanted)) if text and wanted.quote else ()
    blocks = tuple(text.blocks(wanted.blocks)) if text and wanted.blocks else ()
    image = _image(page, scale, boxes) if wanted.drawn else b""
    return Picture(wanted.number, image, *size, boxes, blocks)


def _image(page: pdfium.PdfPage, scale: float, highlighted: Sequence[Box]) -> bytes:
    image = page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
    for box in highlighted:
        _highlight(image, box)
    written = BytesIO()
    image.save(written, "WEBP", lossless=True, method=2)
    return written.getvalue()


def _highlight(image: Image.Image, box: Box) -> None:
    """Tint the box and underline it; its text stays as dark as before."""
    under = image.crop(box)
    image.paste(ImageChops.multiply(under, Image.new("RGB", under.size, _PAPER)), box)
    left, _, right, bottom = box
    ImageDraw.Draw(image).line((left, bottom - 1, right - 1, bottom - 1), fill=_EDGE, width=2)


class _Text:
    """The characters of a page, and their places on an image of the given size."""

    def __init__(self, page: pdfium.PdfPage, size: tuple[int, int]) -> None:
        self._text = page.get_textpage()
        self._size = size
        self._to_bitmap = pdfium.PdfPosConv(page, (0, 0, *size, 0)).to_bitmap
        count = self._text.count_chars()
        known = range(count if count <= MAX_CHARACTERS else 0)
        self._characters = "".join(chr(raw.FPDFText_GetUnicode(self._text, index)) for index in known)

    def boxes(self, wanted: Wanted) -> list[Box]:
        """The boxes of the quote's words, one for each line or part of a line."""
        found: list[Box] = []
        for start, end in place(wanted, self._characters, self._lines):
            found += [_around(line) for line in _in_lines(self._letters(start, end), _GAP)]
        return list(self._clipped(found))

    def blocks(self, texts: Sequence[str]) -> Iterator[tuple[Box, ...]]:
        """The boxes of each text, one for each of its columns."""
        found = _in_lines(self._letters(0, len(self._characters)), _GUTTER)
        lines = [("".join(self._characters[index] for index, _ in line), [box for _, box in line]) for line in found]
        for boxes in boxes_of(texts, lines):
            yield tuple(self._clipped(boxes))

    def _letters(self, start: int, end: int) -> Iterator[tuple[int, Box]]:
        return ((index, self._box(index)) for index in range(start, end) if not self._characters[index].isspace())

    def _box(self, index: int) -> Box:
        """The box of a character, which may be turned on the image."""
        left, bottom, right, top = self._within_line(index, *self._text.get_charbox(index, loose=True))
        (x0, y0), (x1, y1) = self._to_bitmap(left, bottom), self._to_bitmap(right, top)
        return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)

    def _within_line(
        self, index: int, left: float, bottom: float, right: float, top: float
    ) -> tuple[float, float, float, float]:
        """The box of a character that is upright or turned by quarters, no higher than its line."""
        matrix, x, y = raw.FS_MATRIX(), ctypes.c_double(), ctypes.c_double()
        raw.FPDFText_GetMatrix(self._text, index, matrix)
        raw.FPDFText_GetCharOrigin(self._text, index, x, y)
        size = raw.FPDFText_GetFontSize(self._text, index)
        across, up = size * matrix.c, size * matrix.d
        if abs(up) > abs(across):
            low, high = sorted((y.value - _DESCENT * up, y.value + _ASCENT * up))
            bottom, top = max(bottom, low), min(top, high)
        elif across:
            low, high = sorted((x.value - _DESCENT * across, x.value + _ASCENT * across))
            left, right = max(left, low), min(right, high)
        return left, bottom, right, top

    def _lines(self) -> list[Line]:
        """The page's lines, each in one column."""
        lines = _in_lines(self._letters(0, len(self._characters)), _GUTTER)
        return [Line(line[0][0], line[-1][0] + 1, *_around(line)) for line in lines]

    def _clipped(self, boxes: Iterable[Box]) -> Iterator[Box]:
        width, height = self._size
        for left, top, right, bottom in boxes:
            box = max(0, left), max(0, top), min(width, right), min(height, bottom)
            if box[0] < box[2] and box[1] < box[3]:
                yield box


def _in_lines(letters: Iterable[tuple[int, Box]], gap: float) -> list[list[tuple[int, Box]]]:
    """Letters (index and box) grouped by line. A gap wider than ``gap`` line heights ends a line."""
    found: list[list[tuple[int, Box]]] = []
    for letter in letters:
        last = found[-1][-1][1] if found else None
        if last and (_beside(last, letter[1], gap) or _beside(_turned(last), _turned(letter[1]), gap)):
            found[-1].append(letter)
        else:
            found.append([letter])
    return found


def _beside(one: Box, other: Box, gap: float) -> bool:
    """Whether the boxes share more than half of the lower one's height, and are at most ``gap`` heights apart."""
    heights = one[3] - one[1], other[3] - other[1]
    shared = min(one[3], other[3]) - max(one[1], other[1])
    apart = max(one[0], other[0]) - min(one[2], other[2])
    return 2 * shared > min(heights) and apart <= gap * max(heights)


def _turned(box: Box) -> Box:
    """The box on a page turned sideways, where lines run up or down."""
    left, top, right, bottom = box
    return top, left, bottom, right


def _around(letters: Sequence[tuple[int, Box]]) -> Box:
    lefts, tops, rights, bottoms = zip(*(box for _, box in letters), strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)
