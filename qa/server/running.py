"""uvicorn as the page needs it."""

import logging
import socket
from typing import Any

import uvicorn
from fastapi import FastAPI

_GRACE_S = 2
"""How long open connections may go on after the page was told to stop."""

_KEEP_ALIVE_S = 75
"""How long an idle connection is kept. uvicorn's 5 seconds are just what a reader thinks between two questions, and a
question sent while the server closes the connection is lost."""


class _Server(uvicorn.Server):
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # Every open page holds a connection, which is cut off now; that is no error to report.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        await super().shutdown(sockets)


def server(app: FastAPI) -> uvicorn.Server:
    """A server of the application that speaks of what goes wrong, and not of every request."""
    options: dict[str, Any] = {"log_level": "warning", "ws": "none", "server_header": False}
    config = uvicorn.Config(app, timeout_graceful_shutdown=_GRACE_S, timeout_keep_alive=_KEEP_ALIVE_S, **options)
    return _Server(config)
