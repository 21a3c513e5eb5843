"""A document for reading: headings once, paragraphs whole, quotes distinguishable, long texts in parts."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.faces.web.documents.reading import Heading, Paragraph, Quote, view
from qa.readers.blocks import Block, assemble
from qa.records import Document

BLOCKS = [
    Block("Results", 1),
    Block("IL-2 is toxic. It is used. It fades."),
    Block("Mice", 2),
    Block("Mice live."),
    Block("Men", 2),
    Block("Men live, too."),
]


def document(blocks: list[Block] = BLOCKS) -> Document:
    return assemble(blocks, source="a.txt", data=b"a", metadata={})


def quoted(found: Document, words: str, number: int | None = None, current: bool = False) -> Quote:
    start = found.text.index(words)
    return Quote(start, start + len(words), number, current)


def test_headings_stand_once_above_their_paragraphs() -> None:
    blocks = view(document()).blocks
    headings = [block for block in blocks if isinstance(block, Heading)]
    assert headings == [Heading("Results", 2), Heading("Mice", 3), Heading("Men", 3)]
    assert [type(block).__name__ for block in blocks] == ["Heading", "Paragraph"] * 3


def test_what_stands_beside_the_text_has_no_heading_of_its_own() -> None:
    cell = Block("Table 2, row 'IL-2': 5", role="table", part="Table 2")
    blocks = view(document([Block("Results", 1), Block("Before."), cell, Block("After.")])).blocks
    assert [block.text if isinstance(block, Heading) else block.role for block in blocks] == [
        "Results",
        "body",
        "table",
        "body",
    ]


def test_quotes_are_told_apart_within_their_paragraph() -> None:
    found = document()
    one, two = quoted(found, "IL-2 is toxic.", 1), quoted(found, "It fades.", 2, current=True)
    (paragraph, *_) = [block for block in view(found, quotes=[two, one]).blocks if isinstance(block, Paragraph)]
    assert paragraph.pieces == (("IL-2 is toxic.", one), (" It is used. ", None), ("It fades.", two))


def test_the_current_quote_wins_over_those_it_overlaps() -> None:
    found = document()
    wide, current = quoted(found, "IL-2 is toxic. It is used."), quoted(found, "It is used.", 2, current=True)
    (paragraph, *_) = [block for block in view(found, quotes=[wide, current]).blocks if isinstance(block, Paragraph)]
    assert [quote for _, quote in paragraph.pieces if quote] == [current]


def test_a_page_is_named_where_it_starts() -> None:
    found = document()
    paged = replace(found, pages=(0, found.text.index("Mice live")))
    assert [block.page for block in view(paged).blocks if isinstance(block, Paragraph)] == [1, 2, None]


@pytest.mark.parametrize("separator", ["\n\n", " "])
def test_a_long_document_is_read_in_parts_that_leave_nothing_out(separator: str) -> None:
    sentences = [f"Sentence {n} of many." for n in range(500)]
    found = assemble([Block(separator.join(sentences))], source="a.txt", data=b"a", metadata={})
    seen, at = "", 0
    for _ in range(100):
        part = view(found, at, window=1_000)
        seen += "".join(text for block in part.blocks if isinstance(block, Paragraph) for text, _ in block.pieces)
        if part.later is None:
            break
        at = part.later
    assert all(sentence in seen for sentence in sentences)
    assert view(found, at, window=1_000).earlier is not None


@given(st.data())
def test_the_pieces_are_the_text(data: st.DataObject) -> None:
    found = document()
    offset = st.integers(0, len(found.text))
    quotes = data.draw(st.lists(st.builds(Quote, offset, offset, st.integers(1, 9), st.booleans()), max_size=6))
    for block in view(found, data.draw(offset), quotes).blocks:
        if isinstance(block, Paragraph):
            assert "".join(text for text, _ in block.pieces) in found.text.split("\n")
            for text, quote in block.pieces:
                assert text
                assert quote is None or text in found.text[quote.start : quote.end]
