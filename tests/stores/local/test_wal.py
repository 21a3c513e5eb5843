"""The pages in a write-ahead log, compared with the bytes that change in the database."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from qa.stores.local.wal import written


@pytest.mark.parametrize("page", [512, 4096, 65536])
def test_all_that_changes_in_the_database_was_told_before(tmp_path: Path, page: int) -> None:
    path = tmp_path / "a.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA page_size = {page}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        connection.execute("CREATE TABLE t (n INTEGER PRIMARY KEY, x BLOB)")
        connection.executemany("INSERT INTO t VALUES (?, randomblob(?))", [(n, page // 2) for n in range(40)])
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        before = path.read_bytes()
        connection.execute("UPDATE t SET x = randomblob(?) WHERE n IN (3, 20)", (page // 2,))
        connection.execute("INSERT INTO t VALUES (41, randomblob(?))", (3 * page,))
        told = written(tmp_path / "a.sqlite-wal")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        after = path.read_bytes()
    changed = {
        start for start in range(0, len(after), page) if before[start : start + page] != after[start : start + page]
    }
    assert len(before) < len(after)
    assert changed <= told
    assert len(told) < len(after) // page, "and not simply everything"


@pytest.mark.parametrize("content", [None, b"", b"shorter than the header"])
def test_a_log_without_frames_tells_of_none(tmp_path: Path, content: bytes | None) -> None:
    log = tmp_path / "a.sqlite-wal"
    if content is not None:
        log.write_bytes(content)
    assert written(log) == set()
