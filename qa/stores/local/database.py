"""The truth: one SQLite file with documents, passages, sentences, vectors and the lexical index.

Every change is one transaction, synchronously on disk before it returns, and raises the generation by
one. Vectors are little-endian float32 blobs. The lexical index is FTS5 over terms that ``qa.text``
already folded and stemmed, so SQLite only splits at spaces and scores with BM25 (k1 1.2, b 0.75).
"""

import json
import sqlite3
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from qa.errors import LibraryDamagedError, LibraryError, NewerFormatError
from qa.records import DocId
from qa.stores.base import Vectors
from qa.stores.files import HeldFile, put_in_place, sync_file
from qa.stores.local import seal, unwritten, wal

SCHEMA_VERSION = 4

_SCHEMA = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (
    doc_id TEXT PRIMARY KEY, source TEXT NOT NULL, text TEXT NOT NULL, sha256 TEXT NOT NULL,
    source_sha256 TEXT NOT NULL, description TEXT NOT NULL, digest TEXT NOT NULL,
    abbreviations TEXT NOT NULL
);
CREATE TABLE files (
    path TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, doc_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE
);
CREATE INDEX files_of_document ON files (doc_id);
CREATE TABLE passages (
    row INTEGER PRIMARY KEY AUTOINCREMENT, doc_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE,
    start INTEGER NOT NULL, stop INTEGER NOT NULL, section TEXT NOT NULL, page INTEGER,
    key BLOB NOT NULL, vector BLOB NOT NULL
);
CREATE INDEX passages_of_document ON passages (doc_id);
CREATE INDEX passages_of_key ON passages (key);
CREATE TABLE sentences (
    doc_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE,
    start INTEGER NOT NULL, stop INTEGER NOT NULL, terms TEXT NOT NULL,
    leans INTEGER NOT NULL, fragment INTEGER NOT NULL, key BLOB NOT NULL, vector BLOB NOT NULL,
    PRIMARY KEY (doc_id, start)
) WITHOUT ROWID;
CREATE INDEX sentences_of_key ON sentences (key);
CREATE VIRTUAL TABLE lexicon USING fts5 (title, section, body, tokenize = "ascii tokenchars '.'");
CREATE VIRTUAL TABLE lexicon_terms USING fts5vocab (lexicon, row);
"""

_BUSY_MS = 10_000
"""How long a statement waits for another connection's."""

_LOG_BYTES = 4 << 20
"""Empty the write-ahead log when a change leaves more than this in it."""

_HINDRANCES = frozenset(
    (
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
    )
)

UNREADABLE = (sqlite3.DatabaseError, UnicodeDecodeError)
"""What Python raises where SQLite finds a file damaged; the second where the message itself quotes damaged bytes."""

Row = tuple[Any, ...]


class Hindered(LibraryError):
    """The disk or its permissions, not what the database holds, kept it from doing something."""


class OtherVersion(LibraryDamagedError):
    """The database is of another version of Pincite, and may be made anew from the copies."""


def create_database(path: Path, facts: Mapping[str, Any]) -> None:
    """Make an empty library with these facts, unless there is one. To be called by the one writer."""
    if path.exists():
        return
    temporary = path.with_suffix(".new")
    rows = [(name, json.dumps(value)) for name, value in facts.items()]
    try:
        temporary.unlink(missing_ok=True)
        with closing(sqlite3.connect(temporary, isolation_level=None)) as connection:
            connection.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = {SCHEMA_VERSION};")
            connection.executemany("INSERT INTO facts VALUES (?, ?)", rows)
            connection.execute("COMMIT")
            # Only now: what is in a write-ahead log would not be renamed with the file, and SQLite does not tell
            # when it fails to move it there as it closes.
            connection.execute("PRAGMA journal_mode = WAL")
        put_in_place(temporary, path)  # so that the file, once there, is a whole library
    except (sqlite3.DatabaseError, OSError) as error:
        raise _refused(error) from error


class Database:
    """One connection to the library's SQLite file, shared by threads under a lock."""

    def __init__(self, path: Path, *, writable: bool = True, private: bool = False) -> None:
        """Open the file; one that is not ``writable`` as ``qa.stores.local.unwritten`` does, ``private`` as a copy."""
        self.path = path
        self.writable = writable
        self._private = private
        self._image: unwritten.Image | None = None
        self._mark: unwritten.Mark | None = None
        self._lock = threading.RLock()
        self._depth = 0
        self.written: set[int] = set()
        """Where the file was written by this connection, in bytes: the start of each page, until it is cleared."""
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
            raise (_refused(error) if self.path.is_file() else _damaged(self.path, error)) from error
        except UNREADABLE as error:
            raise _damaged(self.path, error) from error

    def _connected(self) -> sqlite3.Connection:
        if self.writable:
            uri = self.path.absolute().as_uri() + "?mode=rw"
            return sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
        opened = unwritten.connect(self.path, self.file, private=self._private)
        self._image, self._mark = opened.image, opened.mark
        return opened.connection

    def fits(self, sealed: seal.Seal) -> bool:
        """Whether what is read here is what was sealed; False, too, where SQLite reads along with a writer.

        To be asked once, as the bytes of a copy in memory are then let go. OSError if the file cannot be read.
        """
        if self.writable:
            return sealed.fits(self.file)
        image, self._image = self._image, None
        return image is not None and sealed.fits(image)

    def _follow(self) -> None:
        """Connect anew if another process has mended the library, which puts another file in its place.

        A copy in memory is made anew when the file has changed.
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
        # SQLite would empty the log by itself and begin it again, and what it had written would be forgotten.
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
        """SQLite's errors as errors for people."""
        try:
            yield
        except (sqlite3.OperationalError, sqlite3.IntegrityError) as error:
            raise _refused(error) from error
        except UNREADABLE as error:
            raise _damaged(self.path, error) from error

    @contextmanager
    def reading(self) -> Iterator[None]:
        """All reads of the block see one state, whatever other processes write meanwhile. May be nested."""
        with self._lock:
            if self._depth:
                yield
            else:
                with self._transaction("BEGIN"):
                    yield

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One durable transaction that raises the generation; nothing of it stays if the block fails."""
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
        """Write one state of the database into a file of its own, whatever other processes write meanwhile."""
        path.unlink(missing_ok=True)
        with self._lock, self._translated(), closing(sqlite3.connect(path, isolation_level=None)) as target:
            self._follow()
            self._connection.backup(target)
            target.execute("PRAGMA journal_mode = WAL")

    def checkpoint(self) -> bool:
        """Move all that the write-ahead log holds into the file itself; False if a reader is in the way.

        OSError if the emptied log cannot be flushed.
        """
        with self._lock:
            self.execute("PRAGMA busy_timeout = 250")
            try:
                emptied = self._empty_log("TRUNCATE")
            finally:
                self.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
        if emptied:
            sync_file(self._log)  # which SQLite has only cut to nothing
        return emptied

    def _empty_log(self, how: str) -> bool:
        self.written |= wal.written(self._log)
        ((unfinished, _, _),) = self.execute(f"PRAGMA wal_checkpoint({how})")
        return not unfinished

    @property
    def _log(self) -> Path:
        return self.path.with_name(f"{self.path.name}-wal")

    def fact(self, name: str) -> Any:
        """A stored fact of the library as a whole, None where it was never set."""
        found = self.execute("SELECT value FROM facts WHERE name = ?", name)
        try:
            return json.loads(found[0][0]) if found else None
        except ValueError as error:
            raise _damaged(self.path, error) from error

    def facts(self) -> dict[str, Any]:
        """All facts of the library as a whole, by name."""
        return {name: self.fact(name) for (name,) in self.execute("SELECT name FROM facts ORDER BY name")}

    def set_fact(self, name: str, value: Any) -> None:
        self.execute("REPLACE INTO facts VALUES (?, ?)", name, json.dumps(value))

    @property
    def generation(self) -> int:
        return int(self.fact("generation") or 0)


def names_in(path: Path) -> dict[DocId, str]:
    """The documents' file names by their ids in a database of whatever version, as far as they can be read."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            return dict(connection.execute("SELECT doc_id, source FROM documents"))
    except UNREADABLE:
        return {}


def is_hindrance(error: Exception) -> bool:
    """Whether an error of SQLite's tells of the disk and its permissions, and not of what a database holds."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the rest tells more of the same error
    return code in _HINDRANCES


def _refused(error: Exception) -> LibraryError:
    return (Hindered if is_hindrance(error) else LibraryError)(
        f"the library's database could not do this ({error}); check free disk space and permissions, then try again."
    )


def _damaged(path: Path, error: Exception) -> LibraryDamagedError:
    return LibraryDamagedError(
        f"{path} is damaged or not a Pincite library ({error}); move it away and run 'qa add' again."
    )


def marks(values: Collection[object]) -> str:
    """As many placeholders as there are values, for an SQL list."""
    return ",".join("?" * len(values))


def blob(vector: Vectors) -> bytes:
    """A vector as it is stored."""
    return vector.astype("<f4").tobytes()


def from_blob(stored: bytes) -> Vectors:
    """The vector of a stored blob, or of several joined. LibraryDamagedError for what is no such blob."""
    try:
        return np.frombuffer(stored, "<f4")
    except (TypeError, ValueError) as error:
        raise LibraryDamagedError("what is stored of the vectors is damaged; run 'qa check' to mend it.") from error
