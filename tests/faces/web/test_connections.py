"""Clients that stop in the middle of a request or reply are cut off. Others are answered meanwhile."""

import json
import logging
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from http.client import HTTPResponse
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi import FastAPI, Request
from starlette.responses import StreamingResponse

from qa.faces.web.running import Bounded
from qa.faces.web.security.connections import MOST, Patience, most_connections
from qa.faces.web.security.limits import TokenBucket
from tests.support.running import serving

QUICK = Patience(head_s=1, body_s=1, stall_s=1, linger_s=1)
HEAD = b"POST /length HTTP/1.1\r\nHost: 127.0.0.1\r\n"
BODY = HEAD + b"Content-Length: 1000\r\n\r\n"
BIG = 4_000_000


FULL = (
    b"HTTP/1.1 503 \r\nContent-Type: application/json\r\nContent-Length: 66\r\nConnection: close\r\n\r\n"
    b'{"error": "too many connections are open; try again in a moment."}'
)


def app() -> FastAPI:
    made = FastAPI()

    @made.post("/length")
    async def length(request: Request) -> int:
        return len(await request.body())

    @made.post("/refused")
    async def refused() -> int:
        return 0

    @made.get("/big")
    def big() -> StreamingResponse:
        return StreamingResponse(iter([b"x" * BIG] * 5), media_type="text/plain")

    return made


@contextmanager
def patient(patience: Patience = QUICK, most: int = 1_000) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("qa.faces.web.running.most_connections", lambda: most)
        with serving(app, patience=patience) as address:
            yield address


@contextmanager
def sent(address: str, *pieces: bytes, **options: int) -> Iterator[socket.socket]:
    """A connection on which these pieces were sent."""
    parts = urlsplit(address)
    with socket.socket() as connection:
        if "buffer" in options:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, options["buffer"])
        connection.settimeout(30)
        connection.connect((parts.hostname, parts.port))
        for piece in pieces:
            connection.sendall(piece)
        yield connection


def rest(connection: socket.socket) -> bytes:
    """All bytes until the server closes."""
    received = b""
    with suppress(ConnectionError):
        while piece := connection.recv(65_536):
            received += piece
    return received


def is_waiting(connection: socket.socket) -> bool:
    connection.settimeout(0.1)
    try:
        return bool(connection.recv(1, socket.MSG_PEEK))
    except TimeoutError:
        return True


def trickle(connection: socket.socket, piece: bytes) -> int:
    """Send the piece twenty times a second, at most 200 times; return how often it worked."""
    for number in range(200):
        try:
            connection.sendall(piece)
        except ConnectionError:
            return number
        time.sleep(0.05)
    return 200


def told(connection: socket.socket) -> tuple[int, Any]:
    """The status and the JSON of the reply."""
    reply = HTTPResponse(connection)
    reply.begin()
    return reply.status, json.load(reply)


@pytest.mark.parametrize(("request_", "what"), [(b"", "head"), (HEAD, "head"), (BODY, "body")])
def test_half_a_request_is_told_so_and_closed(request_: bytes, what: str) -> None:
    with patient() as address, sent(address, request_) as connection:
        status, form = told(connection)
        assert (status, form) == (408, {"error": f"the {what} of this request did not come in time; send it again."})


def test_a_request_that_trickles_in_has_no_more_time_than_one_that_stands_still() -> None:
    with patient() as address, sent(address, HEAD) as connection:
        assert trickle(connection, b"X: y\r\n") < 100


def test_a_body_that_comes_as_fast_as_it_must_is_taken() -> None:
    request, patience = HEAD + b"Content-Length: 4000\r\n\r\n", Patience(body_s=0.5, rate=1_000)
    with patient(patience) as address, sent(address, request) as connection:
        for _ in range(20):
            connection.sendall(b"x" * 200)
            time.sleep(0.1)
        assert told(connection) == (200, 4000)


def test_who_was_refused_cannot_go_on_sending() -> None:
    request = b"POST /refused HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n"
    with patient() as address, sent(address, request) as connection:
        assert told(connection) == (200, 0)
        assert trickle(connection, b"x") < 150


def test_a_connection_serves_several_requests() -> None:
    with patient() as address, httpx.Client(base_url=address) as client:
        assert client.post("/length", content=b"x").json() == 1
        time.sleep(1.5)  # longer than the limit for a request head
        assert client.post("/length", content=b"x" * 100_000).json() == 100_000


def test_who_takes_nothing_of_a_reply_is_cut_off_and_who_takes_it_slowly_is_not() -> None:
    get = b"GET /big HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    with patient() as address, sent(address, get, buffer=4_096) as idle, sent(address, get) as slow:
        received = 0
        while piece := slow.recv(1_000_000):
            received += len(piece)
            time.sleep(0.002)
        assert received > 5 * BIG
        time.sleep(3 * QUICK.stall_s)  # the slow client may finish before the idle one is cut off
        assert len(rest(idle)) < 5 * BIG  # only what was already sent


@pytest.mark.parametrize("request_", [HEAD, BODY, b""])
def test_where_no_more_fit_in_the_longest_waiting_goes(request_: bytes) -> None:
    with patient(Patience(), most=20) as address, ExitStack() as stack:
        hanging = [stack.enter_context(sent(address, request_)) for _ in range(60)]
        assert httpx.post(f"{address}length", content=b"xy", timeout=10).json() == 2
        assert rest(hanging[0]) in (FULL, b"")
        assert is_waiting(hanging[-1])


def test_what_is_no_http_is_told_so_in_the_form_of_all_errors() -> None:
    with patient() as address, sent(address, b"\x16\x03\x01 hello\r\n\r\n") as connection:
        assert told(connection)[0] == 400


def test_a_message_is_not_repeated_without_end() -> None:
    bounded = Bounded(TokenBucket(2, 600))
    records = [logging.makeLogRecord({"name": "asyncio", "msg": "again"}) for _ in range(1_000)]
    assert [bounded.filter(record) for record in records] == [True] * 2 + [False] * 998
    assert bounded.filter(logging.makeLogRecord({"msg": "another"}))


def test_the_next_message_says_how_many_were_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr("qa.faces.web.security.limits.time.monotonic", lambda: clock[0])
    bounded = Bounded(TokenBucket(1, 60))
    assert [bounded.filter(logging.makeLogRecord({"msg": "again"})) for _ in range(4)] == [True, False, False, False]
    clock[0] = 60
    record = logging.makeLogRecord({"msg": "again"})
    assert bounded.filter(record)
    assert record.getMessage() == "again (3 more like this were left out)"


@pytest.mark.parametrize(("files", "most"), [(256, 128), (1_024, 896), (10**6, MOST), (-1, MOST), (64, 2)])
def test_files_are_left_to_the_library(monkeypatch: pytest.MonkeyPatch, files: int, most: int) -> None:
    resource = pytest.importorskip("resource", reason="Windows has no such limit")
    monkeypatch.setattr(resource, "getrlimit", lambda _: (files, files))
    assert most_connections() == most
