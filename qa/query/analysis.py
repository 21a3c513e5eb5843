"""Prepares a question for the search: corrects it, cuts it into weighted terms, and adds other names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from qa.models.encoders import Encoder, Vectors
from qa.query.background import background
from qa.query.groups import Group, Pattern, groups, occurring
from qa.query.names import Absent, absent, named
from qa.query.spelling import correct
from qa.query.synonyms import Thesaurus, key
from qa.stores.base import SearchIndex
from qa.text.matching import coverage, inverse_document_frequency
from qa.text.scripts import as_typed
from qa.text.terms import question_terms, question_words, terms


@dataclass(frozen=True, slots=True)
class Query:
    """A question made ready for the search: its vector, its distinct terms, their weights, and their alternatives.

    Each of a compound's n terms weighs 1/n of its weight, so that IL-2 does not count twice.
    """

    question: str
    text: str
    """The question as searched, with its corrections."""
    corrections: Mapping[str, str]
    """Each misspelt word as typed to its correction."""
    vector: Vectors
    terms: Sequence[str]
    term_weights: Mapping[str, float]
    groups: Sequence[Group]
    """The words of the question for which the library has alternatives."""
    oov_share: float
    """The share, 0 to 1, of the question's term weight in terms that the library has under no name."""
    absent: Sequence[Absent] = ()
    """The things that the question names and the library does not."""

    @property
    def searched(self) -> list[str]:
        """The search keys for the lexical index: terms, and runs of terms for alternatives."""
        runs = (" ".join(pattern) for group in self.groups for pattern in group.patterns())
        return list(dict.fromkeys([*self.terms, *runs]))

    def to_dict(self) -> dict[str, Any]:
        """What was understood, in the documented JSON form."""
        named: dict[str, list[str]] = {}
        for group in self.groups:
            others = [name for name in group.alternatives if key(name) != key(group.words)]
            if others:
                named.setdefault(group.words, []).extend(others)
        form = {"text": self.text, "corrections": dict(self.corrections), "expansions": named}
        return form | ({"absent": [one.name for one in self.absent]} if self.absent else {})


def understand(
    question: str, index: SearchIndex, encoder: Encoder, *, prior: float, spelling: bool, thesaurus: Thesaurus | None
) -> Query:
    """The question made ready for this index.

    For the term weights, ``prior`` passages of open text are counted beside the library's own. Without a
    thesaurus no other names are searched for.
    """
    text, corrections = _corrected(question, index) if spelling else (question, {})
    words = question_words(text)
    share: dict[str, float] = {}
    for word in words:
        share |= {term: max(share.get(term, 0.0), 1 / len(word)) for term in word}
    frequencies = index.document_frequencies(list(share))
    found = [] if thesaurus is None else occurring(groups(text, thesaurus), index.document_frequencies)
    counted = _counted(share, frequencies, found, index, prior)
    passages = index.size()
    weights = {term: share[term] * inverse_document_frequency(counted[term], passages + prior) for term in share}
    meant = frequencies.keys() | {term for group in found for term in group.terms}
    oov_share = coverage([term for term in share if term not in meant], weights)
    vector = encoder.encode_question(as_typed(text))
    lacking = [] if thesaurus is None or not named(text) else _absent(text, thesaurus, index)
    return Query(question, text, corrections, vector, list(share), weights, found, oov_share, lacking)


def _absent(text: str, thesaurus: Thesaurus, index: SearchIndex) -> list[Absent]:
    return absent(text, thesaurus, index.vocabulary, partial(_occurs, index))


def _occurs(index: SearchIndex, patterns: Sequence[Pattern]) -> bool:
    return index.holds([" ".join(pattern) for pattern in patterns])


def _corrected(question: str, index: SearchIndex) -> tuple[str, dict[str, str]]:
    """The question with misspelt words corrected. Words that the library or open text has stay as typed."""
    asked = question_terms(question)
    strange = set(asked) - index.document_frequencies(asked).keys() - background().frequencies.keys()
    if not strange:
        return question, {}
    open_text = background().frequencies.keys()

    def is_known(word: str) -> bool:
        rare = set(terms(word)) - open_text
        return rare <= index.document_frequencies(list(rare)).keys()

    return correct(question, index.vocabulary(), is_known, lambda word: open_text >= set(terms(word)))


def _counted(
    asked: Mapping[str, float], frequencies: Mapping[str, int], found: Sequence[Group], index: SearchIndex, prior: float
) -> dict[str, float]:
    """In how many passages each term of the question occurs, with ``prior`` passages of open text added.

    A term is as common as its most common alternative. An alternative is as common as its rarest term.
    """
    patterns = {pattern for group in found for pattern in group.patterns()}
    known = {**frequencies, **index.document_frequencies(list({term for pattern in patterns for term in pattern}))}

    def occurrences(term: str) -> float:
        return known.get(term, 0) + prior * background().share(term)

    counted = {term: occurrences(term) for term in asked}
    for group in found:
        most = max(min(occurrences(term) for term in pattern) for pattern in group.patterns())
        counted |= {term: max(counted[term], most) for term in group.terms}
    return counted
