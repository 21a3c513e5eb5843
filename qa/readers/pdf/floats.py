"""Put captions, tables and other floats of a PDF between its paragraphs."""

from collections.abc import Mapping, Sequence

from qa.readers.blocks import Block
from qa.readers.pdf.headings import Paragraph
from qa.readers.pdf.hyphens import Words, join
from qa.readers.pdf.layout import Block as Set
from qa.readers.pdf.roles import CAPTION
from qa.readers.pdf.tables.assembly import name_of_caption


def with_floats(
    blocks: Sequence[Block],
    parts: Sequence[Paragraph],
    floats: Sequence[Set],
    words: Words,
    cells: Mapping[int, Sequence[Block]],
) -> list[Block]:
    """The paragraphs with each page's floats, placed before the paragraph that continues on the next page."""
    waiting = list(floats)[::-1]
    found: list[Block] = []
    reached = 0
    for block, part in zip(blocks, parts, strict=True):
        last = part.lines[len(part.starts) - 1].page
        while waiting and waiting[-1].page < last:
            reached = _add_float(waiting.pop(), words, cells, reached, found)
        found.append(block)
        reached = max(reached, last)
    while waiting:
        reached = _add_float(waiting.pop(), words, cells, reached, found)
    return found


def _add_float(block: Set, words: Words, cells: Mapping[int, Sequence[Block]], reached: int, found: list[Block]) -> int:
    """Add a float or a table's cells, with its page number if that page is new. Returns the page reached."""
    text, _ = join([line.text for line in block.lines], words)
    pages = ((0, block.page),) if block.page > reached else ()
    if id(block) in cells:
        found.extend(cells[id(block)])
    elif block.role == CAPTION:
        found.append(Block(text, pages=pages, role="caption", part=name_of_caption(text)))
    else:
        found.append(Block(text, pages=pages, role="boilerplate"))
    return max(reached, block.page)
