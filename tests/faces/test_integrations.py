"""The examples of docs/integrations.md run unchanged, and give the same results as the library."""

import asyncio
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest

import qa
from qa.errors import QuestionError
from qa.faces.integrations import metadata
from qa.library import Library
from qa.records import Scope
from tests.support.models import WordEncoder, WordReader
from tests.support.places import CORPUS, ROOT

QUESTION = "What limits the use of high-dose IL-2?"
FIRST = "000_fe304fc8ed56550a.txt"
EXAMPLES = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "integrations.md").read_text("utf-8"), re.DOTALL)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library(tmp_path_factory.mktemp("asked") / "library", encoder=WordEncoder(), reader=WordReader()) as library:
        library.add([CORPUS])
        yield library


def run_example(holding: str, names: dict[str, Any]) -> dict[str, Any]:
    (code,) = [example for example in EXAMPLES if holding in example]
    exec(compile(code, "docs/integrations.md", "exec"), names)
    return names


def test_metadata_names_the_place_of_the_passage(asked: Library) -> None:
    (hit,) = asked.search(QUESTION, 1)
    place = metadata(hit)
    assert asked.document(place["doc_id"]).text[place["start"] : place["end"]] == hit.text
    assert all(isinstance(value, str | int | float | None) for value in place.values())
    assert (place["rank"], place["score"], place["source"]) == (1, hit.score, hit.source)


def test_langchain_retrieves_what_the_library_finds(
    asked: Library, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("langchain_core")
    monkeypatch.setattr(qa, "open", lambda path: asked)
    retriever = run_example("integrations.langchain", {})["retriever"]
    hits = asked.search(QUESTION, 5)
    assert capsys.readouterr().out.splitlines() == [
        " ".join([str(hit.title), hit.passage.section, hit.text[:60]]) for hit in hits
    ]
    for found in (retriever.invoke(QUESTION), asyncio.run(retriever.ainvoke(QUESTION))):
        assert [(one.page_content, one.id, one.metadata) for one in found] == [
            (hit.text, hit.passage.passage_id, metadata(hit)) for hit in hits
        ]
    few = type(retriever)(library=asked, scope=Scope([FIRST])).invoke(QUESTION)
    assert {one.metadata["source"] for one in few} == {FIRST}
    with pytest.raises(QuestionError):
        retriever.invoke(" ")


def test_llama_index_retrieves_what_the_library_finds(
    asked: Library, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("llama_index.core", reason="the extra llama-index brings dozens of packages")
    monkeypatch.setattr(qa, "open", lambda path: asked)
    retriever = run_example("integrations.llama_index", {})["retriever"]
    hits = asked.search(QUESTION, 5)
    assert capsys.readouterr().out.splitlines() == [f"{hit.score} {hit.title} {hit.text[:60]}" for hit in hits]
    for found in (retriever.retrieve(QUESTION), asyncio.run(retriever.aretrieve(QUESTION))):
        assert [(one.text, one.node_id, one.metadata, one.score) for one in found] == [
            (hit.text, hit.passage.passage_id, metadata(hit), hit.score) for hit in hits
        ]
    few = type(retriever)(asked, scope=Scope([FIRST])).retrieve(QUESTION)
    assert {one.metadata["source"] for one in few} == {FIRST}
    with pytest.raises(QuestionError):
        retriever.retrieve(" ")


@contextmanager
def replying(*replies: tuple[int, dict[str, Any]]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The address of a server that gives these replies in order, and the request bodies that it received."""
    left, bodies = list(replies), []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            status, form = left.pop(0)
            self.send_response(status)
            self.send_header("Retry-After", "0")
            self.end_headers()
            self.wfile.write(json.dumps(form).encode())

        def log_message(self, *arguments: Any) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/", bodies
        finally:
            server.shutdown()
            thread.join()


def run_client(address: str) -> dict[str, Any]:
    (code,) = [example for example in EXAMPLES if "urllib" in example]
    names: dict[str, Any] = {}
    exec(compile(code.replace("http://127.0.0.1:7860/", address), "docs/integrations.md", "exec"), names)
    return names


def test_the_client_of_the_api_comes_again_when_the_server_is_busy(
    asked: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = asked.ask(QUESTION).to_dict()
    busy = (503, {"error": "too many questions are waiting; try again in a moment."})
    wrong = (404, {"error": "the library has no document 'x'."})
    with replying(busy, (429, {}), (200, answer), wrong, *[busy] * 10) as (address, bodies):
        client = run_client(address)
        assert client["answer"] == answer
        with pytest.raises(ValueError, match="no document 'x'"):
            client["ask"]("What?", documents=["x"])
        with pytest.raises(TimeoutError, match="stayed busy"):
            client["ask"]("What?")
    assert bodies[2:4] == [{"question": QUESTION}, {"question": "What?", "documents": ["x"]}]
    printed = capsys.readouterr().out
    assert all(sentence["text"] in printed for sentence in answer["sentences"])
