"""Authors and years from the lines of a first page: the whole list or nothing."""

import pytest

from qa.readers.pdf.authors import _listed
from qa.readers.pdf.lines import Line
from qa.readers.pdf.metadata import clean_title, doi_of, year_of


def lines(*texts: str) -> list[Line]:
    return [Line(text, 72, 400, 700 - 14 * number, 12) for number, text in enumerate(texts)]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["Jane A. Doe [1,2], Rick Roe² and Ann van der Poe*"], ("Jane A. Doe", "Rick Roe", "Ann van der Poe")),
        (["Jane Doe, MD, PhD; Rick Roe, MSc"], ("Jane Doe", "Rick Roe")),
        (["Kate Griffiths [1], Zhihe", "Zhang [2], Li HU²"], ("Kate Griffiths", "Zhihe Zhang", "Li HU")),
        (["Jane Doe, Rick Roe", "Department of Immunology, University of Nowhere"], ("Jane Doe", "Rick Roe")),
        (["Jane Doe, Rick Roe and", "the group of 300 others"], ()),
        (["Jane Doe, Rick Roe, Ann", "Department of Immunology"], ()),
        (["The effect of a drug, and of another"], ()),
    ],
)
def test_authors_are_the_whole_list_or_none(texts: list[str], expected: tuple[str, ...]) -> None:
    assert _listed(lines(*texts)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Received: 3 May 2016; Published: 4 December 2018", 2018),
        ("© 2015 The Authors", 2015),
        ("Nutrients 2018, 10, 1916", 2018),
        ("Received in 2016, after a study of 2009", None),
    ],
)
def test_the_year_is_that_of_publication(text: str, expected: int | None) -> None:
    assert year_of([text], {}) == expected


def test_the_year_is_that_of_the_volume_or_of_the_issue() -> None:
    for head in (
        "J. Clin. Biochem. Nutr., 46, 52–59, January 2010",
        "Journal of Medicine and Life Volume 7, Special Issue 3, 2010",
        "Saudi Med J 2010; Vol. 39 (2)",
        "Iran J Public Health, Vol. 47, No.11, Nov 2010, pp.1615-1626",
    ):
        assert year_of([head], {}) == 2010


def test_of_versions_the_last_is_the_articles_doi_and_others_leave_it_unknown() -> None:
    first, second = "doi: 10.12688/f1000research.4767.1", "doi: 10.12688/f1000research.4767.2"
    assert doi_of([first, second, first], {}) == "10.12688/f1000research.4767.2"
    assert doi_of([first, "doi: 10.1000/182"], {}) == ""


def test_a_title_has_no_note_of_its_version() -> None:
    assert clean_title("Longevity of sharks [v2; ref status: indexed, http://f1000r.es/4fj]") == "Longevity of sharks"


def test_a_name_goes_on_on_the_next_line_also_after_a_particle_or_the_word_and() -> None:
    wide = "Ana Luzia Ferreira Farias¹, Rosany Lopes Martins¹, Sheylla Susan Moreira da Silva de"
    assert _listed(lines(wide, "Almeida¹*"))[-1] == "Sheylla Susan Moreira da Silva de Almeida"
    assert _listed(lines("Kate Griffiths¹, I. Kati Loeffler^{2,†} and", "Malcolm W. Kennedy ᶜ")) == (
        "Kate Griffiths",
        "I. Kati Loeffler",
        "Malcolm W. Kennedy",
    )
