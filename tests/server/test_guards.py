"""Who may come in, from where and how often; and what pages may load."""

from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from fastapi.testclient import TestClient

from qa.cli import MISTAKE, run
from qa.server import check_host, is_loopback
from qa.server.guards import Door, SecurityHeaders, TokenBucket, policy


def client(**options: Any) -> TestClient:
    app = FastAPI()
    app.add_middleware(Door, **options)
    app.add_middleware(SecurityHeaders)
    app.add_api_route("/api/x", lambda: "in", methods=["GET", "POST"])
    app.add_api_route("/", lambda: "in")
    return TestClient(app, base_url="http://127.0.0.1:7860")


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    clock = [100.0]
    monkeypatch.setattr("qa.server.guards.time.monotonic", lambda: clock[0])
    return clock


def test_a_bucket_gives_what_it_holds_and_fills_again(now: list[float]) -> None:
    bucket = TokenBucket(2, 10)
    assert [bucket.take("a"), bucket.take("a"), bucket.take("b")] == [0, 0, 0]
    assert bucket.take("a") == pytest.approx(5)
    now[0] += 5
    assert [bucket.take("a"), bucket.take("a") > 0] == [0, True]


def test_a_bucket_forgets_clients_that_stayed_away(monkeypatch: pytest.MonkeyPatch, now: list[float]) -> None:
    monkeypatch.setattr("qa.server.guards._MAX_CLIENTS", 3)
    bucket = TokenBucket(1, 60)
    for name in "abcd":
        bucket.take(name)
    assert [bucket.take("d") > 0, bucket.take("a")] == [True, 0]


def test_a_client_that_asks_too_often_is_told_when_to_come_again(now: list[float]) -> None:
    with client(asking=TokenBucket(1, 60)) as served:
        assert served.get("/api/x").status_code == 200
        refused = served.get("/api/x")
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "61")
        assert served.get("/").status_code == 200


@pytest.mark.parametrize("host", ["127.0.0.1:7860", "localhost", "[::1]:7860", "my.host"])
def test_known_hosts_come_in(host: str) -> None:
    with client(hosts=["my.host"]) as served:
        assert served.get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "[::1", ""])
def test_a_name_that_another_site_gave_this_machine_does_not(host: str) -> None:
    with client(hosts=["127.0.0.1"]) as served:
        assert served.get("/", headers={"host": host}).status_code == 421


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"origin": "http://127.0.0.1:7860", "sec-fetch-site": "same-origin"}, 200),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
    ],
)
def test_a_change_that_another_site_asks_for_is_refused(headers: dict[str, str], status: int) -> None:
    with client() as served:
        assert served.post("/api/x", headers=headers).status_code == status


def test_a_login_is_asked_for_everywhere(now: list[float]) -> None:
    with client(login=("ada", "pass:wörd")) as served:
        refused = served.get("/")
        assert (refused.status_code, refused.headers["www-authenticate"][:5]) == (401, "Basic")
        assert served.get("/", auth=("ada", "pass:wörd".encode())).status_code == 200  # type: ignore[arg-type]
        assert served.get("/", auth=("ada", "wrong")).status_code == 401
        assert served.get("/", headers={"authorization": "Basic #"}).status_code == 401
        assert served.get("/", headers={"authorization": "Bearer x"}).status_code == 401


def test_passwords_cannot_be_tried_without_end(now: list[float]) -> None:
    with client(login=("ada", "right")) as served:
        statuses = [served.get("/", auth=("ada", str(n))).status_code for n in range(6)]
        assert statuses == [401] * 5 + [429]
        assert served.get("/", auth=("ada", "right")).status_code == 429
        now[0] += 12
        assert served.get("/", auth=("ada", "right")).status_code == 200


def test_no_page_may_load_from_elsewhere_or_evaluate() -> None:
    for path in ("/", "/document/x", "/api/ask"):
        assert "unsafe-eval" not in policy(path)
        assert "http" not in policy(path)
    assert "script" not in policy("/document/x", b"<script>run()</script>")


RUN = "'sha256-AvyuiL0SD1mVY3NNxR+V2uo+lhk6RMFrytWmRt6CrJQ='"
"""As printf 'run()' | openssl dgst -sha256 -binary | base64 gives it."""


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


@pytest.mark.parametrize(
    ("host", "here"), [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("10.0.0.1", False)]
)
def test_only_this_machine_is_this_machine(host: str, here: bool) -> None:
    assert is_loopback(host) is here
    check_host(host, "ada")


def test_beyond_this_machine_a_login_is_needed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["serve", "--host", "0.0.0.0"]) == MISTAKE
    assert "--user NAME" in capsys.readouterr().err
