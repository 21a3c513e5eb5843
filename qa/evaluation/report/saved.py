"""An evaluation as JSON, and back: what ``results.json`` holds.

The form is that of the records, field by field, beside the name and version of the format.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.errors import ResultsFileError
from qa.evaluation.results import Evaluation

if TYPE_CHECKING:
    from pydantic import TypeAdapter

FORMAT = "pincite evaluation"
VERSION = 1
"""Rises when a reader of the last version would misread the new one; a further field alone does not raise it."""


def to_dict(evaluation: Evaluation) -> dict[str, Any]:
    """The documented JSON form."""
    return {"format": FORMAT, "version": VERSION, **asdict(evaluation)}


def from_dict(form: object) -> Evaluation:
    """The evaluation in the JSON form. ResultsFileError where it is another form, or malformed."""
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
        evaluation = _adapter().validate_python(_with_tuples(form))
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
    """The evaluation saved at the path. ResultsFileError, which names the path, where there is none."""
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


def _with_tuples(value: Any) -> Any:
    """JSON knows lists only; a frozen record holds tuples."""
    if isinstance(value, Mapping):
        return {key: _with_tuples(item) for key, item in value.items()}
    return tuple(map(_with_tuples, value)) if isinstance(value, (list, tuple)) else value
