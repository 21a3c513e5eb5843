"""qa.citations: where a quote stands, in words for people."""

from typing import Any

import pytest

from qa.citations import answer_as_text, marks, pinpoint, reference
from qa.records import Answer, AnswerSentence, Citation, DocId


def citation(**fields: Any) -> Citation:
    """A citation of characters 10 to 52 of a.txt, but for the given fields."""
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
