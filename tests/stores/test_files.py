"""Files are put in place durably."""

import os
from pathlib import Path

import pytest

from qa.stores.files import put_in_place


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
