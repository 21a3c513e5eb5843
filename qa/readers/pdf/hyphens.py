"""Join words that are broken at line ends of a PDF, using the other words of the same text.

PDFium does not tell a hyphen of a word from one at a line break. The spelling elsewhere in the text decides.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from qa.text.lines import collapse

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_BROKEN = re.compile(r"([^\W_]+)( ?)-$")
_FIRST = re.compile(r"[^\W_]+(-?)")
_LEAST = 3
_INNER = frozenset("a and as at by de for in of on or out per the to up".split())
"""Middle words of three-part compounds: "well-to-do", "time-at-liberty"."""

# Words that English often joins with a hyphen to the next word, or to the word before.
_BEFORE = frozenset(
    "all broad cross double full half high ill long low mid multi non one peer quasi self short single so three two "
    "four five six ten twenty thirty forty fifty sixty seventy eighty ninety well".split()
)
_AFTER = frozenset(
    "aged assisted associated axis based binding blind bound center centre checkpoint coated containing controlled "
    "day deficient dependent derived dose effectiveness enriched fed fold free generation group grown hour "
    "independent induced level like line linked mediated month negative old order out phase point positive producing "
    "reactive related resistant response reviewed rich scale sensitive shaped sized specific spectrum term "
    "threatening time treated type up week weighted wide year".split()
)


class Words:
    """The words of a text as written within its lines, used to judge hyphens at line ends."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._counts: Counter[str] = Counter()
        broken = False
        for raw in lines:
            line = collapse(raw)
            found = [word.lower() for word in _WORD.findall(line)]
            ends = line.endswith("-") and _BROKEN.search(line) is not None
            whole = found[1 if broken and line[:1].isalpha() else 0 : -1 if ends else None]
            self._counts.update(whole)
            self._counts.update(part for word in whole if "-" in word for part in word.split("-"))
            broken = ends

    def knows(self, word: str) -> bool:
        """Whether the text has the word elsewhere."""
        return self._counts[word.lower()] > 0

    def keeps_hyphen(self, left: str, right: str) -> bool:
        """Whether the hyphen at a line's end belongs to the word."""
        first, second = left.lower(), right.lower()
        hyphened, whole = self._counts[f"{first}-{second}"], self._counts[first + second]
        if hyphened or whole:
            return hyphened >= whole
        if len(first) == 1 or not (left[-1].islower() and right[0].islower()):
            return True
        if first in _BEFORE or (second in _AFTER and (len(first) >= _LEAST or left[0].isupper())):
            return True
        return min(len(first), len(second)) >= _LEAST and bool(self._counts[first] and self._counts[second])


def join(lines: Sequence[str], words: Words) -> tuple[str, list[int]]:
    """The lines of a paragraph as one line, and the offset in it at which each line starts."""
    text, starts = "", []
    for raw in lines:
        line = collapse(raw)
        broken = _BROKEN.search(text, max(0, len(text) - 40)) if text.endswith("-") else None
        following = _FIRST.match(line)
        if broken and following and broken[2]:  # a hyphen set apart is a dash, unless both parts are one word
            text = text[:-2] if words.knows(broken[1] + following[0].rstrip("-")) else text + " "
        elif broken and following:
            within = {broken[1].lower()} if text[: broken.start()].endswith("-") else set()
            within |= {following[0][:-1].lower()} if following[1] else set()
            if not (within & _INNER or words.keeps_hyphen(broken[1], following[0].rstrip("-"))):
                text = text[:-1]
        elif text and line and not text.endswith(("–", "/", "—")):
            text += " "
        starts.append(len(text))
        text += line
    return text, starts
