"""Lines and edges of shaded boxes on a PDF's page, which mark its tables.

The parts of each path are examined, because programs may draw all lines or shaded cells of a table as one path. Units
are points; y grows upwards.
"""

import ctypes
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from qa.readers.pdf.characters import Rule

_MOST_OBJECTS = 5_000
_MOST_SEGMENTS = 10_000
"""The most page objects and path segments examined; a map may have a million."""
_THICKEST = 3.0
_SHORTEST = 6.0
_SHORTEST_RULE = 30.0
_ONE_RULE = 2.0
"""Lines this near to each other are one: strokes of a double line, or a line at the edge of a shaded box."""
_TOUCHING = 1.0
_WHITE = 0xF8
_ONE_BOX = 5
"""A path with no more segments than this is one line or rectangle; its bounds are enough."""

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Drawn:
    """What is drawn on a page, in file coordinates: boxes of lines, and of shaded or framed areas."""

    lines: Sequence[Box] = ()
    areas: Sequence[Box] = ()


@dataclass(frozen=True, slots=True)
class Ruling:
    """A horizontal line: its height (``at``), start and end."""

    at: float
    start: float
    end: float

    def covers(self, start: float, end: float) -> float:
        """The share of a stretch that it covers."""
        return max(0.0, min(end, self.end) - max(start, self.start)) / max(end - start, 1e-6)


def drawn_on(page: pdfium.PdfPage) -> Drawn:
    """The lines and areas drawn on a page, from its first objects only."""
    lines: list[Box] = []
    areas: list[Box] = []
    left = _MOST_SEGMENTS
    for index in range(min(raw.FPDFPage_CountObjects(page), _MOST_OBJECTS)):
        path = raw.FPDFPage_GetObject(page, index)
        if raw.FPDFPageObj_GetType(path) != raw.FPDF_PAGEOBJ_PATH:
            continue
        count = raw.FPDFPath_CountSegments(path)
        parts = list(_parts(path, count, left))
        left -= count if _ONE_BOX < count <= left else 0
        thin = [box for box in parts if min(box[2] - box[0], box[3] - box[1]) <= _THICKEST]
        lines += [box for box in thin if max(box[2] - box[0], box[3] - box[1]) >= _SHORTEST]
        if len(thin) < len(parts) and _is_seen(path):
            areas += [box for box in parts if min(box[2] - box[0], box[3] - box[1]) > _THICKEST]
    return Drawn(lines, areas)


def _parts(path: raw.FPDF_PAGEOBJECT, count: int, most: int) -> Iterator[Box]:
    """The boxes of a path's straight parts: every subpath if they are lines, one box for a dashed line."""
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    if not raw.FPDFPageObj_GetBounds(path, left, bottom, right, top):
        return
    if count <= _ONE_BOX or min(right.value - left.value, top.value - bottom.value) <= _THICKEST:
        yield left.value, bottom.value, right.value, top.value
    elif count <= most:
        matrix = raw.FS_MATRIX()
        raw.FPDFPageObj_GetMatrix(path, matrix)
        points = [_point(raw.FPDFPath_GetPathSegment(path, index), matrix) for index in range(count)]
        starts = [at for at, (_, _, kind) in enumerate(points) if kind == raw.FPDF_SEGMENT_MOVETO]
        for start, end in pairwise([*starts, count]):
            part = points[start:end]
            if len(part) <= _ONE_BOX and all(kind != raw.FPDF_SEGMENT_BEZIERTO for _, _, kind in part):
                xs, ys = [x for x, _, _ in part], [y for _, y, _ in part]
                yield min(xs), min(ys), max(xs), max(ys)


def _point(segment: raw.FPDF_PATHSEGMENT, matrix: raw.FS_MATRIX) -> tuple[float, float, int]:
    x, y = ctypes.c_float(), ctypes.c_float()
    raw.FPDFPathSegment_GetPoint(segment, x, y)
    return (
        matrix.a * x.value + matrix.c * y.value + matrix.e,
        matrix.b * x.value + matrix.d * y.value + matrix.f,
        raw.FPDFPathSegment_GetType(segment),
    )


def _is_seen(path: raw.FPDF_PAGEOBJECT) -> bool:
    """Whether an area is framed, or filled with a colour other than white."""
    mode, stroked = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(path, mode, stroked)
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    raw.FPDFPageObj_GetFillColor(path, red, green, blue, alpha)
    shaded = mode.value != raw.FPDF_FILLMODE_NONE and min(red.value, green.value, blue.value) < _WHITE and alpha.value
    return bool(shaded or stroked.value)


def rules_of(drawn: Drawn) -> list[Rule]:
    """The longer horizontal lines of a page, in file coordinates."""
    return [
        Rule(x0, x1, (y0 + y1) / 2)
        for x0, y0, x1, y1 in drawn.lines
        if x1 - x0 >= _SHORTEST_RULE and y1 - y0 <= _THICKEST
    ]


# ---------------------------------------------------------------- as the page is read


def rulings_of(drawn: Drawn, turn: int, shift: float) -> list[Ruling]:
    """The horizontal lines and area edges, from the top, after turning the page by quarter turns.

    ``shift`` is added to each height.
    """
    lines = [_turned(box, turn, shift) for box in drawn.lines]
    areas = [_turned(box, turn, shift) for box in drawn.areas]
    flat = [((y0 + y1) / 2, x0, x1) for x0, y0, x1, y1 in lines if x1 - x0 >= y1 - y0]
    edges = [(y, x0, x1) for x0, y0, x1, y1 in areas for y in (y0, y1)]
    return sorted(_joined([*flat, *edges]), key=lambda ruling: -ruling.at)


def _turned(box: Box, turn: int, shift: float) -> Box:
    x0, y0, x1, y1 = box
    if turn == 1:
        x0, y0, x1, y1 = y0, -x1, y1, -x0
    elif turn == 2:
        x0, y0, x1, y1 = -x1, -y1, -x0, -y0
    elif turn == 3:
        x0, y0, x1, y1 = -y1, x0, -y0, x1
    return x0, y0 + shift, x1, y1 + shift


def _joined(lines: Iterable[tuple[float, float, float]]) -> Iterator[Ruling]:
    """Lines joined where one continues another, like the borders of a row's cells."""
    ordered = sorted(lines)
    clusters: list[int] = []
    for number, (at, _, _) in enumerate(ordered):
        near = number > 0 and at - ordered[number - 1][0] <= _ONE_RULE
        clusters.append(clusters[-1] + (not near) if clusters else 0)
    for _, cluster in groupby(zip(clusters, ordered, strict=True), key=lambda pair: pair[0]):
        parts = sorted((start, end, at) for _, (at, start, end) in cluster)
        begun, reached, places = parts[0][0], parts[0][1], [parts[0][2]]
        for start, end, at in parts[1:]:
            if start > reached + _TOUCHING:
                yield Ruling(sum(places) / len(places), begun, reached)
                begun, reached, places = start, end, []
            reached = max(reached, end)
            places.append(at)
        yield Ruling(sum(places) / len(places), begun, reached)
