"""Limits on open connections: their number, and how long each may keep the server waiting. uvicorn has none."""

import ipaddress
import json
import time
from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum
from math import inf
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from qa.faces.web.security.limits import counted

MOST = 1_000
RESERVED = 128
"""File descriptors reserved for the library, and for connections accepted but not yet handled."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How many seconds a client may take. The values are the defaults of Apache's mod_reqtimeout, where it has one.

    ``head_s`` for a request's head. ``body_s`` for its body, plus the time it takes at ``rate`` bytes a second.
    ``stall_s`` for receiving a reply slower than that rate. ``linger_s`` to end a request already refused.
    """

    head_s: float = 20
    body_s: float = 20
    stall_s: float = 30
    linger_s: float = 2
    rate: float = 500


class Wait(Enum):
    """What the server waits for."""

    HEAD = "head"
    BODY = "body"
    REST = "the rest of a body that is not wanted any more"
    NEXT = "another request"


class Connection(H11Protocol):
    """A uvicorn connection that knows what it waits for, since when and until when; None while the server works."""

    def __init__(self, crowd: "Crowd", **options: Any) -> None:
        super().__init__(**options)
        self.wait: Wait | None = None
        self.begun, self.due = 0.0, inf
        self._crowd, self._patience = crowd, crowd.patience
        self._unsent, self._since = 0, 0.0

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._wait_for(Wait.HEAD, self._patience.head_s)
        self._crowd.admit(self)

    @property
    def address(self) -> str:
        """The client's address."""
        return self.client[0] if self.client else ""

    @property
    def is_open(self) -> bool:
        """Whether it is not about to be closed."""
        return not self.transport.is_closing()

    def data_received(self, data: bytes) -> None:
        if not self.is_open:
            return
        if self.wait is Wait.NEXT:
            self._wait_for(Wait.HEAD, self._patience.head_s)
        super().data_received(data)
        if self.is_open:
            self._note(len(data))

    def _note(self, received: int) -> None:
        """Set what is waited for after so many bytes."""
        state = self.conn.their_state
        if state is h11.SEND_BODY and self.wait is not Wait.REST:
            if self.wait is not Wait.BODY:
                self._wait_for(Wait.BODY, self._patience.body_s)
            self.due += received / self._patience.rate
        elif state is h11.IDLE and self.wait is Wait.REST:
            self._wait_for(Wait.NEXT, self.timeout_keep_alive)
        elif state not in (h11.IDLE, h11.SEND_BODY):
            self.wait = None

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.conn.their_state is h11.SEND_BODY:
            self._wait_for(Wait.REST, self._patience.linger_s)
        elif self.conn.their_state is h11.IDLE:
            self._wait_for(Wait.NEXT, self.timeout_keep_alive)

    def _wait_for(self, what: Wait, seconds: float) -> None:
        self.wait, self.begun = what, time.monotonic()
        self.due = self.begun + seconds

    def resume_writing(self) -> None:
        super().resume_writing()
        self._unsent = 0

    def is_stalled(self) -> bool:
        """Whether the client receives nothing, or almost nothing, of its reply."""
        unsent, now = self.transport.get_write_buffer_size(), time.monotonic()
        if not self._unsent or not unsent:
            self._unsent, self._since = unsent, now
            return False
        if now - self._since < self._patience.stall_s:
            return False
        taken = self._unsent - unsent
        self._unsent, self._since = unsent, now
        return taken < self._patience.rate * self._patience.stall_s

    def is_late(self, now: float) -> bool:
        """Whether the client keeps the server waiting too long, not the reverse."""
        return bool(self.wait) and now > self.due and self.is_open and not self.flow.read_paused

    def send_400_response(self, msg: str) -> None:
        self.dismiss(400, "this is no HTTP request that can be read; send another.")

    def dismiss(self, status: int, sentence: str) -> None:
        """Close, and say why if a request was begun and no reply was sent yet."""
        if self.wait is not Wait.NEXT and self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE, h11.ERROR):
            body = json.dumps({"error": sentence}).encode()
            head = f"HTTP/1.1 {status} \r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
            self.transport.write(head.encode() + b"Connection: close\r\n\r\n" + body)
        self.transport.close()


class Crowd:
    """A server's connections: at most ``most``, and half as many from one address, proxies excepted."""

    def __init__(self, most: int, patience: Patience, proxies: Collection[str] = ()) -> None:
        self.most, self.patience = most, patience
        self._proxies = [ipaddress.ip_network(proxy) for proxy in proxies]

    def admit(self, newcomer: Connection) -> None:
        """Make room: close a connection that keeps the server waiting, or the newcomer if there is none."""
        there = [one for one in newcomer.connections if isinstance(one, Connection) and one.is_open]
        if len(there) > self.most:
            _make_room(there, newcomer)
        elif len(there) > self.most // 2 and not self._is_proxy(newcomer.address):
            known = counted(newcomer.address)
            akin = [one for one in there if counted(one.address) == known]
            if len(akin) > self.most // 2:
                _make_room(akin, newcomer)

    def sweep(self, connections: Collection[Any]) -> None:
        """Close connections that took too long."""
        now = time.monotonic()
        for one in list(connections):
            if one.is_stalled():
                one.transport.abort()
            elif one.is_late(now):
                one.dismiss(408, f"the {one.wait.value} of this request did not come in time; send it again.")

    def _is_proxy(self, address: str) -> bool:
        return any(ipaddress.ip_address(address) in proxy for proxy in self._proxies)


def _make_room(among: Collection[Connection], newcomer: Connection) -> None:
    def lasting(one: Connection) -> tuple[bool, bool, float]:
        """A body counts more than a head, and more the more of it has arrived."""
        is_body = one.wait is Wait.BODY
        return one is newcomer, is_body, one.due if is_body else one.begun

    leaving = min((one for one in among if one.wait), key=lasting)
    leaving.dismiss(503, "too many connections are open; try again in a moment.")


def most_connections() -> int:
    """The number of connections that this process may have open."""
    try:
        from resource import RLIMIT_NOFILE, getrlimit
    except ImportError:  # Windows has no such limit
        return MOST
    files, _ = getrlimit(RLIMIT_NOFILE)
    return max(2, min(MOST, files - RESERVED)) if files > 0 else MOST
