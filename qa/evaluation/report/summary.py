"""An evaluation in words, most useful first. Every sentence says only what the records show."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from qa.evaluation.report.numbers import counted, duration, figure, interval, p_value, percent, signed
from qa.evaluation.report.words import FAILURES, headlines, verdict_counts
from qa.evaluation.results import Comparison, Estimate, Evaluation, QuestionResult, SystemResult

FEW = 30
"""A kind with fewer questions than this says little."""

LEAST = 5
"""A kind with fewer questions than this is not called weak, as its interval may be too narrow by chance."""

SIGNIFICANT = 0.05


@dataclass(frozen=True, slots=True)
class Point:
    topic: str
    text: str


def summary(evaluation: Evaluation) -> list[Point]:
    """What a reader should know first, about the first system."""
    system = evaluation.systems[0]
    measures = headlines(evaluation)
    points = [
        *_passages_and_sentences(system.questions),
        *(point for measure in measures for point in _others(evaluation, measure)),
        *_failures(system.questions),
        *_refusals(system.questions),
        *(point for measure in measures for point in _kinds(system, measure)),
        *_confidence(system),
        Point("Time", _time(system)),
        Point("What this set cannot tell", " ".join(_limits(evaluation, measures))),
    ]
    return [Point(point.topic, sentence_case(point.text)) for point in points if point.text]


def sentence_case(text: str) -> str:
    """The text with a capital first letter; the rest, such as names, stays as it is."""
    return text[:1].upper() + text[1:]


def _passages_and_sentences(questions: Sequence[QuestionResult]) -> Iterator[Point]:
    answerable = [result for result in questions if result.answerable]
    if not answerable:
        return
    among = sum((result.rank or 99) <= 5 for result in answerable)
    first = sum(result.rank == 1 for result in answerable)
    counts, total = verdict_counts(answerable), len(answerable)
    yield Point(
        "Right passage",
        f"among the first five for {_of(among, total, 'answerable question')}, and in first place for "
        f"{first:,} ({percent(first, total)}).",
    )
    right, later = counts["right"], counts["right later"]
    text = f"shown first for {_of(right, total, 'answerable question')}"
    yield Point("Right sentence", text + (f", and second or third for {later:,} more." if later else "."))


def _failures(questions: Sequence[QuestionResult]) -> Iterator[Point]:
    counts = {verdict: count for verdict, count in verdict_counts(questions).items() if verdict in FAILURES and count}
    if not counts:
        yield Point("Failures", "none.")
        return
    ordered = sorted(counts.items(), key=lambda item: -item[1])
    reasons = ", ".join(f"{count:,} {verdict}" for verdict, count in ordered)
    yield Point("Failures", f"{_of(sum(counts.values()), len(questions), 'question')}: {reasons}.")


def _refusals(questions: Sequence[QuestionResult]) -> Iterator[Point]:
    counts, unanswerable = verdict_counts(questions), [result for result in questions if not result.answerable]
    answerable, wrongly = len(questions) - len(unanswerable), counts["wrongly refused"]
    parts = []
    if unanswerable:
        refused = _of(
            counts["rightly refused"], len(unanswerable), "question without an answer", "questions without an answer"
        )
        parts.append(f"{refused} rightly refused, {counts['wrongly answered']:,} wrongly answered")
    if answerable:
        parts.append(f"{_of(wrongly, answerable, 'answerable question')} wrongly refused")
    yield Point("Refusals", "; ".join(parts) + ".")


def weak_kinds(system: SystemResult, measure: str) -> list[tuple[str, Estimate]]:
    """Kinds with at least ``LEAST`` questions whose whole interval is below the mean over all, weakest first."""
    mean = system.summary[measure].value
    found = [(kind, values[measure]) for kind, values in system.by_kind.items() if measure in values]
    return sorted(
        ((kind, e) for kind, e in found if e.count >= LEAST and e.high < mean), key=lambda item: item[1].value
    )


def _kinds(system: SystemResult, measure: str) -> Iterator[Point]:
    counts = [values[measure].count for values in system.by_kind.values() if measure in values]
    if len(counts) < 2 or max(counts) < LEAST:
        return
    mean = figure(system.summary[measure].value)
    weak = weak_kinds(system, measure)
    named = ", ".join(f"{kind} ({figure(e.value)} {interval(e)})" for kind, e in weak)
    text = f"{named}, against {mean} over all." if weak else "none is clearly below the mean."
    yield Point(f"Weak kinds of question, by {measure}", text)


def _others(evaluation: Evaluation, measure: str) -> Iterator[Point]:
    own = evaluation.systems[0].name
    found = [c for c in oriented(evaluation) if c.measure == measure and c.second == own]
    groups: dict[str, list[str]] = {"better than": [], "worse than": [], "no clear difference from": []}
    for c in found:
        groups[outcome(c)].append(f"{c.first} ({signed(c.difference)}, {p_value(c.p_holm)})")
    if found:
        said = "; ".join(f"{name} {', '.join(systems)}" for name, systems in groups.items() if systems)
        yield Point(f"Beside others, by {measure}", f"{said}. p is after Holm’s correction.")


def outcome(c: Comparison) -> str:
    """How the second system compares with the first; no clear difference if it may be chance."""
    if c.p_holm >= SIGNIFICANT:
        return "no clear difference from"
    return "better than" if c.difference > 0 else "worse than"


def oriented(evaluation: Evaluation) -> list[Comparison]:
    """The comparisons, with the system that the report is about as the second, which is better or worse."""
    own = evaluation.systems[0].name
    return [_turned(c) if c.first == own and c.second != own else c for c in evaluation.comparisons]


def _turned(c: Comparison) -> Comparison:
    return replace(c, first=c.second, second=c.first, difference=-c.difference, low=-c.high, high=-c.low)


def _confidence(system: SystemResult) -> Iterator[Point]:
    curve = system.risk_coverage
    half = [risk for coverage, risk in zip(curve.coverage, curve.risk, strict=True) if coverage <= 0.5]
    if not half or not system.calibration:
        return
    stated = f"What it states differs from what comes true by {figure(system.calibration_error)} on average."
    yield Point("Confidence", f"of the half it is surest of, {percent(half[-1], 1)} of the answers are wrong. {stated}")


def _time(system: SystemResult) -> str:
    if not system.seconds:
        return ""
    median, slow = duration(system.seconds.get("p50")), duration(system.seconds.get("p99"))
    return f"half of the questions take {median} or less, 99 of 100 take {slow} or less."


def _limits(evaluation: Evaluation, measures: Sequence[str]) -> Iterator[str]:
    system = evaluation.systems[0]
    least = {
        c.measure: max(d.detectable for d in evaluation.comparisons if d.measure == c.measure)
        for c in evaluation.comparisons
        if c.measure in measures and c.detectable  # 0 if no question differs, which says nothing on other sets
    }
    if least:
        shown = " and ".join(f"in {measure} of about {figure(value)}" for measure, value in least.items())
        yield f"It shows differences {shown} or more; smaller ones may go unnoticed."
    if len(evaluation.systems) == 1:
        yield "No other system was measured beside it."
    kinds = Counter(result.kind for result in system.questions)
    few = [kind for kind, count in kinds.items() if count < FEW]
    if few:
        yield f"Fewer than {FEW} questions are of kind {', '.join(few)}: little can be said of them."
    if all(result.answerable for result in system.questions):
        yield "Every question has an answer, so whether it refuses where it should is not measured."
    lost = sum(gold.start is None for result in system.questions for gold in result.gold)
    if lost:
        verb = "stands" if lost == 1 else "stand"
        yield f"{counted(lost, 'gold quote')} {verb} in no document, so no system can find them."


def _of(part: int, whole: int, noun: str, plural: str = "") -> str:
    return f"{part:,} of {counted(whole, noun, plural)} ({percent(part, whole)})"
