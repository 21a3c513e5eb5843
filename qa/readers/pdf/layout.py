"""Layout of PDF pages: lines to blocks, and blocks into reading order.

A block is a group of lines, one below the other, in one column without a gap, in file order. Publishers' programs write
one column after the other. A page drawn row by row across columns is first split at its gutters. Units are points; y
grows upwards.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from qa.readers.pdf.characters import Rule
from qa.readers.pdf.furniture import level, rows_of
from qa.readers.pdf.lines import Line
from qa.readers.pdf.rejoining import joined, rejoined

_SAME_SIZE = 0.12
_LEADING = 1.9
_WIDER_LEADING = 1.4
_OVERLAP = 0.5
_LONG = 25
_BY_ROWS = 6
_MIN_COLUMN_LINES = 4
_MIN_COLUMN_WIDTH = 0.2
_MAX_DEPTH = 4
_GUTTERS_TRIED = 24


@dataclass(slots=True)
class Block:
    """Lines of a page that belong together, in reading order. Several lines on one baseline are cells of a row."""

    lines: list[Line]
    role: str = ""

    @property
    def x0(self) -> float:
        return min(line.x0 for line in self.lines)

    @property
    def x1(self) -> float:
        return max(line.x1 for line in self.lines)

    @property
    def top(self) -> float:
        return max(line.y + 0.8 * line.size for line in self.lines)

    @property
    def bottom(self) -> float:
        return min(line.y - 0.2 * line.size for line in self.lines)

    @property
    def page(self) -> int:
        return self.lines[0].page

    @property
    def size(self) -> float:
        """The font size of most of its text."""
        sizes: Counter[float] = Counter()
        for line in self.lines:
            sizes[line.size] += len(line.text)
        return max(sizes, key=lambda size: (sizes[size], size))

    @property
    def letters(self) -> int:
        return sum(len(line.text) for line in self.lines)

    @property
    def text(self) -> str:
        return " ".join(line.text for line in self.lines)

    def stands_above(self, other: "Block") -> bool:
        """Whether all of it is above another block, and part of it in the same column."""
        return self.bottom >= other.top - 2 and min(self.x1, other.x1) > max(self.x0, other.x0)

    def rows(self) -> list[list[Line]]:
        """Its lines by baseline, in their order."""
        rows: list[list[Line]] = []
        for line in self.lines:
            if rows and level(rows[-1][-1], line):
                rows[-1].append(line)
            else:
                rows.append([line])
        return rows


def lay_out(lines: Sequence[Line], rules: Sequence[Rule] = ()) -> list[Block]:
    """The blocks of a page, from its lines in file order. No block continues across a rule."""
    blocks = _blocks(rejoined(lines), rules)
    if _by_rows(blocks):
        columns = _columns([line for block in blocks for line in block.lines])
        return [block for column in columns for block in _blocks(column, rules)]
    return _without_undertext(blocks)


def _without_undertext(blocks: Sequence[Block]) -> list[Block]:
    """The blocks without those overprinted by the same words; some programs leave an older version below."""
    starts: dict[str, list[Block]] = {}
    under: set[int] = set()
    for block in blocks:
        if block.letters >= _LONG:
            same = starts.setdefault("".join(block.text.split())[:_LONG], [])
            under.update(id(other) for other in same if _overlap(other, block))
            same.append(block)
    return [block for block in blocks if id(block) not in under]


def _overlap(one: Block, other: Block) -> bool:
    width = min(one.x1, other.x1) - max(one.x0, other.x0)
    height = min(one.top, other.top) - max(one.bottom, other.bottom)
    least = min((block.x1 - block.x0) * (block.top - block.bottom) for block in (one, other))
    return width > 0 and height > 0 and width * height > _OVERLAP * least


# ---------------------------------------------------------------- lines across wide spaces


# ---------------------------------------------------------------- blocks and their order


def _blocks(lines: Sequence[Line], rules: Sequence[Rule]) -> list[Block]:
    blocks: list[Block] = []
    for line in lines:
        if blocks and _goes_on(blocks[-1], line) and not _ruled_off(blocks[-1].lines[-1], line, rules):
            blocks[-1].lines.append(line)
        else:
            blocks.append(Block([line]))
    return blocks


def _goes_on(block: Block, line: Line) -> bool:
    """Whether a line is right below a block's last line, or right of it as another cell of its row."""
    last = block.lines[-1]
    if abs(last.size - line.size) > _SAME_SIZE * last.size:
        return False
    if level(last, line):
        return line.x0 > last.x1
    down = last.y - line.y
    if not 0 < down <= _LEADING * max(last.size, line.size):
        return False
    if len(block.lines) > 1 and down > _WIDER_LEADING * _leading(block.lines):
        return False
    x0, x1 = (block.x0, block.x1) if len(block.lines) > 1 else (last.x0, last.x1)
    shared = min(x1, line.x1) - max(x0, line.x0)
    return shared >= _OVERLAP * min(x1 - x0, line.x1 - line.x0)


def _ruled_off(above: Line, line: Line, rules: Sequence[Rule]) -> bool:
    """Whether a rule as wide as the line separates it from the line above."""
    return any(
        line.y + 0.5 * line.size < rule.y < above.y
        and rule.x0 <= line.x0 + line.size
        and rule.x1 >= line.x1 - line.size
        for rule in rules
    )


def _leading(lines: Sequence[Line]) -> float:
    """The distance between the last two baselines of different rows, or the font size if there is one row."""
    last = lines[-1]
    above = next((line for line in reversed(lines) if not level(line, last)), None)
    return above.y - last.y if above is not None and above.y > last.y else _LEADING * last.size


def reading_order(blocks: Sequence[Block], depth: int = 0) -> list[Block]:
    """The blocks of a page's text column by column. A block across the gutter is read after the columns above it."""
    gutter = _between_blocks(blocks) if depth < _MAX_DEPTH else None
    from_top = sorted(blocks, key=lambda block: -block.top)
    if gutter is None:
        return from_top
    found: list[Block] = []
    for crossing, band in groupby(from_top, lambda block: block.x0 < gutter < block.x1):
        within = list(band)
        if crossing:
            found += within
        else:
            found += reading_order([block for block in within if block.x1 <= gutter], depth + 1)
            found += reading_order([block for block in within if block.x0 >= gutter], depth + 1)
    return found


def _between_blocks(blocks: Sequence[Block]) -> float | None:
    """The best x to split blocks into columns, with much text side by side left and right of it."""
    places = [(block.x0, block.x1, block.top, block.bottom, block.letters) for block in blocks]
    starts: Counter[float] = Counter()
    for x0, _, _, _, letters in places:
        starts[round(x0) - 1.0] += letters
    scored = []
    for gutter, _ in starts.most_common(_GUTTERS_TRIED):
        left = [place for place in places if place[1] <= gutter]
        right = [place for place in places if place[0] >= gutter]
        if any(one[3] < other[2] and other[3] < one[2] for one in left for other in right):
            scored.append((min(sum(place[4] for place in side) for side in (left, right)), -gutter))
    return -max(scored)[1] if scored else None


def _by_rows(blocks: Sequence[Block]) -> bool:
    """Whether the page is drawn row by row: its long lines, which are most of it, keep changing columns."""
    lines = [line for block in blocks for line in block.lines]
    gutter = _gutter(lines)
    if gutter is None:
        return False
    long = [line for line in lines if len(line.text) >= _LONG and not _crosses(line, gutter)]
    changes = sum((one.x0 < gutter - 1) != (other.x0 < gutter - 1) for one, other in pairwise(long))
    most = 2 * sum(len(line.text) for line in long) > sum(len(line.text) for line in lines)
    return most and changes >= _BY_ROWS and 3 * changes > len(long)


# ---------------------------------------------------------------- columns of a page drawn row by row


def _columns(lines: Sequence[Line], depth: int = 0) -> list[list[Line]]:
    """The columns of a page as lists of lines, in reading order.

    A line that crosses the gutter ends the columns above it; it is read after them.
    """
    gutter = _gutter(lines) if depth < _MAX_DEPTH else None
    if gutter is None:
        return [[joined(row) for row in rows_of(lines)]] if lines else []
    found: list[list[Line]] = []
    for crossing, rows in groupby(rows_of(lines), lambda row: any(_crosses(line, gutter) for line in row)):
        band = [line for row in rows for line in row]
        if crossing:
            found.append([joined(row) for row in rows_of(band)])
        else:
            found += _columns([line for line in band if line.x1 <= gutter + 1], depth + 1)
            found += _columns([line for line in band if line.x1 > gutter + 1], depth + 1)
    return found


def _crosses(line: Line, gutter: float) -> bool:
    return line.x0 < gutter - 1 and line.x1 > gutter + 1


def _gutter(lines: Sequence[Line]) -> float | None:
    """The left edge of the text right of the best gutter: many lines start there, and many end before it."""
    if len(lines) < 2 * _MIN_COLUMN_LINES:
        return None
    width = max(line.x1 for line in lines) - min(line.x0 for line in lines)
    starts = Counter(round(line.x0, 1) for line in lines)
    scored = [(_parted(lines, start, width), -start) for start, _ in starts.most_common(_GUTTERS_TRIED)]
    score, start = max(scored)
    return -start if score else None


def _parted(lines: Sequence[Line], gutter: float, width: float) -> int:
    """The amount of text in the smaller of the two columns at a gutter; 0 if it makes none."""
    left = [line for line in lines if line.x1 <= gutter + 1]
    right = [line for line in lines if line.x0 >= gutter - 1 and line.x1 > gutter + 1]
    if min(len(left), len(right)) < _MIN_COLUMN_LINES:
        return 0
    if min(map(_usual_width, (left, right))) < _MIN_COLUMN_WIDTH * width:
        return 0
    overlap = min(max(line.y for line in side) for side in (left, right)) - max(
        min(line.y for line in side) for side in (left, right)
    )
    if overlap < left[0].size * (_MIN_COLUMN_LINES - 1):
        return 0
    return min(sum(len(line.text) for line in side) for side in (left, right))


def _usual_width(lines: Sequence[Line]) -> float:
    """The median line width, weighted by letters."""
    half, seen = sum(len(line.text) for line in lines) / 2, 0
    for line in sorted(lines, key=lambda line: line.x1 - line.x0):
        seen += len(line.text)
        if seen >= half:
            return line.x1 - line.x0
    return 0.0
