"""The seal: size and digests of the database as the last writer left it.

A writer breaks the seal before its first change and seals again after its last. So a seal that does not fit means
damage. A missing seal means that a writer is at work or was killed. A seal that was itself altered counts as missing.
It also holds the facts of the library, because a damaged database may have lost them.

Each region of the file has a digest, so that a writer reads again only what it has written: one more document costs the
same in a large library. A region that no writer touched keeps its digest, and so its proof.
"""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from qa.errors import NewerFormatError
from qa.stores.files import HeldFile, sync_folder, with_checksum, without_checksum, write_whole
from qa.stores.local.unwritten import Image

SEAL = "SEAL"
FORMAT = 2

REGION = 1 << 16
"""Bytes per digest."""

_DIGITS = 16
_VERSION_AT = 60
"""The offset of the number in ``PRAGMA user_version`` (sqlite.org/fileformat2.html, section 1.3)."""


@dataclass(frozen=True, slots=True)
class Seal:
    """The expected state of the database file."""

    format: int
    bytes: int
    digests: str
    """The BLAKE2b of each region in order, 64 bits in hexadecimal."""
    facts: Mapping[str, Any]

    def fits(self, file: HeldFile | Image) -> bool:
        """Whether the file is byte for byte the sealed one. OSError if it cannot be read."""
        return file.size == self.bytes and all(
            self.digest(number) == _digest(file, number) for number in range(_regions(self.bytes))
        )

    def digest(self, region: int) -> str:
        return self.digests[region * _DIGITS : (region + 1) * _DIGITS]


def read(folder: Path) -> Seal | None:
    """The seal of a library; None if there is no readable one, or it has an earlier form.

    Raises NewerFormatError if a newer Pincite has made it.
    """
    try:
        content = without_checksum((folder / SEAL).read_bytes())
        if content is None:
            return None
        form = json.loads(content)
        if form["format"] == FORMAT:
            return Seal(**form)
    except (OSError, ValueError, TypeError, KeyError):
        return None
    if form["format"] > FORMAT:
        raise NewerFormatError(folder / SEAL, form["format"], FORMAT)
    return None


def write(
    folder: Path, file: HeldFile, facts: Mapping[str, Any], broken: Seal | None = None, written: Collection[int] = ()
) -> None:
    """Seal the folder's database file while nobody is changing it.

    ``broken`` is the seal that fitted before. ``written`` has the byte offsets written since then. Without them, the
    whole file is read.
    """
    seal = Seal(FORMAT, file.size, _digests(file, broken, {place // REGION for place in written}), facts)
    content = json.dumps(asdict(seal), indent=1).encode()
    write_whole(folder / SEAL, with_checksum(content))


def _digests(file: HeldFile, broken: Seal | None, touched: Collection[int]) -> str:
    """The digests of all regions; complete and untouched regions keep those of the broken seal.

    They are copied in runs, so that the cost for a large file depends only on what was written.
    """
    regions = _regions(file.size)
    # The region after the whole ones was cut short by the end of the file.
    whole = min(broken.bytes // REGION, regions) if broken else 0
    parts, done = [], 0
    for number in [*sorted(number for number in touched if number < whole), *range(whole, regions)]:
        parts += [_run(broken, done, min(number, whole)), _digest(file, number)]
        done = number + 1
    return "".join([*parts, _run(broken, done, whole)])


def _run(sealed: Seal | None, start: int, stop: int) -> str:
    """The digests of the regions from ``start`` to before ``stop``."""
    return sealed.digests[start * _DIGITS : stop * _DIGITS] if sealed else ""


def remove(folder: Path) -> Seal | None:
    """Break the seal, durably, because the database is about to change; returns the old seal."""
    broken = read(folder)
    if (folder / SEAL).exists():
        (folder / SEAL).unlink()
        sync_folder(folder)
    return broken


def has_other_version(sealed: Seal, file: HeldFile, version: int) -> bool:
    """Whether the start of the file would fit the seal if its version were this one."""
    region = bytearray(file.read(0, REGION))
    region[_VERSION_AT : _VERSION_AT + 4] = version.to_bytes(4, "big")
    return _digest_of(bytes(region)) == sealed.digest(0)


def _regions(size: int) -> int:
    return -(-size // REGION)


def _digest(file: HeldFile | Image, region: int) -> str:
    return _digest_of(file.read(region * REGION, REGION))


def _digest_of(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=_DIGITS // 2).hexdigest()
