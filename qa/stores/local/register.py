"""The register: which documents a library has, kept twice, so that none goes missing without its name.

Each file is a log of lines, a checksum and a JSON list each. The first line has the format; every change of a document
adds one to both files before it is acknowledged, so that the cost of a change does not grow with the library. Where
lines of one file are damaged, those of the other stand for them. Of a document the line of the greatest generation
counts.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa.errors import NewerFormatError
from qa.records import DocId
from qa.stores.files import sync_folder, write_whole

REGISTER = "REGISTER"
FORMAT = 1
"""Of the register, and of the names of the files in the folders of copies and of originals."""

_KIND = "pincite register"
_SPARE = 64
"""Lines that a log may have beyond two a document before it is written anew."""


@dataclass(frozen=True, slots=True)
class Registered:
    """What is known of a document: its file name, the digest of its copy, the hash of its original if that is kept."""

    doc_id: DocId
    source: str
    digest: str
    original: str | None


@dataclass(frozen=True, slots=True)
class Register:
    """The documents that there are to be, the last generation that is known, and how many lines are damaged."""

    documents: Mapping[DocId, Registered]
    generation: int
    damaged: int

    def named(self, doc_id: DocId) -> str:
        """The file name and id of a document, the id alone if that is all that is known."""
        known = self.documents.get(doc_id)
        return f"{known.source} ({doc_id})" if known else doc_id


def read(paths: Iterable[Path]) -> Register:
    """What the files say together; a register without documents where there are none.

    Raises NewerFormatError for files that a newer Pincite has written.
    """
    latest: dict[DocId, tuple[int, Registered | None]] = {}
    generation = damaged = 0
    for path in paths:
        for line in _lines(path):
            entry = _entry(line, path)
            damaged += entry is None
            if not entry:
                continue
            doc_id, made, known = entry
            generation = max(generation, made)
            if made >= latest.get(doc_id, (0, None))[0]:
                latest[doc_id] = made, known
    there = {doc_id: known for doc_id, (_, known) in latest.items() if known}
    return Register(there, generation, damaged)


def check_format(paths: Iterable[Path]) -> None:
    """Read the first lines alone. Raises NewerFormatError for files that a newer Pincite has written."""
    for path in paths:
        try:
            with path.open("rb") as stream:
                _entry(stream.readline().rstrip(b"\n"), path)
        except OSError:
            continue


def append(paths: Iterable[Path], generation: int, changes: Mapping[DocId, Registered | None]) -> None:
    """Note documents as they are in this generation, None for those that are gone, durably in each file."""
    content = b"".join(_line(_form(generation, doc_id, known)) for doc_id, known in changes.items())
    for path in paths:
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            write_whole(path, _head() + content)
            continue
        with path.open("ab") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())


def write(paths: Iterable[Path], generation: int, documents: Iterable[Registered]) -> None:
    """Write both files anew."""
    content = _head() + b"".join(_line(_form(generation, known.doc_id, known)) for known in documents)
    for path in paths:
        path.parent.mkdir(exist_ok=True)
        write_whole(path, content)
        sync_folder(path.parent)


def is_long(paths: Iterable[Path], documents: int) -> bool:
    """Whether a file has so many lines that it is time to write it anew, or is not there."""
    return any(not path.is_file() or path.read_bytes().count(b"\n") > 2 * documents + _SPARE for path in paths)


def _head() -> bytes:
    return _line([_KIND, FORMAT])


def _form(generation: int, doc_id: DocId, known: Registered | None) -> list[Any]:
    return [generation, doc_id, *((known.source, known.digest, known.original) if known else ())]


def _line(form: list[Any]) -> bytes:
    content = json.dumps(form).encode()
    return _checksum(content) + b" " + content + b"\n"


def _checksum(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=8).hexdigest().encode()


def _lines(path: Path) -> Iterator[bytes]:
    try:
        yield from path.read_bytes().splitlines()
    except OSError:
        return


def _entry(line: bytes, path: Path) -> tuple[DocId, int, Registered | None] | tuple[()] | None:
    """The document of a line with its generation; nothing of the first line, None of a damaged one."""
    checksum, _, content = line.partition(b" ")
    if _checksum(content) != checksum:
        return None
    kind, *rest = json.loads(content)
    if kind == _KIND:
        if rest[0] > FORMAT:
            raise NewerFormatError(path, rest[0], FORMAT)
        return ()
    doc_id, *known = rest
    return DocId(doc_id), kind, Registered(DocId(doc_id), *known) if known else None
