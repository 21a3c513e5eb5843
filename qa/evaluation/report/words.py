"""The terms of a report in plain words: verdicts, measures, and why a question failed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qa.evaluation.report.numbers import figure
from qa.evaluation.results import Evaluation, QuestionResult, SystemResult, Verdict


@dataclass(frozen=True, slots=True)
class VerdictWords:
    meaning: str
    """A sentence that says why a question is judged so."""
    failure: bool
    style: str
    """The name of its colour."""


VERDICTS: Mapping[Verdict, VerdictWords] = {
    "right": VerdictWords("The first sentence shown is a gold one.", False, "right"),
    "right later": VerdictWords("The second or third sentence shown is the first gold one.", False, "later"),
    "rightly refused": VerdictWords("The documents have no answer, and none was given.", False, "refused"),
    "wrong sentence": VerdictWords(
        "A right passage is among the first five, but no gold sentence was shown.", True, "sentence"
    ),
    "ranked low": VerdictWords("A right passage was found, but below the fifth place.", True, "low"),
    "not retrieved": VerdictWords("No right passage is among those found.", True, "missed"),
    "wrongly refused": VerdictWords("The documents have the answer, and it was refused.", True, "silent"),
    "wrongly answered": VerdictWords("The documents have no answer, and one was given.", True, "false"),
}
"""Verdicts from best to worst, the order in every list and bar."""

FAILURES: Sequence[Verdict] = tuple(verdict for verdict, words in VERDICTS.items() if words.failure)

_HEADLINES = (("Success@5", "Success@3", "Success@10", "nDCG@10", "RR@10"), ("Sentence@1", "Sentence@3"))
"""The measures to use if one for passages and one for sentences must be enough; the best known first."""

_MEASURES: Sequence[tuple[str, str]] = (
    (r"Success@1$", "a right passage is the first"),
    (r"Success@(\d+)", "a right passage is among the first {}"),
    (r"RR@(\d+)", "1 / rank of the first right passage among {}, else 0 (MRR)"),
    (r"nDCG@(\d+)", "right passages of the first {}, those further up counting more"),
    (r"Sentence@1$", "the first sentence shown is a gold one"),
    (r"Sentence@(\d+)", "a gold sentence is among the first {} shown"),
    (r"DocRecall@(\d+)", "share of several gold documents with a right passage among the first {}"),
    (r"Doc@(\d+)", "a gold document is among the first {}"),
    (r"QuotePrecision$", "share of the sentences shown that is right"),
    (r"QuoteRecall$", "share of the gold quotes that is shown"),
    (r"TokenF1$", "words shown and words of the gold quote, their overlap"),
    (r"answered$", "share of the answerable questions that is not refused"),
    (r"refused$", "share of the unanswerable questions that is refused"),
    (r"R@(\d+)", "share of the gold quotes held by the first {}"),
    (r"P@(\d+)", "share of the first {} that is right"),
    (r"AP@(\d+)", "precision at each right passage of the first {}, averaged"),
)


def meaning(measure: str) -> str:
    """What a measure measures; empty for an unknown measure.

    >>> meaning("Success@5")
    'a right passage is among the first 5'
    """
    for pattern, words in _MEASURES:
        if match := re.match(pattern, measure):
            return words.format(*match.groups())
    return ""


def headlines(evaluation: Evaluation) -> list[str]:
    """The one or two measures to compare by. If none of the known ones is there, the first that is."""
    summary = evaluation.systems[0].summary
    known = [next((name for name in names if name in summary), None) for names in _HEADLINES]
    return [name for name in known if name] or list(summary)[:1]


def measures(systems: Sequence[SystemResult]) -> list[str]:
    """Every measure that a system has, in the order of the first system."""
    return list(dict.fromkeys(measure for system in systems for measure in system.summary))


def verdict_counts(questions: Sequence[QuestionResult]) -> dict[Verdict, int]:
    """How many questions got each verdict; every verdict is listed, also with 0."""
    return {verdict: sum(result.verdict == verdict for result in questions) for verdict in VERDICTS}


def likely_reason(result: QuestionResult) -> str:
    """Why this question was judged as it was, from what was found."""
    place = f"right passage stands at rank {result.rank}"
    refused = f"Refused ({_code(result.reason)}) at confidence {figure(result.confidence)}"
    reasons: Mapping[Verdict, str] = {
        "rightly refused": f"{refused}.",
        "not retrieved": _missing(result),
        "ranked low": f"The first {place}, where few answers are taken from.",
        "wrong sentence": f"The first {place}, but other sentences were preferred to the gold one.",
        "wrongly refused": f"{refused}, though a {place}." if result.rank else f"{refused}. {_missing(result)}",
        "wrongly answered": f"The documents have no answer, and yet the confidence was {figure(result.confidence)}.",
    }
    return reasons.get(result.verdict, VERDICTS[result.verdict].meaning)


def _missing(result: QuestionResult) -> str:
    """Why no right passage was found, as far as the records show."""
    if result.gold and all(gold.start is None for gold in result.gold):
        return "The documents do not hold the gold quote, so it could not be found."
    if not result.hits:
        return "No passage was found at all."
    if {gold.source for gold in result.gold}.isdisjoint(hit.source for hit in result.hits):
        return f"None of the {len(result.hits)} passages found is of the right document."
    return "The right document was found, but not the passage that answers."


def _code(reason: str | None) -> str:
    return (reason or "no reason given").replace("_", " ")
