"""The conditions of an evaluation, line by line, and where those of two differ: the likely causes."""

from collections.abc import Iterator, Mapping
from typing import Any

from qa.evaluation.results import Evaluation

_TITLES = {"question_set": "Question set", "library": "Library", "environment": "Environment"}


def conditions(evaluation: Evaluation) -> dict[str, dict[str, str]]:
    """Group to label to value. Everything in the records is listed, also fields that are not known here."""
    groups = {title: dict(_flat(getattr(evaluation, field))) for field, title in _TITLES.items()}
    groups["Environment"]["seed"] = str(evaluation.seed)
    for system in evaluation.systems:
        groups[f"System: {system.name}"] = {"settings": system.description, **dict(_flat(system.size))}
    return groups


def differing(before: Evaluation, after: Evaluation) -> list[tuple[str, str, str]]:
    """The differences: label, before, after. Of the systems, only the first of each is compared."""
    old, new = _lines(before), _lines(after)
    labels = dict.fromkeys([*old, *new])
    return [(label, old.get(label, ""), new.get(label, "")) for label in labels if old.get(label) != new.get(label)]


def _lines(evaluation: Evaluation) -> dict[str, str]:
    own = f"System: {evaluation.systems[0].name}"
    groups = conditions(evaluation)
    named = {title: groups[title] for title in _TITLES.values()} | {"System": {"name": own[8:], **groups[own]}}
    return {f"{title}: {label}": value for title, group in named.items() for label, value in group.items()}


def _flat(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key} › ")
        elif isinstance(value, (list, tuple)):
            yield f"{prefix}{key}", ", ".join(map(str, value))
        else:
            yield f"{prefix}{key}", f"{value:,}" if isinstance(value, int) else str(value)
