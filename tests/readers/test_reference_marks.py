import doctest

import pytest

from qa.readers import reference_marks
from qa.readers.reference_marks import is_citation


@pytest.mark.parametrize(
    ("before", "raised", "after"),
    [
        ("was toxic.", "12", " The next"),
        ("was toxic. ", "12", " The next"),
        ("of the liver", "3", " and"),
        ("of the liver,", "3,4", " and"),
        ("IL-2", "3–5", " and"),
        ("aged 65", "12", " years"),
        ("(as was shown before)", "7", "."),
        ("so “toxic”", "1", " and"),
        ("the FDA", "1,2", " and"),
    ],
)
def test_raised_numbers_after_words_and_stops_are_citations(before: str, raised: str, after: str) -> None:
    assert is_citation(before, raised, after)


@pytest.mark.parametrize(
    ("before", "raised", "after"),
    [
        ("25 kg/m", "2", ", the"),
        ("25 m", "2", " "),
        ("square meters", "2", " "),
        ("counts/pixel", "2", " "),
        ("10", "5", " spores"),
        ("2", "10", " "),
        ("× 10", "2–3", " spores"),
        ("χ", "2", " = 3"),
        ("Ser", "473", " of"),
        ("IL-2", "3", " "),
        ("", "1", "These"),
        ("", "1", " "),
        ("of ", "14", "C-labelled"),
        ("[", "18", "F]FDG"),
        ("of ", "3", " "),
        ("mol", "-1", " "),
        ("toxic.", "a", " The"),
        ("(x+y)", "2", " "),
        ("toxic.", "0", " The"),
        ("toxic.", "2010", " The"),
    ],
)
def test_exponents_units_isotopes_and_residues_are_none(before: str, raised: str, after: str) -> None:
    assert not is_citation(before, raised, after)


def test_a_number_beyond_the_list_of_references_is_none() -> None:
    assert is_citation("was toxic.", "12", " The", most=12)
    assert not is_citation("was toxic.", "13", " The", most=12)
    assert not is_citation("was toxic.", "3,13", " The", most=12)


def test_the_doctests_hold() -> None:
    assert doctest.testmod(reference_marks).failed == 0
