"""The second copy of a document: it reads back equal, or its damage is detected."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from qa.records import DocId, Document
from qa.stores.base import Entry
from qa.stores.local.recovery.copies import Copies, DamagedCopy, pack, unpack
from qa.stores.local.rows import Kept
from tests.support.entries import DIMENSION, documents, entry_of, make_entry, unit_vectors

MODEL = {"name": "words", "sha256": "0" * 64, "dimension": DIMENSION}
A = DocId("a" * 16)


@pytest.fixture
def copies(tmp_path: Path) -> Copies:
    return Copies(tmp_path / "documents")


def kept_of(entry: Entry) -> Kept:
    return Kept(entry, range(5, 5 + len(entry.passages)), [("/ä.txt", "f"), ("/b\n.txt", "g")])


@settings(deadline=None)
@given(document=documents())
def test_any_document_is_unpacked_as_it_was_packed(document: Document) -> None:
    entry = make_entry(document)
    found, model = unpack(pack(kept_of(entry), MODEL))
    assert model == MODEL
    assert found.entry.document == document
    assert list(found.entry.passages) == list(entry.passages)
    assert list(found.entry.sentences) == list(entry.sentences)
    assert list(found.entry.passage_keys) == list(entry.passage_keys)
    assert list(found.entry.sentence_keys) == list(entry.sentence_keys)
    assert np.array_equal(found.entry.passage_vectors, entry.passage_vectors)
    assert np.array_equal(found.entry.sentence_vectors, entry.sentence_vectors)
    assert list(found.rows) == list(range(5, 5 + len(entry.passages)))
    assert found.files == [("/ä.txt", "f"), ("/b\n.txt", "g")]


def test_a_document_without_passages_has_a_copy_too() -> None:
    none = unit_vectors(0, 1)
    entry = Entry(entry_of("il2").document, [], none, [], none)
    found, _ = unpack(pack(Kept(entry, [], []), MODEL))
    assert (found.entry.passages, found.entry.sentences, found.files) == ([], [], [])


def test_the_same_document_always_has_the_same_copy() -> None:
    assert pack(kept_of(entry_of("il2 rna")), MODEL) == pack(kept_of(entry_of("il2 rna")), MODEL)
    assert pack(kept_of(entry_of("il2 rna")), MODEL) != pack(kept_of(entry_of("il2 tnf")), MODEL)


def test_copies_are_listed_read_and_removed(copies: Copies) -> None:
    assert copies.ids() == []
    copy = pack(kept_of(entry_of("il2")), MODEL)
    copies.write(A, copy)
    assert (copies.ids(), copies.read(A), copies.digest(A)) == ([A], copy, copy[:64].decode())
    copies.remove(A)
    copies.remove(A)
    assert (copies.ids(), copies.digest(A), list(copies.folder.iterdir())) == ([], None, [])


def test_what_a_killed_writer_left_is_swept_and_no_copy(copies: Copies) -> None:
    copies.write(A, pack(kept_of(entry_of("il2")), MODEL))
    (copies.folder / f"{A}.copy.77.tmp").write_bytes(b"half")
    assert copies.ids() == [A]
    copies.sweep()
    assert [path.name for path in copies.folder.iterdir()] == [f"{A}.copy"]


def test_a_missing_copy_is_damage(copies: Copies) -> None:
    with pytest.raises(DamagedCopy):
        copies.read(A)


def test_a_copy_with_any_bit_flipped_or_cut_anywhere_is_damage(copies: Copies) -> None:
    whole = pack(kept_of(entry_of("il2")), MODEL)
    copies.write(A, whole)
    (path,) = copies.folder.iterdir()
    for position in range(len(whole)):
        if position == 64:  # the line break after the digest carries no data
            continue
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 4]) + whole[position + 1 :])
        with pytest.raises(DamagedCopy):
            copies.read(A)
        path.write_bytes(whole[:position])
        with pytest.raises(DamagedCopy):
            copies.read(A)


@pytest.mark.parametrize("content", [b"x\n{}\n", b"x\n[1]\n", b"x\n", b"", b"x\n{\n"])
def test_a_copy_of_another_form_is_damage(content: bytes) -> None:
    with pytest.raises(DamagedCopy):
        unpack(content)
