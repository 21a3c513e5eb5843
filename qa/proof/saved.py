"""Reads saved answers."""

import json
from pathlib import Path
from typing import Any

from qa.errors import AnswerFileError

Form = dict[str, Any]


def read_answers(path: Path) -> list[Form]:
    """The answers of a file: one in JSON, a JSON list, or JSON Lines. AnswerFileError if malformed."""
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise AnswerFileError(f"{path} cannot be read ({error.strerror}); check the path.") from error
    except UnicodeDecodeError as error:
        raise AnswerFileError(f"{path} is not UTF-8 text; give an answer saved with --json.") from error
    try:
        answers = _parsed(text)
    except (ValueError, RecursionError) as error:
        raise AnswerFileError(f"{path} is not JSON ({error}); give an answer saved with --json.") from error
    if not answers or not all(isinstance(answer, dict) for answer in answers):
        raise AnswerFileError(f"{path} holds no answer; give an answer saved with --json.")
    return answers


def _parsed(text: str) -> list[Any]:
    try:
        whole = _loaded(text)
    except _Refused:
        raise
    except ValueError:
        return [_loaded(line) for line in text.split("\n") if line.strip()]
    return whole if isinstance(whole, list) else [whole]


class _Refused(ValueError):
    """JSON that two programs may read differently."""


def _loaded(text: str) -> Any:
    return json.loads(text, object_pairs_hook=_without_repeats, parse_constant=_no_number)


def _without_repeats(pairs: list[tuple[str, Any]]) -> Form:
    """The object, if each name stands in it once. Of a repeated name, programs read different values."""
    form = dict(pairs)
    if len(form) < len(pairs):
        name = next(name for name in form if sum(name == other for other, _ in pairs) > 1)
        raise _Refused(f"it says {name!r} twice")
    return form


def _no_number(word: str) -> Any:
    raise _Refused(f"{word} is no number")
