"""SQLite's file, read where nothing can be written: another user's library, or one on a read-only mount.

SQLite keeps a log and shared memory beside a database, and wants to make them even to read. Where another process has
changes in the log, both are there, and SQLite reads along with it. Where the log is empty, the file is complete by
itself, and its bytes are read into memory at once: nothing that is written later tears what is being read.
"""

import os
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from qa.stores.files import HeldFile

_TRIES = 100
_PAUSE_S = 0.05
"""How often, and after what pause, to try again to read a file while another process changes it."""
_CHUNK = 64 << 20
_VERSIONS_AT = slice(18, 20)
"""Where a database says that it has a log, 2 and 2, or none, 1 and 1 (sqlite.org/fileformat2.html, section 1.3)."""

Mark = tuple[int, ...]
"""Differs between two states of a file and its log."""


def can_write(database: Path) -> bool:
    """Whether this process may write a database and beside it."""
    return os.access(database.parent, os.W_OK) and (not database.exists() or os.access(database, os.W_OK))


def mark(path: Path) -> Mark:
    """The present state of a database; OSError if it is gone."""
    path.stat()
    return (*_stated(path), *_stated(_log(path)))


@dataclass(frozen=True, slots=True)
class Image:
    """The bytes of a database at one moment."""

    data: bytes

    @property
    def size(self) -> int:
        return len(self.data)

    def read(self, start: int, length: int) -> bytes:
        return self.data[start : start + length]


@dataclass(frozen=True, slots=True)
class Opened:
    """A connection that only reads. ``image`` has the bytes of the file where they are all that is read.

    ``mark`` is the state that was copied, None where SQLite reads along.
    """

    connection: sqlite3.Connection
    image: Image | None
    mark: Mark | None


def connect(path: Path, file: HeldFile, *, private: bool) -> Opened:
    """Open a database without writing anything; ``private`` has a copy in memory made in any case.

    Raises OSError where it is changed all the time, sqlite3.DatabaseError where it cannot be understood.
    """
    for _ in range(_TRIES):
        found = mark(path)
        if _size(_log(path)):
            if along := _along(path):
                return Opened(_copied(along), None, found) if private else Opened(along, None, None)
            opened = _replayed(path, file, found)
        else:
            image = Image(_read(file))
            opened = Opened(_in_memory(image), image, found)
        if mark(path) == found:
            return opened
        opened.connection.close()
        time.sleep(_PAUSE_S)
    raise OSError("another process changes it all the time")


def _along(path: Path) -> sqlite3.Connection | None:
    """A connection that reads along with whoever writes the log; None where the shared memory is not there."""
    if not path.with_name(f"{path.name}-shm").exists():
        return None
    connection = _connection(f"{path.absolute().as_uri()}?mode=ro")
    try:
        connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchall()
    except sqlite3.OperationalError:
        connection.close()
        return None
    except BaseException:
        connection.close()
        raise
    return connection


def _replayed(path: Path, file: HeldFile, found: Mark) -> Opened:
    """A copy in memory of a database with what is in its log."""
    with TemporaryDirectory(prefix="pincite-") as folder:
        copy = Path(folder, path.name)
        copy.write_bytes(_read(file))
        _log(copy).write_bytes(_log(path).read_bytes())
        return Opened(_copied(_connection(copy.as_uri())), None, found)


def _copied(source: sqlite3.Connection) -> sqlite3.Connection:
    """The database of a connection, copied into memory; the connection is closed."""
    with closing(source):
        memory = _connection(":memory:")
        source.backup(memory)
    return memory


def _in_memory(image: Image) -> sqlite3.Connection:
    content = bytearray(image.data)
    if content[_VERSIONS_AT] == b"\x02\x02":
        content[_VERSIONS_AT] = b"\x01\x01"  # there is no log in memory
    memory = _connection(":memory:")
    memory.deserialize(bytes(content))
    return memory


def _connection(uri: str) -> sqlite3.Connection:
    return sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)


def _read(file: HeldFile) -> bytes:
    return b"".join(file.read(start, _CHUNK) for start in range(0, file.size, _CHUNK))


def _log(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def _size(path: Path) -> int:
    return _stated(path)[1]


def _stated(path: Path) -> tuple[int, int, int]:
    """Inode, bytes and time of change of a file; an empty log is as good as none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return 0, 0, 0
    return (found.st_ino, found.st_size, found.st_mtime_ns) if found.st_size else (0, 0, 0)
