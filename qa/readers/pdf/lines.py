"""Join the pieces of a PDF's page into lines: one baseline of one column, with its scripts and marks.

File order is followed as long as it moves to the right. A raised or lowered piece belongs to the line that it touches.
Units are points; y grows upwards.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter

from qa.readers.pdf.characters import Piece

_WIDE = 1.1
"""The widest space that surely separates words, in font sizes."""
_BACK = 0.6
SAME_BASELINE = 0.3
_SHIFTED, _LONGEST_SHIFTED = 0.5, 4
"""How far a short script in full size may be from its line's baseline. No other line of text is that near."""
_HIGHEST, _LOWEST = 0.75, 0.45
"""How far a smaller piece may be above or below its line's baseline, as a share of the line's size."""
_DEEPEST = 2.1
SMALLER = 0.88
SPACE = 0.2
_DROP = 1.6
_LONGEST_SCRIPT = 12


_size = attrgetter("size")


@dataclass(slots=True)
class Line:
    """A line of one column: its text and place, and the size and weight of most of it.

    ``left`` and ``right`` are the edges of its column; ``column`` identifies the column in the file.
    """

    text: str
    x0: float
    x1: float
    y: float
    size: float
    bold: bool = False
    italic: bool = False
    page: int = 1
    left: float = 0.0
    right: float = 0.0
    column: int = 0
    pieces: Sequence[Piece] = ()
    lead: int = 0
    """How many characters at its start stand out by weight or slant; 0 if all or none do."""
    marked: bool = False
    """Whether raised numbers in its file cite references."""


def lines_of(pieces: Iterable[Piece], page: int) -> list[Line]:
    """The lines of a page in file order. Their texts are still empty (``set_texts``)."""
    groups = _with_orphans(list(_groups(pieces)))
    return [line_of(sorted(group, key=lambda piece: piece.x0), page) for group in groups]


# ---------------------------------------------------------------- which pieces are of one line


def _groups(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    group: list[Piece] = []
    reached = 0.0
    for piece in pieces:
        if group and not _goes_on(group, piece, reached):
            yield group
            group = []
        reached = max(reached, piece.x1) if group else piece.x1
        group.append(piece)
    if group:
        yield group


def _goes_on(group: Sequence[Piece], piece: Piece, reached: float) -> bool:
    """Whether a piece is on the line of a group and near its end."""
    base = max(group[-6:], key=_size)
    size = max(base.size, piece.size)
    back = piece.x0 - reached >= -_BACK * size or piece.x0 > group[-1].x0
    return back and piece.x0 - reached <= _WIDE * size and _on_line(base, piece)


def _on_line(one: Piece, other: Piece) -> bool:
    """Whether two pieces share a baseline, or the smaller one is a script of the larger."""
    base, small = (one, other) if one.size >= other.size else (other, one)
    above = (small.y - base.y) / base.size
    if small.size > SMALLER * base.size:
        shifted = min(len(one.text), len(other.text)) <= _LONGEST_SHIFTED
        return abs(above) <= (_SHIFTED if shifted else SAME_BASELINE)
    return base.size < _DEEPEST * small.size and -_LOWEST <= above <= _HIGHEST


def _with_orphans(groups: list[list[Piece]]) -> list[list[Piece]]:
    """The groups, with scripts and large initials from elsewhere in the file moved into the lines they touch."""
    sizes: Counter[float] = Counter()
    for group in groups:
        for piece in group:
            sizes[piece.size] += len(piece.text)
    usual = max(sizes, key=lambda size: (sizes[size], size), default=0.0)
    kept: list[list[Piece]] = []
    orphans: list[list[Piece]] = []
    for group in groups:
        short = sum(len(piece.text) for piece in group) <= _LONGEST_SCRIPT
        (orphans if short and max(piece.size for piece in group) < SMALLER * usual else kept).append(group)
    hosts = [(group, max(group, key=lambda piece: piece.size)) for group in kept]
    lost = [orphan for orphan in orphans if not _adopted(orphan, hosts)]
    order = {id(group): number for number, group in enumerate(groups)}
    return _with_initials(sorted([*kept, *lost], key=lambda group: order[id(group)]))


def _adopted(orphan: list[Piece], hosts: Sequence[tuple[list[Piece], Piece]]) -> bool:
    """Whether a small group touches a line and was added to it."""
    first, last = orphan[0], orphan[-1]
    for group, base in hosts:
        if first.size < SMALLER * base.size and _on_line(base, first):
            touches = any(
                abs(first.x0 - piece.x1) < SPACE * base.size or abs(piece.x0 - last.x1) < SPACE * base.size
                for piece in group
            )
            if touches:
                first.spaced = False
                group.extend(orphan)
                return True
    return False


def _with_initials(groups: list[list[Piece]]) -> list[list[Piece]]:
    """The groups, with each large initial moved to the start of the first line beside it."""
    for number, group in enumerate(groups):
        if len(group) == 1 and len(group[0].text) == 1 and group[0].text.isalpha():
            initial = group[0]
            for beside in groups:
                first = beside[0]
                near = -0.2 * first.size <= first.x0 - initial.x1 <= first.size
                high = (
                    first.y < initial.y + initial.size and first.y + 1.3 * first.size > initial.y + 0.55 * initial.size
                )
                if near and high and initial.size > _DROP * first.size and first.text[:1].isalpha():
                    first.text, first.x0, first.spaced = initial.text + first.text, initial.x0, True
                    return _with_initials(groups[:number] + groups[number + 1 :])
    return groups


def line_of(pieces: Sequence[Piece], page: int) -> Line:
    """A line with the size and baseline of most of its text."""
    weights: Counter[tuple[float, float]] = Counter()
    for piece in pieces:
        weights[piece.size, piece.y] += len(piece.text)
    size, y = max(weights, key=lambda key: (weights[key], key))
    most = 0.9 * sum(weights.values())
    bold = sum(len(piece.text) for piece in pieces if piece.bold) > most
    italic = sum(len(piece.text) for piece in pieces if piece.italic) > most
    x0, x1 = min(piece.x0 for piece in pieces), max(piece.x1 for piece in pieces)
    return Line("", x0, x1, y, size, bold, italic, page, pieces=pieces)


# ---------------------------------------------------------------- texts, with scripts and marks
