"""The SQLite file: created whole, opened only if valid, and changed in transactions that raise the generation."""

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from qa.errors import LibraryDamagedError, LibraryError, NewerFormatError
from qa.stores.local.database import Database
from qa.stores.local.schema import SCHEMA_VERSION, create_database

INSERT_FILE = "INSERT INTO files VALUES (?, ?, ?)"
INSERT_PASSAGE = "INSERT INTO passages (doc_id, start, stop, section, key, vector) VALUES (?, ?, ?, ?, x'', ?)"
INSERT_DOCUMENT = "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, '', '{}')"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "library.sqlite"


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    create_database(path, {"model": {"name": "words"}, "note": "ünïcode"})
    with closing(Database(path)) as opened:
        yield opened


def insert_document(database: Database, doc_id: str, text: str = "text") -> None:
    database.execute(INSERT_DOCUMENT, doc_id, "a.txt", text, "s", "t", "{}")


# ---------------------------------------------------------------- making and opening


def test_a_new_library_has_the_facts_it_was_made_with_and_generation_zero(database: Database) -> None:
    assert database.fact("model") == {"name": "words"}
    assert database.fact("note") == "ünïcode"
    assert database.fact("never set") is None
    assert database.generation == 0


def test_making_a_library_twice_keeps_the_first(database: Database, path: Path) -> None:
    with database.writing():
        insert_document(database, "d")
    create_database(path, {"model": "another"})
    with closing(Database(path)) as again:
        assert again.fact("model") == {"name": "words"}
        assert again.generation == 1
        assert again.execute("SELECT doc_id FROM documents") == [("d",)]


def test_making_a_library_leaves_only_the_library(path: Path) -> None:
    create_database(path, {})
    assert [file.name for file in path.parent.iterdir()] == ["library.sqlite"]


def test_a_library_is_made_where_making_one_was_cut_off(path: Path) -> None:
    path.with_suffix(".new").write_bytes(b"half a library")
    create_database(path, {"note": 1})
    with closing(Database(path)) as opened:
        assert opened.fact("note") == 1
    assert [file.name for file in path.parent.iterdir()] == ["library.sqlite"]


def test_a_library_that_cannot_be_made_is_an_error_of_the_library(tmp_path: Path) -> None:
    with pytest.raises(LibraryError):
        create_database(tmp_path / "missing" / "library.sqlite", {})


def test_all_of_a_new_library_is_in_the_file_that_is_put_in_place(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Unclosed(sqlite3.Connection):
        """SQLite reports no error if it cannot clean up when it closes, for instance on a full disk."""

        def close(self) -> None:
            opened.append(self)

    opened: list[sqlite3.Connection] = []
    connect = sqlite3.connect
    with monkeypatch.context() as patched:
        patched.setattr(sqlite3, "connect", lambda *given, **more: connect(*given, **more, factory=Unclosed))
        create_database(path, {"note": 1})
    with closing(Database(path)) as database:
        assert database.fact("note") == 1
        assert database.execute("PRAGMA journal_mode") == [("wal",)]
    for connection in opened:
        sqlite3.Connection.close(connection)


@pytest.mark.parametrize(
    "content", [b"", b"not a database", b"\x00" * 4096, b"SQLite format 3\x00" + b"\xff" * 5000, bytes(range(256)) * 64]
)
def test_a_file_that_is_no_database_is_damaged(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(LibraryDamagedError, match="move it away"):
        Database(path)
    assert path.read_bytes() == content


@pytest.mark.parametrize("version", [SCHEMA_VERSION + 1, 99])
def test_a_database_of_a_newer_version_is_refused_by_name(path: Path, version: int) -> None:
    create_database(path, {})
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {version}")
    before = path.read_bytes()
    with pytest.raises(NewerFormatError, match=rf"newer Pincite \(format {version}, this one reads up to 4\); update"):
        Database(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("version", [0, SCHEMA_VERSION - 1])
def test_a_database_of_another_version_is_refused(path: Path, version: int) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE documents (doc_id TEXT)")
        connection.execute(f"PRAGMA user_version = {version}")
        connection.commit()
    with pytest.raises(LibraryDamagedError, match="version"):
        Database(path)


def test_a_missing_file_and_a_folder_are_refused_and_not_made(path: Path) -> None:
    with pytest.raises(LibraryDamagedError):
        Database(path)
    assert not path.exists()
    path.mkdir()
    with pytest.raises(LibraryDamagedError):
        Database(path)


def test_a_database_that_cannot_be_read_for_now_is_not_called_damaged(
    database: Database, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_: Database) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(Database, "_prepare", fails)
    with pytest.raises(LibraryError, match="disk I/O error") as refusal:
        Database(path)
    assert not isinstance(refusal.value, LibraryDamagedError)


def fill(path: Path) -> bytes:
    """Make a library of some hundred kilobytes; return the bytes of its file."""
    create_database(path, {"note": 1})
    with closing(Database(path)) as database, database.writing():
        for n in range(100):
            insert_document(database, f"d{n}", hashlib.sha256(str(n).encode()).hexdigest() * 40)
    return path.read_bytes()


def read_all(path: Path) -> list[tuple[str, str]]:
    with closing(Database(path)) as database:
        return database.execute("SELECT doc_id, text FROM documents ORDER BY rowid")


def test_a_truncated_database_is_damaged_and_nothing_else(path: Path, tmp_path: Path) -> None:
    whole = fill(path)
    assert len(read_all(path)) == 100
    for length in (0, 1, 15, 16, 99, 100, 512, 4095, 4096, 4097, len(whole) // 2, len(whole) - 4096):
        truncated = tmp_path / f"{length}.sqlite"
        truncated.write_bytes(whole[:length])
        with pytest.raises(LibraryDamagedError):
            read_all(truncated)


# ---------------------------------------------------------------- transactions


def test_each_change_raises_the_generation_by_one(database: Database, path: Path) -> None:
    for expected in (1, 2, 3):
        with database.writing():
            insert_document(database, f"d{expected}")
            insert_document(database, f"e{expected}")
        assert database.generation == expected
    with closing(Database(path)) as again:
        assert again.generation == 3


def insert_and_fail(database: Database, failure: BaseException) -> None:
    with database.writing():
        insert_document(database, "lost")
        raise failure


def test_a_change_that_fails_leaves_nothing_behind(database: Database) -> None:
    with database.writing():
        insert_document(database, "kept")
    with pytest.raises(KeyError):
        insert_and_fail(database, KeyError("work"))
    assert database.generation == 1
    assert database.execute("SELECT doc_id FROM documents") == [("kept",)]
    with database.writing():
        insert_document(database, "next")
    assert database.generation == 2


def test_a_change_interrupted_from_the_keyboard_leaves_nothing_behind(database: Database) -> None:
    with pytest.raises(KeyboardInterrupt):
        insert_and_fail(database, KeyboardInterrupt())
    assert database.generation == 0
    assert database.execute("SELECT doc_id FROM documents") == []


def test_removing_a_document_removes_what_hangs_on_it(database: Database) -> None:
    with database.writing():
        insert_document(database, "d")
        database.execute(INSERT_FILE, "/a.txt", "f", "d")
        database.execute("INSERT INTO sentences VALUES (?, ?, ?, ?, ?, ?, ?, ?)", "d", 0, 4, "text", 0, 1, b"", b"")
        database.execute(INSERT_PASSAGE, "d", 0, 4, "", b"")
        database.execute("DELETE FROM documents WHERE doc_id = ?", "d")
    assert database.execute("SELECT * FROM files") == []
    assert database.execute("SELECT * FROM sentences") == []
    assert database.execute("SELECT * FROM passages") == []


def test_a_statement_that_cannot_be_done_is_an_error_of_the_library(database: Database) -> None:
    with pytest.raises(LibraryError):
        database.execute("SELECT * FROM nowhere")
    with pytest.raises(LibraryError), database.writing():
        database.execute_many("INSERT INTO nowhere VALUES (?)", [(1,)])
    assert database.generation == 0


def insert_the_same_path_twice(database: Database, at_once: bool) -> None:
    rows = [("/a.txt", "f", "d"), ("/a.txt", "g", "d")]
    with database.writing():
        insert_document(database, "d")
        if at_once:
            database.execute_many(INSERT_FILE, rows)
        for row in rows:
            database.execute(INSERT_FILE, *row)


@pytest.mark.parametrize("at_once", [False, True])
def test_rows_that_contradict_each_other_are_an_error_of_the_library(database: Database, at_once: bool) -> None:
    with pytest.raises(LibraryError):
        insert_the_same_path_twice(database, at_once)
    assert database.generation == 0
    assert database.execute("SELECT * FROM documents") == []


def test_a_block_of_reads_sees_one_state_while_another_connection_writes(database: Database, path: Path) -> None:
    with closing(Database(path)) as other:
        with database.reading():
            assert database.generation == 0
            with other.writing():
                insert_document(other, "d")
            assert database.generation == 0
            assert database.execute("SELECT * FROM documents") == []
        assert database.generation == 1
        assert database.execute("SELECT doc_id FROM documents") == [("d",)]
