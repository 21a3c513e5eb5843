"""A question set with known answers: each question has the words of one sentence of the reviews."""

import json
from pathlib import Path

from qa.library import Library
from qa.records import EVIDENCE_ROLES, Question
from qa.text.sentences import split_sentences

UNANSWERABLE = Question("none", "Who painted the Mona Lisa?", "unanswerable", answerable=False)


def known_items(library: Library, every: int = 1) -> list[Question]:
    """A question for every n-th sentence of six words or more; the sentence is its gold quote."""
    found = [
        (document.source, document.text[section.start + start : section.start + end])
        for document in library.documents()
        for section in document.sections
        if section.role in EVIDENCE_ROLES
        for start, end in split_sentences(document.text[section.start : section.end])
    ]
    quotes = [(source, quote) for source, quote in found if len(quote.split()) >= 6][::every]
    return [
        Question(f"k{number}", " ".join(quote.split()[:9]), "known item", answers=((source, quote),))
        for number, (source, quote) in enumerate(quotes)
    ]


def write_questions(questions: list[Question], path: Path) -> Path:
    lines = [
        {
            "id": one.id,
            "question": one.question,
            "kind": one.kind,
            "answerable": one.answerable,
            "answers": [{"doc": source, "quote": quote} for source, quote in one.answers],
        }
        for one in questions
    ]
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
    return path
