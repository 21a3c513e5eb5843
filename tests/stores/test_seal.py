"""The seal: it fits the file that was sealed, and no other."""

from pathlib import Path

import pytest

from qa.stores import seal
from qa.stores.files import HeldFile

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
