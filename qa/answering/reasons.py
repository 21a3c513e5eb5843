"""Why a question is not answered: a table of reasons, of which the first that holds is given."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from qa.answering.lacking import Lacking
from qa.profile import profile
from qa.retrieval.retriever import Retrieval
from qa.text.contradictions import claim, opposed

_PROFILE = profile()["abstention"]

_OFF_CORPUS_SHARE: float = _PROFILE["off_corpus_share"]
"""If the library lacks this share of the question's term weight, a question with a low confidence is off-topic."""

_UNKNOWN_FACTOR: float = _PROFILE["unknown_factor"]
"""The threshold is multiplied by this if the documents have no word of the question, or no detail of the kind."""


@dataclass(frozen=True, slots=True)
class Case:
    """What was found for a question, what is lacking, the confidence, and the least confidence at which to answer."""

    found: Retrieval
    lacks: Lacking
    confidence: float
    threshold: float

    @property
    def is_weak(self) -> bool:
        return self.confidence < self.threshold


def _is_off_corpus(case: Case) -> bool:
    if case.found.query.oov_share >= 1:
        return case.confidence < _UNKNOWN_FACTOR * case.threshold
    return case.confidence < case.threshold / 2 and case.found.query.oov_share >= _OFF_CORPUS_SHARE


def _misses_a_detail(case: Case) -> bool:
    return case.lacks.detail and case.confidence < _UNKNOWN_FACTOR * case.threshold


def _contradicted(found: Retrieval) -> bool:
    """Whether a sentence of another document contradicts the best one."""
    best, *others = found.sentences
    text = found.words(best)
    words, said = set(text.split()), claim(text)
    texts = [found.words(one) for one in others if one.doc_id != best.doc_id]
    alike = [one for one in texts if 2 * len(words.intersection(one.split())) >= len(words)]  # cheaper than claims
    return any(opposed(said, claim(one)) for one in alike)


@dataclass(frozen=True, slots=True)
class Reason:
    """The code in ``Answer.reason``, what to tell a person, and when it holds."""

    code: str
    words: str
    holds: Callable[[Case], bool]


_ROWS: Sequence[Reason] = (
    Reason(
        "empty_library",
        "The library holds no documents yet.",
        lambda case: not case.found.hits,
    ),
    Reason(
        "not_understood",
        "The question has no words to search for.",
        lambda case: not case.found.query.terms,
    ),
    Reason(
        "unknown_entity",
        "What the question asks about does not occur in the documents.",
        lambda case: case.threshold > 0 and case.lacks.thing,
    ),
    Reason(
        "conflicting",
        "The documents do not agree on this: the nearest passages hold what each of them says.",
        lambda case: not case.is_weak and case.threshold > 0 and _contradicted(case.found),
    ),
    Reason(
        "off_corpus",
        "The documents do not speak of what the question asks about.",
        _is_off_corpus,
    ),
    Reason(
        "missing_detail",
        "The documents speak of this, but none of the nearest passages gives the detail asked for.",
        _misses_a_detail,
    ),
    Reason(
        "weak_evidence",
        "The documents touch the topic, but no sentence in them clearly answers the question.",
        lambda case: case.is_weak,
    ),
)

REASONS: Mapping[str, str] = {row.code: row.words for row in _ROWS}
"""The code of each reason to the words for a person."""


def reason_for(case: Case) -> str | None:
    """The code of the first reason that holds; None if the question is answered."""
    return next((row.code for row in _ROWS if row.holds(case)), None)
