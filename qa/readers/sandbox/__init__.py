"""Lock this process in before it opens an untrusted file: it needs only that file's bytes.

On Linux, Landlock blocks file access, and a seccomp filter blocks everything that a parser does not need: network,
other programs, other processes, writing. Neither needs privileges; neither can be undone. ``held`` says what the system
offers. All of that is required: if it cannot be switched on, ``enter`` raises and nothing is read.
"""

import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from qa.readers.sandbox import landlock, seccomp

__all__ = ["Held", "enter", "held"]

_SYSTEM = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache")
"""Libraries that a Python module may load at its first use."""

_FONTS = ("/usr/share/fonts", "/usr/share/X11/fonts/Type1", "/usr/share/X11/fonts/TTF", "/usr/local/share/fonts")
"""Where PDFium looks for fonts that a PDF names but does not hold."""


@dataclass(frozen=True, slots=True)
class Held:
    """What this system can block in a process that has entered."""

    files: bool
    """Only Python's files and the system's libraries and fonts can be opened, and only for reading."""
    network: bool
    """No connection, no other program, no other process, no writing."""

    def __str__(self) -> str:
        kept = [*(["files"] if self.files else []), *(["network, programs"] if self.network else [])]
        if not kept:
            return "Files are read in a process of their own, which this system cannot keep from files or the network."
        rest = "" if self.files and self.network else "; the rest this system cannot"
        return f"Files are read in a process of their own that is kept from {', '.join(kept)}{rest}."


def held() -> Held:
    """What the system can block, without entering."""
    if sys.platform != "linux":
        return Held(files=False, network=False)
    return Held(files=landlock.version() > 0, network=seccomp.is_available())


def enter() -> None:
    """Lock in this process for good, with every thread that it starts from now on. OSError if that fails.

    Import what the work needs first. After this, only files beside loaded packages can still be read.
    """
    has = held()
    if has.files:
        landlock.allow_reading(_readable())
    if has.network:
        seccomp.install()


def _readable() -> list[str]:
    """The folders and files that Python may still need to read."""
    known = {sys.prefix, sys.base_prefix, sys.exec_prefix, *_SYSTEM, *_FONTS, *_packages()}
    return sorted(path for path in map(os.path.realpath, known) if os.path.exists(path))


def _packages() -> Iterator[str]:
    """The folders of the packages that are loaded, wherever they are installed."""
    for name, module in list(sys.modules.items()):
        paths: Iterable[str] = getattr(module, "__path__", None) or ()
        if "." not in name:
            yield from paths
