"""Where text stands on the pages of a PDF: from positioned runs to lines in reading order.

Works on geometry alone. A page is laid out by its own gutters; what recurs at the edges of the pages, and the
numbers of lines in the margin, are furniture and go. Units are points; y grows upwards, so that a page is read
from high y to low.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from statistics import median

_SPACE_IN_LINE = 0.9
"""The widest space, in parts of the font's size, that is surely one between words."""
_SAME_BASELINE = 0.3
_RAISED = 0.5
_EDGE_ROWS = 3
_EDGE_GAP = 1.5
_MIN_COLUMN_LINES = 4
_MIN_COLUMN_WIDTH = 0.2
_MAX_DEPTH = 4
_GUTTERS_TRIED = 24
_MIN_LINE_NUMBERS = 5


_PAGE_NUMBER = re.compile(r"(?:page\s*)?[-–—]?\s*(?:\d{1,4}|[ivxl]{1,6})\s*[-–—]?(?:\s*(?:of|/|\|)\s*\d{1,4})?", re.I)
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Line:
    """Text on one baseline: a run of the file at first, in the end a line of a column.

    ``left`` and ``right`` are the edges of its column, ``column`` tells the columns and bands of the file apart.
    """

    text: str
    x0: float
    x1: float
    y: float
    size: float
    bold: bool = False
    page: int = 1
    left: float = 0.0
    right: float = 0.0
    column: int = 0


def lay_out(pages: Sequence[Sequence[Line]]) -> list[Line]:
    """The lines of all pages in reading order, without furniture, from the runs of each page in file order."""
    rows = [_fragments(_without_line_numbers(runs)) for runs in pages]
    ordered: list[Line] = []
    for fragments in _without_furniture(rows):
        for number, column in enumerate(_columns(fragments)):
            ordered += [replace(line, column=number) for line in column]
    return ordered


# ---------------------------------------------------------------- runs to fragments of lines


def _fragments(runs: Iterable[Line]) -> list[Line]:
    """Runs that follow each other closely on a baseline, joined; across a wide space they stay apart."""
    pieces: list[list[Line]] = []
    for run in runs:
        last = pieces[-1] if pieces else []
        if last and not run.text.strip():
            last.append(replace(run, text=" ", x0=last[-1].x1, x1=last[-1].x1, y=last[-1].y))
        elif last and _follows(last[-1], run):
            last.append(run)
        elif run.text.strip():
            pieces.append([run])
    return [_joined(piece, "") for piece in pieces]


def _follows(last: Line, run: Line) -> bool:
    """Whether the run goes on where the last one ends; pypdf puts a space between them where it saw a gap."""
    size = max(last.size, run.size)
    near = run.x0 - last.x1 <= _SPACE_IN_LINE * size or not (last.text + run.text[:1])[-2:].count(" ")
    return near and run.x0 >= last.x0 and abs(run.y - last.y) <= _RAISED * size


def _joined(parts: Sequence[Line], separator: str) -> Line:
    """Parts of one line as a line, with the baseline and size that most of its text has."""
    if len(parts) == 1:
        return parts[0]
    worded = [part for part in parts if part.text.strip()] or parts
    weights: Counter[tuple[float, float]] = Counter()
    for part in worded:
        weights[part.size, part.y] += len(part.text)
    size, y = max(weights, key=lambda key: (weights[key], key))
    return replace(
        parts[0],
        text=separator.join(part.text for part in parts),
        x0=min(part.x0 for part in worded),
        x1=max(part.x1 for part in worded),
        y=y,
        size=size,
        bold=all(part.bold for part in worded),
    )


def _rows(fragments: Iterable[Line]) -> list[list[Line]]:
    """Fragments by baseline, top to bottom, each row left to right."""
    rows: list[list[Line]] = []
    for fragment in sorted(fragments, key=lambda line: -line.y):
        if rows and rows[-1][0].y - fragment.y <= _SAME_BASELINE * min(rows[-1][0].size, fragment.size):
            rows[-1].append(fragment)
        else:
            rows.append([fragment])
    return [sorted(row, key=lambda line: line.x0) for row in rows]


# ---------------------------------------------------------------- furniture


def _without_line_numbers(runs: Sequence[Line]) -> Sequence[Line]:
    """The runs without the numbers that a manuscript has beside its lines, left of all text."""
    others = [run.x0 for run in runs if _is_text(run)]
    if not others:
        return runs
    left = sorted(others)[len(others) // 20]
    beside = [run for run in runs if _is_number(run) and run.x1 <= left + 1]
    beside.sort(key=lambda run: -run.y)
    if len(beside) < _MIN_LINE_NUMBERS:
        return runs
    steps = {int(below.text) - int(above.text) for above, below in pairwise(beside)}
    between = [run for run in runs if _is_text(run) and beside[-1].y - 1 <= run.y <= beside[0].y + 1]
    dense = len(beside) >= 0.8 * len(_rows(between))
    if len(steps) == 1 and (steps == {5} or (steps == {1} and dense)):
        dropped = {id(run) for run in beside}
        return [run for run in runs if id(run) not in dropped]
    return runs


def _is_text(run: Line) -> bool:
    return bool(run.text.strip()) and not _is_number(run)


def _is_number(run: Line) -> bool:
    text = run.text.strip()
    return len(text) <= 5 and text.isascii() and text.isdigit()


def _without_furniture(pages: Sequence[list[Line]]) -> Iterator[list[Line]]:
    """Each page without the heads and feet that recur, digits apart, on half of the pages, and its number."""
    edges = [_edges(fragments) for fragments in pages]
    seen = Counter(key for edge in edges for key in {_pattern(line, side) for line, side in edge})
    needed = max(3, len(pages) // 2) if len(pages) > 2 else 2
    for fragments, edge in zip(pages, edges, strict=True):
        recurring = {id(line) for line, side in edge if seen[_pattern(line, side)] >= needed}
        kept = [line for line in fragments if id(line) not in recurring]
        numbers = {id(line) for line in _page_numbers(kept)}
        yield [line for line in kept if id(line) not in numbers]


def _edges(fragments: Sequence[Line]) -> list[tuple[Line, str]]:
    """The fragments of the outermost rows that a wide space parts from the text, each with its side."""
    rows = _rows(fragments)
    sides = (("top", rows), ("bottom", rows[::-1]))
    return [(line, side) for side, ordered in sides for row in _apart(ordered) for line in row]


def _apart(rows: Sequence[list[Line]]) -> Sequence[list[Line]]:
    """Of rows from an edge inwards, those before the last wide space among the first few; or the only one."""
    if len(rows) == 1:
        return rows
    for count in range(min(_EDGE_ROWS, len(rows) - 1), 0, -1):
        outer, inner = rows[count - 1][0], rows[count][0]
        if abs(outer.y - inner.y) > _EDGE_GAP * max(outer.size, inner.size):
            return rows[:count]
    return []


def _pattern(line: Line, side: str) -> tuple[str, str]:
    return side, _DIGITS.sub("#", " ".join(line.text.split()))


def _page_numbers(fragments: Sequence[Line]) -> Iterator[Line]:
    """A number alone in the first or last row, well apart from the text; or all that a page holds."""
    rows = _rows(fragments)
    for ordered in (rows, rows[::-1]):
        outer = ordered[0] if _apart(ordered) else []
        if len(outer) == 1 and _PAGE_NUMBER.fullmatch(outer[0].text.strip()):
            yield outer[0]


# ---------------------------------------------------------------- columns


def _columns(fragments: Sequence[Line], edges: tuple[float, float] | None = None, depth: int = 0) -> list[list[Line]]:
    """The columns of a page as lists of whole lines, in reading order.

    A line that crosses the gutter ends the columns above it: they are read before it. ``edges`` are those of
    the whole column that the fragments are from.
    """
    gutter = _gutter(fragments) if depth < _MAX_DEPTH else None
    if gutter is None:
        return [_whole_lines(fragments, edges or _extent(fragments))] if fragments else []
    sides = [line for line in fragments if not _crosses(line, gutter)]
    left = _extent([line for line in sides if line.x1 <= gutter + 1])
    right = _extent([line for line in sides if line.x1 > gutter + 1])
    found: list[list[Line]] = []
    for crossing, rows in groupby(_rows(fragments), lambda row: any(_crosses(line, gutter) for line in row)):
        band = [line for row in rows for line in row]
        if crossing:
            found.append(_whole_lines(band, (min(left[0], right[0]), max(left[1], right[1]))))
        else:
            found += _columns([line for line in band if line.x1 <= gutter + 1], left, depth + 1)
            found += _columns([line for line in band if line.x1 > gutter + 1], right, depth + 1)
    return found


def _extent(fragments: Sequence[Line]) -> tuple[float, float]:
    return min(line.x0 for line in fragments), max(line.x1 for line in fragments)


def _crosses(line: Line, gutter: float) -> bool:
    return line.x0 < gutter - 1 and line.x1 > gutter + 1


def _gutter(fragments: Sequence[Line]) -> float | None:
    """The left edge of the text right of the best gutter: where many lines start, and many end before."""
    if len(fragments) < 2 * _MIN_COLUMN_LINES:
        return None
    width = max(line.x1 for line in fragments) - min(line.x0 for line in fragments)
    starts = Counter(round(line.x0, 1) for line in fragments)
    scored = [(_parted(fragments, start, width), -start) for start, _ in starts.most_common(_GUTTERS_TRIED)]
    score, start = max(scored)
    return -start if score else None


def _parted(fragments: Sequence[Line], gutter: float, width: float) -> int:
    """How much text stands in the lesser of the two columns that a gutter makes; 0 where it makes none."""
    left = [line for line in fragments if line.x1 <= gutter + 1]
    right = [line for line in fragments if line.x0 >= gutter - 1 and line.x1 > gutter + 1]
    if min(len(left), len(right)) < _MIN_COLUMN_LINES:
        return 0
    if min(median(line.x1 - line.x0 for line in side) for side in (left, right)) < _MIN_COLUMN_WIDTH * width:
        return 0
    overlap = min(max(line.y for line in side) for side in (left, right)) - max(
        min(line.y for line in side) for side in (left, right)
    )
    if overlap < left[0].size * (_MIN_COLUMN_LINES - 1):
        return 0
    return min(sum(len(line.text) for line in side) for side in (left, right))


def _whole_lines(fragments: Sequence[Line], edges: tuple[float, float]) -> list[Line]:
    """The lines of one column, top to bottom, with its edges."""
    return [replace(_joined(row, " "), left=edges[0], right=edges[1]) for row in _rows(fragments)]
