"""Locate a quote among the characters of a page, by its letters and digits alone.

Two programs that read the same page may differ in white space, hyphens at line ends, ligatures, accents, case, and the
order of lines. They do not differ in the letters and digits within lines.
"""

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile

from qa.pages.records import Wanted

LONE = 20
"""A quote with this many letters that occurs once on a page is not taken for parts of other words."""
NEAR = 10
"""How many letters around a quote must agree if it occurs several times."""
LINE = 8
"""The least letters of a line that may be anywhere on the page, if a quote's lines are not consecutive."""
MAX_STEPS = 50_000
"""The most lines tried before giving up."""

Run = tuple[int, int]
"""A half-open range of a page's characters, in the page's order."""


@dataclass(frozen=True, slots=True)
class Line:
    """A range of a page's characters on one line of one column, and its box, y downwards."""

    start: int
    end: int
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Letters:
    """The folded letters and digits of a text, each with the index of its character."""

    folded: str
    places: Sequence[int]


def letters_of(text: str) -> Letters:
    """The letters and digits of the text, without case, accents and ligatures."""
    found = [
        (letter, place)
        for place, character in enumerate(text)
        if character.isalnum()
        for letter in unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold())
        if letter.isalnum()
    ]
    return Letters("".join(letter for letter, _ in found), [place for _, place in found])


def place(wanted: Wanted, page: str, lines: Callable[[], Sequence[Line]]) -> list[Run]:
    """The place of the quote among the page's characters, in page order; empty unless it is certain.

    If there are several, the text before and after the quote decides. ``lines`` gives the page's lines, each in one
    column. It is called only if the quote is not in one piece.
    """
    quote, before, after = (letters_of(text).folded for text in (wanted.quote, wanted.before, wanted.after))
    letters = letters_of(page)
    if not quote:
        return []
    starts = list(_starts(quote, letters.folded))
    if starts:
        runs = [_run(letters, start, start + len(quote)) for start in starts]
        if len(runs) == 1 and (len(quote) >= LONE or _is_of_whole_words(runs[0], page)):
            return runs
        chosen = _between(starts, len(quote), before, after, letters.folded)
        return [] if chosen is None else [runs[chosen]]
    return _by_lines(quote, page, lines())


def _starts(quote: str, page: str) -> Iterator[int]:
    at = page.find(quote)
    while at >= 0:
        yield at
        at = page.find(quote, at + 1)


def _between(starts: Sequence[int], length: int, before: str, after: str, page: str) -> int | None:
    """The place whose surroundings agree best, if one is best and agrees well enough."""
    scores = [
        _agreeing(before[::-1], page[:start][::-1]) + _agreeing(after, page[start + length :]) for start in starts
    ]
    best = max(scores)
    return scores.index(best) if best >= NEAR and scores.count(best) == 1 else None


def _agreeing(one: str, other: str) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _is_of_whole_words(run: Run, page: str) -> bool:
    return not any(character.isalnum() for character in (page[: run[0]][-1:] + page[run[1] :][:1]))


def _run(letters: Letters, start: int, end: int) -> Run:
    return letters.places[start], letters.places[end - 1] + 1


# ---------------------------------------------------------------- line by line


def _by_lines(quote: str, page: str, lines: Sequence[Line]) -> list[Run]:
    """The quote as the end of a line, whole lines and the start of a line, anywhere on the page.

    This finds quotes in columns drawn row by row, and sentences with a picture, a note or a running head between lines.
    Only if there is exactly one way.
    """
    ways = _Ways(quote, page, lines)
    found = list(islice(ways.all(), 2))
    return found[0] if len(found) == 1 and ways.steps <= MAX_STEPS else []


class _Ways:
    """The ways in which lines make up a quote. Lines with few letters count only next to the line above or below."""

    def __init__(self, quote: str, page: str, lines: Sequence[Line]) -> None:
        self._quote = quote
        self._letters = [letters_of(page[line.start : line.end]) for line in lines]
        self._starts = [line.start for line in lines]
        self._below = [_below(line, lines) for line in lines]
        self.steps = 0

    def all(self) -> Iterator[list[Run]]:
        for number, letters in enumerate(self._letters):
            for length in range(min(len(letters.folded), len(self._quote)), 0, -1):
                if letters.folded.endswith(self._quote[:length]):
                    yield from self._after([(number, length)])

    def _after(self, way: list[tuple[int, int]]) -> Iterator[list[Run]]:
        rest = self._quote[sum(length for _, length in way) :]
        if not rest:
            yield self._runs(way)
            return
        above, reached = way[-1]
        for number, letters in enumerate(self._letters):
            self.steps += 1
            length = min(len(rest), len(letters.folded))
            sure = min(reached, length) >= LINE or self._below[above] == number
            if self.steps <= MAX_STEPS and length and sure and letters.folded[:length] == rest[:length]:
                yield from self._after([*way, (number, length)])

    def _runs(self, way: Sequence[tuple[int, int]]) -> list[Run]:
        (first, length), *others = way
        whole = len(self._letters[first].folded)
        cut = [(first, whole - length, whole), *((number, 0, length) for number, length in others)]
        runs = [(number, _run(self._letters[number], start, end)) for number, start, end in cut]
        return [(start + self._starts[number], end + self._starts[number]) for number, (start, end) in runs]


def _below(line: Line, lines: Sequence[Line]) -> int | None:
    """The next line below in the same column; None for the last."""
    lower = [
        (other.top, number)
        for number, other in enumerate(lines)
        if other.top >= (line.top + line.bottom) / 2 and other.left < line.right and line.left < other.right
    ]
    return min(lower, default=(0, None))[1]
