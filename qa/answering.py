"""From what was found to an Answer: verbatim sentences with their citations, or an abstention.

Nothing is written here; every sentence is a span of a Document. Whether the documents answer at all is
judged by a logistic model over a handful of signals, fitted by ``eval/retrieval/calibrate.py`` on questions whose
answering article was left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log10
from typing import Any

from qa.citations import cite
from qa.contradictions import opposed
from qa.details import Detail, asked_details, gives
from qa.expansion.groups import restated
from qa.expansion.parts import asks_for_several, compared
from qa.ranking import logistic
from qa.records import Answer, AnswerSentence, Citation, DocId
from qa.retrieval import Retrieval, ScoredSentence
from qa.statements import antecedent, statement
from qa.text import question_terms, terms

MAX_SENTENCES = 3

WEAKEST_SHARE = 0.35
"""A further sentence must reach this share of the best sentence's own score."""

_FURTHER_SHARE = 0.8
"""The same of a sentence beyond the first few, where several are asked for."""

_OTHER_SHARE = 0.7
"""The same of the first sentence of a document that is not quoted yet."""

CONFIDENCE_WEIGHTS: Mapping[str, float] = {
    "intercept": -4.195,
    "concentration": 1.244,
    "lead": 0.977,
    "missing": -6.828,
    "phrase": 1.119,
    "scarcity": 8.175,
    "second": 1.077,
    "sentence": 2.402,
    "size": -0.516,
    "support": 0.430,
    "unknown": -0.898,
}
"""Printed by ``eval/retrieval/calibrate.py``."""

_FITTED_PASSAGES = (30, 2_000)
"""Of the least and the largest library that it was fitted to, about."""

_SCARCE = 2.0
"""The decimal logarithm of the passages below which a library is a handful of pages."""

_FIRST_HITS = 5
"""How many hits are looked at to judge whether the documents answer."""

THRESHOLD = 0.35
"""Answer from this confidence on."""

_OFF_CORPUS_SHARE = 0.5

REASONS: Mapping[str, str] = {
    "empty_library": "The library holds no documents yet.",
    "not_understood": "The question has no words to search for.",
    "off_corpus": "The documents do not speak of what the question asks about.",
    "conflicting": "The documents do not agree on this: the nearest passages hold what each of them says.",
    "missing_detail": "The documents speak of this, but none of the nearest passages gives the detail asked for.",
    "weak_evidence": "The documents touch the topic, but no sentence in them clearly answers the question.",
}
"""Why an answer was refused: the code in ``Answer.reason``, and what to tell a person."""


@dataclass(frozen=True, slots=True)
class Answering:
    """How the sentences of an answer are chosen and shown; each part can be switched off for comparison."""

    context: bool = True
    """Whether a sentence that leans on the one before it brings that along."""
    merge: bool = True
    """Whether sentences that say the same in nearly the same words become one; else in the very same words."""
    several: int = 5
    """Sentences at most where several things, or several texts, are asked for; these are then covered too."""


DEFAULT_ANSWERING = Answering()

Statement = Sequence[ScoredSentence]
"""Sentences that say the same, best first: one sentence of an answer."""

Place = tuple[DocId, int, int]
"""A document, and where in it a quote starts and ends."""


def answer(
    found: Retrieval,
    library: Mapping[str, Any],
    threshold: float = THRESHOLD,
    question_id: str | None = None,
    asked: str | None = None,
    answering: Answering = DEFAULT_ANSWERING,
) -> Answer:
    """The Answer to the question that ``found`` was retrieved for; abstains below ``threshold``.

    ``asked`` is the question as it was asked, where ``found`` is of what it means after earlier ones.
    """
    confidence = round(logistic(CONFIDENCE_WEIGHTS, signals(found)), 4) if found.sentences else 0.0
    reason = _reason(found, confidence, threshold)
    chosen = [] if reason else choose(found, answering)
    sentences, citations = _cite(chosen, found, answering)
    return Answer(
        id=question_id,
        question=asked or found.query.question,
        query=found.query.to_dict() | ({"resolved": found.query.question} if asked else {}),
        sentences=sentences,
        citations=citations,
        hits=tuple(found.hits),
        abstained=reason is not None,
        reason=reason,
        confidence=confidence,
        library=library,
    )


def signals(found: Retrieval) -> dict[str, float]:
    """What the confidence rests on.

    Of the best hit: ``sentence`` is its best sentence's own score, ``second`` that of the next best, and ``phrase`` the
    share, 0 to 1, of the question's pairs of terms that it keeps together. ``concentration`` is the share, 0 to 1, of
    the first hits that come from its document; ``lead`` is by how much its score is above the last one's. ``support``
    is the highest score that the scorer of pairs gives a sentence, as log-odds that it answers, 0 if none was read.
    ``unknown`` is the share, 0 to 1, of what tells in the question that the library does not have; ``missing`` is 1
    where the question asks for a detail, such as a dose or a date, that none of the first hits gives, else 0. ``size``
    is the decimal logarithm of the library's passages, as the more there are, the more of them match by chance. It is
    kept within the sizes that the confidence was fitted to. ``scarcity`` is by how much it is below that of a hundred:
    who asks a few pages asks what they say, in other words.
    """
    first = found.hits[:_FIRST_HITS]
    top = first[0]
    size = round(log10(min(max(found.query.passages, _FITTED_PASSAGES[0]), _FITTED_PASSAGES[1])), 1)
    return {
        "sentence": top.scores["sentence"],
        "second": top.scores["second"],
        "phrase": top.scores["phrase"],
        "unknown": found.query.unknown,
        "concentration": sum(hit.passage.doc_id == top.passage.doc_id for hit in first) / len(first),
        "lead": top.score - found.hits[-1].score,
        "missing": float(bool(lacking(found))),
        "support": found.support,
        "size": size,
        "scarcity": round(max(0.0, _SCARCE - size), 1),
    }


def lacking(found: Retrieval) -> list[Detail]:
    """The kinds of detail that the question asks for and none of the first hits gives."""
    texts = [hit.text for hit in found.hits[:_FIRST_HITS]]
    return [one for one in asked_details(found.query.question) if not any(gives(one, text) for text in texts)]


def _reason(found: Retrieval, confidence: float, threshold: float) -> str | None:
    if not found.hits:
        return "empty_library"
    if not found.query.terms:
        return "not_understood"
    if confidence >= threshold:
        return "conflicting" if threshold > 0 and _contradicted(found) else None
    if found.query.unknown >= _OFF_CORPUS_SHARE:
        return "off_corpus"
    return "missing_detail" if lacking(found) else "weak_evidence"


def _contradicted(found: Retrieval) -> bool:
    """Whether a sentence of another document contradicts the best one."""
    best, *others = found.sentences
    text = _words(best, found)
    words, said = set(text.split()), statement(text)
    texts = [_words(one, found) for one in others if one.doc_id != best.doc_id]
    alike = [one for one in texts if 2 * len(words.intersection(one.split())) >= len(words)]  # quicker than statements
    return any(opposed(said, statement(one)) for one in alike)


def choose(found: Retrieval, answering: Answering = DEFAULT_ANSWERING) -> list[Statement]:
    """The first few statements, without those that fall far behind the first in what they say themselves.

    Where several things or texts are asked for, more are added: for each thing compared of which none speaks, for
    each other document that has a nearly as good one, then those nearly as good as the first.
    """
    statements = _statements(found, answering)
    if not statements:
        return []
    best = statements[0][0].own
    chosen = [one for one in statements[:MAX_SENTENCES] if one[0].own >= WEAKEST_SHARE * best]
    if answering.several > MAX_SENTENCES and asks_for_several(found.query.text):
        standing = [one for one in statements if one[0].own >= WEAKEST_SHARE * best]
        chosen += _uncovered(standing, chosen, found)
        chosen += _further([one for one in standing if one not in chosen], chosen, best)
    return sorted(chosen[: max(MAX_SENTENCES, answering.several)], key=statements.index)


def _statements(found: Retrieval, answering: Answering) -> list[Statement]:
    """The sentences found, those that say the same together, in the order of the best of each."""
    said: dict[object, list[ScoredSentence]] = {}
    for sentence in found.sentences:
        words = _words(sentence, found)
        said.setdefault((statement(words) or words) if answering.merge else words, []).append(sentence)
    return list(said.values())


def _words(sentence: ScoredSentence, found: Retrieval) -> str:
    return found.documents[sentence.doc_id].text[sentence.start : sentence.end]


def _uncovered(standing: Sequence[Statement], chosen: Sequence[Statement], found: Retrieval) -> list[Statement]:
    """The best statement on each thing compared of which none that is chosen speaks."""
    more: list[Statement] = []
    for part in compared(found.query.text):
        wanted = set(question_terms(part.text))
        speaking = [one for one in standing if wanted <= set(_restated(one[0], found))]
        if speaking and not any(one in speaking for one in [*chosen, *more]):
            more.append(speaking[0])
    return more


def _restated(sentence: ScoredSentence, found: Retrieval) -> list[str]:
    said = terms(_words(sentence, found))
    return [*said, *restated(said, found.query.groups)]


def _further(left: Sequence[Statement], chosen: Sequence[Statement], best: float) -> list[Statement]:
    """Statements that are nearly as good as the best, those of documents not yet quoted first."""
    quoted = {sentence.doc_id for one in chosen for sentence in one}
    more: list[Statement] = []
    for one in left:
        if one[0].doc_id not in quoted and one[0].own >= _OTHER_SHARE * best:
            more.append(one)
            quoted.add(one[0].doc_id)
    return more + [one for one in left if one not in more and one[0].own >= _FURTHER_SHARE * best]


def _cite(
    chosen: Sequence[Statement], found: Retrieval, answering: Answering
) -> tuple[tuple[AnswerSentence, ...], tuple[Citation, ...]]:
    """A citation for each sentence of each statement, then one for each sentence that the first of these leans on."""
    numbers = {_place(sentence): number for number, sentence in enumerate((s for one in chosen for s in one), 1)}
    shown = frozenset(numbers)
    sentences = []
    for one in chosen:
        before = _leant_on(one[0], found) if answering.context else None
        context = () if before is None or before in shown else (numbers.setdefault(before, len(numbers) + 1),)
        cited = tuple(numbers[_place(sentence)] for sentence in one)
        sentences.append(AnswerSentence(_words(one[0], found), found.documents[one[0].doc_id].source, cited, context))
    citations = (cite(found.documents[doc_id], start, end, number) for (doc_id, start, end), number in numbers.items())
    return tuple(sentences), tuple(citations)


def _place(sentence: ScoredSentence) -> Place:
    return sentence.doc_id, sentence.start, sentence.end


def _leant_on(sentence: ScoredSentence, found: Retrieval) -> Place | None:
    """The sentence that one leans on, where a hit holds it too."""
    span = antecedent(found.documents[sentence.doc_id], sentence.start, sentence.end)
    held = span and any(
        hit.passage.doc_id == sentence.doc_id and hit.passage.start <= span[0] and span[1] <= hit.passage.end
        for hit in found.hits
    )
    return (sentence.doc_id, *span) if span and held else None
