"""The commands that serve a library to others: ``qa serve`` and ``qa mcp``."""

from functools import partial
from pathlib import Path
from typing import Any

import click

from qa.faces.cli.opening import asked_library
from qa.faces.cli.options import DONE, library_option
from qa.faces.console import prompt, say
from qa.faces.web import serving
from qa.faces.web.security.access import access_to, is_loopback


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=7860, show_default=True, type=click.IntRange(0, 65535), help="The port; 0 for any.")
@click.option("--user", metavar="NAME", help="Ask for this name and a password; needed beyond this machine.")
@click.option("--no-key", is_flag=True, help="Let everybody on this machine in.")
@click.option("--proxy", "proxies", metavar="ADDRESS", multiple=True, help="Believe this proxy, or network of them.")
@click.option("--name", "names", metavar="HOST", multiple=True, help="A name that the page is reached by, too.")
@click.option("--read-only", is_flag=True, help="Let whoever comes in ask, search and read, and change nothing.")
@click.option("--no-browser", is_flag=True, help="Print the address alone, and open no browser.")
@library_option
def serve(host: str, port: int, path: Path, no_browser: bool, **access: Any) -> int:
    """Open the chat page, in a browser where there is a display.

    The address that is printed has a key in it: PINCITE_KEY from the environment, or else a random one. With --user, a
    name and a password are asked for instead: PINCITE_PASSWORD from the environment, or else what is typed now.
    """
    granted = access_to(host, **access, ask=_password)
    tell = partial(say, err=True)
    browse = not no_browser and is_loopback(host) and not granted.proxies
    tell(f"Starting Pincite over the library {path} …")
    listening = serving.listen(host, port, str(path), tell, browse=browse)
    if listening is None:
        return DONE
    with listening, asked_library(path) as library:
        serving.serve(library, listening, host, granted, tell, browse=browse)
    return DONE


def _password(user: str) -> str:
    return str(prompt(f"Password for {user}", hide_input=True, confirmation_prompt=True, err=True))


@click.command()
@library_option
def mcp(path: Path) -> int:
    """Serve the library as tools of the Model Context Protocol.

    Reads standard input and writes standard output, for the program that starts it.
    """
    from qa.faces import mcp as server  # imported here: it needs pydantic, and listing commands must not wait for it

    server.check_installed()
    with asked_library(path) as library:
        server.serve(library)
    return DONE
