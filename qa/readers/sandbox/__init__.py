"""Lock this process in before it meets a file of anybody's making: it needs nothing but that file's bytes.

On Linux, Landlock takes the files away and a seccomp filter all that a parser has no need of: network, other programs,
other processes, writing. Neither wants a privilege, and neither can be undone. ``held`` says what this system has; what
it has is required: where it cannot be switched on, ``enter`` raises and nothing is read.
"""

import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from qa.readers.sandbox import landlock, seccomp

__all__ = ["Held", "enter", "held"]

_SYSTEM = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache")
"""Where the libraries are that a module of Python's may load when it is first used."""

_FONTS = ("/usr/share/fonts", "/usr/share/X11/fonts/Type1", "/usr/share/X11/fonts/TTF", "/usr/local/share/fonts")
"""Where PDFium looks for fonts that a PDF names and does not hold."""


@dataclass(frozen=True, slots=True)
class Held:
    """What this system can keep from a process that has entered."""

    files: bool
    """No file can be opened but Python's own and the system's libraries and fonts, and those only for reading."""
    network: bool
    """No connection, no other program, no other process, no writing."""

    def __str__(self) -> str:
        kept = [*(["files"] if self.files else []), *(["network, programs"] if self.network else [])]
        if not kept:
            return "Files are read in a process of their own, which this system cannot keep from files or the network."
        rest = "" if self.files and self.network else "; the rest this system cannot"
        return f"Files are read in a process of their own that is kept from {', '.join(kept)}{rest}."


def held() -> Held:
    """What the system has, without entering."""
    if sys.platform != "linux":
        return Held(files=False, network=False)
    return Held(files=landlock.version() > 0, network=seccomp.is_available())


def enter() -> None:
    """Lock this process in for good, and every thread that it starts from now on. OSError where that fails.

    Import first what the work needs: what lies beside a package that is loaded can still be read, and nothing else.
    """
    has = held()
    if has.files:
        landlock.allow_reading(_readable())
    if has.network:
        seccomp.install()


def _readable() -> list[str]:
    """The folders and files that Python may still have to read as it works."""
    known = {sys.prefix, sys.base_prefix, sys.exec_prefix, *_SYSTEM, *_FONTS, *_packages()}
    return sorted(path for path in map(os.path.realpath, known) if os.path.exists(path))


def _packages() -> Iterator[str]:
    """The folders of the packages that are loaded, wherever they are installed."""
    for name, module in list(sys.modules.items()):
        paths: Iterable[str] = getattr(module, "__path__", None) or ()
        if "." not in name:
            yield from paths
