"""Finds the files to add in the given folders."""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from qa.errors import MissingPathError, NothingReadableError, ReadError
from qa.readers.formats import suffixes
from qa.readers.sidecar import SIDECAR
from qa.text.lines import printable

# Files that describe a folder and are not part of its collection.
_NOTES = ("readme", "license", "licence", "notice", "contributing", "changelog")


def find_files(paths: Sequence[Path]) -> list[Path]:
    """The files to read, each once: the given files, and those files in the given folders that a reader knows.

    Raises MissingPathError before anything is read, and NothingReadableError for a folder without such files.
    """
    for path in paths:
        if not os.path.lexists(path):
            raise MissingPathError(f"{path} does not exist; check the path.")
    found = [file for path in paths for file in (_files_in(path) if path.is_dir() else [path])]
    return list({file.resolve(): file for file in found}.values())


def skipped_kinds(paths: Sequence[Path]) -> dict[str, int]:
    """What ``find_files`` leaves out of the given folders: suffix or kind to number of files, most first.

    Hidden files and folders, and the folder's own ``sources.toml``, are not counted.
    """
    files = {file.resolve(): file for path in paths if path.is_dir() for file in _seen_in(path)}
    left = [file for file in files.values() if not _is_collected(file) and file.name != SIDECAR]
    return dict(Counter(sorted(map(_kind, left))).most_common())


def _kind(file: Path) -> str:
    if file.suffix.lower() in suffixes():
        return "README or the like"
    return printable(file.suffix.lower()) or "without a suffix"


def _seen_in(folder: Path) -> Iterator[Path]:
    """The files of a folder at any depth that are not hidden."""
    for root, _, names in os.walk(folder, onerror=_unlistable):
        for path in (Path(root, name) for name in names):
            if not any(part.startswith(".") for part in path.relative_to(folder).parts):
                yield path


def _files_in(folder: Path) -> list[Path]:
    found = sorted(filter(_is_collected, _seen_in(folder)))
    if not found:
        raise NothingReadableError(f"{folder} holds no file that Pincite reads; it reads {', '.join(suffixes())}.")
    return found


def _unlistable(error: OSError) -> None:
    raise ReadError(f"{error.filename} cannot be listed ({error.strerror}); check its permissions.") from error


def _is_collected(path: Path) -> bool:
    return path.suffix.lower() in suffixes() and path.name.lower().split(".")[0] not in _NOTES
