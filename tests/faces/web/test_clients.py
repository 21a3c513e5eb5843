"""Gradio's own client gets the same Answer as the command line, and nothing else from the page."""

import base64
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError, AuthenticationError

from qa.library import Library
from qa.records import Scope
from tests.support.models import WordEncoder, WordReader
from tests.support.places import CORPUS
from tests.support.running import running

ANSWERED = "What limits the use of high-dose IL-2?"
REFUSED = "Who painted the Mona Lisa?"
FIRST = "000_fe304fc8ed56550a.txt"


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library(tmp_path_factory.mktemp("asked") / "library", encoder=WordEncoder(), reader=WordReader()) as library:
        library.add([CORPUS])
        yield library


@pytest.fixture(scope="module")
def address(asked: Library) -> Iterator[str]:
    with running(asked) as address:
        yield address


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[Client]:
    yield from connected(address)


def connected(address: str, **options: Any) -> Iterator[Client]:
    client = Client(address, verbose=False, analytics_enabled=False, **options)
    yield client
    client.close()


@pytest.mark.parametrize("question", [ANSWERED, REFUSED])
def test_asking_gives_the_answer(client: Client, asked: Library, question: str) -> None:
    assert client.predict(question, api_name="/ask") == asked.ask(question).to_dict()


def test_some_documents_are_asked_and_a_question_follows_others(client: Client, asked: Library) -> None:
    options: dict[str, Any] = {"after": ["Is IL-2 toxic?"], "expand": False}
    limits: dict[str, Any] = {"documents": [FIRST], "since": 2025, "until": 2026, "sections": ["abstract", "findings"]}
    reply = client.predict("And IL-15?", **options, **limits, api_name="/ask")
    assert reply == asked.ask("And IL-15?", **options, scope=Scope(**limits)).to_dict()
    assert reply["query"]["resolved"]


@pytest.mark.parametrize(
    ("question", "options", "told"),
    [
        (" ", {}, "the question is empty; ask something."),
        ("What?", {"documents": ["nowhere.txt"]}, "the library has no document 'nowhere.txt'"),
        ("What?", {"sections": ["apocrypha"]}, "no section has 'apocrypha' in its headings"),
        ("What?", {"since": "long ago"}, "since and until are years"),
        (7, {}, "question is a text"),
    ],
)
def test_an_error_is_one_sentence(
    client: Client, capfd: pytest.CaptureFixture[str], question: Any, options: dict[str, Any], told: str
) -> None:
    with pytest.raises(AppError, match=told):
        client.predict(question, **options, api_name="/ask")
    assert "Traceback" not in capfd.readouterr().err


def test_nothing_else_of_the_page_can_be_called(client: Client, address: str) -> None:
    offered = client.view_api(return_format="dict", print_info=False)
    assert isinstance(offered, dict)
    assert (list(offered["named_endpoints"]), offered["unnamed_endpoints"]) == (["/ask"], {})
    assert httpx.post(f"{address}gradio_api/run/ask", json={"data": [ANSWERED]}).status_code == 404
    assert httpx.get(f"{address}gradio_api/mcp/").status_code == 404


def test_the_client_comes_in_with_name_and_password_alone(asked: Library) -> None:
    with running(asked, login=("ann", "secret enough")) as address:
        with pytest.raises(AuthenticationError):
            Client(address, verbose=False, analytics_enabled=False)
        basic = base64.b64encode(b"ann:secret enough").decode()
        for client in connected(address, headers={"Authorization": f"Basic {basic}"}):
            assert client.predict(ANSWERED, None, None, True, api_name="/ask")["question"] == ANSWERED


def test_the_client_comes_in_with_the_key_alone(asked: Library) -> None:
    key = "a key of more than sixteen".replace(" ", "-")
    with running(asked, key=key) as address:
        with pytest.raises(AuthenticationError):
            Client(address, verbose=False, analytics_enabled=False)
        for client in connected(address, headers={"Authorization": f"Bearer {key}"}):
            assert client.predict(ANSWERED, api_name="/ask")["question"] == ANSWERED
