"""Which pages this user serves, and at which ports: a server records it in its folder, and a later start finds it.

No program that listens at a port is asked, because it may belong to a stranger. A running server holds the lock of its
folder, which only its user can enter. So the record is true as long as the lock is held.
"""

import json
import os
import webbrowser
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from html import escape
from pathlib import Path
from threading import Thread

from qa.faces.web.own_folder import living_folders, process_folder

_FILE, _WAY_IN = "serving.json", "open.html"
_UNIX_WITHOUT_SCREEN = ("DISPLAY", "WAYLAND_DISPLAY")
_REDIRECT = (
    '<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0; url={0}"><a href="{0}">Pincite</a>\n'
)


@dataclass(frozen=True, slots=True)
class Presence:
    """A served page: its port, its address with the key, and the folder of its library."""

    port: int
    address: str
    library: str


def announce(presence: Presence) -> Path:
    """Tell later starts of this user where the page is. Returns a file that leads to it."""
    folder = process_folder()
    _write(folder / _WAY_IN, _REDIRECT.format(escape(presence.address)))
    _write(folder / _FILE, json.dumps(asdict(presence)))
    return folder / _WAY_IN


def withdraw() -> None:
    """Remove this record."""
    for name in (_FILE, _WAY_IN):
        (process_folder() / name).unlink(missing_ok=True)


def _write(path: Path, text: str) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)


def found_at(port: int) -> tuple[Presence, Path] | None:
    """The page that this user serves at a port, and a file that leads to it; None if there is none."""
    for folder in living_folders():
        try:
            presence = Presence(**json.loads((folder / _FILE).read_text("utf-8")))
        except (OSError, ValueError, TypeError):  # the process serves nothing, or not yet
            continue
        if presence.port == port:
            return presence, folder / _WAY_IN
    return None


def may_open(environment: Mapping[str, str], platform: str) -> bool:
    """Whether a browser can be opened for somebody: not in CI, and on Unix only with a display."""
    if environment.get("CI"):
        return False
    return platform in ("win32", "darwin", "cygwin") or any(map(environment.get, _UNIX_WITHOUT_SCREEN))


def open_browser(way_in: Path) -> Thread:
    """Open a file in the user's browser, in a thread, because some browser calls return only when it is closed.

    The file leads to the page, because all accounts of a machine can see the addresses passed to programs.
    """
    opening = Thread(target=webbrowser.open, args=(way_in.as_uri(),), daemon=True)
    opening.start()
    return opening
