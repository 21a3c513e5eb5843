"""The gate: whether a measure has fallen significantly below a committed reference.

The reference keeps the value of each question, so that the test is paired: each question is compared with itself,
and a fall shows with fewer questions. The test is one-sided, since only a fall must be stopped. Holm's correction
over the measures keeps the chance of any false alarm below 5%.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa.errors import EvaluationError
from qa.evaluation.results import Evaluation
from qa.evaluation.statistics import falls, holm

MEASURES = ("Success@5", "RR@10", "nDCG@10", "Sentence@1", "Sentence@3", "answered", "refused")
"""The guarded measures; each further one would cost the others statistical power."""

ALPHA = 0.05

_NEW_REFERENCE = "run 'qa eval' with --gate-update to make a new reference, and commit it"


@dataclass(frozen=True, slots=True)
class Row:
    """One guarded measure: its mean in the reference and now, and the one-sided p value of a fall."""

    measure: str
    was: float
    now: float
    p: float
    p_holm: float
    worse: Sequence[str]
    """The ids of the questions with a lower value now, the greatest fall first."""

    @property
    def fallen(self) -> bool:
        return self.p_holm < ALPHA


def reference(evaluation: Evaluation) -> dict[str, Any]:
    """The reference to commit, of the evaluation's first system."""
    system = evaluation.systems[0]
    return {
        "about": _about(evaluation),
        "made_with": {"pincite": evaluation.library.get("pincite"), "model": evaluation.library.get("model")},
        "system": system.name,
        "measures": {
            measure: {one.id: round(one.measures[measure], 6) for one in system.questions if measure in one.measures}
            for measure in MEASURES
            if measure in system.summary
        },
    }


def _about(evaluation: Evaluation) -> dict[str, Any]:
    """What must be equal for a fair comparison: the questions, and the files that they are about."""
    return {
        "questions_sha256": evaluation.question_set.get("sha256"),
        "documents_sha256": evaluation.library.get("documents_sha256"),
    }


def save(evaluation: Evaluation, path: Path) -> None:
    """Write the reference."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(reference(evaluation), ensure_ascii=False, indent=1) + "\n", "utf-8")


def load(path: Path) -> dict[str, Any]:
    """Read a reference. EvaluationError if there is none in that form."""
    try:
        kept = json.loads(path.read_text("utf-8"))
        if not all(isinstance(values, dict) for values in kept["measures"].values()) or "about" not in kept:
            raise ValueError("it has other fields")
    except OSError as error:
        raise EvaluationError(f"the reference {path} cannot be read ({error.strerror}); {_NEW_REFERENCE}.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise EvaluationError(f"{path} is not a reference of the gate ({error}); {_NEW_REFERENCE}.") from error
    return dict(kept)


def check(kept: Mapping[str, Any], evaluation: Evaluation) -> list[Row]:
    """Compare each guarded measure of the first system with the reference. The gate fails if any has fallen.

    EvaluationError if the questions or the documents are not those of the reference.
    """
    for name, is_now in _about(evaluation).items():
        if kept["about"].get(name) != is_now:
            what = name.partition("_")[0]
            raise EvaluationError(f"the {what} are not those of the reference; use those, or {_NEW_REFERENCE}.")
    now = {one.id: one.measures for one in evaluation.systems[0].questions}
    drafts = []
    for measure, was in kept["measures"].items():
        if not all(measure in now.get(question, {}) for question in was):
            raise EvaluationError(f"{measure} is not measured for each question of the reference; {_NEW_REFERENCE}.")
        changes = {question: now[question][measure] - value for question, value in was.items()}
        drafts.append((measure, sum(was.values()) / len(was), changes))
    ps = [falls(_changed(changes), evaluation.seed) for _, _, changes in drafts]
    return [
        Row(measure, was, was + sum(changes.values()) / len(changes), p, p_holm, _worse(changes))
        for (measure, was, changes), p, p_holm in zip(drafts, ps, holm(ps), strict=True)
    ]


_ROUNDING = 1e-5
"""Smaller changes are rounding errors of the saved values."""


def _changed(changes: Mapping[str, float]) -> list[float]:
    return [0.0 if abs(change) < _ROUNDING else change for change in changes.values()]


def _worse(changes: Mapping[str, float]) -> list[str]:
    fallen = [(change, question) for question, change in changes.items() if change < -_ROUNDING]
    return [question for _, question in sorted(fallen)]
