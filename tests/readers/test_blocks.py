"""qa.readers.blocks: from blocks to a Document."""

import hashlib
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.readers.blocks import Block, assemble, standard_role
from qa.records import BLOCK_SEPARATOR, Document, Mention, Section


def document_of(*blocks: Block) -> Document:
    return assemble(blocks, source="made.txt", data=b"the bytes", metadata={})


def outline(document: Document) -> list[tuple[str, str, str]]:
    """The role, name and text of each section."""
    return [(s.role, s.name, document.text[s.start : s.end]) for s in document.sections]


block_texts = st.text("ab .é", min_size=1, max_size=12)
headings = st.sampled_from(["Results", "References", "Toxicity", "1. Discussion"])
blocks = st.one_of(
    st.builds(Block, block_texts, role=st.sampled_from(["body", "front", "boilerplate", "references"])),
    st.builds(Block, headings, level=st.integers(1, 3)),
)

thorough = settings(max_examples=150, deadline=None)


@thorough
@given(st.lists(blocks, max_size=12))
def test_sections_are_ordered_disjoint_not_empty_and_within_the_text(made: list[Block]) -> None:
    document = document_of(*made)
    bounds = [bound for section in document.sections for bound in (section.start, section.end)]
    assert all(section.start < section.end for section in document.sections)
    assert bounds == sorted(bounds)
    assert all(0 <= bound <= len(document.text) for bound in bounds)


@thorough
@given(st.lists(blocks, max_size=12))
def test_each_paragraph_lies_in_one_section_and_each_heading_in_none(made: list[Block]) -> None:
    document = document_of(*made)
    offset = 0
    for block in made:
        end = offset + len(block.text)
        assert document.text[offset:end] == block.text
        touching = [s for s in document.sections if s.start < end and offset < s.end]
        holding = [s for s in touching if s.start <= offset and end <= s.end]
        assert len(touching) == len(holding) == (0 if block.level else 1)
        offset = end + len(BLOCK_SEPARATOR)


@thorough
@given(st.lists(blocks, max_size=12))
def test_neighbouring_sections_without_a_heading_between_differ(made: list[Block]) -> None:
    document = document_of(*made)
    for first, second in pairwise(document.sections):
        if document.text[first.end : second.start] == BLOCK_SEPARATOR:
            assert (first.path, first.role) != (second.path, second.role)


def test_the_document_is_named_by_the_hash_of_its_text_and_knows_its_file() -> None:
    document = document_of(Block("Größe", level=1), Block("IL-2 works."))
    whole = hashlib.sha256("Größe\n\nIL-2 works.".encode()).hexdigest()
    assert document.text == "Größe\n\nIL-2 works."
    assert (document.doc_id, document.sha256) == (whole[:16], whole)
    assert (document.source, document.source_sha256) == ("made.txt", hashlib.sha256(b"the bytes").hexdigest())
    assert document.pages == ()


def test_equal_texts_of_different_files_are_one_document() -> None:
    first = assemble([Block("IL-2")], source="a.txt", data=b"1", metadata={})
    second = assemble([Block("IL-2")], source="b.md", data=b"2", metadata={"title": "T"})
    assert first.doc_id == second.doc_id
    assert first.source_sha256 != second.source_sha256


def test_no_blocks_make_an_empty_document() -> None:
    document = document_of()
    assert (document.text, document.sections, document.kind) == ("", (), None)


def test_metadata_become_the_fields_of_the_document() -> None:
    document = assemble([Block("IL-2")], source="a.txt", data=b"", metadata={"title": "T", "year": 2025})
    assert (document.title, document.year, document.journal) == ("T", 2025, None)


def test_headings_form_a_trail_that_a_heading_of_the_same_level_or_above_cuts() -> None:
    document = document_of(
        Block("zero"),
        Block("A", level=1),
        Block("one"),
        Block("B", level=3),
        Block("two"),
        Block("three"),
        Block("C", level=2),
        Block("four"),
        Block("D", level=1),
        Block("five"),
    )
    assert outline(document) == [
        ("body", "", "zero"),
        ("body", "A", "one"),
        ("body", "A › B", "two\n\nthree"),
        ("body", "A › C", "four"),
        ("body", "D", "five"),
    ]


def test_what_is_not_body_stands_under_no_heading_and_parts_the_sections() -> None:
    document = document_of(
        Block("Results", level=1),
        Block("one"),
        Block("Share", role="boilerplate"),
        Block("Print", role="boilerplate"),
        Block("two"),
    )
    assert outline(document) == [
        ("body", "Results", "one"),
        ("boilerplate", "", "Share\n\nPrint"),
        ("body", "Results", "two"),
    ]


def test_what_stands_beside_the_text_is_in_a_section_of_what_it_belongs_to() -> None:
    document = document_of(
        Block("Results", level=1),
        Block("Table 2. Doses.", role="caption", part="Table 2"),
        Block("Growth.", role="caption"),
        Block("References", level=1),
        Block("1 Roe.", role="note", part="Note"),
    )
    assert [(section.path, section.role) for section in document.sections] == [
        (("Results", "Table 2"), "caption"),
        (("Results", "Caption"), "caption"),
        (("References",), "references"),
    ]


def test_two_parts_under_the_same_heading_are_two_sections() -> None:
    document = document_of(Block("A", level=1), Block("one"), Block("A", level=1), Block("two"))
    assert document.sections == (Section(("A",), 3, 6), Section(("A",), 11, 14))


def test_references_reach_from_their_heading_to_the_next_of_that_level() -> None:
    document = document_of(
        Block("References", level=1),
        Block("Doe J. 2019."),
        Block("Further reading", level=2),
        Block("Roe R. 2020."),
        Block("Conclusion", level=1),
        Block("IL-2 works."),
    )
    assert [role for role, _, _ in outline(document)] == ["references", "references", "body"]


@pytest.mark.parametrize(
    ("heading", "role"),
    [
        pytest.param("Introduction", "body", id="plain"),
        pytest.param("INTRODUCTION", "body", id="capitals"),
        pytest.param("1. Introduction", "body", id="numbered"),
        pytest.param("2.1 Methods", "body", id="numbered twice"),
        pytest.param("Abstract:", "body", id="colon"),
        pytest.param("Results and Discussion", "body", id="two in one"),
        pytest.param("References", "references", id="references"),
        pytest.param("7. REFERENCES.", "references", id="references numbered"),
        pytest.param("Literature Cited", "references", id="literature cited"),
        pytest.param("Key cytokines", None, id="any other"),
        pytest.param("Introduction to cytokines", None, id="more than the name"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_the_usual_headings_tell_what_their_section_is(heading: str, role: str | None) -> None:
    assert standard_role(heading) == role


def test_mentions_are_in_the_order_of_their_places() -> None:
    inner, outer = Mention(2, 3, "b"), Mention(0, 4, "a")
    document = document_of(Block("IL-2."), Block("word", mentions=(inner, outer)))
    assert document.mentions == (Mention(7, 11, "a"), Mention(9, 10, "b"))


@pytest.mark.parametrize(
    ("headings", "kind"),
    [
        pytest.param(["Abstract"], "abstract", id="abstract alone"),
        pytest.param(["Abstract", "Introduction"], "full text", id="abstract and introduction"),
        pytest.param(["3. Results"], "full text", id="numbered"),
        pytest.param(["Key findings", "ABSTRACT"], "abstract", id="abstract in capitals"),
        pytest.param(["Key findings"], None, id="neither"),
        pytest.param([], None, id="no heading"),
    ],
)
def test_the_headings_tell_an_abstract_from_a_full_text(headings: list[str], kind: str | None) -> None:
    made = [block for heading in headings for block in (Block(heading, level=1), Block("IL-2."))]
    assert document_of(*made, Block("The end.")).kind == kind


def test_a_kind_among_the_metadata_wins() -> None:
    made = [Block("Abstract", level=1), Block("IL-2.")]
    assert assemble(made, source="a.txt", data=b"", metadata={"kind": "full text"}).kind == "full text"
