"""Which sentences say the same, and which sentence another leans on."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.readers import read
from qa.records import Document
from qa.statements import antecedent, statement

SAME = [
    ("Tumours grow.", "Tumors grow."),
    ("The tumor grows [3, 4].", "Tumor grows"),
    ("Moreover, IL-2 activates T cells [12].", "IL-2 activates T-cells."),
    ("TGF-β suppresses immunity.", "tgf-β suppresses immunity"),
    ("They were randomised to IL-2.", "They were randomized to IL-2."),
]

DIFFERENT = [
    ("IL-2 is toxic.", "IL-2 is not toxic."),
    ("IL-2 is toxic.", "IL-15 is toxic."),
    ("IL-2 increases survival.", "IL-2 decreases survival."),
    ("It is given before surgery.", "It is given after surgery."),
    ("Of 12 patients 3 responded.", "Of 3 patients 12 responded."),
    ("Survival was 1.5 months.", "Survival was 15 months."),
    ("P was < 0.05.", "P was > 0.05."),
    ("It was kept at -5 degrees.", "It was kept at 5 degrees."),
    ("Half of them (50) responded.", "Half of them (40) responded."),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_what_differs_in_form_alone_says_the_same(one: str, other: str) -> None:
    assert statement(one) == statement(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_one_word_that_counts_makes_another_statement(one: str, other: str) -> None:
    assert statement(one) != statement(other)


@given(st.text(max_size=200))
def test_capitals_and_space_never_count(text: str) -> None:
    assert statement(text) == statement(f"  {text}\n")


@pytest.fixture
def document(tmp_path: Path) -> Document:
    path = tmp_path / "a.txt"
    path.write_text(
        "IL-2 is one of the earliest cytokines studied. It stimulates T cells strongly. Patients respond well.\n\n"
        "This is the opening of another paragraph.\n"
    )
    return read(path)


def leans_on(document: Document, sentence: str) -> str | None:
    start = document.text.index(sentence)
    span = antecedent(document, start, start + len(sentence))
    return None if span is None else document.text[slice(*span)]


def test_a_leaning_sentence_has_the_one_before_it(document: Document) -> None:
    assert leans_on(document, "It stimulates T cells strongly.") == "IL-2 is one of the earliest cytokines studied."


def test_a_sentence_that_stands_has_none(document: Document) -> None:
    assert leans_on(document, "Patients respond well.") is None


def test_what_opens_a_paragraph_has_none(document: Document) -> None:
    assert leans_on(document, "This is the opening of another paragraph.") is None
