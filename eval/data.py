"""Check the data sets of eval/: where each comes from, its licence, and whether it is the expected one.

    python -m eval.data FOLDER [--write]

``eval/configs/data.toml`` has a row for each set: its folder within FOLDER, what it is, its source and its licence.
Prints whether each set is there, and whether it is the one on which the documents' figures were measured, by a SHA-256
of the names and hashes of all its files. Exit status 1 if a set that is there is another. A missing set is no error:
the commands that need it say so. --write records what is there, for a new set.
"""

import argparse
import hashlib
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.places import EVAL

SETS = EVAL / "configs" / "data.toml"
_SKIPPED = "readme"
"""Files whose names start like this describe a set and are not part of it."""


@dataclass(frozen=True, slots=True)
class Content:
    """A folder's content: the number of files, their bytes, and the hash of their names and hashes."""

    files: int
    bytes: int
    sha256: str


def content_of(folder: Path) -> Content:
    """The content of a folder at any depth, without its README."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.lower().startswith(_SKIPPED))
    whole, size = hashlib.sha256(), 0
    for path in paths:
        data = path.read_bytes()
        size += len(data)
        whole.update(f"{path.relative_to(folder).as_posix()}\0{hashlib.sha256(data).hexdigest()}\n".encode())
    return Content(len(paths), size, whole.hexdigest())


def sets() -> Mapping[str, Mapping[str, Any]]:
    """The table's rows by their sets' folders."""
    return tomllib.loads(SETS.read_text("utf-8"))


def judged(folder: Path) -> Iterator[tuple[str, str]]:
    """Each set and its state: as before, missing, or how it differs."""
    for name, row in sets().items():
        expected = Content(row["files"], row["bytes"], row["sha256"])
        if not (folder / name).is_dir():
            yield name, "missing"
            continue
        found = content_of(folder / name)
        sizes = f"{found.files:,} files of {found.bytes:,} bytes, not {expected.files:,} of {expected.bytes:,}"
        yield name, "as it was" if found == expected else f"differs: {sizes}" if found.files else "differs: it is empty"


def written(folder: Path) -> str:
    """The table with the folder's current content, for the sets that are there."""
    lines = []
    for name, row in sets().items():
        found = content_of(folder / name) if (folder / name).is_dir() else None
        lines.append(f'["{name}"]')
        for key, value in row.items():
            now = getattr(found, key, value) if found else value
            lines.append(f"{key} = {now}" if isinstance(now, int) else f'{key} = "{now}"')
        lines.append("")
    return "\n".join(lines)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", type=Path)
    options.add_argument("--write", action="store_true")
    given = options.parse_args()
    if not given.folder.is_dir():
        sys.exit(f"there is no folder {given.folder}; name the one that has the sets.")
    if given.write:
        SETS.write_text(written(given.folder), "utf-8")
    found = dict(judged(given.folder))
    print("| set | source | licence | found |\n|---|---|---|---|")
    for name, row in sets().items():
        print(f"| {name} | {row['source']} | {row['licence']} | {found[name]} |")
    return int(any(said.startswith("differs") for said in found.values()))


if __name__ == "__main__":
    sys.exit(main())
