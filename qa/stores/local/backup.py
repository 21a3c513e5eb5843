"""Back up a library to one file, and restore a library from it.

A backup holds one generation: the database, which SQLite copies while others change it; a copy of every document, made
from those rows; the originals, the conversations, the keys, and other files in the folder. Parts that can be rebuilt
are left out: seal, register, search index. A restored library is opened and checked before it is put in place.
"""

import io
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from qa.errors import BackupError, LibraryDamagedError, MissingLibraryError
from qa.records import DocId
from qa.stores.files import HeldFile, sync_folder
from qa.stores.local import archives, rows, unwritten
from qa.stores.local.archives import Archive, Writer
from qa.stores.local.database import Database
from qa.stores.local.originals import ORIGINALS, Originals
from qa.stores.local.recovery.copies import COPIES, pack
from qa.stores.local.recovery.soundness import faults
from qa.stores.local.refusals import UNREADABLE
from qa.stores.local.schema import DATABASE
from qa.stores.local.store import LocalStore
from qa.text.lines import printable

_CONVERSATIONS = "conversations.sqlite"
_DERIVED = (
    f"{DATABASE}*",
    f"{_CONVERSATIONS}*",
    "rebuilt.sqlite*",
    "library.damaged*",
    "SEAL",
    "REGISTER",
    "snapshots",
    "*.lock",
    "*.tmp",
)
"""Entries of a library's folder that are copied in another way or rebuilt."""
_TRIES = 5
"""How often to start again when a file of the generation was removed meanwhile; the last time as the writer."""
_WAIT_S = 60.0


@dataclass(frozen=True, slots=True)
class Contents:
    """The content of a backup. ``made`` is the time of the backup, ISO 8601 in UTC."""

    made: str
    generation: int
    documents: int
    passages: int
    bytes: int


class _Moved(Exception):
    """A file of the generation was removed meanwhile. Internal: the backup starts again."""


# ---------------------------------------------------------------- backing up


def back_up(folder: Path, file: Path) -> Contents:
    """Write a backup of a library's folder, even while it changes, and read back every byte.

    Raises BackupError if it cannot be written or read back; MissingLibraryError and LibraryDamagedError as opening
    does.
    """
    if not LocalStore.exists(folder):
        raise MissingLibraryError(printable(str(folder)))
    if os.path.lexists(file):
        raise BackupError(f"{_shown(file)} is there already; name another file, or delete it first.")
    if file.resolve().is_relative_to(folder.resolve()):
        raise BackupError(f"{_shown(file)} would lie within the library; name a file elsewhere.")
    with _said(file), closing(LocalStore(folder)) as store, _folder_beside(file) as work:
        return _written(store, folder, file, work)


def _written(store: LocalStore, folder: Path, file: Path, work: Path) -> Contents:
    made = work / "backup"
    for left in reversed(range(_TRIES)):
        made.unlink(missing_ok=True)
        try:
            alone = store.writer(_WAIT_S) if store.is_writable and not left else nullcontext()
            with alone, archives.written(made) as writer:
                about = _filled(writer, store, folder, work)
                writer.finish(about)
            break
        except _Moved:
            continue
    else:
        raise BackupError(f"the library {folder} is changed all the time; back it up when it is at rest.")
    with archives.opened(made):
        size = made.stat().st_size
    made.rename(file)
    sync_folder(file.parent)
    return _contents(about, size)


def _filled(writer: Writer, store: LocalStore, folder: Path, work: Path) -> dict[str, Any]:
    """Put one whole generation into an archive, and return its description."""
    originals = Originals(folder / ORIGINALS)
    before = originals.kept()
    copy = work / DATABASE
    store.copy_to(copy)
    kept = {*before, *originals.kept()}  # an original exists as long as its document
    with closing(Database(copy)) as database:
        if found := faults(database, thorough=True):
            raise LibraryDamagedError(f"the library {folder} is damaged ({found[0]}); run 'qa check' to mend it.")
        about = _described(database)
        model = database.fact("model")
        for doc_id in about["documents"]:
            copied = pack(rows.kept(database, doc_id), model)
            writer.add(f"{COPIES}/{doc_id}.copy", io.BytesIO(copied))
        sources: dict[DocId, str] = dict(database.execute("SELECT doc_id, source_sha256 FROM documents"))
    for doc_id, sha256 in sorted(kept):
        if sources.get(doc_id) == sha256:
            _add_original(writer, originals, doc_id, sha256)
    _add(writer, copy, DATABASE)
    _add_conversations(writer, folder / _CONVERSATIONS, work)
    for path in _others(folder):
        _add(writer, path, path.relative_to(folder).as_posix())
    return about


def _described(database: Database) -> dict[str, Any]:
    ((passages,),) = database.execute("SELECT count(*) FROM passages")
    return {
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "generation": database.generation,
        "documents": dict(database.execute("SELECT doc_id, digest FROM documents ORDER BY doc_id")),
        "passages": passages,
    }


def _add_original(writer: Writer, originals: Originals, doc_id: DocId, sha256: str) -> None:
    data = originals.read(doc_id, sha256)
    if data is None:
        raise _Moved
    name = f"{ORIGINALS}/{originals.name(doc_id, sha256)}"
    if writer.add(name, io.BytesIO(data)).sha256 != sha256:
        raise LibraryDamagedError(f"{name} of the library is not what was added; run 'qa check' to have it removed.")


def _add(writer: Writer, path: Path, name: str) -> None:
    with path.open("rb") as stream:
        writer.add(name, stream, os.fstat(stream.fileno()).st_mode)


def _add_conversations(writer: Writer, path: Path, work: Path) -> None:
    """Add the conversations as they are between two changes. If SQLite cannot read the file, copy its bytes."""
    if not path.is_file():
        return
    copy = work / _CONVERSATIONS
    copy.unlink(missing_ok=True)
    held = HeldFile(path)
    try:
        with (
            closing(unwritten.connect(path, held, private=True).connection) as connection,
            closing(sqlite3.connect(copy)) as target,
        ):
            connection.backup(target)
    except UNREADABLE:
        copy = path
    finally:
        held.release()
    _add(writer, copy, _CONVERSATIONS)


def _others(folder: Path) -> Iterator[Path]:
    """The files that are copied unchanged; links are skipped."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and is_other(path.relative_to(folder).as_posix()):
            yield path


def is_other(name: str) -> bool:
    """Whether an entry with this name is a file that is copied unchanged."""
    top, *_ = name.split("/")
    return top not in (COPIES, ORIGINALS) and not any(fnmatch(top, pattern) for pattern in _DERIVED)


# ---------------------------------------------------------------- restoring


def restore(file: Path, folder: Path) -> Contents:
    """Restore a backup into a new or empty folder. The library is there completely, or not at all.

    Raises BackupError if the file is damaged, newer or no backup, or if the folder is not empty.
    """
    if LocalStore.exists(folder):
        raise BackupError(f"there is a library at {_shown(folder)}; restore into a new folder.")
    if os.path.lexists(folder) and (not folder.is_dir() or any(folder.iterdir())):
        raise BackupError(f"{_shown(folder)} is not empty; restore into a new folder.")
    with archives.opened(file) as archive, _said(folder):
        _check_entries(archive)
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _folder_beside(folder) as work:
            made = work / "library"
            _extract(archive, made)
            contents = _checked(archive, made)
            if folder.is_dir():
                folder.rmdir()
            made.rename(folder)
            sync_folder(folder.parent)
    return contents


def _check_entries(archive: Archive) -> None:
    """BackupError for entries that no library has, such as a log that SQLite would apply to the database."""
    parts = {name: name.split("/") for name in archive.entries}
    strange = [
        name
        for name, (top, *rest) in parts.items()
        if not (name in (DATABASE, _CONVERSATIONS) or is_other(name))
        and not (top == COPIES and rest and len(rest) == 1 and rest[0].endswith(".copy"))
        and not (top == ORIGINALS and len(rest) == 1 and rest[0].endswith(".pdf"))
    ]
    if strange or DATABASE not in parts:
        what = f"it holds {printable(strange[0])}" if strange else f"it holds no {DATABASE}"
        raise BackupError(f"{_shown(archive.path)} is no backup of a library ({what}); take another.")


def _extract(archive: Archive, made: Path) -> None:
    made.mkdir()
    for name, entry in archive.entries.items():
        path = made / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "xb", opener=_for_owner if entry.mode & 0o077 == 0 else None) as stream:
            archive.copy(name, stream)
            stream.flush()
            os.fsync(stream.fileno())
    for inner in {path.parent for path in made.rglob("*")}:
        sync_folder(inner)


def _checked(archive: Archive, made: Path) -> Contents:
    """Open and check the restored library: it must equal the backup and need no repair."""
    with closing(LocalStore(made)) as store:
        found = store.check(_WAIT_S)
        store.refresh_index()
        digests = store.digests()
        is_same = (digests, store.generation) == (archive.about["documents"], archive.about["generation"])
    if found.mended or found.lost or found.missing or not is_same:
        why = next(iter((*found.mended, *found.missing)), "its documents are not those that its manifest names")
        raise BackupError(f"the backup {_shown(archive.path)} is damaged ({why}); take another.")
    return _contents(archive.about, archive.path.stat().st_size)


def _contents(about: Any, size: int) -> Contents:
    return Contents(about["made"], about["generation"], len(about["documents"]), about["passages"], size)


# ---------------------------------------------------------------- files


@contextmanager
def _folder_beside(path: Path) -> Iterator[Path]:
    """A temporary folder beside a path, on the same file system, so that its content can be renamed there."""
    work = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.absolute().parent))
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


@contextmanager
def _said(path: Path) -> Iterator[None]:
    """Report errors of the system in one sentence."""
    try:
        yield
    except OSError as error:
        raise BackupError(
            f"{_shown(path)} cannot be written ({error.strerror or error}); check free disk space and permissions."
        ) from error


def _for_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _shown(path: Path) -> str:
    return printable(str(path))
