"""Comparing documents: each is quoted in its own words, and documents without an answer are named."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from qa.answering.comparison import SENTENCES
from qa.errors import QuestionError, UnknownDocumentError
from qa.library import Library
from qa.records import Scope
from tests.support.models import WordEncoder

TEXTS = {
    "a.txt": "IL-2 causes fever. IL-2 causes fever often. IL-2 causes fever and chills. Mice are small.",
    "b.txt": "IL-2 causes fever rarely. The weather was fine.",
    "c.txt": "The heart pumps blood through the body.",
}


@pytest.fixture
def texts(tmp_path: Path) -> Iterator[Library]:
    for name, text in TEXTS.items():
        (tmp_path / name).write_text(text)
    with Library(tmp_path / "library", encoder=WordEncoder()) as library:
        library.add([tmp_path / name for name in TEXTS])
        yield library


def test_each_document_speaks_in_its_own_words_and_the_silent_are_named(texts: Library) -> None:
    compared = texts.compare("Does IL-2 cause fever?")
    said = {document.source: [citation.quote for citation in citations] for document, citations in compared.speaking}
    assert set(said) == {"a.txt", "b.txt"}
    assert said["b.txt"] == ["IL-2 causes fever rarely."]
    assert len(said["a.txt"]) == SENTENCES
    assert [document.source for document in compared.silent] == ["c.txt"]


def test_what_is_said_stands_in_the_document(texts: Library) -> None:
    for document, citations in texts.compare("Does IL-2 cause fever?").speaking:
        for citation in citations:
            assert citation.quote == document.text[citation.start : citation.end]
            assert (citation.doc_id, citation.sha256) == (document.doc_id, document.sha256)


def test_where_nothing_is_answered_all_are_silent(texts: Library) -> None:
    compared = texts.compare("Who painted the Mona Lisa?")
    assert (compared.speaking, [document.source for document in compared.silent]) == ((), list(TEXTS))


def test_some_documents_alone_can_be_compared(texts: Library) -> None:
    compared = texts.compare("Does IL-2 cause fever?", scope=Scope(["b.txt", "c.txt"]))
    assert [document.source for document, _ in compared.speaking] == ["b.txt"]
    assert [document.source for document in compared.silent] == ["c.txt"]


def test_what_cannot_be_asked_is_an_error(texts: Library) -> None:
    with pytest.raises(QuestionError):
        texts.compare(" ")
    with pytest.raises(UnknownDocumentError):
        texts.compare("What?", scope=Scope(["nowhere.txt"]))
