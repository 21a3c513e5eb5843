"""The heads of a table's columns: lines joined to cells, each spanning its columns.

Heads are read from the bottom up. The lowest head over a column is its own. A head over several columns has a rule of
their width below it, or is centred over them. Units are points; y grows upwards.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise

from qa.readers.pdf.lines import Line
from qa.readers.pdf.rulings import Ruling
from qa.readers.pdf.tables.columns import Columns, NotUnderstood, TextRow
from qa.readers.tables.grid import EMPTY, Cell, Row

_OVERLAP = 0.5
"""The least overlap of a head and a column, as a share of the narrower one."""
_MIDDLE = 1.2
"""How far a head's middle may be from its columns' middle, as a share of the font size, like all below."""
_ALIGNED = 0.6
_FARTHEST = 1.7
_RULE_BELOW = 1.6
_AT_RULE = 3.0

Range = tuple[int, int]
TextOf = Callable[[Sequence[Line]], str]


class Headless(NotUnderstood):
    """Raised if columns have no head, so they are no columns."""

    def __init__(self, columns: Sequence[int]) -> None:
        super().__init__(f"columns without a head: {list(columns)}")
        self.columns = columns


@dataclass(slots=True, eq=False)
class Head:
    """A head's lines, and its first and last column."""

    over: Range
    lines: list[Line] = field(default_factory=list)


def head_rows(rows: Sequence[TextRow], columns: Columns, across: Sequence[Ruling], text_of: TextOf) -> list[Row]:
    """The head rows, with a cell at every place; a spanning cell is repeated. Raises NotUnderstood."""
    stacks = _Stacks(columns, [rule for rule in across if rule.at > rows[-1].y])
    for row in reversed(rows):
        stacks.add(row)
    return stacks.laid_out(text_of)


class _Stacks:
    """The heads over each column, top first, collected from the bottom up."""

    def __init__(self, columns: Columns, rules: Sequence[Ruling]) -> None:
        self._rules = rules
        self._columns = columns
        self._extents = list(columns.extents)
        self._stacks: list[list[Head]] = [[] for _ in range(len(columns))]

    def add(self, row: TextRow) -> None:
        lines = list(self._lines(row))
        ranges = [self._range(line, lines) for line in lines]
        if any(one[1] >= other[0] for one, other in pairwise(ranges)):
            raise NotUnderstood(f"heads over one column: {[line.text for line in lines]}")
        for line, over in zip(lines, ranges, strict=True):
            self._put(line, over)

    def _lines(self, row: TextRow) -> Iterator[Line]:
        """The texts of a row. A text over several columns without heads is split into one head each."""
        for words in row.fragments():
            line = row.line(words)
            bare = [at for at in self._under(line) if not self._stacks[at]]
            if len(bare) < 2 or self._rule_under(line):
                yield line
                continue
            for at in bare:
                own = [word for word in words if self._columns.at((word[0].x0 + word[-1].x1) / 2) == at]
                if own:
                    yield row.line(own)

    # ------------------------------------------------------------ over which columns a line stands

    def _under(self, line: Line) -> list[int]:
        return [
            at
            for at, (left, right) in enumerate(self._extents)
            if min(line.x1, right) - max(line.x0, left) >= _OVERLAP * min(line.x1 - line.x0, right - left)
        ]

    def _range(self, line: Line, row: Sequence[Line]) -> Range:
        rule = self._rule_under(line)
        if rule:
            return self._on_rule(line, row, rule)
        under = self._under(line) or [self._nearest(line)]
        if len(under) == 1 and (not self._stacks[under[0]] or self._is_aligned(line, under[0])):
            return under[0], under[0]
        place = row.index(line)
        lowest = max((self._nearest(other) + 1 for other in row[:place]), default=0)
        highest = min((self._nearest(other) - 1 for other in row[place + 1 :]), default=len(self._extents) - 1)
        found = [
            (last - first, -off, (first, last))
            for first in range(lowest, under[0] + 1)
            for last in range(under[-1], highest + 1)
            if (off := self._off_middle(line, (first, last))) <= _MIDDLE * line.size
        ]
        if found:
            return max(found)[2]
        if len(under) == 1:
            return under[0], under[0]
        raise NotUnderstood(f"a head over columns that are not sure: {line.text!r}")

    def _is_aligned(self, line: Line, at: int) -> bool:
        left, right = self._extents[at]
        off = min(abs(line.x0 - left), abs(line.x1 - right), self._off_middle(line, (at, at)))
        return off <= _ALIGNED * line.size

    def _off_middle(self, line: Line, over: Range) -> float:
        left, right = self._extents[over[0]][0], self._extents[over[1]][1]
        return abs((line.x0 + line.x1) - (left + right)) / 2

    def _nearest(self, line: Line) -> int:
        """The column that a text overlaps most, or is nearest to."""

        def shared(at: int) -> tuple[float, float]:
            left, right = self._extents[at]
            return min(line.x1, right) - max(line.x0, left), -self._off_middle(line, (at, at))

        return max(range(len(self._extents)), key=shared)

    def _rule_under(self, line: Line) -> Ruling | None:
        """The rule right below a line that spans several columns."""
        for rule in self._rules:
            near = 0 < line.y - rule.at <= _RULE_BELOW * line.size
            wide = rule.start <= line.x0 + _AT_RULE and rule.end >= line.x1 - _AT_RULE
            if near and wide and len(self._over_rule(rule)) > 1:
                return rule
        return None

    def _over_rule(self, rule: Ruling) -> list[int]:
        return [at for at, (left, right) in enumerate(self._extents) if rule.start < (left + right) / 2 < rule.end]

    def _on_rule(self, line: Line, row: Sequence[Line], rule: Ruling) -> Range:
        """Share a rule's columns among the texts on it, so that each text is centred over its own."""
        on = [other for other in row if rule.start - _AT_RULE <= other.x0 and other.x1 <= rule.end + _AT_RULE]
        over = self._over_rule(rule)
        if len(on) > len(over):
            raise NotUnderstood(f"more heads than columns: {[other.text for other in on]}")
        best: tuple[float, Range] | None = None
        for cuts in combinations(range(1, len(over)), len(on) - 1):
            bounds = [0, *cuts, len(over)]
            ranges = [(over[first], over[last - 1]) for first, last in pairwise(bounds)]
            off = max(self._off_middle(other, own) for other, own in zip(on, ranges, strict=True))
            if best is None or off < best[0]:
                best = off, ranges[on.index(line)]
        if best is None or (len(on) > 1 and best[0] > _MIDDLE * line.size):
            raise NotUnderstood(f"heads that are not in the middle of columns: {[other.text for other in on]}")
        return best[1]

    # ------------------------------------------------------------ the stacks

    def _put(self, line: Line, over: Range) -> None:
        """Add a line to the head below it if both span the same columns; else start a new head on top."""
        stacks = self._stacks[over[0] : over[1] + 1]
        below = stacks[0][0] if stacks[0] else None
        if below and below.over == over and self._goes_on(line, below.lines[0]):
            below.lines.insert(0, line)
        else:
            if any(stack and not (over[0] <= stack[0].over[0] and stack[0].over[1] <= over[1]) for stack in stacks):
                raise NotUnderstood(f"a head over a part of what is below: {line.text!r}")
            head = Head(over, [line])
            for stack in stacks:
                stack.insert(0, head)
        if over[0] == over[1]:
            left, right = self._extents[over[0]]
            self._extents[over[0]] = min(left, line.x0), max(right, line.x1)

    def _goes_on(self, line: Line, below: Line) -> bool:
        near = line.y - below.y <= _FARTHEST * max(line.size, below.size)
        between = [rule for rule in self._rules if below.y + 0.3 * below.size < rule.at < line.y]
        return near and not any(rule.covers(line.x0, line.x1) > _OVERLAP for rule in between)

    def laid_out(self, text_of: TextOf) -> list[Row]:
        """One row for each level, with the heads in their places."""
        bare = [at for at, stack in enumerate(self._stacks) if at and (not stack or stack[-1].over != (at, at))]
        if bare:
            raise Headless(bare)
        depth = max(map(len, self._stacks))
        heads = {id(head): head for stack in self._stacks for head in stack}
        cells = {
            key: Cell(text_of(head.lines), head=True, set_off=all(line.bold for line in head.lines))
            for key, head in heads.items()
        }
        return [
            [cells[id(stack[min(level, len(stack) - 1)])] if stack else EMPTY for stack in self._stacks]
            for level in range(depth)
        ]
