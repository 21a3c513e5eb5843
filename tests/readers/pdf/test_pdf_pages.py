"""Pages of real articles that were once read wrong. ``pages/README.md`` names their sources and licences."""

from pathlib import Path

import pytest

from qa.readers.blocks import Reading
from qa.readers.pdf.reader import read

PAGES = Path(__file__).with_name("pages")


def reading(name: str) -> Reading:
    return read((PAGES / f"{name}.pdf").read_bytes())


def body(name: str) -> str:
    """The paragraphs and captions that may be quoted."""
    blocks = reading(name).blocks
    return "\n".join(block.text for block in blocks if block.role in ("body", "caption") and not block.level)


@pytest.mark.parametrize(
    ("page", "words"),
    [
        # columns, and text that continues across them
        ("PMC6294855-7", "the prevalence was 301 per 10,000 and 588 per 10,000 for males and females, respectively"),
        ("PMC6294855-7", "Our study is the first one of AD in mainland China between 2007 and 2017."),
        ("aab-59-121-2016-2-3-4", "The study group consisted of 30, single-born, male Norduz lambs."),
        # spaces and hyphens
        ("PMC4632522-5", "SDS-PAGE analysis of milks from several species of mammal"),
        ("PMC7908915-9", "All trial documentation, including that held at participating sites"),
        ("PMC7908915-9", "as per the local hospital resources and policies."),
        # signs
        ("PMC4569613-3", "electrophoresed in 1.5 % agarose in 1× TBE buffer"),
        ("PMC4569613-3", "0.4 μl (5 U/μl) Taq polymerase"),
    ],
)
def test_sentences_are_read_as_printed(page: str, words: str) -> None:
    assert words in body(page)


def test_a_formula_is_read_with_its_signs_and_is_no_evidence_where_its_fraction_came_apart() -> None:
    blocks = reading("aab-59-121-2016-2-3-4").blocks
    assert [block.role for block in blocks if "Δ9DS(C16) = 100" in block.text] == ["boilerplate"]


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("aab-59-121-2016-2-3-4", "Arch. Anim. Breed."),
        ("aab-59-121-2016-2-3-4", "Fatty acid profile of Norduz lambs"),
        ("aab-59-121-2016-2-3-4", "54.82 ± 0.438"),
        ("PMC7836185-8", "Campbell MK, Piaggio G"),
        ("PMC7836185-8", "Aarhus University, Aarhus, Denmark"),
        ("PMC4391421-1", "Department of Ophthalmology"),
        ("PMC4391421-1", "Correspondence to"),
    ],
)
def test_what_stands_around_the_text_is_no_evidence(page: str, words: str) -> None:
    assert words not in body(page)
    assert words in "\n".join(block.text for block in reading(page).blocks) or "aab" in page


def test_numbers_of_lines_are_not_read() -> None:
    text = body("npg-2016-11-3")
    assert "differential equations should have at least four independent variables" in text
    assert not any(f" {number} " in text for number in range(11, 20))


def test_the_title_and_authors_of_a_first_page_are_read_and_not_its_journal() -> None:
    fields = reading("PMC4391421-1").fields
    assert fields["title"] == "Thymus vulgaris essential oil: chemical composition and antimicrobial activity"
    assert fields["authors"] == ("Borugă O", "Jianu C", "Mişcă C", "Goleţ I", "Gruia AT", "Horhat FG")
