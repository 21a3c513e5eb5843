"""Library files from other versions of Pincite: newer ones are refused, older ones converted."""

import hashlib
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from qa.errors import LibraryError, NewerFormatError
from qa.stores.base import Model
from qa.stores.local import database, register, seal, snapshots
from qa.stores.local.recovery import copies
from qa.stores.local.recovery.copies import COPIES
from qa.stores.local.register import REGISTER
from qa.stores.local.schema import DATABASE
from qa.stores.local.store import LocalStore
from tests.support.entries import DIMENSION, put_all, some_entries, state

ENTRIES = some_entries(3)
NEWER = 99


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A closed and sealed library of three documents."""
    folder = tmp_path / "library"
    with closing(LocalStore.create(folder, Model("words", "0" * 64, DIMENSION))) as store, store.writer(0):
        put_all(store, ENTRIES)
    return folder


def opened(folder: Path) -> object:
    """The state and generation of a library after a complete check."""
    with closing(LocalStore(folder)) as store:
        store.check(0)
        return state(store), store.generation


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def numbered(path: Path, number: int) -> None:
    """Change the format number of a file of a checksum and JSON, with a checksum that fits."""
    _, _, rest = path.read_bytes().partition(b"\n")
    line, *others = rest.split(b"\n", 1) if path.suffix == ".copy" else [rest]
    form = json.loads(line) | {"format": number}
    changed = b"\n".join([json.dumps(form).encode(), *others])
    path.write_bytes(hashlib.sha256(changed).hexdigest().encode() + b"\n" + changed)


def in_the_database(folder: Path, number: int) -> None:
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        connection.execute(f"PRAGMA user_version = {number}")


def in_the_unsealed_database(folder: Path, number: int) -> None:
    in_the_database(folder, number)
    (folder / seal.SEAL).unlink()


def in_the_seal(folder: Path, number: int) -> None:
    numbered(folder / seal.SEAL, number)


def in_the_manifest(folder: Path, number: int) -> None:
    numbered(folder / "snapshots" / snapshots.MANIFEST, number)


def in_a_copy(folder: Path, number: int) -> None:
    numbered(min((folder / COPIES).glob("*.copy")), number)


def in_a_copy_of_a_damaged_library(folder: Path, number: int) -> None:
    in_a_copy(folder, number)
    (folder / DATABASE).write_bytes(b"nothing that SQLite knows")


def in_the_register(folder: Path, number: int) -> None:
    (folder / REGISTER).write_bytes(register._line([register._KIND, number]))


PLACES = [
    in_the_database,
    in_the_unsealed_database,
    in_the_seal,
    in_the_manifest,
    in_a_copy,
    in_a_copy_of_a_damaged_library,
    in_the_register,
]


@pytest.mark.parametrize("place", PLACES)
def test_a_newer_file_is_refused_by_name_and_nothing_is_changed(
    folder: Path, place: Callable[[Path, int], None]
) -> None:
    place(folder, NEWER)
    before = content(folder)
    for _ in range(2):
        with pytest.raises(NewerFormatError, match=rf"written by a newer Pincite \(format {NEWER}, .*update Pincite"):
            opened(folder)
        assert content(folder) == before


@pytest.mark.parametrize("bit", range(8))
def test_a_flipped_bit_in_the_number_of_the_database_is_damage_and_mended(folder: Path, bit: int) -> None:
    whole = opened(folder)
    data = bytearray((folder / DATABASE).read_bytes())
    data[63] ^= 1 << bit
    (folder / DATABASE).write_bytes(data)
    assert opened(folder) == whole


@pytest.mark.parametrize("place", [in_the_database, in_the_seal])
def test_an_older_file_is_converted(folder: Path, place: Callable[[Path, int], None]) -> None:
    whole = opened(folder)
    place(folder, 1)
    assert opened(folder) == whole
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (database.SCHEMA_VERSION,)
    assert not (folder / "library.damaged").exists()


def test_a_library_from_before_the_register_gets_one(folder: Path) -> None:
    whole = opened(folder)
    for path in (folder / REGISTER, folder / COPIES / REGISTER):
        path.unlink()
    manifest = folder / "snapshots" / snapshots.MANIFEST
    form = json.loads(manifest.read_bytes().partition(b"\n")[2]) | {"format": 1}
    manifest.write_text(json.dumps(form))  # format 1 had no checksum
    assert opened(folder) == whole
    assert len(register.read([folder / REGISTER]).documents) == 3
    for number in (0, 3, 5, 9):
        manifest.write_text(json.dumps(form | {"format": number}))
        assert opened(folder) == whole


def test_an_older_database_stays_until_its_conversion_is_verified(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = opened(folder)
    in_the_database(folder, database.SCHEMA_VERSION - 1)
    before = content(folder)
    with monkeypatch.context() as patched:
        patched.setattr("qa.stores.local.recovery.rebuilding.faults", lambda *_, **__: ["it is not sound"])
        with pytest.raises(LibraryError, match="it is not sound"):
            opened(folder)
    assert content(folder) == before
    assert opened(folder) == whole


def test_an_older_database_of_which_a_copy_is_lost_is_kept_aside(folder: Path) -> None:
    in_the_database(folder, database.SCHEMA_VERSION - 1)
    before = (folder / DATABASE).read_bytes()
    lost = ENTRIES[1].document
    copies.Copies(folder / COPIES).remove(lost.doc_id)
    with closing(LocalStore(folder)) as store:
        found = store.check(0)
        assert (found.lost, found.names) == ((lost.doc_id,), {lost.doc_id: lost.source})
        assert len(store.document_ids()) == 2
    assert (folder / "library.damaged").read_bytes() == before
