"""The cells of a table, and their places on its grid."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qa.records import Mention

_NUMERIC = re.compile(
    r"[\s<>≤≥=~≈±+\-−–—/(),.%;:*†‡§\[\]\d]*\d[\s<>≤≥=~≈±+\-−–—/(),.%;:*†‡§\[\]\dn]*|[-–—.…]*|ns|n/?a|nr", re.IGNORECASE
)
_WIDEST = 500
"""The most columns that a span may cover."""
_REPEATS = 20
"""Spans count as one beyond this average of grid places per cell, so that the text cannot grow without limit."""


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """A marked-up cell: its text, how many ``rows`` and ``columns`` it spans, and its looks.

    ``head`` is marked up as a head; ``set_off`` is bold or italic throughout; ``indented`` starts with a visible space.
    """

    text: str
    rows: int = 1
    columns: int = 1
    head: bool = False
    set_off: bool = False
    indented: bool = False
    mentions: tuple[Mention, ...] = ()

    @property
    def numeric(self) -> bool:
        """Whether it holds a number, with signs and brackets, and no word."""
        return _NUMERIC.fullmatch(self.text) is not None


EMPTY = Cell("")

Row = list[Cell]


def expanded(rows: Sequence[Sequence[Cell]]) -> list[Row]:
    """The cell at each grid place, in rows of equal length. A spanning cell is at each of its places."""
    grid: list[dict[int, Cell]] = [{} for _ in rows]
    left = _REPEATS * sum(map(len, rows))
    for number, row in enumerate(rows):
        column = 0
        for cell in row:
            while column in grid[number]:
                column += 1
            down, across = min(cell.rows, len(rows) - number), min(cell.columns, max(1, _WIDEST - column))
            if down * across > left:
                down = across = 1
            left -= down * across
            for below in grid[number : number + down]:
                for place in range(column, column + across):
                    below.setdefault(place, cell)
            column += across
    width = max((max(row, default=-1) + 1 for row in grid), default=0)
    return [[row.get(column, EMPTY) for column in range(width)] for row in grid]


def distinct(cells: Sequence[Cell]) -> list[Cell]:
    """The cells that hold text, each once, in order."""
    return [cell for cell in dict.fromkeys(cells) if cell.text]
