"""All output to a terminal goes through here, and reaches it only as text.

A file name, title, sentence or address may hold control characters. They could move the cursor, overwrite lines, set
the clipboard, name a link, or change the text direction. Such characters are shown as Python writes them (``\\x1b``);
all others stay. Everything printed, asked or logged goes through here.
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
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # Unicode's Bidi_Control: changes of direction
    "\u2028\u2029"  # line and paragraph separators
    "\ud800-\udfff"  # unpaired surrogates, as in a name whose bytes are not text
)
_CONTROL = re.compile(f"[{_CONTROLS}]")
_CONTROL_IN_LINES = re.compile(f"[{_CONTROLS}]".replace("\x00-\x1f", "\x00-\x08\x0b-\x1f"))


def visible(text: str) -> str:
    """The text on one line, with all terminal control characters written out.

    >>> print(visible("a\\x1b[2Jb\\nc"))
    a\\x1b[2Jb\\nc
    """
    return _CONTROL.sub(_written_out, text)


def _written_out(match: re.Match[str]) -> str:
    return match.group().encode("unicode_escape").decode()


def say(*lines: object, err: bool = False, dim: bool = False) -> None:
    """Print each text on a line of its own. Line breaks inside a text are written out."""
    for line in lines or ("",):
        text = str(line)
        within = text.strip("\n")
        before, _, after = text.partition(within) if within else (text, "", "")
        click.secho(f"{before}{visible(within)}{after}", err=err, dim=dim or None)


def write(text: str) -> None:
    """Print exact text for a program. On a terminal, control characters except line ends and tabs are written out."""
    click.echo(_CONTROL_IN_LINES.sub(_written_out, text) if sys.stdout.isatty() else text, nl=False)


def json_text(text: str) -> str:
    """Equivalent JSON without terminal control characters, except its line ends."""
    return _CONTROL_IN_LINES.sub(lambda match: f"\\u{ord(match.group()):04x}", text)


def prompt(question: str, **options: Any) -> Any:
    """Ask a person for input, like ``click.prompt``."""
    return click.prompt(visible(question), **options)


def rich_console(err: bool = False, width: int | None = None) -> "Console":
    """A rich console that treats nothing as markup. Pass text through ``visible`` first."""
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
