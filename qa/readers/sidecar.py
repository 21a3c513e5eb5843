"""``sources.toml``: known metadata of a folder's files, kept beside them.

    [[source]]
    file = "review.txt"
    title = "…"
    authors = ["…"]

An entry's fields are the Document's descriptive fields. They override the file's own metadata.
"""

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, get_args

from qa.errors import UnreadableFileError
from qa.records import Kind

SIDECAR = "sources.toml"


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_list_of_text(value: object) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)


_FIELDS: Mapping[str, Callable[[object], bool]] = {
    "title": _is_text,
    "authors": _is_list_of_text,
    "journal": _is_text,
    "year": lambda value: type(value) is int,
    "doi": _is_text,
    "pmid": _is_text,
    "pmcid": _is_text,
    "url": _is_text,
    "licence": _is_text,
    "keywords": _is_list_of_text,
    "kind": lambda value: value in get_args(Kind),
}


def is_field(name: str, value: object) -> bool:
    """Whether a Document has a descriptive field with this name and type."""
    return name in _FIELDS and _FIELDS[name](value)


def described(path: Path) -> dict[str, Any]:
    """The sidecar's fields for the file at ``path``; empty if there is no entry.

    Raises UnreadableFileError if the sidecar does not have this form.
    """
    sidecar = path.parent / SIDECAR
    if not sidecar.is_file():
        return {}
    try:
        entries = tomllib.loads(sidecar.read_text("utf-8")).get("source", [])
        entry = next((dict(entry) for entry in entries if entry.get("file") == path.name), {})
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise UnreadableFileError(f"{sidecar} cannot be read as [[source]] entries ({error}); mend it.") from error
    entry.pop("file", None)
    for name, value in entry.items():
        if not is_field(name, value):
            raise UnreadableFileError(
                f"{sidecar} gives {path.name} a field {name!r} that is unknown or of the wrong form; "
                f"known are {', '.join(_FIELDS)}."
            )
    return {name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()}
