"""Open and check a library that cannot be written: damage is reported, nothing is repaired."""

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from qa.errors import LibraryDamagedError
from qa.records import DocId
from qa.stores.findings import Findings
from qa.stores.local import register, seal, snapshots
from qa.stores.local.database import Database
from qa.stores.local.originals import unsound
from qa.stores.local.recovery import enrolment
from qa.stores.local.recovery.copies import COPIES, Copies, DamagedCopy
from qa.stores.local.recovery.soundness import faults
from qa.stores.local.schema import DATABASE
from qa.stores.local.snapshots import SNAPSHOTS
from qa.stores.local.unwritten import can_write

_TRIES = 5
_PAUSE_S = 0.1
"""How often, and after what pause, a seal that does not fit is read again: a writer may just be finishing."""


def is_visited(folder: Path) -> bool:
    """Whether the folder's library can be read but not written."""
    return folder.is_dir() and not can_write(folder / DATABASE)


def opened(folder: Path) -> Database:
    """The database of a library that cannot be written.

    Raises LibraryDamagedError if it is not sound or does not exist.
    """
    register.check_format(enrolment.files(folder))
    try:
        return _sound(folder)
    except LibraryDamagedError as damage:
        said = str(damage).partition("; ")[0]
        raise LibraryDamagedError(
            f"{said} and the library cannot be written; make {folder} writable to have it mended."
        ) from damage


def _sound(folder: Path) -> Database:
    for _ in range(_TRIES):
        database = Database(folder / DATABASE, writable=False)
        sealed = seal.read(folder)
        if sealed and database.fits(sealed):
            return database
        if sealed is None:
            break
        database.close()
        time.sleep(_PAUSE_S)
    else:
        database = Database(folder / DATABASE, writable=False)
    if found := _faults(folder, thorough=sealed is not None):
        database.close()
        raise LibraryDamagedError(f"{folder / DATABASE} is damaged ({found[0]})")
    return database


def _faults(folder: Path, *, thorough: bool) -> list[str]:
    """Faults of the database, found on a copy, because the check needs to write."""
    with closing(Database(folder / DATABASE, writable=False, private=True)) as copy:
        return faults(copy, thorough=thorough)


def check(folder: Path, database: Database) -> Findings:
    """Read all stored data, and report damage; nothing is changed."""
    with database.reading():
        ids = [doc_id for (doc_id,) in database.execute("SELECT doc_id FROM documents ORDER BY doc_id")]
        owner = str(database.fact("library"))
    return Findings(damaged=tuple(_damaged(folder, ids, owner)))


def _damaged(folder: Path, ids: list[DocId], owner: str) -> Iterator[str]:
    yield from (f"the database: {fault}" for fault in _faults(folder, thorough=True))
    copies = Copies(folder / COPIES)
    for doc_id in ids:
        try:
            copies.read(doc_id)
        except DamagedCopy as damage:
            yield f"the copy of document {doc_id}: {damage}"
    known = enrolment.known(folder)
    if known.damaged or not all(path.is_file() for path in enrolment.files(folder)):
        yield "the register of documents: it is damaged or not there"
    yield from (said for _, _, said in unsound(folder, known))
    try:
        snapshots.load(folder / SNAPSHOTS, owner)
    except snapshots.DamagedSnapshot as damage:
        yield f"the search index: {damage}"
