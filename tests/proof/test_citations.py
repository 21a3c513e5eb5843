"""qa.proof.citations: the place of a quote, in words for people."""

from typing import Any

import pytest

from qa.proof.citations import answer_as_text, cite, marks, pinpoint, reference, understood, unread, warning
from qa.readers.blocks import Block, assemble
from qa.records import Answer, AnswerSentence, Citation, DocId, Document, Doubt


def citation(**fields: Any) -> Citation:
    """A citation of characters 10 to 52 of a.txt, with the given fields changed."""
    common = {"number": 1, "doc_id": DocId("d"), "source": "a.txt", "title": None, "section": "", "page": None}
    return Citation(**{**common, "start": 10, "end": 52, "quote": "…", "sha256": "", **fields})


@pytest.mark.parametrize(
    ("section", "page", "expected"),
    [
        pytest.param("Results", None, "Results, characters 10–52", id="section alone"),
        pytest.param("Results", 3, "Results, page 3", id="section and page"),
        pytest.param("", 3, "page 3", id="page alone"),
        pytest.param("", None, "characters 10–52", id="neither"),
    ],
)
def test_a_pinpoint_gives_the_section_and_the_page_or_else_the_characters(
    section: str, page: int | None, expected: str
) -> None:
    assert pinpoint(citation(section=section, page=page)) == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        pytest.param("A title", "A title (a.txt). Results, page 3", id="title"),
        pytest.param(None, "a.txt. Results, page 3", id="no title"),
        pytest.param("", "a.txt. Results, page 3", id="empty title"),
    ],
)
def test_a_reference_gives_title_file_and_place(title: str | None, expected: str) -> None:
    assert reference(citation(title=title, section="Results", page=3)) == expected


@pytest.mark.parametrize(("numbers", "expected"), [((), ""), ((2,), "[2]"), ((1, 3, 12), "[1][3][12]")])
def test_marks_stand_in_brackets_one_after_another(numbers: tuple[int, ...], expected: str) -> None:
    assert marks(numbers) == expected


def test_an_answer_as_text_has_its_sentences_with_marks_and_the_references_below() -> None:
    cited = (
        citation(number=1, title="A title", section="Results", page=3),
        citation(number=2, source="b.txt", start=0, end=7),
    )
    told = (AnswerSentence("IL-2 works.", "a.txt", (1,)), AnswerSentence("TNF too.", "a.txt", (1, 2)))
    answer = Answer("What works?", told, cited, (), abstained=False, reason=None, confidence=0.9)
    assert answer_as_text(answer) == (
        "IL-2 works. [1]\n\nTNF too. [1][2]\n\n[1] A title (a.txt). Results, page 3\n[2] b.txt. characters 0–7"
    )


def test_what_a_sentence_leans_on_stands_before_it() -> None:
    cited = (citation(number=1), citation(number=2, source="a.txt", start=0, end=9, quote="IL-2 acts."))
    told = (AnswerSentence("It is toxic.", "a.txt", (1,), (2,)),)
    answer = Answer("Why?", told, cited, (), abstained=False, reason=None, confidence=0.9)
    assert answer_as_text(answer).startswith("Before it: IL-2 acts. [2]\nIt is toxic. [1]\n\n")


TEXT = "The dose was 10 mg at 38 C. Scanned words follow. A third one."
SAID = "Compare with the printed page: "


def doubtful(*doubts: Doubt, **fields: Any) -> Document:
    return assemble([Block(TEXT, doubts=doubts)], source="a.pdf", data=b"", metadata=fields)


@pytest.mark.parametrize(
    ("doubts", "expected"),
    [
        pytest.param([], None, id="nothing"),
        pytest.param([Doubt(27, 30, "recognised")], None, id="a doubt that begins where it ends"),
        pytest.param(
            [Doubt(25, 26, "disputed"), Doubt(13, 14, "disputed"), Doubt(14, 15, "disputed")],
            "another way to read the file has another sign for “1”, “0”, “C”.",
            id="disputed signs, in the order of the text",
        ),
        pytest.param(
            [Doubt(25, 26, "unnamed")], "the file does not name the sign that stands here as \ufffd.", id="unnamed"
        ),
        pytest.param(
            [Doubt(0, 10, "recognised", 0.93), Doubt(10, 60, "recognised", 0.871)],
            "a program recognised these words in a picture of it, at a confidence of 0.87.",
            id="recognised, with the least confidence",
        ),
        pytest.param(
            [Doubt(0, 60, "recognised"), Doubt(13, 14, "disputed")],
            "a program recognised these words in a picture of it; "
            "another way to read the file has another sign for “1”.",
            id="both, and the recogniser did not say",
        ),
    ],
)
def test_a_warning_says_why_words_may_not_be_what_was_printed(doubts: list[Doubt], expected: str | None) -> None:
    assert warning(doubtful(*doubts), 0, 27) == (f"{SAID}{expected}" if expected else None)


def test_a_citation_carries_its_warning_and_a_reference_says_it() -> None:
    document = doubtful(Doubt(13, 14, "disputed"))
    warned, sound = cite(document, 0, 27), cite(document, 28, 49)
    assert reference(warned) == f"a.pdf. characters 0–27. {SAID}another way to read the file has another sign for “1”."
    assert (sound.warning, reference(sound)) == (None, "a.pdf. characters 28–49")


@pytest.mark.parametrize(
    ("pages", "expected"),
    [
        ((), ""),
        ((3,), "Page 3 holds no text and was not read."),
        ((3, 7), "Pages 3, 7 hold no text and were not read."),
    ],
)
def test_pages_without_text_are_named(pages: tuple[int, ...], expected: str) -> None:
    assert unread(doubtful(unread_pages=pages)) == expected


def test_what_does_not_occur_is_said_with_what_was_understood() -> None:
    assert understood({"absent": ["aspirin"]}) == "aspirin does not occur in these documents."
    assert understood({"corrections": {"cytokins": "cytokines"}, "absent": ["IL-7", "IL-15", "aspirin"]}) == (
        "Searched for cytokines (typed: cytokins). IL-7, IL-15 and aspirin do not occur in these documents."
    )
    assert understood({"corrections": {}, "expansions": {}}) == ""
