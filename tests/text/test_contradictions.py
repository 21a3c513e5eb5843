"""Which statements contradict each other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.text.contradictions import claim, opposed

OPPOSED = [
    ("IL-6 promotes tumour growth.", "IL-6 does not promote tumor growth [3]."),
    ("There is evidence of a benefit.", "There is no evidence of any benefit."),
    ("Moreover, IL-2 increases survival in mice.", "IL-2 decreased survival in mice."),
    ("TGF-β levels were higher in responders.", "TGF-β levels were lower in responders."),
    ("The drug is safe in the elderly.", "The drug is unsafe in the elderly."),
    ("The response rate was 15% in melanoma.", "The response rate was 17 % in melanoma."),
    ("IL-6 is ↑ in septic patients.", "IL-6 is ↓ in septic patients."),
    ("Fever resolves after 5 days in most.", "Fever resolves after 7 days in most."),
]

NOT_OPPOSED = [
    ("IL-6 promotes tumour growth.", "IL-6 promotes tumor growth [3]."),
    ("IL-2 raises survival in mice.", "IL-15 raises survival in mice."),
    ("IL-2 is used in phase 2 trials.", "IL-2 is used in phase 3 trials."),
    ("IL-6 promotes tumour growth.", "IL-10 does not promote tumour growth."),
    ("IL-6 promotes tumour growth in mice.", "IL-6 does not promote tumour growth in men."),
    ("It was not only safe but not toxic.", "It was only safe but toxic."),
    ("The trial was run with 12 patients.", "The trial was run with 15 patients."),
    ("Survival increases with IL-2 in mice.", "Survival falls short of it with IL-2 in mice."),
    ("It is toxic.", "It is not toxic."),
    ("CD4+ cells promote tumour growth.", "CD4− cells do not promote tumour growth."),
    ("Hepatitis A vaccine is safe in men.", "Hepatitis B vaccine is unsafe in men."),
]


@pytest.mark.parametrize(("one", "other"), OPPOSED)
def test_a_negation_an_opposite_or_another_quantity_contradicts(one: str, other: str) -> None:
    assert opposed(claim(one), claim(other))
    assert opposed(claim(other), claim(one))


@pytest.mark.parametrize(("one", "other"), NOT_OPPOSED)
def test_what_may_both_be_so_does_not(one: str, other: str) -> None:
    assert not opposed(claim(one), claim(other))
    assert not opposed(claim(other), claim(one))


@given(st.text(max_size=200))
def test_nothing_contradicts_itself(text: str) -> None:
    assert not opposed(claim(text), claim(text))
