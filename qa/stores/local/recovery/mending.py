"""Detect at opening that a library was killed, cut short or altered, and repair it.

If the seal fits, the library opens at once. If it does not fit, the database is rebuilt from the copies. Without a seal
(after a kill), SQLite's pages and indexes and the lexical index are checked; a thorough check also compares every
document's rows with their digest. A document with a damaged copy is taken from its own rows, if they are sound.
"""

import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

from qa.errors import LibraryDamagedError, LibraryError, LibraryLockedError, NewerFormatError
from qa.stores.files import HeldFile
from qa.stores.findings import SOUND, Findings
from qa.stores.local import originals, register, seal
from qa.stores.local.database import Database
from qa.stores.local.locking import Lock, Taken
from qa.stores.local.recovery import enrolment
from qa.stores.local.recovery.copies import COPIES, Copies, DamagedCopy, refuse_newer
from qa.stores.local.recovery.rebuilding import rebuild
from qa.stores.local.recovery.settling import align, settle
from qa.stores.local.recovery.soundness import faults
from qa.stores.local.refusals import OtherVersion
from qa.stores.local.schema import DATABASE, SCHEMA_VERSION

_PATIENCE_S = 60.0
"""How long to wait for another process that is repairing the library, in seconds."""

_ALTERED = "it is not what the last writer left"


def exists(folder: Path) -> bool:
    """Whether the folder ever held a library."""
    return (folder / DATABASE).exists() or bool(Copies(folder / COPIES).ids()) or _is_registered(folder)


def _is_registered(folder: Path) -> bool:
    return bool(enrolment.known(folder).documents)


def open_sound(folder: Path, lock: Lock) -> tuple[Database, Findings]:
    """The database of a library, repaired first if needed, and what was repaired.

    Raises LibraryDamagedError if there is no library, or nothing to rebuild it from.
    """
    path, patience = folder / DATABASE, time.monotonic() + _PATIENCE_S
    if not exists(folder):
        return Database(path), SOUND  # its use raises the error that there is no library
    register.check_format(enrolment.files(folder))
    while True:
        if database := _vouched(folder):
            return database, SOUND
        try:
            with lock.acquire():
                return _examined(folder)
        except Taken:
            if seal.read(folder) is None:
                return Database(path), SOUND  # a writer is at work, and will seal it
            if time.monotonic() > patience:
                raise LibraryLockedError(f"another process is mending the library {folder}; try again later.") from None
            time.sleep(0.05)
        except OSError:  # it cannot be locked, so nobody can change it, and we cannot repair it
            return _unmendable(path), SOUND


def _vouched(folder: Path) -> Database | None:
    """The database, if the seal fits and the log holds nothing that the seal does not cover."""
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
        except (LibraryDamagedError, NewerFormatError):
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
    if database := _vouched(folder):  # another process sealed it while this one waited for the lock
        return database, SOUND
    sealed = seal.read(folder)
    try:
        database = Database(folder / DATABASE)
    except NewerFormatError:
        if not (sealed and _is_of_this_version(folder, sealed)):
            raise
        return rebuild(folder, None, sealed, _ALTERED)
    except LibraryError as damage:
        # SQLite may only be hindered now and work later. But a seal never rejects a sound database.
        if not (_has_traces(folder) and (sealed or isinstance(damage, LibraryDamagedError))):
            raise
        why = "it is of another version of Pincite" if isinstance(damage, OtherVersion) else str(damage)
        return rebuild(folder, None, sealed, why)
    disowned = sealed is not None and not _fits(sealed, database)
    if found := [_ALTERED] if disowned else faults(database, thorough=sealed is not None):
        with closing(database):
            return rebuild(folder, database, sealed, found[0])
    settle(database, folder, tidy=True)
    return database, SOUND


def _is_of_this_version(folder: Path, sealed: seal.Seal) -> bool:
    """Whether the database shows another version only because it is damaged."""
    try:
        file = HeldFile(folder / DATABASE)
    except OSError:
        return False
    try:
        return seal.has_other_version(sealed, file, SCHEMA_VERSION)
    finally:
        file.release()


def _has_traces(folder: Path) -> bool:
    return bool(Copies(folder / COPIES).ids()) or _is_registered(folder)


def check(database: Database, folder: Path) -> Findings:
    """Check database and copies, and repair each from the other. To be called by the one writer."""
    if found := faults(database, thorough=True):
        mended, findings = rebuild(folder, database, seal.read(folder), found[0])
        mended.close()  # others who have the old one open then switch to the new one
    else:
        findings = Findings((*_mended_copies(database, folder), *enrolment.mended(database, folder)))
        align(database, folder)
    known = enrolment.known(folder)
    return findings + Findings(missing=tuple(originals.check(folder, known)))


def _mended_copies(database: Database, folder: Path) -> Iterator[str]:
    copies = Copies(folder / COPIES)
    for doc_id, source in database.execute("SELECT doc_id, source FROM documents ORDER BY doc_id"):
        try:
            refuse_newer(copies.read(doc_id))
        except DamagedCopy as damage:
            copies.remove(doc_id)
            yield f"the copy of document {source} ({doc_id}): {damage}"


# ------------------------------------------------------------ making it anew
