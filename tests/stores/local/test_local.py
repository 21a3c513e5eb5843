"""The default store: the contract of every store, and its own features: snapshots, processes, models."""

import logging
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from qa.errors import LibraryDamagedError, LibraryError, LibraryLockedError
from qa.records import Scope
from qa.stores.base import Entry, Model
from qa.stores.local import snapshots
from qa.stores.local.schema import DATABASE
from qa.stores.local.snapshots import MANIFEST
from qa.stores.local.store import LOCK, SNAPSHOTS, LocalStore
from tests.support.contract import StoreContract
from tests.support.entries import (
    DIMENSION,
    EVERYTHING,
    all_rows,
    assert_dense_is_exact,
    assert_same_scores,
    bm25,
    by_passage,
    entry_of,
    make_document,
    make_entry,
    put_all,
    ranked,
    some_entries,
    state,
    unit_vectors,
    varied_entries,
)
from tests.support.places import ROOT

MODEL = Model("words", "0" * 64, DIMENSION)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "library"


@pytest.fixture
def new_local_store(tmp_path: Path) -> Iterator[Callable[[], LocalStore]]:
    made: list[LocalStore] = []

    def make() -> LocalStore:
        made.append(LocalStore.create(tmp_path / f"library{len(made)}", MODEL))
        return made[-1]

    yield make
    for store in made:
        store.close()


@pytest.fixture
def store(folder: Path) -> Iterator[LocalStore]:
    with closing(LocalStore.create(folder, MODEL)) as made:
        yield made


@pytest.fixture
def other(store: LocalStore, folder: Path) -> Iterator[LocalStore]:
    """The same library opened a second time, as by another process."""
    with closing(LocalStore(folder)) as opened:
        yield opened


@pytest.fixture
def warnings(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    """The store's warnings since the last call."""
    caplog.set_level(logging.WARNING, logger="qa.stores.local.dense")

    def taken() -> list[str]:
        found = [record.getMessage() for record in caplog.records if record.name == "qa.stores.local.dense"]
        caplog.clear()
        return found

    return taken


class TestLocalStore(StoreContract):
    @pytest.fixture
    def new_store(self, new_local_store: Callable[[], LocalStore]) -> Callable[[], LocalStore]:
        return new_local_store


# ---------------------------------------------------------------- what is on disk


def table_sizes(folder: Path) -> dict[str, int]:
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        tables = ("documents", "files", "passages", "sentences", "lexicon", "lexicon_terms")
        return {table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables}


def test_deleting_a_document_leaves_no_row_of_it_in_any_table(store: LocalStore, folder: Path) -> None:
    gone, left = entry_of("rna p53\nil2 rna"), entry_of("tnf ros", "b.txt")
    put_all(store, [gone, left])
    sizes = {"documents": 2, "files": 2, "passages": 3, "sentences": 3, "lexicon": 3, "lexicon_terms": 5}
    assert table_sizes(folder) == sizes
    store.delete(gone.document.doc_id)
    sizes = {"documents": 1, "files": 1, "passages": 1, "sentences": 1, "lexicon": 1, "lexicon_terms": 2}
    assert table_sizes(folder) == sizes
    store.delete(left.document.doc_id)
    assert set(table_sizes(folder).values()) == {0}


def test_replacing_a_document_leaves_no_row_of_the_old_one(store: LocalStore, folder: Path) -> None:
    store.put("/a.txt", "1", entry_of("rna p53\nil2 rna"))
    store.put("/a.txt", "2", entry_of("tnf ros"))
    sizes = {"documents": 1, "files": 1, "passages": 1, "sentences": 1, "lexicon": 1, "lexicon_terms": 2}
    assert table_sizes(folder) == sizes


def test_deleted_text_is_not_left_in_the_database_file(store: LocalStore, folder: Path) -> None:
    store.put("/a.txt", "1", entry_of("The patient was called Zebulon Quixano."))
    put_all(store, some_entries(3))
    store.delete(entry_of("The patient was called Zebulon Quixano.").document.doc_id)
    store.close()
    assert b"Zebulon Quixano" not in (folder / DATABASE).read_bytes()


def test_a_library_opened_again_is_the_one_that_was_closed(store: LocalStore, folder: Path) -> None:
    put_all(store, some_entries(3))
    before = state(store)
    store.close()
    with closing(LocalStore(folder)) as opened:
        assert state(opened) == before


def test_a_library_may_lie_in_a_folder_of_any_name(tmp_path: Path) -> None:
    folder = tmp_path / "ü ?a=b#c%20 &d'"
    with closing(LocalStore.create(folder, MODEL)) as store:
        put_all(store, some_entries(1))
    with closing(LocalStore(folder)) as opened:
        assert_dense_is_exact(opened, some_entries(1))
    assert [path.name for path in tmp_path.iterdir()] == ["ü ?a=b#c%20 &d'"]


def test_making_a_library_where_there_is_one_opens_that_one(store: LocalStore, folder: Path) -> None:
    put_all(store, some_entries(2))
    before = state(store)
    with closing(LocalStore.create(folder, Model("another", "1" * 64, 3))) as again:
        assert again.model == MODEL
        assert state(again) == before


def test_a_library_exists_once_it_was_made(folder: Path) -> None:
    assert not LocalStore.exists(folder)
    LocalStore.create(folder, MODEL).close()
    assert LocalStore.exists(folder)


def test_opening_where_there_is_no_library_says_so_and_makes_nothing(folder: Path) -> None:
    folder.mkdir()
    with pytest.raises(LibraryDamagedError):
        LocalStore(folder)
    assert list(folder.iterdir()) == []


def test_a_library_cannot_be_made_under_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(LibraryError, match="cannot be written"):
        LocalStore.create(tmp_path / "file", MODEL)
    with pytest.raises(LibraryError, match="cannot be written"):
        LocalStore.create(tmp_path / "file" / "library", MODEL)


# ---------------------------------------------------------------- lexical search over three columns


def test_title_and_section_count_half_as_much_as_the_body(store: LocalStore) -> None:
    titled = make_entry(make_document("rna tnf\np53 ros", title="p53 il6"), section="il2 rna")
    plain = make_entry(make_document("rna rna p53\nil6\ntnf il6 ros rna", source="b.txt"), section="ros")
    put_all(store, [titled, plain])
    title, section = ["p53", "il6"], ["il2", "rna"]
    columns = [
        (title, section, ["rna", "tnf"]),
        (title, section, ["p53", "ros"]),
        ([], ["ros"], ["rna", "rna", "p53"]),
        ([], ["ros"], ["il6"]),
        ([], ["ros"], ["tnf", "il6", "ros", "rna"]),
    ]
    ids = [passage.passage_id for entry in (titled, plain) for passage in entry.passages]
    rows = dict(zip(ids, columns, strict=True))
    for query in (["il2"], ["tnf"], ["il2", "tnf"]):
        expected = ranked(bm25(rows, query, (0.5, 0.5, 1.0)))
        assert_same_scores(by_passage(store, store.index.search_lexical(query, 100)), expected)
    assert dict(store.index.document_frequencies(["il2", "il6", "tnf"])) == {"il2": 2, "il6": 4, "tnf": 2}


# ---------------------------------------------------------------- dense search beside snapshots

FIRST, SECOND = some_entries(6), some_entries(6, first=10)


def all_newer(store: LocalStore) -> None:
    put_all(store, FIRST + SECOND)


def all_in_the_snapshot(store: LocalStore) -> None:
    put_all(store, FIRST + SECOND)
    store.settle()


def half_and_half(store: LocalStore) -> None:
    put_all(store, FIRST)
    store.settle()
    put_all(store, SECOND)


def snapshot_of_what_was_replaced(store: LocalStore) -> None:
    put_all(store, FIRST + SECOND)
    store.settle()
    put_all(store, FIRST)


def searched_between_changes(store: LocalStore) -> None:
    for entry in FIRST + SECOND:
        put_all(store, [entry])
        store.index.search_dense(unit_vectors(1, seed=4)[0], 3)
    store.settle()


Filling = Callable[[LocalStore], None]
FILLINGS = pytest.mark.parametrize(
    "fill", [all_newer, all_in_the_snapshot, half_and_half, snapshot_of_what_was_replaced, searched_between_changes]
)


@FILLINGS
def test_dense_search_is_exact_wherever_the_rows_lie(store: LocalStore, fill: Filling) -> None:
    fill(store)
    for k in (1, 7, 36, 1000):
        assert_dense_is_exact(store, FIRST + SECOND, k)


def test_dense_search_tells_apart_what_is_the_same_in_8_bits(store: LocalStore) -> None:
    # One distant vector stretches the 8-bit range, so all the others become the same.
    (entry,) = some_entries(1)
    near = np.eye(DIMENSION, dtype=np.float32)[0] + 1e-4 * unit_vectors(20, seed=3)
    vectors = np.concatenate([near, -near[:1]]).astype(np.float32)
    text = "\n".join(f"line {n}" for n in range(len(vectors)))
    document = make_document(text)
    entry = replace(make_entry(document), passage_vectors=vectors)
    put_all(store, [entry])
    store.settle()
    for k in (11, 20):
        assert_dense_is_exact(store, [entry], k)


@FILLINGS
def test_dense_search_is_exact_after_opening_again(store: LocalStore, folder: Path, fill: Filling) -> None:
    fill(store)
    store.close()
    with closing(LocalStore(folder)) as opened:
        assert_dense_is_exact(opened, FIRST + SECOND)


@FILLINGS
def test_dense_search_of_some_documents_is_exact_wherever_the_rows_lie(store: LocalStore, fill: Filling) -> None:
    fill(store)
    some = [entry.document.doc_id for entry in (FIRST + SECOND)[::4]]
    for k in (1, 7, 1000):
        assert_dense_is_exact(store, FIRST + SECOND, k, Scope(some))


@FILLINGS
@pytest.mark.parametrize("opened_again", [False, True])
def test_dense_search_is_exact_after_deletes(
    store: LocalStore, folder: Path, fill: Filling, opened_again: bool
) -> None:
    fill(store)
    for entry in FIRST[:2] + SECOND[4:]:
        store.delete(entry.document.doc_id)
    left = FIRST[2:] + SECOND[:4]
    some = [left[0].document.doc_id, left[-1].document.doc_id, FIRST[0].document.doc_id]
    with closing(LocalStore(folder)) as opened:
        seen = opened if opened_again else store
        assert_dense_is_exact(seen, left, 7)
        assert_dense_is_exact(seen, left, 1000)
        assert_dense_is_exact(seen, left, 7, Scope(some))
        seen.settle()
        assert_dense_is_exact(seen, left, 7)


@pytest.mark.parametrize("scope", StoreContract.SCOPES)
def test_a_scope_holds_in_the_snapshot_and_beside_it(store: LocalStore, scope: Scope) -> None:
    entries = varied_entries(20)
    put_all(store, entries[:12])
    store.settle()
    put_all(store, entries[12:])
    store.delete(entries[3].document.doc_id)
    for k in (1, 5, 1000):
        assert_dense_is_exact(store, entries[:3] + entries[4:], k, scope)


def test_a_library_emptied_after_its_snapshot_finds_nothing(store: LocalStore, folder: Path) -> None:
    all_in_the_snapshot(store)
    for doc_id in store.document_ids():
        store.delete(doc_id)
    assert all_rows(store) == set()
    store.settle()
    assert all_rows(store) == set()
    with closing(LocalStore(folder)) as opened:
        assert all_rows(opened) == set()
        put_all(opened, FIRST)
        assert_dense_is_exact(opened, FIRST)


# ---------------------------------------------------------------- when a snapshot is written


def manifest_bytes(folder: Path) -> bytes:
    return (folder / SNAPSHOTS / MANIFEST).read_bytes()


def test_an_empty_library_has_no_snapshot(store: LocalStore, folder: Path) -> None:
    store.settle()
    assert not (folder / SNAPSHOTS).exists()


def test_a_snapshot_is_written_again_once_more_than_a_tenth_of_it_is_stale(store: LocalStore, folder: Path) -> None:
    put_all(store, some_entries(10))  # 30 rows
    store.settle()
    first = manifest_bytes(folder)
    put_all(store, some_entries(1, first=50))  # 3 more rows: a tenth
    store.settle()
    assert manifest_bytes(folder) == first
    store.delete(some_entries(1)[0].document.doc_id)  # and 3 fewer
    store.settle()
    assert manifest_bytes(folder) != first
    assert len(list((folder / SNAPSHOTS).iterdir())) == 2


def test_a_snapshot_that_cannot_be_saved_costs_a_warning_and_no_answer(
    store: LocalStore, folder: Path, warnings: Callable[[], list[str]]
) -> None:
    (folder / SNAPSHOTS).write_text("in the way")
    put_all(store, FIRST)
    store.settle()
    assert any("could not be saved" in warning for warning in warnings())
    assert_dense_is_exact(store, FIRST)


# ---------------------------------------------------------------- damaged snapshots


def snapshot_file(folder: Path) -> Path:
    (file,) = (folder / SNAPSHOTS).glob("*.faiss")
    return file


def flip_a_bit(folder: Path) -> None:
    data = bytearray(snapshot_file(folder).read_bytes())
    data[len(data) // 2] ^= 1
    snapshot_file(folder).write_bytes(data)


def truncate(folder: Path) -> None:
    snapshot_file(folder).write_bytes(snapshot_file(folder).read_bytes()[:-1])


def remove_the_index(folder: Path) -> None:
    snapshot_file(folder).unlink()


def remove_the_manifest(folder: Path) -> None:
    (folder / SNAPSHOTS / MANIFEST).unlink()


def empty_the_manifest(folder: Path) -> None:
    (folder / SNAPSHOTS / MANIFEST).write_bytes(b"")


def take_that_of_another_library(folder: Path) -> None:
    with closing(LocalStore.create(folder.with_name("another"), MODEL)) as another:
        put_all(another, some_entries(20, first=500))
        another.settle()
    snapshot_file(folder).unlink()
    for file in (folder.with_name("another") / SNAPSHOTS).iterdir():
        file.rename(folder / SNAPSHOTS / file.name)


DAMAGES = pytest.mark.parametrize(
    "damage",
    [
        flip_a_bit,
        truncate,
        remove_the_index,
        remove_the_manifest,
        empty_the_manifest,
    ],
)


@DAMAGES
def test_a_damaged_snapshot_costs_one_warning_and_is_mended(
    store: LocalStore, folder: Path, damage: Callable[[Path], None], warnings: Callable[[], list[str]]
) -> None:
    all_in_the_snapshot(store)
    before = state(store)
    store.close()
    damage(folder)
    with closing(LocalStore(folder)) as opened:
        assert state(opened) == before
        assert_dense_is_exact(opened, FIRST + SECOND)
    assert len(warnings()) == 1
    with closing(LocalStore(folder)) as again:
        assert state(again) == before
    assert warnings() == []


def test_the_snapshot_of_another_library_is_not_used(
    store: LocalStore, folder: Path, warnings: Callable[[], list[str]]
) -> None:
    all_in_the_snapshot(store)
    before = state(store)
    store.close()
    take_that_of_another_library(folder)
    with closing(LocalStore(folder)) as opened:
        assert state(opened) == before
        assert_dense_is_exact(opened, FIRST + SECOND)
    assert warnings() == []


def test_a_damaged_snapshot_is_answered_without_while_another_process_writes(
    store: LocalStore, folder: Path, warnings: Callable[[], list[str]]
) -> None:
    all_in_the_snapshot(store)
    flip_a_bit(folder)
    with store.writer(0), closing(LocalStore(folder)) as opened:
        assert_dense_is_exact(opened, FIRST + SECOND)
    assert len(warnings()) == 1


@pytest.mark.parametrize("remove", [remove_the_index, remove_the_manifest])
def test_a_snapshot_that_another_process_is_replacing_is_no_damage(
    store: LocalStore, folder: Path, remove: Callable[[Path], None], warnings: Callable[[], list[str]]
) -> None:
    all_in_the_snapshot(store)
    remove(folder)
    with store.writer(0), closing(LocalStore(folder)) as opened:
        assert_dense_is_exact(opened, FIRST + SECOND)
    assert warnings() == []


def test_a_snapshot_replaced_while_it_was_read_is_read_again(
    store: LocalStore, folder: Path, monkeypatch: pytest.MonkeyPatch, warnings: Callable[[], list[str]]
) -> None:
    all_in_the_snapshot(store)
    load, readings = snapshots.load, iter([1, 2])

    def load_the_second_time(folder: Path, owner: str) -> snapshots.Snapshot | None:
        if next(readings) == 1:
            raise snapshots.UnfinishedSnapshot("a file is missing")
        return load(folder, owner)

    monkeypatch.setattr(snapshots, "load", load_the_second_time)
    with closing(LocalStore(folder)) as opened:
        assert_dense_is_exact(opened, FIRST + SECOND)
    assert warnings() == []


def test_a_damaged_snapshot_is_answered_without_where_the_lock_cannot_be_had(store: LocalStore, folder: Path) -> None:
    all_in_the_snapshot(store)
    store.close()
    flip_a_bit(folder)
    # As if the reader may not open the writer's lock file.
    (folder / LOCK).unlink(missing_ok=True)
    (folder / LOCK).mkdir()
    with closing(LocalStore(folder)) as opened:
        assert_dense_is_exact(opened, FIRST + SECOND)


def test_a_missing_snapshot_is_no_damage(store: LocalStore, folder: Path, warnings: Callable[[], list[str]]) -> None:
    put_all(store, FIRST)
    (folder / SNAPSHOTS).mkdir()
    with closing(LocalStore(folder)) as opened:
        assert_dense_is_exact(opened, FIRST)
    assert warnings() == []


# ---------------------------------------------------------------- one library opened twice


def change_and_refresh(store: LocalStore) -> list[Entry]:
    """Remove, replace and add; return the entries afterwards."""
    store.delete(FIRST[0].document.doc_id)
    put_all(store, [FIRST[1], *SECOND])
    store.settle()
    return FIRST[1:] + SECOND


def change_only(store: LocalStore) -> list[Entry]:
    store.delete(FIRST[0].document.doc_id)
    put_all(store, [FIRST[1], *SECOND])
    return FIRST[1:] + SECOND


CHANGES = pytest.mark.parametrize("change", [change_only, change_and_refresh])
Change = Callable[[LocalStore], list[Entry]]


@CHANGES
@pytest.mark.parametrize("in_snapshot", [False, True])
def test_a_block_of_reads_does_not_see_what_is_written_meanwhile(
    store: LocalStore, other: LocalStore, change: Change, in_snapshot: bool
) -> None:
    put_all(store, FIRST)
    if in_snapshot:
        store.settle()
    with other.reading():
        before = state(other)
        after = change(store)
        assert state(other) == before
        assert_dense_is_exact(other, FIRST)
    assert state(other) == state(store)
    assert_dense_is_exact(other, after)


@CHANGES
@pytest.mark.parametrize("in_snapshot", [False, True])
def test_the_first_search_of_a_block_sees_the_generation_the_block_began_with(
    store: LocalStore, other: LocalStore, change: Change, in_snapshot: bool
) -> None:
    put_all(store, FIRST)
    if in_snapshot:
        store.settle()
    with other.reading():
        generation = other.generation  # the first read fixes the block's generation
        after = change(store)
        assert other.generation == generation
        assert_dense_is_exact(other, FIRST)
    assert_dense_is_exact(other, after)


@CHANGES
def test_what_another_process_wrote_is_seen_by_the_next_read(
    store: LocalStore, other: LocalStore, change: Change
) -> None:
    put_all(store, FIRST)
    store.settle()
    assert_dense_is_exact(other, FIRST)
    after = change(store)
    assert_dense_is_exact(other, after)
    assert state(other) == state(store)


def test_threads_that_share_a_store_all_get_the_exact_answer(store: LocalStore) -> None:
    half_and_half(store)
    failures: list[BaseException] = []

    def search() -> None:
        try:
            for _ in range(5):
                assert_dense_is_exact(store, FIRST + SECOND)
        except BaseException as failure:  # reported by the test's own thread below
            failures.append(failure)

    threads = [threading.Thread(target=search) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


# ---------------------------------------------------------------- one writer

ANOTHER_WRITER = """
import sys
from pathlib import Path
from qa.stores.local.store import LocalStore
try:
    with LocalStore(Path(sys.argv[1])).writer(0.1):
        print("in")
except Exception as error:
    print(type(error).__name__)
"""


def in_another_process(program: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_another_process_cannot_write_while_one_does_and_can_afterwards(store: LocalStore, folder: Path) -> None:
    with store.writer(0):
        put_all(store, FIRST[:1])
        assert in_another_process(ANOTHER_WRITER, folder).stdout == "LibraryLockedError\n"
        put_all(store, FIRST[1:])
        store.settle()
    assert_dense_is_exact(store, FIRST)
    assert in_another_process(ANOTHER_WRITER, folder).stdout == "in\n"


def test_another_opening_cannot_write_while_one_does_and_can_afterwards(store: LocalStore, other: LocalStore) -> None:
    with store.writer(0):
        with pytest.raises(LibraryLockedError), other.writer(0.05):
            pytest.fail("two writers at once")
        put_all(store, FIRST)
    with other.writer(0):
        put_all(other, SECOND)
    assert_dense_is_exact(store, FIRST + SECOND)


def test_the_writer_may_become_the_writer_again(store: LocalStore, other: LocalStore) -> None:
    with store.writer(0):
        with store.writer(0):
            put_all(store, FIRST)
        with pytest.raises(LibraryLockedError), other.writer(0):
            pytest.fail("two writers at once")


def test_a_writer_that_fails_lets_the_next_one_in(store: LocalStore, other: LocalStore) -> None:
    with pytest.raises(KeyError), store.writer(0):
        raise KeyError("work")
    with other.writer(0):
        put_all(other, FIRST)
    assert_dense_is_exact(store, FIRST)


def test_a_library_that_is_there_is_opened_while_another_process_writes(store: LocalStore, folder: Path) -> None:
    opened: list[LocalStore] = []
    with store.writer(0):
        opening = threading.Thread(target=lambda: opened.append(LocalStore.create(folder, MODEL)), daemon=True)
        opening.start()
        opening.join(timeout=2)
        while_writing = len(opened)
    opening.join(timeout=10)
    for each in opened:
        each.close()
    assert while_writing == 1


DIES_WHILE_PUTTING = """
import os, sys
from dataclasses import replace
from pathlib import Path
from tests.support.entries import entry_of, put_all, some_entries
from qa.stores.local.store import LocalStore

class Deadly(list):
    def __iter__(self):
        yield from [self[0]]
        os._exit(9)

store = LocalStore(Path(sys.argv[1]))
put_all(store, some_entries(2))
entry = entry_of("il2\\nil6", "000.txt")
put_all(store, [replace(entry, sentence_vectors=Deadly(entry.sentence_vectors))])
"""


def test_a_process_that_dies_leaves_each_put_whole_or_undone(store: LocalStore, folder: Path) -> None:
    died = in_another_process(DIES_WHILE_PUTTING, folder)
    assert (died.returncode, died.stderr) == (9, "")
    entries = some_entries(2)
    assert store.generation == 2
    assert [store.document(doc_id) for doc_id in store.document_ids()] == [entry.document for entry in entries]
    assert_dense_is_exact(store, entries)
    assert store.index.search_lexical(["il2", "il6"], 5) == {}


# ---------------------------------------------------------------- another model

WIDE = Model("wide", "2" * 64, 12)


def wide(entries: list[Entry]) -> list[Entry]:
    return [make_entry(entry.document, WIDE.dimension) for entry in entries]


def assert_wide_search_is_exact(store: LocalStore, entries: list[Entry]) -> None:
    expected = {
        passage.passage_id: float(vector @ unit_vectors(1, 5, WIDE.dimension)[0])
        for entry in entries
        for passage, vector in zip(entry.passages, entry.passage_vectors, strict=True)
    }
    found = dict(by_passage(store, store.index.search_dense(unit_vectors(1, 5, WIDE.dimension)[0], EVERYTHING)))
    assert found == pytest.approx(expected, abs=1e-5)


def test_embedding_anew_keeps_documents_and_files_and_takes_the_new_model(store: LocalStore, folder: Path) -> None:
    all_in_the_snapshot(store)
    store.link("/copy.txt", "c", FIRST[0].document.doc_id)
    generation, documents, files = store.generation, state(store)[1], dict(store.fingerprints())
    store.replace_all(wide(FIRST + SECOND), WIDE)
    assert store.generation == generation + 1
    assert store.model == WIDE
    assert [store.document(doc_id) for doc_id in store.document_ids()] == documents
    assert dict(store.fingerprints()) == files
    assert store.paths(FIRST[0].document.doc_id) == ["/000.txt", "/copy.txt"]
    assert_wide_search_is_exact(store, wide(FIRST + SECOND))
    store.close()
    with closing(LocalStore(folder)) as opened:
        assert opened.model == WIDE
        assert_wide_search_is_exact(opened, wide(FIRST + SECOND))


def test_embedding_anew_in_the_same_dimension_does_not_use_the_old_snapshot(store: LocalStore, folder: Path) -> None:
    all_in_the_snapshot(store)
    turned = [
        Entry(e.document, e.passages, np.roll(e.passage_vectors, 1, axis=1), e.sentences, e.sentence_vectors)
        for e in FIRST + SECOND
    ]
    store.replace_all(turned, Model("turned", "3" * 64, DIMENSION))
    assert_dense_is_exact(store, turned)
    with closing(LocalStore(folder)) as opened:
        assert_dense_is_exact(opened, turned)
    store.settle()
    with closing(LocalStore(folder)) as opened:
        assert_dense_is_exact(opened, turned)


def test_embedding_anew_is_not_called_damage(store: LocalStore, warnings: Callable[[], list[str]]) -> None:
    all_in_the_snapshot(store)
    store.replace_all(wide(FIRST + SECOND), WIDE)
    store.settle()
    assert warnings() == []


def test_another_opening_sees_a_library_embedded_anew_in_another_dimension(
    store: LocalStore, other: LocalStore
) -> None:
    all_in_the_snapshot(store)
    assert_dense_is_exact(other, FIRST + SECOND)
    store.replace_all(wide(FIRST + SECOND), WIDE)
    assert other.model == WIDE
    assert_wide_search_is_exact(other, wide(FIRST + SECOND))


def test_embedding_anew_that_fails_leaves_everything_as_it_was(store: LocalStore) -> None:
    all_in_the_snapshot(store)
    before = state(store)
    broken = wide(FIRST + SECOND)
    broken[-1] = Entry(broken[-1].document, broken[-1].passages, broken[-1].passage_vectors[:1], [], np.zeros((0, 12)))
    with pytest.raises(ValueError, match="shorter"):
        store.replace_all(broken, WIDE)
    assert store.model == MODEL
    assert state(store) == before


def test_the_lock_file_does_not_make_a_library(folder: Path) -> None:
    folder.mkdir()
    (folder / LOCK).touch()
    assert not LocalStore.exists(folder)
