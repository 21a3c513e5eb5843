"""Group text rows of a table's body into table rows: which lines share a cell, and which start a new row.

Rules decide this if they separate every row. Otherwise a line continues the cell above if its first word did not fit
there, its own row would lack cells, and nothing contradicts. Units are points; y grows upwards.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from statistics import median

from qa.readers.pdf.lines import Line
from qa.readers.pdf.rulings import Ruling
from qa.readers.pdf.tables.columns import Columns, NotUnderstood, TextRow

_COVERED = 0.7
"""The share of a column's extent that a rule must cover to separate its cells."""
_FARTHEST = 1.7
"""The widest distance between the baselines of one cell, as a multiple of the font size."""
_TIGHTER = 0.9
"""Lines of one cell are at most this share of the row distance apart, if rows are wider spaced."""
_NEARER = 0.75
_RUNNING = 15
"""A line with this many characters is surely running text, which breaks when the space ends."""
_SPACE = 0.25
_SLACK = 0.2
_MOST_LINES = 60
"""The most lines between two rules that are compared."""
_GOES_ON = re.compile(r"(?:\w[-–—/]|[,;±(/]|\b(?:and|of|the|or|in|with|to|for|by|from))$")
"""Line endings that do not end a cell."""
_NUMBER = re.compile(r"[\s<>≤≥=~≈±+\-−–(]*\d[^A-Za-z]*[A-Za-zᵃ-ᶻ]{0,2}[\s)]*$")
"""A number, possibly with a unit or a note's letter. Two of them are never one cell."""

NO, MAYBE, LIKELY, SURE = range(4)
"""How sure it is that a line continues the one above it."""


@dataclass(slots=True)
class LogicalRow:
    """A row of a table: the lines of the cell in each column, or one text across.

    ``reach`` is the last column of its first cell; ``open`` are columns whose cell continues from the row before.
    """

    lines: dict[int, list[Line]] = field(default_factory=dict)
    across: list[Line] = field(default_factory=list)
    reach: int = 0
    open: frozenset[int] = frozenset()

    @property
    def bottom(self) -> float:
        return min(line.y for lines in (*self.lines.values(), self.across) for line in lines)

    def add(self, text: TextRow) -> None:
        """Add a row of text to the cells."""
        self.reach = max(self.reach, text.reach)
        if text.across:
            self.across.append(text.across)
        for at, line in text.parts.items():
            self.lines.setdefault(at, []).append(line)


def logical_rows(rows: Sequence[TextRow], columns: Columns, across: Sequence[Ruling]) -> list[LogicalRow]:
    """The rows of a table's body. ``across`` are the rules within it. Raises NotUnderstood."""
    bands = list(_bands(rows, columns, across))
    body = _Rows(rows, columns)
    if len(bands) > 1 and not any(body.holds_two(band) for band, _ in bands):
        found = _between_rules(rows, columns, [rule for _, rule in bands[1:]])
    else:
        found = [row for band, _ in bands for row in body.of_band(band)]
    for row in found:
        for lines in row.lines.values():
            if _GOES_ON.search(lines[-1].text) and len(lines[-1].text) > 2:
                raise NotUnderstood(f"a cell without its end: {lines[-1].text!r}")
    return found


def _bands(
    rows: Sequence[TextRow], columns: Columns, across: Sequence[Ruling]
) -> Iterator[tuple[list[TextRow], tuple[float, frozenset[int]]]]:
    """Groups of rows between rules, each with the height and columns of the rule above."""
    band: list[TextRow] = []
    rule: tuple[float, frozenset[int]] = (rows[0].y + rows[0].size, frozenset())
    for row in rows:
        above = band[-1].y if band else row.y
        between = [one for one in across if row.y < one.at < above]
        along = frozenset(
            at
            for at, (left, right) in enumerate(columns.extents)
            if any(one.covers(left, right) >= _COVERED for one in between)
        )
        if along:
            yield band, rule
            band, rule = [], (between[0].at, along)
        band.append(row)
    yield band, rule


def _between_rules(
    rows: Sequence[TextRow], columns: Columns, rules: Sequence[tuple[float, frozenset[int]]]
) -> list[LogicalRow]:
    """The rows, if rules separate all: lines go to the cells between the rules along their column."""
    every = frozenset(range(len(columns)))
    found = [LogicalRow(), *(LogicalRow(open=every - along) for _, along in rules)]
    for row in rows:
        level = sum(row.y < at for at, _ in rules)
        if row.across:
            found[level].across.append(row.across)
        for at, line in row.parts.items():
            first = level
            while at in found[first].open:
                first -= 1
            found[first].lines.setdefault(at, []).append(line)
        found[level].reach = max(found[level].reach, row.reach)
    if any(row.across and row.lines for row in found):
        raise NotUnderstood("a text across columns among cells")
    return [row for row in found if row.lines or row.across or row.open]


class _Rows:
    """The rows of text between rules that separate groups of rows or the whole body."""

    def __init__(self, rows: Sequence[TextRow], columns: Columns) -> None:
        self._widths = [
            max((line.x1 - line.x0 for row in rows if (line := row.parts.get(at))), default=0.0)
            for at in range(len(columns))
        ]
        steps = [
            above.y - row.y
            for above, row in pairwise(rows)
            if len(above.parts) > 1 and len(row.parts) > 1 and 0 in row.parts and 0 in above.parts
        ]
        self._step = median(steps) if steps else 0.0

    def holds_two(self, band: Sequence[TextRow]) -> bool:
        """Whether texts between two rules must be two rows."""
        if len(band) > _MOST_LINES:
            return True
        for above, row in combinations(band, 2):
            shared = above.parts.keys() & row.parts.keys()
            if above.across or row.across or any(_are_numbers(above.parts[at], row.parts[at]) for at in shared):
                return True
            if len(shared) > 1 and all(self._goes_on(at, above.parts[at], row.parts[at]) == NO for at in shared):
                return True
        return False

    def of_band(self, band: Sequence[TextRow]) -> list[LogicalRow]:
        """The rows between two rules."""
        found: list[LogicalRow] = []
        for text in band:
            if found and self._continues(found[-1], text):
                found[-1].add(text)
                continue
            if found and found[-1].bottom - text.y < _NEARER * self._step:
                raise NotUnderstood(f"rows too near to each other: {[line.text for line in text.parts.values()]}")
            if not found and 0 not in text.parts and not text.across and len(text.parts) > 1:
                raise NotUnderstood(f"a first row without a label: {[line.text for line in text.parts.values()]}")
            found.append(LogicalRow())
            found[-1].add(text)
        return found

    def _continues(self, row: LogicalRow, text: TextRow) -> bool:
        """Whether a row of text continues a row's cells. Raises NotUnderstood if that is unclear."""
        if text.across or row.across:
            above = row.across[-1] if row.across else None
            return bool(above and text.across and _goes_on_across(above, text.across))
        own = text.parts.keys()
        signs = [
            self._goes_on(at, row.lines[at][-1], line) if at in row.lines else NO for at, line in text.parts.items()
        ]
        tight = 0 < row.bottom - text.y < _TIGHTER * self._step
        if row.lines.keys() == {0}:
            if 0 not in own:
                raise NotUnderstood(f"cells under a label alone: {[line.text for line in text.parts.values()]}")
            sign = self._goes_on(0, row.lines[0][-1], text.parts[0])
            return sign == SURE or (sign > NO and tight)
        lacks = own < row.lines.keys() or (own == row.lines.keys() and min(signs) >= LIKELY)
        if lacks and min(signs) > NO and (tight or max(signs) == SURE or (0 not in own and max(signs) == LIKELY)):
            return True
        if lacks and tight and 0 not in own:
            return True
        if max(signs) == SURE and 0 not in own:
            raise NotUnderstood(f"what may be a row or not: {[line.text for line in text.parts.values()]}")
        return False

    def _goes_on(self, at: int, above: Line, line: Line) -> int:
        """How sure it is that a line continues the one above it in a column."""
        if above.y - line.y > _FARTHEST * max(above.size, line.size) or above.bold != line.bold:
            return NO
        if _GOES_ON.search(above.text) and len(above.text) > 2:
            return SURE
        if _are_numbers(above, line):
            return NO
        if line.text[:1].islower():
            return SURE
        word = len(line.text.split()[0]) / len(line.text) * (line.x1 - line.x0)
        if above.x1 - above.x0 + _SPACE * line.size + word <= self._widths[at] - _SLACK * line.size:
            return NO
        return LIKELY if len(above.text) >= _RUNNING else MAYBE


def _are_numbers(above: Line, line: Line) -> bool:
    return _NUMBER.match(above.text) is not None and _NUMBER.match(line.text) is not None


def _goes_on_across(above: Line, line: Line) -> bool:
    return above.y - line.y <= _FARTHEST * line.size and above.bold == line.bold and above.italic == line.italic
