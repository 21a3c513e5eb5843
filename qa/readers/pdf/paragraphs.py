"""Group a PDF's lines in reading order into paragraphs by gaps, indents and short last lines."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from qa.readers.pdf.layout import Block
from qa.readers.pdf.lines import Line

_SAME_SIZE = 0.06
_WIDE_GAP = 1.2
_PICTURE = 5.0
_HEADING = 0.9
_INDENT = 0.7
_LEADING = 1.3
_SEVERAL = 3
_MOSTLY = 0.7
_HALF = 0.6
_LETTER = 0.5
_RAGGED = 0.06
_FINISHED = re.compile(r"[.!?:][\"'”’)\]]*(?:\s*\[[\d,;\s–-]+\])?$")
_LETTERED = re.compile(r"\(?([a-z])[.)]\s")
_ITEM = re.compile(r"[•‣▪◦–]\s|[(\[]?\d{1,3}[.)\]]\s+\S")


def place_in_columns(blocks: Sequence[Block]) -> list[Line]:
    """The lines of blocks in reading order, each with its column and the column's edges.

    A block of few lines takes the edges of the block before or after that encloses it.
    """
    placed: list[Line] = []
    column = 0
    for number, block in enumerate(blocks):
        left, right = _edges(number, blocks)
        for line in block.lines:
            above = placed[-1] if placed else None
            if above is None or not _follows_down(above, line, (left, right)):
                column += 1
            line.left, line.right, line.column = left, right, column
            placed.append(line)
    return placed


def _edges(number: int, blocks: Sequence[Block]) -> tuple[float, float]:
    block = blocks[number]
    x0, x1 = block.x0, block.x1
    if len(block.lines) < _SEVERAL:
        for other in blocks[max(0, number - 3) : number + 4]:
            within = other.x0 - 1 <= block.x0 and block.x1 <= other.x1 + 1
            if other.page == block.page and len(other.lines) >= _SEVERAL and within:
                return other.x0, other.x1
    return x0, x1


def _follows_down(above: Line, line: Line, edges: tuple[float, float]) -> bool:
    """Whether a line is below another in the same column, with no room for a picture between them."""
    near = 0 < above.y - line.y <= _PICTURE * max(above.size, line.size)
    return above.page == line.page and near and above.x0 < edges[1] and line.x0 < above.right


def paragraphs(lines: Sequence[Line]) -> list[list[Line]]:
    """Lines in reading order, grouped. A paragraph unfinished at a column's or page's end continues in the next."""
    leading, hanging, indented = _leading(lines), _hanging(lines), _indented(lines)
    groups: list[list[Line]] = []
    for line in lines:
        above = groups[-1][-1] if groups else None
        if (
            above is None
            or min(abs(size - line.size) for size in (above.size, above.pieces[-1].size)) > _SAME_SIZE * above.size
            or above.bold != line.bold
            or _slants(groups[-1], line)
            or _is_next_item(groups[-1][0], line)
        ):
            parted = True
        elif _place(above) != _place(line):
            parted = _parts_columns(above, line, indented)
        else:
            usual = leading.get(line.size, _LEADING * line.size)
            parted = above.y - line.y > _WIDE_GAP * usual or _turns(above, line, _place(line) in hanging)
        if parted:
            groups.append([])
        groups[-1].append(line)
    return groups


def _slants(group: Sequence[Line], line: Line) -> bool:
    """Whether a heading in italics ends above this line, or starts with it after a finished paragraph."""
    above = group[-1]
    if above.italic and not line.italic:
        heading = (
            len(group) <= 2 and all(one.italic for one in group) and not above.text.rstrip().endswith((".", ",", ";"))
        )
        ends = above.x1 < above.left + _HEADING * (above.right - above.left) or line.x0 - above.x0 > _INDENT * line.size
        return heading and ends and not line.text[:1].islower()
    short = line.x1 < line.left + _HEADING * (line.right - line.left)
    return line.italic and not above.italic and _is_finished(above) and short


def _is_next_item(first: Line, line: Line) -> bool:
    """Whether a line starts with the next letter of a list: a., b., c."""
    one, other = _LETTERED.match(first.text), _LETTERED.match(line.text)
    if not one or not other:
        return False
    return ord(other[1]) == ord(one[1]) + 1 and abs(line.x0 - first.x0) < _INDENT * line.size


def _place(line: Line) -> tuple[int, int]:
    return line.page, line.column


def _leading(lines: Sequence[Line]) -> dict[float, float]:
    """The commonest distance between baselines for each font size with several samples."""
    seen: dict[float, Counter[float]] = {}
    for above, below in pairwise(lines):
        gap = above.y - below.y
        if _place(above) == _place(below) and above.size == below.size and 0 < gap < 3 * above.size:
            seen.setdefault(above.size, Counter())[round(gap * 4) / 4] += 1
    commonest = {size: max(gaps, key=lambda gap: (gaps[gap], -gap)) for size, gaps in seen.items()}
    return {size: gap for size, gap in commonest.items() if seen[size][gap] >= _SEVERAL}


def _hanging(lines: Sequence[Line]) -> set[tuple[int, int]]:
    """The columns with hanging indents: first lines start further left than the rest.

    Paragraphs after a heading are ignored, because they start indented in both styles.
    """
    votes: Counter[tuple[int, int]] = Counter()
    for above, below in pairwise(lines):
        shift = (below.x0 - above.x0) / above.size
        alike = above.bold == below.bold and abs(above.size - below.size) <= _SAME_SIZE * above.size
        if alike and _place(above) == _place(below) and abs(shift) > _INDENT:
            votes[_place(above)] += 1 if _is_finished(above) == (shift < 0) else -1
    return {place for place, vote in votes.items() if vote > 0}


def _indented(lines: Sequence[Line]) -> bool:
    """Whether the file's paragraphs start indented, so that a line without an indent continues one."""
    after_short = [
        below.x0 - below.left > _INDENT * below.size
        for above, below in pairwise(lines)
        if _place(above) == _place(below) and above.size == below.size and _is_finished(above)
        if not _is_full(above, below)
    ]
    return len(after_short) >= _SEVERAL and sum(after_short) > _MOSTLY * len(after_short)


def _is_finished(line: Line) -> bool:
    return _FINISHED.search(line.text.rstrip()) is not None


def _parts_columns(above: Line, line: Line, indented: bool) -> bool:
    """Whether a paragraph ends at the end of a column or page."""
    if not _is_finished(above):
        return not (line.text[0].islower() or _is_full(above, line))
    goes_on = indented and _is_full(above, line) and line.x0 - line.left < _INDENT * line.size
    return not goes_on


def _turns(above: Line, line: Line, hanging: bool) -> bool:
    """Whether the left edge, or the end of the line above, shows a new paragraph."""
    inwards, finished = (line.x0 - above.x0) / line.size, _is_finished(above)
    if finished and line.lead and line.pieces[0].bold and not above.pieces[-1].bold and line.text[0].isupper():
        return True
    if not finished and line.text[0].islower() and _is_full(above, line):
        return False  # as below a large initial beside several lines
    if hanging and abs(inwards) > _INDENT:
        return inwards < 0
    if finished and (inwards > _INDENT or _ITEM.match(line.text)):
        return True
    if _is_full(above, line) or (_is_centred(above) and _is_centred(line)):
        return False
    return finished or above.x1 - above.left < _HALF * (above.right - above.left)


def _is_centred(line: Line) -> bool:
    before, after = line.x0 - line.left, line.right - line.x1
    return before > line.size and abs(before - after) < 2 * line.size


def _is_full(above: Line, line: Line) -> bool:
    """Whether the next line's first word would not have fitted here, allowing for a ragged edge."""
    word = line.text.split(maxsplit=1)[0]
    room = above.right - above.x1 - len(word) * _LETTER * line.size
    return room < _RAGGED * (above.right - above.left)
