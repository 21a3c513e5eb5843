"""Rows and cells of a table in the markup that HTML and JATS share: ``thead``, ``tr``, ``th``, ``rowspan``."""

import re
from collections.abc import Callable
from typing import Any

from qa.readers.tables.grid import Cell
from qa.records import Mention

Said = Callable[[Any], tuple[str, tuple[Mention, ...]]]
"""The text of a cell's element, and the citations in it."""

_SET_OFF = frozenset("b bold strong i italic em".split())
_INDENTED = re.compile(r"\s*[\u00a0\u2000-\u200a\u3000]+\s*\S|\s*[–—•·‐-]\s+\S")
_SPAN = re.compile(r"\s*(\d{1,5})")


def rows_of(table: Any, said: Said) -> tuple[list[list[Cell]], int]:
    """The rows of a table, heads first, and how many are marked as heads. Nested tables are skipped."""
    rows = [row for row in table.iter("tr") if next(row.iterancestors("table")) is table]
    heads = [row for row in rows if row.getparent().tag == "thead"]
    rest = [row for row in rows if row.getparent().tag != "thead"]
    last = [row for row in rest if row.getparent().tag == "tfoot"]
    ordered = [*heads, *(row for row in rest if row not in last), *last]
    return [[_cell(cell, said) for cell in row.iterchildren("td", "th")] for row in ordered], len(heads)


def _cell(element: Any, said: Said) -> Cell:
    text, mentions = said(element)
    return Cell(
        text,
        rows=_span(element.get("rowspan")),
        columns=_span(element.get("colspan")),
        head=element.tag == "th",
        set_off=_is_set_off(element),
        indented=_INDENTED.match("".join(element.itertext())) is not None,
        mentions=mentions,
    )


def _span(said: str | None) -> int:
    number = _SPAN.match(said or "")
    return max(1, int(number[1])) if number else 1


def _is_set_off(element: Any) -> bool:
    """Whether one bold or italic element holds the whole cell, within paragraphs or not."""
    while len(element) == 1 and not (element.text or "").strip() and not (element[0].tail or "").strip():
        element = element[0]
        if element.tag in _SET_OFF:
            return True
    return False
