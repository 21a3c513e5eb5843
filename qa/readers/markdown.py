"""Markdown (CommonMark and tables), parsed by markdown-it-py. The markup is removed, the words stay."""

import re
from collections.abc import Iterator, Sequence
from html import escape
from html.parser import HTMLParser

from lxml import html as lxml_html
from markdown_it import MarkdownIt
from markdown_it.token import Token

from qa.readers.blocks import Block, Reading
from qa.readers.captions import as_caption, table_name
from qa.readers.encoding import decoded
from qa.readers.frontmatter import Fields, annotate
from qa.readers.html.scripts import INLINE, written_out
from qa.readers.tables.grid import Cell
from qa.readers.tables.sentences import table_blocks
from qa.text.lines import collapse, join_lines, vocabulary
from qa.text.scripts import subscript, superscript

_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_UNSEEN = frozenset({"script", "style"})
_SCRIPT = re.compile(r"<(?:sup|sub|math)\b", re.IGNORECASE)
# Between carets or tildes, as in Pandoc's Markdown: no space inside; a word before, or an isotope's letter after.
_PANDOC = re.compile(r"(?:(?<=[\w)\]])|(?=\^\d+m?\^[A-Z]))(?:\^([^\s^~]{1,40})\^|(?<!~)~([^\s^~]{1,40})~(?!~))")


def read(data: bytes) -> Reading:
    """The reading of a Markdown file."""
    found = decoded(data)
    blocks, fields = read_markdown(found.text)
    return Reading(blocks, {**fields, **found.fields})


def read_markdown(text: str) -> tuple[list[Block], Fields]:
    """The blocks of a Markdown text and its metadata fields."""
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    known = vocabulary(text)
    return annotate([block for block in _blocks(tokens, known) if block.text])


def _blocks(tokens: Sequence[Token], known: frozenset[str]) -> list[Block]:
    found: list[Block] = []
    level, table_starts = 0, -1
    for at, token in enumerate(tokens):
        if token.type == "heading_open":
            level = int(token.tag[1:])
        elif token.type == "table_open":
            table_starts = at
        elif token.type == "table_close":
            found += table_blocks(*_rows(tokens[table_starts:at], known), table_name(found))
            table_starts = -1
        elif token.type != "inline":
            found += _literal_blocks(token, known)
        elif table_starts < 0:
            found.append(as_caption(Block(_text(token, known), level=level)))
            level = 0
    return found


def _rows(tokens: Sequence[Token], known: frozenset[str]) -> tuple[list[list[Cell]], int]:
    """The rows of a table, and how many of them are head rows."""
    rows: list[list[Cell]] = []
    heads = 0
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(Cell(_text(token, known)))
        elif token.type == "thead_close":
            heads = len(rows)
    return rows, heads


def _text(inline: Token, known: frozenset[str]) -> str:
    return join_lines(_lines(inline.children or ()), known)


def _literal_blocks(token: Token, known: frozenset[str]) -> Iterator[Block]:
    """The blocks of parts that Markdown leaves unchanged: code, and HTML without its tags."""
    if token.type in ("fence", "code_block"):
        yield from (Block(collapse(line)) for line in token.content.splitlines())
    elif token.type == "html_block":
        yield Block(join_lines(_Words(token.content).lines, known))


class _Words(HTMLParser):
    """The words of a piece of HTML, line by line."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.lines = [""]
        self._hidden = 0
        self.feed(lxml_html.tostring(written_out(html), encoding="unicode") if _SCRIPT.search(html) else html)
        self.close()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._hidden += tag in _UNSEEN
        self._part(tag)

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in _UNSEEN
        self._part(tag)

    def _part(self, tag: str) -> None:
        if tag not in INLINE:
            self.lines.append("")

    def parse_marked_section(self, i: int, report: int = 1) -> int:
        """In HTML, ``<![`` starts a comment. HTMLParser takes it for an SGML section and may raise AssertionError."""
        return self.parse_bogus_comment(i)

    def handle_data(self, data: str) -> None:
        if self._hidden <= 0:
            first, *more = data.split("\n")
            self.lines[-1] += first
            self.lines += more


def _lines(children: Sequence[Token]) -> list[str]:
    """The words of an inline run, split where the source breaks the line."""
    if any(child.type == "html_inline" and _SCRIPT.match(child.content) for child in children):
        return str(written_out("".join(map(_as_html, children))).text_content()).split("\n")
    return "".join(map(_words, children)).split("\n")


def _words(token: Token) -> str:
    if token.type in ("softbreak", "hardbreak") or _BREAK.match(token.content):
        return "\n"
    if token.type == "image":
        return "".join(map(_words, token.children or ()))
    if token.type == "text":
        return _PANDOC.sub(_script, token.content)
    return token.content if token.type == "code_inline" else ""


def _script(found: re.Match[str]) -> str:
    return superscript(found[1]) if found[1] else subscript(found[2])


def _as_html(token: Token) -> str:
    """A token as minimal HTML that tells a superscript from a reference mark."""
    if token.type == "html_inline" and not _BREAK.match(token.content):
        return token.content
    if token.type in ("link_open", "link_close"):
        return '<a href="#">' if token.nesting == 1 else "</a>"
    return escape(_words(token))
