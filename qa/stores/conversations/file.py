"""The file of conversations: created, opened, locked, repaired and converted as needed.

A connection serves one piece of work, so any thread and process may use the file.
"""

import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeVar

from filelock import FileLock, Timeout

from qa.errors import ConversationError, newer_format
from qa.stores.conversations import mending, rows
from qa.stores.conversations.damaged import DAMAGE, connect
from qa.stores.conversations.mending import Findings
from qa.stores.conversations.rows import SCHEMA_VERSION, Damage
from qa.stores.files import put_in_place
from qa.stores.local.refusals import UNREADABLE, is_hindrance

LOCK = "conversations.lock"

_BUSY_S = 10.0

_log = logging.getLogger(__name__)

T = TypeVar("T")


class _Older(Exception):
    """The file is of an earlier form. Internal: it is converted."""


class ConversationFile:
    """One file of conversations, with control over who may change it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = FileLock(path.with_name(LOCK), timeout=_BUSY_S)

    def change(self, work: Callable[[sqlite3.Connection], None]) -> None:
        """One durable transaction."""

        def changed(connection: sqlite3.Connection) -> None:
            connection.execute("BEGIN IMMEDIATE")
            work(connection)
            connection.execute("COMMIT")

        with self._locked():  # so that no change is made while the file is repaired
            self.do(changed)

    def do(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do the work; repeat it if the file first had to be created, repaired or converted."""
        try:
            if self.path.exists():
                return self._once(work)
        except (Damage, _Older):
            pass  # the next line looks into it
        with self._locked():
            if self.path.exists():
                self._mend()
            else:
                self._make()
        try:
            return self._once(work)
        except (Damage, _Older) as damage:
            raise _unreadable(self.path, damage) from damage

    def _once(self, work: Callable[[sqlite3.Connection], T]) -> T:
        with self._connected() as connection:
            _check_form(connection, self.path)
            return work(connection)

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(connect(self.path, _BUSY_S)) as connection:
                for pragma in ("synchronous = FULL", "secure_delete = ON"):
                    connection.execute(f"PRAGMA {pragma}")
                yield connection
        except UNREADABLE as error:
            if is_hindrance(error):
                raise _unreadable(self.path, error) from error
            undecodable = isinstance(error, UnicodeDecodeError)
            raise Damage("what is damaged is no text any more" if undecodable else str(error)) from error

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            with self._lock:
                yield
        except Timeout as error:
            raise ConversationError(
                f"another process is changing the conversations in {self.path}; try again in a moment."
            ) from error
        except OSError as error:
            raise _unreadable(self.path, error) from error

    def _make(self) -> None:
        temporary = self.path.with_suffix(".new")
        try:
            mending.new_file(temporary)
        except UNREADABLE as error:
            raise _unreadable(self.path, error) from error
        put_in_place(temporary, self.path)  # so that the file is complete as soon as it exists

    def check(self) -> Findings:
        """Read everything stored, rescue the sound part of a damaged file, and report what is lost."""
        with self._locked():
            return self._mend()

    def _mend(self) -> Findings:
        """Rebuild the file if it is not sound, and report it. To be called by the one writer."""
        try:
            with self._connected() as connection:
                _check_form(connection, self.path)
                why = mending.fault(connection)
        except _Older:
            why = "it is of an earlier version of Pincite"
        except Damage as damage:
            why = str(damage)
        if why is None:
            return Findings()
        try:
            found = mending.anew(self.path, why)
        except DAMAGE as error:
            raise _unreadable(self.path, error) from error
        for sentence in (*found.mended, *(f"lost: {lost}" for lost in found.lost)):
            _log.warning("%s", sentence)
        return found


def _check_form(connection: sqlite3.Connection, path: Path) -> None:
    """Check that the file has the present form. Raises Damage, _Older, or ConversationError if it is newer."""
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
    except DAMAGE:
        return False


def _unreadable(path: Path, error: Exception) -> ConversationError:
    return ConversationError(
        f"the conversations in {path} cannot be kept or read ({error}); "
        "check free disk space and permissions, or move the file away."
    )
