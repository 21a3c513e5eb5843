"""Split a table's words into text rows (by baseline) and columns (by rivers).

A river is a vertical strip that no word of the table's body crosses. Units are points; y grows upwards.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from qa.readers.pdf.characters import Piece
from qa.readers.pdf.line_texts import part_of
from qa.readers.pdf.lines import Line

_SAME_BASELINE = 0.3
_RAISED = 0.5
_TOUCHING = 0.2
"""How far a touching text may be raised, such as an exponent in full size."""
_SPACE = 0.25
"""The narrowest space between two words, as a share of the font size, like every width here."""
_RIVER, _SHORT_RIVER = 0.4, 0.9
"""The narrowest river. Spaces between words are a quarter to a third; in few rows, they may line up by chance."""
_FEW_ROWS = 2
_WIDE = 0.6
"""A space that separates two texts, unless something says that they are one."""
_TORN = 1.2
"""A space so wide that there must be two cells."""
_LONG_LABELS = 0.12
"""The share of rows whose label may extend over further columns, such as "Total"."""

Word = list[Piece]
Extent = tuple[float, float]


class NotUnderstood(Exception):
    """Raised if a table's text does not clearly fall into cells; says why."""


@dataclass(slots=True)
class TextRow:
    """The words on one baseline of a table, and its text by column, or across several columns.

    ``reach`` is the last column that its first text covers.
    """

    y: float
    size: float
    words: list[Word]
    source: Line
    parts: dict[int, Line] = field(default_factory=dict)
    across: Line | None = None
    reach: int = 0

    @property
    def x0(self) -> float:
        return self.words[0][0].x0

    @property
    def x1(self) -> float:
        return self.words[-1][-1].x1

    def fragments(self) -> list[list[Word]]:
        """Runs of words without a wide space between them."""
        runs = [[self.words[0]]]
        for before, word in pairwise(self.words):
            if word[0].x0 - before[-1].x1 > _WIDE * self.size:
                runs.append([])
            runs[-1].append(word)
        return runs

    def line(self, words: Sequence[Word]) -> Line:
        """Some of its words as a line."""
        return part_of(self.source, [piece for word in words for piece in word])


def text_rows(lines: Sequence[Line]) -> list[TextRow]:
    """The lines of a table grouped by baseline, from the top; words from the left."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: -line.y):
        if rows and any(_on_one_baseline(other, line) for other in rows[-1]):
            rows[-1].append(line)
        else:
            rows.append([line])
    found = []
    for row in rows:
        words = sorted((word for line in row for word in _words(line)), key=lambda word: word[0].x0)
        longest = max(row, key=lambda line: len(line.text))
        found.append(TextRow(longest.y, longest.size, words, longest))
    return found


def _on_one_baseline(one: Line, other: Line) -> bool:
    size = min(one.size, other.size)
    touching = min(abs(one.x0 - other.x1), abs(other.x0 - one.x1)) <= _TOUCHING * size
    return abs(one.y - other.y) <= (_RAISED if touching else _SAME_BASELINE) * size


def _words(line: Line) -> Iterator[Word]:
    word: Word = []
    for piece in line.pieces:
        if word and (piece.x0 - word[-1].x1 > _SPACE * line.size or (piece.spaced and piece.x0 > word[-1].x1)):
            yield word
            word = []
        word.append(piece)
    if word:
        yield word


# ---------------------------------------------------------------- columns


@dataclass(frozen=True, slots=True)
class Columns:
    """A table's columns: the x positions that separate them, and the extent of the body's text in each."""

    borders: tuple[float, ...]
    extents: tuple[Extent, ...]

    def __len__(self) -> int:
        return len(self.extents)

    def at(self, x: float) -> int:
        """The column at a place."""
        return sum(border < x for border in self.borders)

    def with_more(self, texts: Sequence[Sequence[Word]], least: float) -> "Columns":
        """The columns, plus new ones for texts in a river, apart from all columns."""
        stretches = [(text[0][0].x0, text[-1][-1].x1) for text in texts]
        apart = [
            (x0, x1)
            for x0, x1 in stretches
            if all(x1 + least <= left or right + least <= x0 for left, right in self.extents)
        ]
        return _of_extents(_joined(sorted([*self.extents, *apart]), 0.0))

    def without(self, column: int) -> "Columns":
        """The columns, with one joined to its nearer neighbour."""
        gaps = [other[0] - one[1] for one, other in pairwise(self.extents)]
        near = min((at for at in (column - 1, column) if 0 <= at < len(gaps)), key=lambda at: gaps[at])
        joined = self.extents[near][0], self.extents[near + 1][1]
        return Columns(
            (*self.borders[:near], *self.borders[near + 1 :]), (*self.extents[:near], joined, *self.extents[near + 2 :])
        )


def columns_of(rows: Sequence[TextRow], heads: TextRow) -> Columns:
    """The columns between rivers in the rows. Empty columns need a head in ``heads``, the lowest head row.

    Rows of one text (such as group heads) may cross rivers, and so may the labels of a few rows.
    """
    several = [row for row in rows if len(row.fragments()) > 1]
    if not several:
        raise NotUnderstood("no rows of several cells")
    found = _parted([row.fragments() for row in several], several)
    longest = sorted(several, key=lambda row: -row.fragments()[0][-1][-1].x1)
    for count in range(1, int(_LONG_LABELS * len(several)) + 1):
        labelled = {id(row) for row in longest[:count]}
        runs = [row.fragments()[1:] if id(row) in labelled else row.fragments() for row in several]
        more = _parted(runs, several)
        if len(more) > len(found):
            found = more
            break
    size = median(row.size for row in several)
    lone = [row.fragments()[0] for row in rows if len(row.fragments()) == 1]
    return found.with_more([*lone, *heads.fragments()], _RIVER * size)


def _parted(runs: Sequence[Sequence[Sequence[Word]]], rows: Sequence[TextRow]) -> Columns:
    size = median(row.size for row in rows)
    least = (_RIVER if len(rows) > _FEW_ROWS else _SHORT_RIVER) * size
    words = sorted((word[0].x0, word[-1].x1) for run in runs for fragment in run for word in fragment)
    return _of_extents(_joined(words, least))


def _joined(stretches: Sequence[Extent], least: float) -> list[Extent]:
    """Sorted stretches, joined if they are nearer than the least distance."""
    extents = [stretches[0]]
    for x0, x1 in stretches[1:]:
        if x0 - extents[-1][1] >= least:
            extents.append((x0, x1))
        else:
            extents[-1] = (extents[-1][0], max(extents[-1][1], x1))
    return extents


def _of_extents(extents: Sequence[Extent]) -> Columns:
    return Columns(tuple((one[1] + other[0]) / 2 for one, other in pairwise(extents)), tuple(extents))


def place_in_columns(rows: Sequence[TextRow], columns: Columns) -> None:
    """Set each row's texts by column, or its one text across several columns. Raises NotUnderstood."""
    for row in rows:
        row.parts, row.across, row.reach = {}, None, 0
        first, *others = row.fragments()
        start, end = columns.at(first[0][0].x0), columns.at(first[-1][-1].x1)
        if end > start and not others:
            row.across = row.line(row.words)
            continue
        words = row.words
        if end > start == 0 and columns.at(others[0][0][0].x0) > end and _crosses(first, columns):
            row.parts[0], row.reach = row.line(first), end
            words = [word for fragment in others for word in fragment]
        if _crosses(words, columns):
            raise NotUnderstood("a word crosses columns")
        for number in range(len(columns)):
            own = [word for word in words if columns.at((word[0].x0 + word[-1].x1) / 2) == number]
            if any(word[0].x0 - before[-1].x1 > _TORN * row.size for before, word in pairwise(own)):
                raise NotUnderstood(f"two texts in one column: {row.line(own).text!r}")
            if own:
                row.parts[number] = row.line(own)


def _crosses(words: Sequence[Word], columns: Columns) -> bool:
    return any(columns.at(word[0].x0) != columns.at(word[-1].x1) for word in words)
