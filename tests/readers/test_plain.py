"""qa.readers.plain: paragraphs and headings of plain text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.readers.blocks import Block
from qa.readers.plain import read_plain

PROSE = (
    "Cytokines shape the immune response against tumors in many ways, and this sentence goes on for long "
    "enough to be the first paragraph of prose."
)
WRAPPED = """Cytokines are signaling molecules produced by immune cells and
other cells in the tumor microenvironment. They regulate immune
responses by promoting cell growth, differentiation, and activation."""
UNWRAPPED = (
    "Cytokines are signaling molecules produced by immune cells and other cells in the tumor microenvironment. "
    "They regulate immune responses by promoting cell growth, differentiation, and activation."
)


def after_introduction(text: str) -> list[Block]:
    """The blocks of a text under the heading Introduction, so none is front matter."""
    blocks, _ = read_plain(f"Introduction\n\n{text}")
    assert blocks[0] == Block("Introduction", level=1)
    return blocks[1:]


# ---------------------------------------------------------------- paragraphs


def test_the_lines_of_a_wrapped_paragraph_become_one() -> None:
    assert after_introduction(WRAPPED) == [Block(UNWRAPPED)]


@pytest.mark.parametrize("line_end", ["\r\n", "\r"], ids=["Windows", "old Macintosh"])
def test_line_ends_of_other_systems_read_the_same(line_end: str) -> None:
    text = f"{WRAPPED}\n\n{PROSE}\n"
    assert after_introduction(text.replace("\n", line_end)) == [Block(UNWRAPPED), Block(PROSE)]


@pytest.mark.parametrize(
    "gap",
    [
        pytest.param("\n\n", id="blank line"),
        pytest.param("\n \t\n\n", id="blank lines with spaces"),
        pytest.param("\n\n\\\n\n", id="a lone backslash"),
        pytest.param("\f", id="page break"),
        pytest.param("\n* * *\n\n", id="decoration"),
    ],
)
def test_paragraphs_end_at_gaps(gap: str) -> None:
    assert after_introduction(f"{PROSE}{gap}{UNWRAPPED}") == [Block(PROSE), Block(UNWRAPPED)]


def test_lines_that_are_not_full_are_a_paragraph_each() -> None:
    text = (
        "IL-2 was given first.\nKey cytokines\nThen came a rather long list of other cytokines, one by one.\nIt ended."
    )
    assert after_introduction(text) == [Block(line) for line in text.split("\n")]


def test_a_paragraph_that_a_page_break_cut_in_mid_sentence_is_joined() -> None:
    start = PROSE.removesuffix(".") + ", and"
    assert after_introduction(f"{start}\n\nthen some more.") == [Block(f"{start} then some more.")]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(PROSE, "then some more.", id="the first is finished"),
        pytest.param(PROSE.removesuffix("."), "Then some more.", id="the second starts afresh"),
        pytest.param("It was, in short, open,", "then some more.", id="the first is no paragraph of prose"),
    ],
)
def test_other_paragraphs_stay_apart(first: str, second: str) -> None:
    assert [block.text for block in after_introduction(f"{first}\n\n{second}")] == [first, second]


def test_hyphens_at_line_ends_are_judged_by_the_words_of_the_whole_text() -> None:
    text = (
        "Such treatment enhances many of the known anti-\ntumor responses, yet at high doses the treat-\nment is toxic."
    )
    expected = (
        "Such treatment enhances many of the known anti-tumor responses, yet at high doses the treatment is toxic."
    )
    assert after_introduction(text) == [Block(expected)]


@pytest.mark.parametrize("text", ["", " \n\n ", "\n* * *\n---\n", "\f"], ids=["empty", "blank", "decoration", "page"])
def test_a_text_without_a_word_has_no_blocks(text: str) -> None:
    assert read_plain(text) == ([], {})


@settings(max_examples=150, deadline=None)
@given(st.text(st.sampled_from("abA1.,-\n\r\f\t \\é "), max_size=120))
def test_no_block_is_empty_or_holds_a_line_break_and_no_letter_is_lost(text: str) -> None:
    blocks, _ = read_plain(text)
    assert all(block.text and block.text == " ".join(block.text.split()) for block in blocks)
    letters = [letter for block in blocks for letter in block.text if letter.isalnum()]
    assert letters == [letter for letter in text if letter.isalnum()]


# ---------------------------------------------------------------- headings


@pytest.mark.parametrize(
    ("heading", "level"),
    [
        pytest.param("Discussion", 1, id="usual"),
        pytest.param("MATERIALS AND METHODS", 1, id="usual in capitals"),
        pytest.param("Key cytokines and their mechanisms of action", 2, id="any other"),
        pytest.param("2. Clinical use", 1, id="number"),
        pytest.param("2.1 Clinical use", 2, id="number of two parts"),
        pytest.param("2.1.3. Clinical use", 3, id="number of three parts"),
        pytest.param("3. Results", 1, id="usual with a number"),
        pytest.param("IL-2", 2, id="one short word"),
    ],
)
def test_a_short_line_alone_is_a_heading(heading: str, level: int) -> None:
    assert after_introduction(f"{PROSE}\n\n{heading}\n\n{PROSE}") == [
        Block(PROSE),
        Block(heading, level=level),
        Block(PROSE),
    ]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("This is a sentence.", id="ends with a stop"),
        pytest.param("The cytokines were:", id="ends with a colon"),
        pytest.param("starting with a small letter", id="small letter"),
        pytest.param("One two three four five six seven eight nine ten eleven twelve thirteen fo 15", id="15 words"),
        pytest.param("W" * 101, id="101 characters"),
        pytest.param("Dose: 5 mg", id="a colon within"),
        pytest.param("Write to doe@example.org", id="an address"),
    ],
)
def test_other_lines_alone_are_paragraphs(line: str) -> None:
    assert after_introduction(f"{PROSE}\n\n{line}\n\n{PROSE}")[1] == Block(line)


def test_the_last_line_of_a_text_is_no_heading_for_nothing_follows() -> None:
    assert after_introduction(f"{PROSE}\n\nConclusion")[-1] == Block("Conclusion")


def test_a_usual_heading_is_found_among_lines_that_are_a_paragraph_each() -> None:
    assert after_introduction(f"{PROSE}\nConclusion\nIt works.") == [
        Block(PROSE),
        Block("Conclusion", level=1),
        Block("It works."),
    ]


def test_a_usual_heading_right_above_a_wrapped_paragraph_is_a_heading() -> None:
    assert after_introduction(f"{PROSE}\n\nDiscussion\n{WRAPPED}")[1:] == [
        Block("Discussion", level=1),
        Block(UNWRAPPED),
    ]


def test_a_usual_heading_that_follows_an_open_sentence_is_a_part_of_it() -> None:
    text = "The doses that led to these outcomes are listed in the part\nresults"
    assert after_introduction(text)[0].text == text.replace("\n", " ")


@pytest.mark.parametrize("name", ["Abstract", "Summary", "Text"])
def test_a_heading_that_runs_into_its_paragraph_is_taken_off(name: str) -> None:
    blocks, _ = read_plain(f"{name}: {PROSE}")
    assert blocks == [Block(name, level=1), Block(PROSE)]


def test_the_title_and_what_stands_before_the_article_are_front_matter() -> None:
    blocks, fields = read_plain(
        f"Cytokines in cancer\n\nInstitute of Oncology.\n\nAbstract\n\n{PROSE}\n\nKey names\n\n{PROSE}"
    )
    assert blocks == [
        Block("Cytokines in cancer", role="front"),
        Block("Institute of Oncology.", role="front"),
        Block("Abstract", level=1),
        Block(PROSE),
        Block("Key names", level=2),
        Block(PROSE),
    ]
    assert fields == {"title": "Cytokines in cancer"}
