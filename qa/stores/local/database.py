"""The master data: one SQLite file with documents, passages, sentences, vectors and the lexical index.

Every change is one transaction. It is on disk before the call returns, and raises the generation by one. Vectors are
little-endian float32 blobs. The lexical index is FTS5 over terms already folded and stemmed by ``qa.text``, so SQLite
only splits at spaces and scores with BM25 (k1 1.2, b 0.75).
"""

import json
import sqlite3
import threading
from collections.abc import Collection, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from qa.errors import LibraryDamagedError, NewerFormatError
from qa.stores.base import Vectors
from qa.stores.files import HeldFile, sync_file
from qa.stores.local import seal, unwritten, wal
from qa.stores.local.refusals import UNREADABLE, OtherVersion, damaged, refused
from qa.stores.local.schema import SCHEMA_VERSION

_BUSY_MS = 10_000
"""How long a statement waits for another connection, in milliseconds."""

_LOG_BYTES = 4 << 20
"""Empty the write-ahead log when a change leaves more bytes than this in it."""


Row = tuple[Any, ...]


class Database:
    """One connection to the library's SQLite file, shared by threads under a lock."""

    def __init__(self, path: Path, *, writable: bool = True, private: bool = False) -> None:
        """Open the file. Without ``writable``, as ``qa.stores.local.unwritten`` does; with ``private``, as a copy."""
        self.path = path
        self.writable = writable
        self._log = path.with_name(f"{path.name}-wal")
        self._private = private
        self._image: unwritten.Image | None = None
        self._mark: unwritten.Mark | None = None
        self._lock = threading.RLock()
        self._depth = 0
        self.written: set[int] = set()
        """Where this connection wrote to the file: the first byte of each page, until cleared."""
        self._connect()

    def _connect(self) -> None:
        try:
            with ExitStack() as opened:
                self.file = HeldFile(self.path)
                opened.callback(self.file.release)
                self._connection = self._connected()
                opened.callback(self._connection.close)
                self._prepare()
                self._opened = opened.pop_all()
        except (sqlite3.OperationalError, OSError) as error:
            raise (refused(error) if self.path.is_file() else damaged(self.path, error)) from error
        except UNREADABLE as error:
            raise damaged(self.path, error) from error

    def _connected(self) -> sqlite3.Connection:
        if self.writable:
            uri = self.path.absolute().as_uri() + "?mode=rw"
            return sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
        opened = unwritten.connect(self.path, self.file, private=self._private)
        self._image, self._mark = opened.image, opened.mark
        return opened.connection

    def fits(self, sealed: seal.Seal) -> bool:
        """Whether the data read here is what was sealed. Also False if SQLite reads along with a writer.

        Call it once, because it releases the bytes of a copy in memory. OSError if the file cannot be read.
        """
        if self.writable:
            return sealed.fits(self.file)
        image, self._image = self._image, None
        return image is not None and sealed.fits(image)

    def _follow(self) -> None:
        """Reconnect if another process has repaired the library, which replaces the file.

        A copy in memory is made again when the file has changed.
        """
        try:
            found = self.path.stat()
            has_changed = self._mark is not None and not self._private and unwritten.mark(self.path) != self._mark
        except OSError:
            return
        if has_changed or (found.st_dev, found.st_ino) != self.file.identity:
            self.close()
            self._connect()

    def _prepare(self) -> None:
        for pragma in ("foreign_keys = ON", f"busy_timeout = {_BUSY_MS}", "secure_delete = ON", "synchronous = FULL"):
            self._connection.execute(f"PRAGMA {pragma}")
        # SQLite would empty the log and restart it by itself, and the record of written pages would be lost.
        self._connection.execute("PRAGMA wal_autocheckpoint = 0")
        ((version,),) = self._connection.execute("PRAGMA user_version").fetchall()
        if version > SCHEMA_VERSION:
            raise NewerFormatError(self.path, version, SCHEMA_VERSION)
        if version != SCHEMA_VERSION:
            raise OtherVersion(
                f"{self.path} is not a library of this version of Pincite; move it away and run 'qa add' again."
            )

    def close(self) -> None:
        self._opened.close()

    def execute(self, sql: str, *values: Any) -> list[Row]:
        """Run one statement and return its rows."""
        with self._lock, self._translated():
            return self._connection.execute(sql, values).fetchall()

    def execute_many(self, sql: str, rows: Iterable[Row]) -> None:
        """Run one statement for each row of values, inside ``writing``."""
        with self._lock, self._translated():
            self._connection.executemany(sql, rows)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Translate SQLite's errors into errors for people."""
        try:
            yield
        except (sqlite3.OperationalError, sqlite3.IntegrityError) as error:
            raise refused(error) from error
        except UNREADABLE as error:
            raise damaged(self.path, error) from error

    @contextmanager
    def reading(self) -> Iterator[None]:
        """All reads in the block see one state, whatever other processes write meanwhile. May be nested."""
        with self._lock:
            if self._depth:
                yield
            else:
                with self._transaction("BEGIN"):
                    yield

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One durable transaction that raises the generation. If the block fails, nothing is changed."""
        with self._lock:
            if self._depth:
                raise RuntimeError("a change cannot be made inside a block of reading or writing")
            with self._transaction("BEGIN IMMEDIATE"):
                yield
                self.set_fact("generation", self.generation + 1)
            if self._log.exists() and self._log.stat().st_size > _LOG_BYTES:
                self._empty_log("PASSIVE")

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[None]:
        self._follow()
        self.execute(begin)
        self._depth += 1
        try:
            yield
            self.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
        finally:
            self._depth -= 1

    def copy_to(self, path: Path) -> None:
        """Write one state of the database to a new file, whatever other processes write meanwhile."""
        path.unlink(missing_ok=True)
        with self._lock, self._translated(), closing(sqlite3.connect(path, isolation_level=None)) as target:
            self._follow()
            self._connection.backup(target)
            target.execute("PRAGMA journal_mode = WAL")

    def checkpoint(self) -> bool:
        """Move the write-ahead log's content into the file; False if a reader is in the way.

        OSError if the emptied log cannot be flushed.
        """
        with self._lock:
            self.execute("PRAGMA busy_timeout = 250")
            try:
                emptied = self._empty_log("TRUNCATE")
            finally:
                self.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
        if emptied:
            sync_file(self._log)  # SQLite only truncates it, without a flush
        return emptied

    def _empty_log(self, how: str) -> bool:
        self.written |= wal.written(self._log)
        ((unfinished, _, _),) = self.execute(f"PRAGMA wal_checkpoint({how})")
        return not unfinished

    def fact(self, name: str) -> Any:
        """A stored fact about the whole library, None if it was never set."""
        found = self.execute("SELECT value FROM facts WHERE name = ?", name)
        try:
            return json.loads(found[0][0]) if found else None
        except ValueError as error:
            raise damaged(self.path, error) from error

    def facts(self) -> dict[str, Any]:
        """All facts about the whole library, by name."""
        return {name: self.fact(name) for (name,) in self.execute("SELECT name FROM facts ORDER BY name")}

    def set_fact(self, name: str, value: Any) -> None:
        self.execute("REPLACE INTO facts VALUES (?, ?)", name, json.dumps(value))

    @property
    def generation(self) -> int:
        return int(self.fact("generation") or 0)


def marks(values: Collection[object]) -> str:
    """One SQL placeholder for each value."""
    return ",".join("?" * len(values))


def blob(vector: Vectors) -> bytes:
    """A vector as it is stored."""
    return vector.astype("<f4").tobytes()


def from_blob(stored: bytes) -> Vectors:
    """The vector of one stored blob, or of several joined. LibraryDamagedError if the blob is invalid."""
    try:
        return np.frombuffer(stored, "<f4")
    except (TypeError, ValueError) as error:
        raise LibraryDamagedError("what is stored of the vectors is damaged; run 'qa check' to mend it.") from error
