"""How most of a PDF's text is set: its font size and its columns."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from qa.readers.pdf.layout import Block

AT_COLUMN = 3.0
SAME_SIZE = 0.05
_LONG_LINE = 25
INDENT = 2.5
_COLUMN_SHARE = 0.04
_MAIN_SHARE = 0.1
_BEYOND = 1.5


@dataclass(frozen=True, slots=True)
class Setting:
    """How most of the file's text is set: font size, and left and right edges of columns."""

    size: float
    columns: tuple[tuple[float, float], ...]
    main: tuple[tuple[float, float], ...] = ()
    """The columns that hold much of the text. Other columns may belong to one table, or to the first page."""


def setting_of(pages: Sequence[Sequence[Block]]) -> Setting:
    long = [line for blocks in pages for block in blocks for line in block.lines if len(line.text) >= _LONG_LINE]
    sizes: Counter[float] = Counter()
    for line in long:
        sizes[round(line.size, 1)] += len(line.text)
    size = max(sizes, key=lambda size: (sizes[size], size), default=10.0)
    usual = [line for line in long if abs(line.size - size) <= SAME_SIZE * size]
    starts = Counter(round(line.x0) for line in usual)
    columns, main = [], []
    for start in starts:
        if starts[start - 1] + starts[start] + starts[start + 1] < _COLUMN_SHARE * len(usual):
            continue  # even the largest possible count is too small, so the lines need not be examined
        near = [line.x1 for line in usual if abs(line.x0 - start) <= 1]
        if len(near) >= _COLUMN_SHARE * len(usual):
            columns.append((float(start), sorted(near)[ceil(0.9 * (len(near) - 1))]))
            main += columns[-1:] if len(near) >= _MAIN_SHARE * len(usual) else []
    return Setting(size, tuple(columns), tuple(main))


def in_column(block: Block, columns: Sequence[tuple[float, float]]) -> bool:
    """Whether a block starts where columns of the text do, or is indented or centred there."""
    first = block.lines[0]
    for left, right in columns:
        if block.x1 > right + _BEYOND * first.size:
            continue
        if any(abs(line.x0 - left) <= AT_COLUMN for line in block.lines):
            return True
        if 0 <= first.x0 - left <= INDENT * first.size:
            return True
        if block.x0 > left and abs((block.x0 - left) - (right - block.x1)) <= AT_COLUMN:
            return True
    return False
