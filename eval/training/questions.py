"""The questions written to train the reader with, and those written in the same form to try it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.places import EVAL
from qa.records import Question

WRITTEN = EVAL / "questions" / "training"
"""Questions to train with; most have no answer where one would look for it."""


@dataclass(frozen=True)
class Written:
    """A question about a paragraph, an article or a few articles; ``answers`` is empty if these do not answer."""

    about: str
    question: Question


def written(name: str, folder: Path | None = None) -> list[Written]:
    """The questions of a file in the folder, or in WRITTEN."""
    lines = ((folder or WRITTEN) / f"{name}.jsonl").read_text("utf-8").splitlines()
    return [_written(f"{name}-{number}", json.loads(line)) for number, line in enumerate(lines, 1)]


def _written(question_id: str, form: Mapping[str, Any]) -> Written:
    answers = tuple((answer["doc"], answer["quote"]) for answer in form["answers"])
    kind = form.get("kind", "paraphrase" if answers else "near-miss")
    return Written(form["about"], Question(question_id, form["question"], kind, bool(answers), answers))
