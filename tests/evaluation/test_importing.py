"""Question sets in other formats: small handwritten ones, read back with Pincite's own reader."""

import json
from pathlib import Path
from typing import Any

import pytest

from qa.errors import EvaluationError
from qa.evaluation.importing import FORMS, file_name, read, write
from qa.evaluation.relevance import resolved
from qa.indexing.finding import find_files
from qa.query.questions import read_questions
from qa.readers.files import read as read_document
from qa.records import Document, Question

CONTEXT = "The team gave up 308 points. It won 12 games in 2015, with 308 more to come. Nobody knew."

SQUAD = {
    "data": [
        {
            "title": "A Team",
            "paragraphs": [
                {
                    "context": CONTEXT,
                    "qas": [
                        {"id": "s1", "question": "How many?", "answers": [{"answer_start": 17, "text": "308"}] * 2},
                        {"id": "s4", "question": "And?", "answers": [{"answer_start": 17, "text": CONTEXT[17:40]}]},
                        {"id": "s2", "question": "Who?", "answers": [], "is_impossible": True},
                    ],
                },
                {
                    "context": "A second paragraph says\nmore.",
                    "qas": [{"id": "s3", "question": "What?", "answers": [{"answer_start": 2, "text": "second"}]}],
                },
            ],
        }
    ]
}

BIOASQ = {
    "questions": [
        {
            "id": "b1",
            "body": "Is  IL-2 toxic?",
            "type": "yesno",
            "snippets": [
                {"document": "http://www.ncbi.nlm.nih.gov/pubmed/123", "text": "IL-2 is toxic at high doses."},
                {"document": "http://www.ncbi.nlm.nih.gov/pubmed/123", "text": "Its toxicity limits its use."},
                {"document": "http://www.ncbi.nlm.nih.gov/pubmed/456", "text": "High-dose IL-2 is seldom given."},
            ],
        },
        {"id": "b2", "body": "Nothing to judge by?", "type": "list", "snippets": []},
    ]
}


def json_file(value: Any, folder: Path) -> Path:
    path = folder / "set.json"
    path.write_text(json.dumps(value))
    return path


def beir_folder(folder: Path) -> Path:
    corpus = [
        {"_id": "d1", "title": "On IL-2", "text": "IL-2 is toxic. It is\nold."},
        {"_id": "d/2", "title": "README", "text": "IL-15 is safer."},
        {"_id": "readme", "title": "A document with no text", "text": ""},
    ]
    queries = [{"_id": "q1", "text": "Is IL-2 toxic?"}, {"_id": "q2", "text": "unjudged"}]
    (folder / "qrels").mkdir()
    (folder / "corpus.jsonl").write_text("\n".join(map(json.dumps, corpus)))
    (folder / "queries.jsonl").write_text("\n".join(map(json.dumps, queries)))
    (folder / "qrels" / "test.tsv").write_text(
        "query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td/2\t0\nq1\tgone\t1\nq1\treadme\t1\nq3\td1\t1\n"
    )
    return folder


def documents(folder: Path) -> dict[str, Document]:
    found = [read_document(path) for path in find_files([folder / "texts"])]
    return {document.source: document for document in found}


def all_resolved(questions: list[Question], known: dict[str, Document]) -> bool:
    return all(gold.start is not None for question in questions for gold in resolved(question, known))


def test_squad_gold_is_the_sentence_that_holds_the_answer(tmp_path: Path) -> None:
    imported = read("squad", json_file(SQUAD, tmp_path))
    (text,) = imported.texts
    first, across, second, third = imported.questions
    assert across.answers == ((text.file, CONTEXT.removesuffix(" Nobody knew.")),)
    assert first.answers == ((text.file, "The team gave up 308 points."),)
    assert (second.answerable, second.kind, second.answers) == (False, "unanswerable", ())
    assert third.answers == ((text.file, "A second paragraph says more."),)


def test_beir_gold_is_the_whole_text_of_each_relevant_document(tmp_path: Path) -> None:
    imported = read("beir", beir_folder(tmp_path))
    (question,) = imported.questions
    assert question.answers == (
        ("d1.txt", "IL-2 is toxic. It is old."),
        (file_name("readme"), "A document with no text"),
    )


def test_bioasq_gold_is_each_snippet_and_its_documents_are_the_snippets(tmp_path: Path) -> None:
    imported = read("bioasq", json_file(BIOASQ, tmp_path))
    (question,) = imported.questions
    assert (question.question, question.kind) == ("Is IL-2 toxic?", "yesno")
    assert [source for source, _ in question.answers] == ["123.txt", "123.txt", "456.txt"]
    assert list(imported.texts[0].paragraphs) == ["IL-2 is toxic at high doses.", "Its toxicity limits its use."]


@pytest.mark.parametrize("form", list(FORMS))
def test_what_is_written_is_read_with_every_quote_in_its_place(form: str, tmp_path: Path) -> None:
    source = beir_folder(tmp_path) if form == "beir" else json_file({"squad": SQUAD, "bioasq": BIOASQ}[form], tmp_path)
    imported = read(form, source)
    path = write(imported, tmp_path / "out")
    questions = read_questions(path)
    known = documents(tmp_path / "out")
    assert questions == list(imported.questions)
    assert known.keys() == {text.file for text in imported.texts}
    assert {document.title for document in known.values()} == {text.title for text in imported.texts}
    assert all_resolved(questions, known)


def test_file_names_are_plain_and_distinct() -> None:
    names = ["a/b", "a b", "a_b", "A b", "d1", "readme", "LICENSE", ".hidden", "ü", "x" * 300]
    made = [file_name(name) for name in names]
    assert len(set(made)) == len(names)
    assert all(name.isascii() and len(name) < 100 and not name.startswith(".") for name in made)
    assert not any(name.lower().split(".")[0] in ("readme", "license") for name in made)


@pytest.mark.parametrize("form", list(FORMS))
def test_what_is_not_of_the_form_is_one_sentence(form: str, tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="cannot be read"):
        read(form, tmp_path / "nowhere")
    path = json_file({"data": [1], "questions": [1]}, tmp_path)
    if form != "beir":
        with pytest.raises(EvaluationError, match=f"not of the form {form}"):
            read(form, path)
        with pytest.raises(EvaluationError, match="no question"):
            read(form, json_file({"data": [], "questions": []}, tmp_path))


@pytest.mark.shared
def test_every_answer_of_xquad_is_found_in_its_article(shared: Path, tmp_path: Path) -> None:
    imported = read("squad", shared / "data" / "xquad" / "xquad.en.json")
    write(imported, tmp_path)
    assert (len(imported.questions), len(imported.texts)) == (1190, 48)
    assert all_resolved(list(imported.questions), documents(tmp_path))
