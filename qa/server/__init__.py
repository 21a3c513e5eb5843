"""The chat page and what is served beside it, over one Library: faces only.

Document text reaches a browser as escaped text alone: in the conversation, inside plain HTML; in the source pages,
inside pages that run no script at all.
"""

import ipaddress
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING

from qa.errors import QAError

if TYPE_CHECKING:
    from qa.library import Library

Login = tuple[str, str]
"""A name and its password."""


def check_host(host: str, user: str | None) -> None:
    """QAError if the page would be open to other machines without a login."""
    if not is_loopback(host) and not user:
        raise QAError(f"{host} can be reached from other machines; name who may come in with --user NAME.")


def is_loopback(host: str) -> bool:
    """Whether an address is reached from this machine alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def serve(library: "Library", host: str, port: int, *, login: Login | None = None, say: Callable[[str], None]) -> None:
    """Serve until interrupted; ``say`` is told where. QAError if the address cannot be had, or is open to all."""
    from qa.server.application import application
    from qa.server.running import server

    check_host(host, login[0] if login else None)
    with _listening(host, port) as listening:
        # Warmed up before the page is there, so that the first question is not the slow one.
        library.encoder.encode_question("ready")
        app = application(library, login=login, hosts=(host,) if is_loopback(host) else ())
        say(f"Pincite answers at {_address(host, listening)} (stop with Ctrl+C)")
        try:
            server(app).run(sockets=[listening])
        except KeyboardInterrupt:
            return  # which uvicorn raises once it has stopped


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=128)
    except OSError as error:
        raise QAError(f"the page cannot be served at {host}:{port}; name another port with --port.") from error


def _address(host: str, listening: socket.socket) -> str:
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{listening.getsockname()[1]}/"
