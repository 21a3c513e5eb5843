"""A document as rows: what is stored beside its text, and that all of it is read back."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from qa.errors import UnknownDocumentError
from qa.records import DocId, Document
from qa.stores.base import Entry
from qa.stores.local.database import Database
from qa.stores.local.rows import describe, insert, kept, restore, vectors
from qa.stores.local.schema import create_database
from tests.support.entries import DIMENSION, documents, entry_of, make_document, unit_vectors


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    create_database(tmp_path / "library.sqlite", {"model": {"name": "words", "sha256": "0", "dimension": DIMENSION}})
    with closing(Database(tmp_path / "library.sqlite")) as opened:
        yield opened


def assert_same_entry(found: Entry, expected: Entry) -> None:
    assert found.document == expected.document
    assert list(found.passages) == list(expected.passages)
    assert list(found.sentences) == list(expected.sentences)
    assert list(found.passage_keys) == list(expected.passage_keys)
    assert list(found.sentence_keys) == list(expected.sentence_keys)
    assert np.array_equal(found.passage_vectors, expected.passage_vectors)
    assert np.array_equal(found.sentence_vectors, expected.sentence_vectors)


@settings(deadline=None)
@given(document=documents())
def test_any_document_is_restored_equal_from_its_description(document: Document) -> None:
    row = (document.doc_id, document.source, document.text, document.sha256, document.source_sha256)
    assert restore((*row, describe(document))) == document


def test_what_was_kept_before_there_were_doubts_is_restored_and_described_as_it_was() -> None:
    document = make_document("il2 rna")
    description = describe(document)
    assert not {"doubts", "unread_pages"} & json.loads(description).keys()
    row = (document.doc_id, document.source, document.text, document.sha256, document.source_sha256, description)
    assert describe(restore(row)) == description


def test_the_description_does_not_repeat_the_text() -> None:
    assert "unmistakable" not in describe(make_document("unmistakable"))


def test_an_entry_is_read_back_as_it_was_inserted(database: Database) -> None:
    entry, files = entry_of("il2 rna\ntnf\np53"), [("/a.txt", "f"), ("/b.txt", "g")]
    with database.writing():
        insert(database, entry, files, [7, 9, 12])
    found = kept(database, entry.document.doc_id)
    assert_same_entry(found.entry, entry)
    assert (list(found.rows), list(found.files)) == ([7, 9, 12], files)


def test_a_document_that_is_not_there_is_unknown(database: Database) -> None:
    with pytest.raises(UnknownDocumentError):
        kept(database, DocId("none"))


def test_vectors_are_found_by_their_keys_and_only_by_those(database: Database) -> None:
    entry = entry_of("il2 rna\ntnf")
    with database.writing():
        insert(database, entry, [("/a.txt", "f")])
    first, second = entry.passage_keys[0], entry.sentence_keys[1]
    found = vectors(database, [first, second, b"unknown"])
    assert found.keys() == {first, second}
    assert np.array_equal(found[first], entry.passage_vectors[0])
    assert np.array_equal(found[second], entry.sentence_vectors[1])


def test_vectors_without_a_key_are_never_found(database: Database) -> None:
    document = make_document("il2")
    entry = Entry(document, [], unit_vectors(0, 1), [(0, 3)], unit_vectors(1, 1))
    with database.writing():
        insert(database, entry, [("/a.txt", "f")])
    assert vectors(database, [b""]) == {}
