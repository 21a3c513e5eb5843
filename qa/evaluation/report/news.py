"""What changed between two evaluations, in words, most useful first."""

from collections.abc import Iterator

from qa.evaluation.report.changes import Changes
from qa.evaluation.report.conditions import differing
from qa.evaluation.report.numbers import counted, figure, interval, p_value, shortened, signed
from qa.evaluation.report.summary import SIGNIFICANT, Point, sentence_case
from qa.evaluation.results import Comparison, Verdict

_LIKELY = ("System: name", "System: settings", "System: passages", "Library: model", "Question set: name")
"""Conditions that are likely causes of changed results."""

_VALUE = 80

_MOST = 3
"""Moves from verdict to verdict that are mentioned, at most."""


def news(changes: Changes) -> list[Point]:
    """What a reader should know first."""
    points = (*_measures(changes), *_questions(changes), *_moves(changes), *_set(changes), *_causes(changes))
    return [Point(point.topic, sentence_case(point.text)) for point in points]


def verdict_on(comparison: Comparison) -> str:
    """Whether a measure changed, in a few words."""
    if comparison.p_holm >= SIGNIFICANT:
        return "no clear change"
    return "better" if comparison.difference > 0 else "worse"


def _measures(changes: Changes) -> Iterator[Point]:
    if not changes.comparisons:
        return
    clear = [c for c in changes.comparisons if verdict_on(c) != "no clear change"]
    said = [
        f"{c.measure} is {verdict_on(c)} by {figure(abs(c.difference))} {interval(c)} "
        f"({p_value(c.p_holm)} after Holm’s correction)"
        for c in clear
    ]
    rest = [f"{c.measure} ({signed(c.difference)})" for c in changes.comparisons if c not in clear]
    if rest:
        least = max(c.detectable for c in changes.comparisons if c not in clear)
        shows = f", where a difference of about {figure(least)} or more would show" if least else ""
        said.append(f"no clear change in {', '.join(rest)}{shows}")
    text = "; ".join(said)
    yield Point("Measures", f"{text}.")


def _questions(changes: Changes) -> Iterator[Point]:
    better, worse = changes.having("better"), changes.having("worse")
    nearer, farther = changes.having("better", by_rank_alone=True), changes.having("worse", by_rank_alone=True)
    shared = changes.unchanged + len(changes.changed)
    text = (
        f"of {counted(shared, 'shared question')}, {len(better):,} got better and {len(worse):,} worse by the verdict; "
        f"with the same verdict, the right passage rose for {len(nearer):,} and fell for {len(farther):,}"
    )
    other = len(changes.having("other"))
    yield Point("Questions", text + (f"; {other:,} fail in another way." if other else "."))


def _moves(changes: Changes) -> Iterator[Point]:
    moves = sorted(
        ((count, pair) for pair, count in changes.verdicts.items() if pair[0] != pair[1]), key=lambda move: -move[0]
    )
    if moves:
        yield Point("Most frequent changes", "; ".join(_move(count, pair) for count, pair in moves[:_MOST]) + ".")


def _move(count: int, pair: tuple[Verdict, Verdict]) -> str:
    return f"from “{pair[0]}” to “{pair[1]}”: {count:,}"


def _set(changes: Changes) -> Iterator[Point]:
    counts = {"added": changes.added, "removed": changes.removed, "edited": changes.edited}
    named = [f"{counted(len(questions), 'question')} {what}" for what, questions in counts.items() if questions]
    if named:
        yield Point("The set itself changed", f"{', '.join(named)}; these are in no count above.")


def _causes(changes: Changes) -> Iterator[Point]:
    lines = differing(changes.before, changes.after)
    causes = [
        f"{label}, from “{shortened(old, _VALUE)}” to “{shortened(new, _VALUE)}”"
        for label, old, new in lines
        if label.startswith(_LIKELY)
    ]
    text = "; ".join(causes) or "not the system’s settings, nor the library’s model and passages"
    yield Point("What differs", f"{text}. The last section lists everything.")
