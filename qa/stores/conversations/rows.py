"""The content of a conversations file: its tables, and the checksum of each row.

A checksum covers every column of its row. Each turn stores its place in its conversation, and each conversation its
number of turns. So an altered, moved or lost turn is found. One row of totals does the same for the file.
"""

import hashlib
import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from qa.text.lines import collapse

SCHEMA_VERSION = 3
"""Odd, so that one flipped bit cannot make the next version. Version 1 had no checksums; there was no 2."""

SCHEMA = """
CREATE TABLE conversations (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, changed TEXT NOT NULL, turns INTEGER NOT NULL, lost INTEGER NOT NULL,
    checksum TEXT NOT NULL
);
CREATE TABLE turns (
    id TEXT PRIMARY KEY, conversation TEXT NOT NULL, place INTEGER NOT NULL, asked TEXT NOT NULL, answer TEXT NOT NULL,
    scope TEXT NOT NULL, verdict TEXT, checksum TEXT NOT NULL
);
CREATE INDEX turns_of_conversation ON turns (conversation);
CREATE TABLE totals (id INTEGER PRIMARY KEY, format INTEGER NOT NULL, conversations INTEGER NOT NULL,
    turns INTEGER NOT NULL, checksum TEXT NOT NULL
);
"""

COLUMNS: Mapping[str, Sequence[str]] = {
    "conversations": ("id", "name", "changed", "turns", "lost"),
    "turns": ("id", "conversation", "place", "asked", "answer", "scope", "verdict"),
    "totals": ("id", "format", "conversations", "turns"),
}
"""The columns of each table, except the last, which is the checksum."""

TOTALS = 1
"""The id of the single row of totals."""

MAX_NAME = 80
"""The most characters in a conversation's name."""

Verdict = Literal["up", "down"]
"""What a reader thought of an answer."""

Row = Mapping[str, Any]


class Damage(Exception):
    """The stored data is not what was written. Internal: the sound part is rescued, the rest set aside and reported."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A listed conversation. ``changed`` is the time of its last turn, ISO 8601 in UTC.

    ``lost`` counts the damaged turns, which are no longer shown.
    """

    id: str
    name: str
    changed: str
    turns: int
    lost: int = 0


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and its Answer in the documented JSON form.

    ``scope`` says in words how it was limited, if at all. ``verdict`` is None until a reader gives one.
    """

    id: str
    conversation: str
    asked: str
    answer: Mapping[str, Any]
    scope: tuple[str, ...] = ()
    verdict: Verdict | None = None


def checksum(table: str, values: Sequence[object]) -> str:
    """The checksum of a row: 128 bits of BLAKE2b over its table's name and its values, as JSON."""
    form = json.dumps([table, *values], ensure_ascii=False)
    return hashlib.blake2b(form.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def sound(table: str, values: Sequence[object]) -> Row | None:
    """The row of these values, of which the last is the checksum; None if the checksum does not fit."""
    *columns, kept = values
    try:
        fits = checksum(table, columns) == kept
    except TypeError:  # bytes instead of text
        return None
    return dict(zip(COLUMNS[table], columns, strict=True)) if fits else None


def select(connection: sqlite3.Connection, table: str, rest: str = "", *values: object) -> list[Row]:
    """The rows of a table that the rest of the statement selects. Damage if one does not fit its checksum."""
    columns = ", ".join((*COLUMNS[table], "checksum"))
    found = [sound(table, row) for row in connection.execute(f"SELECT {columns} FROM {table} {rest}", values)]
    rows = [row for row in found if row is not None]
    if len(rows) < len(found):
        raise Damage(f"a row of {table} is not what was written")
    return rows


def one(connection: sqlite3.Connection, table: str, id: object) -> Row | None:
    """The row of this id. Damage if it exists but the index does not find it."""
    for found in select(connection, table, "WHERE id = ?", id):
        return found
    if connection.execute(f"SELECT 1 FROM {table} NOT INDEXED WHERE id = ?", (id,)).fetchall():
        raise Damage(f"an index of {table} is damaged")
    return None


def put(connection: sqlite3.Connection, table: str, row: Row) -> None:
    """Insert a row with its checksum, or replace the one with its id."""
    values = [row[column] for column in COLUMNS[table]]
    places = ", ".join("?" * (len(values) + 1))
    columns = ", ".join((*COLUMNS[table], "checksum"))
    connection.execute(f"REPLACE INTO {table} ({columns}) VALUES ({places})", (*values, checksum(table, values)))


def change(connection: sqlite3.Connection, table: str, id: object, **new: object) -> bool:
    """Change columns of the row with this id; False if there is none."""
    row = one(connection, table, id)
    if row is None:
        return False
    values = {**row, **new}
    settings = ", ".join(f"{column} = ?" for column in (*new, "checksum"))
    summed = checksum(table, [values[column] for column in COLUMNS[table]])
    connection.execute(f"UPDATE {table} SET {settings} WHERE id = ?", (*new.values(), summed, id))
    return True


def totals(connection: sqlite3.Connection) -> Row:
    """The expected numbers of conversations and turns. Damage if they cannot be read."""
    found = select(connection, "totals")
    if len(found) != 1:
        raise Damage("it does not say how many conversations it has")
    return found[0]


def count(connection: sqlite3.Connection, conversations: int, turns: int) -> None:
    """Add to the totals."""
    known = totals(connection)
    change(
        connection,
        "totals",
        TOTALS,
        conversations=known["conversations"] + conversations,
        turns=known["turns"] + turns,
    )


def turns_of(connection: sqlite3.Connection, conversation: Row) -> list[Row]:
    """The turns of a conversation in order. Damage unless all are there."""
    rows = select(connection, "turns", "WHERE conversation = ? ORDER BY place", conversation["id"])
    if [row["place"] for row in rows] != list(range(conversation["turns"])):
        raise Damage("a turn is not in its place")
    return rows


def as_turn(row: Row) -> Turn:
    """A sound row as a Turn. Damage if its JSON cannot be read."""
    try:
        answer, scope = json.loads(row["answer"]), tuple(json.loads(row["scope"]))
    except (ValueError, TypeError, RecursionError) as error:
        raise Damage("a turn is not JSON") from error
    if not isinstance(answer, dict) or not isinstance(answer.get("question"), str):
        raise Damage("a turn is no answer")
    return Turn(row["id"], row["conversation"], row["asked"], answer, scope, row["verdict"])


def as_conversation(row: Row) -> Conversation:
    return Conversation(**row)


def create(connection: sqlite3.Connection) -> None:
    """Create the tables of an empty file, within the caller's transaction."""
    for statement in filter(str.strip, SCHEMA.split(";")):
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    put(connection, "totals", {"id": TOTALS, "format": SCHEMA_VERSION, "conversations": 0, "turns": 0})


def name_of(question: str) -> str:
    """The name of a conversation, taken from a question."""
    words = collapse(question)
    return words if len(words) <= MAX_NAME else words[: MAX_NAME - 1] + "…"
