"""SQLite's refusals and findings of damage, as errors for people."""

import sqlite3
from pathlib import Path

from qa.errors import LibraryDamagedError, LibraryError

_HINDRANCES = frozenset(
    (
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
    )
)
UNREADABLE = (sqlite3.DatabaseError, UnicodeDecodeError)
"""Python's errors if SQLite finds a file damaged; the second, if the message quotes damaged bytes."""


class Hindered(LibraryError):
    """The disk or its permissions, not the database's content, prevented the work."""


class OtherVersion(LibraryDamagedError):
    """The database has another version of Pincite, and may be rebuilt from the copies."""


def is_hindrance(error: Exception) -> bool:
    """Whether an SQLite error is about the disk and its permissions, not about the database's content."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the other bits only give details
    return code in _HINDRANCES


def refused(error: Exception) -> LibraryError:
    return (Hindered if is_hindrance(error) else LibraryError)(
        f"the library's database could not do this ({error}); check free disk space and permissions, then try again."
    )


def damaged(path: Path, error: Exception) -> LibraryDamagedError:
    return LibraryDamagedError(
        f"{path} is damaged or not a Pincite library ({error}); move it away and run 'qa add' again."
    )
