"""The seal: size and SHA-256 of the database as the last writer left it.

A writer breaks the seal before its first change and seals again after its last. So a seal that is there and
does not fit means damage, and none means that a writer is at work or was killed. A seal that was altered itself
counts as none. It holds the facts of the library too, since a damaged database may have lost them.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from qa.stores.files import HeldFile, sync_folder, write_whole

SEAL = "SEAL"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Seal:
    """What the database file must be."""

    format: int
    bytes: int
    sha256: str
    facts: Mapping[str, Any]

    def fits(self, file: HeldFile) -> bool:
        """Whether the file is, byte for byte, the one that was sealed. OSError if it cannot be read."""
        return file.size == self.bytes and file.sha256() == self.sha256


def read(folder: Path) -> Seal | None:
    """The seal of a library, None where there is none that can be read."""
    try:
        digest, _, content = (folder / SEAL).read_bytes().partition(b"\n")
        if hashlib.sha256(content).hexdigest().encode() != digest:
            return None
        seal = Seal(**json.loads(content))
    except (OSError, ValueError, TypeError):
        return None
    return seal if seal.format == FORMAT else None


def write(folder: Path, file: HeldFile, facts: Mapping[str, Any]) -> None:
    """Seal the database file of the library in the folder, while nobody is changing it."""
    seal = Seal(FORMAT, file.size, file.sha256(), facts)
    content = json.dumps(asdict(seal), indent=1).encode()
    write_whole(folder / SEAL, hashlib.sha256(content).hexdigest().encode() + b"\n" + content)


def remove(folder: Path) -> None:
    """Break the seal, durably, because the database is about to change."""
    if (folder / SEAL).exists():
        (folder / SEAL).unlink()
        sync_folder(folder)
