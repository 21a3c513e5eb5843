"""The seal fits only the file that was sealed."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.stores.files import HeldFile
from qa.stores.local import seal

FACTS = {"generation": 7, "model": {"name": "words"}}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "library.sqlite"
    path.write_bytes(b"whatever the database holds")
    file = HeldFile(path)
    seal.write(tmp_path, file, FACTS)
    file.release()
    return path


def fits(sealed: seal.Seal | None, path: Path) -> bool:
    assert sealed is not None
    file = HeldFile(path)
    try:
        return sealed.fits(file)
    finally:
        file.release()


def test_a_seal_fits_what_was_sealed_and_knows_its_facts(path: Path) -> None:
    sealed = seal.read(path.parent)
    assert sealed is not None
    assert sealed.facts == FACTS
    assert fits(sealed, path)


def test_a_seal_fits_nothing_else(path: Path) -> None:
    sealed, content = seal.read(path.parent), path.read_bytes()
    for position in range(len(content)):
        path.write_bytes(content[:position] + bytes([content[position] ^ 1]) + content[position + 1 :])
        assert not fits(sealed, path)
        path.write_bytes(content[:position])
        assert not fits(sealed, path)


def test_a_seal_with_any_bit_flipped_or_cut_anywhere_is_none(path: Path) -> None:
    file = path.parent / seal.SEAL
    content = file.read_bytes()
    for position in range(len(content)):
        file.write_bytes(content[:position] + bytes([content[position] ^ 1]) + content[position + 1 :])
        assert seal.read(path.parent) is None
        file.write_bytes(content[:position])
        assert seal.read(path.parent) is None


def test_a_broken_seal_is_none_and_may_be_broken_again(path: Path) -> None:
    seal.remove(path.parent)
    seal.remove(path.parent)
    assert seal.read(path.parent) is None
    assert list(path.parent.iterdir()) == [path]


REGIONS = 5


def resealed(folder: Path, content: bytes, broken: seal.Seal | None, written: set[int]) -> seal.Seal:
    """The new seal after the file is rewritten; the writer knows the places in ``written``."""
    path = folder / "library.sqlite"
    path.write_bytes(content)
    file = HeldFile(path)
    try:
        seal.write(folder, file, FACTS, broken, written)
    finally:
        file.release()
    made = seal.read(folder)
    assert made is not None
    return made


@given(
    size=st.integers(0, REGIONS * seal.REGION),
    grown=st.integers(0, 2 * seal.REGION),
    places=st.sets(st.integers(0, REGIONS * seal.REGION), max_size=4),
)
def test_a_seal_renewed_where_the_file_was_written_is_that_of_the_whole_file(
    size: int, grown: int, places: set[int]
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        content = bytearray(size)
        broken = resealed(folder, bytes(content), None, set())
        content += bytes(grown)
        written = {place for place in places if place < len(content)}
        for place in written:
            content[place] ^= 255
        renewed = resealed(folder, bytes(content), broken, written)
        assert renewed == resealed(folder, bytes(content), None, set())


def test_a_renewed_seal_does_not_fit_a_change_that_no_writer_made(tmp_path: Path) -> None:
    content = bytearray(3 * seal.REGION)
    broken = resealed(tmp_path, bytes(content), None, set())
    content[seal.REGION + 7] = 1  # a change that nobody reports
    content[2 * seal.REGION] = 1
    renewed = resealed(tmp_path, bytes(content), broken, {2 * seal.REGION})
    assert not fits(renewed, tmp_path / "library.sqlite")
    content[seal.REGION + 7] = 0
    (tmp_path / "library.sqlite").write_bytes(content)
    assert fits(renewed, tmp_path / "library.sqlite")
