"""Bring the register in line with the documents in the database."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from qa.records import DocId
from qa.stores.local import register
from qa.stores.local.database import Database
from qa.stores.local.originals import ORIGINALS, Originals
from qa.stores.local.recovery.copies import COPIES
from qa.stores.local.register import Register, Registered

_KNOWN = "SELECT doc_id, source, digest, source_sha256 FROM documents"


def files(folder: Path) -> tuple[Path, Path]:
    """The two files of a library's register. One of them is in its folder of copies."""
    return folder / register.REGISTER, folder / COPIES / register.REGISTER


def known(folder: Path) -> Register:
    """The content of the register."""
    return register.read(files(folder))


def align(database: Database, folder: Path) -> None:
    """Rewrite the register unless it agrees with the database.

    An original listed in the register is expected to exist. For a document not in the register, the original on disk is
    taken.
    """
    there, kept = known(folder), dict(Originals(folder / ORIGINALS).kept())
    documents = {
        DocId(doc_id): Registered(doc_id, source, digest, _original(there, kept, doc_id, sha256))
        for doc_id, source, digest, sha256 in database.execute(_KNOWN)
        if isinstance(source, str)  # otherwise its row is damaged, which a check finds
    }
    if there.documents != documents or there.damaged or register.is_long(files(folder), len(documents)):
        register.write(files(folder), database.generation, documents.values())


def _original(there: Register, kept: Mapping[DocId, str], doc_id: DocId, sha256: str) -> str | None:
    registered = there.documents.get(doc_id)
    return sha256 if kept.get(doc_id) == sha256 or (registered and registered.original == sha256) else None


def note(database: Database, folder: Path, touched: Collection[DocId]) -> None:
    """Note in the register what the current change does to documents. Call it before the commit."""
    changes: dict[DocId, Registered | None] = dict.fromkeys(sorted(touched))
    for doc_id in changes:
        for _, source, digest, sha256 in database.execute(f"{_KNOWN} WHERE doc_id = ?", doc_id):
            kept = Originals(folder / ORIGINALS).has(doc_id, sha256)
            changes[doc_id] = Registered(doc_id, source, digest, sha256 if kept else None)
    register.append(files(folder), database.generation + 1, changes)


def mended(database: Database, folder: Path) -> Iterator[str]:
    """Repair damage to the register, and report it. To be called by the one writer."""
    if known(folder).damaged or not all(path.is_file() for path in files(folder)):
        align(database, folder)
        yield "the register of documents: it was damaged or not there, and is written anew"
