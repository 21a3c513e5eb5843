"""Compares one system's responses with the gold: what was right, question by question.

The judgments (qrels) and the run are made here too, in the form that TREC files and ``ir-measures`` share.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from qa.evaluation.measures import JUDGED, Run, by_document, falling, first_right, of_answer, ranked, verdict
from qa.evaluation.relevance import Qrels, docno, encoded, is_right, judgments, resolved, spans
from qa.evaluation.results import Found, Gold, QuestionResult
from qa.evaluation.systems import Piece, Response
from qa.records import Document, Question


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, the response, the response that would be given without refusing, and the time in seconds."""

    question: Question
    response: Response
    insisted: Response
    seconds: float


@dataclass(frozen=True, slots=True)
class Judged:
    """The results of all questions in order, with their qrels and run."""

    questions: Sequence[QuestionResult]
    qrels: Qrels
    run: Run


def judge(asked: Sequence[Asked], passages: Sequence[Piece] | None, documents: Mapping[str, Document]) -> Judged:
    """Judge what a system said.

    ``passages`` has all passages that it can return; if None, only those that it returned are judged.
    ``documents`` has the library's documents by file name.
    """
    gold = {one.question.id: resolved(one.question, documents) for one in asked}
    hits = {one.question.id: _found(one.response.hits[:JUDGED], gold[one.question.id], documents) for one in asked}
    known = _by_source([*_found(passages or (), (), documents), *(hit for found in hits.values() for hit in found)])
    qrels = {one.question.id: _judged(gold[one.question.id], known) for one in asked if one.question.answerable}
    run = {one.question.id: _scores(hits[one.question.id]) for one in asked}
    values = ranked(qrels, run)
    answers = any(one.insisted.sentences or one.response.abstained for one in asked)
    results = [
        _result(
            one,
            gold[one.question.id],
            hits[one.question.id],
            values=values.get(one.question.id, {}),
            answers=answers,
            documents=documents,
        )
        for one in asked
    ]
    return Judged(results, qrels, run)


def _found(pieces: Sequence[Piece], gold: Sequence[Gold], documents: Mapping[str, Document]) -> list[Found]:
    found = []
    for piece in pieces:
        source = PurePath(piece.source).name
        start, end = _span(piece, documents.get(source))
        right = is_right(source, piece.text, gold)
        found.append(Found(source, piece.section, piece.text, start, end, right, piece.score))
    return found


def _span(piece: Piece, document: Document | None) -> tuple[int, int]:
    if piece.start is not None and piece.end is not None:
        return piece.start, piece.end
    return next(iter(spans(piece.text, document.text if document else "")), (0, 0))


def _by_source(found: Iterable[Found]) -> dict[str, dict[str, str]]:
    """File name to docno to text."""
    known: dict[str, dict[str, str]] = {}
    for one in found:
        known.setdefault(one.source, {})[_docno(one)] = one.text
    return known


def _docno(found: Found) -> str:
    """The docno of its place; if the document does not have its words, a docno made from the words."""
    if found.end:
        return docno((found.source, found.start, found.end))
    return f"{encoded(found.source)}#words-{hashlib.sha256(found.text.encode()).hexdigest()[:16]}"


def _judged(gold: Sequence[Gold], known: Mapping[str, Mapping[str, str]]) -> dict[str, int]:
    sources = dict.fromkeys(one.source for one in gold)
    texts = ((source, number, text) for source in sources for number, text in known.get(source, {}).items())
    return judgments(gold, texts)


def _scores(hits: Sequence[Found]) -> dict[str, float]:
    """Docno to score in the order of the hits. Scores fall strictly, so that no tie changes this order."""
    numbers = dict.fromkeys(_docno(hit) for hit in hits)
    given = [0.0 if hit.score is None else hit.score for hit in hits]
    return dict(zip(numbers, falling(given), strict=False))


def _result(
    asked: Asked,
    gold: Sequence[Gold],
    hits: Sequence[Found],
    *,
    values: Mapping[str, float],
    answers: bool,
    documents: Mapping[str, Document],
) -> QuestionResult:
    question, response = asked.question, asked.response
    shown = [] if response.abstained else response.sentences
    sentences = _found(shown, gold, documents)
    would_show = _found(asked.insisted.sentences, gold, documents)
    rank = first_right(hits)
    answered = _answered(question, response, sentences, gold) if answers else {}
    found = {**values, **by_document(hits, gold)} if question.answerable else {}
    return QuestionResult(
        id=question.id,
        question=question.question,
        kind=question.kind,
        answerable=question.answerable,
        gold=gold,
        verdict=verdict(question.answerable, response.abstained, rank, sentences),
        abstained=response.abstained,
        reason=response.reason,
        confidence=response.confidence,
        rank=rank,
        measures=found | answered,
        hits=hits,
        sentences=sentences,
        seconds=asked.seconds,
        supported=any(one.right for one in would_show),
    )


def _answered(
    question: Question, response: Response, sentences: Sequence[Found], gold: Sequence[Gold]
) -> dict[str, float]:
    if question.answerable:
        return of_answer(sentences, gold, response.abstained)
    return {"refused": float(response.abstained)}
