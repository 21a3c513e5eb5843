"""Join again the lines of a PDF's page that a wide space split where no column starts."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace

from qa.readers.pdf.furniture import level
from qa.readers.pdf.lines import Line

_LABEL_GAP = 3.5
_LONGEST_LABEL = 8
_ITEM_LABEL = re.compile(r"[•‣▪◦–·●]|[(\[]?(?:\d{1,3}|[a-z]|[ivx]{1,4})(?:\.\d{1,2})*[.)\]]?|[A-Z]\.?")
_WIDEST_SPACE = 4.0
_AT_GUTTER = 2.0
_INDENT = 2.5
_STARTS = 3


def rejoined(lines: Sequence[Line]) -> list[Line]:
    """The lines, rejoined where a wide space split them but no column or table cell starts."""
    found: list[Line] = []
    starts, ends = sorted(line.x0 for line in lines), sorted(line.x1 for line in lines)
    for line in _with_labels(lines):
        last = found[-1] if found else None
        near = last is not None and level(last, line) and 0 < line.x0 - last.x1 <= _WIDEST_SPACE * line.size
        if last is not None and near and not _starts_column(last, line, starts, ends):
            found[-1] = joined([last, line])
        else:
            found.append(line)
    return found


def _with_labels(lines: Sequence[Line]) -> list[Line]:
    """The lines, with an item's number or bullet joined to its text across a wide space."""
    labels = [line for line in lines if len(line.text) <= _LONGEST_LABEL and _ITEM_LABEL.fullmatch(line.text)]
    taken: dict[int, Line] = {}
    by_height = sorted(lines, key=lambda line: line.y)
    heights = [line.y for line in by_height]
    for label in labels:
        near = slice(bisect_left(heights, label.y - label.size), bisect_right(heights, label.y + label.size))
        beside = [
            line
            for line in by_height[near]
            if line is not label and level(label, line) and 0 <= line.x0 - label.x1 <= _LABEL_GAP * line.size
        ]
        if beside:
            taken[id(min(beside, key=lambda line: line.x0))] = label
    left = {id(label) for label in taken.values()}
    return [
        joined([taken[id(line)], line]) if id(line) in taken else line
        for line in lines
        if id(line) not in left or id(line) in taken
    ]


def _starts_column(last: Line, line: Line, starts: Sequence[float], ends: Sequence[float]) -> bool:
    """Whether more lines start here, or before this line's indent, than run across the space before it.

    ``starts`` and ``ends`` are the sorted edges of all lines.
    """
    indent = max(min(_INDENT * line.size, line.x0 - last.x1), _AT_GUTTER)
    beginning = bisect_right(starts, line.x0 + _AT_GUTTER) - bisect_left(starts, line.x0 - indent)
    middle = (last.x1 + line.x0) / 2
    across = bisect_left(starts, middle) - bisect_right(ends, middle)
    return beginning >= _STARTS and beginning > across


def joined(parts: Sequence[Line]) -> Line:
    """Lines on one baseline as one line."""
    if len(parts) == 1:
        return parts[0]
    longest = max(parts, key=lambda part: len(part.text))
    return replace(
        longest,
        text=" ".join(part.text for part in parts),
        x0=min(part.x0 for part in parts),
        x1=max(part.x1 for part in parts),
        bold=all(part.bold for part in parts),
        pieces=[piece for part in parts for piece in part.pieces],
    )
