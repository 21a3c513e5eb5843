"""Find raised numbers that are citations by position alone: "toxic.<sup>12</sup>", but not "kg/m<sup>2</sup>"."""

import re

_NUMBERS = re.compile(r"\d{1,3}(?:\s*[,;‐‑‒–—−-]\s*\d{1,3})*")
_LETTERS = re.compile(r"[^\W\d_]+$")
_BASE = re.compile(r"(?<![\d.,])\d+$")
_PHRASE_IN_BRACKETS = re.compile(r"[a-z]{4}[^()\[\]]*[)\]]$")
_STOPS = frozenset(".,;:!?”\"’'")
_DASHES = frozenset("-‐‑–—−/·⋅*×")

_WORD_LENGTH = 4
"""Shorter words before a raised number are symbols, units and residues: m², χ², log², Ser⁴⁷³."""

# Longer words that can be squared and cubed.
_UNITS = frozenset("meter meters metre metres inch inches foot feet mile miles pixel pixels voxel voxels".split())


def is_number(text: str) -> bool:
    """Whether a raised text is a number, or several: "12", "3, 4", "5–7"."""
    return _NUMBERS.fullmatch(text.strip()) is not None


def is_citation(before: str, raised: str, after: str, most: int | None = None) -> bool:
    """Whether a raised number is a citation, judged by the texts before and after it.

    ``most`` is the number of references, if known. A possible exponent, power of a unit, isotope or residue is no
    citation.

    >>> is_citation("was toxic.", "12", " The"), is_citation("of 25 kg/m", "2", " and"), is_citation("of ", "14", "C")
    (True, False, False)
    """
    if not is_number(raised) or not before or after[:1].isalpha():
        return False
    numbers = [int(number) for number in re.findall(r"\d+", raised)]
    if not all(0 < number <= (most or 999) for number in numbers):
        return False
    last, several = before[-1], len(numbers) > 1
    if last == " ":
        return before.rstrip()[-1:] in _STOPS
    if last.isdigit():
        return _cites_after_number(before, several)
    if last in ")]":
        return _PHRASE_IN_BRACKETS.search(before) is not None
    return last in _STOPS or (last.isalpha() and _cites_after_word(before, several))


def _cites_after_number(before: str, several: bool) -> bool:
    """Whether it cites after a number. 10 is a base, and so is any one-digit number before a single exponent."""
    base = _BASE.search(before)
    return base is not None and base[0] != "10" and (several or len(base[0]) > 1)


def _cites_after_word(before: str, several: bool) -> bool:
    letters = _LETTERS.search(before)
    word = letters[0] if letters else ""
    joined = before[-len(word) - 1 : -len(word)] in _DASHES
    long = len(word) >= _WORD_LENGTH and word[-_WORD_LENGTH + 1 :].islower()
    return (several and len(word) > 1) or (long and not joined and word.lower() not in _UNITS)
