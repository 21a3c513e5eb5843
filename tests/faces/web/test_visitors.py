"""Visitors can ask, search and read, but change nothing: not on the page, by its events, or by uploads."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from qa.faces.web.chat.chat import Chat
from qa.library import Library
from qa.stores.conversations.passing import VisitorsConversations
from qa.stores.conversations.store import FILE, Conversations
from tests.support.models import WordEncoder, WordReader
from tests.support.places import CORPUS
from tests.support.running import running

ANSWERED = "What limits the use of high-dose IL-2?"
REFUSED = "this page can be asked and read, and not changed."
CHANGES = {"Delete it with all its answers", "Remove them from the library", "Name of this conversation"}


@pytest.fixture(scope="module")
def visited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Library, str]]:
    with Library(tmp_path_factory.mktemp("visited") / "library", encoder=WordEncoder(), reader=WordReader()) as library:
        library.add([CORPUS])
        with running(library, read_only=True) as address:
            yield library, address


def wired(address: str) -> set[str]:
    """The kinds of events that can be called, and the labels of the components that trigger them."""
    config = httpx.get(f"{address}config").json()
    words = {one["id"]: str(one["props"].get("value") or one["props"].get("label")) for one in config["components"]}
    targets = [target for one in config["dependencies"] for target in one["targets"]]
    return {event for _, event in targets} | {words.get(id, "") for id, _ in targets}


def test_there_is_no_event_that_changes_anything(visited: tuple[Library, str]) -> None:
    found = wired(visited[1])
    assert {"submit", "load", "Your question"} <= found
    assert not found & {"upload", *CHANGES}


def test_where_changes_are_permitted_there_are(library: Library) -> None:
    with running(library) as address:
        assert wired(address) >= {"upload", *CHANGES}


def test_an_upload_is_refused(visited: tuple[Library, str]) -> None:
    sent = httpx.post(f"{visited[1]}gradio_api/upload", files={"files": ("a.txt", b"The heart pumps blood.")})
    assert (sent.status_code, sent.json()) == (403, {"error": REFUSED})


def test_no_call_of_any_event_by_number_changes_the_library(visited: tuple[Library, str]) -> None:
    library, address = visited
    before = library.contents.generation
    data: list[Any] = [[document.doc_id for document in library.documents()]]
    for number in range(40):
        form = {"data": data, "fn_index": number, "session_hash": f"visitor{number}", "event_data": None}
        if httpx.post(f"{address}gradio_api/queue/join", json=form).status_code == 200:
            httpx.get(f"{address}gradio_api/queue/data", params={"session_hash": f"visitor{number}"}, timeout=60)
    assert library.contents.generation == before


def test_questions_are_answered_and_none_is_kept(visited: tuple[Library, str]) -> None:
    library, address = visited
    assert httpx.post(f"{address}api/ask", json={"question": ANSWERED}).status_code == 200
    assert httpx.post(f"{address}api/search", json={"question": ANSWERED}).status_code == 200
    assert not (library.path / FILE).exists()


def test_a_visitors_conversation_is_found_by_its_address_and_listed_for_nobody(library: Library) -> None:
    conversations = VisitorsConversations()
    kept = conversations.keep(library.ask(ANSWERED).to_dict())
    shown = Chat(library, conversations, read_only=True).opened(kept.conversation)
    assert len(shown.conversation) == 2
    assert "IL-2" not in shown.listed
    assert "#add" not in shown.links
    assert (conversations.all(), conversations.latest(10), conversations.count()) == ([], [], 0)


def test_an_unknown_conversation_is_said(library: Library) -> None:
    shown = Chat(library, Conversations(library.path / FILE)).opened("0" * 32)
    assert "not kept here" in str(shown.conversation)
    assert shown.present is None


def test_the_controls_are_not_there(visited: tuple[Library, str]) -> None:
    config = httpx.get(f"{visited[1]}config").json()
    hidden = {one["type"] for one in config["components"] if one["props"].get("visible") is False}
    assert {"uploadbutton", "accordion", "tabitem"} <= hidden
