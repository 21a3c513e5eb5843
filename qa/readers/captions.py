"""Captions by their wording: "Table 2. Doses." and "Figure 1: Growth.", but not "Table 2 shows that"."""

import re
from collections.abc import Sequence
from dataclasses import replace

from qa.readers.blocks import Block

_NAME = re.compile(
    r"(?:(?:Supplementary|Supplemental|Supporting|Extended Data|Appendix)\s+)?"
    r"(?:Tables?|Tab\.|Figures?|Figs?\.?|Box|Scheme|Chart|Plate)\s*(?:[A-Z]?\d+(?:\.\d+)*[A-Za-z]?|[IVXL]+)\b"
)
_CAPTION = re.compile(rf"(?P<name>{_NAME.pattern})\s*(?:[.:|–—]\s*\S|$)")
_UNNAMED = "Table"
_NEAR = 3
"""How many blocks before a table are searched for its name."""


def name_of(text: str) -> str:
    """The name in a caption, such as "Table 2"; empty if the text is no caption.

    >>> name_of("Table 2. Doses."), name_of("Table 2 shows that doses rose.")
    ('Table 2', '')
    """
    found = _CAPTION.match(text)
    return found["name"] if found else ""


def as_caption(block: Block) -> Block:
    """The block marked as a caption if it is worded like one, else unchanged."""
    name = name_of(block.text) if block.role == "body" and not block.level else ""
    return replace(block, role="caption", part=name) if name else block


def table_name(before: Sequence[Block]) -> str:
    """The name of the table after these blocks: the nearest name, if it is a table's and no other table has it."""
    for block in reversed(before[-_NEAR:]):
        name = name_of(block.text)
        if name or block.role == "table":
            return name if "tab" in name.lower() and block.role != "table" else _UNNAMED
    return _UNNAMED
