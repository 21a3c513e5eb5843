"""The tables of a PDF: found by their captions, split into cells, written like tables of other formats.

A table without clear cells is left out: its text is neither evidence nor part of a sentence.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa.readers.blocks import Block as Part
from qa.readers.captions import name_of
from qa.readers.pdf.hyphens import Words, join
from qa.readers.pdf.layout import Block
from qa.readers.pdf.lines import Line
from qa.readers.pdf.roles import CAPTION, TABLE
from qa.readers.pdf.rulings import Drawn, Ruling, rulings_of
from qa.readers.pdf.setting import Setting
from qa.readers.pdf.tables.columns import NotUnderstood
from qa.readers.pdf.tables.grid import grid_of
from qa.readers.pdf.tables.regions import Region, open_region, regions_by
from qa.readers.tables.sentences import table_blocks


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a page: its caption, place, lines of text, and cells as quotable lines."""

    caption: Block
    region: Region
    lines: Sequence[Line]
    parts: Sequence[Part]


def set_tables(
    blocks: Sequence[Block],
    lines: Sequence[Line],
    drawn: Drawn,
    setting: Setting,
    *,
    words: Words,
    cells: dict[int, Sequence[Part]],
) -> list[Block]:
    """The blocks of a page, with each table as one block after its caption. Cells are added by that block's ``id``."""
    tables = {id(table.caption): table for table in tables_of(blocks, lines, drawn, setting, words)}
    found: list[Block] = []
    for block in blocks:
        table = tables.get(id(block))
        rest = [
            line for line in block.lines if not any(t.region.holds(line.x0, line.x1, line.y) for t in tables.values())
        ]
        if table or len(rest) == len(block.lines):
            found.append(block)
        elif rest:
            found.append(Block(rest, block.role))
        if table:
            found.append(Block(list(table.lines), TABLE))
            cells[id(found[-1])] = table.parts
    return found


def tables_of(
    blocks: Sequence[Block], lines: Sequence[Line], drawn: Drawn, setting: Setting, words: Words
) -> Iterator[Table]:
    """The understood tables of a page. ``lines`` are all its visible lines, before layout."""
    taken: list[Region] = []
    for caption in blocks:
        if caption.role == CAPTION and caption.text[:3].lower() == "tab" and caption.lines[0].pieces:
            table = _table_by(caption, blocks, lines, drawn, setting, words=words)
            if table and not any(table.region.overlaps(other) for other in taken):
                taken.append(table.region)
                yield table


def _table_by(
    caption: Block, blocks: Sequence[Block], lines: Sequence[Line], drawn: Drawn, setting: Setting, *, words: Words
) -> Table | None:
    piece = caption.lines[0].pieces[0]
    rulings = rulings_of(drawn, piece.turn, piece.shift)
    regions = regions_by(caption, blocks, rulings, setting)
    without = open_region(caption, lines, setting) if not regions else None
    for region in [*regions, *([without] if without else [])]:
        within = [line for line in lines if region.holds(line.x0, line.x1, line.y) and not _is_of(line, caption)]
        try:
            return Table(caption, region, within, _parts(caption, region, within, rulings, words))
        except NotUnderstood:  # try another place, or leave it out
            continue
    return None


def _is_of(line: Line, block: Block) -> bool:
    return block.x0 - 1 <= line.x0 and line.x1 <= block.x1 + 1 and block.bottom - 1 <= line.y <= block.top


def _parts(
    caption: Block, region: Region, lines: Sequence[Line], rulings: Sequence[Ruling], words: Words
) -> Sequence[Part]:
    """The cells of a table as lines. Raises NotUnderstood."""
    across = [
        rule
        for rule in rulings
        if region.bottom - 1 <= rule.at <= region.top + 1 and rule.end > region.x0 and rule.start < region.x1
    ]
    rows, marked = grid_of(region, lines, across, lambda lines: join([line.text for line in lines], words)[0])
    return table_blocks(rows, marked, name_of_caption(caption.text))


def name_of_caption(text: str) -> str:
    """The name at the start of a caption: "Table 2", also without a full stop."""
    return name_of(text) or " ".join(text.split()[:2]).rstrip(".:|")
