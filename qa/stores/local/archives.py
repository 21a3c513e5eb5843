"""The file of a backup: a ZIP archive that describes its own content.

Its ``MANIFEST.json`` has the size and SHA-256 of every other entry. The archive's comment, at the very end of the file,
has the SHA-256 of all before it, so any changed bit is found. Any ZIP program can read the file.
"""

import hashlib
import json
import os
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from qa.errors import BackupError
from qa.text.lines import printable

FORMAT = 1
MANIFEST = "MANIFEST.json"

_KIND = "Pincite backup"
_COMMENT = b"Pincite backup; the SHA-256 of all before it is "
_DIGEST = 64
"""The length of a SHA-256 in hexadecimal."""
_CHUNK = 1 << 20
_OWNER_ONLY = 0o600
_MAX_MANIFEST_BYTES = 1 << 30
_NAME = re.compile(r"[^\\/:\x00-\x1f\ud800-\udfff]{1,255}")
"""One part of an entry's name that is valid on every system."""

_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    OverflowError,
    struct.error,
)
"""Errors that an altered archive may cause."""

_ALTERED = (*_UNREADABLE, OSError)
"""The same, plus the error for offsets outside the file."""


@dataclass(frozen=True, slots=True)
class Entry:
    """The expected properties of an entry. ``mode`` has the permissions of its file."""

    bytes: int
    sha256: str
    mode: int


@dataclass
class Writer:
    """Writes an archive to an open file, entry by entry."""

    stream: IO[bytes]
    entries: dict[str, Entry] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._zip = zipfile.ZipFile(self.stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1)

    def add(self, name: str, source: IO[bytes], mode: int = 0o644) -> Entry:
        """Add the content of a stream and return its Entry. BackupError for a name not valid on every system."""
        if not is_name(name):
            raise BackupError(f"the library holds {printable(name)}, which cannot be backed up; rename it.")
        hashed, size = hashlib.sha256(), 0
        with self._zip.open(name, "w", force_zip64=True) as entry:
            while chunk := source.read(_CHUNK):
                entry.write(chunk)
                hashed.update(chunk)
                size += len(chunk)
        self.entries[name] = Entry(size, hashed.hexdigest(), mode & 0o666)
        return self.entries[name]

    def close(self) -> None:
        """Abandon an unfinished archive, so that nothing more is written."""
        with suppress(OSError, ValueError):
            self._zip.close()

    def finish(self, about: Mapping[str, Any]) -> None:
        """Add the manifest and the digest of the whole archive, and flush to disk."""
        files = {name: [entry.bytes, entry.sha256, entry.mode] for name, entry in self.entries.items()}
        content = {"kind": _KIND, "format": FORMAT, **about, "files": files}
        self._zip.writestr(MANIFEST, json.dumps(content, indent=1))
        self._zip.comment = _COMMENT + b"0" * _DIGEST
        self._zip.close()
        end = self.stream.seek(-_DIGEST, os.SEEK_END)
        digest = _digest(self.stream, end)
        self.stream.seek(end)
        self.stream.write(digest.encode())
        self.stream.flush()
        os.fsync(self.stream.fileno())


@contextmanager
def written(path: Path) -> Iterator[Writer]:
    """A block that writes an archive to a new path, readable by its owner only."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), _OWNER_ONLY)
    with open(descriptor, "w+b") as stream:
        writer = Writer(stream)
        try:
            yield writer
        finally:
            writer.close()


@dataclass(frozen=True)
class Archive:
    """An archive proved to be unchanged. ``about`` is what was passed to ``finish``."""

    path: Path
    about: Mapping[str, Any]
    entries: Mapping[str, Entry]
    content: zipfile.ZipFile

    def copy(self, name: str, target: IO[bytes]) -> None:
        """Write an entry to a stream. BackupError if it is not what the manifest says."""
        try:
            _copy(self.content, name, self.entries[name], target)
        except _UNREADABLE as error:
            raise _damaged(self.path, f"{name} in it is not what was written") from error


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """Open an archive after checking every byte against its digest.

    Raises BackupError if it is damaged, cut short, of a newer format, or no backup at all.
    """
    try:
        stream = path.open("rb")
    except OSError as error:
        raise BackupError(f"{printable(str(path))} cannot be read ({error.strerror}); check the path.") from error
    with stream:
        try:
            content = zipfile.ZipFile(stream)
        except _ALTERED as error:
            raise BackupError(
                f"{printable(str(path))} is no backup of Pincite, or was cut short; take another."
            ) from error
        with content:
            archive = _checked(path, stream, content)
            yield archive


def _checked(path: Path, stream: IO[bytes], content: zipfile.ZipFile) -> Archive:
    try:
        manifest = _manifest(content)
        found, kind = manifest["format"], manifest["kind"]
    except _ALTERED as error:
        raise _damaged(path, f"{MANIFEST} in it cannot be read") from error
    end = stream.seek(-_DIGEST, os.SEEK_END)
    digest = stream.read().decode("ascii", "replace")
    is_whole = content.comment == _COMMENT + digest.encode("ascii", "replace") and _digest(stream, end) == digest
    if is_whole and kind == _KIND and isinstance(found, int) and found > FORMAT:
        raise BackupError(
            f"{printable(str(path))} was made by a newer Pincite (format {found}, this one reads up to {FORMAT}); "
            "update Pincite to restore it."
        )
    archive = Archive(path, *_listed(path, manifest, content), content)
    if not is_whole:
        raise _damaged(path, _first_wrong(archive))
    return archive


def _manifest(content: zipfile.ZipFile) -> dict[str, Any]:
    if content.getinfo(MANIFEST).file_size > _MAX_MANIFEST_BYTES:
        raise ValueError("it is too large")
    manifest: dict[str, Any] = json.loads(content.read(MANIFEST))
    return manifest


def _listed(path: Path, manifest: dict[str, Any], content: zipfile.ZipFile) -> tuple[dict[str, Any], dict[str, Entry]]:
    """The facts about the library, and the entries. The manifest and the archive must name the same entries."""
    try:
        entries = {name: Entry(*values) for name, values in manifest.pop("files").items()}
        names = sorted([*entries, MANIFEST])
        if names != sorted(content.namelist()) or not all(map(is_name, entries)):
            raise ValueError("other entries")
    except _UNREADABLE as error:
        raise _damaged(path, f"{MANIFEST} in it does not fit the rest") from error
    return manifest, entries


def is_name(name: str) -> bool:
    """Whether an entry may have this name: a relative path inside a folder on any system."""
    parts = name.split("/")
    return all(_NAME.fullmatch(part) and part.strip(". ") for part in parts)


def _first_wrong(archive: Archive) -> str:
    for name, entry in archive.entries.items():
        try:
            _copy(archive.content, name, entry, None)
        except _ALTERED:
            return f"{name} in it is not what was written"
    return "its bytes are not the ones that were written"


def _copy(content: zipfile.ZipFile, name: str, entry: Entry, target: IO[bytes] | None) -> None:
    """Read an entry. ValueError, or one of the archive's errors, if it is not as expected."""
    hashed, left = hashlib.sha256(), entry.bytes
    with content.open(name) as source:
        while chunk := source.read(min(_CHUNK, left + 1)):
            left -= len(chunk)
            if left < 0:
                break
            hashed.update(chunk)
            if target:
                target.write(chunk)
    if left or hashed.hexdigest() != entry.sha256:
        raise ValueError(name)


def _digest(stream: IO[bytes], end: int) -> str:
    """SHA-256 of the bytes of a stream before ``end``."""
    hashed = hashlib.sha256()
    stream.seek(0)
    while end > 0 and (chunk := stream.read(min(_CHUNK, end))):
        hashed.update(chunk)
        end -= len(chunk)
    return hashed.hexdigest()


def _damaged(path: Path, why: str) -> BackupError:
    return BackupError(f"the backup {printable(str(path))} is damaged ({printable(why)}); take another.")
