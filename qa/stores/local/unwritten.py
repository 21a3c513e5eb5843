"""Read SQLite's file where nothing can be written: another user's library, or a read-only mount.

SQLite keeps a log and shared memory beside a database, and creates them even for reading. If another process has
changes in the log, both exist, and SQLite reads along with it. If the log is empty, the file is complete, and its bytes
are read into memory at once. So later writes cannot tear what is being read.
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
"""How often, and after what pause, to read a file again that another process is changing."""
_CHUNK = 64 << 20
_VERSIONS_AT = slice(18, 20)
"""The bytes that say whether a database has a log (2, 2) or not (1, 1) (sqlite.org/fileformat2.html, section 1.3)."""

Mark = tuple[int, ...]
"""A value that differs between two states of a file and its log."""


def can_write(database: Path) -> bool:
    """Whether this process may write a database and the files beside it."""
    return os.access(database.parent, os.W_OK) and (not database.exists() or os.access(database, os.W_OK))


def mark(path: Path) -> Mark:
    """The present state of a database. OSError if the file is gone."""
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
    """A read-only connection. ``image`` has the file's bytes if nothing else is read.

    ``mark`` is the state that was copied, None if SQLite reads along.
    """

    connection: sqlite3.Connection
    image: Image | None
    mark: Mark | None


def connect(path: Path, file: HeldFile, *, private: bool) -> Opened:
    """Open a database without writing anything. ``private`` always makes a copy in memory.

    Raises OSError if it changes all the time, sqlite3.DatabaseError if it cannot be understood.
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
    """A connection that reads along with the log's writer; None if there is no shared memory."""
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
    """A copy in memory of a database, including its log."""
    with TemporaryDirectory(prefix="pincite-") as folder:
        copy = Path(folder, path.name)
        copy.write_bytes(_read(file))
        _log(copy).write_bytes(_log(path).read_bytes())
        return Opened(_copied(_connection(copy.as_uri())), None, found)


def _copied(source: sqlite3.Connection) -> sqlite3.Connection:
    """A connection's database, copied into memory. The connection is closed."""
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
    """Inode, size and change time of a file; an empty log counts as none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return 0, 0, 0
    return (found.st_ino, found.st_size, found.st_mtime_ns) if found.st_size else (0, 0, 0)
