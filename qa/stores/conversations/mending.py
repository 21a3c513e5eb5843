"""A file of conversations that is damaged or of an earlier form: what can be read of it is put into a new one.

The old file is not touched before the new one is whole, checked and on disk. Where anything is lost it stays beside
the new one, as ``conversations.damaged.sqlite``.
"""

import json
import os
import shutil
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from qa.stores.conversations import rows
from qa.stores.conversations.rows import Damage, Row
from qa.stores.files import put_in_place
from qa.stores.local.database import UNREADABLE
from qa.text.lines import collapse

MAX_NAME = 80

DAMAGE = (Damage, *UNREADABLE)
"""What is raised where a file holds what was not written."""

_ASIDE = "damaged"
_NUMBERS_TRIED = 100_000
"""Rows that are looked for one by one where the way from each to the next is broken."""
_LAST_ROW = (1 << 63) - 1

_HEADER = (
    (0, b"SQLite format 3\0\x10\0\x02\x02\0\x40\x20\x20"),
    (32, bytes(8)),
    (44, b"\0\0\0\4" + bytes(8) + b"\0\0\0\1"),
    (72, bytes(20)),
)
"""What stands in the header of every file that ``new_file`` makes (sqlite.org/fileformat2.html, section 1.3)."""

_READING = {
    True: {table: (*columns, "checksum") for table, columns in rows.COLUMNS.items()},
    False: {
        "conversations": ("id", "name", "changed"),
        "turns": ("id", "conversation", "number", "asked", "answer", "documents", "verdict"),
    },
}
"""What is read of each table of a file with checksums, and of one from before there were any."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What a check of the conversations found, a sentence each: what was mended, and what is lost."""

    mended: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


def connect(path: Path, timeout_s: float) -> sqlite3.Connection:
    """A connection to a file that is there."""
    uri = f"{path.absolute().as_uri()}?mode=rw"
    connection = sqlite3.connect(uri, uri=True, timeout=timeout_s, isolation_level=None)
    connection.text_factory = _decoded
    return connection


def _decoded(text: bytes) -> str:
    return text.decode("utf-8", "replace")  # what is not UTF-8 any more does not fit its checksum


def name_of(question: str) -> str:
    """What a conversation is called after a question."""
    words = collapse(question)
    return words if len(words) <= MAX_NAME else words[: MAX_NAME - 1] + "…"


def new_file(path: Path) -> None:
    """Make an empty file of conversations beside others, whole and on disk when the call returns."""
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA page_size = 4096")
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("BEGIN")
        rows.create(connection)
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode = WAL")


def fault(connection: sqlite3.Connection) -> str | None:
    """What is wrong with a file of the present form, every byte of it read; None if it is sound."""
    try:
        for (message,) in connection.execute("PRAGMA integrity_check"):
            if message != "ok":
                return " ".join(str(message).split())
        known, turns = rows.totals(connection), 0
        conversations = rows.select(connection, "conversations")
        for conversation in conversations:
            turns += len([rows.as_turn(row) for row in rows.turns_of(connection, conversation)])
        there = connection.execute("SELECT count(*) FROM turns").fetchall()
        if (len(conversations), turns, there) != (known["conversations"], known["turns"], [(turns,)]):
            return "a conversation or a turn is missing"
    except DAMAGE as error:
        return str(error)
    return None


def anew(path: Path, why: str) -> Findings:
    """Put all that can be read of a file into a new one in its place. To be called by the one writer."""
    new = path.with_name(f"{path.stem}.new{path.suffix}")
    new_file(new)
    with closing(connect(new, 0)) as made, _copied(path) as old:
        made.execute("BEGIN")
        found = _rescued(old, made) if old else _Rescue()
        made.execute("COMMIT")
        if wrong := fault(made):
            raise Damage(wrong)
    aside = _put_in_place(path, new, keep=bool(found.lost))
    return found.told(path, why, aside)


# ------------------------------------------------------------ reading what can be read


@dataclass(slots=True)
class _Rescue:
    """What was read, and what was not."""

    conversations: int = 0
    turns: int = 0
    lost: Sequence[str] = ("none of the conversations could be read",)

    def told(self, path: Path, why: str, aside: Path | None) -> Findings:
        kept = f"{self.conversations} conversations with {self.turns} answers were put into a new file"
        kept += f", and the old one is kept as {aside.name}" if aside else ""
        return Findings((f"the conversations in {path.name} ({why}): {kept}",), tuple(self.lost))


@contextmanager
def _copied(path: Path) -> Iterator[sqlite3.Connection | None]:
    """A copy of a damaged file, with the header that it must have had; None where not even that opens it."""
    copy = path.with_name(f"{path.stem}.copy{path.suffix}")
    try:
        shutil.copyfile(path, copy)
        with suppress(FileNotFoundError):
            shutil.copyfile(_beside(path, "-wal"), _beside(copy, "-wal"))
        _mend_header(copy)
        with closing(connect(copy, 0)) as connection:
            yield connection if _opens(connection) else None
    finally:
        for suffix in ("", "-wal", "-shm"):
            _beside(copy, suffix).unlink(missing_ok=True)


def _opens(connection: sqlite3.Connection) -> bool:
    with suppress(*UNREADABLE):
        connection.execute("PRAGMA writable_schema = ON")  # to read on past a damaged line of the schema
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


def _rescued(old: sqlite3.Connection, made: sqlite3.Connection) -> _Rescue:
    """Copy every row that is sound, then give each turn its place and each conversation its count."""
    summed = _has_checksums(old)
    if summed is None:
        return _Rescue()
    named: dict[str, Row] = {}
    damaged = 0
    for values in _read(old, "turns", summed):
        turn = rows.sound("turns", values) if summed else _earlier_turn(values)
        damaged += turn is None
        if turn and _is_answer(turn):
            rows.put(made, "turns", turn)
    for values in _read(old, "conversations", summed):
        row = rows.sound("conversations", values) if summed else _earlier_conversation(values)
        damaged += row is None
        if row:
            named[row["id"]] = row
    conversations, turns, lost = _in_order(made, named)
    if not summed:  # nothing says how many there were
        return _Rescue(conversations, turns, lost or [_answers(damaged)] if damaged else lost)
    return _Rescue(conversations, turns, [*lost, *_missing(old, conversations, turns, bool(lost))])


def _in_order(made: sqlite3.Connection, named: Mapping[str, Row]) -> tuple[int, int, list[str]]:
    """How many conversations and turns there are now, and what was lost of these conversations."""
    lost, count = list[str](), 0
    ids = dict.fromkeys(named) | dict.fromkeys(id for (id,) in made.execute("SELECT DISTINCT conversation FROM turns"))
    for id in ids:
        turns = rows.select(made, "turns", "WHERE conversation = ? ORDER BY place", id)
        for place, turn in enumerate(turns):
            rows.change(made, "turns", turn["id"], place=place)
        known = named.get(id) or _renamed(id, turns)
        missing = max(0, known["turns"] - len(turns))
        if missing:
            lost.append(f"{_answers(missing)} of the conversation “{known['name']}”")
        if id not in named:
            lost.append(f"the name of the conversation that begins with “{known['name']}”")
        rows.put(made, "conversations", {**known, "turns": len(turns), "lost": known["lost"] + missing})
        count += len(turns)
    rows.count(made, len(ids), count)
    return len(ids), count, lost


def _missing(old: sqlite3.Connection, conversations: int, turns: int, told: bool) -> Iterator[str]:
    """What the totals know of that is not there."""
    try:
        expected = rows.totals(old)
    except DAMAGE:
        yield "perhaps more conversations, as their number is damaged too"
        return
    if (gone := expected["conversations"] - conversations) > 0:
        yield f"{gone} conversation{'' if gone == 1 else 's'} with every answer"
    elif (fewer := expected["turns"] - turns) > 0 and not told:
        yield _answers(fewer)


def _answers(count: int) -> str:
    return f"{count} answer{'' if count == 1 else 's'}"


def _renamed(id: str, turns: Sequence[Row]) -> Row:
    """A conversation of which only turns are left, called after its first question, as all are at first."""
    name = name_of(rows.as_turn(turns[0]).answer["question"])
    return {"id": id, "name": name, "changed": max(turn["asked"] for turn in turns), "turns": len(turns), "lost": 0}


def _has_checksums(old: sqlite3.Connection) -> bool | None:
    """Whether the file is of the present form, asked of its tables, as its number may be what is damaged.

    None if the tables are not to be had.
    """
    with suppress(*UNREADABLE):
        columns = {row[1] for table in ("conversations", "turns") for row in old.execute(f"PRAGMA table_info({table})")}
        return "checksum" in columns if columns else None
    return None


def _read(old: sqlite3.Connection, table: str, summed: bool) -> Iterator[Sequence[object]]:
    """Each row that SQLite still gives, from both ends, and one by one where the way is broken."""
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
    """Row after row with its number; None for values where SQLite finds no way on."""
    while True:
        try:
            found = old.execute(sql, (at,)).fetchall()
        except UNREADABLE:
            found = [(at, None)]
        if not found:
            return
        at, *values = found[0]
        yield at, None if values == [None] else values


def _earlier_turn(values: Sequence[object]) -> Row | None:
    row = dict(zip(rows.COLUMNS["turns"], values, strict=True))
    texts = [row[name] for name in ("id", "conversation", "asked", "answer", "scope")]
    return row if all(isinstance(text, str) for text in texts) and _is_answer(row) else None


def _earlier_conversation(values: Sequence[object]) -> Row | None:
    if not all(isinstance(value, str) for value in values):
        return None
    id, name, changed = values
    return {"id": id, "name": name, "changed": changed, "turns": 0, "lost": 0}


def _is_answer(row: Row) -> bool:
    with suppress(Damage):
        return bool(json.dumps(rows.as_turn(row).answer))
    return False


# ------------------------------------------------------------ in place


def aside(path: Path) -> list[Path]:
    """The damaged files that were kept, oldest first."""
    return sorted(path.parent.glob(f"{path.stem}.{_ASIDE}*{path.suffix}"), key=lambda file: (len(file.name), file.name))


def _put_in_place(path: Path, new: Path, *, keep: bool) -> Path | None:
    """The new file in place of the old one, which is kept under another name if it is to be."""
    kept = None
    if keep:
        number = len(aside(path)) + 1
        kept = path.with_name(f"{path.stem}.{_ASIDE}{'' if number == 1 else f'-{number}'}{path.suffix}")
        try:
            os.link(path, kept)
        except OSError:  # not every file system knows links
            shutil.copyfile(path, kept)
    if _beside(path, "-wal").exists():  # SQLite would play it into the new file
        _beside(path, "-wal").replace(_beside(kept or path, "-wal") if kept else _beside(path, "-wal.old"))
    put_in_place(new, path)
    _beside(path, "-shm").unlink(missing_ok=True)
    _beside(path, "-wal.old").unlink(missing_ok=True)
    return kept


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)
