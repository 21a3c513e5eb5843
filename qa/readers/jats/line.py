"""A line of text that grows piece by piece, with the citations within it.

White space is collapsed as the line grows, so that citation offsets hold in the final text.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from qa.records import Mention, Reference
from qa.text.lines import collapse

Mark = tuple[int, int]
"""A position in a line: how many parts and how many characters come before it."""

Start = tuple[Mark, bool]
"""A position in a line, and whether a space was still to be written there."""

_NUMBER = re.compile(r"[\[(]?(\d{1,6})[\])]?")
_WIDEST_RANGE = 100  # the text must not become many times larger than the file
_DASH = re.compile(r"[\])]?\s*[-‐‑‒–—−]\s*[\[(]?")
_BETWEEN_MARKS = re.compile(r"\s*[,;‐‑‒–—−-]\s*")
_BRACKETS = "([{"
_LOOK_BACK = 200
"""How many characters back from the line's end an opening bracket is looked for."""


@dataclass(frozen=True, slots=True)
class Bibliography:
    """An article's references in order, and the index of the reference for each XML id."""

    references: tuple[Reference, ...] = ()
    places: Mapping[str, int] = field(default_factory=dict)
    raised: bool = False
    """Whether the article cites by raised numbers. If so, a raised number without a link may be a citation."""

    def cited(self, rids: str) -> list[int]:
        """The indices of the references with these ids (separated by spaces). Unknown ids are left out."""
        return [self.places[rid] for rid in rids.split() if rid in self.places]


class Line:
    """Text that collapses its white space as it grows."""

    def __init__(self, known: Bibliography) -> None:
        self.mentions: list[Mention] = []
        self.known = known
        self._parts: list[str] = []
        self._length = 0
        self._space = False
        self._last: tuple[Mark, Mark, int] | None = None
        self._opened: list[int] = []
        self._closed: int | None = None

    @property
    def text(self) -> str:
        """The text that was added, collapsed as by ``collapse``."""
        return "".join(self._parts)

    def end(self) -> str:
        """The last characters of the line, with any space still to be written."""
        end = ""
        for part in reversed(self._parts):
            end = part + end
            if len(end) >= _LOOK_BACK:
                break
        return end[-_LOOK_BACK:] + (" " if self._space else "")

    def add(self, text: str) -> None:
        """Append text. White space at its ends merges with adjacent white space into one space."""
        inner = collapse(f"|{text}|")[1:-1]  # the bars keep the spaces at the ends
        words = inner.strip()
        if words:
            self._append((" " if self._parts and (self._space or inner[0] == " ") else "") + words)
        self._space = inner.endswith(" ") if words else self._space or bool(inner)

    def _append(self, part: str) -> None:
        self._parts.append(part)
        self._length += len(part)

    def mark(self) -> Mark:
        """The current end of the line."""
        return len(self._parts), self._length

    # ------------------------------------------------------------ superscripts and subscripts

    def start(self) -> Start:
        """Where a superscript or subscript starts."""
        return self.mark(), self._space

    def script(self, start: Start, scripted: Callable[[str], str]) -> None:
        """Make what was added since ``start`` a superscript or subscript, without white space before it."""
        (parts, length), spaced = start
        words = self._since((parts, length), self.mark())
        if words:
            del self._parts[parts:]
            self._length = length
            self._append((" " if spaced and words[0] == " " else "") + scripted(words.strip()))

    # ------------------------------------------------------------ reference marks

    def open_mark(self) -> None:
        """Begin a reference mark with "[", separate from the word before it, or continue one that has just ended."""
        if self.ends_in_mark(_BETWEEN_MARKS) and self._closed is not None:
            self._parts[self._closed] = ""
            self._length -= 1
            self._opened.append(-1)
        else:
            before = self.end()[-1:]
            self._opened.append(len(self._parts))
            self._append(" [" if before and before not in _BRACKETS else "[")
        self._space = False

    def close_mark(self) -> None:
        """End a reference mark; an empty one is removed."""
        opened = self._opened.pop()
        if opened == len(self._parts) - 1:
            self._length -= len(self._parts.pop())
            return
        self._space = False
        self._closed = len(self._parts)
        self._append("]")

    def ends_in_mark(self, followed_by: re.Pattern[str]) -> bool:
        """Whether the line ends in a reference mark and then text that matches ``followed_by``."""
        if self._closed is None or self._closed >= len(self._parts):
            return False
        tail = "".join(self._parts[self._closed + 1 :]) + (" " if self._space else "")
        return followed_by.fullmatch(tail) is not None

    # ------------------------------------------------------------ citations

    def just_cited(self) -> bool:
        """Whether a citing number ends exactly here, so that another number would run into it."""
        return self._last is not None and self._last[1] == self.mark() and self.end()[-1:].isdigit()

    def cite(self, start: Mark, rids: str) -> None:
        """Record that what was added since ``start`` cites the references with these ids."""
        end, places = self.mark(), self.known.cited(rids)
        if len(self._parts) > start[0] and self._parts[start[0]].startswith(" "):
            start = start[0], start[1] + 1
        if places:
            self._cite_between(start, places[0])
            self._mention(start, end, places)
            self._last = start, end, places[-1]

    def _cite_between(self, start: Mark, place: int) -> None:
        """In "[3]–[7]", let the whole range cite the references between too, if the numbers agree with the list.

        Call before the mention of the second number is added; its marker starts at ``start``.
        """
        if self._last is None:
            return
        first, end, previous = self._last
        numbers = [_NUMBER.fullmatch(self._since(*span).strip()) for span in ((first, end), (start, self.mark()))]
        if all(numbers) and _DASH.fullmatch(self._since(end, start).strip()):
            low, high = (int(number[1]) for number in numbers if number)
            if high - low == place - previous <= _WIDEST_RANGE:
                self._mention(first, self.mark(), range(previous + 1, place))

    def _since(self, start: Mark, end: Mark) -> str:
        return "".join(self._parts[start[0] : end[0]])

    def _mention(self, start: Mark, end: Mark, places: Sequence[int]) -> None:
        self.mentions += [Mention(start[1], end[1], self.known.references[place].id) for place in places]
