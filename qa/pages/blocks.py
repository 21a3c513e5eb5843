"""Where blocks of text stand on a page: by their letters and digits, line by line.

The page's lines come in the order of the file, which need not be that of the blocks. A line belongs to where its
letters stand among those of the blocks: where the line before it ends, or else where they stand only once. What no
block has, such as a running head, belongs to none.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, groupby, pairwise

from qa.pages.placing import LINE, letters_of
from qa.pages.records import Box

PageLine = tuple[str, Sequence[Box]]
"""The characters of one line in one column, and the box of each."""

_APART = 2.0
"""Heights of a line between two lines of one column from which they are no longer one box: a figure is between."""


def boxes_of(blocks: Sequence[str], lines: Sequence[PageLine]) -> list[list[Box]]:
    """The boxes that each block fills, in reading order; none for a block of which no line was found.

    ``blocks`` are in reading order. Lines of one column that follow each other share a box.
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
    """Where each line stands in the text of all blocks, which start there; None where that is not certain."""
    ends = {0}
    """Where lines that were found end, so that others may go on."""
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
    """Where the line stands, if it does so once."""
    return text.index(line) if text.count(line) == 1 else None


def _whole(text: str, line: str, starts: Sequence[int]) -> int | None:
    """Where the one block starts that has the letters of the line and no others."""
    return _only([start for start, end in pairwise(starts) if text[start:end] == line])


def _only(places: Sequence[int]) -> int | None:
    return places[0] if len(places) == 1 else None


def _before_others(text: str, lines: Sequence[str], places: list[int | None]) -> list[int | None]:
    """The places, also of lines that stand just before where the next one does."""
    for number in range(len(lines) - 2, -1, -1):
        next_place, line = places[number + 1], lines[number]
        if places[number] is None and line and next_place is not None:
            at = next_place - len(line)
            places[number] = at if at >= 0 and text.startswith(line, at) else None
    return places


def _columns(lines: Sequence[Box]) -> Iterator[Box]:
    """The boxes of lines in reading order, joined as long as each stands below the one before, or beside it."""
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
