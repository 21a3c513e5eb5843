"""A second copy of every document beside the database, from which a damaged database is rebuilt.

There is one file per document: the SHA-256 of the rest, a line of JSON, the vectors. A copy is on disk before its
change is acknowledged, and gone before a removal is. The database stores each copy's digest, which is therefore also a
checksum of the document's rows.
"""

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from qa.errors import NewerFormatError
from qa.records import DocId, Passage
from qa.stores.base import Entry
from qa.stores.files import make_folder, sync_folder, with_checksum, write_whole
from qa.stores.local.database import blob
from qa.stores.local.rows import Kept, describe, restore

COPIES = "documents"
FORMAT = 1
_SUFFIX = ".copy"
_DIGEST = 64
"""The length of a SHA-256 in hexadecimal, at the start of each copy."""


class DamagedCopy(Exception):
    """A copy is not what was written. Internal: the database has the document too."""


@dataclass(frozen=True, slots=True)
class Copies:
    """The folder of copies, one for each document."""

    folder: Path

    def write(self, doc_id: DocId, copy: bytes) -> None:
        """Put a copy in place, durably."""
        make_folder(self.folder)
        write_whole(self._path(doc_id), copy)

    def remove(self, doc_id: DocId) -> None:
        """Remove a copy, durably; do nothing if there is none."""
        if self._path(doc_id).exists():
            self._path(doc_id).unlink()
            sync_folder(self.folder)

    def ids(self) -> list[DocId]:
        """The documents that have a copy, sound or not."""
        return sorted(DocId(path.name.removesuffix(_SUFFIX)) for path in self.folder.glob(f"*{_SUFFIX}"))

    def digest(self, doc_id: DocId) -> str | None:
        """The digest that a copy states, without reading the rest; None if there is no copy."""
        try:
            with self._path(doc_id).open("rb") as stream:
                return stream.read(_DIGEST).decode("ascii", "replace")
        except OSError:
            return None

    def read(self, doc_id: DocId) -> bytes:
        """A copy as it was written. DamagedCopy if it is missing or has changed."""
        try:
            copy = self._path(doc_id).read_bytes()
        except OSError as error:
            raise DamagedCopy(f"it cannot be read ({error.strerror})") from error
        if hashlib.sha256(copy[_DIGEST + 1 :]).hexdigest().encode() != copy[:_DIGEST]:
            raise DamagedCopy("its bytes are not the ones that were written")
        return copy

    def sweep(self) -> None:
        """Remove half-written files of writers that were killed."""
        for path in self.folder.glob("*.tmp"):
            path.unlink(missing_ok=True)

    def _path(self, doc_id: DocId) -> Path:
        return self.folder / f"{doc_id}{_SUFFIX}"


def pack(kept: Kept, model: Mapping[str, Any]) -> bytes:
    """The copy of a document, with the model that embedded it."""
    entry, document = kept.entry, kept.entry.document
    passages = zip(kept.rows, entry.passages, entry.passage_keys, strict=True)
    sentences = zip(entry.sentences, entry.sentence_keys, strict=True)
    head = {
        "format": FORMAT,
        "model": model,
        "document": [document.doc_id, document.source, document.text, document.sha256, document.source_sha256],
        "description": describe(document),
        "files": kept.files,
        "passages": [[row, p.start, p.end, p.section, p.page, key.hex()] for row, p, key in passages],
        "sentences": [[*span, key.hex()] for span, key in sentences],
    }
    vectors = blob(entry.passage_vectors) + blob(entry.sentence_vectors)
    rest = json.dumps(head).encode() + b"\n" + vectors
    return with_checksum(rest)


def refuse_newer(copy: bytes) -> None:
    """NewerFormatError if a newer Pincite made the copy. Does nothing if its head cannot be read."""
    with suppress(ValueError, TypeError, KeyError, IndexError):
        check_format(json.loads(copy.split(b"\n", 2)[1]))


def check_format(head: Mapping[str, Any]) -> None:
    """NewerFormatError if the head is of a copy that a newer Pincite made."""
    if head["format"] > FORMAT:
        raise NewerFormatError(f"the copy of {head['document'][1]} ({head['document'][0]})", head["format"], FORMAT)


def unpack(copy: bytes) -> tuple[Kept, dict[str, Any]]:
    """The document in a sound copy, and its model. DamagedCopy if the copy has another form.

    Raises NewerFormatError if a newer Pincite made it.
    """
    try:
        _, line, stored = copy.split(b"\n", 2)
        head = json.loads(line)
        check_format(head)
        model = head["model"]
        vectors = np.frombuffer(stored, "<f4").reshape(-1, model["dimension"])
        rows, *columns, passage_keys = zip(*head["passages"], strict=True) if head["passages"] else [()] * 6
        doc_id = DocId(head["document"][0])
        entry = Entry(
            document=restore((*head["document"], head["description"])),
            passages=[Passage(doc_id, *values) for values in zip(*columns, strict=True)],
            passage_vectors=vectors[: len(rows)],
            sentences=[(start, end) for start, end, _ in head["sentences"]],
            sentence_vectors=vectors[len(rows) :],
            passage_keys=[bytes.fromhex(key) for key in passage_keys],
            sentence_keys=[bytes.fromhex(key) for _, _, key in head["sentences"]],
        )
        return Kept(entry, rows, [(path, fingerprint) for path, fingerprint in head["files"]]), model
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise DamagedCopy("it is of another version of Pincite") from error
