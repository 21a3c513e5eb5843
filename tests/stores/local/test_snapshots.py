"""Snapshots are whole, or they are refused."""

import hashlib
import json
import random
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from qa.stores.base import Vectors
from qa.stores.local.snapshots import MANIFEST, DamagedSnapshot, Snapshot, among, build, but, load, save, search

OWNER = "library one"
ROWS = np.array([3, 4, 8, 15, 16, 23, 42], np.int64)
VECTORS: Vectors = np.random.default_rng(7).normal(size=(7, 5)).astype(np.float32)
QUESTION: Vectors = np.array([0.5, -1.0, 2.0, 0.25, 1.5], np.float32)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one good snapshot."""
    folder = tmp_path / "snapshots"
    save(folder, build(ROWS, VECTORS, 5, 12), OWNER)
    return folder


def index_file(folder: Path) -> Path:
    (found,) = folder.glob("*.faiss")
    return found


def assert_holds(snapshot: Snapshot | None, rows: NDArray[np.int64], vectors: Vectors) -> None:
    """Check that the snapshot has these rows, and that each vector is right within the 8-bit precision."""
    assert snapshot is not None
    assert snapshot.rows.tolist() == sorted(rows.tolist())
    step = np.ptp(vectors, axis=0) / 255 if len(rows) else 0.0
    for row, vector in zip(rows.tolist(), vectors, strict=True):
        assert np.all(np.abs(snapshot.index.reconstruct(row) - vector) <= step + 1e-6)


def brute_force(question: Vectors, k: int, allowed: set[int]) -> list[int]:
    scored = [
        (row, float(vector.astype(np.float64) @ question.astype(np.float64)))
        for row, vector in zip(ROWS.tolist(), VECTORS, strict=True)
        if row in allowed
    ]
    return [row for row, _ in sorted(scored, key=lambda pair: -pair[1])[:k]]


# ---------------------------------------------------------------- whole


@st.composite
def contents(draw: st.DrawFn) -> tuple[NDArray[np.int64], Vectors]:
    rows = draw(st.lists(st.integers(1, 2**40), unique=True, max_size=12))
    floats = st.floats(-1, 1, width=32)
    vectors = draw(arrays.arrays(np.float32, (len(rows), draw(st.integers(1, 6))), elements=floats))
    return np.array(rows, np.int64), vectors


@settings(deadline=None, max_examples=50)
@given(content=contents())
def test_any_snapshot_is_loaded_as_it_was_saved(content: tuple[NDArray[np.int64], Vectors]) -> None:
    rows, vectors = content
    with tempfile.TemporaryDirectory() as folder:
        save(Path(folder), build(rows, vectors, vectors.shape[1], 1), OWNER)
        loaded = load(Path(folder), OWNER)
    assert_holds(loaded, rows, vectors)
    assert loaded is not None
    assert loaded.last_row == max(rows.tolist(), default=0)


def test_the_manifest_names_the_file_with_its_size_and_hash(folder: Path) -> None:
    data = index_file(folder).read_bytes()
    assert manifest_of(folder) == {
        "format": 3,
        "generation": 12,
        "file": index_file(folder).name,
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "count": 7,
        "dimension": 5,
        "owner": OWNER,
    }


def test_saving_drops_older_snapshots_and_leaves_nothing_half_written(folder: Path) -> None:
    save(folder, build(ROWS[:3], VECTORS[:3], 5, 13), OWNER)
    assert sorted(path.suffix for path in folder.iterdir()) == [".faiss", ".json"]
    assert index_file(folder).name.startswith("0000000013-")
    assert_holds(load(folder, OWNER), ROWS[:3], VECTORS[:3])


def test_saving_the_same_snapshot_again_keeps_it(folder: Path) -> None:
    save(folder, build(ROWS, VECTORS, 5, 12), OWNER)
    assert len(list(folder.iterdir())) == 2
    assert_holds(load(folder, OWNER), ROWS, VECTORS)


@pytest.mark.parametrize("name", ["0000000011-0123456789abcdef.faiss.77.tmp", "MANIFEST.json.77.tmp"])
def test_saving_drops_what_a_save_that_was_cut_off_left(folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"half")
    assert_holds(load(folder, OWNER), ROWS, VECTORS)
    save(folder, build(ROWS, VECTORS, 5, 13), OWNER)
    assert not (folder / name).exists()


def test_a_save_cut_off_before_the_manifest_leaves_the_old_snapshot(folder: Path) -> None:
    (folder / "0000000013-0123456789abcdef.faiss").write_bytes(b"newer, but not named by the manifest")
    assert_holds(load(folder, OWNER), ROWS, VECTORS)


# ---------------------------------------------------------------- searched


@pytest.mark.parametrize("k", [1, 3, 7, 8, 500])
def test_search_finds_what_comparing_with_every_row_finds(k: int) -> None:
    snapshot = build(ROWS, VECTORS, 5, 1)
    everything = set(ROWS.tolist())
    assert search(snapshot, QUESTION, k, None) == brute_force(QUESTION, k, everything)
    assert search(snapshot, QUESTION, k, among(ROWS)) == brute_force(QUESTION, k, everything)


@pytest.mark.parametrize("allowed", [[4], [42, 3], [3, 15, 16, 23], [], [5, 6], [4, 5, 42, 99]])
def test_search_finds_only_allowed_rows(allowed: list[int]) -> None:
    snapshot = build(ROWS, VECTORS, 5, 1)
    for k in (1, 2, 50):
        found = search(snapshot, QUESTION, k, among(np.array(allowed, np.int64)))
        assert found == brute_force(QUESTION, k, set(allowed))
        left = search(snapshot, QUESTION, k, but(np.array(allowed, np.int64)))
        assert left == brute_force(QUESTION, k, set(ROWS.tolist()) - set(allowed))


@pytest.mark.parametrize("k", [0, -1])
def test_search_for_no_rows_finds_none(k: int) -> None:
    assert search(build(ROWS, VECTORS, 5, 1), QUESTION, k, None) == []


def test_an_empty_snapshot_finds_nothing() -> None:
    empty = build(np.zeros(0, np.int64), np.zeros((0, 5), np.float32), 5, 1)
    assert search(empty, QUESTION, 5, None) == []
    assert search(empty, QUESTION, 5, among(ROWS)) == []
    assert empty.last_row == 0


# ---------------------------------------------------------------- missing or damaged


def test_there_is_no_snapshot_where_there_never_was_one(tmp_path: Path) -> None:
    assert load(tmp_path / "never made", OWNER) is None
    (tmp_path / "empty").mkdir()
    assert load(tmp_path / "empty", OWNER) is None


def test_a_missing_index_is_damage(folder: Path) -> None:
    index_file(folder).unlink()
    with pytest.raises(DamagedSnapshot):
        load(folder, OWNER)


def test_a_missing_manifest_is_damage(folder: Path) -> None:
    (folder / MANIFEST).unlink()
    with pytest.raises(DamagedSnapshot):
        load(folder, OWNER)


def test_a_file_in_place_of_the_folder_is_damage(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.write_text("no folder")
    with pytest.raises(DamagedSnapshot):
        load(folder, OWNER)


def test_the_snapshot_of_another_library_is_not_ours(folder: Path) -> None:
    change_manifest(folder, owner="library two")
    assert load(folder, OWNER) is None


def some_lengths(whole: int) -> list[int]:
    return sorted({0, 1, 2, 10, whole // 4, whole // 2, whole - 17, whole - 4, whole - 1})


def test_an_index_truncated_anywhere_is_damage(folder: Path) -> None:
    file = index_file(folder)
    whole = file.read_bytes()
    for length in some_lengths(len(whole)):
        file.write_bytes(whole[:length])
        with pytest.raises(DamagedSnapshot):
            load(folder, OWNER)


def test_a_manifest_truncated_anywhere_is_damage(folder: Path) -> None:
    whole = (folder / MANIFEST).read_bytes()
    for length in some_lengths(len(whole)):
        (folder / MANIFEST).write_bytes(whole[:length])
        with pytest.raises(DamagedSnapshot):
            load(folder, OWNER)


def flipped(whole: bytes, seed: int) -> list[bytes]:
    """Copies of the bytes with one byte changed, at up to 200 random places."""
    chance = random.Random(seed)
    places = chance.sample(range(len(whole)), min(200, len(whole)))
    return [whole[:n] + bytes([whole[n] ^ chance.randrange(1, 256)]) + whole[n + 1 :] for n in places]


def test_an_index_with_any_byte_changed_is_damage(folder: Path) -> None:
    file = index_file(folder)
    for changed in flipped(file.read_bytes(), seed=1):
        file.write_bytes(changed)
        with pytest.raises(DamagedSnapshot):
            load(folder, OWNER)


def test_a_manifest_with_any_byte_changed_is_damage_or_harmless(folder: Path) -> None:
    for changed in flipped((folder / MANIFEST).read_bytes(), seed=2):
        (folder / MANIFEST).write_bytes(changed)
        try:
            loaded = load(folder, OWNER)
        except DamagedSnapshot:
            continue
        if loaded is not None:  # None: the byte now names another library or format
            assert_holds(loaded, ROWS, VECTORS)


@pytest.mark.parametrize(
    "content",
    [b"", b"null", b"[]", b"[1, 2]", b"{}", b'"text"', b"7", b"\xff\xfe", b'{"format": 1}', b"[" * 5000],
    ids=lambda content: repr(content[:12]),
)
def test_a_manifest_of_another_form_is_damage(folder: Path, content: bytes) -> None:
    (folder / MANIFEST).write_bytes(content)
    with pytest.raises(DamagedSnapshot):
        load(folder, OWNER)


def change_manifest(folder: Path, **changes: Any) -> None:
    content = json.dumps(manifest_of(folder) | changes).encode()
    (folder / MANIFEST).write_bytes(hashlib.sha256(content).hexdigest().encode() + b"\n" + content)


def manifest_of(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / MANIFEST).read_bytes().partition(b"\n")[2])
    return found


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("file", "."),
        ("file", "elsewhere/index.faiss"),
        ("file", "nul\x00"),
        ("file", None),
        ("file", 7),
        ("bytes", 1),
        ("sha256", "0" * 64),
        ("count", 6),
        ("dimension", 6),
        ("extra", 1),
    ],
)
def test_a_manifest_that_says_otherwise_is_damage(folder: Path, name: str, value: object) -> None:
    change_manifest(folder, **{name: value})
    with pytest.raises(DamagedSnapshot):
        load(folder, OWNER)


def no_index() -> bytes:
    return b"these bytes are no index at all"


def nothing() -> bytes:
    return b""


def half_an_index() -> bytes:
    whole: bytes = faiss.serialize_index(build(ROWS, VECTORS, 5, 1).index).tobytes()
    return whole[: len(whole) // 2]


def index_without_rows() -> bytes:
    index = faiss.IndexFlatIP(5)
    index.add(VECTORS)
    data: bytes = faiss.serialize_index(index).tobytes()
    return data


@pytest.mark.parametrize("content", [no_index, nothing, half_an_index, index_without_rows])
def test_bytes_that_are_no_snapshot_are_damage_even_under_a_matching_hash(
    folder: Path, content: Callable[[], bytes]
) -> None:
    data = content()
    index_file(folder).write_bytes(data)
    change_manifest(folder, bytes=len(data), sha256=hashlib.sha256(data).hexdigest())
    with pytest.raises(DamagedSnapshot):
        load(folder, OWNER)
