"""A library that was killed, cut short or altered: found out at opening, and made whole again.

What the seal vouches for is opened at once; what it disowns is made anew from the copies. Without a seal, after a
kill, SQLite's own pages and indexes and the lexical index are checked; a thorough check also holds every document's
rows against their digest. Where a copy is damaged too, its document is taken from its own rows, if those are sound.
"""

import logging
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from filelock import FileLock, Timeout

from qa.errors import LibraryDamagedError, LibraryError, LibraryLockedError
from qa.records import DocId
from qa.stores import originals, rows, seal
from qa.stores.copies import Copies, DamagedCopy, pack, unpack
from qa.stores.database import Database, Hindered, OtherVersion, create_database
from qa.stores.files import sync_folder

DATABASE = "library.sqlite"
COPIES = "documents"

_REBUILT = "rebuilt.sqlite"
_ASIDE = "library.damaged"
_PATIENCE_S = 60.0
"""How long to wait for another process that is mending the library."""

_ALTERED = "it is not what the last writer left"

_UNREADABLE = (LibraryError, ValueError, TypeError, AttributeError, OverflowError)
"""What rows of unforeseen content may bring about."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Findings:
    """What a check found: what was mended, in words, and the documents that could not be."""

    mended: tuple[str, ...]
    lost: tuple[DocId, ...]


SOUND = Findings((), ())


def open_sound(folder: Path, lock: FileLock) -> tuple[Database, Findings]:
    """The database of a library, mended first if need be, and what that was.

    Raises LibraryDamagedError where there is no library, or nothing to make it anew from.
    """
    path, patience = folder / DATABASE, time.monotonic() + _PATIENCE_S
    if not (path.exists() or Copies(folder / COPIES).ids()):
        return Database(path), SOUND  # which says that there is no library
    while True:
        if database := _vouched(folder):
            return database, SOUND
        try:
            with lock.acquire(timeout=0):
                return _examined(folder)
        except Timeout:
            if seal.read(folder) is None:
                return Database(path), SOUND  # a writer is at work, and seals it when done
            if time.monotonic() > patience:
                raise LibraryLockedError(f"another process is mending the library {folder}; try again later.") from None
            time.sleep(0.05)
        except OSError:  # it cannot be locked, so nobody changes it, and we cannot mend it
            return _unmendable(path), SOUND


def _vouched(folder: Path) -> Database | None:
    """The database, if the seal vouches for it and its log holds nothing that the seal does not know."""
    sealed = seal.read(folder)
    if sealed is None:
        return None
    with ExitStack() as opened:
        try:
            database = Database(folder / DATABASE)
            opened.callback(database.close)
            log = folder / f"{DATABASE}-wal"
            if not _fits(sealed, database) or (log.exists() and log.stat().st_size):
                return None
        except LibraryDamagedError:
            return None
        opened.pop_all()
    return database


def _fits(sealed: seal.Seal, database: Database) -> bool:
    try:
        return sealed.fits(database.file)
    except OSError as error:
        raise LibraryError(
            f"{database.path} cannot be read ({error.strerror}); check the disk and its permissions."
        ) from error


def _unmendable(path: Path) -> Database:
    database = Database(path)
    if found := faults(database, thorough=True):
        database.close()
        raise LibraryDamagedError(f"{path} is damaged ({found[0]}) and its folder cannot be written; make it writable.")
    return database


def _examined(folder: Path) -> tuple[Database, Findings]:
    if database := _vouched(folder):  # sealed by another process, while this one waited for the lock
        return database, SOUND
    sealed = seal.read(folder)
    try:
        database = Database(folder / DATABASE)
    except LibraryError as damage:
        # What SQLite merely could not do now, it may do later; but no seal disowns a sound database.
        if not (Copies(folder / COPIES).ids() and (sealed or isinstance(damage, LibraryDamagedError))):
            raise
        why = "it is of another version of Pincite" if isinstance(damage, OtherVersion) else str(damage)
        return _rebuilt(folder, None, sealed, why)
    disowned = sealed is not None and not _fits(sealed, database)
    if found := [_ALTERED] if disowned else faults(database, thorough=sealed is not None):
        with closing(database):
            return _rebuilt(folder, database, sealed, found[0])
    settle(database, folder, tidy=True)
    return database, SOUND


def faults(database: Database, *, thorough: bool) -> list[str]:
    """What is wrong with a database, in words; nothing if it is sound. To be called by the one writer.

    Raises LibraryError where the disk or its permissions are in the way of finding out.
    """
    try:
        checked = [" ".join(str(message).split()) for (message,) in database.execute("PRAGMA integrity_check")]
        found = [message for message in checked if message != "ok"]
        found += [f"{table} refers to nothing" for table, *_ in database.execute("PRAGMA foreign_key_check")]
        database.execute("INSERT INTO lexicon (lexicon) VALUES ('integrity-check')")
        if (model := database.fact("model")) is None:
            found.append("it does not say which model it has")
        for doc_id, digest in database.execute("SELECT doc_id, digest FROM documents") if thorough else ():
            if _digest(pack(rows.kept(database, doc_id), model)) != digest:
                found.append(f"the rows of document {doc_id} are not the ones that were written")
    except Hindered:
        raise
    except _UNREADABLE as error:
        return [str(error)]
    return found


def settle(
    database: Database, folder: Path, *, tidy: bool, aligned: bool = False, broken: seal.Seal | None = None
) -> None:
    """Bring the copies in line unless they are, drop what removals left behind if ``tidy``, and seal the database.

    ``broken`` is the seal that fitted before the first of the changes that ``database.written`` tells of.
    To be called by the one writer. What cannot be done for want of space is done by the next opening.
    """
    try:
        if not aligned:
            align(database, folder)
        if tidy:
            # FTS5 keeps the terms of a removed passage until its segments are merged. Not by 'optimize', which adds
            # two levels to the index each time and breaks it at the two-thousandth.
            database.execute("INSERT INTO lexicon (lexicon) VALUES ('rebuild')")
        if database.checkpoint():
            seal.write(folder, database.file, database.facts(), broken, database.written)
    except (OSError, LibraryError) as error:
        _log.info("the library could not be sealed (%s); it is checked at its next opening", error)


def align(database: Database, folder: Path) -> None:
    """Give every document its copy, and remove copies and originals of documents that are not kept."""
    copies = Copies(folder / COPIES)
    digests: dict[DocId, str] = dict(database.execute("SELECT doc_id, digest FROM documents"))
    for doc_id in copies.ids():
        if doc_id not in digests:
            copies.remove(doc_id)
    for doc_id, digest in digests.items():
        if copies.digest(doc_id) != digest:
            copies.write(doc_id, pack(rows.kept(database, doc_id), database.fact("model")))
    copies.sweep()
    originals.align(database, folder)


def record(database: Database, folder: Path, doc_id: DocId) -> None:
    """Write the copy of a document and its digest, or remove the copy of one that is gone. Before the commit."""
    copies = Copies(folder / COPIES)
    if not database.execute("SELECT 1 FROM documents WHERE doc_id = ?", doc_id):
        copies.remove(doc_id)
        return
    copy = pack(rows.kept(database, doc_id), database.fact("model"))
    database.execute("UPDATE documents SET digest = ? WHERE doc_id = ?", _digest(copy), doc_id)
    if copies.digest(doc_id) != _digest(copy):
        copies.write(doc_id, copy)


def check(database: Database, folder: Path) -> Findings:
    """Check database and copies, and mend either from the other. To be called by the one writer."""
    if found := faults(database, thorough=True):
        mended, findings = _rebuilt(folder, database, seal.read(folder), found[0])
        mended.close()  # whoever has the old one open follows to the new one
        return Findings((*findings.mended, *originals.check(folder)), findings.lost)
    copies, found = Copies(folder / COPIES), []
    for (doc_id,) in database.execute("SELECT doc_id FROM documents ORDER BY doc_id"):
        try:
            copies.read(doc_id)
        except DamagedCopy as damage:
            copies.remove(doc_id)
            found.append(f"the copy of document {doc_id}: {damage}")
    align(database, folder)
    return Findings((*found, *originals.check(folder)), ())


def _digest(copy: bytes) -> str:
    return copy.split(b"\n", 1)[0].decode()


# ------------------------------------------------------------ making it anew


def _rebuilt(folder: Path, damaged: Database | None, sealed: seal.Seal | None, why: str) -> tuple[Database, Findings]:
    """A new database in place of the damaged one, which is not touched before the new one is whole.

    What neither a copy nor the damaged database still holds is lost.
    """
    new, lost = folder / _REBUILT, list[DocId]()
    _remove_database(new)
    found = _restorable(folder, damaged, lost)
    first = next(found, None)
    if first is None:
        raise LibraryDamagedError(f"{folder / DATABASE} is damaged ({why}); move it away and run 'qa add' again.")
    generation = max(_generation(damaged), int(sealed.facts.get("generation") or 0) if sealed else 0)
    create_database(new, {"model": first[1], "library": uuid4().hex})
    with closing(Database(new)) as made:
        count = _restore(made, folder, [first], lost) + _restore(made, folder, found, lost)
        # The same documents are the same generation; where nobody knows it, it is not that of an empty library.
        made.set_fact("generation", (generation or made.generation) + bool(lost))
    _put_in_place(folder, new, keep=bool(lost))
    _tell(folder, why, count, lost)
    database = Database(folder / DATABASE)
    settle(database, folder, tidy=False)
    return database, Findings((f"the database: {why}",), tuple(lost))


def _restorable(
    folder: Path, damaged: Database | None, lost: list[DocId]
) -> Iterator[tuple[rows.Kept, dict[str, Any]]]:
    """Every document that a copy or its own rows still hold whole, with its model; what neither does is ``lost``."""
    copies = Copies(folder / COPIES)
    digests: dict[DocId, str] = {}
    if damaged:
        with suppress(*_UNREADABLE):
            digests = dict(damaged.execute("SELECT doc_id, digest FROM documents"))
    for doc_id in sorted({*copies.ids(), *digests}):
        try:
            yield unpack(copies.read(doc_id))
        except DamagedCopy:
            if damaged and (found := _own_rows(damaged, doc_id, digests.get(doc_id))):
                yield found
            else:
                lost.append(doc_id)


def _own_rows(database: Database, doc_id: DocId, digest: str | None) -> tuple[rows.Kept, dict[str, Any]] | None:
    with suppress(*_UNREADABLE):
        kept, model = rows.kept(database, doc_id), database.fact("model")
        if _digest(pack(kept, model)) == digest:
            return kept, model
    return None


def _restore(database: Database, folder: Path, found: Iterable[tuple[rows.Kept, Any]], lost: list[DocId]) -> int:
    count = 0
    for kept, _ in found:
        try:
            with database.writing():
                rows.insert(database, kept.entry, kept.files, kept.rows)
                record(database, folder, kept.entry.document.doc_id)
            count += 1
        except LibraryError:
            lost.append(kept.entry.document.doc_id)
    return count


def _generation(damaged: Database | None) -> int:
    with suppress(*_UNREADABLE):
        return damaged.generation if damaged else 0
    return 0


def _put_in_place(folder: Path, new: Path, *, keep: bool) -> None:
    path = folder / DATABASE
    if keep and path.exists():
        path.replace(folder / _ASIDE)
    for log in ("-wal", "-shm"):  # of the damaged database: SQLite would play them into the new one
        path.with_name(path.name + log).unlink(missing_ok=True)
    new.replace(path)
    sync_folder(folder)


def _remove_database(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _tell(folder: Path, why: str, count: int, lost: list[DocId]) -> None:
    _log.warning("the library's database was made anew (%s): %d documents were restored from their copies", why, count)
    if lost:
        _log.warning(
            "%d documents could not be restored: %s; add their files again (what was damaged is kept as %s)",
            len(lost),
            ", ".join(lost),
            folder / _ASIDE,
        )
