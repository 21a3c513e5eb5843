"""Find the heads of a table: of columns, of rows, and of groups of rows."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa.readers.tables.grid import EMPTY, Cell, Row, distinct

_MOSTLY = 0.5
_NUMBER = re.compile(r"\d{1,4}[.)]?")


@dataclass(frozen=True, slots=True, eq=False)
class DataRow:
    """A row of values: its cells, its number from 1, its groups, and the head rows above it."""

    cells: Row
    number: int
    groups: tuple[Cell, ...]
    heads: Sequence[Row]


def count_head_rows(rows: Sequence[Sequence[Cell]], grid: Sequence[Row], marked: int) -> int:
    """How many top rows are heads: ``marked`` ones, else rows of head cells, else a row that looks like heads."""
    if 0 < marked < len(rows):
        return marked
    leading = next((at for at, row in enumerate(grid) if not _all_heads(row)), 0)
    if leading:
        return leading
    return int(len(grid) > 1 and _looks_like_heads(grid))


def _all_heads(row: Row) -> bool:
    cells = distinct(row)
    return len(cells) > 1 and all(cell.head for cell in cells)


def _looks_like_heads(grid: Sequence[Row]) -> bool:
    """Whether the first row is all bold, or has words over mostly numeric columns."""
    first, rest = grid[0], [cell for row in grid[1:] for cell in row[1:]]
    cells = distinct(first)
    if len(cells) < 2 or any(cell.numeric for cell in first[1:] if cell.text):
        return False
    if all(cell.set_off for cell in cells):
        return True
    said = [cell for cell in rest if cell.text]
    return bool(said) and sum(cell.numeric for cell in said) >= _MOSTLY * len(said)


def count_head_columns(grid: Sequence[Row]) -> int:
    """How many left columns are row heads: those marked, or the first and those that subdivide it."""
    width = len(grid[0]) if grid else 0
    marked = max((_leading_heads(row) for row in grid if not _all_heads(row)), default=0)
    if 0 < marked < width:
        return marked
    columns = 2 if width > 2 and _is_numbered(grid) else min(1, width - 1)
    while 0 < columns < width - 1 and _parts_next(grid, columns):
        columns += 1
    return columns


def _is_numbered(grid: Sequence[Row]) -> bool:
    """Whether the first column only numbers the rows, and the second names them."""
    first, second = ([row[column] for row in grid if row[column].text] for column in (0, 1))
    numbers = [int(cell.text.rstrip(".)")) for cell in first if _NUMBER.fullmatch(cell.text)]
    running = len(first) > 1 and numbers in ([*range(len(first))], [*range(1, len(first) + 1)])
    return running and not any(cell.numeric for cell in second)


def _leading_heads(row: Row) -> int:
    return next((at for at, cell in enumerate(row) if not cell.head), len(row))


def _parts_next(grid: Sequence[Row], column: int) -> bool:
    """Whether words in this column distinguish rows that cells of the column before span."""
    spanned = [row for row in grid if row[column - 1].rows > 1 and row[column - 1] is not row[column]]
    words = [row[column] for row in spanned if row[column].text and row[column].rows == 1]
    return bool(words) and sum(cell.numeric for cell in words) < _MOSTLY * len(words)


def column_head(heads: Sequence[Row], column: int) -> tuple[Cell, ...]:
    """The heads over a column, topmost first."""
    return tuple(distinct([row[column] if column < len(row) else EMPTY for row in heads]))


# ---------------------------------------------------------------- groups of rows


def data_rows(grid: Sequence[Row], heads: Sequence[Row]) -> Iterator[DataRow | Cell]:
    """The rows of values, each with its groups. A lone cell that heads no group is returned by itself.

    A group is named by one cell across the table, or by one in its first column alone. A group of the first kind may
    contain groups of the second, if the looks of the rows show it.
    """
    kinds = [_kind(row) for row in grid]
    groups = _Groups(next(filter(None, kinds), "") in (_ACROSS, _FIRST))
    for at, (row, kind) in enumerate(zip(grid, kinds, strict=True)):
        following = next((place for place in range(at + 1, len(grid)) if kinds[place]), None)
        if kind == _HEADS:
            heads = [*heads, row] if at and kinds[at - 1] == _HEADS else [row]
        elif kind in (_ACROSS, _FIRST):
            opened = following is not None and groups.open(kind, distinct(row)[0], kinds[following], grid[following][0])
            if not opened:
                yield distinct(row)[0]
        elif kind == _DATA:
            yield DataRow(row, at + 1, groups.of(row), heads)


_ACROSS, _FIRST, _HEADS, _DATA = "across", "first", "heads", "data"


def _kind(row: Row) -> str:
    """The kind of a row: a group's name (across the table or in its first column), heads, data, or nothing."""
    cells = distinct(row)
    if _all_heads(row):
        return _HEADS
    if len(cells) == 1 and len(row) > 1 and cells[0].rows == 1:
        across = sum(cell is cells[0] for cell in row)
        if across > 1 and across >= len(row) - 1:
            return _ACROSS
        if row[0] is cells[0]:
            return _FIRST
    return _DATA if cells else ""


class _Groups:
    """The groups open at a row. ``throughout`` means that the first row names a group, so every row has one."""

    def __init__(self, throughout: bool) -> None:
        self._throughout = throughout
        self._across: Cell | None = None
        self._first: Cell | None = None
        self._indented = self._set_off = False

    def open(self, kind: str, cell: Cell, following: str, member: Cell) -> bool:
        """Open a group before a ``following`` row that starts with ``member``; False if that row is not in it."""
        if kind == _ACROSS:
            self._across, self._first = cell, None
            return following in (_DATA, _FIRST)
        self._indented = (member.indented or not member.text) and not cell.indented
        self._set_off = cell.set_off and not member.set_off
        told = self._indented or self._set_off or self._throughout
        self._first = cell if told and following == _DATA else None
        return self._first is not None

    def of(self, row: Row) -> tuple[Cell, ...]:
        """The groups that a row is in, widest first."""
        if (self._indented and row[0].text and not row[0].indented) or (self._set_off and row[0].set_off):
            self._first = None
        return tuple(group for group in (self._across, self._first) if group)
