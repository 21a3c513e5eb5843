"""An evaluation as JSON, and back: what ``results.json`` holds.

The form has the fields of the records, and the name and version of the format. Each text that was found is stored
once, in ``texts``; elsewhere its position there stands for it, since systems often find the same texts.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.errors import ResultsFileError
from qa.evaluation.results import Evaluation

if TYPE_CHECKING:
    from pydantic import TypeAdapter

FORMAT = "pincite evaluation"
VERSION = 2
"""Rises if a program for the last version would misread the new one; a new field alone does not raise it."""


def to_dict(evaluation: Evaluation) -> dict[str, Any]:
    """The documented JSON form."""
    form = {"format": FORMAT, "version": VERSION, **asdict(evaluation)}
    texts: dict[str, int] = {}
    for found in _found(form):
        found["text"] = texts.setdefault(found["text"], len(texts))
    return form | {"texts": list(texts)}


def from_dict(form: object) -> Evaluation:
    """The evaluation from its JSON form. ResultsFileError if that is another form or malformed."""
    from pydantic import ValidationError

    if not isinstance(form, Mapping) or form.get("format") != FORMAT:
        raise ResultsFileError("this is not a saved evaluation; give the results.json of a report.")
    if form.get("version") != VERSION:
        version = f"version {form.get('version')!s:.20}"
        raise ResultsFileError(
            f"this evaluation is saved in {version} and this Pincite reads version {VERSION}; evaluate again."
        )
    if not form.get("systems"):
        raise ResultsFileError("this saved evaluation holds no system; evaluate again.")
    try:
        evaluation = _adapter().validate_python(_with_texts(_with_tuples(form)))
    except ValidationError as error:
        problem = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(map(str, problem["loc"]))
        raise ResultsFileError(
            f"this saved evaluation is malformed at {place!r} ({problem['msg']}); evaluate again."
        ) from error
    curves = [system.risk_coverage for system in evaluation.systems]
    if any(len(curve.coverage) != len(curve.risk) for curve in curves):
        raise ResultsFileError("this saved evaluation has a curve with unpaired points; evaluate again.")
    return evaluation


def load(path: Path) -> Evaluation:
    """The evaluation saved at the path. ResultsFileError, which names the path, if there is none."""
    try:
        return from_dict(json.loads(path.read_text("utf-8")))
    except OSError as error:
        raise ResultsFileError(f"{path} cannot be read ({error.strerror}); check the path.") from error
    except (ValueError, RecursionError) as error:
        raise ResultsFileError(f"{path} is not JSON; give the results.json of a report.") from error
    except ResultsFileError as error:
        raise ResultsFileError(f"{path}: {error}") from error


def dumped(evaluation: Evaluation) -> str:
    """The text of ``results.json``."""
    return json.dumps(to_dict(evaluation), ensure_ascii=False, indent=1) + "\n"


@cache
def _adapter() -> "TypeAdapter[Evaluation]":
    from pydantic import TypeAdapter

    return TypeAdapter(Evaluation)


def _with_texts(form: dict[str, Any]) -> dict[str, Any]:
    """The form with the texts in place of their positions. A wrong position becomes a value that fails validation."""
    known = form.get("texts")
    texts = dict(enumerate(known)) if isinstance(known, tuple) else {}
    for found in _found(form):
        position = found.get("text")
        found["text"] = texts.get(position) if isinstance(position, int) else position
    return form


def _found(form: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All passages and sentences in the form that systems found."""
    for system in _items(form, "systems"):
        for question in _items(system, "questions"):
            yield from _items(question, "hits")
            yield from _items(question, "sentences")


def _items(form: dict[str, Any], field: str) -> list[dict[str, Any]]:
    items = form.get(field)
    return [item for item in items if isinstance(item, dict)] if isinstance(items, (list, tuple)) else []


def _with_tuples(value: Any) -> Any:
    """The value with tuples for lists: JSON has only lists, and frozen records hold tuples."""
    if isinstance(value, Mapping):
        return {key: _with_tuples(item) for key, item in value.items()}
    return tuple(map(_with_tuples, value)) if isinstance(value, (list, tuple)) else value
