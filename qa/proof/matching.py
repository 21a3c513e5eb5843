"""Whether a quote is among the words of a file that were had by another way, whatever its lines and type."""

import re
import unicodedata
from functools import lru_cache
from typing import Literal

FORMULA = "\ufffc"
"""What stands for a formula."""

Match = Literal["there", "in two", "scripts", "formula", "missing"]
"""There; there in two pieces, as over a column's end; there, but for what is raised or lowered; but for a formula."""

_REFERENCE_MARK = re.compile(r"\[\d[\d,;\s\u2013-]*\]")
_RAISED = re.compile(r"\^\{([^{}]*)\}|\^([+-]?\d+)\^?")
_LOWERED = re.compile(r"_\{([^{}]*)\}")
_LETTER_HYPHEN = re.compile(r"(?<=[^\W\d_])-(?=[^\W\d_])")
_TYPE = str.maketrans(
    {
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212\u00ad\ufffe\x02", "-"),
        **dict.fromkeys("\u2018\u2019\u02bc", "'"),
        **dict.fromkeys("\u201c\u201d", '"'),
    }
)
"""Dashes, a hyphen at a line's end as PDFium marks it, and quotation marks are set in many ways."""
_IDLE = re.compile(r"[\s|\u200b]+|(?<!\d)\.|\.(?!\d)")
"""White space, what parts cells, and stops that are not a number's: readers put them in and leave them out."""
_MARKS = re.compile(r"[\^_]")
_SURE = 12
"""Characters of a quote's beginning or end by which it is known."""


def match(quote: str, words: str) -> Match:
    """How a quote stands in the words of a file, where raised is ``^{…}`` and lowered ``_{…}``."""
    text = _folded(words)
    if _pattern(quote).search(text):
        return "there"
    bare, flat = _MARKS.sub("", _folded(quote)), _MARKS.sub("", text)
    if _pattern(quote, flat=True).search(flat):
        return "scripts"
    if any(_beside(bare, flat, formula.start()) for formula in re.finditer(FORMULA, flat)):
        return "formula"
    return "in two" if _in_two(bare, flat) else "missing"


def _folded(text: str) -> str:
    """The text with each raised character after ``^`` and each lowered one after ``_``, without what is idle."""
    marked = "".join(map(_script_marked, text)) if not text.isascii() else text
    marked = _RAISED.sub(lambda run: _each("^", run[1] or run[2] or ""), marked.translate(_TYPE))
    marked = _LOWERED.sub(lambda run: _each("_", run[1]), marked)
    return _LETTER_HYPHEN.sub("", _IDLE.sub("", unicodedata.normalize("NFKC", marked)))


@lru_cache(maxsize=4096)
def _script_marked(character: str) -> str:
    """A character of Unicode that is raised or lowered by itself, as the mark and what it is on the line."""
    kind, _, codes = unicodedata.decomposition(character).partition(" ")
    mark = {"<super>": "^", "<sub>": "_"}.get(kind)
    return f"{mark}{{{''.join(chr(int(code, 16)) for code in codes.split())}}}" if mark else character


def _each(mark: str, run: str) -> str:
    return "".join(mark + character for character in run if not character.isspace())


def _pattern(quote: str, *, flat: bool = False) -> re.Pattern[str]:
    """The quote, with its reference marks in brackets or raised, which readers make of one another.

    ``flat`` is without regard to what is raised or lowered.
    """
    folded = map(_folded, _REFERENCE_MARK.split(quote))
    parts = [re.escape(_MARKS.sub("", part) if flat else part) for part in folded]
    marks = [_mark_pattern(mark) for mark in _REFERENCE_MARK.findall(quote)]
    return re.compile("".join(part + mark for part, mark in zip(parts, [*marks, ""], strict=True)))


def _mark_pattern(mark: str) -> str:
    within = "".join(rf"\^?{re.escape(character)}" for character in _folded(mark[1:-1]))
    return rf"\^?\[?{within}\^?\]?"


def _beside(bare: str, flat: str, formula: int) -> bool:
    """Whether the quote's words stand directly before a formula from its beginning, or after it to its end."""
    start = flat.rfind(bare[:_SURE], max(0, formula - len(bare)), formula)
    if start >= 0 and bare.startswith(flat[start:formula]):
        return True
    end = flat.find(bare[-_SURE:], formula + 1, formula + 1 + len(bare))
    return end >= 0 and bare.endswith(flat[formula + 1 : end + _SURE])


def _in_two(bare: str, flat: str) -> bool:
    """Whether the longest beginning that is there is followed, elsewhere, by the rest."""
    low, high = 0, len(bare)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if bare[:middle] in flat else (low, middle - 1)
    return min(low, len(bare) - low) >= _SURE and bare[low:] in flat
