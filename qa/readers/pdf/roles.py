"""What each block of a PDF is: text of the article, or what stands around it and is no evidence.

Every rule looks at one block beside the type and the columns that most of the file is set in: its size, where its
lines start, how many of its rows are cells, and the words that it starts with.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import chain
from math import ceil, inf

from qa.readers.pdf.characters import Rule
from qa.readers.pdf.layout import Block

BODY, CAPTION, TABLE, NOTE, FRONT = "body", "caption", "table", "note", "front"

_SMALLER = 0.965
_LONG_LINE = 25
_AT_COLUMN = 3.0
_INDENT = 2.5
_COLUMN_SHARE = 0.04
_MAIN_SHARE = 0.1
_SAME_SIZE = 0.05
_SMALL_HEADING = 0.7
_TEXT_LINES = 4
_BEYOND = 1.5
_LEADING = 1.9
_NEAR_CAPTION = 40.0
_SAME_RULE = 8.0
_FILLED = 10.0
_ROWS_OF_CELLS = 0.35
PROSE_LETTERS = 150
_ABSTRACT_LETTERS = 300
_LABEL_LETTERS = 60

_LABEL = re.compile(r"\(?[A-Za-z0-9]{1,2}\)?|\(?continued\)?\.?", re.IGNORECASE)
_CAPTION = re.compile(
    r"(?:supplement(?:ary|al) |suppl\. |online |additional |appendix |extended data )?"
    r"(?:fig(?:ure|s?\.|s)?|tab(?:le|\.)|scheme|box|plate|chart|exhibit|panel|algorithm)\s*\.?\s*"
    r"(?:[a-z]?\d{1,3}[a-z]?|[ivx]{1,5}|[a-z])\b(?P<after>.*)",
    re.IGNORECASE | re.DOTALL,
)
_TABLE = re.compile(r"tab(?:le|\.)\s*(\w+)", re.IGNORECASE)
_CONTINUED = re.compile(rf"{_TABLE.pattern}\W{{0,3}}cont(?:inued|[’']?d)?\b", re.IGNORECASE)
_NOTICES = (
    r"(?:received|accepted|revised|submitted|copyright|correspond(?:ence|ing)|funding|keywords?|orcid|doi|issn|pmid)\b",
    r"published\b(?: online)?[: ]|available online|article history|downloaded from",
    r"©|\(c\) ?(?:19|20)\d\d|the author\(?s?\)?,? (?:19|20)\d\d|licensee|creative commons",
    r"(?:this is an? )?open[- ]access|this (?:article|work) is (?:distributed|licensed|published|made available)",
    r"how to cite|cite (?:this|as)|citation:|to cite|quick response code|access this article",
    r"\*? ?author for correspondence|address (?:for )?(?:reprint|correspond|all)|(?:for )?reprints?(?: requests)?\b",
    r"e-?mail:?|tel\.?:|phone:|fax:|website:|https?://|www\.",
    r"edited by|reviewed by|(?:\w+ )?editor:|academic editor|specialty section|invited referees?|peer.?review",
    r"publisher.?s? note|electronic supplementary|supplementary (?:material|information) |the online version",
    r"from (?:the )?[¹ᵃ]?(?:department|division|cent(?:er|re)|school|institute|university|faculty|hospital)",
    r"department of|present address|full list of author|subject (?:areas?|category)|this article is part of",
    r"\d{4}-\d{3}[\dX]\b|[A-Z][\w. ]{3,40} (?:19|20)\d\d;\s?\d+",
    r"(?:these|both|the) authors contributed|[\w ,]{0,30}contributed equally",
    r"conflicts? of interest|(?:sponsorships or )?competing interests?|disclosures?:|abbreviations?\b|key words\b",
)
"""How notices of a publisher, and of authors about themselves, start."""
_NOTICE = re.compile(rf"\W{{0,3}}(?:{'|'.join(_NOTICES)})", re.IGNORECASE)
_ABSTRACT = re.compile(
    r"\W{0,2}(?:abstract|summary|introduction|background|objectives?|purpose|aims?)\b", re.IGNORECASE
)
_FUNCTION = frozenset(
    "the of and in to a is was were that for with by as on are this these we be been from at or an it its has have had "
    "which not can may but our their they than such also between after during who when while both into".split()
)
_FINITE = frozenset(
    "is was were are be been has have had can may could will would should that which we this these to not it they "
    "than shows showed shown used using found".split()
)
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Setting:
    """How most of the file's text is set: its size, and the left and right edges of its columns."""

    size: float
    columns: tuple[tuple[float, float], ...]
    main: tuple[tuple[float, float], ...] = ()
    """The columns that much of the text stands in; the others may be of one table, or of the first page."""


def assign_roles(pages: Sequence[Sequence[Block]], rules: Sequence[Sequence[Rule]]) -> Setting:
    """Give each block its role, and return how the file's text is set. ``rules`` are the lines drawn on each page."""
    setting = _setting(pages)
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


def is_prose(text: str) -> bool:
    """Whether a text is made of sentences, by the share of its words that only sentences have."""
    words = [word.lower() for word in _WORD.findall(text)]
    if not words:
        return False
    function = sum(word in _FUNCTION for word in words) / len(words)
    return function >= 0.2 and sum(word in _FINITE for word in words) >= 0.025 * len(words)


def is_notice(text: str) -> bool:
    """Whether a text starts as notices of publishers do, and those of authors about themselves."""
    return _NOTICE.match(text) is not None


# ---------------------------------------------------------------- tables between rules


@dataclass(frozen=True, slots=True)
class _Region:
    x0: float
    x1: float
    top: float
    bottom: float

    def holds(self, block: Block) -> bool:
        middle = (block.top + block.bottom) / 2
        beside = self.x0 - _AT_COLUMN <= block.x0 and block.x1 <= self.x1 + 2 * _AT_COLUMN
        return self.bottom <= middle <= self.top and beside


def _continued(block: Block) -> re.Match[str] | None:
    """Whether a block is the caption of a table that started on an earlier page."""
    return _CONTINUED.match(block.text)


def _ruled_tables(
    blocks: Sequence[Block], rules: Sequence[Rule], setting: Setting, goes_on: Set[str]
) -> Iterator[_Region]:
    """From the rule next to each table's caption, the rules of its width, as far as no text of a column is between.

    A table of a number in ``goes_on`` is continued on the next page, and may have no rule at its foot on this one.
    """
    texts = [block for block in blocks if fills_column(block, setting)]
    for caption in blocks:
        if caption.role == CAPTION and caption.text[:3].lower() == "tab":
            below = sorted((rule for rule in rules if rule.y < caption.top), key=lambda rule: -rule.y)
            number = _TABLE.match(caption.text)
            continued = number is not None and number[1] in goes_on
            main = [text for text in texts if _in_column(text, setting.main)]
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
        and abs(block.size - setting.size) <= _SAME_SIZE * setting.size
        and any(
            abs(block.x0 - left) <= _AT_COLUMN and abs(block.x1 - right) <= _FILLED for left, right in setting.columns
        )
    )


# ---------------------------------------------------------------- how the file is set


def _setting(pages: Sequence[Sequence[Block]]) -> Setting:
    long = [line for blocks in pages for block in blocks for line in block.lines if len(line.text) >= _LONG_LINE]
    sizes: Counter[float] = Counter()
    for line in long:
        sizes[round(line.size, 1)] += len(line.text)
    size = max(sizes, key=lambda size: (sizes[size], size), default=10.0)
    usual = [line for line in long if abs(line.size - size) <= _SAME_SIZE * size]
    starts = Counter(round(line.x0) for line in usual)
    columns, main = [], []
    for start in starts:
        if starts[start - 1] + starts[start] + starts[start + 1] < _COLUMN_SHARE * len(usual):
            continue  # as many as may be near are too few, which saves looking at every line
        near = [line.x1 for line in usual if abs(line.x0 - start) <= 1]
        if len(near) >= _COLUMN_SHARE * len(usual):
            columns.append((float(start), sorted(near)[ceil(0.9 * (len(near) - 1))]))
            main += columns[-1:] if len(near) >= _MAIN_SHARE * len(usual) else []
    return Setting(size, tuple(columns), tuple(main))


def _in_column(block: Block, columns: Sequence[tuple[float, float]]) -> bool:
    """Whether a block starts where columns of the text do, or is indented or centred there."""
    first = block.lines[0]
    for left, right in columns:
        if block.x1 > right + _BEYOND * first.size:
            continue
        if any(abs(line.x0 - left) <= _AT_COLUMN for line in block.lines):
            return True
        if 0 <= first.x0 - left <= _INDENT * first.size:
            return True
        if block.x0 > left and abs((block.x0 - left) - (right - block.x1)) <= _AT_COLUMN:
            return True
    return False


# ---------------------------------------------------------------- one block


def _role(block: Block, blocks: Sequence[Block], setting: Setting) -> str:
    if len(block.lines) == 1 and _LABEL.fullmatch(block.text):
        return TABLE
    if _is_caption(block, setting):
        return CAPTION
    if _is_cells(block):
        return TABLE
    if block.size < _SMALLER * setting.size:
        return _role_of_small(block, blocks, setting)
    alike = abs(block.size - setting.size) <= _SAME_SIZE * setting.size
    label = block.letters < _LABEL_LETTERS and not is_prose(block.text) and not _in_column(block, setting.columns)
    return TABLE if alike and label else BODY


def _role_of_small(block: Block, blocks: Sequence[Block], setting: Setting) -> str:
    """The role of a block in smaller type than the text: an abstract, sentences of the text, a heading, or neither."""
    prose, notice = is_prose(block.text), _NOTICE.match(block.text) is not None
    if block.page == 1 and prose and block.letters >= _ABSTRACT_LETTERS and not notice:
        return NOTE if _is_below_text(block, blocks, setting) else BODY
    if block.page == 1 and prose and not notice and _goes_on_below(block, blocks):
        return BODY
    if prose and block.letters >= PROSE_LETTERS and _in_column(block, setting.columns) and not notice:
        text = block.page > 1 and len(block.lines) >= _TEXT_LINES and not _is_below_table(block, blocks)
        return BODY if text else NOTE
    if _is_small_heading(block, blocks, setting) or (block.page == 1 and _ABSTRACT.match(block.text)):
        return BODY
    return NOTE if prose else TABLE


def _is_caption(block: Block, setting: Setting) -> bool:
    """Whether a block starts as captions do: with the name and number of a float, and no sentence about it."""
    match = _CAPTION.match(block.text)
    if match is None:
        return False
    after = match["after"]
    if not after.strip() or re.match(r"\s*[.:|–—(]|\s+[^a-z\s]", after):
        return True
    return abs(block.size - setting.size) > 0.03 * setting.size


def _is_cells(block: Block) -> bool:
    """Whether many rows of a block are several cells."""
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
    """Whether sentences in the type of the text, which is larger, stand above a block, so that it is a note to them."""
    return any(
        other.size > block.size
        and abs(other.size - setting.size) <= _SAME_SIZE * setting.size
        and other.stands_above(block)
        and _opens(other)
        for other in blocks
    )


def _goes_on_below(block: Block, blocks: Sequence[Block]) -> bool:
    """Whether a block stands right below sentences in its type, as the last part of an abstract does."""
    return any(
        other.role == BODY
        and other.size == block.size
        and abs(other.x0 - block.x0) <= _AT_COLUMN
        and 0 <= other.bottom - block.top <= _LEADING * block.size
        and is_prose(other.text)
        for other in blocks
    )


def _is_small_heading(block: Block, blocks: Sequence[Block], setting: Setting) -> bool:
    """Whether a short block that stands out by its font, not its size, stands right above the text of a column."""
    text = block.text
    if block.size < _SMALL_HEADING * setting.size or not all(line.bold or line.italic for line in block.lines):
        return False
    if (
        len(block.lines) > 2
        or not (text[0].isupper() or text[0].isdigit())
        or text[-1] in ".,;:"
        or not _in_column(block, setting.columns)
    ):
        return False
    return any(
        -2 <= block.bottom - other.top <= 2 * setting.size
        and abs(other.x0 - block.x0) <= _INDENT * setting.size
        and abs(other.size - setting.size) <= _SAME_SIZE * setting.size
        and len(other.lines) > 1
        for other in blocks
    )


def _part_front(blocks: Sequence[Block]) -> None:
    """On the first page, what stands above where the article opens is its front, and notices are notes anywhere."""
    bodies = [block for block in blocks if block.role == BODY]
    opening = next((block for block in bodies if _ABSTRACT.match(block.text)), None) or next(
        (block for block in bodies if _opens(block)), None
    )
    for block in bodies:
        if block is not opening and _NOTICE.match(block.text) and not _ABSTRACT.match(block.text):
            block.role = NOTE
        elif opening is not None and block is not opening and block.bottom >= opening.top - 2:
            block.role = FRONT


def _opens(block: Block) -> bool:
    return block.letters >= PROSE_LETTERS and is_prose(block.text) and not _NOTICE.match(block.text)


def _spread(blocks: Sequence[Block], setting: Setting) -> None:
    """Short blocks between the cells of a table are of it, and so are sentences beside them, away from the columns."""
    tables = [(block.bottom, block.top) for block in blocks if block.role == TABLE]
    for block in blocks:
        if block.role != BODY or _in_column(block, setting.main):
            continue
        low, high = block.bottom, block.top
        if any(bottom <= high and low <= top for bottom, top in tables):
            sentence = _is_below_title_of_table(block, blocks, setting)
            if sentence or (block.letters < _LABEL_LETTERS and not _in_column(block, setting.columns)):
                block.role = TABLE


def _is_below_title_of_table(block: Block, blocks: Sequence[Block], setting: Setting) -> bool:
    """Whether a table's caption stands above a block, with no text of a column between them."""
    captions = [
        one for one in blocks if one.role == CAPTION and one.text[:3].lower() == "tab" and one.bottom > block.top
    ]
    lowest = min((caption.bottom for caption in captions), default=None)
    return lowest is not None and not any(
        block.top <= other.bottom and other.top <= lowest and _in_column(other, setting.main)
        for other in blocks
        if other.role == BODY and other.letters >= PROSE_LETTERS
    )
