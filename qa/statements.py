"""Sentences as statements: which two say the same, and which one another leans on.

Both answering and proof rest on these, so that what is merged or brought along can be proved again.
"""

import re
import unicodedata

from qa.records import Document
from qa.text import Span, is_fragment, leans_on_previous, split_sentences, stem

_REFERENCE_MARKS = re.compile(r"\[[\d,;\s\u2013-]+\]")
_WORD = re.compile(r"(?:(?<!\S)[-\u2212+])?\d+(?:[.,]\d+)*|[^\W\d_]+|[%<>=±≤≥]")
_LEAD_IN = re.compile(
    r"(?:moreover|furthermore|additionally|in addition|also|thus|therefore|hence|consequently|indeed|notably|"
    r"importantly|of note|in summary|in conclusion|overall)\b,?\s*",
    re.I,
)
_ARTICLES = frozenset({"a", "an", "the"})


def statement(sentence: str) -> tuple[str, ...]:
    """The words of a sentence as far as they tell it from another: equal ones say the same in nearly the same words.

    Capitals, punctuation, hyphens, articles, endings, British and American spelling, reference marks and a word that
    only leads in do not count. Every other word does, with its place: "not", "before" and a number change what is said.

    >>> statement("Moreover, the tumours grow [3].") == statement("Tumors grow.")
    True
    >>> statement("IL-2 is toxic.") == statement("IL-2 is not toxic.")
    False
    """
    folded = unicodedata.normalize("NFKC", _REFERENCE_MARKS.sub(" ", sentence)).casefold().strip()
    words = _WORD.findall(_LEAD_IN.sub("", folded, count=1) if _LEAD_IN.match(folded) else folded)
    return tuple(stem(word) for word in words if word not in _ARTICLES)


def antecedent(document: Document, start: int, end: int) -> Span | None:
    """The sentence directly before the one at ``start`` in its paragraph, if that one leans on it; else None."""
    if not leans_on_previous(document.text[start:end]):
        return None
    section = next(section for section in document.sections if section.start <= start < section.end)
    line = document.text[section.start : start].rpartition("\n")[2]
    spans = split_sentences(line)
    if not spans or is_fragment(line[slice(*spans[-1])]):
        return None
    offset = start - len(line)
    return offset + spans[-1][0], offset + spans[-1][1]
