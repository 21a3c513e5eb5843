"""What can be reached of Gradio: only what the page needs, and no file of the machine."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import httpx
import pytest
from starlette.routing import Mount

from qa.faces.web.security.surface import MAX_EVENT_BYTES
from qa.library import Library
from tests.support.models import WordEncoder
from tests.support.places import CORPUS, ROOT
from tests.support.running import running

FILE = {"meta": {"_type": "gradio.FileData"}}
ASKING, ADDING = 0, 14


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Any]]:
    """The address of a page and its application."""
    apps: list[Any] = []
    with Library(tmp_path_factory.mktemp("served") / "library", encoder=WordEncoder()) as library:
        library.add([CORPUS])
        with running(library, made=apps.append) as address:
            yield address, apps[0]


@pytest.fixture
def client(served: tuple[str, Any]) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served[0]) as client:
        yield client


def join(client: httpx.Client, number: int, data: list[Any], **more: Any) -> httpx.Response:
    return client.post("gradio_api/queue/join", json={"fn_index": number, "session_hash": "tab", "data": data} | more)


def test_a_walk_over_every_route_and_event_reads_and_reaches_nothing() -> None:
    walk = [sys.executable, "-m", "eval.stress.page.surface", "--targets", "1", "--shapes", "1"]
    done = subprocess.run(walk, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "replies with what is in them: 0" in done.stdout
    routes, events = done.stdout.split()[0], done.stdout.split()[2]
    assert int(routes) > 90  # otherwise Gradio's routes are missing
    assert int(events) > 15


def test_the_events_are_those_that_this_file_takes_them_for(client: httpx.Client) -> None:
    config = client.get("config").json()
    kinds = {component["id"]: component["type"] for component in config["components"]}
    inputs = {event["id"]: [kinds[one] for one in event["inputs"]] for event in config["dependencies"]}
    assert inputs[ASKING][0] == "textbox"
    assert inputs[ADDING] == ["uploadbutton"]


def test_an_event_that_the_browser_alone_handles_cannot_be_called(client: httpx.Client) -> None:
    numbers = [one["id"] for one in client.get("config").json()["dependencies"] if not one["backend_fn"]]
    assert numbers
    assert {join(client, number, []).status_code for number in numbers} == {404}


@pytest.mark.parametrize("number", [ASKING, ADDING])
@pytest.mark.parametrize("nested", [lambda x: x, lambda x: [x], lambda x: {"value": x}, lambda x: [[{"a": [x]}]]])
def test_an_event_brings_no_file(client: httpx.Client, tmp_path: Path, number: int, nested: Any) -> None:
    (tmp_path / "canary.txt").write_text("canary")
    refused = join(client, number, [nested({"path": str(tmp_path / "canary.txt"), **FILE}), None, None, [], 0, 0, []])
    assert refused.status_code == 422
    assert refused.json()["error"] == "the page does not send this; reload it, or see /api/."
    refused = join(client, ASKING, ["Why?"], event_data={"value": nested({"path": "/etc/passwd", **FILE})})
    assert refused.status_code == 422


@pytest.mark.parametrize("key", ["0" * 32, "../../etc/passwd", "/etc/passwd", "", "http://127.0.0.1/", "0" * 31 + "/"])
def test_an_upload_that_was_not_made_is_not_added(client: httpx.Client, key: str) -> None:
    refused = join(client, ADDING, [[{"path": key, **FILE}]])
    assert refused.status_code == (410 if key == "0" * 32 else 422)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("queue/join", b"\xff"),
        ("queue/join", b"[" * 100_000),
        ("queue/join", b'{"fn_index": 0, "session_hash": "tab", "data": ["\\ud800"]}'),
        ("queue/join", b'{"fn_index": 1e400, "session_hash": "tab", "data": []}'),
        ("queue/join", b'{"fn_index": 0, "session_hash": "../tab", "data": []}'),
        ("cancel", b"{}"),
    ],
)
def test_what_cannot_be_understood_is_refused(client: httpx.Client, path: str, body: bytes) -> None:
    assert client.post(f"gradio_api/{path}", content=body).status_code == 422


def test_an_event_is_not_longer_than_the_page_makes_it(client: httpx.Client) -> None:
    assert join(client, ASKING, ["a" * MAX_EVENT_BYTES]).status_code == 413
    assert join(client, 99, []).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        *("file=/etc/hostname", "file/etc/hostname", "proxy=https://a.hf.space/", "runs", "deep_link", "dev/reload"),
        *(
            "mcp/",
            "upload_progress",
            "queue/status",
            "openapi.json",
            "vibe-code",
            "token",
            "user",
            "run/ask",
            "call/ask",
        ),
    ],
)
def test_what_the_page_has_no_use_for_is_not_there(client: httpx.Client, path: str) -> None:
    assert client.get(f"gradio_api/{path}").status_code == 404
    assert client.post(f"gradio_api/{path}").status_code == 404


@pytest.mark.parametrize("path", ["monitoring", "monitoring/summary", "manifest.json", "pwa_icon", "svelte/x", "login"])
def test_nor_are_pages_of_gradio(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("launched", [True, False])
def test_gradio_itself_reads_uploads_alone(library: Library, tmp_path: Path, launched: bool) -> None:
    """Gradio's own lock protects if Pincite's fails. It is open until Gradio believes that it was launched."""
    canary = f"canary {tmp_path}"
    (tmp_path / "canary.txt").write_text(canary)

    def opened_up(app: Any) -> None:
        inner = next(route.app for route in app.routes if isinstance(route, Mount) and route.path == "")
        inner.user_middleware[:] = []
        blocks: gr.Blocks = inner.get_blocks()
        assert blocks.has_launched
        blocks.has_launched, blocks.api_open = launched, True

    with running(library, made=opened_up) as address:
        body = {"fn_index": ASKING, "data": [{"path": str(tmp_path / "canary.txt"), **FILE}, None, None, [], 0, 0, []]}
        httpx.post(f"{address}gradio_api/run/predict", json=body)
        kept = [path.read_text() for path in Path(os.environ["GRADIO_TEMP_DIR"]).rglob("canary.txt")]
    assert (canary in kept) != launched  # if both are false, Gradio has fixed it: has_launched can go


def test_no_other_site_may_read_the_page(served: tuple[str, Any]) -> None:
    headers = {"Origin": "https://elsewhere.example", "Host": "pincite.example"}
    for path in ("", "config", "api/documents"):
        reply = httpx.get(served[0] + path, headers=headers)
        assert "access-control-allow-origin" not in reply.headers
        assert "access-control-allow-credentials" not in reply.headers
