"""The chat page: the same Answer, and document text that stays text."""

import json
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, WordEncoder

from qa import server
from qa.cli import DONE
from qa.library import Library

ANSWERED = "What limits the use of high-dose IL-2?"
REFUSED = "Who painted the Mona Lisa?"
HOSTILE = (
    "Interleukin <script>alert(1)</script> ${x} **bold** $$y$$ <img src=x onerror=alert(2)> limits & kills IL-2 <IL-10."
)


class Tags(HTMLParser):
    """Collects what a browser would see: the tags, the ids, the links and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = dict(attributes)
        self.tags.add(tag)
        self.ids += [found["id"]] if found.get("id") else []
        self.links += [str(found["href"])] if "href" in found else []


@pytest.fixture(scope="module")
def served(reviews: Library) -> Iterator[str]:
    """The address of a real ``qa serve`` on the three reviews."""
    command = [sys.executable, "-m", "qa", "serve", "--port", "0", "--library", str(reviews.path)]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        line = next(line for line in process.stderr if "answers at" in line)
        yield line.split(" answers at ")[1].split()[0]
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    assert process.returncode == DONE


def asked(address: str, question: str) -> dict[str, Any]:
    """What the page's endpoint ``ask`` answers, over plain HTTP."""
    endpoint = f"{address}gradio_api/call/ask"
    data = json.dumps({"data": [question]}).encode()
    request = urllib.request.Request(endpoint, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as reply:
        event = json.load(reply)["event_id"]
    with urllib.request.urlopen(f"{endpoint}/{event}", timeout=60) as reply:
        stream = reply.read().decode()
    assert "event: complete" in stream
    (answer,) = json.loads(stream.split("data: ", 1)[1].split("\n")[0])
    return dict(answer)


@pytest.mark.model
@pytest.mark.parametrize("question", [ANSWERED, REFUSED])
def test_the_page_gives_the_same_answer_as_the_library(served: str, reviews: Library, question: str) -> None:
    assert asked(served, question) == reviews.ask(question).to_dict()


@pytest.mark.model
def test_the_page_is_served(served: str) -> None:
    with urllib.request.urlopen(served, timeout=60) as reply:
        assert "Pincite" in reply.read().decode()


def test_every_mark_leads_to_its_source(library: Library) -> None:
    answer = library.ask(ANSWERED)
    links = Tags(server.answer_html(answer, 2)).links
    ids = Tags(server.sources_html(answer, 2)).ids
    numbers = [number for sentence in answer.sentences for number in sentence.citations]
    assert links == [f"#a2-s{number}" for number in numbers]
    assert ids == [f"a2-s{citation.number}" for citation in answer.citations]


def test_the_quote_is_marked_within_its_passage(library: Library) -> None:
    answer = library.ask(ANSWERED)
    shown = unescape(server.sources_html(answer, 1))
    for citation in answer.citations:
        assert f"<mark>{citation.quote}</mark>" in shown


def test_an_abstention_shows_why_and_what_is_nearest_without_a_mark(library: Library) -> None:
    answer = library.ask(REFUSED)
    assert "do not speak of" in server.answer_html(answer, 1)
    shown = server.sources_html(answer, 1)
    assert shown.count("<article") == 3
    assert "<mark>" not in shown


def test_hostile_text_of_a_document_stays_text(tmp_path: Path) -> None:
    (tmp_path / "hostile.txt").write_text(HOSTILE)
    with Library(tmp_path / "library", encoder=WordEncoder()) as library:
        library.add([tmp_path / "hostile.txt"])
        answer = library.ask("What does interleukin limit and kill?", threshold=0.0)
    page = server.answer_html(answer, 1) + server.sources_html(answer, 1)
    assert Tags(page).tags == {"blockquote", "a", "article", "strong", "br", "small", "p", "mark"}
    assert HOSTILE in unescape(page)
