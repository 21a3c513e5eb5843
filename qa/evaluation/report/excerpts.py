"""A question with what was found and what was missed, cut into pieces to highlight.

Positions are compared by the offsets in the records. If a text is not as long as its offsets say, nothing
in it is highlighted, so that no wrong words are.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from qa.evaluation.report.words import likely_reason
from qa.evaluation.results import Found, Gold, QuestionResult, SystemResult, Verdict

SHOWN_HITS = 3
"""Passages shown in full for a question; the first right one is shown at any rank."""

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Piece:
    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A passage or sentence that was found. Marked pieces belong to a gold quote."""

    rank: int
    source: str
    section: str
    right: bool
    pieces: Sequence[Piece]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A gold quote. Marked pieces are in no passage that was found."""

    source: str
    pieces: Sequence[Piece]
    where: str


@dataclass(frozen=True, slots=True)
class Case:
    """One question as a report shows it. ``others`` are the verdicts of the other systems."""

    anchor: str
    result: QuestionResult
    reason: str
    wanted: Sequence[Wanted]
    sentences: Sequence[Excerpt]
    hits: Sequence[Excerpt]
    others: Sequence[tuple[str, Verdict]]


def case(result: QuestionResult, others: Sequence[SystemResult] = ()) -> Case:
    return Case(
        anchor=anchor(result.id),
        result=result,
        reason=likely_reason(result),
        wanted=[_wanted(gold, result.hits) for gold in result.gold],
        sentences=[_excerpt(rank, found, result.gold) for rank, found in enumerate(result.sentences, 1)],
        hits=[
            _excerpt(rank, found, result.gold)
            for rank, found in enumerate(result.hits, 1)
            if rank <= SHOWN_HITS or rank == result.rank
        ],
        others=[
            (system.name, other.verdict) for system in others for other in system.questions if other.id == result.id
        ],
    )


def anchor(question_id: str) -> str:
    """The URL fragment of a question. An id that cannot stand in a URL is replaced by a hash.

    >>> anchor("c581")
    'q-c581'
    """
    if re.fullmatch(r"[A-Za-z0-9._-]{1,64}", question_id):
        return f"q-{question_id}"
    return f"q-{hashlib.sha256(question_id.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"


def _excerpt(rank: int, found: Found, golds: Sequence[Gold]) -> Excerpt:
    spans = [_overlap(gold.source, place, found) for gold in golds for place in _places(gold)]
    return Excerpt(rank, found.source, found.section, found.right, cut(found.text, found.start, found.end, spans))


def _wanted(gold: Gold, hits: Sequence[Found]) -> Wanted:
    if not (places := _places(gold)):
        where = "The document does not hold these words, so no system can find them."
        return Wanted(gold.source, [Piece(gold.quote, marked=True)], where)
    missed = {place: _without(place, [_overlap(gold.source, place, hit) for hit in hits]) for place in places}
    best = min(places, key=lambda place: sum(end - start for start, end in missed[place]))
    holding = (
        rank for rank, hit in enumerate(hits, 1) if any(_holds_half(hit, gold.source, place) for place in places)
    )
    rank = next(holding, None)
    where = f"Passage {rank} holds it." if rank else _near(gold, hits)
    return Wanted(gold.source, cut(gold.quote, *best, missed[best]), where)


def _places(gold: Gold) -> list[Span]:
    """Where the document has the words of the quote. All these places are equally good."""
    return [] if gold.start is None or gold.end is None else [(gold.start, gold.end), *gold.others]


def _holds_half(found: Found, source: str, place: Span) -> bool:
    start, end = _overlap(source, place, found)
    return start < end and end - start >= (place[1] - place[0]) / 2


def _near(gold: Gold, hits: Sequence[Found]) -> str:
    ranks = [rank for rank, hit in enumerate(hits, 1) if hit.source == gold.source]
    if not ranks:
        return f"None of the {len(hits)} passages found is of this document." if hits else "No passage was found."
    return f"No passage found holds it; other passages of this document were found, the first at rank {ranks[0]}."


def _overlap(source: str, place: Span, found: Found) -> Span:
    """The overlap of a place in a document with a text that was found; an empty span if there is none."""
    if source != found.source:
        return (0, 0)
    start, end = max(place[0], found.start), min(place[1], found.end)
    return (start, end) if start < end else (0, 0)


def _without(whole: Span, covered: Iterable[Span]) -> list[Span]:
    """What is left of a span without the covered spans.

    >>> _without((0, 10), [(8, 12), (2, 4)])
    [(0, 2), (4, 8)]
    """
    left, position = [], whole[0]
    for start, end in sorted(covered):
        if start > position and end > start:
            left.append((position, min(start, whole[1])))
        position = max(position, end)
    if position < whole[1]:
        left.append((position, whole[1]))
    return left


def cut(text: str, start: int, end: int, spans: Iterable[Span]) -> list[Piece]:
    """The text at ``start:end`` of its document, in pieces. Pieces within a span are marked.

    >>> [(piece.text, piece.marked) for piece in cut("IL-2 works well", 100, 115, [(105, 110)])]
    [('IL-2 ', False), ('works', True), (' well', False)]
    """
    if len(text) != end - start:
        return [Piece(text, marked=False)]
    marked = [False] * len(text)
    for low, high in spans:
        for place in range(max(low, start), min(high, end)):
            marked[place - start] = True
    borders = [0, *(place for place in range(1, len(text)) if marked[place] != marked[place - 1]), len(text)]
    return [Piece(text[low:high], marked[low]) for low, high in pairwise(borders) if low < high]
