"""The register lists a library's documents, in two files, so that a lost document is at least known by name.

Each file is a log. A line holds a checksum and a JSON list. The first line has the format. Every change of a document
adds one line to both files before it is acknowledged, so its cost does not grow with the library. Damaged lines in one
file are replaced by those of the other. A document's line with the highest generation counts.
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
"""The format of the register, and of the file names in the folders of copies and of originals."""

_KIND = "pincite register"
_SPARE = 64
"""The lines allowed beyond two per document before a log is rewritten."""


@dataclass(frozen=True, slots=True)
class Registered:
    """A document's file name, the digest of its copy, and the hash of its original if that is kept."""

    doc_id: DocId
    source: str
    digest: str
    original: str | None


@dataclass(frozen=True, slots=True)
class Register:
    """The expected documents, the last known generation, and the number of damaged lines."""

    documents: Mapping[DocId, Registered]
    generation: int
    damaged: int

    def named(self, doc_id: DocId) -> str:
        """The file name and id of a document, or the id alone if nothing else is known."""
        known = self.documents.get(doc_id)
        return f"{known.source} ({doc_id})" if known else doc_id


def read(paths: Iterable[Path]) -> Register:
    """The combined content of the files; without files, a register without documents.

    Raises NewerFormatError if a newer Pincite has written them.
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
    """Read only the first lines. Raises NewerFormatError if a newer Pincite has written them."""
    for path in paths:
        try:
            with path.open("rb") as stream:
                _entry(stream.readline().rstrip(b"\n"), path)
        except OSError:
            continue


def append(paths: Iterable[Path], generation: int, changes: Mapping[DocId, Registered | None]) -> None:
    """Append the state of documents in this generation (None if removed), durably in each file."""
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
    """Rewrite both files."""
    content = _head() + b"".join(_line(_form(generation, known.doc_id, known)) for known in documents)
    for path in paths:
        path.parent.mkdir(exist_ok=True)
        write_whole(path, content)
        sync_folder(path.parent)


def is_long(paths: Iterable[Path], documents: int) -> bool:
    """Whether a file is missing, or so long that it should be rewritten."""
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
    """A line's document and generation; an empty tuple for the first line, None for a damaged one."""
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
