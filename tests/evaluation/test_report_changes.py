"""qa.evaluation.report.changes: what got better and worse, compared with values by hand."""

from dataclasses import replace
from typing import Any

import pytest

from qa.evaluation.report import Changes, compare
from qa.evaluation.report.news import news
from qa.evaluation.results import Comparison, Evaluation, Gold, QuestionResult, Verdict
from tests.support.make_evaluation import evaluation

PLAIN = replace(
    evaluation(1).systems[0].questions[0],
    kind="factoid",
    answerable=True,
    gold=(Gold("a.txt", "IL-2", 5, 9),),
    abstained=False,
    reason=None,
    confidence=0.5,
    measures={},
    hits=(),
    sentences=(),
    seconds=0.01,
)


def result(id_: str, verdict: Verdict, rank: int | None = None, **fields: Any) -> QuestionResult:
    """A plain question result with the given fields."""
    named = {"question": f"What is {id_}?"} | fields
    return replace(PLAIN, id=id_, verdict=verdict, rank=rank, **named)


def asked(*results: QuestionResult) -> Evaluation:
    made = evaluation(3, systems=["Pincite"])
    return replace(made, systems=(replace(made.systems[0], questions=results),))


def changed(before: QuestionResult, after: QuestionResult) -> Changes:
    return compare(asked(before), asked(after))


@pytest.mark.parametrize(
    ("before", "after", "direction"),
    [
        pytest.param(("not retrieved", None), ("right", 1), "better", id="found at last"),
        pytest.param(("right", 1), ("right later", 1), "worse", id="no longer the first sentence"),
        pytest.param(("right", 1), ("wrongly refused", 1), "worse", id="refused now"),
        pytest.param(("not retrieved", None), ("ranked low", 9), "better", id="nearer, though a failure"),
        pytest.param(("wrong sentence", 2), ("ranked low", 7), "worse", id="farther, though a failure before"),
        pytest.param(("wrong sentence", 2), ("wrongly refused", 2), "other", id="another failure"),
        pytest.param(("wrongly answered", None), ("rightly refused", None), "better", id="refused rightly"),
        pytest.param(("right", 3), ("right", 1), "better", id="the same verdict, nearer"),
        pytest.param(("right", 5), ("right later", 1), "worse", id="the verdict counts more than the rank"),
    ],
)
def test_a_question_is_judged_by_its_verdict_and_then_by_its_rank(
    before: tuple[Verdict, int | None], after: tuple[Verdict, int | None], direction: str
) -> None:
    (change,) = changed(result("q", *before), result("q", *after)).changed
    assert change.direction == direction
    assert change.by_rank_alone == (before[0] == after[0])


def test_what_is_as_it_was_is_counted() -> None:
    changes = changed(result("q", "right", 1), result("q", "right", 1, confidence=0.9))
    assert (changes.unchanged, changes.changed) == (1, ())
    assert changes.verdicts == {("right", "right"): 1}


@pytest.mark.parametrize(
    "fields",
    [{"question": "What else?"}, {"answerable": False, "gold": ()}, {"gold": (Gold("a.txt", "IL-15", 5, 10),)}],
    ids=["wording", "answerable", "gold"],
)
def test_an_edited_question_is_not_compared(fields: dict[str, Any]) -> None:
    changes = changed(result("q", "not retrieved"), result("q", "right", 1, **fields))
    assert [found.id for found in changes.edited] == ["q"]
    assert (changes.changed, changes.unchanged, dict(changes.verdicts)) == ((), 0, {})


def test_a_gold_quote_that_moved_is_the_same_question() -> None:
    moved = result("q", "right", 1, gold=(Gold("a.txt", "IL-2", 50, 54),))
    assert not changed(result("q", "right", 1), moved).edited


def test_questions_that_came_and_went_are_named() -> None:
    changes = compare(asked(result("old", "right", 1), result("q", "right", 1)), asked(result("q", "right", 1)))
    assert ([found.id for found in changes.removed], changes.added) == (["old"], ())


def comparison(measure: str, difference: float, p: float) -> Comparison:
    low, high = difference - 0.02, difference + 0.02
    return Comparison(measure, "before", "after", difference, low, high, p, p, 0.03, 100)


def test_the_news_in_words() -> None:
    before = asked(result("a", "not retrieved"), result("b", "right", 1), result("c", "right", 4))
    after = asked(result("a", "right", 1), result("b", "wrong sentence", 1), result("c", "right", 2))
    figures = [comparison("Success@5", 0.05, 0.0004), comparison("RR@10", -0.004, 0.8)]
    said = {point.topic: point.text for point in news(compare(before, after, figures))}
    assert said == {
        "Measures": "Success@5 is better by .050 [.030, .070] (p < .001 after Holm’s correction); "
        "no clear change in RR@10 (−.004), where a difference of about .030 or more would show.",
        "Questions": "Of 3 shared questions, 1 got better and 1 worse by the verdict; "
        "with the same verdict, the right passage rose for 1 and fell for 0.",
        "Most frequent changes": "From “not retrieved” to “right”: 1; from “right” to “wrong sentence”: 1.",
        "What differs": "Not the system’s settings, nor the library’s model and passages. "
        "The last section lists everything.",
    }


def test_where_no_question_differs_no_least_difference_is_claimed() -> None:
    same = [replace(comparison("RR@10", 0.0, 1.0), detectable=0.0)]
    one = asked(result("a", "right", 1))
    said = {point.topic: point.text for point in news(compare(one, one, same))}
    assert said["Measures"] == "No clear change in RR@10 (.000)."


def test_another_model_is_named_as_what_differs() -> None:
    before = asked(result("a", "right", 1))
    after = replace(before, library={**before.library, "model": "PubMedBERT"})
    said = {point.topic: point.text for point in news(compare(before, after))}
    assert "Library: model, from “all-MiniLM-L6-v2” to “PubMedBERT”" in said["What differs"]
