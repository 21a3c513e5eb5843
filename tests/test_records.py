"""qa.records: the methods of the values, and the documented JSON form."""

import dataclasses
import json
from typing import Any

import pytest

from qa.records import (
    EVIDENCE_ROLES,
    Answer,
    AnswerSentence,
    Citation,
    DocId,
    Document,
    Hit,
    Passage,
    Section,
    hit_to_dict,
)

DOC = DocId("0123456789abcdef")
HASH = "0" * 64

SECTION = Section(("Results", "Toxicity"), 0, 9)
PASSAGE = Passage(DOC, 3, 13, "Results › Toxicity", 2)
HIT = Hit(PASSAGE, "IL-2 works", "a.txt", "A title", 1, 0.5, {"dense": 0.25, "lexical": 0.75})
CITATION = Citation(1, DOC, "a.txt", "A title", "Results › Toxicity", 2, 3, 13, "IL-2 works", HASH)
ANSWER = Answer(
    question="Does IL-2 work?",
    sentences=(AnswerSentence("IL-2 works", "a.txt", (1,), support=0.9),),
    citations=(CITATION,),
    hits=(HIT,),
    abstained=False,
    reason=None,
    confidence=0.9,
    library={"generation": 4, "model": "words"},
    id="q1",
)
ABSTENTION = Answer("Why?", (), (), (HIT,), abstained=True, reason="nothing close enough", confidence=0.1)


def document(**fields: Any) -> Document:
    """A plain Document with the given fields."""
    plain = {"text": "", "sections": (), "pages": (), "sha256": HASH, "source_sha256": HASH}
    return Document(**{"doc_id": DOC, "source": "a.txt", **plain, **fields})


@pytest.mark.parametrize(
    ("path", "name"),
    [
        pytest.param((), "", id="before the first heading"),
        pytest.param(("Results",), "Results", id="one heading"),
        pytest.param(("Results", "Toxicity", "Grade 3"), "Results › Toxicity › Grade 3", id="a trail"),
    ],
)
def test_a_section_is_named_by_its_trail_of_headings(path: tuple[str, ...], name: str) -> None:
    assert Section(path, 0, 1).name == name


def test_a_section_is_body_unless_it_is_said_to_be_something_else() -> None:
    assert SECTION.role == "body"


def test_references_and_boilerplate_are_no_evidence() -> None:
    assert frozenset({"body", "front", "caption", "table", "note"}) == EVIDENCE_ROLES


@pytest.mark.parametrize(("title", "label"), [("A title", "A title"), (None, "a.txt"), ("", "a.txt")])
def test_a_document_is_called_by_its_title_or_else_by_its_file(title: str | None, label: str) -> None:
    assert document(title=title).label == label


@pytest.mark.parametrize(
    ("pages", "offset", "page"),
    [
        pytest.param((), 5, None, id="a format without pages"),
        pytest.param((0,), 0, 1, id="the first character"),
        pytest.param((0, 10, 20), 9, 1, id="the last character of a page"),
        pytest.param((0, 10, 20), 10, 2, id="the first character of the next"),
        pytest.param((0, 10, 20), 999, 3, id="the last page"),
        pytest.param((0, 10, 10, 20), 10, 3, id="after an empty page"),
    ],
)
def test_a_page_is_found_by_an_offset_in_it(pages: tuple[int, ...], offset: int, page: int | None) -> None:
    assert document(pages=pages).page_at(offset) == page


def test_a_passage_is_named_by_its_place() -> None:
    assert PASSAGE.passage_id == "0123456789abcdef#3-13"


@pytest.mark.parametrize("value", [SECTION, document(), PASSAGE, HIT, CITATION, ANSWER], ids=lambda v: type(v).__name__)
def test_no_value_can_be_changed(value: Any) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(value, dataclasses.fields(value)[0].name, None)


HIT_FORM = {
    "rank": 1,
    "score": 0.5,
    "scores": {"dense": 0.25, "lexical": 0.75},
    "doc_id": "0123456789abcdef",
    "source": "a.txt",
    "title": "A title",
    "section": "Results › Toxicity",
    "page": 2,
    "start": 3,
    "end": 13,
    "text": "IL-2 works",
    "warning": None,
}


def test_the_form_of_a_hit_is_flat_and_complete() -> None:
    assert hit_to_dict(HIT) == HIT_FORM


def test_the_form_of_an_answer_is_the_documented_one() -> None:
    assert ANSWER.to_dict() == {
        "id": "q1",
        "question": "Does IL-2 work?",
        "query": {},
        "abstained": False,
        "reason": None,
        "confidence": 0.9,
        "sentences": [{"text": "IL-2 works", "source": "a.txt", "citations": [1], "support": 0.9}],
        "citations": [
            {
                "number": 1,
                "doc_id": "0123456789abcdef",
                "source": "a.txt",
                "title": "A title",
                "section": "Results › Toxicity",
                "page": 2,
                "start": 3,
                "end": 13,
                "quote": "IL-2 works",
                "sha256": HASH,
                "warning": None,
            }
        ],
        "hits": [HIT_FORM],
        "library": {"generation": 4, "model": "words"},
        "signature": None,
    }


def test_the_form_of_an_abstention_has_a_reason_and_its_hits_only() -> None:
    assert ABSTENTION.to_dict() == {
        "id": None,
        "question": "Why?",
        "query": {},
        "abstained": True,
        "reason": "nothing close enough",
        "confidence": 0.1,
        "sentences": [],
        "citations": [],
        "hits": [HIT_FORM],
        "library": {},
        "signature": None,
    }


@pytest.mark.parametrize("answer", [ANSWER, ABSTENTION], ids=["answer", "abstention"])
def test_the_form_survives_json(answer: Answer) -> None:
    form = answer.to_dict()
    assert json.loads(json.dumps(form)) == form


def test_changing_the_form_leaves_the_answer_alone() -> None:
    form = ANSWER.to_dict()
    form["library"].clear()
    form["hits"][0]["scores"].clear()
    assert ANSWER.library == {"generation": 4, "model": "words"}
    assert HIT.scores == {"dense": 0.25, "lexical": 0.75}
