"""Questions that need several answers: on things that are compared, on a list of things, on several texts."""

import re

from qa.query.phrases import Phrase, coordinated, phrases
from qa.query.synonyms import Thesaurus

_ASKS_FOR = re.compile(
    r"\b(?:which|what|what (?:are|were)(?: all)? the|list(?: all)?(?: the)?|name(?: all)?(?: the)?|ways|all the)\s+"
    r"(?:(?:other|different|kinds of|types of|of the)\s+)*$",
    re.I,
)
_TEXTS = re.compile(
    r"\b(?:reviews|articles|papers|abstracts|studies|publications|documents|texts|sources)\b|"
    r"\b(?:each|every|any|which) (?:review|article|paper|abstract|study|publication|document|text|source)\b",
    re.I,
)
_COMPARES = re.compile(r"\b(?:compare[ds]?|comparison|versus|vs|differ\w*|than|both|respectively)\b", re.I)


def compared(question: str) -> list[Phrase]:
    """The names, cells, diseases or groups that a question joins or compares; empty if there are none.

    >>> [part.text for part in compared("Compare IL-2 and IL-15 in melanoma.")]
    ['IL-2', 'IL-15']
    """
    found = phrases(question, Thesaurus())
    for first in found:
        whole = coordinated(question, found, first)
        inside = [one for one in found if whole.start <= one.start and one.end <= whole.end and not one.aspect]
        if first.kind and len(inside) > 1:
            return inside
    return []


def asks_for_several(question: str) -> bool:
    """Whether a question asks for a list of things, for a comparison, or for what several texts say.

    >>> asks_for_several("Which cytokines are neutralized?"), asks_for_several("What is IL-2?")
    (True, False)
    """
    if _TEXTS.search(question) or _COMPARES.search(question) or compared(question):
        return True
    return any(one.plural and _ASKS_FOR.search(question[: one.start]) for one in phrases(question, Thesaurus()))
