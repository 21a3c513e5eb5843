"""The register of documents: two copies, every line is checked, and no line of a damaged file is trusted."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import NewerFormatError
from qa.records import DocId
from qa.stores.local import register
from qa.stores.local.register import FORMAT, REGISTER, Registered

A, B = (Registered(DocId(name), f"{name}.txt", name * 64, None) for name in "ab")


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    files = (tmp_path / REGISTER, tmp_path / "documents" / REGISTER)
    register.append(files, 1, {A.doc_id: A})
    register.append(files, 2, {B.doc_id: B})
    return files


def test_what_was_noted_last_of_a_document_counts(files: tuple[Path, Path]) -> None:
    assert register.read(files).documents == {A.doc_id: A, B.doc_id: B}
    renamed = Registered(A.doc_id, "other.pdf", A.digest, "c" * 64)
    register.append(files, 3, {A.doc_id: renamed, B.doc_id: None})
    found = register.read(files)
    assert (found.documents, found.generation, found.damaged) == ({A.doc_id: renamed}, 3, 0)
    assert (found.named(A.doc_id), found.named(B.doc_id)) == ("other.pdf (a)", "b")


def test_what_is_written_anew_says_the_same(files: tuple[Path, Path]) -> None:
    before = register.read(files)
    register.write(files, before.generation, before.documents.values())
    assert register.read(files) == before
    assert not register.is_long(files, 2)
    for number in range(80):
        register.append(files, 3 + number, {A.doc_id: A})
    assert register.is_long(files, 2)


@pytest.mark.parametrize("lost", [0, 1])
def test_one_file_is_enough(files: tuple[Path, Path], lost: int) -> None:
    before = register.read(files)
    files[lost].unlink()
    assert register.read(files) == before
    assert register.is_long(files, 2)


@given(place=st.integers(0, 10_000), bit=st.integers(0, 7), cut=st.booleans(), which=st.integers(0, 1))
def test_a_damaged_file_takes_nothing_away(
    tmp_path_factory: pytest.TempPathFactory, place: int, bit: int, cut: bool, which: int
) -> None:
    folder = tmp_path_factory.getbasetemp()
    files = (folder / "one", folder / "two")
    register.write(files, 2, [A, B])
    data = bytearray(files[which].read_bytes())
    place %= len(data)
    if cut:
        del data[place:]
    else:
        data[place] ^= 1 << bit
    files[which].write_bytes(data)
    assert register.read(files).documents == {A.doc_id: A, B.doc_id: B}


def test_a_line_after_a_torn_one_is_in_the_other_file(files: tuple[Path, Path]) -> None:
    with files[0].open("ab") as stream:
        stream.write(b'0123456789abcdef [3, "b"')
    renamed = Registered(B.doc_id, "c.txt", B.digest, None)
    register.append(files, 3, {B.doc_id: renamed})
    found = register.read(files)
    assert (found.documents[B.doc_id], found.damaged) == (renamed, 1)


def test_a_newer_register_is_refused_by_name(files: tuple[Path, Path]) -> None:
    files[1].write_bytes(register._line([register._KIND, FORMAT + 1]))
    for read in (register.read, register.check_format):
        with pytest.raises(NewerFormatError, match=r"documents/REGISTER was written by a newer Pincite \(format 2,"):
            read(files)  # type: ignore[operator]
