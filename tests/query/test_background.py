"""qa.query.background: the table shipped with Pincite, its form, and shares computed by hand."""

from hypothesis import given
from hypothesis import strategies as st

from qa.query.background import Background, background, form, parse
from qa.text.terms import terms

SMALL = Background(4, {"give": 3, "wrong": 1, "cell": 1})


def test_a_share_is_of_the_texts_and_nothing_for_a_rare_term() -> None:
    assert SMALL.share("give") == 0.75
    assert SMALL.share("aldesleukin") == 0.0
    assert Background(0, {}).share("give") == 0.0


def test_the_form_is_a_line_for_each_frequency() -> None:
    assert form(SMALL) == "4\n3 give\n1 cell wrong\n"


@given(st.integers(0, 9), st.dictionaries(st.text("abcδ2.", min_size=1), st.integers(1, 9)))
def test_what_is_written_is_read_again(texts: int, frequencies: dict[str, int]) -> None:
    assert parse(form(Background(texts, frequencies))) == Background(texts, frequencies)


def test_everyday_words_are_known_and_rare_names_are_not() -> None:
    known = background()
    for word in terms("giving wrong medicines patients treatment works"):
        assert known.share(word) > 0.002
    for word in terms("fresolimumab Mona CXCR4x"):
        assert known.share(word) < 0.001
    assert all(0 < frequency <= known.texts for frequency in known.frequencies.values())


def test_the_terms_are_those_of_the_lexical_index() -> None:
    plain = [term for term in background().frequencies if term.isascii() and term.isalpha()]
    assert sum(len(terms(term)) == 1 for term in plain) > 0.95 * len(plain)
