"""qa.readers.frontmatter: title, fields, front matter and the boilerplate of web pages."""

import pytest

from qa.readers.blocks import Block
from qa.readers.frontmatter import Fields, annotate, split_names

PROSE = Block(
    "Cytokines shape the immune response against tumors in many ways, and this sentence goes on for long "
    "enough to be the first paragraph of prose in the article."
)
ABSTRACT = Block("Abstract", level=1)


def roles(*blocks: Block) -> list[str]:
    return [block.role for block in annotate(blocks)[0]]


def fields(*paragraphs: str) -> Fields:
    """The fields found in paragraphs before the abstract, without the title."""
    found = annotate([*map(Block, paragraphs), ABSTRACT, PROSE])[1]
    return {name: value for name, value in found.items() if name != "title"}


# ---------------------------------------------------------------- boilerplate


@pytest.mark.parametrize(
    "line",
    [
        "Select one of your emails",
        "You have multiple emails registered with Frontiers:",
        "Notify me on publication",
        "Please enter your email address:",
        "If you already have an account, please login",
        "You don't have a Frontiers account ? You can register here",
        "You don’t have an account",
        "Log in",
        "Sign up for free",
        "Create an account",
        "This article is part of the Research TopicNew Challenges",
        "View all 4 articles",
        "Disclaimer: All claims expressed in this article are those of the authors.",
        "Publisher’s note",
        "All claims expressed in this article are those of the authors.",
        "We use cookies to improve the page.",
        "Accept all cookies",
        "Share",
        "Share this article",
        "Download PDF",
        "Back to top",
        "SKIP TO MAIN CONTENT",
        "sha: 0123456789abcdef0123456789abcdef01234567",
    ],
)
def test_the_furniture_of_a_web_page_is_boilerplate_wherever_it_stands(line: str) -> None:
    assert roles(Block(line), PROSE, Block(line), PROSE) == ["boilerplate", "body", "boilerplate", "body"]


@pytest.mark.parametrize(
    "line",
    [
        "Shared decisions improve adherence.",
        "Sign and symptom scores rose in the treated group over twelve weeks of follow-up.",
        "Loginov and others notified us of the error.",
        "Printed nanoparticles carry IL-2.",
        "Notification rates rose.",
        "We used cookies as the oral vehicle of the drug.",
        "Accounts of toxicity vary between the trials.",
    ],
)
def test_a_sentence_of_the_article_is_no_boilerplate(line: str) -> None:
    assert roles(ABSTRACT, PROSE, Block(line)) == ["body", "body", "body"]


def test_a_heading_that_is_furniture_heads_nothing() -> None:
    judged, _ = annotate([ABSTRACT, PROSE, Block("Share this article", level=2), Block("IL-2 works.")])
    assert judged[2] == Block("Share this article", role="boilerplate")


# ---------------------------------------------------------------- front matter and its fields


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("Authors: Jane Doe, Rick Roe", {"authors": ("Jane Doe", "Rick Roe")}, id="authors"),
        pytest.param("Author: Jane Doe", {"authors": ("Jane Doe",)}, id="one author"),
        pytest.param("Journal: Nature Medicine", {"journal": "Nature Medicine"}, id="journal"),
        pytest.param("Front. Immunol.", {"journal": "Front. Immunol."}, id="journal in short"),
        pytest.param("Published: 3 January 2025", {"year": 2025}, id="published"),
        pytest.param("Published online 2024-12-30", {"year": 2024}, id="published online"),
        pytest.param("Publication date: 2023", {"year": 2023}, id="publication date"),
        pytest.param("Received: 08 Sep 2024; Accepted: 03 Nov 2025.", {"year": 2025}, id="accepted in the last year"),
        pytest.param("DOI: 10.1186/s13046-026-03656-z", {"doi": "10.1186/s13046-026-03656-z"}, id="doi"),
        pytest.param("doi: https://doi.org/10.1000/a.b.", {"doi": "10.1000/a.b"}, id="doi as an address"),
        pytest.param("PMID: 12345678", {"pmid": "12345678"}, id="pmid"),
        pytest.param("PMCID: PMC12977407", {"pmcid": "PMC12977407"}, id="pmcid"),
        pytest.param("License: CC BY 4.0", {"licence": "CC BY 4.0"}, id="licence"),
        pytest.param(
            "Keywords: IL-2; immune system; TNF", {"keywords": ("IL-2", "immune system", "TNF")}, id="keywords"
        ),
        pytest.param("Key words: IL-2, TNF", {"keywords": ("IL-2", "TNF")}, id="key words"),
        pytest.param("https://example.org/a", {"url": "https://example.org/a"}, id="address"),
        pytest.param("Link: https://example.org/a,", {"url": "https://example.org/a"}, id="link"),
        pytest.param(
            "Source: https://example.org/PMC12977407",
            {"url": "https://example.org/PMC12977407", "pmcid": "PMC12977407"},
            id="address with a pmcid",
        ),
        pytest.param(
            "PMC · DOI: 10.1186/s13046-026-03656-z · 2026-02-07",
            {"doi": "10.1186/s13046-026-03656-z", "year": 2026},
            id="doi and date",
        ),
        pytest.param(
            "Copyright: © 2025 Yin, Zhang and Yue. This is open access under (CC BY-NC 4.0).",
            {"year": 2025, "authors": ("Yin", "Zhang", "Yue"), "licence": "CC BY-NC 4.0"},
            id="copyright",
        ),
        pytest.param("* Correspondence: Jane Doe, doe@example.org", {}, id="correspondence"),
        pytest.param("Sec. Cancer Immunity", {}, id="section of a journal"),
        pytest.param("MINI REVIEW article", {}, id="kind of article"),
    ],
)
def test_a_line_about_the_article_is_front_matter_and_gives_its_fields(line: str, expected: Fields) -> None:
    assert roles(ABSTRACT, PROSE, Block(line))[-1] == "front"
    assert fields(line) == expected


@pytest.mark.parametrize(
    "notice",
    [
        "© The Author(s). Published by Example Press.",
        "Copyright: the authors, who grant a licence to publish.",
        "Copyright of the text lies with Example Press. All rights reserved.",
        "All rights reserved. No reuse allowed without permission.",
        "This is an open access article, free of all copyright, and may be freely reproduced by anyone.",
        "Open Access This article is licensed under a Creative Commons Attribution 4.0 International License.",
        "This article is distributed under the terms of the Creative Commons Attribution License (CC BY).",
        "The copyright holder has placed this preprint in the Public Domain.",
        "The present work is open access and may be shared.",
        "Licensed under CC BY 4.0.",
        "Published by Example Press under a Creative Commons licence.",
    ],
)
def test_a_notice_of_copyright_or_licence_is_no_evidence(notice: str) -> None:
    assert roles(ABSTRACT, PROSE, Block(notice))[-1] == "front"


def test_a_paragraph_that_says_nothing_gives_no_field() -> None:
    assert fields("Jane Doe, University of Somewhere, 2025.") == {}


def test_the_first_line_to_give_a_field_wins() -> None:
    assert fields("DOI: 10.1000/first", "DOI: 10.1000/second") == {"doi": "10.1000/first"}


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(["Received: 12 December 2024", "Published: 3 January 2025"], id="received first"),
        pytest.param(["Published: 3 January 2025", "Received: 12 December 2024"], id="published first"),
    ],
)
def test_the_year_is_that_of_publication_where_it_is_told(lines: list[str]) -> None:
    assert fields(*lines) == {"year": 2025}


@pytest.mark.parametrize(
    "line",
    [
        "Published data from 2015 show that the response rate is low.",
        "Published studies of IL-2 before 1998 were small.",
        "Date palm extracts were tested in 2019.",
        "Copyright law changed in 1998 in many countries.",
        "The article by Roe (2004) was an open question, and is discussed under a licence to speculate.",
        "This paper is about how vaccines of 1998 were licensed by the agency.",
        "The vaccine was licensed in 1998 and is distributed under the name of Vaxine.",
        "This article is about the market of 2001 for a drug license.",
        "Published in 2001 under pressure, the data of the trial were small.",
        "The authors of 2010 retained the licence of the vaccine.",
    ],
)
def test_a_sentence_of_the_article_with_a_year_is_no_front_matter(line: str) -> None:
    judged, found = annotate([ABSTRACT, PROSE, Block(line)])
    assert judged[-1] == Block(line)
    assert "year" not in found


@pytest.mark.parametrize("entry", ["doi: 10.1000/other", "PMID: 12345678", "https://example.org/x", "Published 2003."])
def test_what_the_list_of_references_says_is_not_said_of_the_article(entry: str) -> None:
    references = [Block("References", level=1), Block("Doe J. A trial of IL-2. Nature 2019."), Block(entry)]
    judged, found = annotate([ABSTRACT, PROSE, *references])
    assert judged[-1].role != "front"
    assert found == {}


# ---------------------------------------------------------------- the title


def test_the_title_is_the_first_line_that_looks_like_one_and_leaves_the_trail_of_headings() -> None:
    made = [Block("MINI REVIEW article"), Block("Share"), Block("IL-2 in cancer", level=1), ABSTRACT, PROSE]
    judged, found = annotate(made)
    assert judged == [
        Block("MINI REVIEW article", role="front"),
        Block("Share", role="boilerplate"),
        Block("IL-2 in cancer", role="front"),
        ABSTRACT,
        PROSE,
    ]
    assert found == {"title": "IL-2 in cancer"}


def test_a_title_that_is_told_wins_over_one_that_looks_so() -> None:
    _, found = annotate([Block("Some other line"), Block("Title: IL-2 in cancer"), ABSTRACT, PROSE])
    assert found == {"title": "IL-2 in cancer"}


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("Cytokines", id="one word"),
        pytest.param("This is a sentence.", id="ends with a stop"),
        pytest.param("The authors were:", id="ends with a colon"),
        pytest.param("word " * 60 + "end", id="303 characters"),
    ],
)
def test_other_lines_are_no_title(line: str) -> None:
    assert annotate([Block(line), ABSTRACT, PROSE])[1] == {}


def test_there_is_no_title_after_the_article_has_begun() -> None:
    judged, found = annotate([ABSTRACT, PROSE, Block("IL-2 in cancer")])
    assert judged == [ABSTRACT, PROSE, Block("IL-2 in cancer")]
    assert found == {}


# ---------------------------------------------------------------- where the article begins


@pytest.mark.parametrize(
    "opening",
    [
        pytest.param(ABSTRACT, id="a usual heading"),
        pytest.param(Block("1. Introduction", level=2), id="a usual heading with a number"),
        pytest.param(PROSE, id="a paragraph of prose"),
        pytest.param(Block("x" * 149 + "."), id="150 characters with a stop"),
    ],
)
def test_all_before_the_opening_is_front_matter_and_all_after_is_body(opening: Block) -> None:
    address = Block("University of Somewhere.")
    judged, _ = annotate([address, opening, address])
    assert [block.role for block in judged] == ["front", "body", "body"]
    assert judged[1:] == [opening, address]


@pytest.mark.parametrize(
    "block",
    [
        pytest.param(Block("x" * 148 + "."), id="149 characters"),
        pytest.param(Block("x" * 200), id="no stop"),
        pytest.param(Block("Key points", level=1), id="an unusual heading"),
        pytest.param(Block("Disclaimer: " + "x" * 200 + "."), id="boilerplate"),
    ],
)
def test_the_article_does_not_begin_with_other_blocks(block: Block) -> None:
    assert roles(block, Block("University of Somewhere."), ABSTRACT, PROSE)[1] == "front"


def test_no_blocks_give_nothing() -> None:
    assert annotate([]) == ([], {})


def test_a_text_without_an_opening_is_front_matter_throughout() -> None:
    assert roles(Block("One."), Block("Two.")) == ["front", "front"]


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        pytest.param("Jane Doe", ("Jane Doe",), id="one"),
        pytest.param("Jane Doe and Rick Roe", ("Jane Doe", "Rick Roe"), id="and"),
        pytest.param("Jane Doe, Rick Roe, and Ann Poe.", ("Jane Doe", "Rick Roe", "Ann Poe"), id="comma before and"),
        pytest.param("Doe, Jane; Roe, Rick; ", ("Doe, Jane", "Roe, Rick"), id="semicolons"),
        pytest.param("Ferdinand Andersson,Roland Sand", ("Ferdinand Andersson", "Roland Sand"), id="and within a name"),
        pytest.param("Jane Doe .", ("Jane Doe",), id="a space before the last stop"),
        pytest.param(" , ", (), id="none"),
    ],
)
def test_a_list_of_names_is_split(listed: str, expected: tuple[str, ...]) -> None:
    assert split_names(listed) == expected
