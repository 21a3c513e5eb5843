"""White space and line breaks: puts text on one line and joins words that a line break split."""

import re
from collections.abc import Iterable
from itertools import pairwise

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u200b\u2060\ufeff]")
_SPACE = re.compile(r"\s+")
_LINE_END_HYPHEN = re.compile(r"(\w+)[-\u2010]$")
_FIRST_WORD = re.compile(r"\w+")
_WORD = re.compile(r"\w+(?:[-\u2010]\w+)*")

# Prefixes that English writes with a hyphen; at the end of a line their hyphen belongs to the word.
_HYPHENATED_PREFIXES = frozenset(
    "all anti bi co cross double ex extra full half high inter intra long low mid mono multi non off on "
    "one open over peri poly post pre pro pseudo re self semi short single sub super third trans tri "
    "two ultra under up well".split()
)

# Endings that are not words: a hyphen before one was a break within a word.
_SUFFIXES = frozenset(
    "able ance ances ant ation ations ative cal cally cation cations cific ence ences ent ently ful gic ible "
    "ical ically ing ings ism isms ist ists itis ity ive ively ization less ling logical logy ly ment ments "
    "mune nal ness ogy ology ous ously pies py rapies rapy ric sion sions sis sive sively tal tant ted tent "
    "tial tially tic tical tically ties ting tion tional tions tive tively tor tors trol ture tures ty".split()
)

_LONGEST_WORD = 200
"""Characters of a word that are kept, as a hostile file may have one word over millions of lines."""
WRAP_LIMIT = 160
"""Lines longer than this many characters are paragraphs, not the lines of a wrapped page."""


def collapse(text: str) -> str:
    """The text on one line: without control characters, and with each run of white space as one space.

    >>> collapse(" two\\n  words ")
    'two words'
    """
    return _SPACE.sub(" ", _CONTROL.sub("", text)).strip()


def printable(name: str) -> str:
    """A file's name as text that can be stored and shown, even if its bytes are not text.

    Lone surrogates become escapes, which JSON reads back.
    """
    return name.encode("utf-8", "backslashreplace").decode()


def vocabulary(text: str) -> frozenset[str]:
    """The words of a text in lower case, compounds both whole and in parts. ``join_lines`` needs it for hyphens."""
    words = {match.group().lower().replace("\u2010", "-") for match in _WORD.finditer(text)}
    return frozenset(words | {part for word in words for part in word.split("-")})


def join_lines(lines: Iterable[str], known: frozenset[str]) -> str:
    """The lines of one paragraph as one line, with the hyphens at line ends resolved.

    A hyphen is removed if the text has the joined word elsewhere, or if what follows is an ending and not a word.
    Otherwise it stays, as it may belong to the word. A soft hyphen is always removed. ``known`` is the
    ``vocabulary`` of the whole text.

    >>> join_lines(["enhancing anti-", "tumor treat-", "ment"], vocabulary("tumor treatment"))
    'enhancing anti-tumor treatment'
    """
    parts: list[str] = []
    last, soft = "", False  # the last word so far
    for raw in lines:
        line, glued = collapse(raw), soft
        soft = raw.rstrip().endswith("\u00ad")
        broken = _LINE_END_HYPHEN.search(last) if last.endswith(("-", "\u2010")) else None
        following = _FIRST_WORD.match(line)
        if not glued and broken and following:
            if not _keeps_hyphen(broken.group(1), following.group(), known):
                parts[-1], last = parts[-1][:-1], last[:-1]
        elif not glued and parts and line:
            parts.append(" ")
            last = ""
        if line:
            parts.append(line)
            last = (last + line).rpartition(" ")[2][-_LONGEST_WORD:]
    return "".join(parts)


def _keeps_hyphen(left: str, right: str, known: frozenset[str]) -> bool:
    first, second = left.lower(), right.lower()
    if f"{first}-{second}" in known:
        return True
    if first + second in known:
        return False
    if first in _HYPHENATED_PREFIXES or not left[-1].islower() or not right[0].islower():
        return True
    return second not in _SUFFIXES


def is_wrapped(lines: list[str]) -> bool:
    """Whether these lines are one wrapped paragraph, and not a paragraph each.

    In a wrapped paragraph every line but the last is full: the first word of the next line would not have
    fitted. The longest line sets the width; a ragged edge is allowed for.
    """
    width = max(map(len, lines))
    if len(lines) < 2 or width > WRAP_LIMIT:
        return False
    pairs = list(pairwise(lines))
    full = sum(len(line) + 1 + len(following.split(maxsplit=1)[0]) >= 0.8 * width for line, following in pairs)
    return full >= 0.8 * len(pairs)
