"""Questions as input: one typed by a person, or a JSON Lines file of them."""

import json
import re
from pathlib import Path
from typing import Any

from qa.errors import QuestionError, QuestionSetError
from qa.records import Question
from qa.text.lines import collapse

_HALF = re.compile("[\ud800-\udfff]")
MAX_CHARACTERS = 2_000


def checked_question(text: str) -> str:
    """The question on one line. QuestionError if it is empty, not text, or longer than ``MAX_CHARACTERS``."""
    question = collapse(text)
    if not question:
        raise QuestionError("the question is empty; ask something.")
    if _HALF.search(question):
        raise QuestionError("the question holds bytes that are no UTF-8, or half a character; write it anew.")
    if len(question) > MAX_CHARACTERS:
        raise QuestionError(f"the question has {len(question):,} characters; ask it in at most {MAX_CHARACTERS:,}.")
    return question


def read_questions(path: Path) -> list[Question]:
    """The questions of a JSON Lines file, each line an object with ``id`` and ``question`` at least.

    Raises QuestionSetError, which names the line, if any line is bad.
    """
    try:
        lines = path.read_text("utf-8-sig").split("\n")
    except OSError as error:
        raise QuestionSetError(f"{path} cannot be read ({error.strerror}); check the path.") from error
    except UnicodeDecodeError as error:
        raise QuestionSetError(f"{path} is not UTF-8 text; save it as UTF-8.") from error
    questions = [_parsed(line, f"{path}, line {number}") for number, line in enumerate(lines, 1) if line.strip()]
    if not questions:
        raise QuestionSetError(f"{path} holds no question; write one JSON object a line.")
    return questions


def _parsed(line: str, place: str) -> Question:
    try:
        fields: dict[str, Any] = json.loads(line)
        return Question(
            id=str(fields["id"]),
            question=checked_question(fields["question"]),
            kind=str(fields.get("kind", "factoid")),
            answerable=_truth(fields.get("answerable", True)),
            answers=tuple((str(answer["doc"]), str(answer["quote"])) for answer in fields.get("answers", ())),
            judged=tuple(str(quote) for quote in fields.get("judged", ())),
        )
    except QuestionError as error:
        raise QuestionSetError(f"{place}: {error}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise QuestionSetError(f'{place} is not of the form {{"id": …, "question": "…"}}; mend that line.') from error


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError("answerable is neither true nor false")
    return value
