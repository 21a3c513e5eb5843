import doctest

import pytest

from qa.readers import captions
from qa.readers.blocks import Block
from qa.readers.captions import as_caption, name_of, table_name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Table 2. Doses.", "Table 2"),
        ("Table 2", "Table 2"),
        ("Fig. 3: Growth", "Fig. 3"),
        ("Figure S1 | Growth", "Figure S1"),
        ("Supplementary Table 4b – More", "Supplementary Table 4b"),
        ("Table IV. Doses", "Table IV"),
        ("Table 2 shows that doses rose.", ""),
        ("Figure 3 and Table 2.", ""),
        ("Tables of doses: all", ""),
        ("As in Table 2.", ""),
    ],
)
def test_a_caption_says_what_it_belongs_to(text: str, name: str) -> None:
    assert name_of(text) == name


def test_only_paragraphs_of_the_text_become_captions() -> None:
    assert as_caption(Block("Table 2. Doses.")) == Block("Table 2. Doses.", role="caption", part="Table 2")
    for block in (Block("Table 2. Doses.", level=2), Block("Table 2. Doses.", role="front"), Block("Doses.")):
        assert as_caption(block) is block


def test_a_table_has_the_name_that_stands_near_before_it() -> None:
    caption, text, cell = Block("Table 2. Doses."), Block("Doses."), Block("Table 2, row 'a': 5", role="table")
    assert table_name([caption]) == table_name([caption, text, text]) == "Table 2"
    assert table_name([caption, text, text, text]) == table_name([caption, cell]) == table_name([]) == "Table"
    assert table_name([caption, Block("Figure 3. Growth.")]) == "Table"


def test_the_doctests_hold() -> None:
    assert doctest.testmod(captions).failed == 0
