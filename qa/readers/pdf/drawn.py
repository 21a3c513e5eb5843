"""The objects that PDFium finds drawn on a page: position, colour and clip of each."""

import ctypes
from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from itertools import islice
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

MOST_OBJECTS = 20_000
DEEPEST = 8

_NO_INK = frozenset({raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP})
_STROKED = frozenset({raw.FPDF_TEXTRENDERMODE_STROKE, raw.FPDF_TEXTRENDERMODE_STROKE_CLIP})

Box = tuple[float, float, float, float]
"""Left, bottom, right and top in points."""
Colour = tuple[int, int, int]
Matrix = tuple[float, float, float, float, float, float]

WHITE, BLACK = (255, 255, 255), (0, 0, 0)
_BOX_POINTS = 5
_NAME_LENGTH = 256
UNTURNED = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def objects_of(page: pdfium.PdfPage) -> Iterator[tuple[Any, Matrix]]:
    """The objects of a page in drawing order, also those within forms, with the matrix of their form."""
    return islice(_within(page, UNTURNED, 0), MOST_OBJECTS)


def _within(holder: Any, matrix: Matrix, depth: int) -> Iterator[tuple[Any, Matrix]]:
    whole = depth == 0
    count, get = (
        (raw.FPDFPage_CountObjects, raw.FPDFPage_GetObject)
        if whole
        else (raw.FPDFFormObj_CountObjects, raw.FPDFFormObj_GetObject)
    )
    for index in range(count(holder)):
        drawn = get(holder, index)
        if raw.FPDFPageObj_GetType(drawn) == raw.FPDF_PAGEOBJ_FORM and depth < DEEPEST:
            own = raw.FS_MATRIX()
            raw.FPDFPageObj_GetMatrix(drawn, own)
            yield from _within(drawn, _times((own.a, own.b, own.c, own.d, own.e, own.f), matrix), depth + 1)
        else:
            yield drawn, matrix


def _times(one: Matrix, other: Matrix) -> Matrix:
    """The first matrix, then the other."""
    a, b, c, d, e, f = one
    p, q, r, s, t, u = other
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u


def address_of(drawn: Any) -> int:
    return ctypes.cast(drawn, ctypes.c_void_p).value or 0


def layers_of(drawn: Any) -> set[str]:
    """The names of the layers that hold the object."""
    marks = (raw.FPDFPageObj_GetMark(drawn, index) for index in range(max(0, raw.FPDFPageObj_CountMarks(drawn))))
    return {_string(mark, b"Name") for mark in marks}


def _string(mark: Any, key: bytes) -> str:
    length = ctypes.c_ulong()
    value = (raw.FPDF_WCHAR * _NAME_LENGTH)()
    raw.FPDFPageObjMark_GetParamStringValue(mark, key, value, ctypes.sizeof(value), length)
    return bytes(value)[: max(0, length.value - 2)].decode("utf-16-le", "replace")


def ink_of(drawn: Any) -> Colour | None:
    mode = raw.FPDFTextObj_GetTextRenderMode(drawn)
    if mode in _NO_INK:
        return None
    return _colour(raw.FPDFPageObj_GetStrokeColor if mode in _STROKED else raw.FPDFPageObj_GetFillColor, drawn)


def is_filled(drawn: Any) -> bool:
    fills, strokes = ctypes.c_int(), ctypes.c_int()
    return bool(raw.FPDFPath_GetDrawMode(drawn, fills, strokes) and fills.value)


def filling_of(drawn: Any) -> Colour | None:
    """The opaque colour that fills a box; None for other shapes."""
    if raw.FPDFPageObj_HasTransparency(drawn) or not _is_box(_points(drawn)):
        return None
    return _colour(raw.FPDFPageObj_GetFillColor, drawn)


def _points(drawn: Any) -> list[tuple[float, float]]:
    count = raw.FPDFPath_CountSegments(drawn)
    return _placed(raw.FPDFPath_GetPathSegment(drawn, index) for index in range(min(count, _BOX_POINTS + 1)))


def _placed(segments: Iterable[Any]) -> list[tuple[float, float]]:
    x, y = ctypes.c_float(), ctypes.c_float()
    return [(x.value, y.value) for segment in segments if raw.FPDFPathSegment_GetPoint(segment, x, y)]


def _is_box(points: Sequence[tuple[float, float]]) -> bool:
    """Whether these are the corners of one upright box."""
    return 4 <= len(points) <= _BOX_POINTS and len({x for x, _ in points}) == len({y for _, y in points}) == 2


def _colour(ask: Any, drawn: Any) -> Colour | None:
    """The colour, None if fully transparent, black if PDFium cannot tell (a pattern)."""
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not ask(drawn, red, green, blue, alpha):
        return BLACK
    return (red.value, green.value, blue.value) if alpha.value else None


def bounds_of(drawn: Any, matrix: Matrix) -> Box:
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    raw.FPDFPageObj_GetBounds(drawn, left, bottom, right, top)
    a, b, c, d, e, f = matrix
    corners = [(x, y) for x in (left.value, right.value) for y in (bottom.value, top.value)]
    xs, ys = [a * x + c * y + e for x, y in corners], [b * x + d * y + f for x, y in corners]
    return min(xs), min(ys), max(xs), max(ys)


def clip_of(drawn: Any) -> Box | None:
    """The box in which the object is visible; None if it is not clipped."""
    path = raw.FPDFPageObj_GetClipPath(drawn)
    boxes = [_around(path, number) for number in range(max(0, raw.FPDFClipPath_CountPaths(path)))] if path else []
    if not boxes:
        return None
    return reduce(shared, boxes)


def _around(path: Any, number: int) -> Box:
    count = max(0, raw.FPDFClipPath_CountPathSegments(path, number))
    points = _placed(raw.FPDFClipPath_GetPathSegment(path, number, index) for index in range(count))
    xs, ys = [x for x, _ in points] or [0.0], [y for _, y in points] or [0.0]
    return min(xs), min(ys), max(xs), max(ys)


def shared(one: Box, other: Box | None) -> Box:
    """The overlap of two boxes."""
    if other is None:
        return one
    return max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])
