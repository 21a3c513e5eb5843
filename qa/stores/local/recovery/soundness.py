"""Check that a database holds what was written: SQLite's pages and indexes, and each document's digest."""

from qa.errors import LibraryError
from qa.stores.local import rows
from qa.stores.local.database import Database
from qa.stores.local.recovery.copies import pack
from qa.stores.local.refusals import Hindered

UNREADABLE = (LibraryError, ValueError, TypeError, AttributeError, OverflowError)
"""Errors that rows of unexpected content may cause."""


def faults(database: Database, *, thorough: bool) -> list[str]:
    """Faults of a database, in words; empty if it is sound. To be called by the one writer.

    Raises LibraryError if the disk or its permissions prevent the check.
    """
    try:
        checked = [" ".join(str(message).split()) for (message,) in database.execute("PRAGMA integrity_check")]
        found = [message for message in checked if message != "ok"]
        found += [f"{table} refers to nothing" for table, *_ in database.execute("PRAGMA foreign_key_check")]
        database.execute("INSERT INTO lexicon (lexicon) VALUES ('integrity-check')")
        if (model := database.fact("model")) is None:
            found.append("it does not say which model it has")
        for doc_id, digest in database.execute("SELECT doc_id, digest FROM documents") if thorough else ():
            if digest_of(pack(rows.kept(database, doc_id), model)) != digest:
                found.append(f"the rows of document {doc_id} are not the ones that were written")
    except Hindered:
        raise
    except UNREADABLE as error:
        return [str(error)]
    return found


def digest_of(copy: bytes) -> str:
    """The digest at the start of a copy."""
    return copy.split(b"\n", 1)[0].decode()
