"""The HTTP API gives what the command line prints. It refuses with one sentence what it cannot answer."""

import asyncio
import json
import os
import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import HTTPException
from fastapi.testclient import TestClient

from qa.faces.cli.main import run
from qa.faces.web.api import MAX_BODY_BYTES, Turnstile
from qa.faces.web.application import plain_application
from qa.library import Library
from qa.stores.conversations.store import FILE, Conversations
from tests.support.models import WordEncoder
from tests.support.places import ROOT
from tests.support.running import running

ANSWERED = "What limits the use of high-dose IL-2?"
REFUSED = "Who painted the Mona Lisa?"


@pytest.fixture
def client(library: Library) -> Iterator[TestClient]:
    with TestClient(plain_application(library, Conversations(library.path / FILE))) as client:
        yield client


@pytest.fixture
def printed(library: Library, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run a command on the same library and return its output."""
    monkeypatch.setattr("qa.library.opened.load_encoder", WordEncoder)

    def command(*arguments: str) -> str:
        run([*arguments, "--library", str(library.path), "--json"])
        return capsys.readouterr().out

    return command


@pytest.mark.parametrize("question", [ANSWERED, REFUSED])
def test_asking_gives_the_bytes_that_the_command_prints(client: TestClient, printed: Any, question: str) -> None:
    assert client.post("/api/ask", json={"question": question}).content == printed("ask", question).encode()


def test_searching_and_listing_give_the_bytes_that_the_commands_print(client: TestClient, printed: Any) -> None:
    searched = client.post("/api/search", json={"question": ANSWERED, "k": 3})
    assert searched.content == printed("search", ANSWERED, "-k", "3").encode()
    assert client.get("/api/documents").content == printed("documents").encode()


def test_one_document_can_be_asked(client: TestClient, library: Library) -> None:
    name = "000_fe304fc8ed56550a.txt"
    hits = client.post("/api/search", json={"question": ANSWERED, "documents": [name]}).json()
    assert {hit["source"] for hit in hits} == {name}


def test_years_and_sections_can_be_asked(client: TestClient, printed: Any) -> None:
    limits = {"since": 2025, "until": 2026, "sections": ["abstract", "findings"]}
    options = ("--since", "2025", "--until", "2026", "--section", "abstract", "--section", "findings")
    for path in ("ask", "search"):
        reply = client.post(f"/api/{path}", json={"question": ANSWERED, **limits})
        assert reply.content == printed(path, ANSWERED, *options).encode()
        hits = reply.json() if path == "search" else reply.json()["hits"]
        assert {hit["section"] for hit in hits} == {"Abstract", "Key findings"}


def test_a_question_may_follow_others(client: TestClient, library: Library) -> None:
    asked = {"question": "And IL-15?", "after": ["Is IL-2 toxic?"]}
    wanted = library.ask("And IL-15?", after=["Is IL-2 toxic?"]).to_dict()
    assert client.post("/api/ask", json=asked).json() == wanted


def test_an_answer_is_proved_and_a_changed_one_is_not(client: TestClient) -> None:
    answer = client.post("/api/ask", json={"question": ANSWERED}).json()
    assert client.post("/api/verify", json=answer).json()["stands"] is True
    answer["citations"][0]["quote"] += "!"
    proved = client.post("/api/verify", json=[answer]).json()
    assert (proved["stands"], proved["answers"]) == (False, 1)


@pytest.mark.parametrize(
    ("path", "asked", "status"),
    [
        ("ask", {"question": " "}, 400),
        ("ask", {"question": "What?", "documents": ["nowhere.txt"]}, 404),
        ("ask", {"question": "What?", "sections": ["apocrypha"]}, 400),
        ("search", {"question": "What?", "since": 2027}, 400),
        ("search", {"question": "What?", "until": -(10**30)}, 400),
        ("verify", {"no": "answer"}, 400),
    ],
)
def test_an_error_is_one_sentence(client: TestClient, path: str, asked: object, status: int) -> None:
    reply = client.post(f"/api/{path}", json=asked)
    assert reply.status_code == status
    assert set(reply.json()) == {"error"}
    assert reply.json()["error"].endswith(".")


def test_what_has_not_the_form_and_what_is_too_big_is_refused(client: TestClient) -> None:
    assert client.post("/api/ask", json={"q": "What?"}).status_code == 422
    assert client.post("/api/search", json={"question": "What?", "k": 51}).status_code == 422
    assert client.post("/api/search", json={"question": "What?", "since": "long ago"}).status_code == 422
    assert client.post("/api/verify", content=b" " * (MAX_BODY_BYTES + 1)).status_code == 413


def test_the_api_describes_itself(client: TestClient) -> None:
    paths = client.get("/api/openapi.json").json()["paths"]
    assert sorted(paths) == ["/api/ask", "/api/documents", "/api/search", "/api/verify"]
    page = client.get("/api/").text
    assert all(path in page for path in paths)


def test_when_too_many_wait_the_next_is_turned_away_and_may_come_again() -> None:
    async def crowd() -> None:
        turnstile, leave = Turnstile(at_once=1, waiting=1), asyncio.Event()

        async def pass_through() -> None:
            async with turnstile.passing():
                await leave.wait()

        tasks = [asyncio.create_task(pass_through()) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(HTTPException) as refused:
            await pass_through()
        assert (refused.value.status_code, refused.value.headers) == (503, {"Retry-After": "2"})
        leave.set()
        await asyncio.gather(*tasks)
        await pass_through()

    asyncio.run(crowd())


def test_a_saved_answer_of_the_api_is_proved_by_the_command(client: TestClient, library: Library) -> None:
    (library.path / "answer.json").write_bytes(client.post("/api/ask", json={"question": ANSWERED}).content)
    assert run(["verify", str(library.path / "answer.json"), "--library", str(library.path)]) == 0
    assert json.loads((library.path / "answer.json").read_text())["question"] == ANSWERED


def test_the_client_of_the_documentation_asks_this_api(
    library: Library, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PINCITE_KEY", "the key of the documentation".replace(" ", "-"))
    (code,) = re.findall(r"```python\n(import json\n.*?)```", (ROOT / "docs/integrations.md").read_text(), re.DOTALL)
    with running(library, key=os.environ["PINCITE_KEY"]) as address:
        exec(compile(code.replace("http://127.0.0.1:7860/", address), "docs/integrations.md", "exec"), names := {})
    assert names["answer"] == library.ask(ANSWERED).to_dict()
    assert names["answer"]["sentences"][0]["text"] in capsys.readouterr().out
