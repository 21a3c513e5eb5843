"""The relevance criterion compared with difflib, gold spans, docnos and judgments."""

from difflib import SequenceMatcher

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qa.errors import EvaluationError
from qa.evaluation.relevance import covers, docno, judgments, normalised, place_of, resolved, shares_half, spans
from qa.evaluation.results import Gold
from qa.records import DocId, Document, Question

few_letters = st.text("ab ", max_size=40)


def longest_common(text: str, quote: str) -> int:
    matcher = SequenceMatcher(None, text, quote, autojunk=False)
    return matcher.find_longest_match(0, len(text), 0, len(quote)).size


@given(few_letters, few_letters)
@example("abcd", "abcdefgh")  # exactly half
@example("abcd", "abcdefghi")  # slightly less than half
@example("xcdefx", "abcdefgh")  # half, across blocks
def test_sharing_half_is_what_difflib_says(text: str, quote: str) -> None:
    assert shares_half(text, quote) == (longest_common(text, quote) >= 0.5 * len(quote))


@given(st.text("abcdefgh -\n", max_size=80), st.text("abcdefgh -\n", max_size=60))
def test_covering_is_the_criterion_as_it_is_written_down(text: str, quote: str) -> None:
    given_text, gold = normalised(text), normalised(quote)
    expected = bool(given_text and gold) and (
        gold in given_text
        or (len(given_text) >= 20 and given_text in gold)
        or longest_common(given_text, gold) >= 0.5 * len(gold)
    )
    assert covers(text, quote) == expected


@pytest.mark.parametrize(
    ("text", "quote", "right"),
    [
        ("IL-2 is toxic.", "il-2   is\nTOXIC", True),  # case and white space do not count
        ("anti-tumour", "anti- tumour", True),  # neither does a hyphen at a line's end
        ("a sentence of twenty-one", "it opens with a sentence of twenty-one letters and goes on for long", True),
        ("of twenty characters", "a piece of twenty characters is just long enough to be inside such a quote", True),
        ("f twenty characters", "a piece of twenty characters is just long enough to be inside such a quote", False),
        ("too short", "it opens with far too short a piece of text to count as being inside it", False),
        ("", "quote", False),
        ("text", "", False),
    ],
)
def test_what_counts_as_covering(text: str, quote: str, right: bool) -> None:
    assert covers(text, quote) is right


def test_every_place_of_a_quote_is_found() -> None:
    assert spans("low dose", "low  dose, high dose, low\ndose") == [(0, 9), (22, 30)]
    assert spans("a.b", "axb a.b") == [(4, 7)]
    assert spans(" ", "a b") == []


def document(text: str, source: str) -> Document:
    return Document(DocId("0" * 16), source, text, (), (), "0" * 64, "0" * 64)


def test_gold_is_resolved_to_its_places_or_to_none() -> None:
    question = Question("1", "?", answers=(("folder/a.txt", "dose"), ("a.txt", "nowhere"), ("b.txt", "dose")))
    found = resolved(question, {"a.txt": document("dose by dose", "a.txt")})
    assert found == [
        Gold("a.txt", "dose", 0, 4, ((8, 12),)),
        Gold("a.txt", "nowhere", None, None),
        Gold("b.txt", "dose", None, None),
    ]


@given(st.text(st.characters(codec="utf-8"), min_size=1), st.integers(0, 10**9), st.integers(0, 10**9))
@example("a b#c%20\n.txt", 0, 1)
def test_a_docno_has_no_white_space_and_names_its_place_again(source: str, start: int, end: int) -> None:
    number = docno((source, start, end))
    assert number.split() == [number]
    assert place_of(number) == (source, start, end)


@pytest.mark.parametrize("number", ["", "a.txt", "a.txt#1", "a.txt#gold-1", "a b#1-2"])
def test_what_is_no_docno_is_refused(number: str) -> None:
    with pytest.raises(EvaluationError):
        place_of(number)


def test_a_gold_quote_that_no_passage_covers_is_relevant_and_out_of_reach() -> None:
    gold = [Gold("a.txt", "a low dose is safe", None, None), Gold("a b.txt", "a high dose is toxic", None, None)]
    passages = [("a.txt", "a.txt#0-9", "a low dose is safe."), ("a.txt", "a.txt#9-20", "nothing of the kind")]
    assert judgments(gold, passages) == {"a.txt#0-9": 1, "a.txt#9-20": 0, "a%20b.txt#gold-2": 1}


def test_a_passage_of_another_document_is_not_right() -> None:
    assert judgments([Gold("a.txt", "a low dose", 0, 10)], [("b.txt", "b.txt#0-10", "a low dose")]) == {
        "b.txt#0-10": 0,
        "a.txt#gold-1": 1,
    }
