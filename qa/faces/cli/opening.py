"""Open the library for a command."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import qa
from qa.faces.cli import terminal
from qa.faces.console import say


@contextmanager
def asked_library(path: Path) -> Iterator["qa.Library"]:
    """The library. If the default one does not exist, it is made from the built-in corpus, with progress."""
    with qa.open(path) as library:
        with terminal.progress() as progress:
            built = library.prepare(progress=progress)
        if built:
            say(f"qa: made the library {path} from the built-in corpus.", err=True)
        terminal.print_old_readings(library.description())
        yield library
