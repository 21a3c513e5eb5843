"""A real server on this machine, in a thread, while a block runs."""

import asyncio
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import uvicorn
from fastapi import FastAPI

from qa.faces.web.application import application
from qa.faces.web.running import at_once, server
from qa.faces.web.security.access import Access
from qa.library import Library


@contextmanager
def running(library: Library, *, made: Callable[[Any], None] | None = None, **options: Any) -> Iterator[str]:
    """Serve the application for the library and yield its address; ``options`` are those of Access.

    ``made`` is called with the application before it is served.
    """
    access = Access(**options)

    def make() -> FastAPI:
        app = application(library, access)
        if made:
            made(app)
        return app

    with serving(make, proxies=access.proxies) as address:
        yield address


@contextmanager
def serving(make: Callable[[], FastAPI], **options: Any) -> Iterator[str]:
    """Serve an application and yield its address; ``options`` are those of the server."""
    servers: list[uvicorn.Server] = []

    async def serve(listening: socket.socket) -> None:
        app = make()  # in this thread, because Gradio uses the current event loop
        servers.append(server(app, **options))
        await servers[0].serve([listening])

    with socket.create_server(("127.0.0.1", 0)) as listening:
        at_once(listening)
        thread = Thread(target=lambda: asyncio.run(serve(listening)))
        thread.start()
        while thread.is_alive() and not (servers and servers[0].started):
            time.sleep(0.02)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
        finally:
            if servers:
                servers[0].should_exit = True
            thread.join()
