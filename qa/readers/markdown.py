"""Markdown (CommonMark and tables), parsed by markdown-it-py; the markup goes, the words stay."""

import re
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser

from markdown_it import MarkdownIt
from markdown_it.token import Token

from qa.readers.blocks import Block, Reading
from qa.readers.encoding import decoded
from qa.readers.frontmatter import Fields, annotate
from qa.text import collapse, join_lines, vocabulary

_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_UNSEEN = frozenset({"script", "style"})


def read(data: bytes) -> Reading:
    """The reading of a Markdown file."""
    return Reading(*read_markdown(decoded(data)))


def read_markdown(text: str) -> tuple[list[Block], Fields]:
    """The blocks of a Markdown text and what it says of itself."""
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    known = vocabulary(text)
    return annotate([block for block in _blocks(tokens, known) if block.text])


def _blocks(tokens: Sequence[Token], known: frozenset[str]) -> Iterator[Block]:
    level = 0
    row: list[str] | None = None
    for token in tokens:
        if token.type == "heading_open":
            level = int(token.tag[1:])
        elif token.type == "tr_open":
            row = []
        elif token.type == "tr_close" and row is not None:
            yield Block(collapse(" | ".join(row)) if any(row) else "")
            row = None
        elif token.type == "inline" and row is not None:
            row.append(join_lines(_lines(token.children or ()), known))
        elif token.type == "inline":
            yield Block(join_lines(_lines(token.children or ()), known), level=level)
            level = 0
        else:
            yield from _literal_blocks(token, known)


def _literal_blocks(token: Token, known: frozenset[str]) -> Iterator[Block]:
    """The blocks of what Markdown leaves as it is: code, and HTML without its tags."""
    if token.type in ("fence", "code_block"):
        yield from (Block(collapse(line)) for line in token.content.splitlines())
    elif token.type == "html_block":
        yield Block(join_lines(_Words(token.content).lines, known))


class _Words(HTMLParser):
    """The words of a piece of HTML, line by line."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.lines: list[str] = []
        self._hidden = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._hidden += tag in _UNSEEN

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in _UNSEEN

    def parse_marked_section(self, i: int, report: int = 1) -> int:
        """In HTML, what starts with ``<![`` is a comment; taken for a section of SGML, it may be an AssertionError."""
        return self.parse_bogus_comment(i)

    def handle_data(self, data: str) -> None:
        if self._hidden <= 0:
            self.lines += data.split("\n")


def _lines(children: Sequence[Token]) -> list[str]:
    """The words of an inline run, split where the source breaks the line."""
    lines = [""]
    for child in children:
        if child.type in ("softbreak", "hardbreak") or _BREAK.match(child.content):
            lines.append("")
        elif child.type == "image":
            lines[-1] += "".join(_lines(child.children or ()))
        elif child.type in ("text", "code_inline"):
            lines[-1] += child.content
    return lines
