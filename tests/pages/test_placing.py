"""Finding a quote in a page's characters: whatever lies between its letters, and never at other words."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.pages.placing import Line, letters_of, place
from qa.pages.records import Wanted


def found(quote: str, page: str, before: str = "", after: str = "") -> list[str]:
    """The page's words at the place of the quote; the lines follow each other."""
    runs = place(Wanted(1, quote, before, after), page, list)
    return [page[start:end] for start, end in runs]


def test_letters_are_folded_and_keep_their_places() -> None:
    letters = letters_of("É ﬁ-Β2")
    assert letters.folded == "efiβ2"
    assert list(letters.places) == [0, 2, 2, 4, 5]


@pytest.mark.parametrize(
    ("quote", "page"),
    [
        ("Interleukin-2 limits its use.", "Interleu-\r\nkin-2 limits\r\nits use"),
        ("The first profile is sufficient.", "The ﬁrst proﬁle is suﬃcient"),
        ("A naïve β-cell of 5 µm dies early.", "A nai\u0308ve β\u2011cell of\u00a05 \u03bcm dies early"),
        ("It  has wide gaps, of every kind.", "It has\twide gaps ,\u2003of every kind"),
    ],
)
def test_hyphens_ligatures_accents_and_space_do_not_count(quote: str, page: str) -> None:
    assert found(quote, f"Before. {page}. After.") == [page]


def test_other_words_are_not_taken_for_a_quote() -> None:
    assert found("IL-15 reduces toxicity in mice.", "IL-15 increases toxicity in mice.") == []
    assert found("He ran.", "The range was wide.") == []
    assert found("He ran.", "Then he ran. It was late.") == ["he ran"]
    assert found("", "Anything.") == []
    assert found("...", "Anything...") == []


def test_of_the_same_words_twice_those_between_what_is_around_are_meant() -> None:
    page = "One said so: it is safe. Two denied it: it is safe. All agreed."
    assert place(Wanted(1, "it is safe.", "Two denied it: ", " All agreed."), page, list) == [(40, 50)]
    assert place(Wanted(1, "it is safe.", "One said so: ", " Two denied it"), page, list) == [(13, 23)]
    assert found("it is safe.", page) == []
    assert found("it is safe.", page, "What nobody wrote. ") == []
    assert found("it is safe.", 2 * "Everybody said so: it is safe. ", "Everybody said so: ") == []


COLUMN, GUTTER, HEIGHT = 100.0, 20.0, 10.0


def set_in_columns(left: Sequence[str], right: Sequence[str]) -> tuple[str, list[Line]]:
    """Two columns drawn row by row: the page's characters, and its lines with their boxes."""
    page, lines = "", []
    for row in range(max(len(left), len(right))):
        for x, column in ((0.0, left), (COLUMN + GUTTER, right)):
            if row < len(column):
                start, page = len(page), f"{page}{column[row]} "
                lines.append(Line(start, len(page) - 1, x, row * HEIGHT, x + COLUMN, (row + 1) * HEIGHT))
    return page, lines


def found_by_lines(quote: str, left: Sequence[str], right: Sequence[str]) -> list[str]:
    page, lines = set_in_columns(left, right)
    return [page[start:end] for start, end in place(Wanted(1, quote), page, lambda: lines)]


def test_a_quote_in_a_column_drawn_row_by_row_is_found_line_by_line() -> None:
    left = ["Nothing of note. In the", "clinic, interleukin limits", "its own use. The rest is", "elsewhere"]
    right = ["another column, with as", "many lines, of which none", "belongs to any sentence", "of the first"]
    quote = "In the clinic, interleukin limits its own use."
    assert found_by_lines(quote, left, right) == ["In the", "clinic, interleukin limits", "its own use"]


def test_a_few_letters_count_only_beside_the_next_line_of_their_column() -> None:
    quote = "Interleukin limits its use in us."
    left, right = ["Interleukin limits its use", "by far"], ["Another sentence that", "us had"]
    assert found_by_lines("Interleukin limits its use us.", left, right) == []
    assert found_by_lines(quote, ["Interleukin limits its use", "in us."], right) == [
        "Interleukin limits its use",
        "in us",
    ]


def test_lines_that_make_up_a_quote_in_two_ways_are_not_guessed_at() -> None:
    left = ["x interleukin limits", "its use in the clinic", "and nothing more there"]
    right = ["another sentence that", "is here", "and one more of them"]
    assert found_by_lines("interleukin limits its use in the clinic", left, right) != []
    doubled = [*right, "its use in the clinic"]
    assert found_by_lines("interleukin limits its use in the clinic", left, doubled) == []


words = st.lists(st.text("abcdefg", min_size=1, max_size=9), min_size=1, max_size=12)


@given(before=words, quote=words, after=words, breaks=st.lists(st.sampled_from([" ", "\r\n", "-\r\n", "  "])))
def test_what_is_found_has_the_letters_of_the_quote(
    before: list[str], quote: list[str], after: list[str], breaks: list[str]
) -> None:
    text = "".join(
        word + (breaks[number] if number < len(breaks) else " ")
        for number, word in enumerate([*before, *quote, *after])
    )
    wanted = Wanted(1, " ".join(quote), " ".join(before), " ".join(after))
    runs = place(wanted, text, list)
    assert "".join(letters_of(text[start:end]).folded for start, end in runs) in ("", "".join(quote))
    if text.count("".join(quote)) == 1 and len("".join(quote)) >= 20:
        assert runs
