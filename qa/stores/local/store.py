"""The default store, in one folder: SQLite has the master data, and the FAISS index is derived from it."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path, PurePath
from uuid import uuid4

from qa.errors import LibraryError, LibraryLockedError
from qa.records import DocId
from qa.stores.base import Entry, Model
from qa.stores.files import make_folder
from qa.stores.findings import SOUND, Findings
from qa.stores.local import originals, rows, seal
from qa.stores.local.database import Database
from qa.stores.local.dense import DenseIndex
from qa.stores.local.documents import KeptDocuments
from qa.stores.local.index import LocalIndex
from qa.stores.local.locking import Lock, Taken
from qa.stores.local.originals import ORIGINALS, Originals
from qa.stores.local.recovery import enrolment, mending, settling, visiting
from qa.stores.local.schema import DATABASE, create_database
from qa.stores.local.snapshots import SNAPSHOTS

LOCK = "writer.lock"

_CREATION_S = 10.0
"""How long to wait for another process that is creating the library, in seconds."""


class LocalStore(KeptDocuments):
    """A ``Store`` in one folder. Any number of readers; one writer at a time, held by a file lock."""

    def __init__(self, folder: Path) -> None:
        """Open the folder's library, repairing it if needed. LibraryDamagedError if that is impossible."""
        self._lock = Lock(folder / LOCK)
        database, self._findings = _opened(folder, self._lock)
        super().__init__(folder, database, Originals(folder / ORIGINALS))
        self._untidy, self._aligned = False, True
        self._dropped: list[tuple[DocId, str]] = []
        """The originals of documents that the current change deletes."""
        self._broken: seal.Seal | None = None
        """The seal that fitted before the current writer's first change."""
        self._dense = DenseIndex(folder / SNAPSHOTS, database, self._lock)
        self.index = LocalIndex(database, self._dense)

    @classmethod
    def create(cls, folder: Path, model: Model) -> "LocalStore":
        """Open the folder's library, or create an empty one for this model."""
        if not cls.exists(folder):
            try:
                make_folder(folder)
            except OSError as error:
                raise _unwritable(folder, error) from error
            with _held(Lock(folder / LOCK), folder, _CREATION_S):
                create_database(folder / DATABASE, {"model": asdict(model), "library": uuid4().hex})
        return cls(folder)

    @staticmethod
    def exists(folder: Path) -> bool:
        """Whether the folder ever held a library."""
        return mending.exists(folder)

    def close(self) -> None:
        self._database.close()

    @property
    def is_writable(self) -> bool:
        """Whether it was writable when it was opened."""
        return self._database.writable

    @contextmanager
    def writer(self, wait_s: float) -> Iterator[None]:
        """Be the one writer; LibraryLockedError if another process still is after ``wait_s`` seconds."""
        if not self.is_writable:
            raise LibraryError(f"the library {self._folder} cannot be written; make its folder writable, or copy it.")
        with _held(self._lock, self._folder, wait_s):
            self._broken = None
            yield
            self.settle()  # after a failure, the next opening does this

    def check(self, wait_s: float) -> Findings:
        """Read everything stored and repair damage. Repairs made at opening are reported too, once.

        A library that is not writable is not repaired; its damage is reported. Raises LibraryDamagedError if there is
        nothing to repair it from.
        """
        if not self.is_writable:
            return visiting.check(self._folder, self._database)
        with self.writer(wait_s):
            try:
                found = mending.check(self._database, self._folder) + Findings(tuple(self._dense.check()))
            except OSError as error:
                raise _unwritable(self._folder, error) from error
            opening, self._findings = self._findings, SOUND
            return opening + found

    # ------------------------------------------------------------ changes

    @contextmanager
    def _changing(self) -> Iterator[set[DocId]]:
        """One durable change. The block adds the ids of changed documents, and their copies are then updated."""
        aligned, self._aligned = self._aligned, False
        self._dropped.clear()
        try:
            self._break_seal()
            with self._database.writing():
                touched: set[DocId] = set()
                yield touched
                for doc_id in sorted(touched):
                    settling.record(self._database, self._folder, doc_id)
                enrolment.note(self._database, self._folder, touched)
            for key in self._dropped:
                if not originals.is_original(self._database, *key):
                    self._originals.remove(*key)
        except OSError as error:
            raise _unwritable(self._folder, error) from error
        self._aligned = aligned  # a failed change may have left a copy behind

    def _break_seal(self) -> None:
        if broken := seal.remove(self._folder):
            self._broken = broken
            self._database.written.clear()

    def put(self, path: str, fingerprint: str, entry: Entry) -> None:
        doc_id = entry.document.doc_id
        with self._changing() as touched:
            self._forget(path, touched)
            elsewhere = rows.files_of(self._database, doc_id)
            self._delete(doc_id, touched)
            rows.insert(self._database, entry, [*elsewhere, (path, fingerprint)])
            touched.add(doc_id)
            if entry.original is not None:
                self._originals.write(doc_id, entry.original)

    def replace_all(self, entries: Sequence[Entry], model: Model) -> None:
        """Replace the entries of all stored documents, embedded by another model, in one step."""
        with self._changing() as touched:
            self._database.set_fact("model", asdict(model))
            self._database.set_fact("library", uuid4().hex)  # so that no older snapshot fits any more
            for entry in entries:
                files = rows.files_of(self._database, entry.document.doc_id)
                self._delete(entry.document.doc_id, touched)
                rows.insert(self._database, entry, files)

    def link(self, path: str, fingerprint: str, doc_id: DocId) -> None:
        with self._changing() as touched:
            self._forget(path, touched, keep=doc_id)
            self._database.execute("INSERT INTO files VALUES (?, ?, ?)", path, fingerprint, doc_id)
            touched.add(doc_id)

    def forget(self, path: str) -> DocId | None:
        with self._changing() as touched:
            return self._forget(path, touched)

    def _forget(self, path: str, touched: set[DocId], keep: DocId | None = None) -> DocId | None:
        """Forget the path, and remove its document if no other path holds it. Returns the removed document's id."""
        held = self._database.execute("DELETE FROM files WHERE path = ? RETURNING doc_id", path)
        for (doc_id,) in held:
            touched.add(doc_id)
            if doc_id == keep:
                continue
            if elsewhere := self.paths(doc_id):
                name = PurePath(elsewhere[0]).name
                self._database.execute("UPDATE documents SET source = ? WHERE doc_id = ?", name, doc_id)
            else:
                self._delete(doc_id, touched)
                return DocId(doc_id)
        return None

    def delete(self, doc_id: DocId) -> None:
        with self._changing() as touched:
            if not self._delete(doc_id, touched):
                rows.document(self._database, doc_id)  # raises the error that there is none

    def _delete(self, doc_id: DocId, touched: set[DocId]) -> bool:
        touched.add(doc_id)
        removed = rows.delete(self._database, doc_id)
        if removed is None:
            return False
        self._untidy = True
        self._dropped.append((doc_id, removed))
        return True

    def keep_original(self, path: str, data: bytes) -> None:
        sha256 = hashlib.sha256(data).hexdigest()
        for (doc_id,) in self._database.execute("SELECT doc_id FROM files WHERE path = ?", path):
            if originals.is_original(self._database, doc_id, sha256) and not self._originals.has(doc_id, sha256):
                try:
                    self._originals.write(doc_id, data)
                    enrolment.align(self._database, self._folder)
                except OSError as error:
                    raise _unwritable(self._folder, error) from error

    def settle(self) -> None:
        """Update what is derived from the documents, and seal the library.

        Done whenever a writer ends. A long-running writer should also call it.
        """
        if seal.read(self._folder) is None:
            self._dense.refresh()
            broken, self._broken = self._broken, None
            settling.settle(self._database, self._folder, tidy=self._untidy, aligned=self._aligned, broken=broken)
            self._untidy, self._aligned = False, True

    def refresh_index(self) -> None:
        """Build the search index, unless the present one is good enough."""
        self._dense.refresh()


def _opened(folder: Path, lock: Lock) -> tuple[Database, Findings]:
    if visiting.is_visited(folder):
        return visiting.opened(folder), SOUND
    return mending.open_sound(folder, lock)


def _unwritable(folder: Path, error: OSError) -> LibraryError:
    place = error.filename2 or error.filename
    why = f"{error.strerror}: {place}" if place and Path(place) != folder else error.strerror
    return LibraryError(f"the library {folder} cannot be written ({why}); check free disk space and permissions.")


@contextmanager
def _held(lock: Lock, folder: Path, wait_s: float) -> Iterator[None]:
    try:
        lock.acquire(wait_s)
    except Taken as error:
        raise LibraryLockedError(
            f"another process is changing the library {folder}; wait until it is done and try again."
        ) from error
    except OSError as error:
        raise _unwritable(folder, error) from error
    try:
        yield
    finally:
        lock.release()
