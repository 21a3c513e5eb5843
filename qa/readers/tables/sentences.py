"""A table as sentences: each cell with its row and column heads, so that it can be quoted alone.

    Table 2, row 'Placebo', column 'Patients › n': 138

A reader gives the marked-up cells. This module lays them out on the grid and writes the lines.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from qa.readers.blocks import Block
from qa.readers.tables.grid import EMPTY, Cell, Row, distinct, expanded
from qa.readers.tables.heads import DataRow, column_head, count_head_columns, count_head_rows, data_rows
from qa.records import SECTION_SEPARATOR, Mention
from qa.text.sentences import Span, split_sentences

Words = Sequence[str | Cell]
"""Part of a line: our own words, and cells."""

_NAMES = re.compile(r", (?:row|column)s? ")
_BETWEEN = re.compile(rf"'(?:, | to )'|{re.escape(SECTION_SEPARATOR)}")
_LONGEST_HEAD = 150
"""A head with more characters is written once, and then referred to by its number."""
_LONG_CELL = 400
"""A cell with more characters is written sentence by sentence."""
_MOST_CELLS = 1_000
"""A table with more cells is written row by row."""
_NAMED = 12
"""The most spanned rows or columns that are named one by one."""


def table_blocks(rows: Sequence[Sequence[Cell]], marked: int, name: str) -> list[Block]:
    """The table as blocks in reading order, one for each cell that holds a value.

    ``marked`` is the number of top rows marked up as heads. A cell not written as a head gets its own line.
    """
    whole = expanded(rows)
    count = count_head_rows(rows, whole, marked)
    heads, grid = _as_wide(expanded(rows[:count]), whole), _as_wide(expanded(rows[count:]), whole)
    written = _Written(name, list(data_rows(grid, heads)), count_head_columns(grid))
    values, said = written.values(), written.said
    above, left = ([cell for row in rows for cell in distinct(row) if cell not in said] for rows in (heads, grid))
    alone = [
        replace(block, role="boilerplate") for cell in dict.fromkeys(above) for block in written.line("head", cell)
    ]
    return [*alone, *values, *(block for cell in dict.fromkeys(left) for block in written.line("", cell))]


def words_of_line(line: str) -> list[str]:
    """The heads and text of a cell, each as in the table, taken from its line.

    >>> words_of_line("Table 2, row 'Placebo', column 'Patients › n': 138")
    ['Placebo', 'Patients', 'n', '138']
    """
    before, _, text = line.rpartition("': ")
    if not before:
        return [line.partition(": ")[2]]
    heads = [head for part in _NAMES.split(before)[1:] for head in _BETWEEN.split(part.strip("'"))]
    return [*(head for head in heads if not head.isdigit()), text]


def _as_wide(rows: Sequence[Row], whole: Sequence[Row]) -> list[Row]:
    width = len(whole[0]) if whole else 0
    return [[*row, *[EMPTY] * (width - len(row))] for row in rows]


class _Written:
    """A table being written. The first ``columns`` columns are row heads."""

    def __init__(self, name: str, rows: Sequence[DataRow | Cell], columns: int) -> None:
        self.said: set[Cell] = set()
        """The cells already written in a line, as a value or a head."""
        self._name = name
        self._rows = rows
        self._columns = columns
        self._places: dict[Cell, list[tuple[DataRow, int]]] = {}
        for row in (row for row in rows if isinstance(row, DataRow)):
            for column in self._value_columns(row):
                self._places.setdefault(row.cells[column], []).append((row, column))

    def _value_columns(self, row: DataRow) -> list[int]:
        """The columns of values, including a further head column that has its own head."""
        first = min(1, self._columns)
        return [at for at in range(first, len(row.cells)) if at >= self._columns or column_head(row.heads, at)]

    def values(self) -> list[Block]:
        """A line for each cell that is not a head."""
        return [block for row in self._rows for block in self._row(row)]

    def line(self, name: str, cell: Cell) -> Iterator[Block]:
        """A cell alone, after the name of what it is, if it has one."""
        return self._cell([[name]] if name else [], cell)

    def _row(self, row: DataRow | Cell) -> Iterator[Block]:
        if isinstance(row, Cell):
            yield from self._cell([], row)
            return
        yield from self._long_heads(row)
        cells = distinct([row.cells[column] for column in self._value_columns(row)])
        values = [cell for cell in cells if self._places[cell][0][0] is row]
        if values and len(self._places) > _MOST_CELLS:
            parts = [[*self._columns_of(cell), ": ", cell] for cell in values]
            self.said.update(values)
            yield self._block([*self._rows_of(values[0]), parts[0]], parts[1:])
        else:
            for cell in values:
                yield from self._cell([*self._rows_of(cell), *filter(None, [self._columns_of(cell)])], cell)

    def _long_heads(self, row: DataRow) -> Iterator[Block]:
        """Heads too long to repeat with each cell, written once before the first of these cells."""
        if _is_long(of_row := self._heads_of(row)):
            yield from self._once([f"row {row.number}"], of_row)
        for column in range(self._columns, len(row.cells)):
            if _is_long(of_column := column_head(row.heads, column)):
                yield from self._once([f"column {column + 1}"], of_column)

    def _once(self, place: Words, cells: Sequence[Cell]) -> Iterator[Block]:
        for cell in cells:
            if cell not in self.said:
                yield from self._cell([place], cell)

    # ------------------------------------------------------------ names of rows and columns

    def _heads_of(self, row: DataRow, column: int | None = None) -> tuple[Cell, ...]:
        """The heads of a row; for a column, those before it."""
        return (*row.groups, *distinct(row.cells[: min(self._columns, column or self._columns)]))

    def _rows_of(self, cell: Cell) -> list[Words]:
        if not self._columns:
            return []
        places = {row: column for row, column in reversed(self._places[cell])}
        names = [tuple(self._quoted(self._heads_of(row, places[row]), row.number)) for row in reversed(places)]
        return [_listed("row", list(dict.fromkeys(names)))]

    def _columns_of(self, cell: Cell) -> Words:
        row = self._places[cell][0][0]
        columns = [column for place, column in self._places[cell] if place is row]
        heads = [column_head(row.heads, column) for column in columns]
        if not any(heads) and len(row.cells) - self._columns == 1:
            return []
        names = [tuple(self._quoted(head, column + 1)) for head, column in zip(heads, columns, strict=True)]
        return _listed("column", list(dict.fromkeys(names)))

    def _quoted(self, heads: Sequence[Cell], number: int) -> Words:
        """The heads in quotation marks, or the number of the row or column."""
        if not heads or _is_long(heads):
            return [str(number)]
        self.said.update(heads)
        return ["'", *[part for head in heads for part in (SECTION_SEPARATOR, head)][1:], "'"]

    # ------------------------------------------------------------ lines

    def _cell(self, names: Sequence[Words], cell: Cell) -> Iterator[Block]:
        self.said.add(cell)
        for span in split_sentences(cell.text) if len(cell.text) > _LONG_CELL else [(0, len(cell.text))]:
            yield self._block([*names[:-1], [*(names[-1] if names else []), ": ", _part(cell, span)]])

    def _block(self, parts: Sequence[Words], more: Sequence[Words] = ()) -> Block:
        """A line: the table's name and the parts, separated by commas, then ``more`` after semicolons."""
        words = [word for part in parts for word in (*([] if part[0] == ": " else [", "]), *part)]
        words += [word for part in more for word in ("; ", *part)]
        text, mentions = self._name, list[Mention]()
        for word in words:
            if isinstance(word, Cell):
                mentions += [Mention(len(text) + m.start, len(text) + m.end, m.reference) for m in word.mentions]
            text += word.text if isinstance(word, Cell) else word
        return Block(text, role="table", part=self._name, mentions=tuple(mentions))


def _is_long(heads: Sequence[Cell]) -> bool:
    return sum(len(head.text) for head in heads) > _LONGEST_HEAD


def _listed(kind: str, names: Sequence[Words]) -> Words:
    """ "row 'a'", "rows 'a', 'b'", or "rows 'a' to 'f'" where there are many."""
    if len(names) == 1:
        return [f"{kind} ", *names[0]]
    if len(names) > _NAMED:
        return [f"{kind}s ", *names[0], " to ", *names[-1]]
    return [f"{kind}s ", *[word for name in names for word in (", ", *name)][1:]]


def _part(cell: Cell, span: Span) -> Cell:
    """The part of a cell at a span of its text."""
    start, end = span
    mentions = [Mention(m.start - start, m.end - start, m.reference) for m in cell.mentions if start <= m.start < end]
    return Cell(cell.text[start:end], mentions=tuple(m for m in mentions if m.end <= end - start))
