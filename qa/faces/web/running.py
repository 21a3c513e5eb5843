"""uvicorn, set up for the page."""

import logging
import socket
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import uvicorn
from fastapi import FastAPI

from qa.faces.web.security.connections import Connection, Crowd, Patience, most_connections
from qa.faces.web.security.limits import TokenBucket

_GRACE_S = 2
"""How long open connections may go on after the page was told to stop, in seconds."""

_KEEP_ALIVE_S = 75
"""How long an idle connection is kept, in seconds. With uvicorn's 5, a reader's pause between two questions is often
just as long, and a question sent while the server closes the connection is lost."""

_ACCEPTED_AT_ONCE = 16
"""Connections that asyncio accepts before it handles the first; its default of 2,048 is more than may be open."""

_BACKLOG = 1_024
_TICKS = 10
"""uvicorn ticks ten times a second."""


class _Server(uvicorn.Server):
    def __init__(
        self, config: uvicorn.Config, crowd: Crowd, answers: Callable[[], None], stops: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._crowd = crowd
        self._answers, self._stops = answers, stops

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for listening in sockets or ():
            listening.listen(_BACKLOG)
        if self.started:
            self._answers()

    async def on_tick(self, counter: int) -> bool:
        if counter % _TICKS == 0:
            self._crowd.sweep(self.server_state.connections)
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._stops()  # here, because uvicorn ends the process by the signal that it got
        # Every open page holds a connection, which is now cut off. That is no error to report.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        await super().shutdown(sockets)


class Bounded(logging.Filter):
    """Limits messages of each kind, because a client could fill the disk with them; then says how many were dropped."""

    def __init__(self, often: TokenBucket | None = None) -> None:
        super().__init__()
        self._often = often or TokenBucket(10, 600)
        self._left_out: Counter[str] = Counter()

    def filter(self, record: logging.LogRecord) -> bool:
        kind = str(record.msg)[:200]
        if self._often.take(kind):
            self._left_out[kind] += 1
            return False
        if left_out := self._left_out.pop(kind, 0):
            record.msg = f"{record.msg} ({left_out} more like this were left out)"
        return True


def server(
    app: FastAPI,
    *,
    proxies: Sequence[str] = (),
    patience: Patience | None = None,
    answers: Callable[[], None] = lambda: None,
    stops: Callable[[], None] = lambda: None,
) -> uvicorn.Server:
    """A server of the application that logs problems, but not every request.

    ``answers`` is called as soon as it accepts requests, ``stops`` when it stops.
    """
    crowd = Crowd(most_connections(), patience or Patience(), proxies)
    options: dict[str, Any] = {"log_level": "warning", "ws": "none", "server_header": False, "proxy_headers": False}
    options |= {"timeout_graceful_shutdown": _GRACE_S, "timeout_keep_alive": _KEEP_ALIVE_S}
    config = uvicorn.Config(app, http=partial(Connection, crowd), backlog=_ACCEPTED_AT_ONCE, **options)  # type: ignore[arg-type]
    for name in ("asyncio", "uvicorn.error"):
        logger = logging.getLogger(name)
        logger.filters = [Bounded()]
    return _Server(config, crowd, answers, stops)


def at_once(listening: socket.socket) -> None:
    """Send replies as they are written. asyncio does so only for its own sockets. Otherwise each two-part reply waits
    40 ms for the client to acknowledge the first part (Nagle's algorithm and delayed acknowledgement).
    """
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
