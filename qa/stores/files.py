"""Write files so that they are always complete, and survive a power cut."""

import hashlib
import os
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar


def write_whole(path: Path, data: bytes, mode: int = 0o666) -> None:
    """Write a file beside its place, flush it to disk, and rename it. The umask is applied to ``mode``."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    with open(temporary, "wb", opener=lambda name, flags: os.open(name, flags, mode)) as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    put_in_place(temporary, path)


def with_checksum(content: bytes) -> bytes:
    """The content, after a line with its SHA-256."""
    return hashlib.sha256(content).hexdigest().encode() + b"\n" + content


def without_checksum(data: bytes) -> bytes | None:
    """The content of what ``with_checksum`` made; None if it has changed."""
    digest, _, content = data.partition(b"\n")
    return content if hashlib.sha256(content).hexdigest().encode() == digest else None


def put_in_place(temporary: Path, path: Path) -> None:
    """Rename a file that is already on disk, and return once the new name is on disk too."""
    os.replace(temporary, path)
    sync_folder(path.parent)


def make_folder(folder: Path) -> None:
    """Make a folder and its missing parents; return once all their names are on disk."""
    missing = [made for made in (folder, *folder.parents) if not made.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for made in missing:
        sync_folder(made.parent)


def sync_folder(folder: Path) -> None:
    """Flush the names in a folder to disk."""
    if os.name != "nt":  # Windows cannot open a folder, and journals renames itself
        _sync(folder, os.O_RDONLY)


def sync_file(path: Path) -> None:
    """Flush to disk a file that another library has written."""
    _sync(path, os.O_RDWR)


def _sync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@dataclass
class _Holding:
    holders: int = 0
    descriptors: list[int] = field(default_factory=list)


class HeldFile:
    """A file that SQLite has open, held open to read its bytes.

    On POSIX, closing any descriptor of a file drops all of the process's locks on it, SQLite's included
    (sqlite.org/howtocorrupt.html). So descriptors are closed only with the last holder in the process.
    """

    _holdings: ClassVar[dict[tuple[int, int], _Holding]] = {}
    _lock: ClassVar[threading.Lock] = threading.Lock()

    def __init__(self, path: Path) -> None:
        """OSError if the file cannot be opened."""
        self._descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0))
        found = os.fstat(self._descriptor)
        self.identity = found.st_dev, found.st_ino
        with self._lock:
            holding = self._holdings.setdefault(self.identity, _Holding())
            holding.holders += 1
            holding.descriptors.append(self._descriptor)

    def release(self) -> None:
        """Release the file. Call it once, after SQLite's connection is closed."""
        with self._lock:
            holding = self._holdings[self.identity]
            holding.holders -= 1
            if not holding.holders:
                for descriptor in self._holdings.pop(self.identity).descriptors:
                    os.close(descriptor)

    @property
    def size(self) -> int:
        return os.fstat(self._descriptor).st_size

    def read(self, start: int, length: int) -> bytes:
        """The bytes from ``start``; fewer than ``length`` at the end of the file."""
        with self._lock:  # the lock also guards the file position
            os.lseek(self._descriptor, start, os.SEEK_SET)
            return os.read(self._descriptor, length)
