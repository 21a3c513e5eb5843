"""Backups, a library in one file: restoring gives the same library, and other files are refused."""

import hashlib
import json
import os
import stat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from qa.errors import BackupError, LibraryDamagedError, LibraryError, MissingLibraryError
from qa.faces.cli.main import run
from qa.faces.cli.options import DONE, MISTAKE
from qa.library import Library
from qa.stores.conversations.store import FILE, Conversations
from qa.stores.local import archives, backup
from qa.stores.local.archives import MANIFEST
from qa.stores.local.backup import back_up, restore
from qa.stores.local.database import Database
from qa.stores.local.originals import ORIGINALS, Originals
from qa.stores.local.schema import DATABASE
from qa.stores.local.store import LocalStore
from tests.support.models import WordEncoder

ASKED = "What limits the use of high-dose IL-2?"
PDF = b"%PDF-1.4 an original of which nothing is read"


@pytest.fixture
def full(library: Library) -> Library:
    """A library with everything it can have: an original file, conversations, synonyms, a report."""
    Conversations(library.path / FILE).keep(library.ask(ASKED).to_dict())
    (library.path / "synonyms.toml").write_text('same = [["ASS", "aspirin"]]\n')
    (library.path / ".report").mkdir()
    (library.path / ".report" / "report.html").write_text("<p>A report</p>")
    with closing(LocalStore(library.path)) as store, store.writer(0):
        doc_id, *_ = store.document_ids()
        path, *_ = store.paths(doc_id)
        with store._changing() as touched:
            sha256 = hashlib.sha256(PDF).hexdigest()
            store._database.execute("UPDATE documents SET source_sha256 = ? WHERE doc_id = ?", sha256, doc_id)
            touched.add(doc_id)
        store.keep_original(path, PDF)
    return library


@pytest.fixture
def made(full: Library, tmp_path: Path) -> Path:
    back_up(full.path, tmp_path / "made.backup")
    return tmp_path / "made.backup"


def test_a_restored_library_is_the_same(full: Library, made: Path, tmp_path: Path) -> None:
    before = full.ask(ASKED).to_dict()
    (conversation,) = Conversations(full.path / FILE).all()
    contents = restore(made, tmp_path / "again" / "library")
    assert (contents.documents, contents.generation) == (3, before["library"]["generation"])
    with Library(tmp_path / "again" / "library", encoder=WordEncoder()) as again:
        assert again.ask(ASKED).to_dict() == before
        assert again.contents.original(again.documents()[0].doc_id) == PDF
        assert not again.check().mended
    assert Conversations(again.path / FILE).all() == [conversation]
    for name in ("synonyms.toml", ".report/report.html"):
        assert (again.path / name).read_bytes() == (full.path / name).read_bytes()
    assert list((tmp_path / "again").iterdir()) == [again.path]


@pytest.mark.skipif(os.name == "nt", reason="looks at permissions of Unix")
def test_what_is_private_stays_private(full: Library, made: Path, tmp_path: Path) -> None:
    (full.path / "private").write_text("secret")
    (full.path / "private").chmod(0o600)
    back_up(full.path, tmp_path / "second")
    restore(tmp_path / "second", tmp_path / "again")
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (made, tmp_path / "again" / "private")]
    assert modes == [0o600, 0o600]
    assert stat.S_IMODE((tmp_path / "again").stat().st_mode) == stat.S_IMODE(full.path.stat().st_mode)


def test_a_backup_is_a_zip_with_a_manifest_of_hashes(made: Path) -> None:
    with zipfile.ZipFile(made) as content:
        assert content.testzip() is None
        manifest = json.loads(content.read(MANIFEST))
        assert manifest["format"] == 1
        for name, (size, sha256, _) in manifest["files"].items():
            data = content.read(name)
            assert (len(data), hashlib.sha256(data).hexdigest()) == (size, sha256)
    data = made.read_bytes()
    assert hashlib.sha256(data[:-64]).hexdigest().encode() == data[-64:]


def test_what_is_made_anew_is_left_out(made: Path) -> None:
    with zipfile.ZipFile(made) as content:
        tops = {name.partition("/")[0] for name in content.namelist()}
    assert not tops & {"SEAL", "REGISTER", "snapshots", "writer.lock", "conversations.lock"}


# ---------------------------------------------------------------- refused


@pytest.mark.parametrize("where", ["MANIFEST", "library.sqlite", "end", "documents/", "place of the manifest"])
def test_a_flipped_bit_is_refused(made: Path, tmp_path: Path, where: str) -> None:
    data = bytearray(made.read_bytes())
    if where == "end":
        data[-1] ^= 1
    elif where == "place of the manifest":  # the number before its name in the ZIP directory
        data[data.rindex(MANIFEST.encode()) - 1] ^= 0x80
    else:
        data[data.index(where.encode()) + 60] ^= 1
    made.write_bytes(data)
    with pytest.raises(BackupError, match=r"is damaged \(.*; take another|is no backup"):
        restore(made, tmp_path / "again")
    assert not (tmp_path / "again").exists()


def test_the_damaged_entry_is_named(made: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(made) as content:
        place = content.getinfo(DATABASE).header_offset + 200
    data = bytearray(made.read_bytes())
    data[place] ^= 1
    made.write_bytes(data)
    with pytest.raises(BackupError, match=r"library\.sqlite in it is not what was written"):
        restore(made, tmp_path / "again")


@pytest.mark.parametrize("share", [0.0, 0.3, 0.99])
def test_a_file_cut_short_is_refused(made: Path, tmp_path: Path, share: float) -> None:
    data = made.read_bytes()
    made.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(BackupError, match="is no backup of Pincite, or was cut short"):
        restore(made, tmp_path / "again")


def written_anew(made: Path, change: Callable[[dict[str, Any], dict[str, bytes]], None]) -> None:
    """Rewrite the backup as an attacker would: other entries and another manifest, with matching digests."""
    with zipfile.ZipFile(made) as content:
        files = {name: content.read(name) for name in content.namelist()}
    manifest = json.loads(files.pop(MANIFEST))
    before = dict(files)
    change(manifest, files)
    for name in files.keys() - before.keys():
        manifest["files"][name] = [len(files[name]), hashlib.sha256(files[name]).hexdigest(), 0o644]
    with zipfile.ZipFile(made, "w") as content:
        for name, data in (files | {MANIFEST: json.dumps(manifest).encode()}).items():
            content.writestr(name, data)
        content.comment = archives._COMMENT + b"0" * 64
    data = made.read_bytes()[:-64]
    made.write_bytes(data + hashlib.sha256(data).hexdigest().encode())


def test_a_newer_format_is_refused_by_name(made: Path, tmp_path: Path) -> None:
    written_anew(made, lambda manifest, files: manifest.update(format=2))
    with pytest.raises(BackupError, match=r"made by a newer Pincite \(format 2, this one reads up to 1\); update"):
        restore(made, tmp_path / "again")


@pytest.mark.parametrize(
    "name",
    [
        "../evil",
        "a/../../evil",
        "/evil",
        "//evil",
        "a\\..\\..\\evil",
        "C:evil",
        "./evil",
        "a//b",
        "nul\x01",
        "library.sqlite-wal",
        "documents/../evil.copy",
        "documents/a/b.copy",
        "SEAL",
    ],
)
def test_an_entry_that_leads_elsewhere_is_refused(made: Path, tmp_path: Path, name: str) -> None:
    before = sorted(tmp_path.rglob("*"))
    written_anew(made, lambda manifest, files: files.update({name: b"evil"}))
    with pytest.raises(BackupError, match=r"is damaged|is no backup of a library") as refused:
        restore(made, tmp_path / "again")
    assert "\x01" not in str(refused.value)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_link_in_the_archive_is_but_a_file(made: Path, tmp_path: Path) -> None:
    def linked(manifest: dict[str, Any], files: dict[str, bytes]) -> None:
        files["link"] = b"/etc/passwd"
        manifest["files"]["link"] = [11, hashlib.sha256(b"/etc/passwd").hexdigest(), 0o120777]

    written_anew(made, linked)
    restore(made, tmp_path / "again")
    assert not (tmp_path / "again" / "link").is_symlink()
    assert (tmp_path / "again" / "link").read_bytes() == b"/etc/passwd"


def test_a_copy_that_is_not_of_the_database_is_refused(made: Path, tmp_path: Path) -> None:
    def swapped(manifest: dict[str, Any], files: dict[str, bytes]) -> None:
        name = next(name for name in files if name.endswith(".copy"))
        del files[name], manifest["files"][name]
        manifest["documents"].popitem()

    written_anew(made, swapped)
    with pytest.raises(BackupError, match="is damaged"):
        restore(made, tmp_path / "again")
    assert not (tmp_path / "again").exists()


def test_nothing_is_overwritten(full: Library, made: Path, tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "mine.txt").write_text("mine")
    with pytest.raises(BackupError, match="there is a library"):
        restore(made, full.path)
    for other in (tmp_path / "notes", tmp_path / "notes" / "mine.txt"):
        with pytest.raises(BackupError, match="is not empty"):
            restore(made, other)
    with pytest.raises(BackupError, match="is there already"):
        back_up(full.path, tmp_path / "notes" / "mine.txt")
    with pytest.raises(BackupError, match="would lie within the library"):
        back_up(full.path, full.path / "backup")
    with pytest.raises(MissingLibraryError):
        back_up(tmp_path / "nowhere", tmp_path / "second")
    (tmp_path / "empty").mkdir()
    assert restore(made, tmp_path / "empty").documents == 3


def test_a_damaged_library_is_not_backed_up(full: Library, tmp_path: Path) -> None:
    (original,) = Originals(full.path / ORIGINALS).kept()
    (full.path / ORIGINALS / Originals(full.path).name(*original)).write_bytes(b"another")
    with pytest.raises(LibraryDamagedError, match="qa check"):
        back_up(full.path, tmp_path / "second")
    assert not (tmp_path / "second").exists()


def test_a_file_that_no_other_system_can_hold_is_named(full: Library, tmp_path: Path) -> None:
    (full.path / "a:b").touch()
    with pytest.raises(BackupError, match="the library holds a:b, which cannot be backed up; rename it"):
        back_up(full.path, tmp_path / "second")


def test_rows_that_are_not_what_was_written_are_not_backed_up(
    full: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = Database.copy_to

    def altered(database: Database, path: Path) -> None:
        copy(database, path)
        with closing(Database(path)) as copied:
            copied.execute("UPDATE documents SET text = 'other'")

    monkeypatch.setattr(Database, "copy_to", altered)
    with pytest.raises(LibraryDamagedError, match="not the ones that were written"):
        back_up(full.path, tmp_path / "second")


# ---------------------------------------------------------------- while other processes change it


@pytest.fixture
def removing(full: Library, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Removes the document with the original once, right after the database was copied; the list has its name."""
    removed: list[str] = []
    copy = Database.copy_to

    def copied(database: Database, path: Path) -> None:
        copy(database, path)
        if not removed:
            with Library(full.path, encoder=WordEncoder()) as other:
                removed.append(other.remove(other.documents()[0].doc_id))

    monkeypatch.setattr(Database, "copy_to", copied)
    return removed


def test_a_document_removed_meanwhile_is_there_whole_or_not_at_all(
    full: Library, tmp_path: Path, removing: list[str]
) -> None:
    contents = back_up(full.path, tmp_path / "second")
    assert (len(removing), contents.documents) == (1, 2)
    restore(tmp_path / "second", tmp_path / "again")
    with closing(LocalStore(tmp_path / "again")) as store:
        assert removing[0] not in store.document_ids()


def test_a_full_disk_leaves_nothing_behind(full: Library, made: Path, tmp_path: Path, monkeypatch: Any) -> None:
    def refused(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    before = sorted(path for path in tmp_path.rglob("*") if "library/" not in str(path))
    monkeypatch.setattr("os.fsync", refused)
    for fails in (lambda: back_up(full.path, tmp_path / "second"), lambda: restore(made, tmp_path / "again")):
        with pytest.raises(LibraryError, match=r"No space left on device|disk"):
            fails()
    assert sorted(path for path in tmp_path.rglob("*") if "library/" not in str(path)) == before


# ---------------------------------------------------------------- as commands


def test_the_commands_say_what_they_did(full: Library, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, again = str(tmp_path / "b"), str(tmp_path / "again")
    assert run(["backup", file, "--library", str(full.path), "--json"]) == DONE
    said = json.loads(capsys.readouterr().out)
    assert {"file": file, "documents": 3, "bytes": Path(file).stat().st_size}.items() <= said.items()
    assert run(["restore", file, "--library", again]) == DONE
    assert capsys.readouterr().out.startswith(f"The library {again} holds 3 documents in {said['passages']} passages")
    assert run(["restore", file, "--library", again]) == MISTAKE
    assert capsys.readouterr().err == f"qa: there is a library at {again}; restore into a new folder.\n"
    assert run(["backup", file, "--library", str(full.path)]) == MISTAKE
    assert capsys.readouterr().err == f"qa: {file} is there already; name another file, or delete it first.\n"
    assert backup.is_other("notes.txt")
