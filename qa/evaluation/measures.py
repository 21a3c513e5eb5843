"""The measures of one question: ranked passages by ``ir-measures``, answers by what they quote.

All are between 0 and 1, higher is better. ``docs/evaluation.md`` says what each means.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

from qa.evaluation.relevance import Qrels, covered
from qa.evaluation.results import Found, Gold, Verdict

Run = dict[str, dict[str, float]]
"""Question id to docno to score, higher is better."""

JUDGED = 10
"""Passages judged for each question."""

SENTENCES = 3
"""Sentences judged one by one for each answer."""

RANKED = ("Success@1", "Success@3", "Success@5", "Success@10", "RR@10", "nDCG@10")
"""As ``ir-measures`` names them; Success@k is also known as Hit@k, the mean of RR@10 as MRR@10."""

_CLOSE = 5


def ranked(qrels: Qrels, run: Run) -> dict[str, dict[str, float]]:
    """Question id to measure to value, by ``ir-measures``, for every question of the qrels.

    A question that is not in the run, or that ir-measures leaves out, has 0.
    """
    import ir_measures  # loads pandas

    wanted = [ir_measures.parse_measure(name) for name in RANKED]
    values = {question: dict.fromkeys(RANKED, 0.0) for question in qrels}
    for metric in ir_measures.iter_calc(wanted, qrels, run):
        values[metric.query_id][str(metric.measure)] = float(metric.value)
    return values


def falling(scores: Sequence[float]) -> list[float]:
    """The scores, each lowered by the least amount that puts it below the score before.

    trec_eval orders by score in single precision and breaks ties by docno. So it keeps an order only if the
    scores fall strictly in single precision.
    """
    lowered: list[float] = []
    below = np.float32(math.inf)
    for score in scores:
        below = min(np.float32(score), np.nextafter(below, np.float32(-math.inf)))
        lowered.append(float(below))
    return lowered


def by_document(hits: Sequence[Found], gold: Sequence[Gold]) -> dict[str, float]:
    """``Doc@5``: whether a gold document is among the first five hits.

    ``DocRecall@10``: the share of the gold documents with a right passage. It is there only for questions with
    several gold documents; with one it would equal Success@10.
    """
    sources = {one.source for one in gold}
    measures = {"Doc@5": float(any(hit.source in sources for hit in hits[:5]))}
    if len(sources) > 1:
        found = {hit.source for hit in hits[:JUDGED] if hit.right}
        measures["DocRecall@10"] = len(found) / len(sources)
    return measures


def of_answer(sentences: Sequence[Found], gold: Sequence[Gold], abstained: bool) -> dict[str, float]:
    """How well the shown sentences answer. For a refused question nothing is shown, so nothing is right."""
    right = [sentence.right for sentence in sentences]
    reached = {position for one in sentences for position in covered(one.source, one.text, gold)}
    shown = " ".join(sentence.text for sentence in sentences)
    return {
        "Sentence@1": float(any(right[:1])),
        "Sentence@3": float(any(right[:SENTENCES])),
        "QuotePrecision": sum(right) / len(right) if right else 0.0,
        "QuoteRecall": len(reached) / len(gold) if gold else 0.0,
        "TokenF1": max((token_f1(shown, one.quote) for one in gold), default=0.0),
        "answered": float(not abstained),
    }


_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_MARKS = re.compile(r"[^\w\s]")


def token_f1(text: str, gold: str) -> float:
    """Harmonic mean of the precision and recall of words, without case, marks and articles.

    From Rajpurkar et al., "SQuAD: 100,000+ Questions for Machine Comprehension of Text", EMNLP 2016.

    >>> token_f1("The dose is high.", "high dose")
    0.8
    """
    given, wanted = (Counter(_tokens(one)) for one in (text, gold))
    common = (given & wanted).total()
    return 2 * common / (given.total() + wanted.total()) if common else 0.0


def _tokens(text: str) -> list[str]:
    return _ARTICLES.sub(" ", _MARKS.sub("", text.lower())).split()


def first_right(hits: Sequence[Found]) -> int | None:
    """The rank, from 1, of the first right passage; None if there is none."""
    return next((rank for rank, hit in enumerate(hits, 1) if hit.right), None)


def verdict(answerable: bool, abstained: bool, rank: int | None, sentences: Sequence[Found]) -> Verdict:
    """The verdict on the question."""
    if not answerable:
        return "rightly refused" if abstained else "wrongly answered"
    if abstained:
        return "wrongly refused"
    right = [sentence.right for sentence in sentences[:SENTENCES]]
    if any(right):
        return "right" if right[0] else "right later"
    if rank is None:
        return "not retrieved"
    return "wrong sentence" if rank <= _CLOSE else "ranked low"
