"""The places of tables on a PDF's page: between rules near a caption, or in aligned rows below it.

Publishers put rules above and below a table and under its heads. Inside, every row may have a rule too. A table without
rules continues while its rows have several cells. Units are points; y grows upwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from qa.readers.pdf.furniture import rows_of
from qa.readers.pdf.layout import Block
from qa.readers.pdf.lines import Line
from qa.readers.pdf.roles import CAPTION, fills_column
from qa.readers.pdf.rulings import Ruling
from qa.readers.pdf.setting import Setting

_NEAR = 45.0
"""How far the first rule may be from the caption, whose block may end before its last lines."""
_SAME_EDGE = 8.0
_WHOLE = 0.9
"""The least share of a table's width that a full-width rule covers."""
_CHAIN = 6.0
"""Side-by-side rules this near are parts of one; gutters between text columns are wider."""
_LEAST_WIDTH = 60.0
_BEYOND = 6.0
_FARTHEST_ROW = 3.0
"""The widest distance between rows without rules, as a multiple of the font size."""


@dataclass(frozen=True, slots=True)
class Region:
    """A table's place, and the heights of its full-width rules, from the top."""

    x0: float
    x1: float
    top: float
    bottom: float
    levels: tuple[float, ...] = ()

    def overlaps(self, other: "Region") -> bool:
        """Whether two places overlap."""
        beside = self.x1 <= other.x0 or other.x1 <= self.x0
        return not (beside or self.top <= other.bottom or other.top <= self.bottom)

    def holds(self, x0: float, x1: float, y: float) -> bool:
        """Whether a stretch from x0 to x1 at height y is inside."""
        middle = (x0 + x1) / 2
        return self.bottom < y < self.top and self.x0 - _BEYOND <= middle <= self.x1 + _BEYOND


def regions_by(caption: Block, blocks: Sequence[Block], rulings: Sequence[Ruling], setting: Setting) -> list[Region]:
    """Possible places of a caption's table, nearest first: below, beside or above it."""
    texts = [
        block for block in blocks if block is not caption and (block.role == CAPTION or fills_column(block, setting))
    ]
    rows = _rows_of_rules(rulings)
    below = [row for row in rows if row[0].at < caption.top]
    above = [row for row in rows[::-1] if row[0].at > caption.bottom]
    beside = [row for row in rows if row[0].at <= caption.top + caption.size]
    found = [
        _first_region(caption, below, texts, caption.bottom),
        _beside(caption, beside, texts),
        _first_region(caption, above, texts, caption.top),
    ]
    return [region for _, region in sorted(filter(None, found), key=lambda pair: pair[0])]


def _first_region(
    caption: Block, rows: Sequence[Sequence[Ruling]], texts: Sequence[Block], start: float
) -> tuple[float, Region] | None:
    """The place after the first rules that may be a table, and its distance from the caption."""
    for place, row in enumerate(rows):
        first = _rule_by(row, caption.x0, caption.x1)
        if abs(row[0].at - start) > _NEAR:
            return None
        region = first and _region(first, rows[place:], texts, start)
        if region:
            return abs(row[0].at - start), region
    return None


def _beside(caption: Block, rows: Sequence[Sequence[Ruling]], texts: Sequence[Block]) -> tuple[float, Region] | None:
    """The place right of a caption that starts at the same height."""
    for place, row in enumerate(rows):
        if row[0].at < caption.top - caption.size:
            return None
        for first in row:
            if first.start >= caption.x1 and first.end - first.start >= _LEAST_WIDTH:
                region = _region(first, rows[place:], texts, first.at)
                if region:
                    return 0.0, region
    return None


def _rows_of_rules(rulings: Sequence[Ruling]) -> list[list[Ruling]]:
    """The rules by height; chains of rules side by side are one."""
    rows: list[list[Ruling]] = []
    for rule in rulings:
        if rows and abs(rows[-1][0].at - rule.at) <= 1:
            rows[-1].append(rule)
        else:
            rows.append([rule])
    return [_chained(row) for row in rows]


def _chained(row: Sequence[Ruling]) -> list[Ruling]:
    found: list[Ruling] = []
    for rule in sorted(row, key=lambda rule: rule.start):
        if found and rule.start - found[-1].end <= _CHAIN:
            found[-1] = Ruling(found[-1].at, found[-1].start, max(rule.end, found[-1].end))
        else:
            found.append(rule)
    return found


def _rule_by(row: Sequence[Ruling], x0: float, x1: float) -> Ruling | None:
    """The widest rule of a row above or below the stretch."""
    near = [rule for rule in row if min(rule.end, x1) - max(rule.start, x0) > 0.3 * min(x1 - x0, rule.end - rule.start)]
    wide = [rule for rule in near if rule.end - rule.start >= _LEAST_WIDTH]
    return max(wide, key=lambda rule: rule.end - rule.start, default=None)


def _region(first: Ruling, rows: Sequence[Sequence[Ruling]], texts: Sequence[Block], start: float) -> Region | None:
    """From a rule on, up or down: rules of the same width, until text or another caption intervenes."""
    if any(_between(text, start, first.at) and _over(text, first) for text in texts):
        return None
    levels = [first.at]
    for row in rows:
        if any(_between(text, levels[-1], row[0].at) and _over(text, first) for text in texts):
            break
        within = [rule for rule in row if rule.start >= first.start - _SAME_EDGE and rule.end <= first.end + _SAME_EDGE]
        if sum(rule.covers(first.start, first.end) for rule in within) >= _WHOLE and row[0].at != first.at:
            levels.append(row[0].at)
    if len(levels) < 2:
        return None
    ordered = tuple(sorted(levels, reverse=True))
    return Region(first.start, first.end, ordered[0], ordered[-1], ordered)


def _between(block: Block, one: float, other: float) -> bool:
    middle = (block.top + block.bottom) / 2
    return min(one, other) < middle < max(one, other)


def _over(block: Block, rule: Ruling) -> bool:
    return min(block.x1, rule.end) - max(block.x0, rule.start) > 0.1 * (block.x1 - block.x0)


# ---------------------------------------------------------------- without rules


def open_region(caption: Block, lines: Sequence[Line], setting: Setting) -> Region | None:
    """The rows below a caption in its column, from the first to the last with several texts; None if there are none."""
    left, right = next(
        ((x0, x1) for x0, x1 in setting.columns if x0 - _BEYOND <= caption.x0 and caption.x1 <= x1 + _BEYOND),
        (caption.x0, max(caption.x1, *(line.x1 for line in lines))),
    )
    below = [
        line for line in lines if line.y < caption.bottom and left - _BEYOND <= line.x0 and line.x1 <= right + _BEYOND
    ]
    reached, alone, bottom = caption.bottom, 0, None
    for row in rows_of(below):
        y, size = row[0].y, row[0].size
        alone = 0 if len(row) > 1 else alone + 1
        if reached - y > _FARTHEST_ROW * size or alone > 1:
            break
        reached = y
        bottom = y - size if len(row) > 1 else bottom
    return None if bottom is None else Region(left, right, caption.bottom, bottom)
