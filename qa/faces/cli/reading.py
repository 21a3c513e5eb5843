"""Print ``qa documents FILE --reading``: a document page by page, block by block, and the meaning of the roles."""

from collections.abc import Iterable
from itertools import groupby
from typing import TYPE_CHECKING

from qa.faces.console import rich_console, say, visible
from qa.faces.readings import Read, first_words
from qa.faces.roles import LOOKS, Block, ShownRole, blocks_of, in_words, is_quotable, kept_out
from qa.proof.citations import unread, warning
from qa.records import Document

if TYPE_CHECKING:
    from rich.text import Text

_STYLES: dict[ShownRole, str] = {
    "body": "blue",
    "front": "cyan",
    "caption": "magenta",
    "table": "green",
    "note": "yellow",
    "heading": "bold",
    "references": "red",
    "boilerplate": "bright_black",
}
_QUOTED, _KEPT_OUT = "✓ quotable", "– kept out"
_BEFORE_WORDS = 28
"""The number of characters before a block's first words."""
_LINE = 120
"""The line width if the output is not a terminal."""


def print_reading(read: Read) -> None:
    """Print the report for a person: pages, blocks with role and first words, then the key to letters and colours."""
    document = read.document
    say(document.label)
    if read.note:
        say(f"qa: {read.note}", err=True)
    if without_text := unread(document):
        say(f"qa: {without_text}", err=True)
    console = rich_console()
    width = max((console.width if console.is_terminal else _LINE) - _BEFORE_WORDS, 20)
    blocks = blocks_of(document)
    for page, ones in groupby(blocks, key=lambda block: block.page):
        if page is not None:
            console.print(f"\n── page {page} ──")
        _print_blocks(document, ones, width)
    say("")
    for role in LOOKS:
        count = sum(block.role == role for block in blocks)
        if count:
            console.print(_meaning(role, count), soft_wrap=True)
    say(f"{in_words(read.sentences, kept_out(document))}.")


def _print_blocks(document: Document, blocks: Iterable[Block], width: int) -> None:
    """Print a page's blocks; below each that may differ from the printed page, say why."""
    console, said = rich_console(), ""
    for block in blocks:
        console.print(_line(block, first_words(document.text[block.start : block.end], width)), soft_wrap=True)
        doubt = warning(document, block.start, block.end)
        if doubt and doubt != said:  # on a machine-recognised page, only once
            said = doubt
            console.print(_doubt(doubt), soft_wrap=True)


def _line(block: Block, words: str) -> "Text":
    return _marked(block.role).append(visible(words))


def _doubt(said: str) -> "Text":
    """Why the words above may differ from the printed page."""
    from rich.text import Text

    return Text(f"{' ' * _BEFORE_WORDS}! {visible(said)}", style="yellow")


def _meaning(role: ShownRole, count: int) -> "Text":
    return _marked(role).append(f"{LOOKS[role].name}: {count:,} {'block' if count == 1 else 'blocks'}")


def _marked(role: ShownRole) -> "Text":
    """The letter, name and verdict of a role, in its colour."""
    from rich.text import Text

    look = LOOKS[role]
    verdict = _QUOTED if is_quotable(role) else _KEPT_OUT
    return Text(f" {look.letter} {role:11} {verdict}  ", style=_STYLES[role], end="")
