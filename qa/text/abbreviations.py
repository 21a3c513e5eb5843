"""Abbreviations that a text defines itself: "tumor microenvironment (TME)", "PDCD1 (programmed cell death 1)".

After Schwartz and Hearst, "A Simple Algorithm for Identifying Abbreviation Definitions in Biomedical Text",
PSB 2003: the letters of the short form are searched for in the words beside it, from the right; the first letter
must start a word.
"""

import re
from collections.abc import Iterator

_BRACKETS = re.compile(r"[(\[]([^()\[\]]{2,120})[)\]]")
_BEFORE = re.compile(r"[^.;:()\[\]\n]*$")
_SHORT = re.compile(r"[^\W_][\w/\-\u2010\u2011+α-ω]{1,9}")
_LOOK_BACK = 160
"""A long form is searched for in this many characters before a bracket."""


def abbreviations(text: str) -> dict[str, str]:
    """Short form to long form, for every abbreviation that the text defines. The first definition counts.

    >>> abbreviations("the tumor microenvironment (TME), and PDCD1 (programmed cell death 1)")
    {'TME': 'tumor microenvironment', 'PDCD1': 'programmed cell death 1'}
    """
    found: dict[str, str] = {}
    for short, long in _definitions(text):
        found.setdefault(short, long)
    return found


def _definitions(text: str) -> Iterator[tuple[str, str]]:
    for match in _BRACKETS.finditer(text):
        inside = re.split(r"[,;]", " ".join(match.group(1).split()))[0].strip()
        near = _BEFORE.search(text[max(0, match.start() - _LOOK_BACK) : match.start()])
        before = near.group().split() if near else []
        if not before:
            continue
        if _is_short(inside):  # long form (short form)
            words = before[-min(len(inside) + 5, 2 * len(inside)) :]
            long = long_form(inside, " ".join(words))
            short = inside
        else:  # short form (long form)
            short = before[-1]
            long = long_form(short, inside) if _is_short(short) else None
        if long:
            yield short, long


def _is_short(form: str) -> bool:
    """Whether this may be a short form: one word of two to ten characters, with a capital, not in title case."""
    return _SHORT.fullmatch(form) is not None and any(c.isupper() for c in form) and not form.istitle()


def long_form(short: str, words: str) -> str | None:
    """The shortest ending of ``words`` that has the short form's characters in order; None if there is none."""
    place = len(words)
    letters = [letter for letter in short.lower() if letter.isalnum()]
    lowered = words.lower()
    for index in range(len(letters) - 1, -1, -1):
        place = lowered.rfind(letters[index], 0, place)
        while place > 0 and index == 0 and lowered[place - 1].isalnum():
            place = lowered.rfind(letters[index], 0, place)
        if place < 0:
            return None
    long = words[place:]
    fits = len(long) > len(short) and len(long.split()) <= min(len(letters) + 5, 2 * len(letters))
    return long if fits and short not in long.split() else None
