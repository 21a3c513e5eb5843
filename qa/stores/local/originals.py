"""The PDF files of documents, kept byte for byte so that their pages can be shown.

There is one file per document, named by the document's id and the SHA-256 of the bytes (``source_sha256``). So a file
belongs to one document, and its replacement has another name. It is on disk before its change is acknowledged, and gone
before a removal is. There is no second copy: a lost file costs pictures, no answer.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from qa.records import DocId
from qa.stores.files import make_folder, sync_folder, write_whole
from qa.stores.local.database import Database
from qa.stores.local.register import Register

ORIGINALS = "originals"
_SUFFIX = ".pdf"


@dataclass(frozen=True, slots=True)
class Originals:
    """The folder of originals, at most one for each document."""

    folder: Path

    def has(self, doc_id: DocId, sha256: str) -> bool:
        return self._path(doc_id, sha256).exists()

    def write(self, doc_id: DocId, data: bytes) -> None:
        """Put an original in place, durably."""
        make_folder(self.folder)
        write_whole(self._path(doc_id, hashlib.sha256(data).hexdigest()), data)

    def read(self, doc_id: DocId, sha256: str) -> bytes | None:
        """The bytes on disk, which may have changed since they were written; None if they cannot be read."""
        try:
            return self._path(doc_id, sha256).read_bytes()
        except OSError:
            return None

    def remove(self, doc_id: DocId, sha256: str) -> None:
        """Remove an original, durably; do nothing if there is none."""
        path = self._path(doc_id, sha256)
        if path.exists():
            path.unlink()
            sync_folder(self.folder)

    def kept(self) -> list[tuple[DocId, str]]:
        """The (id, SHA-256) of every original on disk, sound or not."""
        names = (path.name.removesuffix(_SUFFIX).partition("-") for path in self.folder.glob(f"*{_SUFFIX}"))
        return sorted((DocId(doc_id), sha256) for doc_id, _, sha256 in names)

    def sweep(self) -> None:
        """Remove half-written files of writers that were killed."""
        for path in self.folder.glob("*.tmp"):
            path.unlink(missing_ok=True)

    def name(self, doc_id: DocId, sha256: str) -> str:
        """The name of an original's file."""
        return f"{doc_id}-{sha256}{_SUFFIX}"

    def _path(self, doc_id: DocId, sha256: str) -> Path:
        return self.folder / self.name(doc_id, sha256)


def is_original(database: Database, doc_id: DocId, sha256: str) -> bool:
    """Whether the document was read from bytes with this hash."""
    return database.execute("SELECT source_sha256 FROM documents WHERE doc_id = ?", doc_id) == [(sha256,)]


def align(database: Database, folder: Path) -> None:
    """Remove originals of no document, and half-written files. To be called by the one writer."""
    originals = Originals(folder / ORIGINALS)
    for key in originals.kept():
        if not is_original(database, *key):
            originals.remove(*key)
    originals.sweep()


def unsound(folder: Path, known: Register) -> Iterator[tuple[DocId, str | None, str]]:
    """Originals that are missing or changed: (id, hash if there is a file, description)."""
    originals = Originals(folder / ORIGINALS)
    kept = dict(originals.kept())
    for doc_id, registered in known.documents.items():
        if registered.original and kept.get(doc_id) != registered.original:
            yield doc_id, None, f"the original of {known.named(doc_id)}: it is missing"
    for doc_id, sha256 in kept.items():
        data = originals.read(doc_id, sha256)
        if data is None or hashlib.sha256(data).hexdigest() != sha256:
            yield doc_id, sha256, f"the original of {known.named(doc_id)}: it is not what was added"


def check(folder: Path, known: Register) -> Iterator[str]:
    """Report originals that are missing or changed, and remove changed ones. To be called by the one writer."""
    for doc_id, sha256, said in unsound(folder, known):
        if sha256:
            Originals(folder / ORIGINALS).remove(doc_id, sha256)
        yield f"{said}{' and is removed' if sha256 else ''}; add its file again to see its pages"
