"""Stored conversations: one SQLite file beside a library, shared by every tab and every process.

A turn is a question with its Answer in the documented JSON form, unchanged, so that it can be read and proved after a
restart. Nothing here knows a Library: removing a document leaves the answers that quoted it. Deleting their
conversation removes every word of them from the file.

Every row has a checksum. A row that does not fit it is never shown. As soon as one is seen, all sound rows go into a
new file, and the damaged file is kept beside it.
"""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args
from uuid import uuid4

from qa.errors import ConversationError
from qa.stores.conversations import mending, rows
from qa.stores.conversations.file import ConversationFile
from qa.stores.conversations.mending import Findings
from qa.stores.conversations.rows import MAX_NAME, SCHEMA_VERSION, Conversation, Damage, Turn, Verdict, name_of
from qa.text.lines import printable

__all__ = ["FILE", "MAX_NAME", "SCHEMA_VERSION", "Conversation", "Conversations", "Findings", "Turn", "Verdict"]

FILE = "conversations.sqlite"

_ALL = -1


class Conversations:
    """The conversations of one file. A connection lasts for one call, so any thread and process may call."""

    are_kept = True
    """Whether they outlast the process."""

    def __init__(self, path: Path) -> None:
        """Create the file if it does not exist, repair it if damaged, convert it if it has an earlier form.

        ConversationError if it cannot be opened, or was written by a newer Pincite.
        """
        self._file = ConversationFile(path)
        self._file.do(rows.totals)

    # ------------------------------------------------------------ what is kept

    def all(self) -> list[Conversation]:
        """Every conversation, last changed first."""
        return self.latest(_ALL)

    def latest(self, count: int, skip: int = 0) -> list[Conversation]:
        """The ``count`` last changed conversations after the first ``skip``, last changed first."""
        rest = "ORDER BY changed DESC, rowid DESC LIMIT ? OFFSET ?"

        def listed(connection: sqlite3.Connection) -> list[Conversation]:
            ((there,),) = connection.execute("SELECT count(*) FROM conversations")
            if there != rows.totals(connection)["conversations"]:
                raise Damage("a conversation is missing")
            return [rows.as_conversation(row) for row in rows.select(connection, "conversations", rest, count, skip)]

        return self._file.do(listed)

    def count(self) -> int:
        """How many conversations there are."""
        return int(self._file.do(rows.totals)["conversations"])

    def get(self, id: str) -> Conversation:
        """One conversation. ConversationError if there is none with that id."""
        return rows.as_conversation(self._file.do(lambda connection: _known(connection, id)))

    def turns(self, id: str) -> list[Turn]:
        """The turns of a conversation in the order they were asked; none if there is no such conversation.

        Damaged turns are left out; ``get(id).lost`` counts them.
        """

        def found(connection: sqlite3.Connection) -> list[Turn]:
            conversation = rows.one(connection, "conversations", id)
            return [rows.as_turn(row) for row in rows.turns_of(connection, conversation)] if conversation else []

        return self._file.do(found)

    def turn(self, id: str) -> Turn:
        """One turn. ConversationError if there is none with that id."""

        def found(connection: sqlite3.Connection) -> Turn:
            row = rows.one(connection, "turns", id)
            if row is None:
                raise _unknown()
            return rows.as_turn(row)

        return self._file.do(found)

    def aside(self) -> list[str]:
        """The names of the damaged files kept beside this one."""
        return [file.name for file in mending.aside(self._file.path)]

    # ------------------------------------------------------------ changes

    def keep(
        self,
        answer: Mapping[str, Any],
        conversation: str | None = None,
        replacing: str | None = None,
        scope: Sequence[str] = (),
    ) -> Turn:
        """Append an answer to a conversation, or to a new one if none is named; durable when the call returns.

        A new one is named after its first question. ``replacing`` names a turn of the conversation: the answer replaces
        it and all turns after it. ConversationError if there is no such conversation.
        """
        now = datetime.now(UTC).isoformat(timespec="seconds")
        turn = Turn(uuid4().hex, conversation or uuid4().hex, now, answer, tuple(scope))

        def kept(connection: sqlite3.Connection) -> None:
            if conversation is None:
                row = {
                    "id": turn.conversation,
                    "name": name_of(printable(str(answer["question"]))),
                    "turns": 0,
                    "lost": 0,
                }
                rows.put(connection, "conversations", row | {"changed": now})
            before = _known(connection, turn.conversation)["turns"]
            place = _place(connection, turn.conversation, replacing, before)
            connection.execute("DELETE FROM turns WHERE conversation = ? AND place >= ?", (turn.conversation, place))
            form = {"id": turn.id, "conversation": turn.conversation, "place": place, "asked": now, "verdict": None}
            rows.put(connection, "turns", form | {"answer": _json(answer), "scope": _json(turn.scope)})
            rows.change(connection, "conversations", turn.conversation, changed=now, turns=place + 1)
            rows.count(connection, int(conversation is None), place + 1 - before)

        self._file.change(kept)
        return turn

    def rename(self, id: str, name: str) -> None:
        """Rename a conversation. ConversationError if the name is empty, or there is none with that id."""
        if not name_of(name):
            raise ConversationError("a conversation needs a name; type one.")
        self._change("conversations", id, name=name_of(printable(name)))

    def judge(self, turn: str, verdict: Verdict | None) -> None:
        """Record a reader's verdict on an answer; None removes it."""
        if verdict not in (None, *get_args(Verdict)):
            raise ConversationError(f"{verdict!r} is no verdict on an answer; give 'up' or 'down'.")
        self._change("turns", turn, verdict=verdict)

    def delete(self, id: str) -> None:
        """Delete a conversation with all its turns, and every trace of them in the file."""

        def deleted(connection: sqlite3.Connection) -> None:
            count = _known(connection, id)["turns"]
            connection.execute("DELETE FROM turns WHERE conversation = ?", (id,))
            connection.execute("DELETE FROM conversations WHERE id = ?", (id,))
            rows.count(connection, -1, -count)

        self._file.change(deleted)
        # The log still has the old pages. It is emptied as soon as no reader is in the way.
        self._file.do(lambda connection: connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall())

    def check(self) -> Findings:
        """Read everything stored, rescue the sound part of a damaged file, and report what is lost."""
        return self._file.check()

    def _change(self, table: str, id: str, **new: object) -> None:
        def changed(connection: sqlite3.Connection) -> None:
            if not rows.change(connection, table, id, **new):
                raise _unknown()

        self._file.change(changed)


def _known(connection: sqlite3.Connection, id: str) -> rows.Row:
    found = rows.one(connection, "conversations", id)
    if found is None:
        raise _unknown()
    return found


def _place(connection: sqlite3.Connection, conversation: str, replacing: str | None, end: int) -> int:
    """The place of a conversation's next turn: that of the turn it replaces, or the end."""
    found = rows.select(connection, "turns", "WHERE id = ? AND conversation = ?", replacing, conversation)
    return int(found[0]["place"]) if found else end


def _json(value: object) -> str:
    return printable(json.dumps(value, ensure_ascii=False))


def _unknown() -> ConversationError:
    return ConversationError("that conversation is not kept here, or no longer; open another.")
