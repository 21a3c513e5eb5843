"""Ask every route and event of the page for files that it must not give, and count what happens.

    python -m eval.stress.page.surface [--targets N] [--shapes N]

Walks the application as mounted: every route, its own and Gradio's, with each target in each part of its path and in
its body; and every event through every entry that Gradio has (queue, run, api, call), with each target in each input
and in the event's data. A target is a file of this machine, a device, an address or a path up from the uploads. It is
sent as text and in the shapes that Gradio uses for files, also nested. Counts the targets that were opened (by Python's
audit hook), replies and kept files with their content, new documents, and connections to anywhere but the page (a
listener waits at the addresses). At the end an upload must still be added, and a question answered. Exit status 1 if
anything was read or reached, or the page no longer works.
"""

import argparse
import io
import json
import os
import socket
import sys
import tempfile
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx
from starlette.routing import Mount

from qa.library import Library
from tests.support.models import WordEncoder, WordReader
from tests.support.running import running

SECRET = "canary" + uuid4().hex
GRADIO_WAYS = ("run/{}", "api/{}", "call/{}", "call/v2/{}")
FILE = {"meta": {"_type": "gradio.FileData"}}
HANGS_S = 20.0


def targets(folder: Path, library: Path, port: int) -> list[str]:
    """What the page must not give."""
    canary = folder / "canary.txt"
    canary.write_text(f"The {SECRET} pumps blood through the body.")
    os.environ["PINCITE_CANARY"] = SECRET
    database = next(path for path in sorted(library.iterdir()) if path.suffix in (".sqlite", ".db"))
    up = "../" * 12
    return [
        str(canary),
        f"http://127.0.0.1:{port}/{SECRET}",
        "/dev/zero",
        str(database),
        f"file://{canary}",
        f"{up}{str(canary).lstrip('/')}",
        f"{tempfile.gettempdir()}/gradio/{up}{str(canary).lstrip('/')}",
        f"http://localhost:{port}/{SECRET}",
        f"https://127.0.0.1:{port}/{SECRET}",
        f"//127.0.0.1:{port}/{SECRET}",
        "/dev/stdin",
        "/dev/fd/0",
        "/proc/self/environ",
        "/etc/passwd",
        str(canary.parent / "." / canary.name),
        quote(str(canary), safe=""),
        os.path.relpath(canary),
    ]


def shapes(target: str) -> list[Any]:
    """A target in the shapes of files in Gradio's components, and others."""
    plain = {"path": target, **FILE}
    full = {**plain, "url": target, "orig_name": "a.txt", "size": 1, "mime_type": "text/plain"}
    return [
        plain,
        [full],
        target,
        {"value": plain},
        [[{"text": "a", "files": [plain]}]],
        {"a": {"b": [{"c": plain}]}},
        {**full, "is_stream": True},
        {"path": "", "url": target, **FILE},
        {"path": target},
        [target],
    ]


class Watch:
    """Records what this process opens and connects to while it serves the page."""

    def __init__(self, watched: Sequence[str], own_port: int) -> None:
        self.opened: Counter[str] = Counter()
        self.connected: Counter[str] = Counter()
        self._watched = {os.path.realpath(path) for path in watched if path.startswith(("/", "."))}
        self._own = own_port
        sys.addaudithook(self._saw)

    def _saw(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and isinstance(arguments[0], str | os.PathLike):
            path = os.path.realpath(arguments[0])
            self.opened.update([path] if path in self._watched else [])
        if event == "socket.connect" and isinstance(arguments[1], tuple) and arguments[1][1] != self._own:
            self.connected[str(arguments[1])] += 1


class Walk:
    """Sends requests, reads all replies, and keeps count."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client
        self.requests = self.taken = self.leaks = self.hung = 0
        self.reached: set[str] = set()

    def send(self, method: str, path: str, name: str, **options: Any) -> None:
        self.requests += 1
        try:
            with self.client.stream(method, path, **options) as reply:
                endless = reply.headers.get("content-type", "").startswith("text/event-stream")
                text = next(reply.iter_text(), "") if endless else reply.read().decode(errors="replace")
        except (httpx.HTTPError, httpx.InvalidURL):
            self.hung += 1
            return
        self.leaks += SECRET in text and SECRET not in str(options) + path
        if reply.status_code < 400:
            self.taken += 1
            self.reached.add(name)
            self._finish(text, options)

    def _finish(self, text: str, options: dict[str, Any]) -> None:
        """Wait for an event's result, if one was started."""
        if '"event_id"' not in text or "json" not in options:
            return
        session = options["json"].get("session_hash") or json.loads(text)["event_id"]
        said = ""
        with self.client.stream("GET", "gradio_api/queue/data", params={"session_hash": session}) as events:
            for line in events.iter_lines():
                said += line
                if "process_completed" in line or "unexpected_error" in line:
                    break
        sent = str(options)
        self.leaks += SECRET in said and SECRET not in sent
        self.leaks += f"The {SECRET} pumps" in said


def routes(app: Any, before: str = "") -> Iterator[tuple[str, str]]:
    """Every method and path of an application and of those mounted in it."""
    for route in app.routes:
        path = before + getattr(route, "path", "")
        if included := getattr(route, "original_router", None):  # FastAPI keeps a router that was included whole
            yield from routes(included, before)
        if isinstance(route, Mount):
            yield from routes(route, path) if route.routes else [("GET", path + "/{path}")]
        for method in sorted(getattr(route, "methods", None) or ()):
            yield method, path


def filled(path: str, target: str) -> str:
    """The route's path with the target in every open part."""
    while "{" in path:
        before, _, rest = path.partition("{")
        path = before + quote(target, safe="/:") + rest.partition("}")[2]
    return path.lstrip("/")


def walk_routes(walk: Walk, every: Sequence[tuple[str, str]], wanted: Sequence[str], shaped: int) -> None:
    for method, path in every:
        for target in wanted:
            name = f"{method} {path}"
            query = {"path": target, "deep_link": target, "session_hash": "walker", "upload_id": target, "page": "1"}
            if method != "POST":
                walk.send(method, filled(path, target), name, params=query)
                continue
            for shape in shapes(target)[:shaped]:
                body = {"data": [shape], "fn_index": 0, "session_hash": uuid4().hex, "question": shape, "path": target}
                body |= {"component_id": 0, "fn_name": "read", "event_id": target, "prompt": target, "code": target}
                walk.send(method, filled(path, target), name, json=body)
            walk.send(method, filled(path, target), name, files={"files": (target, io.BytesIO(b"Some words."))})


def walk_events(walk: Walk, config: dict[str, Any], wanted: Sequence[str], shaped: int) -> int:
    """Send every event each shape of each target in each input. Returns the number of payloads."""
    payloads = 0
    for event in config["dependencies"]:
        count = max(1, len(event["inputs"]))
        every = ["queue/join", *(way.format(event["api_name"] or "predict") for way in GRADIO_WAYS)]
        for target in wanted:
            ways = every if target == wanted[0] else every[:1]
            for shape in shapes(target)[:shaped]:
                for place in range(count):
                    data: list[Any] = [None] * count
                    data[place] = shape
                    payloads += 1
                    walk_event(walk, event["id"], ways, {"data": data})
                payloads += 1
                walk_event(walk, event["id"], ways[:1], {"data": [None] * count, "event_data": shape})
    return payloads


def walk_event(walk: Walk, number: int, ways: Sequence[str], body: dict[str, Any]) -> None:
    for way in ways:
        whole = {"fn_index": number, "session_hash": uuid4().hex, "trigger_id": None, **body}
        walk.send("POST", f"gradio_api/{way}", f"event {number} by {way}", json=whole)


def kept_secrets(folders: Collection[Path]) -> int:
    """How many files below the folders hold the secret."""
    files = [path for folder in folders if folder.is_dir() for path in folder.rglob("*") if path.is_file()]
    return sum(SECRET.encode() in path.read_bytes() for path in files)


def still_works(client: httpx.Client, config: dict[str, Any]) -> bool:
    """Whether a file can still be uploaded and added, and a question answered."""
    kinds = {component["id"]: component["type"] for component in config["components"]}
    adding = next(e for e in config["dependencies"] if "uploadbutton" in [kinds[i] for i in e["inputs"]])
    key = client.post("gradio_api/upload", files={"files": ("heart.txt", b"The heart pumps blood.")}).json()[0]
    session = uuid4().hex
    body = {
        "fn_index": adding["id"],
        "session_hash": session,
        "data": [[{"path": key, "orig_name": "heart.txt", **FILE}]],
    }
    client.post("gradio_api/queue/join", json=body).raise_for_status()
    with client.stream("GET", "gradio_api/queue/data", params={"session_hash": session}) as events:
        added = any("heart.txt: added" in line for line in events.iter_lines())
    reply = client.post("api/ask", json={"question": "What does the heart pump?"})
    return added and reply.json()["sentences"][0]["text"] == "The heart pumps blood."


def listen(listening: socket.socket, heard: list[Any]) -> None:
    while True:
        try:
            connection, _ = listening.accept()
        except OSError:
            return
        heard.append(connection.getpeername())
        connection.close()


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--targets", type=int)
    options.add_argument("--shapes", type=int, default=100)
    given = options.parse_args()
    heard: list[Any] = []
    with tempfile.TemporaryDirectory() as temporary, socket.create_server(("127.0.0.1", 0)) as listening:
        Thread(target=listen, args=(listening, heard), daemon=True).start()
        folder = Path(temporary)
        with Library(folder / "library", encoder=WordEncoder(), reader=WordReader()) as library:
            (folder / "lung.txt").write_text("The lung breathes.")
            library.add([folder / "lung.txt"])
            wanted = targets(folder, library.path, listening.getsockname()[1])[: given.targets]
            return walked(library, wanted, given.shapes, heard)


def walked(library: Library, wanted: list[str], shaped: int, heard: list[Any]) -> int:
    apps: list[Any] = []
    before = {document.doc_id for document in library.documents()}
    with (
        running(library, made=apps.append) as address,
        httpx.Client(base_url=address, timeout=HANGS_S) as client,
    ):
        watch = Watch(wanted, httpx.URL(address).port or 0)
        config = client.get("config").json()
        walk, every = Walk(client), list(routes(apps[0]))
        walk_routes(walk, every, wanted, shaped)
        payloads = walk_events(walk, config, wanted, shaped)
        appeared = {document.doc_id for document in library.documents()} - before
        shared = Path(tempfile.gettempdir(), "gradio")
        cached = kept_secrets({shared, Path(os.environ.get("GRADIO_TEMP_DIR", shared))})
        opened = watch.opened.copy()  # before the library is changed and reads its own files
        works = still_works(client, config)
    found = {
        "targets opened": opened.total(),
        "replies with what is in them": walk.leaks,
        "kept files with what is in them": cached,
        "documents that appeared": len(appeared),
        "connections to elsewhere": watch.connected.total() + len(heard),
        "requests without a reply": walk.hung,
    }
    print(f"{len(every)} routes, {len(config['dependencies'])} events by {1 + len(GRADIO_WAYS)} ways, ", end="")
    print(f"{len(wanted)} targets in {min(shaped, len(shapes('')))} shapes, {payloads:,} payloads for events")
    print(f"{walk.requests:,} requests, {walk.taken:,} of them taken")
    for name, count in found.items():
        print(f"{name}: {count}")
    for path, count in opened.items():
        print(f"  opened {count} times: {path}")
    print(f"the page still works: {'yes' if works else 'NO'}")
    print("taken: " + ", ".join(sorted(walk.reached)))
    return 1 if any(found.values()) or not works else 0


if __name__ == "__main__":
    sys.exit(main())
