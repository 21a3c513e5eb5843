"""Targets of marks: the right document, the quoted words, a link to the next mark. Document text stays text."""

from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from qa.faces.web.application import plain_application
from qa.faces.web.chat.messages import answer_html
from qa.library import Library
from qa.proof.exports import FORMATS
from qa.proof.unproved import UNPROVED
from qa.stores.conversations.store import FILE, Conversations, Turn
from tests.support.models import WordEncoder

ANSWERED = "What limits the use of high-dose IL-2?"
HOSTILE = (
    "Interleukin <script>alert(1)</script> ${x} **bold** {{ 7*7 }} <img src=x onerror=alert(2)> limits & kills IL-2."
)


class Page(HTMLParser):
    """What a browser would see: the tags, the links, and the text of each mark."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: dict[str, str] = {}
        self.marked: list[str] = []
        self._within = False
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = dict(attributes)
        self.tags.add(tag)
        if "rel" in found:
            self.links[str(found["rel"])] = str(found["href"])
        if tag == "mark" and found.get("id") == "quote":
            self._within = True

    def handle_endtag(self, tag: str) -> None:
        self._within = self._within and tag != "mark"

    def handle_data(self, data: str) -> None:
        if self._within:
            self.marked.append(data)


@pytest.fixture
def client(library: Library) -> Iterator[TestClient]:
    with TestClient(plain_application(library, Conversations(library.path / FILE))) as client:
        yield client


@pytest.fixture
def turn(library: Library) -> Turn:
    return Conversations(library.path / FILE).keep(library.ask(ANSWERED, threshold=0.0).to_dict())


def test_every_mark_opens_its_quote_and_leads_to_its_neighbours(client: TestClient, turn: Turn) -> None:
    numbers = [citation["number"] for citation in turn.answer["citations"]]
    assert len(numbers) == 4  # three sentences, and the context of one
    for number, citation in zip(numbers, turn.answer["citations"], strict=True):
        reply = client.get(f"/answers/{turn.id}/{number}")
        page = Page(reply.text)
        assert (reply.status_code, page.marked) == (200, [citation["quote"]])
        assert page.links.get("prev") == (f"{number - 1}#quote" if number > 1 else None)
        assert page.links.get("next") == (f"{number + 1}#quote" if number < 4 else None)


def test_a_link_opens_the_document_at_the_words(client: TestClient, library: Library) -> None:
    for document in library.documents():
        start = document.sections[-1].start
        words = document.text[start:].split("\n")[0]
        reply = client.get(f"/document/{document.doc_id}?start={start}&end={start + len(words)}")
        assert "".join(Page(reply.text).marked) == words
        assert document.label in unescape(reply.text)


@pytest.mark.parametrize("place", ["", "?start=5", "?start=5&end=5", "?start=5&end=99999999", "?at=99999999"])
def test_a_link_to_no_place_opens_the_document(client: TestClient, library: Library, place: str) -> None:
    document = library.documents()[0]
    reply = client.get(f"/document/{document.doc_id}{place}")
    assert (reply.status_code, Page(reply.text).marked) == (200, [])


@pytest.mark.parametrize("path", ["/document/nothing", "/answers/nothing/1", "/answers/{turn}/9"])
def test_what_is_not_there_is_said_in_a_sentence(client: TestClient, turn: Turn, path: str) -> None:
    reply = client.get(path.format(turn=turn.id), headers={"accept": "text/html"})
    assert reply.status_code == 404
    assert "This cannot be shown" in reply.text


def test_a_mark_of_a_removed_document_still_shows_its_quote(client: TestClient, library: Library, turn: Turn) -> None:
    citation = turn.answer["citations"][0]
    library.remove(citation["doc_id"])
    page = client.get(f"/answers/{turn.id}/{citation['number']}").text
    assert Page(page).marked == [citation["quote"]]
    assert "no longer in the library" in page
    assert UNPROVED in page


def test_a_mark_whose_words_do_not_stand_there_shows_them_as_not_proved(
    client: TestClient, library: Library, turn: Turn
) -> None:
    first, *others = turn.answer["citations"]
    moved = {**turn.answer, "citations": [first | {"start": first["start"] + 3}, *others]}
    kept = Conversations(library.path / FILE).keep(moved)
    page = client.get(f"/answers/{kept.id}/1").text
    assert Page(page).marked == [first["quote"]]
    assert UNPROVED in page


LISTED = 3


def test_all_conversations_are_listed_a_page_at_a_time(
    client: TestClient, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Conversations(library.path / FILE)
    monkeypatch.setattr("qa.faces.web.documents.sources.LISTED", LISTED)
    for number in range(LISTED + 1):
        kept.keep({"question": f"<b>Number {number}?"})
    first = client.get("/conversations").text
    assert (first.count("<li>"), Page(first).links) == (LISTED, {**Page(first).links, "next": "conversations?page=2"})
    assert f"&lt;b&gt;Number {LISTED}?" in first
    second = client.get("/conversations?page=2").text
    assert (second.count("<li>"), Page(second).links["prev"]) == (1, "conversations?page=1")
    assert "&lt;b&gt;Number 0?" in second
    assert client.get("/conversations?page=9").text.count("<li>") == 0
    assert client.get("/conversations?page=0").status_code == 422


def test_documents_stand_side_by_side_and_the_silent_are_named(client: TestClient, library: Library) -> None:
    compared = library.compare(ANSWERED)
    page = unescape(client.get("/compare", params={"question": ANSWERED}).text)
    assert compared.speaking
    for document, citations in compared.speaking:
        for citation in citations:
            assert citation.quote in page
            assert f"document/{document.doc_id}?start={citation.start}&end={citation.end}#quote" in page
    assert ("Silent on this" in page) == bool(compared.silent)
    assert all(document.label in page for document in compared.silent)
    some = unescape(client.get("/compare", params={"question": ANSWERED, "since": 2026, "section": "abstract"}).text)
    assert [document.label in some for document in library.documents()] == [True, False, False]
    assert client.get("/compare", params={"question": " "}).status_code == 400
    assert client.get("/compare").status_code == 422


@pytest.mark.parametrize("form", list(FORMATS))
def test_answers_and_conversations_are_given_in_every_form(
    client: TestClient, library: Library, turn: Turn, form: str
) -> None:
    for path in (f"/answers/{turn.id}", f"/conversations/{turn.conversation}"):
        reply = client.get(f"{path}/as/{form}")
        assert reply.text == library.proofs.export([turn.answer], form)
        assert reply.headers["content-disposition"].endswith(f'.{FORMATS[form].suffix}"')
    assert client.get(f"/answers/{turn.id}/as/docx").status_code == 422
    assert client.get(f"/conversations/nowhere/as/{form}").status_code == 404


def test_the_pages_may_run_and_load_nothing_but_their_own_style(client: TestClient, library: Library) -> None:
    headers = client.get(f"/document/{library.documents()[0].doc_id}").headers
    assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'")
    assert headers["x-content-type-options"] == "nosniff"
    assert "unsafe-eval" not in client.get("/anything").headers["content-security-policy"]


def test_hostile_text_stays_text(tmp_path: Path) -> None:
    (tmp_path / "hostile.txt").write_text(HOSTILE)
    (tmp_path / "sources.toml").write_text(f"[[source]]\nfile = 'hostile.txt'\ntitle = '''{HOSTILE}'''")
    with Library(tmp_path / "library", encoder=WordEncoder()) as library:
        library.add([tmp_path / "hostile.txt"])
        (document,) = library.documents()
        with TestClient(plain_application(library, Conversations(library.path / FILE))) as client:
            page = client.get(f"/document/{document.doc_id}?start=0&end={len(HOSTILE)}").text
    assert not Page(page).tags & {"script", "img"}
    assert unescape(page).count(HOSTILE) == 3  # in the head, above the text, in the text
    assert "".join(Page(page).marked) == HOSTILE


def test_what_may_not_be_printed_and_pages_without_text_are_said_beside_the_text(tmp_path: Path) -> None:
    path = tmp_path / "heart.md"
    path.write_text("# On hearts\n\n## Results\n\nThe heart was kept at 4 \ufffdC for a day. It beats.\n", "utf-8")
    with Library(tmp_path / "library", encoder=WordEncoder()) as library:
        library.add([path])
        (document,) = library.documents()
        answer = library.ask("At how many degrees was the heart kept?", threshold=0)
        warning = "Compare with the printed page: the file does not name the sign that stands here as \ufffd."
        start, end = answer.citations[0].start, answer.citations[0].end
        conversations = Conversations(library.path / FILE)
        turn = conversations.keep(answer.to_dict())
        assert warning in unescape(answer_html(turn))
        with TestClient(plain_application(library, conversations)) as client:
            assert warning in unescape(client.get(f"/document/{document.doc_id}?start={start}&end={end}").text)
            assert warning in unescape(client.get(f"/answers/{turn.id}/1").text)
            assert warning not in unescape(client.get(f"/document/{document.doc_id}").text)
