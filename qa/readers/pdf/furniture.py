"""What a publisher prints around the text of each page: running heads and feet, page and line numbers."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from operator import attrgetter

from qa.readers.pdf.lines import Line

_SAME_BASELINE = 0.3
_EDGE_ROWS = 4
_EDGE_GAP = 1.4
_EDGE_LEADING = 1.2
_SAME_HEIGHT = 4.0
_FEW_PAGES = 6
_LONG = 25
"""A line with this many characters is surely text; formulas and margin notes have fewer."""
_MIN_LINE_NUMBERS = 5
_ALIGNED = 1.5
"""How far apart, in points, the edges of numbers in one column may be."""
_NEAR = 0.6
"""How far a line's number may be above or below it, as a share of the line's size; less than the next line."""
_NUMBERED = re.compile(r"^(\d{1,5})(?=$|[\s|:,/–—-])|(?:^|(?<=[\s|:,/–—-]))(\d{1,5})$")
_FLOAT = re.compile(r"(?:fig|tab|scheme|box)", re.IGNORECASE)
_PAGE_NUMBER = re.compile(r"(?:page\s*)?[-–—]?\s*(?:\d{1,4}|[ivxl]{1,6})\s*[-–—]?(?:\s*(?:of|/|\|)\s*\d{1,4})?", re.I)
_DIGITS = re.compile(r"\d+")

Row = list[Line]
Edge = tuple[Row, str]
"""A row near the edge of a page, and whether that edge is the top or the bottom."""
Sign = tuple[str, str | int]


def without_furniture(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """The lines of each page without running heads, feet and numbers."""
    numbered = [_without_line_numbers(lines) for lines in pages]
    edges = [_edges(lines) for lines in numbered]
    dropped = {id(line) for line in _furniture(edges)}
    kept = [[line for line in lines if id(line) not in dropped] for lines in numbered]
    numbers = {id(line) for lines in kept for line in _page_numbers(lines)}
    return [[line for line in lines if id(line) not in numbers] for lines in kept]


def level(one: Line, other: Line) -> bool:
    """Whether two lines stand on one baseline."""
    return abs(one.y - other.y) <= _SAME_BASELINE * min(one.size, other.size)


def rows_of(lines: Sequence[Line]) -> list[Row]:
    """Lines grouped by baseline, top to bottom, each row left to right."""
    rows: list[Row] = []
    for line in sorted(lines, key=lambda line: -line.y):
        if rows and level(rows[-1][0], line):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda line: line.x0) for row in rows]


# ---------------------------------------------------------------- heads and feet


def _furniture(edges: Sequence[Sequence[Edge]]) -> Iterator[Line]:
    """Rows at page edges that repeat (ignoring digits) or count the pages, and rows at the same height as those.

    The latter only if the whole edge is furniture; otherwise they may be the first lines of a paragraph.
    """
    recurs = 2 if len(edges) < _FEW_PAGES else 3
    known = _recurring(edges, recurs) | _counting(edges)
    sure = [(row, side) for rows in edges for row, side in rows if known.intersection(_signs(row, side))]
    sure += [edge for page, rows in enumerate(edges) for edge in rows if known.intersection(_numbers(*edge, page))]
    heights = Counter((side, round(row[0].y)) for row, side in sure)
    certain = {id(row) for row, _ in sure}
    for rows in edges:
        for side, together in groupby(rows, key=lambda edge: edge[1]):
            beside = [row for row, _ in together]
            there = [id(row) in certain or _stands_at(row, side, heights) >= recurs for row in beside]
            for row, stands in zip(beside, there, strict=True):
                if id(row) in certain or (stands and all(there)):
                    yield from row


def _stands_at(row: Row, side: str, heights: Mapping[tuple[str, int], int]) -> int:
    """How many sure furniture rows are at the same height on their pages; 0 for a float's row."""
    if _FLOAT.match(row[0].text):
        return 0
    return sum(count for (at, y), count in heights.items() if at == side and abs(y - row[0].y) <= _SAME_HEIGHT)


def _recurring(edges: Sequence[Sequence[Edge]], least: int) -> set[Sign]:
    """The texts at the edges of several pages, ignoring digits."""
    seen = Counter(sign for rows in edges for sign in {sign for edge in rows for sign in _signs(*edge)})
    return {sign for sign, count in seen.items() if count >= least}


def _counting(edges: Sequence[Sequence[Edge]]) -> set[Sign]:
    """The numbers at the edges that count pages, given as their difference from the page's own number."""
    seen = Counter(
        sign
        for page, rows in enumerate(edges)
        for sign in {sign for row, side in rows for sign in _numbers(row, side, page)}
    )
    return {sign for sign, count in seen.items() if count >= max(2, len(edges) // 3)}


def _signs(row: Row, side: str) -> Iterator[Sign]:
    for line in row:
        if _FLOAT.match(line.text):  # captions of floats at the top of pages are alike too
            continue
        yield side, _DIGITS.sub("#", " ".join(line.text.split()))


def _numbers(row: Row, side: str, page: int) -> Iterator[Sign]:
    for line in row:
        if _FLOAT.match(line.text):
            continue
        for first, last in _NUMBERED.findall(line.text):
            yield side, int(first or last) - page


def _edges(lines: Sequence[Line]) -> list[Edge]:
    """The outermost rows that a wide space separates from the text, each with its side."""
    rows = rows_of(lines)
    sides = (("top", rows), ("bottom", rows[::-1]))
    return [(row, side) for side, ordered in sides for row in _apart(ordered)]


def _apart(rows: Sequence[Row]) -> Sequence[Row]:
    """From rows ordered inwards: those before the last wide space among the first few, or the only row."""
    if len(rows) == 1:
        return rows
    gaps = [abs(one[0].y - other[0].y) for one, other in pairwise(rows)]
    usual = sorted(gaps)[len(gaps) // 2] if len(gaps) > _EDGE_ROWS else 0.0
    for count in range(min(_EDGE_ROWS, len(rows) - 1), 0, -1):
        outer, inner = rows[count - 1], rows[count]
        gap = abs(outer[0].y - inner[0].y)
        if gap > _EDGE_GAP * max(line.size for line in (*outer, *inner)) and gap > _EDGE_LEADING * usual:
            return rows[:count]
    return []


def _page_numbers(lines: Sequence[Line]) -> Iterator[Line]:
    """A number alone in the first or last row and well apart from the text, or alone on the page."""
    rows = rows_of(lines)
    for ordered in (rows, rows[::-1]):
        outer = ordered[0] if _apart(ordered) else []
        if len(outer) == 1 and _PAGE_NUMBER.fullmatch(outer[0].text.strip()):
            yield outer[0]


# ---------------------------------------------------------------- numbers of lines


def _without_line_numbers(lines: Sequence[Line]) -> list[Line]:
    """The lines without a manuscript's line numbers, left or right of all text."""
    for side in (-1, 1):
        dropped = _line_numbers(lines, side)
        if dropped:
            return [line for line in lines if id(line) not in dropped]
    return list(lines)


def _line_numbers(lines: Sequence[Line], side: int) -> set[int]:
    """Numbers one below the other, beside all text at their height, that count its lines."""
    beside = sorted(_aligned([line for line in lines if _is_number(line)]), key=lambda line: -line.y)
    texts = [line for line in lines if len(line.text) >= _LONG] or [line for line in lines if not _is_number(line)]
    if len(beside) < _MIN_LINE_NUMBERS:
        return set()
    between = [line for line in texts if beside[-1].y - 1 <= line.y <= beside[0].y + 1]
    left, right = min(line.x0 for line in beside), max(line.x1 for line in beside)
    outside = all(line.x0 >= right - 1 if side < 0 else line.x1 <= left + 1 for line in between)
    steps = Counter(int(below.text) - int(above.text) for above, below in pairwise(beside))
    step, count = steps.most_common(1)[0]
    rows = rows_of(between)
    dense = sum(any(_near(row[0], number) for number in beside) for row in rows) >= 0.8 * len(rows)
    regular = outside and count >= 0.9 * (len(beside) - 1)
    return {id(line) for line in beside} if regular and (step == 5 or (step == 1 and dense)) else set()


def _near(line: Line, number: Line) -> bool:
    """Whether a number belongs to a line. Some word processors give them different baselines."""
    return abs(line.y - number.y) <= _NEAR * line.size


def _aligned(numbers: Sequence[Line]) -> Sequence[Line]:
    """The largest group of numbers that start, or end, one below the other."""
    groups = [
        [other for other in numbers if abs(edge(other) - edge(one)) <= _ALIGNED]
        for edge in (attrgetter("x0"), attrgetter("x1"))
        for one in numbers
    ]
    return max(groups, key=len, default=[])


def _is_number(line: Line) -> bool:
    text = line.text.strip()
    return len(text) <= 5 and text.isascii() and text.isdigit()
