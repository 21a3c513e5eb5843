"""Read what is still readable of a conversations file that is damaged or has an earlier form."""

import json
import os
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from qa.stores.conversations import rows
from qa.stores.conversations.rows import Damage, Row
from qa.stores.local.refusals import UNREADABLE

DAMAGE = (Damage, *UNREADABLE)
"""Errors that mean that a file does not hold what was written."""
_NUMBERS_TRIED = 100_000
"""The most row numbers tried one by one if the chain between rows is broken."""
_LAST_ROW = (1 << 63) - 1
_HEADER = (
    (0, b"SQLite format 3\0\x10\0\x02\x02\0\x40\x20\x20"),
    (32, bytes(8)),
    (44, b"\0\0\0\4" + bytes(8) + b"\0\0\0\1"),
    (72, bytes(20)),
)
"""The header of every file that ``new_file`` makes (sqlite.org/fileformat2.html, section 1.3)."""
_READING = {
    True: {table: (*columns, "checksum") for table, columns in rows.COLUMNS.items()},
    False: {
        "conversations": ("id", "name", "changed"),
        "turns": ("id", "conversation", "number", "asked", "answer", "documents", "verdict"),
    },
}
"""The columns read from each table, for a file with checksums and for one from before checksums."""


def connect(path: Path, timeout_s: float) -> sqlite3.Connection:
    """A connection to an existing file."""
    uri = f"{path.absolute().as_uri()}?mode=rw"
    connection = sqlite3.connect(uri, uri=True, timeout=timeout_s, isolation_level=None)
    connection.text_factory = _decoded
    return connection


def _decoded(text: bytes) -> str:
    return text.decode("utf-8", "replace")  # invalid UTF-8 no longer fits its checksum


@contextmanager
def copied(path: Path) -> Iterator[sqlite3.Connection | None]:
    """A copy of a damaged file with its header restored; None if even that does not open."""
    copy = path.with_name(f"{path.stem}.copy{path.suffix}")
    try:
        shutil.copyfile(path, copy)
        with suppress(FileNotFoundError):
            shutil.copyfile(beside(path, "-wal"), beside(copy, "-wal"))
        _mend_header(copy)
        with closing(connect(copy, 0)) as connection:
            yield connection if _opens(connection) else None
    finally:
        for suffix in ("", "-wal", "-shm"):
            beside(copy, suffix).unlink(missing_ok=True)


def _opens(connection: sqlite3.Connection) -> bool:
    with suppress(*UNREADABLE):
        connection.execute("PRAGMA writable_schema = ON")  # lets SQLite read on past a damaged schema entry
        return bool(connection.execute("SELECT count(*) FROM sqlite_master").fetchall())
    return False


def _mend_header(path: Path) -> None:
    with path.open("r+b") as stream:
        for place, content in _HEADER:
            stream.seek(place)
            stream.write(content)
        pages = stream.seek(0, os.SEEK_END) // 4096
        stream.seek(28)
        stream.write(pages.to_bytes(4, "big"))
        stream.seek(24)
        changes = stream.read(4)
        stream.seek(92)
        stream.write(changes)


def has_checksums(old: sqlite3.Connection) -> bool | None:
    """Whether the file has the present form, judged by its tables, because its version number may be damaged.

    None if the tables cannot be read.
    """
    with suppress(*UNREADABLE):
        columns = {row[1] for table in ("conversations", "turns") for row in old.execute(f"PRAGMA table_info({table})")}
        return "checksum" in columns if columns else None
    return None


def read(old: sqlite3.Connection, table: str, summed: bool) -> Iterator[Sequence[object]]:
    """Each row that SQLite can still read: from both ends, and one by one where the chain is broken."""
    columns = ", ".join(_READING[summed][table])
    sql = f"SELECT rowid, {columns} FROM {table} NOT INDEXED WHERE rowid"
    low, high, broken = -1, _LAST_ROW, False
    for number, values in _walked(old, f"{sql} > ? ORDER BY rowid LIMIT 1", low):
        if values is None or number <= low:
            broken = True
            break
        low = number
        yield values
    if not broken:
        return
    for number, values in _walked(old, f"{sql} < ? ORDER BY rowid DESC LIMIT 1", high):
        if values is None or not low < number < high:
            break
        high = number
        yield values
    for number in range(low + 1, min(high, low + _NUMBERS_TRIED)):
        with suppress(*UNREADABLE):
            for row in old.execute(f"{sql} = ?", (number,)):
                yield row[1:]


def _walked(old: sqlite3.Connection, sql: str, at: int) -> Iterator[tuple[int, Sequence[object] | None]]:
    """Each row with its number; None instead of values where SQLite cannot go on."""
    while True:
        try:
            found = old.execute(sql, (at,)).fetchall()
        except UNREADABLE:
            found = [(at, None)]
        if not found:
            return
        at, *values = found[0]
        yield at, None if values == [None] else values


def earlier_turn(values: Sequence[object]) -> Row | None:
    row = dict(zip(rows.COLUMNS["turns"], values, strict=True))
    texts = [row[name] for name in ("id", "conversation", "asked", "answer", "scope")]
    return row if all(isinstance(text, str) for text in texts) and is_answer(row) else None


def earlier_conversation(values: Sequence[object]) -> Row | None:
    if not all(isinstance(value, str) for value in values):
        return None
    id, name, changed = values
    return {"id": id, "name": name, "changed": changed, "turns": 0, "lost": 0}


def is_answer(row: Row) -> bool:
    with suppress(Damage):
        return bool(json.dumps(rows.as_turn(row).answer))
    return False


def beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)
