"""Every error is one sentence: JSON for programs, a page for people. None is a server error."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from qa.faces.web.application import plain_application
from qa.library import Library
from qa.stores.conversations.store import FILE, Conversations
from tests.support.models import WordEncoder, WordReader
from tests.support.places import CORPUS
from tests.support.running import running

HTML = {"accept": "text/html,*/*"}
ASKED = {"question": "What limits the use of high-dose IL-2?"}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with Library(tmp_path_factory.mktemp("told") / "library", encoder=WordEncoder(), reader=WordReader()) as library:
        library.add([CORPUS])
        with running(library) as address:
            yield address


@pytest.mark.parametrize(
    ("method", "path", "status", "told"),
    [
        ("GET", "api/ask", 405, "/api/ask takes POST; /api/ says what to send."),
        ("DELETE", "api/ask", 405, "/api/ask takes POST"),
        ("POST", "api/documents", 405, "/api/documents takes GET"),
        ("GET", "api/nowhere", 404, "the API has no such address"),
        ("GET", "nowhere", 404, "the page has no use for this"),
        ("GET", "gradio_api/nowhere", 404, "the page has no use for this"),
        ("POST", "document/x", 404, "the page has no use for this"),
        ("GET", "page/nowhere.css", 404, "there is nothing at this address"),
        ("POST", "page/page.css", 405, "this address does not take POST"),
        ("GET", "document/nowhere", 404, "nowhere"),
        ("GET", "document/x?start=y", 422, "'start': "),
        ("GET", "answers/nowhere/1", 404, "not kept here"),
        ("GET", "compare", 422, "'question' is missing."),
        ("GET", "conversations/nowhere/as/ris", 404, "not kept here"),
    ],
)
def test_every_path_says_what_is_wrong_in_one_form(
    address: str, method: str, path: str, status: int, told: str
) -> None:
    reply = httpx.request(method, f"{address}{path}")
    assert (reply.status_code, reply.headers["content-type"]) == (status, "application/json")
    assert set(reply.json()) - {"detail"} == {"error"}  # Gradio's own page reads the detail
    assert told in reply.json()["error"]
    assert reply.json()["error"].endswith(".")
    page = httpx.request(method, f"{address}{path}", headers=HTML)
    assert (page.status_code, page.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert "This cannot be shown" in page.text


@pytest.mark.parametrize(
    ("path", "body", "told"),
    [
        ("ask", {**ASKED, "document": "x"}, "there is no field 'document'; it is 'documents'."),
        ("ask", {**ASKED, "colour": 1}, "there is no field 'colour'; there are 'question', 'documents'"),
        ("ask", {**ASKED, "k": 3}, "there is no field 'k'"),
        ("search", {**ASKED, "after": []}, "there is no field 'after'"),
        ("ask", {"q": "What?"}, "'question' is missing"),
        ("ask", "{", "the body is not JSON"),
        ("ask", None, "there is no body"),
        ("ask", '{"question": "x", "since": 1e400}', "'since': "),
        ("ask", '{"question": "x", "since": NaN}', "'since': "),
        ("ask", '{"question": "\\ud800"}', "'question': "),
        ("search", '{"question": "x", "sections": ["\\udfff"]}', "'sections.0': "),
        ("verify", "[]", "there is no answer to verify"),
        ("verify", '[{"question": "\\ud800"}]', "whole characters"),
        ("verify", '{"question": {"deep": ["\\ud800"]}}', "whole characters"),
        ("verify", "7", ": "),
    ],
)
def test_what_has_not_the_form_is_refused_by_name(address: str, path: str, body: Any, told: str) -> None:
    content = body if isinstance(body, str) or body is None else json.dumps(body)
    reply = httpx.post(f"{address}api/{path}", content=content, headers={"content-type": "application/json"})
    assert (reply.status_code, set(reply.json())) == (422, {"error"})
    assert told in reply.json()["error"]


def test_what_nobody_foresaw_is_a_sentence_without_a_trace(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError(f"in {library.path}")

    monkeypatch.setattr(Library, "ask", broken)
    app = plain_application(library, Conversations(library.path / FILE))
    with TestClient(app, raise_server_exceptions=False) as client:
        reply = client.post("/api/ask", json=ASKED)
    assert (reply.status_code, set(reply.json())) == (500, {"error"})
    assert "went wrong" in reply.json()["error"]
    assert str(library.path) not in reply.text
