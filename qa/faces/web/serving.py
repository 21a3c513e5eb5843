"""Serve the chat page and its other pages over one Library.

Document text reaches a browser only as escaped text: in the conversation, inside plain HTML; in the source pages,
inside pages that run no script.
"""

import os
import socket
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import quote

from qa.errors import QAError
from qa.faces.web.security.access import Access

if TYPE_CHECKING:
    from qa.library import Library

Say = Callable[[str], None]
"""A callback that gets status messages, one sentence each."""


def serve(library: "Library", listening: socket.socket, host: str, access: Access, say: Say, *, browse: bool) -> None:
    """Serve on a socket of ``listen`` until interrupted. ``say`` gets status messages, and the address once it answers.

    With ``browse``, the page is opened in the user's browser if there is a display and this is not CI.
    """
    say("Loading the page …")
    from qa.faces.web import presence
    from qa.faces.web.application import application
    from qa.faces.web.running import at_once, server

    at_once(listening)
    app = application(library, access)
    say("Loading the model …")
    # Warm up first, so that the first question is not slow.
    library.encoder.encode_question("ready")

    def answers() -> None:
        site = address(f"http://{_authority(host, listening)}", access.key)
        say(f"Pincite answers at {site} (stop with Ctrl+C)")
        port = listening.getsockname()[1]
        way_in = presence.announce(presence.Presence(port, site, str(library.path.resolve())))
        if browse and presence.may_open(os.environ, sys.platform):
            presence.open_browser(way_in)

    try:
        server(app, proxies=access.proxies, answers=answers, stops=presence.withdraw).run(sockets=[listening])
    except KeyboardInterrupt:
        return  # uvicorn raises it once it has stopped


def address(site: str, key: str | None) -> str:
    """The address of the page, with its key if there is one."""
    return f"{site}/?key={quote(key, safe='')}" if key else f"{site}/"


def listen(host: str, port: int, library: str, say: Say, *, browse: bool) -> socket.socket | None:
    """A socket at the address. None if this user already serves this library there: that page is named and opened.

    QAError if the address is not available. A program that listens there is not contacted.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=128)
    except OSError as error:
        from qa.faces.web import presence

        running = presence.found_at(port)
        if running is None:
            raise QAError(f"the page cannot be served at {host}:{port}; name another port with --port.") from error
        there, way_in = running
        if there.library != os.path.realpath(library):
            raise QAError(
                f"the library {there.library} is served at {there.address} already; name another port with --port."
            ) from error
        say(f"Pincite is already running at {there.address}")
        if browse and presence.may_open(os.environ, sys.platform):
            presence.open_browser(way_in).join()
        return None


def _authority(host: str, listening: socket.socket) -> str:
    shown = f"[{host}]" if ":" in host else host
    return f"{shown}:{listening.getsockname()[1]}"
