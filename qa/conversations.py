"""Conversations that are kept: one SQLite file beside a library, shared by every tab and every process.

A turn is a question with its Answer in the documented JSON form, as it was given, so that it reads and proves the
same after a restart. Nothing here knows a Library: removing a document leaves the answers that quoted it, until their
conversation is deleted, which leaves no word of it in the file.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, get_args
from uuid import uuid4

from qa.errors import ConversationError
from qa.text import collapse

FILE = "conversations.sqlite"
SCHEMA_VERSION = 1
MAX_NAME = 80

Verdict = Literal["up", "down"]
"""What a reader thought of an answer."""

_SCHEMA = """
CREATE TABLE conversations (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, changed TEXT NOT NULL
);
CREATE TABLE turns (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
    conversation TEXT NOT NULL REFERENCES conversations ON DELETE CASCADE,
    asked TEXT NOT NULL, answer TEXT NOT NULL, documents TEXT NOT NULL, verdict TEXT
);
CREATE INDEX turns_of_conversation ON turns (conversation);
"""  # the column documents has the scope: at first documents were all that could be chosen
_BUSY_S = 10.0


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation in the list: ``changed`` is the time of its last turn, ISO 8601 in UTC."""

    id: str
    name: str
    changed: str
    turns: int


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and its Answer in the documented JSON form.

    ``scope`` has in words what it was limited to, none if nothing; ``verdict`` is None until a reader gives one.
    """

    id: str
    conversation: str
    asked: str
    answer: Mapping[str, Any]
    scope: tuple[str, ...] = ()
    verdict: Verdict | None = None


class Conversations:
    """The conversations of one file. A connection lasts for one call, so any thread and process may call."""

    def __init__(self, path: Path) -> None:
        """Make the file if it is not there. ConversationError if it cannot be had or is of another version."""
        self._path = path
        with self._connected() as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("BEGIN IMMEDIATE")  # two processes may find the file empty
            ((version,),) = connection.execute("PRAGMA user_version").fetchall()
            if version == 0:
                for statement in filter(str.strip, _SCHEMA.split(";")):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
            elif version != SCHEMA_VERSION:
                raise ConversationError(f"{path} is of another version of Pincite; move it away and start again.")
            connection.execute("COMMIT")

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self._path, timeout=_BUSY_S, isolation_level=None)) as connection:
                for pragma in ("foreign_keys = ON", "synchronous = FULL", "secure_delete = ON"):
                    connection.execute(f"PRAGMA {pragma}")
                yield connection
        except sqlite3.DatabaseError as error:
            raise ConversationError(
                f"the conversations in {self._path} cannot be kept or read ({error}); "
                "check free disk space and permissions, or move the file away."
            ) from error

    def all(self) -> list[Conversation]:
        """Every conversation, the last changed first."""
        with self._connected() as connection:
            rows = connection.execute(
                "SELECT id, name, changed, (SELECT count(*) FROM turns WHERE conversation = conversations.id) "
                "FROM conversations ORDER BY changed DESC, rowid DESC"
            ).fetchall()
        return [Conversation(*row) for row in rows]

    def get(self, id: str) -> Conversation:
        """One conversation. ConversationError if there is none of that id."""
        found = next((conversation for conversation in self.all() if conversation.id == id), None)
        if found is None:
            raise _unknown()
        return found

    def turns(self, id: str) -> list[Turn]:
        """The turns of a conversation in the order they were asked; none if there is no such conversation."""
        return self._turns("WHERE conversation = ? ORDER BY number", id)

    def turn(self, id: str) -> Turn:
        """One turn. ConversationError if there is none of that id."""
        found = self._turns("WHERE id = ?", id)
        if not found:
            raise _unknown()
        return found[0]

    def _turns(self, where: str, value: str) -> list[Turn]:
        with self._connected() as connection:
            rows = connection.execute(
                f"SELECT id, conversation, asked, answer, documents, verdict FROM turns {where}", (value,)
            )
            return [
                Turn(id, kept, asked, json.loads(answer), tuple(json.loads(scope)), verdict)
                for id, kept, asked, answer, scope, verdict in rows
            ]

    def keep(
        self,
        answer: Mapping[str, Any],
        conversation: str | None = None,
        replacing: str | None = None,
        scope: Sequence[str] = (),
    ) -> Turn:
        """Append an answer to a conversation, to a new one if none is named; durable when the call returns.

        A new one is named after its first question. ``replacing`` names a turn of the conversation that the answer
        takes the place of, together with all that follow it. ConversationError if there is no such conversation.
        """
        now = datetime.now(UTC).isoformat(timespec="seconds")
        turn = Turn(uuid4().hex, conversation or uuid4().hex, now, answer, tuple(scope))
        with self._connected() as connection:
            connection.execute("BEGIN IMMEDIATE")
            if conversation is None:
                name = _name(str(answer["question"]))
                connection.execute("INSERT INTO conversations VALUES (?, ?, ?)", (turn.conversation, name, now))
            elif not connection.execute(
                "UPDATE conversations SET changed = ? WHERE id = ?", (now, conversation)
            ).rowcount:
                raise _unknown()
            connection.execute(
                "DELETE FROM turns WHERE conversation = ? AND number >= (SELECT number FROM turns WHERE id = ?)",
                (conversation, replacing),
            )
            connection.execute(
                "INSERT INTO turns (id, conversation, asked, answer, documents) VALUES (?, ?, ?, ?, ?)",
                (turn.id, turn.conversation, now, *map(_json, (answer, turn.scope))),
            )
            connection.execute("COMMIT")
        return turn

    def rename(self, id: str, name: str) -> None:
        """Call a conversation otherwise. ConversationError for an empty name, or if there is none of that id."""
        if not _name(name):
            raise ConversationError("a conversation needs a name; type one.")
        self._change("UPDATE conversations SET name = ? WHERE id = ?", _name(name), id)

    def judge(self, turn: str, verdict: Verdict | None) -> None:
        """Note what a reader thought of an answer; None takes it back."""
        if verdict not in (None, *get_args(Verdict)):
            raise ConversationError(f"{verdict!r} is no verdict on an answer; give 'up' or 'down'.")
        self._change("UPDATE turns SET verdict = ? WHERE id = ?", verdict, turn)

    def delete(self, id: str) -> None:
        """Delete a conversation with all its turns, and every trace of them in the file."""
        self._change("DELETE FROM conversations WHERE id = ?", id)
        with self._connected() as connection:
            # The log still has the pages as they were; it is emptied as soon as no reader is in the way.
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _change(self, sql: str, *values: str | None) -> None:
        with self._connected() as connection:
            if not connection.execute(sql, values).rowcount:
                raise _unknown()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _name(text: str) -> str:
    words = collapse(text)
    return words if len(words) <= MAX_NAME else words[: MAX_NAME - 1] + "…"


def _unknown() -> ConversationError:
    return ConversationError("that conversation is not kept here, or no longer; open another.")
