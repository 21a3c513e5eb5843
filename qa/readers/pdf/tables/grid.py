"""Turn the lines of a table into cells of a grid: head rows, and the contents of each row and column.

Units are points; y grows upwards.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from statistics import pstdev

from qa.readers.pdf.lines import Line
from qa.readers.pdf.rulings import Ruling
from qa.readers.pdf.tables.columns import Columns, NotUnderstood, TextRow, columns_of, place_in_columns, text_rows
from qa.readers.pdf.tables.heads import Headless, TextOf, head_rows
from qa.readers.pdf.tables.regions import Region
from qa.readers.pdf.tables.rows import LogicalRow, logical_rows
from qa.readers.tables.grid import EMPTY, Cell, Row

_INDENT = 0.5
"""How far to the right an indented label starts, as a share of the font size."""
_MOST_CELLS = 4_000
_MOST_OF_WIDTH = 0.4
_LEAST_ROWS = 3
"""The least rows of a table without rules that make its columns sure."""
_MOSTLY = 0.7
_DOTS = re.compile(r"[.·…_]{10,}")


def grid_of(region: Region, lines: Sequence[Line], across: Sequence[Ruling], text_of: TextOf) -> tuple[list[Row], int]:
    """The rows of a table as marked-up cells, head rows first, and the number of head rows. Raises NotUnderstood.

    ``across`` are the horizontal rules in the table. ``text_of`` joins the lines of a cell into one text.
    """
    rows = [row for row in text_rows(lines) if not _is_dots(row)]
    dots = [Ruling(row.y, row.x0, row.x1) for row in text_rows(lines) if _is_dots(row)]
    rules = sorted([*across, *dots], key=lambda rule: -rule.at)
    levels = sorted([*region.levels[1:-1], *(rule.at for rule in dots)], reverse=True)
    heads, body = _heads_and_body(rows, region, levels, rules) if region.levels else _by_weight(rows)
    columns, marked = _columns_and_heads(heads, body, rules, text_of)
    if not region.levels and not _holds_numbers(body):
        raise NotUnderstood("no rules, and no columns of numbers")
    grid = [*marked, *_cells(logical_rows(body, columns, rules), columns, text_of)]
    if sum(map(len, grid)) > _MOST_CELLS:
        raise NotUnderstood("too many cells")
    return _as_marked_up(grid), len(marked)


def _is_dots(row: TextRow) -> bool:
    """Whether a row is a rule made of dots."""
    return _DOTS.fullmatch("".join(piece.text for word in row.words for piece in word)) is not None


# ---------------------------------------------------------------- heads and body


def _heads_and_body(
    rows: Sequence[TextRow], region: Region, levels: Sequence[float], across: Sequence[Ruling]
) -> tuple[Sequence[TextRow], Sequence[TextRow]]:
    """Rows above and below the first rule that is full width, or that spans all but the label column."""
    for level in [*levels, *_partial_levels(rows, region, across)]:
        heads = [row for row in rows if row.y > level]
        body = _without_notes([row for row in rows if row.y < level])
        if heads and body:
            return heads, body
    raise NotUnderstood("no rule under the heads")


def _partial_levels(rows: Sequence[TextRow], region: Region, across: Sequence[Ruling]) -> list[float]:
    """The height of the rules over the first row with a label, if they cover most of the width."""
    labelled = next((row for row in rows if row.x0 <= region.x0 + row.size), None)
    if labelled is None or labelled is rows[0]:
        return []
    above = [rule for rule in across if labelled.y + 0.3 * labelled.size < rule.at < region.top - 1]
    lowest = min((rule.at for rule in above), default=0.0)
    along = sum(rule.covers(region.x0, region.x1) for rule in above if rule.at - lowest < 1)
    return [lowest] if along >= _MOST_OF_WIDTH else []


def _by_weight(rows: Sequence[TextRow]) -> tuple[Sequence[TextRow], Sequence[TextRow]]:
    """The bold rows at the top of a table without rules, or its first row; and the other rows."""
    bold = [all(piece.bold for word in row.words for piece in word) for row in rows]
    count = next((at for at, heavy in enumerate(bold) if not heavy), 0) or 1
    body = _without_notes(rows[count:])
    if len(body) < _LEAST_ROWS:
        raise NotUnderstood("too few rows without rules")
    if any(_is_number(row.line(words)) for row in rows[:count] for words in row.fragments()[1:]):
        raise NotUnderstood("a first row of numbers")
    return rows[:count], body


def _holds_numbers(rows: Sequence[TextRow]) -> bool:
    """Whether most cells beside the labels are numbers."""
    cells = [_is_number(line) for row in rows for at, line in row.parts.items() if at]
    return sum(cells) >= _MOSTLY * len(cells) > 0


def _is_number(line: Line) -> bool:
    return Cell(line.text).numeric


def _without_notes(rows: Sequence[TextRow]) -> Sequence[TextRow]:
    """The rows without final single-text rows at the left, which are notes."""
    last = len(rows)
    left = min((row.x0 for row in rows), default=0.0)
    while last and len(rows[last - 1].fragments()) == 1 and rows[last - 1].x0 - left < rows[last - 1].size:
        last -= 1
    if 0 < last < len(rows) and rows[last].x1 < rows[last - 1].fragments()[0][-1][-1].x1 + rows[last].size:
        first = rows[last].line(rows[last].words).text
        if first[:2].isalpha() and first[0].islower():
            return rows[: last + 1]  # the rest of the last label
    return rows[:last]


def _columns_and_heads(
    heads: Sequence[TextRow], body: Sequence[TextRow], across: Sequence[Ruling], text_of: TextOf
) -> tuple[Columns, list[Row]]:
    """The columns and their heads. A column without its own head is joined to a neighbour."""
    columns = columns_of(body, heads[-1])
    while len(columns) > 1:
        try:
            rows = head_rows(heads, columns, across, text_of)
        except Headless as error:
            columns = columns.without(error.columns[0])
        else:
            place_in_columns(body, columns)
            return columns, rows
    raise NotUnderstood("one column")


# ---------------------------------------------------------------- cells


def _cells(rows: Sequence[LogicalRow], columns: Columns, text_of: TextOf) -> list[Row]:
    """The cell at each place of the body."""
    labels = [row.lines[0][0] for row in rows if 0 in row.lines]
    left = min((line.x0 for line in labels), default=0.0)
    middles = [(line.x0 + line.x1) / 2 for line in labels]
    centred = len(labels) > 1 and pstdev(middles) < pstdev([line.x0 for line in labels])
    grid: list[Row] = []
    for row in rows:
        if row.across:
            grid.append([_cell(row.across, text_of)] * len(columns))
            continue
        cells = [_cell(row.lines[at], text_of) if at in row.lines else EMPTY for at in range(len(columns))]
        if 0 in row.lines and not centred:
            first = row.lines[0][0]
            cells[0] = replace(cells[0], indented=first.x0 - left > _INDENT * first.size)
        cells[: row.reach + 1] = [cells[0]] * (row.reach + 1)
        if grid:
            _carry_down(cells, row, grid[-1])
        grid.append(cells)
    return grid


def _carry_down(cells: Row, row: LogicalRow, above: Row) -> None:
    """Repeat cells that continue from the row above: those not separated by a rule, and its label."""
    alone = len(row.lines) == 1 and all(line.bold for lines in row.lines.values() for line in lines)
    if cells[0] is EMPTY and not alone and above[0] is not above[-1]:
        cells[0] = above[0]
    for at in row.open:
        if cells[at] is EMPTY:
            cells[at] = above[at]


def _cell(lines: Sequence[Line], text_of: TextOf) -> Cell:
    return Cell(text_of(lines), set_off=all(line.bold for line in lines))


def _as_marked_up(grid: Sequence[Row]) -> list[Row]:
    """The grid's cells, each once at its start, with its row and column spans."""
    height, width = len(grid), len(grid[0])
    seen: set[int] = set()
    found: list[Row] = []
    for at, row in enumerate(grid):
        cells: Row = []
        for place, cell in enumerate(row):
            if not cell.text:
                cells.append(Cell(""))
            elif id(cell) not in seen:
                seen.add(id(cell))
                across = next((n for n in range(place, width) if row[n] is not cell), width) - place
                down = next((n for n in range(at, height) if grid[n][place] is not cell), height) - at
                cells.append(replace(cell, rows=down, columns=across))
        found.append(cells)
    return found
