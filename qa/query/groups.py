"""Groups of alternatives: what a text may say instead of the words of a question."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from qa.query.synonyms import Thesaurus
from qa.text.terms import question_words, terms

Pattern = tuple[str, ...]
"""Search terms that stand one after another in a text."""

_LONGEST = 6
"""Words of a question that are looked up together, at most."""
_TOKEN = re.compile(r"[^\W_]+(?:[-\u2010\u2011\u2013'’][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Group:
    """Words of the question, their search terms, and their alternatives."""

    words: str
    """As they were typed."""
    terms: Pattern
    alternatives: Mapping[str, tuple[Pattern, ...]]
    """Each other name to the forms it may have in a text."""

    def patterns(self) -> Iterator[Pattern]:
        for forms in self.alternatives.values():
            yield from forms


def groups(question: str, thesaurus: Thesaurus) -> list[Group]:
    """The groups of a question: the longest names that the thesaurus knows, and pairs of words written as one."""
    words, typed = question_words(question), _typed(question)
    found: dict[str, Group] = {}
    start = 0
    while start < len(words):
        taken = next((n for n in range(_LONGEST, 0, -1) if _key(words[start : start + n]) in thesaurus), 1)
        run = words[start : start + taken]
        names = thesaurus.get(_key(run), ())
        found.setdefault(_key(run), _group(run, typed, {name: forms(name) for name in names}))
        start += taken
    for pair in pairwise(words):
        joined = _key(pair)
        found.setdefault(joined, _group(pair, typed, {joined: ((joined,),)}))
    return list(found.values())


def _key(words: Sequence[Sequence[str]]) -> str:
    return "".join(word[0] for word in words)


def _group(
    words: Sequence[Sequence[str]], typed: Mapping[str, str], alternatives: Mapping[str, tuple[Pattern, ...]]
) -> Group:
    shown = " ".join(typed.get(word[0], word[0]) for word in words)
    return Group(shown, tuple(term for word in words for term in word), alternatives)


def _typed(question: str) -> dict[str, str]:
    """The first term of each word, mapped to the word as it was typed."""
    found: dict[str, str] = {}
    for token in _TOKEN.findall(question):
        for word in question_words(token)[:1]:
            found.setdefault(word[0], token)
    return found


def forms(name: str) -> tuple[Pattern, ...]:
    """The terms of a name in each way a text may write it: as given, with compounds joined, and with them apart.

    >>> forms("PD-L1")
    (('pdl1',), ('pd', 'l1'))
    """
    apart = name.replace("-", " ")
    loose = terms(apart)
    joined = tuple(word[0] for word in question_words(name))
    found: list[Pattern] = [joined] if len(joined) == 1 else [tuple(terms(name)), joined]
    if len(loose) == len(apart.split()):  # otherwise a part was too short to be a term
        found.append(tuple(loose))
    return tuple(dict.fromkeys(found))


def occurring(found: Sequence[Group], frequencies: Callable[[Sequence[str]], Mapping[str, int]]) -> list[Group]:
    """The groups, with only those alternatives whose terms all occur somewhere."""
    known = frequencies(list({term for group in found for pattern in group.patterns() for term in pattern}))
    kept = []
    for group in found:
        held = {
            name: tuple(pattern for pattern in forms if known.keys() >= set(pattern))
            for name, forms in group.alternatives.items()
        }
        held = {name: forms for name, forms in held.items() if forms}
        if held:
            kept.append(Group(group.words, group.terms, held))
    return kept


def restated(text: Sequence[str], found: Sequence[Group]) -> Sequence[str]:
    """The terms of a text, with each alternative replaced by the question's own terms; the text itself if none."""
    present, said = set(text), text
    for group in found:
        for pattern in group.patterns():
            if present.issuperset(pattern):
                said = _replaced(said, pattern, group.terms)
    return said


def _replaced(text: Sequence[str], pattern: Pattern, own: Pattern) -> Sequence[str]:
    said: list[str] = []
    place, size = 0, len(pattern)
    while place < len(text):
        here = tuple(text[place : place + size]) == pattern
        said += own if here else [text[place]]
        place += size if here else 1
    return said if said != list(text) else text
