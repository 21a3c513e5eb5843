"""Conversations that are kept: one SQLite file beside a library, shared by every tab and every process.

A turn is a question with its Answer in the documented JSON form, as it was given, so that it reads and proves the
same after a restart. Nothing here knows a Library: removing a document leaves the answers that quoted it, until their
conversation is deleted, which leaves no word of it in the file.

Every row has a checksum. What does not fit it is never shown: at the first sight of it, all that is sound is put into
a new file, and the damaged one is kept beside it.
"""

import json
import logging
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar, get_args
from uuid import uuid4

from filelock import FileLock, Timeout

from qa.errors import ConversationError, newer_format
from qa.stores.conversations import mending, rows
from qa.stores.conversations.mending import MAX_NAME, Findings, name_of
from qa.stores.conversations.rows import SCHEMA_VERSION, Conversation, Damage, Turn, Verdict
from qa.stores.files import put_in_place
from qa.stores.local.database import UNREADABLE, is_hindrance
from qa.text.lines import printable

__all__ = ["FILE", "MAX_NAME", "SCHEMA_VERSION", "Conversation", "Conversations", "Findings", "Turn", "Verdict"]

FILE = "conversations.sqlite"
LOCK = "conversations.lock"

_BUSY_S = 10.0
_ALL = -1

_log = logging.getLogger(__name__)

T = TypeVar("T")


class _Older(Exception):
    """The file is of an earlier form. Internal: it is converted."""


class Conversations:
    """The conversations of one file. A connection lasts for one call, so any thread and process may call."""

    are_kept = True
    """Whether they outlast the process."""

    def __init__(self, path: Path) -> None:
        """Make the file if it is not there, mend it if it is damaged, convert it if it is of an earlier form.

        ConversationError if it cannot be had, or was written by a newer Pincite.
        """
        self._path = path
        self._lock = FileLock(path.with_name(LOCK), timeout=_BUSY_S)
        self._doing(rows.totals)

    # ------------------------------------------------------------ what is kept

    def all(self) -> list[Conversation]:
        """Every conversation, the last changed first."""
        return self.latest(_ALL)

    def latest(self, count: int, skip: int = 0) -> list[Conversation]:
        """The ``count`` conversations that were changed last, after the first ``skip``, the last changed first."""
        rest = "ORDER BY changed DESC, rowid DESC LIMIT ? OFFSET ?"

        def listed(connection: sqlite3.Connection) -> list[Conversation]:
            ((there,),) = connection.execute("SELECT count(*) FROM conversations")
            if there != rows.totals(connection)["conversations"]:
                raise Damage("a conversation is missing")
            return [rows.as_conversation(row) for row in rows.select(connection, "conversations", rest, count, skip)]

        return self._doing(listed)

    def count(self) -> int:
        """How many conversations there are."""
        return int(self._doing(rows.totals)["conversations"])

    def get(self, id: str) -> Conversation:
        """One conversation. ConversationError if there is none of that id."""
        return rows.as_conversation(self._doing(lambda connection: _known(connection, id)))

    def turns(self, id: str) -> list[Turn]:
        """The turns of a conversation in the order they were asked; none if there is no such conversation.

        Those that were damaged are not among them; ``get(id).lost`` counts them.
        """

        def found(connection: sqlite3.Connection) -> list[Turn]:
            conversation = rows.one(connection, "conversations", id)
            return [rows.as_turn(row) for row in rows.turns_of(connection, conversation)] if conversation else []

        return self._doing(found)

    def turn(self, id: str) -> Turn:
        """One turn. ConversationError if there is none of that id."""

        def found(connection: sqlite3.Connection) -> Turn:
            row = rows.one(connection, "turns", id)
            if row is None:
                raise _unknown()
            return rows.as_turn(row)

        return self._doing(found)

    def aside(self) -> list[str]:
        """The names of the files that were damaged and are kept beside this one."""
        return [file.name for file in mending.aside(self._path)]

    # ------------------------------------------------------------ changes

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

        self._changing(kept)
        return turn

    def rename(self, id: str, name: str) -> None:
        """Call a conversation otherwise. ConversationError for an empty name, or if there is none of that id."""
        if not name_of(name):
            raise ConversationError("a conversation needs a name; type one.")
        self._change("conversations", id, name=name_of(printable(name)))

    def judge(self, turn: str, verdict: Verdict | None) -> None:
        """Note what a reader thought of an answer; None takes it back."""
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

        self._changing(deleted)
        # The log still has the pages as they were; it is emptied as soon as no reader is in the way.
        self._doing(lambda connection: connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall())

    def check(self) -> Findings:
        """Read everything that is kept, rescue what is sound where something is damaged, and say what is lost."""
        with self._locked():
            return self._mended()

    def _change(self, table: str, id: str, **new: object) -> None:
        def changed(connection: sqlite3.Connection) -> None:
            if not rows.change(connection, table, id, **new):
                raise _unknown()

        self._changing(changed)

    # ------------------------------------------------------------ the file

    def _changing(self, work: Callable[[sqlite3.Connection], None]) -> None:
        """One durable transaction."""

        def changed(connection: sqlite3.Connection) -> None:
            connection.execute("BEGIN IMMEDIATE")
            work(connection)
            connection.execute("COMMIT")

        with self._locked():  # so that none is made in a file that is being mended
            self._doing(changed)

    def _doing(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """The work, done again where the file had to be made, mended or converted first."""
        try:
            if self._path.exists():
                return self._once(work)
        except (Damage, _Older):
            pass  # which the next line looks into
        with self._locked():
            if self._path.exists():
                self._mended()
            else:
                self._make()
        try:
            return self._once(work)
        except (Damage, _Older) as damage:
            raise _unreadable(self._path, damage) from damage

    def _once(self, work: Callable[[sqlite3.Connection], T]) -> T:
        with self._connected() as connection:
            _check_form(connection, self._path)
            return work(connection)

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(mending.connect(self._path, _BUSY_S)) as connection:
                for pragma in ("synchronous = FULL", "secure_delete = ON"):
                    connection.execute(f"PRAGMA {pragma}")
                yield connection
        except UNREADABLE as error:
            if is_hindrance(error):
                raise _unreadable(self._path, error) from error
            undecodable = isinstance(error, UnicodeDecodeError)
            raise Damage("what is damaged is no text any more" if undecodable else str(error)) from error

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            with self._lock:
                yield
        except Timeout as error:
            raise ConversationError(
                f"another process is changing the conversations in {self._path}; try again in a moment."
            ) from error
        except OSError as error:
            raise _unreadable(self._path, error) from error

    def _make(self) -> None:
        temporary = self._path.with_suffix(".new")
        try:
            mending.new_file(temporary)
        except UNREADABLE as error:
            raise _unreadable(self._path, error) from error
        put_in_place(temporary, self._path)  # so that the file, once there, is whole

    def _mended(self) -> Findings:
        """Make the file anew if it is not sound, and say so. To be called by the one writer."""
        try:
            with self._connected() as connection:
                _check_form(connection, self._path)
                why = mending.fault(connection)
        except _Older:
            why = "it is of an earlier version of Pincite"
        except Damage as damage:
            why = str(damage)
        if why is None:
            return Findings()
        try:
            found = mending.anew(self._path, why)
        except mending.DAMAGE as error:
            raise _unreadable(self._path, error) from error
        for sentence in (*found.mended, *(f"lost: {lost}" for lost in found.lost)):
            _log.warning("%s", sentence)
        return found


def _check_form(connection: sqlite3.Connection, path: Path) -> None:
    """Whether the file is of the form that is read here: Damage, _Older, or ConversationError if it is newer."""
    ((version,),) = connection.execute("PRAGMA user_version").fetchall()
    if version == SCHEMA_VERSION:
        return
    if (version ^ SCHEMA_VERSION).bit_count() == 1 and _says_it_is_ours(connection):
        raise Damage("its version number is altered")
    if version > SCHEMA_VERSION:
        raise ConversationError(newer_format(path, version, SCHEMA_VERSION))
    raise _Older if version == 1 else Damage("it says of no version of Pincite that it is of it")


def _says_it_is_ours(connection: sqlite3.Connection) -> bool:
    try:
        return bool(rows.totals(connection)["format"] == SCHEMA_VERSION)
    except mending.DAMAGE:
        return False


def _known(connection: sqlite3.Connection, id: str) -> rows.Row:
    found = rows.one(connection, "conversations", id)
    if found is None:
        raise _unknown()
    return found


def _place(connection: sqlite3.Connection, conversation: str, replacing: str | None, end: int) -> int:
    """Where the next turn of a conversation goes: at the one that it replaces, or at the end."""
    found = rows.select(connection, "turns", "WHERE id = ? AND conversation = ?", replacing, conversation)
    return int(found[0]["place"]) if found else end


def _json(value: object) -> str:
    return printable(json.dumps(value, ensure_ascii=False))


def _unreadable(path: Path, error: Exception) -> ConversationError:
    return ConversationError(
        f"the conversations in {path} cannot be kept or read ({error}); "
        "check free disk space and permissions, or move the file away."
    )


def _unknown() -> ConversationError:
    return ConversationError("that conversation is not kept here, or no longer; open another.")
