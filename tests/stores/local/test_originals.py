"""The original PDFs: stored and removed with their documents, and never confused with other files."""

import hashlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from qa.errors import LibraryError, NoOriginalError, UnknownDocumentError
from qa.records import DocId
from qa.stores.base import Entry, Model
from qa.stores.local import seal
from qa.stores.local.database import Database
from qa.stores.local.originals import ORIGINALS, Originals
from qa.stores.local.recovery.copies import COPIES, Copies
from qa.stores.local.schema import DATABASE
from qa.stores.local.store import LocalStore
from tests.support.entries import DIMENSION, make_document, make_entry

MODEL = Model("words", "0" * 64, DIMENSION)
PDF, OTHER = b"%PDF-1.7 one", b"%PDF-1.7 another"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "library"


@pytest.fixture
def store(folder: Path) -> Iterator[LocalStore]:
    with closing(LocalStore.create(folder, MODEL)) as store:
        yield store


def entry_of(text: str, data: bytes | None, read_from: bytes = PDF) -> Entry:
    document = make_document(text, "a.pdf", source_sha256=hashlib.sha256(read_from).hexdigest())
    return replace(make_entry(document), original=data)


def put(store: LocalStore, path: str, entry: Entry) -> DocId:
    with store.writer(0):
        store.put(path, "1", entry)
    return entry.document.doc_id


def files(folder: Path) -> list[bytes]:
    return sorted(path.read_bytes() for path in (folder / ORIGINALS).glob("*"))


def test_an_original_is_kept_and_read_back_byte_for_byte(store: LocalStore, folder: Path) -> None:
    doc_id = put(store, "/a.pdf", entry_of("il2", PDF))
    assert store.original(doc_id) == PDF
    with closing(LocalStore(folder)) as again:
        assert again.original(doc_id) == PDF


def test_an_original_goes_with_its_document(store: LocalStore, folder: Path) -> None:
    doc_id = put(store, "/a.pdf", entry_of("il2", PDF))
    put(store, "/b.pdf", entry_of("tnf", OTHER, OTHER))
    with store.writer(0):
        store.delete(doc_id)
        assert files(folder) == [OTHER]  # before the removal returns
        store.forget("/b.pdf")
        assert files(folder) == []
    with pytest.raises(UnknownDocumentError):
        store.original(doc_id)


def test_an_original_stays_while_another_path_has_the_document(store: LocalStore, folder: Path) -> None:
    doc_id = put(store, "/a.pdf", entry_of("il2", PDF))
    with store.writer(0):
        store.link("/b.pdf", "1", doc_id)
        store.forget("/a.pdf")
    assert store.original(doc_id) == PDF


def test_a_document_read_from_another_file_has_that_one(store: LocalStore, folder: Path) -> None:
    doc_id = put(store, "/a.pdf", entry_of("il2", PDF))
    put(store, "/a.pdf", entry_of("il2", OTHER, OTHER))
    assert (store.original(doc_id), files(folder)) == (OTHER, [OTHER])
    put(store, "/a.pdf", entry_of("il2", None, b"a text"))
    assert files(folder) == []


def test_embedding_anew_keeps_the_originals(store: LocalStore) -> None:
    doc_id = put(store, "/a.pdf", entry_of("il2", PDF))
    with store.writer(0):
        store.replace_all([store.entry(doc_id)], MODEL)
    assert store.original(doc_id) == PDF


def test_without_its_original_a_document_says_so_and_may_get_it_later(store: LocalStore) -> None:
    doc_id = put(store, "/a.pdf", entry_of("il2", None))
    generation = store.generation
    with pytest.raises(NoOriginalError, match=r"^the library has not kept the file a\.pdf; add it again\.$"):
        store.original(doc_id)
    with store.writer(0):
        store.keep_original("/a.pdf", OTHER)
        store.keep_original("/b.pdf", PDF)
        with pytest.raises(NoOriginalError):
            store.original(doc_id)
        store.keep_original("/a.pdf", PDF)
    assert (store.original(doc_id), store.generation) == (PDF, generation)


def test_an_altered_original_is_never_given_out(store: LocalStore, folder: Path) -> None:
    doc_id = put(store, "/a.pdf", entry_of("il2", PDF))
    (path,) = (folder / ORIGINALS).iterdir()
    path.write_bytes(OTHER)
    with pytest.raises(NoOriginalError, match="no longer the file that was added; run 'qa check'"):
        store.original(doc_id)
    (found,) = store.check(0).missing
    assert found.startswith(f"the original of a.pdf ({doc_id}): it is not what was added and is removed; add its file")
    assert files(folder) == []
    (found,) = store.check(0).missing
    assert found.startswith(f"the original of a.pdf ({doc_id}): it is missing; add its file again")
    with store.writer(0):
        store.keep_original("/a.pdf", PDF)
    assert store.original(doc_id) == PDF


def test_a_deleted_original_is_missed_until_its_file_is_added_again(store: LocalStore, folder: Path) -> None:
    doc_id = put(store, "/a.pdf", entry_of("il2", PDF))
    name = store.document(doc_id).source
    put(store, "/b.pdf", entry_of("tnf", OTHER, OTHER))
    path = next(path for path in (folder / ORIGINALS).iterdir() if path.read_bytes() == PDF)
    path.unlink()
    for _ in range(2):
        (found,) = store.check(0).missing
        assert found.startswith(f"the original of {name} ({doc_id})")
    with store.writer(0):
        store.keep_original("/a.pdf", PDF)
    assert store.check(0).missing == ()
    with store.writer(0):
        store.delete(doc_id)
    assert store.check(0).missing == ()


def test_what_a_kill_left_behind_is_swept_at_the_next_opening(store: LocalStore, folder: Path) -> None:
    doc_id = put(store, "/a.pdf", entry_of("il2", PDF))
    Originals(folder / ORIGINALS).write(DocId("f" * 16), OTHER)
    Originals(folder / ORIGINALS).write(doc_id, OTHER)
    (folder / ORIGINALS / "x.pdf.1.tmp").write_bytes(b"%PDF")
    seal.remove(folder)
    with closing(LocalStore(folder)) as again:
        assert (files(folder), again.original(doc_id)) == ([PDF], PDF)


def test_a_change_that_fails_leaves_no_original_and_takes_none(
    store: LocalStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    doc_id = put(store, "/a.pdf", entry_of("il2", PDF))

    def fails(*_: object) -> None:
        raise RuntimeError("no commit")

    with store.writer(0):
        with monkeypatch.context() as failing:
            failing.setattr(Database, "set_fact", fails)  # after the original is written, before the commit
            for path, entry in {
                "/b.pdf": entry_of("tnf", OTHER, OTHER),
                "/a.pdf": entry_of("il2", OTHER, OTHER),
            }.items():
                with pytest.raises(RuntimeError, match="no commit"):
                    store.put(path, "1", entry)
            with pytest.raises(RuntimeError, match="no commit"):
                store.delete(doc_id)
        assert store.original(doc_id) == PDF
    assert files(folder) == [PDF]


def test_a_disk_that_is_full_acknowledges_nothing(
    store: LocalStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with store.writer(0), monkeypatch.context() as failing:
        failing.setattr(Originals, "write", full)
        with pytest.raises(LibraryError, match="No space left on device"):
            store.put("/a.pdf", "1", entry_of("il2", PDF))
    assert store.document_ids() == []
    assert Copies(folder / COPIES).ids() == []


def test_a_database_made_anew_has_its_originals(store: LocalStore, folder: Path) -> None:
    doc_id = put(store, "/a.pdf", entry_of("il2", PDF))
    store.close()
    (folder / DATABASE).unlink()
    with closing(LocalStore(folder)) as again:
        assert again.original(doc_id) == PDF
