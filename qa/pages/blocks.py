"""Locate blocks of text on a page, line by line, by their letters and digits.

The page's lines come in file order, which may differ from the blocks' order. A line's letters are looked for in those
of the blocks: right after the previous line, or anywhere if they occur only once. A line in no block, such as a running
head, is left out.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, groupby, pairwise

from qa.pages.placing import LINE, letters_of
from qa.pages.records import Box

PageLine = tuple[str, Sequence[Box]]
"""The characters of one line in one column, and the box of each character."""

_APART = 2.0
"""The gap, in line heights, that splits lines of one column into two boxes: a figure is between."""


def boxes_of(blocks: Sequence[str], lines: Sequence[PageLine]) -> list[list[Box]]:
    """The boxes of each block, in reading order; empty for a block of which no line was found.

    ``blocks`` are in reading order. Consecutive lines of one column share a box.
    """
    folded = [letters_of(block).folded for block in blocks]
    starts = [0, *accumulate(map(len, folded))]
    letters = [letters_of(characters) for characters, _ in lines]
    places = _places("".join(folded), [line.folded for line in letters], starts)
    found: list[list[tuple[int, Box]]] = [[] for _ in blocks]
    for place, line, (_, boxes) in zip(places, letters, lines, strict=True):
        if place is None:
            continue
        owners = (bisect_right(starts, place + at) - 1 for at in range(len(line.folded)))
        for block, parts in groupby(zip(owners, line.places, strict=True), key=lambda part: part[0]):
            found[block].append((place, _around([boxes[index] for _, index in parts])))
    return [list(_columns([box for _, box in sorted(ones)])) for ones in found]


def _places(text: str, lines: Sequence[str], starts: Sequence[int]) -> list[int | None]:
    """The offset of each line in the text of all blocks, which start at ``starts``; None if not certain."""
    ends = {0}
    """The ends of lines already found, where other lines may continue."""
    places: list[int | None] = []
    reached, follows = 0, True
    for line in lines:
        place = None
        if line and follows and text.startswith(line, reached):
            place = reached
        elif line:
            found = _alone(text, line) if len(line) >= LINE else _whole(text, line, starts)
            place = _only([end for end in ends if text.startswith(line, end)]) if found is None else found
        places.append(place)
        follows = place is not None or (follows and not line)
        if place is not None:
            reached = place + len(line)
            ends.add(reached)
    return _before_others(text, lines, places)


def _alone(text: str, line: str) -> int | None:
    """The offset of the line, if it occurs exactly once."""
    return text.index(line) if text.count(line) == 1 else None


def _whole(text: str, line: str, starts: Sequence[int]) -> int | None:
    """The start of the only block that has exactly the letters of the line."""
    return _only([start for start, end in pairwise(starts) if text[start:end] == line])


def _only(places: Sequence[int]) -> int | None:
    return places[0] if len(places) == 1 else None


def _before_others(text: str, lines: Sequence[str], places: list[int | None]) -> list[int | None]:
    """The places, with more lines placed directly before the next placed line."""
    for number in range(len(lines) - 2, -1, -1):
        next_place, line = places[number + 1], lines[number]
        if places[number] is None and line and next_place is not None:
            at = next_place - len(line)
            places[number] = at if at >= 0 and text.startswith(line, at) else None
    return places


def _columns(lines: Sequence[Box]) -> Iterator[Box]:
    """The boxes of lines in reading order, joined while each is below or beside the one before."""
    box = last = None
    for line in lines:
        height = line[3] - line[1]
        if box is None or last is None:
            box = last = line
            continue
        below = line[0] < box[2] and box[0] < line[2] and -height <= line[1] - box[1]
        beside = line[1] < last[3] and last[1] < line[3] and abs(line[0] - last[2]) <= _APART * height
        if beside or (below and line[1] - box[3] <= _APART * height):
            box = _around([box, line])
        else:
            yield box
            box = line
        last = line
    if box:
        yield box


def _around(boxes: Sequence[Box]) -> Box:
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)
