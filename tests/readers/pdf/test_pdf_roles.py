"""The roles of the blocks on a PDF's pages, recognised by position alone."""

from collections.abc import Sequence

import pytest

from qa.readers.pdf.characters import Piece, Rule
from qa.readers.pdf.layout import Block
from qa.readers.pdf.lines import Line
from qa.readers.pdf.roles import BODY, TABLE, assign_roles

LEFT, RIGHT, LEADING = 50.0, 540.0, 14.0
PROSE = "The cells that were given the compound had fewer of the signs which had been seen in those that were not"


def block(texts: Sequence[str], top: float, page: int, x0: float = LEFT, x1: float = RIGHT) -> Block:
    lines = []
    for number, text in enumerate(texts):
        y = top - LEADING * (number + 1)
        lines.append(Line(text, x0, x1, y, 12.0, page=page, pieces=[Piece(text, x0, x1, y, 12.0)]))
    return Block(lines)


@pytest.mark.parametrize(
    ("caption", "role"), [("Table 1. Cont.", TABLE), ("Table 1 (continued)", TABLE), ("Table 2. Others.", BODY)]
)
def test_a_table_that_goes_on_on_the_next_page_reaches_to_the_foot_of_its_own(caption: str, role: str) -> None:
    text, cell = block([PROSE] * 12, 760, 1), block([PROSE] * 3, 500, 1, x0=160)
    first = [text, block(["Table 1. The effects of the compound."], 560, 1, x0=80, x1=400), cell]
    second = [block([caption], 760, 2, x0=80, x1=300), block([PROSE] * 30, 700, 2)]
    assign_roles([first, second], [[Rule(LEFT, RIGHT, 530)], []])
    assert (text.role, cell.role) == (BODY, role)
