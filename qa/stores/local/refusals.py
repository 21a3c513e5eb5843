"""What SQLite refuses, and what it finds damaged, as errors for people."""

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
"""What Python raises where SQLite finds a file damaged; the second where the message itself quotes damaged bytes."""


class Hindered(LibraryError):
    """The disk or its permissions, not what the database holds, kept it from doing something."""


class OtherVersion(LibraryDamagedError):
    """The database is of another version of Pincite, and may be made anew from the copies."""


def is_hindrance(error: Exception) -> bool:
    """Whether an error of SQLite's tells of the disk and its permissions, and not of what a database holds."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the rest tells more of the same error
    return code in _HINDRANCES


def refused(error: Exception) -> LibraryError:
    return (Hindered if is_hindrance(error) else LibraryError)(
        f"the library's database could not do this ({error}); check free disk space and permissions, then try again."
    )


def damaged(path: Path, error: Exception) -> LibraryDamagedError:
    return LibraryDamagedError(
        f"{path} is damaged or not a Pincite library ({error}); move it away and run 'qa add' again."
    )
