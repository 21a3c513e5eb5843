"""eval.data: the sources of the data, and the check of what a folder has."""

import re
import sys
from pathlib import Path

import pytest

from eval import data

ROW = {"what": "two words", "source": "example.org at abc", "licence": "CC0", "files": 0, "bytes": 0, "sha256": ""}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a data set of two words, and a table that lists it and another set."""
    made = tmp_path / "data"
    (made / "own" / "deep").mkdir(parents=True)
    (made / "own" / "a.txt").write_text("one")
    (made / "own" / "deep" / "b.txt").write_text("three")
    (made / "own" / "README.md").write_text("two words")
    monkeypatch.setattr(data, "SETS", tmp_path / "data.toml")
    rows = (f"{name} = {value!r}" for name, value in ROW.items())
    data.SETS.write_text('["own"]\n' + "\n".join(rows).replace("'", '"'))
    data.SETS.write_text(data.written(made) + data.SETS.read_text().replace('"own"', '"other"'))
    return made


def test_every_set_has_a_source_a_licence_and_a_hash() -> None:
    for name, row in data.sets().items():
        assert list(row) == ["what", "source", "licence", "files", "bytes", "sha256"], name
        assert re.fullmatch("[0-9a-f]{64}", row["sha256"]), name
        assert row["source"], name
        assert row["licence"], name
        assert row["files"] > 0, name


def test_the_content_is_hashed_but_for_what_tells_of_it(folder: Path) -> None:
    before = data.content_of(folder / "own")
    assert (before.files, before.bytes) == (2, 8)
    (folder / "own" / "README.md").write_text("two words, said otherwise")
    assert data.content_of(folder / "own") == before
    (folder / "own" / "a.txt").rename(folder / "own" / "c.txt")
    assert data.content_of(folder / "own") != before


def test_a_set_is_as_it_was_or_differs_or_is_missing(folder: Path) -> None:
    assert dict(data.judged(folder)) == {"own": "as it was", "other": "missing"}
    (folder / "own" / "a.txt").write_text("two")
    assert dict(data.judged(folder))["own"] == "differs: 2 files of 8 bytes, not 2 of 8"


def test_the_status_says_whether_a_set_is_another(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["data", str(folder)])
    assert data.main() == 0
    assert "| own | example.org at abc | CC0 | as it was |" in capsys.readouterr().out
    (folder / "own" / "more.txt").touch()
    assert data.main() == 1
