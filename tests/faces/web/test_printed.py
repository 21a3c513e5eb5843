"""A PDF's pages beside its text: the sentence's page, its neighbours, the file; or one sentence that says why not."""

import re
from base64 import b64decode
from collections.abc import Iterator
from html import unescape
from io import BytesIO
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from PIL import Image

from qa.errors import PageError
from qa.faces.web.application import plain_application
from qa.library import Library
from qa.records import Document
from qa.stores.conversations.store import FILE, Conversations
from qa.stores.local.originals import ORIGINALS
from tests.support.make_pdf import Layout, typeset
from tests.support.models import WordEncoder
from tests.support.places import CORPUS

SENTENCES = [
    "Interleukin-2 is limited by its toxicity in older adults.",
    "Sargramostim restores the marrow of patients after chemotherapy.",
    "Checkpoint inhibitors act best on tumours with many mutations.",
]
PDF = typeset([("paragraph", sentence) for sentence in SENTENCES], Layout(depth=14.0))
NAME = "a „trial“ & more.pdf"


@pytest.fixture
def pdf_library(tmp_path: Path, words: WordEncoder) -> Iterator[Library]:
    (tmp_path / NAME).write_bytes(PDF)
    with Library(tmp_path / "library", encoder=words) as made:
        made.add([tmp_path / NAME])
        yield made


@pytest.fixture
def document(pdf_library: Library) -> Document:
    return pdf_library.document(NAME)


@pytest.fixture
def client(pdf_library: Library) -> Iterator[TestClient]:
    with TestClient(plain_application(pdf_library, Conversations(pdf_library.path / FILE))) as client:
        yield client


def address_of(document: Document, sentence: str) -> str:
    start = document.text.index(sentence)
    return f"/document/{document.doc_id}?start={start}&end={start + len(sentence)}"


def pictures(html: str) -> list[str]:
    """The alternative texts of the pictures in the HTML; each picture must be valid."""
    for data in re.findall(r'src="data:image/webp;base64,([^"]*)"', html):
        Image.open(BytesIO(b64decode(unescape(data)))).verify()
    return [unescape(words) for words in re.findall(r'<img [^>]*alt="([^"]*)"', html)]


def links(html: str) -> dict[str, str]:
    return {words: unescape(address) for address, words in re.findall(r'<a href="([^"]*)"[^>]*>([^<]*)</a>', html)}


def test_a_sentence_is_shown_on_its_page_with_the_way_to_others(client: TestClient, document: Document) -> None:
    html = client.get(address_of(document, SENTENCES[1])).text
    assert pictures(html) == [f"Page 2 of {NAME} as it is printed, with the words of the sentence highlighted"]
    found = links(html)
    file = f"../document/{document.doc_id}/original.pdf"
    assert found["Open the PDF at page 2"] == f"{file}#page=2"
    for words, number in (("← Page 1", 1), ("Page 3 →", 3)):
        turned = client.get(f"/document/{document.doc_id}{found[words]}").text
        assert pictures(turned) == [f"Page {number} of {NAME} as it is printed"]
        assert SENTENCES[1] in re.sub("<[^>]*>", "", turned)
    assert "← Page 1" not in links(client.get(address_of(document, SENTENCES[0])).text)
    assert "Page 4 →" not in links(client.get(address_of(document, SENTENCES[2])).text)


def test_a_span_over_a_page_break_is_shown_on_both_pages(client: TestClient, document: Document) -> None:
    html = client.get(address_of(document, document.text[: len(SENTENCES[0]) + 40])).text
    assert [words.split(" of ")[0] for words in pictures(html)] == ["Page 1", "Page 2"]
    assert {"Open the PDF at page 1", "Open the PDF at page 2", "Page 3 →"} <= links(html).keys()


def test_a_mark_of_an_answer_is_shown_on_its_page(client: TestClient, pdf_library: Library) -> None:
    answer = pdf_library.ask("What does sargramostim restore in patients after chemotherapy?", threshold=0.0)
    turn = Conversations(pdf_library.path / FILE).keep(answer.to_dict())
    html = client.get(f"/answers/{turn.id}/1").text
    (shown,) = pictures(html)
    assert shown.startswith(f"Page {answer.citations[0].page} of ")
    address = next(address for words, address in links(html).items() if "Page " in words)
    assert len(pictures(client.get(f"/answers/{turn.id}/1{address}").text)) == 1


def test_without_a_sentence_the_first_page_is_shown(client: TestClient, document: Document) -> None:
    assert pictures(client.get(f"/document/{document.doc_id}").text) == [f"Page 1 of {NAME} as it is printed"]


def test_words_that_cannot_be_found_are_not_highlighted_and_it_says_so(client: TestClient, document: Document) -> None:
    html = client.get(f"/document/{document.doc_id}?start=11&end=12").text
    assert pictures(html) == [f"Page 1 of {NAME} as it is printed"]
    assert "Page 1 of 3. The sentence could not be found on this picture" in html


def test_the_file_is_served_as_it_was_added_and_may_do_nothing(client: TestClient, document: Document) -> None:
    reply = client.get(f"/document/{document.doc_id}/original.pdf")
    assert (reply.status_code, reply.content) == (200, PDF)
    assert reply.headers["Content-Type"] == "application/pdf"
    assert reply.headers["Content-Disposition"] == (
        "inline; filename*=UTF-8''a%20%E2%80%9Etrial%E2%80%9C%20%26%20more.pdf"
    )
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'self'; sandbox"


def test_a_page_with_a_picture_still_runs_nothing(client: TestClient, document: Document) -> None:
    reply = client.get(f"/document/{document.doc_id}")
    assert "img-src data:" in reply.headers["Content-Security-Policy"]
    assert "script" not in reply.headers["Content-Security-Policy"]
    assert "<script" not in reply.text


def test_a_pdf_whose_file_is_not_kept_says_so_once(
    client: TestClient, document: Document, pdf_library: Library
) -> None:
    for path in (pdf_library.path / ORIGINALS).iterdir():
        path.unlink()
    html = unescape(client.get(address_of(document, SENTENCES[1])).text)
    assert html.count("Its pages cannot be shown as they are printed: the library has not kept the file") == 1
    assert (pictures(html), "original.pdf" in html, SENTENCES[1] in html) == ([], False, True)
    assert client.get(f"/document/{document.doc_id}/original.pdf").status_code == 404


def test_a_file_that_was_altered_is_neither_drawn_nor_served(
    client: TestClient, document: Document, pdf_library: Library
) -> None:
    (path,) = (pdf_library.path / ORIGINALS).iterdir()
    path.write_bytes(PDF + b"\n%altered")
    html = client.get(address_of(document, SENTENCES[1])).text
    assert pictures(html) == []
    assert "no longer the file that was added" in html
    reply = client.get(f"/document/{document.doc_id}/original.pdf", headers={"accept": "text/html"})
    assert (reply.status_code, reply.headers["Content-Type"]) == (404, "text/html; charset=utf-8")


def test_a_page_that_cannot_be_drawn_is_a_sentence_beside_the_text(
    client: TestClient, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_: object) -> None:
        raise PageError("The page takes too long.")

    monkeypatch.setattr("qa.faces.web.documents.printed.pages_of", refuses)
    html = client.get(address_of(document, SENTENCES[1])).text
    assert pictures(html) == []
    assert "The page takes too long." in html
    assert links(html)["Open the PDF"] == f"../document/{document.doc_id}/original.pdf"


def test_a_page_that_the_file_does_not_have_is_a_sentence(client: TestClient, document: Document) -> None:
    html = client.get(f"/document/{document.doc_id}?page=99").text
    assert "The PDF has no such page." in html
    assert client.get(f"/document/{document.doc_id}?page=0").status_code == 422


def test_a_text_has_no_pages_and_no_word_about_them(tmp_path: Path, words: WordEncoder) -> None:
    with Library(tmp_path / "library", encoder=words) as library:
        library.add([CORPUS])
        with TestClient(plain_application(library, Conversations(library.path / FILE))) as client:
            document = library.documents()[0]
            html = client.get(f"/document/{document.doc_id}").text
            assert (pictures(html), "printed" in html) == ([], False)
            assert client.get(f"/document/{document.doc_id}/original.pdf").status_code == 404
