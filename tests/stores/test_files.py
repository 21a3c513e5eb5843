"""Files are written durably."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from qa.stores import files
from qa.stores.files import HeldFile, put_in_place


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot open a folder")
def test_the_folder_is_flushed_after_the_file_was_renamed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flushed = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: flushed.append(os.fstat(descriptor).st_ino))
    (tmp_path / "new").write_text("new")
    (tmp_path / "old").write_text("old")
    put_in_place(tmp_path / "new", tmp_path / "old")
    assert (tmp_path / "old").read_text() == "new"
    assert not (tmp_path / "new").exists()
    assert flushed == [tmp_path.stat().st_ino]


@pytest.mark.skipif(os.name == "nt", reason="locks of POSIX")
def test_reading_a_held_file_takes_no_lock_of_sqlite_away(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("CREATE TABLE t (x)")
        first, second = HeldFile(path), HeldFile(path)
        connection.execute("BEGIN EXCLUSIVE")
        assert first.read(0, 1 << 20) == second.read(0, 1 << 20)
        first.release()
        assert is_locked(path)
        second.release()  # the last holder: now the connection must be closed
        assert not is_locked(path)


def is_locked(path: Path) -> bool:
    """Whether the database is locked for another process."""
    code = "import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=0).execute('SELECT * FROM t')"
    return subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True).returncode != 0


def test_a_new_folder_is_on_disk_with_those_above_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[Path] = []
    monkeypatch.setattr(files, "sync_folder", synced.append)
    files.make_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()
    assert synced == [tmp_path / "a", tmp_path]
    files.make_folder(tmp_path / "a" / "b")
    assert len(synced) == 2
