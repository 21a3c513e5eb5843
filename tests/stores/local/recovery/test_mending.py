"""A library that was altered, truncated or left unsealed: it opens with everything stored, or says why not."""

import hashlib
import logging
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from qa.errors import LibraryDamagedError, LibraryError
from qa.stores.base import Model
from qa.stores.findings import Findings
from qa.stores.local import database, seal
from qa.stores.local.database import Database
from qa.stores.local.recovery.copies import COPIES
from qa.stores.local.schema import DATABASE
from qa.stores.local.store import LocalStore
from tests.support.entries import DIMENSION, assert_dense_is_exact, entry_of, put_all, some_entries, state
from tests.support.places import ROOT

MODEL = Model("words", "0" * 64, DIMENSION)
ENTRIES = some_entries(5)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A closed and sealed library of five documents."""
    folder = tmp_path / "library"
    with closing(LocalStore.create(folder, MODEL)) as store, store.writer(0):
        put_all(store, ENTRIES)
    return folder


@pytest.fixture
def whole(folder: Path) -> tuple[object, int]:
    return seen(folder)


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    """The warnings about the library since the last call."""
    caplog.set_level(logging.WARNING, logger="qa.stores")

    def taken() -> list[str]:
        found = [record.getMessage() for record in caplog.records]
        caplog.clear()
        return found

    return taken


def seen(folder: Path) -> tuple[object, int]:
    with closing(LocalStore(folder)) as store:
        assert_dense_is_exact(store, ENTRIES)
        return state(store), store.generation


def is_sealed(folder: Path) -> bool:
    sealed, data = seal.read(folder), (folder / DATABASE).read_bytes()
    regions = [data[start : start + seal.REGION] for start in range(0, len(data), seal.REGION)]
    digests = "".join(hashlib.blake2b(region, digest_size=8).hexdigest() for region in regions)
    return sealed is not None and (sealed.bytes, sealed.digests) == (len(data), digests)


def flip(path: Path, position: int) -> None:
    data = bytearray(path.read_bytes())
    data[position] ^= 1
    path.write_bytes(data)


def copy_of(folder: Path, number: int) -> Path:
    return folder / COPIES / f"{ENTRIES[number].document.doc_id}.copy"


# ---------------------------------------------------------------- sealed and altered


def test_a_library_that_nobody_altered_is_opened_without_a_word(
    folder: Path, whole: object, told: Callable[[], list[str]]
) -> None:
    assert seen(folder) == whole
    assert told() == []


@pytest.mark.parametrize("position", [0, 17, 60, 100, 5000, -1])
def test_a_flipped_bit_costs_a_word_and_nothing_else(
    folder: Path, whole: object, told: Callable[[], list[str]], position: int
) -> None:
    flip(folder / DATABASE, position)
    assert seen(folder) == whole
    assert "5 documents were restored" in told()[0]
    assert seen(folder) == whole
    assert told() == []


@pytest.mark.parametrize("size", [0, 1, 512, 4096, 20_000])
def test_a_database_cut_short_is_made_anew(
    folder: Path, whole: object, told: Callable[[], list[str]], size: int
) -> None:
    with (folder / DATABASE).open("r+b") as stream:
        stream.truncate(size)
    assert seen(folder) == whole
    assert len(told()) == 1


def test_a_missing_database_is_made_anew(folder: Path, whole: object, told: Callable[[], list[str]]) -> None:
    (folder / DATABASE).unlink()
    assert LocalStore.exists(folder)
    assert seen(folder) == whole
    assert len(told()) == 1


def test_what_is_put_after_mending_is_kept_with_the_rest(folder: Path, whole: object) -> None:
    flip(folder / DATABASE, 5000)
    with closing(LocalStore(folder)) as store, store.writer(0):
        store.put("/new.txt", "1", entry_of("egfr"))
        generation = store.generation
    with closing(LocalStore(folder)) as store:
        assert len(store.document_ids()) == 6
        assert store.generation == generation == whole[1] + 1  # type: ignore[index]


def test_database_and_one_copy_damaged_lose_at_most_that_document(folder: Path, told: Callable[[], list[str]]) -> None:
    (folder / DATABASE).write_bytes(b"nothing that SQLite knows")
    flip(copy_of(folder, 2), 500)
    lost = ENTRIES[2].document.doc_id
    with closing(LocalStore(folder)) as store:
        assert set(store.document_ids()) == {entry.document.doc_id for entry in ENTRIES} - {lost}
    restored, named = told()
    assert "4 documents were restored" in restored
    assert f"{ENTRIES[2].document.source} ({lost})" in named
    assert (folder / "library.damaged").read_bytes() == b"nothing that SQLite knows"


@pytest.mark.parametrize("number", range(5))
def test_database_and_a_copy_lost_name_the_document_and_raise_the_generation(
    folder: Path, whole: tuple[object, int], told: Callable[[], list[str]], number: int
) -> None:
    (folder / DATABASE).unlink()
    copy_of(folder, number).unlink()
    lost = ENTRIES[number].document
    with closing(LocalStore(folder)) as store:
        assert len(store.document_ids()) == 4
        assert store.generation == whole[1] + 1
        found = store.check(0)
    assert (found.lost, found.named(lost.doc_id)) == ((lost.doc_id,), f"{lost.source} ({lost.doc_id})")
    assert f"{lost.source} ({lost.doc_id})" in told()[1]


@pytest.mark.parametrize("also", ["SEAL", "REGISTER", "documents/REGISTER"])
def test_it_is_named_whichever_file_is_lost_besides(folder: Path, whole: tuple[object, int], also: str) -> None:
    for path in (folder / DATABASE, copy_of(folder, 1), folder / also):
        path.unlink()
    with closing(LocalStore(folder)) as store:
        assert store.check(0).names == {ENTRIES[1].document.doc_id: ENTRIES[1].document.source}
        assert store.generation == whole[1] + 1


def test_it_is_named_also_after_a_kill_in_the_midst_of_a_change(folder: Path) -> None:
    with closing(LocalStore(folder)) as store, suppress(KeyError), store.writer(0):
        store.put("/late.txt", "1", entry_of("egfr"))
        (late,) = set(store.document_ids()) - {entry.document.doc_id for entry in ENTRIES}
        name = store.document(late).source
        generation = store.generation
        raise KeyError
    (folder / DATABASE).unlink()
    (folder / COPIES / f"{late}.copy").unlink()
    with closing(LocalStore(folder)) as store:
        assert store.check(0).names == {late: name}
        assert store.generation == generation + 1


def test_where_no_copy_is_left_every_document_is_named(folder: Path) -> None:
    (folder / DATABASE).unlink()
    for number in range(5):
        copy_of(folder, number).unlink()
    assert LocalStore.exists(folder)
    with pytest.raises(LibraryDamagedError, match=r"no copy is left of: 000\.txt \(.*004\.txt \(.*; move it away"):
        LocalStore(folder)


@pytest.mark.parametrize("name", ["REGISTER", "documents/REGISTER"])
def test_a_damaged_register_is_mended_by_a_check(folder: Path, whole: object, name: str) -> None:
    before = (folder / name).read_bytes()
    flip(folder / name, 100)
    with closing(LocalStore(folder)) as store:
        assert [found.split(":")[0] for found in store.check(0).mended] == ["the register of documents"]
        assert store.check(0).mended == ()
    (folder / name).unlink()
    with closing(LocalStore(folder)) as store:
        assert [found.split(":")[0] for found in store.check(0).mended] == ["the register of documents"]
    assert (folder / name).read_bytes().splitlines()[0] == before.splitlines()[0]
    assert seen(folder) == whole


def test_a_document_with_a_damaged_copy_is_taken_from_its_own_rows(folder: Path, whole: object) -> None:
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        connection.execute("UPDATE documents SET source = 'other' WHERE doc_id = ?", (ENTRIES[0].document.doc_id,))
        connection.commit()
    flip(copy_of(folder, 2), 500)
    assert seen(folder) == whole


def test_where_nothing_is_left_to_mend_from_the_library_is_damaged(folder: Path) -> None:
    shutil.rmtree(folder / COPIES)
    (folder / DATABASE).write_bytes(b"nothing that SQLite knows")
    with pytest.raises(LibraryDamagedError, match="qa add"):
        LocalStore(folder)
    assert (folder / DATABASE).read_bytes() == b"nothing that SQLite knows"


def test_a_library_of_an_earlier_version_is_made_anew_from_its_copies(
    folder: Path, whole: tuple[object, int], told: Callable[[], list[str]]
) -> None:
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        connection.execute("PRAGMA user_version = 3")
        connection.execute("UPDATE sentences SET terms = 'as it was analysed then'")
        connection.commit()
    assert seen(folder) == whole
    (message,) = told()
    assert "(it is of another version of Pincite): 5 documents were restored" in message


def test_a_library_whose_generation_nobody_knows_is_not_taken_for_one_that_was_never_filled(folder: Path) -> None:
    (folder / DATABASE).unlink()
    seal.remove(folder)
    with closing(LocalStore(folder)) as store:
        assert len(store.document_ids()) == len(ENTRIES)
        assert store.generation > 0


def test_a_disk_that_refuses_is_not_taken_for_a_damaged_library(
    folder: Path, whole: tuple[object, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    seal.remove(folder)
    checked = Database.execute

    def on_a_read_only_disk(self: Database, sql: str, *values: object) -> list[tuple[object, ...]]:
        if "integrity-check" in sql:
            checked(self, "PRAGMA query_only = ON")
        return checked(self, sql, *values)

    with monkeypatch.context() as patched:
        patched.setattr(Database, "execute", on_a_read_only_disk)
        with pytest.raises(LibraryError, match=r"readonly database.*try again") as refused:
            LocalStore(folder)
    assert not isinstance(refused.value, LibraryDamagedError)
    assert seen(folder) == whole


# ---------------------------------------------------------------- left behind without a seal


def test_a_writer_breaks_the_seal_and_seals_again(folder: Path) -> None:
    with closing(LocalStore(folder)) as store, store.writer(0):
        assert seal.read(folder) is not None
        store.put("/new.txt", "1", entry_of("egfr"))
        assert seal.read(folder) is None
    assert is_sealed(folder)


@pytest.fixture
def large(folder: Path) -> Path:
    """The closed and sealed library with twenty more documents, in many regions of the file."""
    with closing(LocalStore(folder)) as store, store.writer(0):
        for number in range(20):
            store.put(f"/{number}.txt", "1", entry_of(f"egfr {number} " * 500))
    assert (folder / DATABASE).stat().st_size > 8 * seal.REGION
    return folder


@pytest.mark.parametrize("emptied_from", [1 << 16, 1 << 22], ids=["log emptied between", "log kept"])
def test_the_seal_fits_after_many_changes_in_the_midst_of_the_file(
    large: Path, monkeypatch: pytest.MonkeyPatch, emptied_from: int
) -> None:
    monkeypatch.setattr(database, "_LOG_BYTES", emptied_from)
    with closing(LocalStore(large)) as store, store.writer(0):
        for number in range(12):
            store.put(f"/{number}.txt", "2", entry_of(f"vegf {number} " * 500))
    assert is_sealed(large)


def test_the_seal_fits_after_every_kind_of_change(folder: Path) -> None:
    with closing(LocalStore(folder)) as store:
        for number in range(3):
            with store.writer(0):
                for word in ("egfr", "vegf"):
                    store.put(f"/{word}-{number}.txt", "1", entry_of(" ".join([word, str(number)] * 200)))
                    store.settle()
                store.link("/again.txt", str(number), ENTRIES[0].document.doc_id)
            assert is_sealed(folder)
            with store.writer(0):
                store.forget(f"/egfr-{number}.txt")
            assert is_sealed(folder)
        with store.writer(0):
            store.replace_all(ENTRIES[:2], MODEL)
        assert is_sealed(folder)


def test_the_seal_fits_after_a_change_by_another_process_that_was_killed(large: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from tests.support.entries import entry_of; "
        "from qa.stores.local.store import LocalStore; store = LocalStore(Path(sys.argv[1])); "
        "writer = store.writer(0); writer.__enter__(); store.put('/7.txt', 'killed', entry_of('killed ' * 500)); "
        "store._database.checkpoint(); os._exit(9)"
    )
    with closing(LocalStore(large)) as store:
        with suppress(KeyError), store.writer(0):
            store.put("/before.txt", "1", entry_of("egfr"))
            raise KeyError  # this process keeps a seal that it has broken
        subprocess.run([sys.executable, "-c", code, str(large)], cwd=ROOT, timeout=60)
        assert seal.read(large) is None
        with store.writer(0):
            store.put("/after.txt", "1", entry_of("vegf"))
        assert store.fingerprints()["/7.txt"] == "killed"
    assert is_sealed(large)


def test_a_bit_flipped_beside_a_writer_is_not_sealed_over(large: Path, told: Callable[[], list[str]]) -> None:
    with closing(LocalStore(large)) as store, store.writer(0):
        store.put("/last.txt", "1", entry_of("vegf"))
        flip(large / DATABASE, (large / DATABASE).stat().st_size // 2 // seal.REGION * seal.REGION)
    assert not is_sealed(large)
    with closing(LocalStore(large)) as store:
        assert {"/last.txt", "/7.txt"} <= store.fingerprints().keys()
    assert len(told()) == 1
    assert is_sealed(large)


def test_a_sound_library_without_a_seal_is_checked_and_sealed_again(
    folder: Path, whole: object, told: Callable[[], list[str]]
) -> None:
    seal.remove(folder)
    assert seen(folder) == whole
    assert seal.read(folder) is not None
    assert told() == []


@pytest.mark.parametrize(
    "alteration",
    [
        "UPDATE documents SET text = replace(text, 'tnf', 'tnp') WHERE source = '002.txt'",
        "UPDATE documents SET description = '{' WHERE source = '002.txt'",
        "UPDATE passages SET vector = zeroblob(length(vector)) WHERE row = 4",
        "UPDATE passages SET vector = x'00' WHERE row = 4",
        "UPDATE passages SET stop = 'x' WHERE row = 4",
        "UPDATE sentences SET stop = stop + 1 WHERE start = 0",
        "UPDATE files SET fingerprint = 'x'",
        "UPDATE documents SET source = x'ff' WHERE source = '002.txt'",
        "DELETE FROM passages WHERE row = 4",
        "DELETE FROM sentences WHERE start = 0",
        "UPDATE lexicon_content SET c2 = 'other' WHERE id = 4",
        "DELETE FROM facts WHERE name = 'model'",
    ],
)
def test_rows_altered_in_a_library_without_a_seal_are_found_out_by_a_check(
    folder: Path, whole: object, told: Callable[[], list[str]], alteration: str
) -> None:
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        connection.execute(alteration)
        connection.commit()
    seal.remove(folder)
    with closing(LocalStore(folder)) as store:
        assert len(store.check(0).mended) == 1  # repaired at the opening or by the check itself
    found, _ = seen(folder)
    assert found == whole[0]  # type: ignore[index]
    assert len(told()) == 1


def test_what_another_program_wrote_into_a_sealed_library_is_found_out(folder: Path, whole: object) -> None:
    with closing(LocalStore(folder)) as store:
        store.generation  # makes SQLite keep its write-ahead log  # noqa: B018
        with closing(sqlite3.connect(folder / DATABASE)) as connection:
            connection.execute("UPDATE documents SET text = 'other' WHERE source = '002.txt'")
            connection.commit()
        assert is_sealed(folder)
        assert seen(folder) == whole


def test_a_copy_that_a_kill_left_behind_or_took_away_is_brought_in_line(folder: Path, whole: object) -> None:
    copy_of(folder, 0).rename(folder / COPIES / ("f" * 16 + ".copy"))
    copy_of(folder, 1).write_bytes(copy_of(folder, 2).read_bytes())
    seal.remove(folder)
    assert seen(folder) == whole
    (folder / DATABASE).unlink()
    assert seen(folder)[0] == whole[0]  # type: ignore[index]


def test_a_copy_that_a_failed_change_left_behind_goes_when_the_writer_ends(
    folder: Path, whole: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(LocalStore(folder)) as store, store.writer(0):
        with monkeypatch.context() as failing:
            failing.setattr(Database, "set_fact", _fails)  # after the copy is written, before the commit
            with pytest.raises(RuntimeError, match="no commit"):
                store.put("/new.txt", "1", entry_of("egfr"))
        copy = folder / COPIES / f"{entry_of('egfr').document.doc_id}.copy"
        assert copy.exists()
    assert not copy.exists()
    assert seen(folder) == whole


def _fails(*_: object) -> None:
    raise RuntimeError("no commit")


# ---------------------------------------------------------------- with others at work


@pytest.fixture
def bystander(folder: Path) -> Iterator[LocalStore]:
    """The library, opened a second time before the damage."""
    with closing(LocalStore(folder)) as store:
        state(store)
        yield store


def test_others_follow_to_the_mended_library(folder: Path, bystander: LocalStore, whole: object) -> None:
    flip(folder / DATABASE, -1)
    with closing(LocalStore(folder)) as store:
        store.put("/new.txt", "1", entry_of("egfr"))
        assert len(bystander.document_ids()) in (5, 6)
        with bystander.reading():
            assert len(bystander.document_ids()) == 6
        bystander.put("/newer.txt", "1", entry_of("il6"))
    with closing(LocalStore(folder)) as store:
        assert len(store.document_ids()) == 7


def test_others_that_end_take_nothing_of_the_mended_library_with_them(folder: Path, bystander: LocalStore) -> None:
    flip(folder / DATABASE, -1)
    with closing(LocalStore(folder)) as store:
        store.put("/new.txt", "1", entry_of("egfr"))  # in the write-ahead log, which has the old log's name
        bystander.close()
        with closing(LocalStore(folder)) as other:
            assert len(other.document_ids()) == 6


def test_a_library_being_changed_is_opened_as_it_is(folder: Path, bystander: LocalStore) -> None:
    with bystander.writer(0):
        bystander.put("/new.txt", "1", entry_of("egfr"))
        with closing(LocalStore(folder)) as store:
            assert len(store.document_ids()) == 6


# ---------------------------------------------------------------- checking


def test_checking_a_sound_library_finds_nothing(folder: Path) -> None:
    with closing(LocalStore(folder)) as store:
        assert store.check(0) == Findings((), ())


def test_checking_mends_a_copy_a_snapshot_and_the_database(folder: Path, whole: object) -> None:
    with closing(LocalStore(folder)) as store:
        flip(copy_of(folder, 3), 300)
        flip(next((folder / "snapshots").glob("*.faiss")), 300)
        found = store.check(0)
        assert [mended.split(":")[0] for mended in found.mended] == [
            f"the copy of document 003.txt ({ENTRIES[3].document.doc_id})",
            "the search index",
        ]
        with closing(sqlite3.connect(folder / DATABASE)) as connection:
            connection.execute("UPDATE documents SET text = 'other' WHERE source = '002.txt'")
            connection.commit()
        found = store.check(0)
        assert [mended.split(":")[0] for mended in found.mended] == ["the database"]
        assert store.check(0).mended == ()
    assert seen(folder) == whole


# ---------------------------------------------------------------- removal


def test_removed_words_are_in_no_file_of_the_library(folder: Path) -> None:
    with closing(LocalStore(folder)) as store:
        with store.writer(0):
            store.put("/secret.txt", "1", entry_of("unmistakable"))
            store.settle()
            doc_id = entry_of("unmistakable").document.doc_id
            assert any(b"unmistak" in path.read_bytes() for path in folder.rglob("*") if path.is_file())
        with store.writer(0):
            store.delete(doc_id)
        assert [path for path in folder.rglob("*") if path.is_file() and b"unmistak" in path.read_bytes()] == []


def test_removals_without_end_leave_the_lexical_index_as_simple_as_it_was(folder: Path) -> None:
    def structure() -> int:
        """The length in bytes of FTS5's record of its segments and levels."""
        with closing(sqlite3.connect(folder / DATABASE)) as connection:
            return int(connection.execute("SELECT length(block) FROM lexicon_data WHERE id = 10").fetchone()[0])

    with closing(LocalStore(folder)) as store:
        for number in range(60):
            with store.writer(0):
                lines = [f"egfr n{number} il{line}" for line in range(number + 1)]
                store.put(f"/{number % 20}.txt", str(number), entry_of("\n".join(lines)))
    assert structure() < 40
