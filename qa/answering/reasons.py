"""Why a question is not answered: one row a reason, and the first that holds is told."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from qa.answering.support import missing_types
from qa.query.parts import compared
from qa.retrieval.retriever import Retrieval
from qa.text.contradictions import claim, opposed

_OFF_CORPUS_SHARE = 0.5
"""Share of terms that the library does not have (by their weight) from which on it does not speak of the question."""

_UNKNOWN_FACTOR = 2
"""How many times the threshold is asked for where the documents have no word of the question: three such questions in
``eval/questions`` are about them, four are not, and every question on something else would be one."""

Holds = Callable[[Retrieval, float, float], bool]
"""Whether a reason holds, of what was found, the confidence and the threshold."""


def names_nothing(found: Retrieval) -> bool:
    """Whether the question names a thing that the library has not, nor anything wider or narrower than it.

    Where it sets several things against each other, that is, whether this holds of all of them.
    """
    lacking = {one.name for one in found.query.absent if not one.related}
    parts = [part.text for part in compared(found.query.text)]
    return all(any(name in part for name in lacking) for part in parts) if parts else bool(lacking)


def _is_off_corpus(oov_share: float, confidence: float, threshold: float) -> bool:
    if oov_share >= 1:
        return confidence < _UNKNOWN_FACTOR * threshold
    return confidence < threshold / 2 and oov_share >= _OFF_CORPUS_SHARE


def _contradicted(found: Retrieval) -> bool:
    """Whether a sentence of another document contradicts the best one."""
    best, *others = found.sentences
    text = found.words(best)
    words, said = set(text.split()), claim(text)
    texts = [found.words(one) for one in others if one.doc_id != best.doc_id]
    alike = [one for one in texts if 2 * len(words.intersection(one.split())) >= len(words)]  # quicker than claims
    return any(opposed(said, claim(one)) for one in alike)


@dataclass(frozen=True, slots=True)
class Reason:
    """The code in ``Answer.reason``, what to tell a person, and when it holds."""

    code: str
    words: str
    holds: Holds


_ROWS: Sequence[Reason] = (
    Reason(
        "empty_library",
        "The library holds no documents yet.",
        lambda found, confidence, threshold: not found.hits,
    ),
    Reason(
        "not_understood",
        "The question has no words to search for.",
        lambda found, confidence, threshold: not found.query.terms,
    ),
    Reason(
        "unknown_entity",
        "What the question asks about does not occur in the documents.",
        lambda found, confidence, threshold: threshold > 0 and names_nothing(found),
    ),
    Reason(
        "conflicting",
        "The documents do not agree on this: the nearest passages hold what each of them says.",
        lambda found, confidence, threshold: confidence >= threshold > 0 and _contradicted(found),
    ),
    Reason(
        "off_corpus",
        "The documents do not speak of what the question asks about.",
        lambda found, confidence, threshold: _is_off_corpus(found.query.oov_share, confidence, threshold),
    ),
    Reason(
        "missing_detail",
        "The documents speak of this, but none of the nearest passages gives the detail asked for.",
        lambda found, confidence, threshold: confidence < threshold and bool(missing_types(found)),
    ),
    Reason(
        "weak_evidence",
        "The documents touch the topic, but no sentence in them clearly answers the question.",
        lambda found, confidence, threshold: confidence < threshold,
    ),
)

REASONS: Mapping[str, str] = {row.code: row.words for row in _ROWS}
"""What to tell a person, by the code."""


def reason_for(found: Retrieval, confidence: float, threshold: float) -> str | None:
    """The code of the first reason that holds; None where the question is answered."""
    return next((row.code for row in _ROWS if row.holds(found, confidence, threshold)), None)
