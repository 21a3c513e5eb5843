"""The tables of a library's database, and how to create an empty one."""

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from qa.records import DocId
from qa.stores.files import put_in_place
from qa.stores.local.refusals import UNREADABLE, refused

DATABASE = "library.sqlite"
"""The database's file name in the library's folder."""

SCHEMA_VERSION = 4
_SCHEMA = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (
    doc_id TEXT PRIMARY KEY, source TEXT NOT NULL, text TEXT NOT NULL, sha256 TEXT NOT NULL,
    source_sha256 TEXT NOT NULL, description TEXT NOT NULL, digest TEXT NOT NULL,
    abbreviations TEXT NOT NULL
);
CREATE TABLE files (
    path TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, doc_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE
);
CREATE INDEX files_of_document ON files (doc_id);
CREATE TABLE passages (
    row INTEGER PRIMARY KEY AUTOINCREMENT, doc_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE,
    start INTEGER NOT NULL, stop INTEGER NOT NULL, section TEXT NOT NULL, page INTEGER,
    key BLOB NOT NULL, vector BLOB NOT NULL
);
CREATE INDEX passages_of_document ON passages (doc_id);
CREATE INDEX passages_of_key ON passages (key);
CREATE TABLE sentences (
    doc_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE,
    start INTEGER NOT NULL, stop INTEGER NOT NULL, terms TEXT NOT NULL,
    leans INTEGER NOT NULL, fragment INTEGER NOT NULL, key BLOB NOT NULL, vector BLOB NOT NULL,
    PRIMARY KEY (doc_id, start)
) WITHOUT ROWID;
CREATE INDEX sentences_of_key ON sentences (key);
CREATE VIRTUAL TABLE lexicon USING fts5 (title, section, body, tokenize = "ascii tokenchars '.'");
CREATE VIRTUAL TABLE lexicon_terms USING fts5vocab (lexicon, row);
"""


def create_database(path: Path, facts: Mapping[str, Any]) -> None:
    """Create an empty library with these facts, unless there is one. To be called by the one writer."""
    if path.exists():
        return
    temporary = path.with_suffix(".new")
    rows = [(name, json.dumps(value)) for name, value in facts.items()]
    try:
        temporary.unlink(missing_ok=True)
        with closing(sqlite3.connect(temporary, isolation_level=None)) as connection:
            connection.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = {SCHEMA_VERSION};")
            connection.executemany("INSERT INTO facts VALUES (?, ?)", rows)
            connection.execute("COMMIT")
            # Only now: a write-ahead log would not be renamed with the file, and SQLite does not report
            # when it fails to move the log into the file on closing.
            connection.execute("PRAGMA journal_mode = WAL")
        put_in_place(temporary, path)  # so that the file is a complete library as soon as it exists
    except (sqlite3.DatabaseError, OSError) as error:
        raise refused(error) from error


def names_in(path: Path) -> dict[DocId, str]:
    """The documents' file names by id in a database of any version, as far as they can be read."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            return dict(connection.execute("SELECT doc_id, source FROM documents"))
    except UNREADABLE:
        return {}
