"""A library that was killed, cut short or altered: found out at opening, and made whole again.

What the seal vouches for is opened at once; what it disowns is made anew from the copies. Without a seal, after a
kill, SQLite's own pages and indexes and the lexical index are checked; a thorough check also holds every document's
rows against their digest. Where a copy is damaged too, its document is taken from its own rows, if those are sound.
"""

import logging
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

from qa.errors import LibraryDamagedError, LibraryError, LibraryLockedError, NewerFormatError
from qa.records import DocId
from qa.stores.files import HeldFile, sync_folder
from qa.stores.local import originals, register, rows, seal
from qa.stores.local.database import SCHEMA_VERSION, Database, OtherVersion, create_database, names_in
from qa.stores.local.locking import Lock, Taken
from qa.stores.local.recovery import enrolment
from qa.stores.local.recovery.copies import COPIES, Copies, DamagedCopy, pack, refuse_newer, unpack
from qa.stores.local.recovery.soundness import UNREADABLE, digest_of, faults

DATABASE = "library.sqlite"

_REBUILT = "rebuilt.sqlite"
_ASIDE = "library.damaged"
_PATIENCE_S = 60.0
"""How long to wait for another process that is mending the library."""

_ALTERED = "it is not what the last writer left"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Findings:
    """What a check found: what was mended, in words; the documents that could not be, and their names.

    ``missing`` has in words what is lost beside documents, and costs no answer; ``damaged`` what was left as it is,
    since the library cannot be written; ``unchecked`` names what is in its folder and no part of it.
    """

    mended: tuple[str, ...] = ()
    lost: tuple[DocId, ...] = ()
    names: Mapping[DocId, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    damaged: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()

    def __add__(self, other: "Findings") -> "Findings":
        return Findings(
            (*self.mended, *other.mended),
            (*self.lost, *other.lost),
            {**self.names, **other.names},
            (*self.missing, *other.missing),
            (*self.damaged, *other.damaged),
            (*self.unchecked, *other.unchecked),
        )

    def named(self, doc_id: DocId) -> str:
        """A lost document by its file name, where that is known, and its id."""
        return f"{self.names[doc_id]} ({doc_id})" if doc_id in self.names else doc_id


SOUND = Findings()


def exists(folder: Path) -> bool:
    """Whether a library was ever made in the folder."""
    return (folder / DATABASE).exists() or bool(Copies(folder / COPIES).ids()) or _is_registered(folder)


def _is_registered(folder: Path) -> bool:
    return bool(enrolment.known(folder).documents)


def open_sound(folder: Path, lock: Lock) -> tuple[Database, Findings]:
    """The database of a library, mended first if need be, and what that was.

    Raises LibraryDamagedError where there is no library, or nothing to make it anew from.
    """
    path, patience = folder / DATABASE, time.monotonic() + _PATIENCE_S
    if not exists(folder):
        return Database(path), SOUND  # which says that there is no library
    register.check_format(enrolment.files(folder))
    while True:
        if database := _vouched(folder):
            return database, SOUND
        try:
            with lock.acquire():
                return _examined(folder)
        except Taken:
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
    if database := _vouched(folder):  # sealed by another process, while this one waited for the lock
        return database, SOUND
    sealed = seal.read(folder)
    try:
        database = Database(folder / DATABASE)
    except NewerFormatError:
        if not (sealed and _is_of_this_version(folder, sealed)):
            raise
        return _rebuilt(folder, None, sealed, _ALTERED)
    except LibraryError as damage:
        # What SQLite merely could not do now, it may do later; but no seal disowns a sound database.
        if not (_has_traces(folder) and (sealed or isinstance(damage, LibraryDamagedError))):
            raise
        why = "it is of another version of Pincite" if isinstance(damage, OtherVersion) else str(damage)
        return _rebuilt(folder, None, sealed, why)
    disowned = sealed is not None and not _fits(sealed, database)
    if found := [_ALTERED] if disowned else faults(database, thorough=sealed is not None):
        with closing(database):
            return _rebuilt(folder, database, sealed, found[0])
    settle(database, folder, tidy=True)
    return database, SOUND


def _is_of_this_version(folder: Path, sealed: seal.Seal) -> bool:
    """Whether it is damage alone that gives the database the number of another version."""
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
            with suppress(DamagedCopy):
                refuse_newer(copies.read(doc_id))
            copies.write(doc_id, pack(rows.kept(database, doc_id), database.fact("model")))
    copies.sweep()
    originals.align(database, folder)
    enrolment.align(database, folder)


def record(database: Database, folder: Path, doc_id: DocId) -> None:
    """Write the copy of a document and its digest, or remove the copy of one that is gone. Before the commit."""
    copies = Copies(folder / COPIES)
    if not database.execute("SELECT 1 FROM documents WHERE doc_id = ?", doc_id):
        copies.remove(doc_id)
        return
    copy = pack(rows.kept(database, doc_id), database.fact("model"))
    database.execute("UPDATE documents SET digest = ? WHERE doc_id = ?", digest_of(copy), doc_id)
    if copies.digest(doc_id) != digest_of(copy):
        copies.write(doc_id, copy)


def check(database: Database, folder: Path) -> Findings:
    """Check database and copies, and mend either from the other. To be called by the one writer."""
    if found := faults(database, thorough=True):
        mended, findings = _rebuilt(folder, database, seal.read(folder), found[0])
        mended.close()  # whoever has the old one open follows to the new one
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


def _rebuilt(folder: Path, damaged: Database | None, sealed: seal.Seal | None, why: str) -> tuple[Database, Findings]:
    """A new database in place of the damaged one, which is not touched before the new one is whole.

    What neither a copy nor the damaged database still holds is lost.
    """
    new, lost = folder / _REBUILT, list[DocId]()
    _remove_database(new)
    known = enrolment.known(folder)
    names = {doc_id: registered.source for doc_id, registered in known.documents.items()}
    names |= names_in(folder / DATABASE)
    found = _restorable(folder, damaged, [*names], lost)
    first = next(found, None)
    if first is None:
        raise LibraryDamagedError(_nothing_left(folder, why, names))
    generation = max(_generation(damaged), known.generation, _sealed_generation(sealed))
    create_database(new, {"model": first[1], "library": uuid4().hex})
    with _removed_on_failure(new), closing(Database(new)) as made:
        restored = _restore(made, folder, [first], lost) + _restore(made, folder, found, lost)
        # The same documents are the same generation; where nobody knows it, it is not that of an empty library.
        made.set_fact("generation", (generation or made.generation) + bool(lost))
        if wrong := faults(made, thorough=True):
            raise LibraryError(f"{folder / DATABASE} could not be made anew ({wrong[0]}); run 'qa check' again.")
    aside = _put_in_place(folder, new, keep=bool(lost))
    findings = Findings((f"the database: {why}",), tuple(lost), {id: names[id] for id in lost if id in names})
    _tell(findings, why, restored, aside)
    database = Database(folder / DATABASE)
    settle(database, folder, tidy=False)
    return database, findings


def _nothing_left(folder: Path, why: str, names: Mapping[DocId, str]) -> str:
    lost = ", ".join(f"{source} ({doc_id})" for doc_id, source in sorted(names.items(), key=lambda item: item[1]))
    said = f"{folder / DATABASE} is damaged ({why})" + (f" and no copy is left of: {lost}" if lost else "")
    return f"{said}; move it away and run 'qa add' again."


def _sealed_generation(sealed: seal.Seal | None) -> int:
    return int(sealed.facts.get("generation") or 0) if sealed else 0


def _restorable(
    folder: Path, damaged: Database | None, known: Collection[DocId], lost: list[DocId]
) -> Iterator[tuple[rows.Kept, dict[str, Any]]]:
    """Every document that a copy or its own rows still hold whole, with its model; what neither does is ``lost``."""
    copies = Copies(folder / COPIES)
    digests: dict[DocId, str] = {}
    if damaged:
        with suppress(*UNREADABLE):
            digests = dict(damaged.execute("SELECT doc_id, digest FROM documents"))
    for doc_id in sorted({*copies.ids(), *digests, *known}):
        try:
            yield unpack(copies.read(doc_id))
        except DamagedCopy:
            if damaged and (found := _own_rows(damaged, doc_id, digests.get(doc_id))):
                yield found
            else:
                lost.append(doc_id)


def _own_rows(database: Database, doc_id: DocId, digest: str | None) -> tuple[rows.Kept, dict[str, Any]] | None:
    with suppress(*UNREADABLE):
        kept, model = rows.kept(database, doc_id), database.fact("model")
        if digest_of(pack(kept, model)) == digest:
            return kept, model
    return None


def _restore(database: Database, folder: Path, found: Iterable[tuple[rows.Kept, Any]], lost: list[DocId]) -> int:
    restored = 0
    for kept, _ in found:
        try:
            with database.writing():
                rows.insert(database, kept.entry, kept.files, kept.rows)
                record(database, folder, kept.entry.document.doc_id)
            restored += 1
        except LibraryError:
            lost.append(kept.entry.document.doc_id)
    return restored


def _generation(damaged: Database | None) -> int:
    with suppress(*UNREADABLE):
        return damaged.generation if damaged else 0
    return 0


def _put_in_place(folder: Path, new: Path, *, keep: bool) -> Path | None:
    """The new database in place of the damaged one, which is kept under another name if it is to be."""
    path, aside = folder / DATABASE, None
    if keep and path.exists():
        aside = next(name for name in _aside_names(folder) if not name.exists())
        path.replace(aside)
    for log in ("-wal", "-shm"):  # of the damaged database: SQLite would play them into the new one
        path.with_name(path.name + log).unlink(missing_ok=True)
    new.replace(path)
    sync_folder(folder)
    return aside


def _aside_names(folder: Path) -> Iterator[Path]:
    yield folder / _ASIDE
    yield from (folder / f"{_ASIDE}-{number}" for number in count(2))


@contextmanager
def _removed_on_failure(path: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        _remove_database(path)
        raise


def _remove_database(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _tell(found: Findings, why: str, restored: int, aside: Path | None) -> None:
    _log.warning(
        "the library's database was made anew (%s): %d documents were restored from their copies", why, restored
    )
    if found.lost:
        _log.warning(
            "%d documents could not be restored: %s; add their files again%s",
            len(found.lost),
            ", ".join(map(found.named, found.lost)),
            f" (what was damaged is kept as {aside})" if aside else "",
        )
