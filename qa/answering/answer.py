"""From a Retrieval to an Answer: verbatim sentences with their citations, or an abstention.

No text is generated; every sentence is a span of a Document. The support of the chosen sentences decides whether the
question is answered at all (``qa.answering.support``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qa.answering.lacking import lacking
from qa.answering.reasons import Case, reason_for
from qa.answering.support import Supports, supports
from qa.profile import profile
from qa.proof.citations import cite
from qa.query.groups import restated
from qa.query.parts import asks_for_several, compared
from qa.records import Answer, AnswerSentence, Citation
from qa.retrieval.first_stage import Place, ScoredSentence
from qa.retrieval.retriever import Retrieval
from qa.text.statements import antecedent, meaning
from qa.text.terms import question_terms, terms

_PROFILE = profile()

MAX_SENTENCES: int = _PROFILE["answering"]["sentences"]
"""Sentences of an answer, at most, unless the question asks for several things or texts."""

WEAKEST_SHARE: float = _PROFILE["answering"]["weakest_share"]
"""A further sentence must reach this share of the best sentence's first-stage score."""

_FURTHER_SHARE: float = _PROFILE["answering"]["further_share"]
"""The share that a sentence beyond the first few must reach, if the question asks for several."""

_OTHER_SHARE: float = _PROFILE["answering"]["other_share"]
"""The share that the first sentence of a document not quoted yet must reach."""

THRESHOLD: float = _PROFILE["support"]["threshold"]
"""The least confidence at which to answer, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Answering:
    """How the sentences of an answer are chosen and shown; each part can be switched off for comparison."""

    context: bool = True
    """Whether a sentence that refers back is shown with the sentence before it."""
    merge: bool = True
    """Whether sentences that say the same are merged; if not, only identical ones are."""
    behind: float = _PROFILE["answering"]["behind"]
    """Of the first few sentences, one whose score is more than this below that of the first is left out."""
    several: int = _PROFILE["answering"]["several"]
    """Sentences, at most, if the question asks for several things or texts. Not above ``MAX_SENTENCES``, it has no
    effect: such a question is answered like any other."""


DEFAULT_ANSWERING = Answering()

Statement = Sequence[ScoredSentence]
"""Sentences that say the same, best first. An answer shows them as one sentence."""


@dataclass(frozen=True, slots=True)
class Answerer:
    """Makes answers with one set of ``Answering`` settings.

    ``is_calibrated`` is False if support was fitted to another reader or encoder. Then no answer has a confidence.
    """

    answering: Answering = DEFAULT_ANSWERING
    is_calibrated: bool = True

    def answer(self, found: Retrieval, library: Mapping[str, Any], threshold: float = THRESHOLD) -> Answer:
        """The Answer to the question of ``found``. It abstains if its confidence is below ``threshold``.

        ``library`` is the answer's description of the library.
        """
        lacks = lacking(found)
        supported = supports(found, lacks_detail=lacks.detail) if threshold <= 0 or not lacks.thing else {}
        greatest = max(supported.values(), default=0.0)
        reason = reason_for(Case(found, lacks, greatest, threshold))
        shown = [] if reason else _shown(found, supported, threshold, self.answering)
        sentences, citations = _cite(shown, found, supported, self.answering)
        given = Answer(
            question=found.query.question,
            query=found.query.to_dict(),
            sentences=sentences,
            citations=citations,
            hits=tuple(found.hits),
            abstained=reason is not None,
            reason=reason,
            confidence=max((one.support or 0.0 for one in sentences), default=greatest),
            library=library,
        )
        return given if self.is_calibrated else given.without_confidence()


def _support(statement: Statement, supported: Supports) -> float:
    """The greatest support of its sentences."""
    return max(supported.get(one.place, 0.0) for one in statement)


def _shown(found: Retrieval, supported: Supports, threshold: float, answering: Answering) -> list[Statement]:
    """The statements that reach the threshold, best first; if none does, the one with the most support alone.

    They are the first few, without those far behind the first. If the question asks for several things or texts, they
    are all that ``_several`` chooses.
    """
    statements = _statements(found, answering)
    every = answering.several > MAX_SENTENCES and asks_for_several(found.query.text)
    near = [one for one in statements if one[0].score >= statements[0][0].score - answering.behind]
    wanted = _several(statements, found, answering) if every else near
    shown = [one for one in wanted if _support(one, supported) >= threshold]
    shown = shown if every else shown[:MAX_SENTENCES]
    return shown or sorted(statements, key=lambda one: -_support(one, supported))[:1]


def _several(statements: Sequence[Statement], found: Retrieval, answering: Answering) -> list[Statement]:
    """The first few statements, without those whose first-stage score is far below that of the first, and others.

    The others are the best statement on each compared thing that is not covered yet, then one of each other document
    that is nearly as good, then any that are nearly as good.
    """
    best = statements[0][0].first_stage if statements else 0.0
    standing = [one for one in statements if one[0].first_stage >= WEAKEST_SHARE * best]
    chosen = [one for one in standing if one in statements[:MAX_SENTENCES]]
    chosen += _uncovered(standing, chosen, found)
    chosen += _further([one for one in standing if one not in chosen], chosen, best)
    return sorted(chosen[: max(MAX_SENTENCES, answering.several)], key=statements.index)


def _statements(found: Retrieval, answering: Answering) -> list[Statement]:
    """The sentences that were read, or all if none was, grouped by what they say, in the order of the best of each."""
    read = [one for one in found.sentences if one.log_odds is not None]
    said: dict[object, list[ScoredSentence]] = {}
    for sentence in read or found.sentences:
        said.setdefault(_key(sentence, found, answering), []).append(sentence)
    return list(said.values())


def _key(sentence: ScoredSentence, found: Retrieval, answering: Answering) -> object:
    words, (said, *before) = (
        found.words(sentence),
        meaning(found.documents[sentence.doc_id], sentence.start, sentence.end),
    )
    return (said if answering.merge and said else words), *before


def _uncovered(standing: Sequence[Statement], chosen: Sequence[Statement], found: Retrieval) -> list[Statement]:
    """For each compared thing that no chosen statement names, the best statement that does."""
    more: list[Statement] = []
    for part in compared(found.query.text):
        wanted = set(question_terms(part.text))
        speaking = [one for one in standing if wanted <= set(_restated(one[0], found))]
        if speaking and not any(one in speaking for one in [*chosen, *more]):
            more.append(speaking[0])
    return more


def _restated(sentence: ScoredSentence, found: Retrieval) -> list[str]:
    said = terms(found.words(sentence))
    return [*said, *restated(said, found.query.groups)]


def _further(left: Sequence[Statement], chosen: Sequence[Statement], best: float) -> list[Statement]:
    """Statements that are nearly as good as the best. Those of documents not yet quoted come first."""
    quoted = {sentence.doc_id for one in chosen for sentence in one}
    more: list[Statement] = []
    for one in left:
        if one[0].doc_id not in quoted and one[0].first_stage >= _OTHER_SHARE * best:
            more.append(one)
            quoted.add(one[0].doc_id)
    return more + [one for one in left if one not in more and one[0].first_stage >= _FURTHER_SHARE * best]


def _cite(
    chosen: Sequence[Statement], found: Retrieval, supported: Supports, answering: Answering
) -> tuple[tuple[AnswerSentence, ...], tuple[Citation, ...]]:
    """A citation for each sentence of each statement, then one for each context sentence.

    A context sentence is the one before a statement's first sentence, if that refers back to it.
    """
    numbers = {sentence.place: number for number, sentence in enumerate((s for one in chosen for s in one), 1)}
    shown = frozenset(numbers)
    sentences = []
    for one in chosen:
        before = _leant_on(one[0], found) if answering.context else None
        context = () if before is None or before in shown else (numbers.setdefault(before, len(numbers) + 1),)
        cited = tuple(numbers[sentence.place] for sentence in one)
        source, support = found.documents[one[0].doc_id].source, _support(one, supported)
        sentences.append(AnswerSentence(found.words(one[0]), source, cited, context, support))
    citations = (cite(found.documents[doc_id], start, end, number) for (doc_id, start, end), number in numbers.items())
    return tuple(sentences), tuple(citations)


def _leant_on(sentence: ScoredSentence, found: Retrieval) -> Place | None:
    span = antecedent(found.documents[sentence.doc_id], sentence.start, sentence.end)
    return (sentence.doc_id, *span) if span else None
