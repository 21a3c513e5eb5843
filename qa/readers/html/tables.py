"""The tables of an HTML page, set aside while its main content is extracted.

Extractors of main content break tables up. So each table is replaced by a paragraph with its words and a unique mark.
The table returns where its mark comes out of the extractor.
"""

import hashlib
import re
from collections.abc import Sequence
from typing import Any

from lxml import etree

from qa.readers.blocks import Block
from qa.readers.captions import name_of, table_name
from qa.readers.tables.markup import rows_of
from qa.readers.tables.sentences import table_blocks
from qa.text.lines import collapse

_BREAKS = frozenset("br p div li ul ol td th tr dd dt".split())
_LAYOUT = "h1 h2 h3 h4 h5 h6 form nav article section".split()


class Tables:
    """The tables that were set aside, found by the marks that replaced them."""

    def __init__(self, page: Any) -> None:
        self._key = hashlib.sha256(etree.tostring(page)).hexdigest()[:16]
        self._mark = re.compile(rf"tab{self._key}n(\d+)")
        self._tables = [table for table in page.iter("table") if _holds_data(table)]
        self._captions = [_caption(table) for table in self._tables]
        for number, table in enumerate(self._tables):
            _replace(table, f"tab{self._key}n{number} ")

    def blocks_of(self, text: str, before: Sequence[Block]) -> list[Block] | None:
        """The blocks of the table whose mark is in the text, after the blocks ``before``; None without a mark."""
        found = self._mark.search(text)
        if found is None:
            return None
        table, caption = self._tables[int(found[1])], self._captions[int(found[1])]
        name = name_of(caption) or table_name(before)
        shown = [Block(caption, role="caption", part=name)] if caption else []
        return [*shown, *table_blocks(*rows_of(table, lambda cell: (collapse(_words(cell)), ())), name)]


def _caption(table: Any) -> str:
    """The table's caption, else the caption of the figure around it; empty if neither."""
    own = collapse(_words(table.find("caption")))
    figure = next(table.iterancestors("figure"), None)
    of_figure = None if figure is None else figure.find(".//figcaption")
    if own or of_figure is None:
        return own
    caption = collapse(_words(of_figure))
    of_figure.drop_tree()
    return caption


def _holds_data(table: Any) -> bool:
    """Whether this is a grid of data, not a table used for page layout."""
    if table.find(".//table") is not None or any(table.find(f".//{name}") is not None for name in _LAYOUT):
        return False
    rows = [[cell for cell in row.iterchildren("td", "th")] for row in table.iter("tr")]
    return sum(len(row) > 1 for row in rows) > 1


def _replace(table: Any, mark: str) -> None:
    """Replace the table by a paragraph with the mark and the table's words, or put that after the figure around it."""
    stand_in = etree.Element("p")
    stand_in.text = mark + collapse(_words(table))
    figure = next((above for above in table.iterancestors("figure") if above.getparent() is not None), None)
    (table if figure is None else figure).addprevious(stand_in)
    table.drop_tree()


def _words(element: Any) -> str:
    """The words of an element, with white space at line breaks; empty for None."""
    if element is None:
        return ""
    words = []
    for event, inner in etree.iterwalk(element, events=("start", "end")):
        words.append(" " if inner.tag in _BREAKS else "")
        if event == "start":
            words.append(inner.text or "")
        elif inner is not element:
            words.append(inner.tail or "")
    return "".join(words)
