"""Hyphens at line ends: those that break a word are removed, those that belong to the word stay."""

import pytest

from qa.readers.pdf.hyphens import Words, join


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (["they were post-oper-", "ative"], "they were post-operative"),
        (["and Gram-pos-", "itive cocci"], "and Gram-positive cocci"),
        (["the time-", "at-liberty of fish"], "the time-at-liberty of fish"),
        (["a well-to-", "do man"], "a well-to-do man"),
        (["the third-generation-", "resistant kind"], "the third-generation-resistant kind"),
        (["of IL-2-", "induced cells"], "of IL-2-induced cells"),
        (["the treat-", "ment"], "the treatment"),
    ],
)
def test_a_hyphen_at_a_lines_end_stays_where_it_belongs_to_the_word(lines: list[str], text: str) -> None:
    assert join(lines, Words(["they were treated"]))[0] == text


def test_a_hyphen_set_apart_is_a_dash_but_within_a_word_that_the_text_has() -> None:
    words = Words(["all documentation is kept"])
    assert join(["trial docu -", "mentation is kept"], words)[0] == "trial documentation is kept"
    assert join(["the arm -", "not the leg"], words)[0] == "the arm - not the leg"
