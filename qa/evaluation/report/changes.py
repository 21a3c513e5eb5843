"""What changed between two evaluations, question by question.

A question is compared only with itself: one that was reworded, or whose gold quotes changed, is listed
separately. The caller gives the statistics; only counts are computed here.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from qa.evaluation.results import Comparison, Evaluation, QuestionResult, Verdict

Direction = Literal["better", "worse", "other"]

_LEVELS: Mapping[Verdict, int] = {"right": 2, "rightly refused": 2, "right later": 1}
"""How good a verdict is. All failures are on level 0: the reader judges which is worse."""


@dataclass(frozen=True, slots=True)
class QuestionChange:
    """One question before and after.

    ``better`` and ``worse`` go by the verdict, and between equally good verdicts by the rank of the first
    right passage. ``other`` is a failure that became another failure at the same rank.
    """

    direction: Direction
    before: QuestionResult
    after: QuestionResult

    @property
    def by_rank_alone(self) -> bool:
        return self.before.verdict == self.after.verdict


@dataclass(frozen=True, slots=True)
class Changes:
    """The changes between the first systems of two evaluations."""

    before: Evaluation
    after: Evaluation
    comparisons: Sequence[Comparison]
    """Of the measures, over the shared questions; ``first`` is before, ``second`` after."""
    changed: Sequence[QuestionChange]
    """In the order of the question set."""
    unchanged: int
    edited: Sequence[QuestionResult]
    """Questions, as they are now, whose wording, answerability or gold has changed."""
    added: Sequence[QuestionResult]
    removed: Sequence[QuestionResult]
    verdicts: Mapping[tuple[Verdict, Verdict], int]
    """How many of the shared questions went from one verdict to another, or stayed."""

    def having(self, direction: Direction, by_rank_alone: bool = False) -> list[QuestionChange]:
        return [
            change for change in self.changed if change.direction == direction and change.by_rank_alone == by_rank_alone
        ]


def compare(before: Evaluation, after: Evaluation, comparisons: Sequence[Comparison] = ()) -> Changes:
    """Compare the first systems of two evaluations.

    ``comparisons`` are those of their measures over the shared questions; ``first`` is before, ``second`` after.
    Without them, the comparison has no intervals and no significance.
    """
    old = {result.id: result for result in before.systems[0].questions}
    new = {result.id: result for result in after.systems[0].questions}
    shared = [(old[id_], result) for id_, result in new.items() if id_ in old]
    same = [(first, second) for first, second in shared if _asks(first) == _asks(second)]
    pairs = [(_direction(first, second), first, second) for first, second in same]
    changed = tuple(QuestionChange(direction, *pair) for direction, *pair in pairs if direction)
    return Changes(
        before=before,
        after=after,
        comparisons=tuple(comparisons),
        changed=changed,
        unchanged=len(same) - len(changed),
        edited=tuple(second for first, second in shared if _asks(first) != _asks(second)),
        added=tuple(result for id_, result in new.items() if id_ not in old),
        removed=tuple(result for id_, result in old.items() if id_ not in new),
        verdicts=Counter((first.verdict, second.verdict) for first, second in same),
    )


def _asks(result: QuestionResult) -> tuple[str, bool, frozenset[tuple[str, str]]]:
    """What is asked and what is right, without offsets, as these change when a text is read again."""
    return result.question, result.answerable, frozenset((gold.source, gold.quote) for gold in result.gold)


def _direction(before: QuestionResult, after: QuestionResult) -> Direction | None:
    gain = quality(after.verdict) - quality(before.verdict)
    nearer = (before.rank or _NO_RANK) - (after.rank or _NO_RANK)
    if gain or nearer:
        return "better" if (gain or nearer) > 0 else "worse"
    return None if before.verdict == after.verdict else "other"


_NO_RANK = 1_000_000


def quality(verdict: Verdict) -> int:
    """How good a verdict is, for comparison with another."""
    return _LEVELS.get(verdict, 0)
