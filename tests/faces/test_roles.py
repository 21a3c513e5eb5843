"""The blocks of a document: every character once, with its section's role, and which text is left out."""

from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from qa.faces.roles import LOOKS, blocks_of, in_words, kept_out, on_page
from qa.readers.blocks import Block, assemble
from qa.records import BLOCK_SEPARATOR, EVIDENCE_ROLES, Document, Role

READ = [
    Block("A title", role="front", pages=((0, 1),)),
    Block("Results", level=1),
    Block("One. Two.", pages=((5, 2),)),
    Block("Figure 1. A heart.", role="caption"),
    Block("p = 0.5", role="table", part="Table 1"),
    Block("Downloaded from here", role="boilerplate"),
    Block("References", level=1),
    Block("1. Ann A."),
    Block("2. Bob B."),
]


def document_of(blocks: list[Block]) -> Document:
    return assemble(blocks, source="a.pdf", data=b"", metadata={})


def test_each_block_has_the_role_that_its_section_has() -> None:
    found = blocks_of(document := document_of(READ))
    assert [document.text[block.start : block.end] for block in found] == [block.text for block in READ]
    assert [block.role for block in found] == (
        "front heading body caption table boilerplate heading references references".split()
    )
    assert [block.quotable for block in found] == [True, False, True, True, True, False, False, False, False]
    assert [block.page for block in found] == [1, 1, 1, 2, 2, 2, 2, 2, 2]


def test_what_runs_over_a_page_is_on_both_pages_with_its_words_there() -> None:
    document = document_of(READ)
    blocks = blocks_of(document)
    assert [text for _, text in on_page(document, blocks, 1)] == ["A title", "Results", "One. "]
    assert next(text for _, text in on_page(document, blocks, 2)) == "Two."
    assert on_page(document, blocks, 3) == on_page(document, blocks, 0) == []


def test_what_is_kept_out_is_counted_by_role_without_headings() -> None:
    out = kept_out(document_of(READ))
    assert out == {"references": 2, "boilerplate": 1}
    assert in_words(1, out) == "1 sentence may be quoted, 3 blocks kept out: references 2, around the article 1"
    assert in_words(0, {"references": 1}) == "0 sentences may be quoted, 1 block kept out: references 1"
    assert in_words(1234, {}) == "1,234 sentences may be quoted"


def test_every_role_has_a_letter_of_its_own() -> None:
    assert set(LOOKS) == {*get_args(Role), "heading"}
    assert len({look.letter for look in LOOKS.values()}) == len(LOOKS)


@given(
    st.lists(
        st.builds(
            Block,
            st.text("ab .\n", min_size=1).map(lambda text: text.strip("\n").replace("\n\n", "\n") or "a"),
            st.integers(0, 2),
            st.sampled_from(get_args(Role)),
        ),
        max_size=8,
    )
)
def test_blocks_are_the_whole_text_and_count_as_many_as_are_kept_out(read: list[Block]) -> None:
    document = document_of(read)
    found = blocks_of(document)
    assert BLOCK_SEPARATOR.join(document.text[block.start : block.end] for block in found) == document.text
    out = [block for block in found if block.role not in EVIDENCE_ROLES and block.role != "heading"]
    assert len(out) == sum(kept_out(document).values())
