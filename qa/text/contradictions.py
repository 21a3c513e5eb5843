"""Finds contradictions between two statements, from their words alone.

Two sentences contradict each other if they are the same word for word except for one thing: a negation, a word and its
opposite, or a quantity of the same unit. Contradictions in other words are not found; what is found is a contradiction.
"""

import re
from collections.abc import Sequence
from itertools import product

from qa.text.statements import statement
from qa.text.terms import stem

_TOKEN = re.compile(r"(?:(?<!\S)[\u2212+])?\d+(?:[.,]\d+)*|[^\W\d_]+|[^\s\w,;:()'\"-]")
"""A number with its sign, a word, or any other sign except punctuation."""
_ARTICLES = frozenset({"a", "an", "the"})

_NEGATIONS = frozenset({"not", "no", "never", "cannot", "neither", "nor", "without"})
_AUXILIARIES = frozenset(map(stem, ("do", "does", "did", "has", "have", "had", "can", "any")))
"""Words that may come or go with a negation."""

_OPPOSITES = (
    (
        "increase raise elevate enhance promote stimulate upregulate up higher more greater improve",
        "decrease reduce lower inhibit suppress impair downregulate down less fewer worsen",
    ),
    ("high", "low"),
    ("before earlier", "after later"),
    ("beneficial protective favorable", "harmful detrimental unfavorable"),
    ("positive", "negative"),
    ("effective", "ineffective"),
    ("safe", "unsafe"),
    ("resistant", "sensitive susceptible"),
    ("likely", "unlikely"),
    ("present", "absent"),
    ("pro", "anti"),
    ("agonist", "antagonist"),
    ("all always", "none never"),
    ("↑", "↓"),
)
_OPPOSED = frozenset(
    frozenset(map(stem, pair)) for one, other in _OPPOSITES for pair in product(one.split(), other.split())
)

_UNITS = frozenset(map(stem, "% percent mg µg μg ng g kg ml l iu fold minutes hours days weeks months years".split()))
"""Only quantities with a unit are compared. Counts are not: each study has its own patients."""

_LEAST_WORDS = 4
"""Claims with fewer words may be about different things."""


def claim(sentence: str) -> tuple[str, ...]:
    """The words and signs of a sentence for ``opposed``, in order, without endings and articles.

    >>> claim("IL-6 promotes the growth of CD4− cells.")
    ('il', '6', 'promot', 'growth', 'of', 'cd', '4', '−', 'cell')
    """
    words = (word.casefold() for word in _TOKEN.findall(statement(sentence)) if word not in _ARTICLES)
    return tuple(map(stem, words))


def opposed(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two claims contradict each other.

    >>> opposed(("il", "6", "promot", "growth"), ("il", "6", "doe", "not", "promot", "growth"))
    True
    >>> opposed(("il", "6", "promot", "growth"), ("il", "2", "promot", "growth"))
    False
    """
    bare = [tuple(word for word in words if word not in _NEGATIONS | _AUXILIARIES) for words in (one, other)]
    if min(map(len, bare)) < _LEAST_WORDS:
        return False
    if bare[0] == bare[1]:
        negations = [sum(word in _NEGATIONS for word in words) for words in (one, other)]
        return sorted(negations) == [0, 1]
    if len(one) != len(other):
        return False
    places = [place for place, pair in enumerate(zip(one, other, strict=True)) if pair[0] != pair[1]]
    return len(places) == 1 and _differ(one, other, places[0])


def _differ(one: Sequence[str], other: Sequence[str], place: int) -> bool:
    """Whether the two claims have opposites, or different quantities of one unit, at the place where they differ."""
    first, second = one[place], other[place]
    if first[-1].isdigit() and second[-1].isdigit():
        return place + 1 < len(one) and one[place + 1] in _UNITS
    return frozenset({first, second}) in _OPPOSED
