"""What pages may load and run, and who may cache them."""

import pytest
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from fastapi.testclient import TestClient

from qa.faces.web.security.guards import SecurityHeaders, policy


def test_no_page_may_load_from_elsewhere_or_evaluate() -> None:
    for path in ("/", "/document/x", "/api/ask"):
        assert "unsafe-eval" not in policy(path)
        assert "http" not in policy(path)
    assert "script" not in policy("/document/x", b"<script>run()</script>")


RUN = "'sha256-AvyuiL0SD1mVY3NNxR+V2uo+lhk6RMFrytWmRt6CrJQ='"
"""The output of printf 'run()' | openssl dgst -sha256 -binary | base64."""


def rule(name: str, policy: str) -> list[str]:
    (values,) = [rule.split()[1:] for rule in policy.split("; ") if rule.split()[0] == name]
    return values


def test_the_scripts_in_the_chat_page_run_and_no_others() -> None:
    inner = "'sha256-iHSw+ylD1R6MuPcaENqDxlOOc/drlHuLPI3fad23t8M='"
    html = b'<script>run()</script> <script src="x.js"></script> <SCRIPT data-x>\n a < b;\n</SCRIPT >'
    assert rule("script-src", policy("/", html)) == ["'self'", RUN, inner]
    assert rule("script-src", policy("/")) == ["'self'"]


def test_a_page_in_pieces_comes_whole_and_with_the_hashes_of_its_scripts() -> None:
    pieces = [b"<p>One</p><scr", b"ipt>run()</script>", b"<p>Two</p>"]
    app = FastAPI()
    app.add_middleware(SecurityHeaders)
    app.add_api_route("/", lambda: StreamingResponse(iter(pieces), media_type="text/html"))
    app.add_api_route("/events", lambda: StreamingResponse(iter(pieces), media_type="text/event-stream"))
    with TestClient(app) as served:
        page, events = served.get("/"), served.get("/events")
    assert (page.content, events.content) == (b"".join(pieces), b"".join(pieces))
    assert rule("script-src", page.headers["content-security-policy"])[1:] == [
        "'sha256-AvyuiL0SD1mVY3NNxR+V2uo+lhk6RMFrytWmRt6CrJQ='"
    ]
    assert rule("script-src", events.headers["content-security-policy"]) == ["'self'"]


LIBRARYS = ["/", "/config", "/document/x", "/document/x/original.pdf", "/answers/x/1", "/answers/x/as/json"]
LIBRARYS += ["/conversations/x/as/ris", "/report", "/api/documents", "/compare", "/gradio_api/queue/data"]
PROGRAMS = ["/page/page.css", "/assets/x.js", "/static/x.woff2", "/theme.css"]


@pytest.mark.parametrize(("path", "kept"), [(path, path not in LIBRARYS) for path in (*LIBRARYS, *PROGRAMS)])
def test_nothing_of_the_library_is_kept_on_the_way(path: str, kept: bool) -> None:
    app = FastAPI()
    app.add_middleware(SecurityHeaders)
    app.add_api_route(path, lambda: "")
    with TestClient(app) as served:
        assert (served.get(path).headers.get("cache-control") == "no-store") != kept
