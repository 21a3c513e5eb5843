"""The role of each PDF block: text of the article, or surrounding matter that is no evidence.

Each rule compares one block with the type and columns of most of the file. It looks at the block's size, line starts,
share of rows that are cells, and first words.
"""

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import chain
from math import inf

from qa.readers.pdf.characters import Rule
from qa.readers.pdf.layout import Block
from qa.readers.pdf.setting import AT_COLUMN, INDENT, SAME_SIZE, Setting, in_column, setting_of
from qa.readers.pdf.wording import PROSE_LETTERS, is_caption, is_notice, is_prose

BODY, CAPTION, TABLE, NOTE, FRONT = "body", "caption", "table", "note", "front"

_SMALLER = 0.965
_SMALL_HEADING = 0.7
_TEXT_LINES = 4
_LEADING = 1.9
_NEAR_CAPTION = 40.0
_SAME_RULE = 8.0
_FILLED = 10.0
_ROWS_OF_CELLS = 0.35
_ABSTRACT_LETTERS = 300
_LABEL_LETTERS = 60

_LABEL = re.compile(r"\(?[A-Za-z0-9]{1,2}\)?|\(?continued\)?\.?", re.IGNORECASE)
_TABLE = re.compile(r"tab(?:le|\.)\s*(\w+)", re.IGNORECASE)
_CONTINUED = re.compile(rf"{_TABLE.pattern}\W{{0,3}}cont(?:inued|[’']?d)?\b", re.IGNORECASE)
_ABSTRACT = re.compile(
    r"\W{0,2}(?:abstract|summary|introduction|background|objectives?|purpose|aims?)\b", re.IGNORECASE
)


def assign_roles(pages: Sequence[Sequence[Block]], rules: Sequence[Sequence[Rule]]) -> Setting:
    """Set each block's role, and return how the file's text is set. ``rules`` are the lines drawn on each page."""
    setting = setting_of(pages)
    for number, (blocks, drawn) in enumerate(zip(pages, rules, strict=True)):
        for block in blocks:
            block.role = _role(block, blocks, setting)
        goes_on = {found[1] for block in chain(*pages[number + 1 : number + 2]) if (found := _continued(block))}
        for region in _ruled_tables(blocks, drawn, setting, goes_on):
            for block in blocks:
                if block.role != CAPTION and region.holds(block):
                    block.role = TABLE
        _spread(blocks, setting)
    _part_front(pages[0])
    return setting


# ---------------------------------------------------------------- tables between rules


@dataclass(frozen=True, slots=True)
class _Region:
    x0: float
    x1: float
    top: float
    bottom: float

    def holds(self, block: Block) -> bool:
        middle = (block.top + block.bottom) / 2
        beside = self.x0 - AT_COLUMN <= block.x0 and block.x1 <= self.x1 + 2 * AT_COLUMN
        return self.bottom <= middle <= self.top and beside


def _continued(block: Block) -> re.Match[str] | None:
    """A match if the block is the caption of a table continued from an earlier page."""
    return _CONTINUED.match(block.text)


def _ruled_tables(
    blocks: Sequence[Block], rules: Sequence[Rule], setting: Setting, goes_on: Set[str]
) -> Iterator[_Region]:
    """Table regions: from the rule next to each caption over rules of its width, until column text intervenes.

    A table whose number is in ``goes_on`` continues on the next page and may have no bottom rule on this one.
    """
    texts = [block for block in blocks if fills_column(block, setting)]
    for caption in blocks:
        if caption.role == CAPTION and caption.text[:3].lower() == "tab":
            below = sorted((rule for rule in rules if rule.y < caption.top), key=lambda rule: -rule.y)
            number = _TABLE.match(caption.text)
            continued = number is not None and number[1] in goes_on
            main = [text for text in texts if in_column(text, setting.main)]
            yield from _down_from(caption, below, main if continued else texts, continued)


def _down_from(caption: Block, rules: Sequence[Rule], texts: Sequence[Block], goes_on: bool) -> Iterator[_Region]:
    first = next((rule for rule in rules if rule.x0 < caption.x1 and caption.x0 < rule.x1), None)
    if first is None or caption.bottom - first.y > _NEAR_CAPTION:
        return
    last = first
    for rule in rules:
        same = abs(rule.x0 - first.x0) <= _SAME_RULE and abs(rule.x1 - first.x1) <= _SAME_RULE
        if same and not any(rule.y < text.bottom and text.top < last.y and text.x0 < rule.x1 for text in texts):
            last = rule
    if goes_on:
        below = (text.top for text in texts if text.top <= first.y and text.x0 < first.x1 and first.x0 < text.x1)
        yield _Region(first.x0, first.x1, first.y, max(below, default=-inf))
    elif last.y < first.y:
        yield _Region(first.x0, first.x1, first.y, last.y)


def fills_column(block: Block, setting: Setting) -> bool:
    """Whether a block is lines of text that fill a column."""
    return (
        block.role == BODY
        and len(block.lines) > 2
        and abs(block.size - setting.size) <= SAME_SIZE * setting.size
        and any(
            abs(block.x0 - left) <= AT_COLUMN and abs(block.x1 - right) <= _FILLED for left, right in setting.columns
        )
    )


# ---------------------------------------------------------------- how the file is set


# ---------------------------------------------------------------- one block


def _role(block: Block, blocks: Sequence[Block], setting: Setting) -> str:
    if len(block.lines) == 1 and _LABEL.fullmatch(block.text):
        return TABLE
    if is_caption(block, setting):
        return CAPTION
    if _is_cells(block):
        return TABLE
    if block.size < _SMALLER * setting.size:
        return _role_of_small(block, blocks, setting)
    alike = abs(block.size - setting.size) <= SAME_SIZE * setting.size
    label = block.letters < _LABEL_LETTERS and not is_prose(block.text) and not in_column(block, setting.columns)
    return TABLE if alike and label else BODY


def _role_of_small(block: Block, blocks: Sequence[Block], setting: Setting) -> str:
    """The role of a block in smaller type than the text: an abstract, sentences of the text, a heading, or neither."""
    prose, notice = is_prose(block.text), is_notice(block.text)
    if block.page == 1 and prose and block.letters >= _ABSTRACT_LETTERS and not notice:
        return NOTE if _is_below_text(block, blocks, setting) else BODY
    if block.page == 1 and prose and not notice and _goes_on_below(block, blocks):
        return BODY
    if prose and block.letters >= PROSE_LETTERS and in_column(block, setting.columns) and not notice:
        text = block.page > 1 and len(block.lines) >= _TEXT_LINES and not _is_below_table(block, blocks)
        return BODY if text else NOTE
    if _is_small_heading(block, blocks, setting) or (block.page == 1 and _ABSTRACT.match(block.text)):
        return BODY
    return NOTE if prose else TABLE


def _is_cells(block: Block) -> bool:
    """Whether many rows of a block have several cells."""
    rows = block.rows()
    several = sum(len(row) > 1 for row in rows)
    if several >= max(2, _ROWS_OF_CELLS * len(rows)):
        return True
    return len(rows) == 1 and len(rows[0]) > 2


def _is_below_table(block: Block, blocks: Sequence[Block]) -> bool:
    """Whether the nearest thing above a block in its column is a table."""
    above = [other for other in blocks if other.stands_above(block)]
    nearest = min(above, key=lambda other: other.bottom, default=None)
    return nearest is not None and (nearest.role == TABLE or _is_cells(nearest)) and nearest.bottom - block.top < 30


def _is_below_text(block: Block, blocks: Sequence[Block], setting: Setting) -> bool:
    """Whether a block is a note: sentences in the larger type of the text are above it."""
    return any(
        other.size > block.size
        and abs(other.size - setting.size) <= SAME_SIZE * setting.size
        and other.stands_above(block)
        and _opens(other)
        for other in blocks
    )


def _goes_on_below(block: Block, blocks: Sequence[Block]) -> bool:
    """Whether a block is right below sentences in its own type, like the last part of an abstract."""
    return any(
        other.role == BODY
        and other.size == block.size
        and abs(other.x0 - block.x0) <= AT_COLUMN
        and 0 <= other.bottom - block.top <= _LEADING * block.size
        and is_prose(other.text)
        for other in blocks
    )


def _is_small_heading(block: Block, blocks: Sequence[Block], setting: Setting) -> bool:
    """Whether a short block, distinct by font and not by size, is right above the text of a column."""
    text = block.text
    if block.size < _SMALL_HEADING * setting.size or not all(line.bold or line.italic for line in block.lines):
        return False
    if (
        len(block.lines) > 2
        or not (text[0].isupper() or text[0].isdigit())
        or text[-1] in ".,;:"
        or not in_column(block, setting.columns)
    ):
        return False
    return any(
        -2 <= block.bottom - other.top <= 2 * setting.size
        and abs(other.x0 - block.x0) <= INDENT * setting.size
        and abs(other.size - setting.size) <= SAME_SIZE * setting.size
        and len(other.lines) > 1
        for other in blocks
    )


def _part_front(blocks: Sequence[Block]) -> None:
    """Mark the first page's blocks above the article's opening as front, and notices anywhere as notes."""
    bodies = [block for block in blocks if block.role == BODY]
    opening = next((block for block in bodies if _ABSTRACT.match(block.text)), None) or next(
        (block for block in bodies if _opens(block)), None
    )
    for block in bodies:
        if block is not opening and is_notice(block.text) and not _ABSTRACT.match(block.text):
            block.role = NOTE
        elif opening is not None and block is not opening and block.bottom >= opening.top - 2:
            block.role = FRONT


def _opens(block: Block) -> bool:
    return block.letters >= PROSE_LETTERS and is_prose(block.text) and not is_notice(block.text)


def _spread(blocks: Sequence[Block], setting: Setting) -> None:
    """Give a table its short blocks between cells, and the sentences beside them that are outside the columns."""
    tables = [(block.bottom, block.top) for block in blocks if block.role == TABLE]
    for block in blocks:
        if block.role != BODY or in_column(block, setting.main):
            continue
        low, high = block.bottom, block.top
        if any(bottom <= high and low <= top for bottom, top in tables):
            sentence = _is_below_title_of_table(block, blocks, setting)
            if sentence or (block.letters < _LABEL_LETTERS and not in_column(block, setting.columns)):
                block.role = TABLE


def _is_below_title_of_table(block: Block, blocks: Sequence[Block], setting: Setting) -> bool:
    """Whether a table's caption is above a block, with no column text between them."""
    captions = [
        one for one in blocks if one.role == CAPTION and one.text[:3].lower() == "tab" and one.bottom > block.top
    ]
    lowest = min((caption.bottom for caption in captions), default=None)
    return lowest is not None and not any(
        block.top <= other.bottom and other.top <= lowest and in_column(other, setting.main)
        for other in blocks
        if other.role == BODY and other.letters >= PROSE_LETTERS
    )
