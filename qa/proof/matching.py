"""Whether a quote is in the independently extracted words of a file, regardless of line breaks and typography."""

import re
import unicodedata
from functools import lru_cache
from typing import Literal

FORMULA = "\ufffc"
"""The character that stands for a formula."""

Match = Literal["there", "in two", "scripts", "formula", "missing"]
"""How a quote was found: whole; in two pieces, as over a column's end; except for raised or lowered characters; except
for a formula; or not at all."""

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
"""Variants of dashes, of PDFium's mark for a hyphen at a line's end, and of quotation marks, to one sign each."""
_IDLE = re.compile(r"[\s|\u200b]+|(?<!\d)\.|\.(?!\d)")
"""White space, cell separators, and stops that are not in a number: readers may add or drop them."""
_MARKS = re.compile(r"[\^_]")
_SURE = 12
"""Characters of a quote's beginning or end that are enough to recognise it."""


def match(quote: str, words: str) -> Match:
    """How a quote stands in the words of a file, which mark raised text as ``^{…}`` and lowered text as ``_{…}``."""
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
    """The text with ``^`` before each raised and ``_`` before each lowered character, without what does not count."""
    marked = "".join(map(_script_marked, text)) if not text.isascii() else text
    marked = _RAISED.sub(lambda run: _each("^", run[1] or run[2] or ""), marked.translate(_TYPE))
    marked = _LOWERED.sub(lambda run: _each("_", run[1]), marked)
    return _LETTER_HYPHEN.sub("", _IDLE.sub("", unicodedata.normalize("NFKC", marked)))


@lru_cache(maxsize=4096)
def _script_marked(character: str) -> str:
    """A Unicode superscript or subscript character as its plain characters in a mark; others as they are."""
    kind, _, codes = unicodedata.decomposition(character).partition(" ")
    mark = {"<super>": "^", "<sub>": "_"}.get(kind)
    return f"{mark}{{{''.join(chr(int(code, 16)) for code in codes.split())}}}" if mark else character


def _each(mark: str, run: str) -> str:
    return "".join(mark + character for character in run if not character.isspace())


def _pattern(quote: str, *, flat: bool = False) -> re.Pattern[str]:
    """A pattern for the quote. Its reference marks may be in brackets or raised, as readers turn one into the other.

    ``flat`` ignores what is raised or lowered.
    """
    folded = map(_folded, _REFERENCE_MARK.split(quote))
    parts = [re.escape(_MARKS.sub("", part) if flat else part) for part in folded]
    marks = [_mark_pattern(mark) for mark in _REFERENCE_MARK.findall(quote)]
    return re.compile("".join(part + mark for part, mark in zip(parts, [*marks, ""], strict=True)))


def _mark_pattern(mark: str) -> str:
    within = "".join(rf"\^?{re.escape(character)}" for character in _folded(mark[1:-1]))
    return rf"\^?\[?{within}\^?\]?"


def _beside(bare: str, flat: str, formula: int) -> bool:
    """Whether the beginning of the quote stands directly before a formula, or its end directly after."""
    start = flat.rfind(bare[:_SURE], max(0, formula - len(bare)), formula)
    if start >= 0 and bare.startswith(flat[start:formula]):
        return True
    end = flat.find(bare[-_SURE:], formula + 1, formula + 1 + len(bare))
    return end >= 0 and bare.endswith(flat[formula + 1 : end + _SURE])


def _in_two(bare: str, flat: str) -> bool:
    """Whether the longest beginning that is found and the rest both stand in the text, each long enough."""
    low, high = 0, len(bare)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if bare[:middle] in flat else (low, middle - 1)
    return min(low, len(bare) - low) >= _SURE and bare[low:] in flat
