"""Rebuild a conversations file that is damaged or has an earlier form, from its readable part.

The old file stays untouched until the new one is complete, checked and on disk. If anything is lost, the old file is
kept beside the new one, as ``conversations.damaged.sqlite``.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from qa.stores.conversations import rows
from qa.stores.conversations.damaged import (
    DAMAGE,
    beside,
    connect,
    copied,
    earlier_conversation,
    earlier_turn,
    has_checksums,
    is_answer,
    read,
)
from qa.stores.conversations.rows import Damage, Row, name_of
from qa.stores.files import put_in_place

_ASIDE = "damaged"


@dataclass(frozen=True, slots=True)
class Findings:
    """Results of a check of the conversations, a sentence each: what was repaired, and what is lost."""

    mended: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


def new_file(path: Path) -> None:
    """Make an empty conversations file beside others, complete and on disk when the call returns."""
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA page_size = 4096")
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("BEGIN")
        rows.create(connection)
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode = WAL")


def fault(connection: sqlite3.Connection) -> str | None:
    """What is wrong with a file of the present form, after reading every byte; None if it is sound."""
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
    """Replace a file by a new one with all that can be read of it. To be called by the one writer."""
    new = path.with_name(f"{path.stem}.new{path.suffix}")
    new_file(new)
    with closing(connect(new, 0)) as made, copied(path) as old:
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


def _rescued(old: sqlite3.Connection, made: sqlite3.Connection) -> _Rescue:
    """Copy every row that is sound, then give each turn its place and each conversation its count."""
    summed = has_checksums(old)
    if summed is None:
        return _Rescue()
    named: dict[str, Row] = {}
    damaged = 0
    for values in read(old, "turns", summed):
        turn = rows.sound("turns", values) if summed else earlier_turn(values)
        damaged += turn is None
        if turn and is_answer(turn):
            rows.put(made, "turns", turn)
    for values in read(old, "conversations", summed):
        row = rows.sound("conversations", values) if summed else earlier_conversation(values)
        damaged += row is None
        if row:
            named[row["id"]] = row
    conversations, turns, lost = _in_order(made, named)
    if not summed:  # the old form does not record how many there were
        return _Rescue(conversations, turns, lost or [_answers(damaged)] if damaged else lost)
    return _Rescue(conversations, turns, [*lost, *_missing(old, conversations, turns, bool(lost))])


def _in_order(made: sqlite3.Connection, named: Mapping[str, Row]) -> tuple[int, int, list[str]]:
    """The number of conversations and turns now, and what was lost of these conversations."""
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
    """What is missing according to the totals."""
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
    """A conversation of which only turns are left, named after its first question, as all are at first."""
    name = name_of(rows.as_turn(turns[0]).answer["question"])
    return {"id": id, "name": name, "changed": max(turn["asked"] for turn in turns), "turns": len(turns), "lost": 0}


# ------------------------------------------------------------ in place


def aside(path: Path) -> list[Path]:
    """The kept damaged files, oldest first."""
    return sorted(path.parent.glob(f"{path.stem}.{_ASIDE}*{path.suffix}"), key=lambda file: (len(file.name), file.name))


def _put_in_place(path: Path, new: Path, *, keep: bool) -> Path | None:
    """Put the new file in place of the old one, which is kept under another name if ``keep``."""
    kept = None
    if keep:
        number = len(aside(path)) + 1
        kept = path.with_name(f"{path.stem}.{_ASIDE}{'' if number == 1 else f'-{number}'}{path.suffix}")
        try:
            os.link(path, kept)
        except OSError:  # not every file system supports links
            shutil.copyfile(path, kept)
    if beside(path, "-wal").exists():  # SQLite would apply it to the new file
        beside(path, "-wal").replace(beside(kept or path, "-wal") if kept else beside(path, "-wal.old"))
    put_in_place(new, path)
    beside(path, "-shm").unlink(missing_ok=True)
    beside(path, "-wal.old").unlink(missing_ok=True)
    return kept
