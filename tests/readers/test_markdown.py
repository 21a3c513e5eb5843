"""qa.readers.markdown: the words of Markdown without its markup."""

from dataclasses import replace

import pytest

from qa.readers.blocks import Block
from qa.readers.markdown import read_markdown


def after_abstract(text: str) -> list[Block]:
    """The blocks of a text under the heading Abstract, so none is front matter."""
    blocks, _ = read_markdown(f"# Abstract\n\n{text}")
    assert blocks[0] == Block("Abstract", level=1)
    return blocks[1:]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("**IL-2** is *toxic* at `high` doses", "IL-2 is toxic at high doses", id="emphasis and code"),
        pytest.param("See [the trial](https://example.org/x)", "See the trial", id="link"),
        pytest.param("A ![curve of *doses*](c.png) here", "A curve of doses here", id="image"),
        pytest.param("TGF-&beta; and \\*p\\* < 0.05", "TGF-β and *p* < 0.05", id="entity and escapes"),
        pytest.param("one\ntwo", "one two", id="soft line break"),
        pytest.param("one  \ntwo", "one two", id="hard line break"),
        pytest.param("an anti-\ntumor effect", "an anti-tumor effect", id="hyphen at the line end"),
        pytest.param("a *treat-*\nment; treatment", "a treatment; treatment", id="hyphen in emphasis"),
        pytest.param("one<br>two", "one two", id="break tag"),
        pytest.param("H<sub>2</sub>O, 10<sup>5</sup>", "H₂O, 10⁵", id="sub and sup"),
        pytest.param("age 65<sup>[12](#r)</sup> [<sup>3</sup>](#r).", "age 65 [12] [3].", id="raised links"),
        pytest.param("toxic.<sup>3,4</sup> In 25 kg/m<sup>2</sup>", "toxic. [3,4] In 25 kg/m²", id="raised numbers"),
        pytest.param(
            "one<br>10<sup>5</sup> a &lt; b<BR/>`<sup>`", "one 10⁵ a < b <sup>", id="sup beside breaks and code"
        ),
        pytest.param(
            "10^5^ of H~2~O, ^14^C, ~~gone~~, a ^ b^ `x^2^`", "10⁵ of H₂O, ¹⁴C, ~~gone~~, a ^ b^ x^2^", id="Pandoc's"
        ),
        pytest.param("<p>10<sup>5</sup> of <b>H<sub>2</sub>O</b></p>", "10⁵ of H₂O", id="block of HTML"),
        pytest.param("ab<sup>\x01</sup>c<sup>", "abc", id="sup of nothing"),
        pytest.param("> a quote", "a quote", id="block quote"),
        pytest.param("snake_case and 2 * 3 * 4", "snake_case and 2 * 3 * 4", id="signs that are no markup"),
    ],
)
def test_the_markup_goes_and_the_words_stay(text: str, expected: str) -> None:
    assert after_abstract(text) == [Block(expected)]


def test_words_in_a_block_of_html_stay() -> None:
    assert "Interleukin-2 works." in " ".join(
        block.text for block in after_abstract("<div>\nInterleukin-2 works.\n</div>")
    )


def test_a_comment_of_html_goes() -> None:
    assert after_abstract("<!-- a note -->\n\nIL-2 works.") == [Block("IL-2 works.")]


def test_each_item_of_a_list_is_a_paragraph() -> None:
    assert after_abstract("- one\n- two\n  more\n\n1. three\n   - four") == [
        Block("one"),
        Block("two more"),
        Block("three"),
        Block("four"),
    ]


def cell(text: str, name: str = "Table") -> Block:
    return Block(text, role="table", part=name)


def test_each_cell_of_a_table_is_a_paragraph_with_its_heads() -> None:
    assert after_abstract("| Name | Dose |\n|---|---:|\n| **IL-2** | 5 |\n| TNF | |") == [
        replace(cell("Table, head: Name"), role="boilerplate"),
        cell("Table, row 'IL-2', column 'Dose': 5"),
        cell("Table: TNF"),
    ]


def test_a_table_has_the_name_that_its_caption_gives_and_the_text_goes_on_after_it() -> None:
    assert after_abstract(
        "Table 2. Doses.\n\n| | Dose |\n|---|---|\n| IL-2 | 5 |\n\nFigure 1: Growth.\n\n### Next"
    ) == [
        Block("Table 2. Doses.", role="caption", part="Table 2"),
        cell("Table 2, row 'IL-2', column 'Dose': 5", "Table 2"),
        Block("Figure 1: Growth.", role="caption", part="Figure 1"),
        Block("Next", level=3),
    ]


def test_each_line_of_code_is_a_paragraph() -> None:
    assert after_abstract("```python\nx = 1\n\n  y = *2*\n```\n\n    indented") == [
        Block("x = 1"),
        Block("y = *2*"),
        Block("indented"),
    ]


@pytest.mark.parametrize(
    ("source", "level"),
    [("# Dose", 1), ("### Dose ###", 3), ("###### *Dose*", 6), ("Dose\n====", 1), ("Dose\n----", 2)],
    ids=["one", "closed", "six", "underlined", "underlined twice"],
)
def test_headings_keep_their_level(source: str, level: int) -> None:
    assert after_abstract(f"{source}\n\nIL-2 works.") == [Block("Dose", level=level), Block("IL-2 works.")]


def test_an_empty_heading_goes_and_leaves_the_next_paragraph_a_paragraph() -> None:
    assert after_abstract("##\n\nIL-2 works.") == [Block("IL-2 works.")]


def test_a_marked_section_is_a_comment() -> None:
    assert after_abstract("<div>\n<![x[ a > IL-2 works.\n</div>") == [Block("IL-2 works.")]


def test_a_row_of_a_table_without_words_goes() -> None:
    assert after_abstract("| a | b | c |\n|---|---|---|\n| | | |\n| d | | e |") == [
        *(replace(cell(f"Table, head: {head}"), role="boilerplate") for head in "ab"),
        cell("Table, row 'd', column 'c': e"),
    ]


def test_rules_go() -> None:
    assert after_abstract("one\n\n---\n\ntwo\n\n***") == [Block("one"), Block("two")]


def test_the_title_and_its_fields_are_front_matter() -> None:
    blocks, fields = read_markdown("# A fine title\n\n**Authors:** Jane Doe, Rick Roe\n\n## Abstract\n\nIL-2 works.")
    assert blocks == [
        Block("A fine title", role="front"),
        Block("Authors: Jane Doe, Rick Roe", role="front"),
        Block("Abstract", level=2),
        Block("IL-2 works."),
    ]
    assert fields == {"title": "A fine title", "authors": ("Jane Doe", "Rick Roe")}


@pytest.mark.parametrize("text", ["", "\n\n", "---\n", "[a]: http://example.org\n"])
def test_a_text_without_words_has_no_blocks(text: str) -> None:
    assert read_markdown(text) == ([], {})
