"""Each measure on results small enough to compute by hand."""

import math

import pytest

from qa.evaluation.measures import by_document, first_right, of_answer, ranked, token_f1, verdict
from qa.evaluation.results import Found, Gold


def found(*right: bool, source: str = "a.txt") -> list[Found]:
    return [Found(source, "", "words", 0, 5, one) for one in right]


def test_ranked_measures_by_hand() -> None:
    qrels = {"second": {"x": 1, "y": 0, "z": 1}, "missed": {"x": 1}, "absent": {"x": 1}}
    run = {"second": {"y": 3.0, "x": 2.0}, "missed": {"q": 1.0}}
    values = ranked(qrels, run)
    assert values["second"] == pytest.approx(
        {
            "Success@1": 0,
            "Success@3": 1,
            "Success@5": 1,
            "Success@10": 1,
            "RR@10": 1 / 2,
            "nDCG@10": (1 / math.log2(3)) / (1 + 1 / math.log2(3)),
        }
    )
    assert set(values["missed"].values()) == set(values["absent"].values()) == {0.0}


def test_documents_found() -> None:
    gold = [Gold("a.txt", "x", None, None), Gold("b.txt", "y", None, None)]
    hits = found(True, False) + found(False, source="b.txt")
    assert by_document(hits, gold) == {"Doc@5": 1.0, "DocRecall@10": 0.5}
    assert by_document(found(*[False] * 5, source="c.txt") + hits, gold) == {"Doc@5": 0.0, "DocRecall@10": 0.5}
    assert by_document(hits, gold[:1]) == {"Doc@5": 1.0}  # with one document, Success@10 shows it already


def test_an_answer_by_hand() -> None:
    gold = [Gold("a.txt", "a low dose is safe", 0, 18), Gold("a.txt", "a high dose is toxic", 20, 40)]
    sentences = [
        Found("a.txt", "", "Many were treated.", 50, 68, False),
        Found("a.txt", "", "A low dose is safe.", 0, 19, True),
    ]
    measures = of_answer(sentences, gold, abstained=False)
    # Without articles: shown "many were treated low dose is safe", gold "low dose is safe", 4 words in common.
    assert measures == pytest.approx(
        {
            "Sentence@1": 0,
            "Sentence@3": 1,
            "QuotePrecision": 1 / 2,
            "QuoteRecall": 1 / 2,
            "TokenF1": 2 * 4 / (7 + 4),
            "answered": 1,
        }
    )


def test_a_refusal_has_shown_nothing() -> None:
    assert set(of_answer([], [Gold("a.txt", "x", 0, 1)], abstained=True).values()) == {0.0}


def test_token_f1_counts_words_as_often_as_they_stand() -> None:
    assert token_f1("dose dose dose", "dose dose") == pytest.approx(2 * 2 / 5)
    assert token_f1("The cell!", "a CELL") == 1
    assert token_f1("", "cell") == token_f1("the", "a") == 0


@pytest.mark.parametrize(
    ("answerable", "abstained", "rank", "right", "expected"),
    [
        (True, False, 1, [True, False], "right"),
        (True, False, 1, [False, False, True], "right later"),
        (True, False, 1, [False, False, False, True], "wrong sentence"),
        (True, False, 5, [False], "wrong sentence"),
        (True, False, 6, [False], "ranked low"),
        (True, False, None, [False], "not retrieved"),
        (True, True, 1, [], "wrongly refused"),
        (False, True, None, [], "rightly refused"),
        (False, False, None, [False], "wrongly answered"),
    ],
)
def test_verdicts(answerable: bool, abstained: bool, rank: int | None, right: list[bool], expected: str) -> None:
    assert verdict(answerable, abstained, rank, found(*right)) == expected


def test_the_first_right_rank() -> None:
    assert first_right(found(False, True, True)) == 2
    assert first_right(found(False)) is None
