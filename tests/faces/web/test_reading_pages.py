"""The page that shows how a document was read: its picture with boxes, its blocks, and links between parts."""

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
from qa.faces.web.documents import readings
from qa.faces.web.documents.readings import LONGEST, PART, View, view
from qa.library import Library
from qa.stores.conversations.store import FILE, Conversations
from qa.stores.local.originals import ORIGINALS
from tests.readers.pdf.test_pdf_doubts import pdf as pdf_with_sign
from tests.support.make_pdf import Layout, typeset
from tests.support.models import WordEncoder
from tests.support.places import CORPUS

SENTENCES = ["Interleukin-2 is limited by <b>toxicity</b> & age.", "Hearts pump blood.", "Lungs take in the air."]
PDF = typeset([("paragraph", sentence) for sentence in SENTENCES], Layout(depth=14.0))


@pytest.fixture
def shelved(tmp_path: Path, words: WordEncoder) -> Iterator[Library]:
    (tmp_path / "a.pdf").write_bytes(PDF)
    (tmp_path / "long.md").write_text("# One\n\n" + "\n\n".join(f"Paragraph {n} has words. " * 40 for n in range(60)))
    (tmp_path / "block.txt").write_text("word " * 2_000)
    with Library(tmp_path / "library", encoder=words) as made:
        made.add([tmp_path / "a.pdf", tmp_path / "long.md", tmp_path / "block.txt", CORPUS])
        yield made


@pytest.fixture
def client(shelved: Library) -> Iterator[TestClient]:
    with TestClient(plain_application(shelved, Conversations(shelved.path / FILE))) as client:
        yield client


def test_a_page_of_a_pdf_is_a_picture_with_a_box_for_each_block(client: TestClient) -> None:
    reply = client.get("/document/a.pdf/reading?page=1")
    (picture,) = re.findall(r'<image href="data:image/webp;base64,([^"]*)"', reply.text)
    Image.open(BytesIO(b64decode(unescape(picture)))).verify()
    boxes = re.findall(r'<a id="box-(\d+)" class="body" href="#block-\1" aria-label="([^"]*)">', reply.text)
    assert [(number, unescape(said)) for number, said in boxes] == [("1", f"1, text, may be quoted: {SENTENCES[0]}")]
    assert not re.search(r'<a id="box[^>]*>(?:(?!</a>).)*<text', reply.text, re.DOTALL)  # else it is read out twice
    assert "3 sentences may be quoted" in reply.text
    assert "Page 1 of a.pdf as it is printed" in reply.text
    assert "&lt;b&gt;toxicity&lt;/b&gt; &amp; age." in reply.text
    assert "script" not in reply.headers["Content-Security-Policy"]
    assert "style=" not in reply.text


def test_words_that_may_not_be_what_was_printed_say_why(client: TestClient, shelved: Library) -> None:
    path = shelved.path.parent / "doubted.pdf"
    path.write_bytes(pdf_with_sign("/CharSet (/prime/minus)"))
    shelved.add([path])
    page = unescape(client.get("/document/doubted.pdf/reading").text)
    assert 'may not be what was printed are on page <a href="?page=1">1</a>.' in page
    assert "<bdi>Compare with the printed page: another way to read the file has another sign for “0”.</bdi>" in page
    assert "printed page" not in client.get("/document/a.pdf/reading").text


def test_only_the_page_that_is_asked_for_is_drawn(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[int]] = []
    pages_of = readings.pages_of
    monkeypatch.setattr(
        readings,
        "pages_of",
        lambda data, wanted: (asked.append([one.number for one in wanted]), pages_of(data, wanted))[1],
    )
    html = client.get("/document/a.pdf/reading?page=2").text
    assert asked == [[2]]
    assert SENTENCES[1] in html
    assert SENTENCES[2] not in html
    assert re.findall(r'<a href="\?page=(\d)"', html) == ["1", "2", "3"] * 2


def test_a_page_that_is_not_there_is_a_sentence(client: TestClient) -> None:
    assert "The document has no such page." in client.get("/document/a.pdf/reading?page=4").text
    assert "The document has no such page." in client.get("/document/long.md/reading?page=99").text
    assert client.get("/document/a.pdf/reading?page=0").status_code == 422
    assert client.get("/document/nowhere/reading").status_code == 404
    assert client.get("/document/..%2F..%2Fetc%2Fpasswd/reading").status_code == 404


def test_where_there_is_no_picture_the_blocks_are_there_and_it_says_why(
    client: TestClient, shelved: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_: object) -> None:
        raise PageError("The page is not shown as it is printed.")

    with monkeypatch.context() as patched:
        patched.setattr(readings, "pages_of", refuses)
        html = client.get("/document/a.pdf/reading").text
        assert ("The page is not shown as it is printed." in html, "<image" in html) == (True, False)
    for original in (shelved.path / ORIGINALS).iterdir():
        original.unlink()
    html = unescape(client.get("/document/a.pdf/reading").text)
    assert "the library has not kept the file a.pdf; add it again." in html
    assert (SENTENCES[0] in html, "<image" in html, "on the page" in html) == (True, False, False)


def test_a_long_text_is_shown_in_parts_that_are_all_of_it(shelved: Library) -> None:
    document = shelved.document("long.md")
    views = [view(shelved, document, number) for number in range(1, view(shelved, document, 1).count + 1)]
    shown = [one for part in views for one in part.shown]
    assert "\n\n".join(one.text for one in shown) == document.text
    assert [len(views) > 2, max(sum(len(one.text) for one in part.shown) for part in views) <= PART + LONGEST] == [
        True
    ] * 2


def test_a_long_block_is_cut_and_leads_to_the_rest(client: TestClient, shelved: Library) -> None:
    text = shelved.document("block.txt").text
    html = client.get("/document/block.txt/reading").text
    assert f"{len(text) - LONGEST} characters more</a>" in html
    assert len(html) < 2 * LONGEST + 5_000


@pytest.mark.parametrize(
    ("number", "count", "links"),
    [(1, 1, [1]), (1, 300, [1, 2, 3, None, 300]), (150, 300, [1, None, 148, 149, 150, 151, 152, None, 300])],
)
def test_of_many_pages_a_few_have_links(number: int, count: int, links: list[int | None]) -> None:
    assert View(number, count, "page", [], None, None).links == links


def test_each_document_leads_to_how_it_was_read(client: TestClient, shelved: Library) -> None:
    assert '/reading">How it was read</a>' in client.get("/document/a.pdf").text
    start = (document := shelved.document("a.pdf")).text.index(SENTENCES[1])
    html = client.get(f"/document/{document.doc_id}?start={start}&end={start + 9}").text
    assert '/reading?page=2">How it was read</a>' in html
