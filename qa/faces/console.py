"""The one way from this program to a terminal: no text reaches it as anything but text.

A file's name, a title, a sentence or an address may hold what a terminal obeys: it would move the cursor, write over
lines, set the clipboard, name a link, or turn the direction of what follows. Such characters are shown as Python writes
them (``\\x1b``), and the rest as it is. Everything that is printed, asked or logged goes through here.
"""

import logging
import re
import sys
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.console import Console

_CONTROLS = (
    "\x00-\x1f\x7f-\x9f"  # C0, delete and C1
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # Unicode's Bidi_Control: other directions
    "\u2028\u2029"  # line and paragraph separators
    "\ud800-\udfff"  # halves of characters, as of a name whose bytes are no text
)
_CONTROL = re.compile(f"[{_CONTROLS}]")
_CONTROL_IN_LINES = re.compile(f"[{_CONTROLS}]".replace("\x00-\x1f", "\x00-\x08\x0b-\x1f"))


def visible(text: str) -> str:
    """The text on one line, with whatever a terminal would obey written out.

    >>> print(visible("a\\x1b[2Jb\\nc"))
    a\\x1b[2Jb\\nc
    """
    return _CONTROL.sub(_written_out, text)


def _written_out(match: re.Match[str]) -> str:
    return match.group().encode("unicode_escape").decode()


def say(*lines: object, err: bool = False, dim: bool = False) -> None:
    """Print each on a line of its own, in which only line ends before and after its text break it."""
    for line in lines or ("",):
        text = str(line)
        within = text.strip("\n")
        before, _, after = text.partition(within) if within else (text, "", "")
        click.secho(f"{before}{visible(within)}{after}", err=err, dim=dim or None)


def write(text: str) -> None:
    """Print what is for a program, exactly; where a terminal shows it, with all but its lines and tabs written out."""
    click.echo(_CONTROL_IN_LINES.sub(_written_out, text) if sys.stdout.isatty() else text, nl=False)


def json_text(text: str) -> str:
    """JSON of the same value in which no character is left that a terminal obeys but the ends of its lines."""
    return _CONTROL_IN_LINES.sub(lambda match: f"\\u{ord(match.group()):04x}", text)


def prompt(question: str, **options: Any) -> Any:
    """What a person types, as ``click.prompt`` takes it."""
    return click.prompt(visible(question), **options)


def rich_console(err: bool = False, width: int | None = None) -> "Console":
    """A console of rich, which takes nothing for markup. What is shown on it goes through ``visible`` first."""
    from rich.console import Console

    return Console(stderr=err, width=width, markup=False, highlight=False, emoji=False)


def log_errors() -> None:
    """Log errors, and warnings of this program, on standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(_OneLine("qa: %(message)s"))
    logging.basicConfig(handlers=[handler], level=logging.ERROR)
    logging.getLogger("qa").setLevel(logging.WARNING)


class _OneLine(logging.Formatter):
    def formatMessage(self, record: logging.LogRecord) -> str:
        return visible(super().formatMessage(record))

    def formatException(self, error: Any) -> str:
        return "\n".join(map(visible, super().formatException(error).split("\n")))
