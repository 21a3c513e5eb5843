"""From what was found to an Answer: verbatim sentences with their citations, or an abstention.

Nothing is written here; every sentence is a span of a Document. Whether the documents answer at all is
judged by a logistic model over a handful of signals, fitted by ``eval/retrieval/calibrate.py`` on questions whose
answering article was left out.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from qa.details import asked_details, gives
from qa.ranking import logistic
from qa.records import Answer, AnswerSentence, Citation, Document
from qa.retrieval import Retrieval, ScoredSentence

MAX_SENTENCES = 3

WEAKEST_SHARE = 0.35
"""A further sentence must reach this share of the best sentence's own score."""

CONFIDENCE_WEIGHTS: Mapping[str, float] = {
    "intercept": -5.307,
    "concentration": 1.554,
    "missing": -2.035,
    "sentence": 3.742,
}
"""Printed by ``eval/retrieval/calibrate.py``."""

_FIRST_HITS = 5
"""How many hits are looked at to judge whether the documents answer."""

THRESHOLD = 0.25
"""Answer from this confidence on."""

_OFF_CORPUS_SHARE = 0.5

REASONS: Mapping[str, str] = {
    "empty_library": "The library holds no documents yet.",
    "not_understood": "The question has no words to search for.",
    "off_corpus": "The documents do not speak of what the question asks about.",
    "missing_detail": "The documents speak of this, but none of the nearest passages gives the detail asked for.",
    "weak_evidence": "The documents touch the topic, but no sentence in them clearly answers the question.",
}
"""Why an answer was refused: the code in ``Answer.reason``, and what to tell a person."""


def answer(
    found: Retrieval,
    library: Mapping[str, Any],
    threshold: float = THRESHOLD,
    question_id: str | None = None,
    asked: str | None = None,
) -> Answer:
    """The Answer to the question that ``found`` was retrieved for; abstains below ``threshold``.

    ``asked`` is the question as it was asked, where ``found`` is of what it means after earlier ones.
    """
    confidence = round(logistic(CONFIDENCE_WEIGHTS, signals(found)), 4) if found.sentences else 0.0
    reason = _reason(found, confidence, threshold)
    chosen = [] if reason else choose(found.sentences)
    sentences, citations = _cite(chosen, found.documents)
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
    """What the confidence rests on, in units that do not depend on the size of the library.

    ``sentence`` is the best sentence's own score in the best hit; ``concentration`` is the share, 0 to 1,
    of the first hits that come from the best hit's document; ``missing`` is 1 where the question asks for a
    detail, such as a dose or a date, and none of the first hits gives one, else 0.
    """
    first = found.hits[:_FIRST_HITS]
    top = first[0]
    return {
        "sentence": top.scores["sentence"],
        "concentration": sum(hit.passage.doc_id == top.passage.doc_id for hit in first) / len(first),
        "missing": float(_lacks_detail(found)),
    }


def _lacks_detail(found: Retrieval) -> bool:
    asked = asked_details(found.query.question)
    return bool(asked) and not any(gives(detail, hit.text) for detail in asked for hit in found.hits[:_FIRST_HITS])


def _reason(found: Retrieval, confidence: float, threshold: float) -> str | None:
    if not found.hits:
        return "empty_library"
    if not found.query.terms:
        return "not_understood"
    if confidence >= threshold:
        return None
    if found.query.unknown >= _OFF_CORPUS_SHARE:
        return "off_corpus"
    return "missing_detail" if _lacks_detail(found) else "weak_evidence"


def choose(sentences: Sequence[ScoredSentence]) -> list[ScoredSentence]:
    """The first few sentences, without those that fall far behind the first in what they say themselves."""
    if not sentences:
        return []
    floor = WEAKEST_SHARE * sentences[0].own
    return [sentence for sentence in sentences[:MAX_SENTENCES] if sentence.own >= floor]


def _cite(
    chosen: Sequence[ScoredSentence], documents: Mapping[Any, Document]
) -> tuple[tuple[AnswerSentence, ...], tuple[Citation, ...]]:
    """A citation for each sentence; sentences of the same words become one with several citations."""
    citations = tuple(_citation(number, s, documents[s.doc_id]) for number, s in enumerate(chosen, 1))
    by_words: dict[str, list[Citation]] = {}
    for citation in citations:
        by_words.setdefault(citation.quote, []).append(citation)
    sentences = tuple(
        AnswerSentence(words, same[0].source, tuple(citation.number for citation in same))
        for words, same in by_words.items()
    )
    return sentences, citations


def _citation(number: int, sentence: ScoredSentence, document: Document) -> Citation:
    section = next(s for s in document.sections if s.start <= sentence.start < s.end)
    return Citation(
        number=number,
        doc_id=document.doc_id,
        source=document.source,
        title=document.title,
        section=section.name,
        page=document.page_at(sentence.start),
        start=sentence.start,
        end=sentence.end,
        quote=document.text[sentence.start : sentence.end],
        sha256=document.sha256,
    )
