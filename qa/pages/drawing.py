"""Pages of a PDF drawn by PDFium, with a quote's words highlighted. The one module that knows it.

To be run in a process of its own (``qa.pages.worker``): the file may be hostile.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from io import BytesIO

import pypdfium2 as pdfium
import pypdfium2.raw as raw
from PIL import Image, ImageChops, ImageDraw

from qa.pages.placing import Line, place
from qa.pages.records import Box, Pages, Picture, Wanted

WIDTH = 1_000
"""Pixels across a page, which makes its text as large as on paper at some 120 dots an inch."""
MAX_PIXELS = 3_000_000
MAX_SIDE = 8_000
MAX_SCALE = 4.0
MAX_CHARACTERS = 100_000
"""Of a page's text; on a page with more, no quote is looked for."""

_PAPER = (255, 232, 140)
_EDGE = (168, 120, 0)
_GAP = 3.0
"""The most between words of a quote that stand on one line, in heights of the line."""
_GUTTER = 1.5
"""The least between two columns."""


def draw(data: bytes, wanted: Sequence[Wanted]) -> Pages:
    """Pictures of pages of a PDF. Raises whatever PDFium and Pillow do of a bad file."""
    with pdfium.PdfDocument(data) as document:
        count = len(document)
        return Pages(count, tuple(_picture(document, one) for one in wanted if one.number <= count))


def _picture(document: pdfium.PdfDocument, wanted: Wanted) -> Picture:
    page = document[wanted.number - 1]
    width, height = page.get_size()
    scale = min(WIDTH / width, MAX_SCALE, MAX_SIDE / height, math.sqrt(MAX_PIXELS / (width * height)))
    bitmap = page.render(scale=scale, may_draw_forms=False)
    image = bitmap.to_pil().convert("RGB")
    boxes = tuple(_boxes(page, bitmap, wanted)) if wanted.quote else ()
    for box in boxes:
        _highlight(image, box)
    written = BytesIO()
    image.save(written, "WEBP", lossless=True, method=2)
    return Picture(wanted.number, written.getvalue(), image.width, image.height, boxes)


def _highlight(image: Image.Image, box: Box) -> None:
    """Tint what is in the box and underline it, so that its text stays as dark as it was."""
    under = image.crop(box)
    image.paste(ImageChops.multiply(under, Image.new("RGB", under.size, _PAPER)), box)
    left, _, right, bottom = box
    ImageDraw.Draw(image).line((left, bottom - 1, right - 1, bottom - 1), fill=_EDGE, width=2)


def _boxes(page: pdfium.PdfPage, bitmap: pdfium.PdfBitmap, wanted: Wanted) -> list[Box]:
    """The boxes of the quote's words on the image, one for each line or part of a line."""
    text = page.get_textpage()
    count = text.count_chars()
    if count > MAX_CHARACTERS:
        return []
    characters = "".join(chr(raw.FPDFText_GetUnicode(text, index)) for index in range(count))
    to_bitmap = bitmap.get_posconv(page).to_bitmap
    boxes: list[Box] = []

    def box(index: int) -> Box:
        return _box(text.get_charbox(index, loose=True), to_bitmap)

    for start, end in place(wanted, characters, lambda: _lines(characters, box)):
        letters = ((index, box(index)) for index in range(start, end) if not characters[index].isspace())
        boxes += [_around(line) for line in _in_lines(letters, _GAP)]
    clipped = (_clipped(box, bitmap.width, bitmap.height) for box in boxes)
    return [box for box in clipped if box[0] < box[2] and box[1] < box[3]]


def _box(place: tuple[float, float, float, float], to_bitmap: Callable[[float, float], tuple[int, int]]) -> Box:
    """The box on the image of one on the page, which may be turned there."""
    left, bottom, right, top = place
    (x0, y0), (x1, y1) = to_bitmap(left, bottom), to_bitmap(right, top)
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _lines(characters: str, box: Callable[[int], Box]) -> list[Line]:
    """The page's lines, each in one column."""
    letters = ((index, box(index)) for index, character in enumerate(characters) if not character.isspace())
    return [Line(line[0][0], line[-1][0] + 1, *_around(line)) for line in _in_lines(letters, _GUTTER)]


def _in_lines(letters: Iterable[tuple[int, Box]], gap: float) -> list[list[tuple[int, Box]]]:
    """Letters, each with its index and box, by line: a wider gap than so many heights of it ends a line."""
    found: list[list[tuple[int, Box]]] = []
    for letter in letters:
        last = found[-1][-1][1] if found else None
        if last and (_beside(last, letter[1], gap) or _beside(_turned(last), _turned(letter[1]), gap)):
            found[-1].append(letter)
        else:
            found.append([letter])
    return found


def _beside(one: Box, other: Box, gap: float) -> bool:
    """Whether more than half of the lower box's height is shared, and no more than so many heights part them."""
    heights = one[3] - one[1], other[3] - other[1]
    shared = min(one[3], other[3]) - max(one[1], other[1])
    apart = max(one[0], other[0]) - min(one[2], other[2])
    return 2 * shared > min(heights) and apart <= gap * max(heights)


def _turned(box: Box) -> Box:
    """The box as on a page that lies on its side, where lines run up or down."""
    left, top, right, bottom = box
    return top, left, bottom, right


def _around(letters: Sequence[tuple[int, Box]]) -> Box:
    lefts, tops, rights, bottoms = zip(*(box for _, box in letters), strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _clipped(box: Box, width: int, height: int) -> Box:
    return max(0, box[0]), max(0, box[1]), min(width, box[2]), min(height, box[3])
