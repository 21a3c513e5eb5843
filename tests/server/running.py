"""A real server on this machine, in a thread, for as long as a block runs."""

import asyncio
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import uvicorn

from qa.library import Library
from qa.server.application import application
from qa.server.running import server


@contextmanager
def running(library: Library, **options: Any) -> Iterator[str]:
    """The address at which the application over the library is served."""
    servers: list[uvicorn.Server] = []

    async def serve(listening: socket.socket) -> None:
        app = application(library, **options)  # here, as Gradio takes the event loop that it finds
        servers.append(server(app))
        await servers[0].serve([listening])

    with socket.create_server(("127.0.0.1", 0)) as listening:
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
