"""qa.evaluation.report.summary and .words: what they say about an evaluation, for cases by hand."""

from dataclasses import replace

import pytest

from qa.evaluation.report.summary import oriented, outcome, summary, weak_kinds
from qa.evaluation.report.words import VERDICTS, headlines, likely_reason, meaning
from qa.evaluation.results import Estimate, Found, Gold, QuestionResult
from tests.evaluation.test_report_changes import asked, comparison, result
from tests.support.make_evaluation import evaluation
from tests.support.places import ROOT

PASSAGE = Found("a.txt", "", "IL-15 works", 40, 51, right=False)


def said(*results: QuestionResult) -> dict[str, str]:
    return {point.topic: point.text for point in summary(asked(*results))}


def test_passages_sentences_and_failures_are_counted() -> None:
    points = said(
        result("a", "right", 1),
        result("b", "right later", 2),
        result("c", "ranked low", 7),
        result("d", "not retrieved"),
        result("e", "wrongly answered", answerable=False, gold=()),
        result("f", "rightly refused", answerable=False, gold=(), abstained=True),
    )
    assert points["Right passage"] == (
        "Among the first five for 2 of 4 answerable questions (50%), and in first place for 1 (25%)."
    )
    assert points["Right sentence"] == (
        "Shown first for 1 of 4 answerable questions (25%), and second or third for 1 more."
    )
    assert points["Failures"] == "3 of 6 questions (50%): 1 ranked low, 1 not retrieved, 1 wrongly answered."
    assert points["Refusals"] == (
        "1 of 2 questions without an answer (50%) rightly refused, 1 wrongly answered; "
        "0 of 4 answerable questions (0%) wrongly refused."
    )


def test_a_set_says_what_it_cannot_tell() -> None:
    lost = result("a", "not retrieved", gold=(Gold("a.txt", "gone", None, None),))
    assert said(lost)["What this set cannot tell"] == (
        "No other system was measured beside it. Fewer than 30 questions are of kind factoid: little can be said of "
        "them. Every question has an answer, so whether it refuses where it should is not measured. "
        "1 gold quote stands in no document, so no system can find them."
    )


def test_a_kind_is_weak_where_its_interval_lies_below_the_mean() -> None:
    own = evaluation(30).systems[0]
    kinds = {
        "list": {"Success@5": Estimate(0.5, 0.4, 0.6, 40)},
        "table": {"Success@5": Estimate(0.4, 0.1, 0.9, 3)},
        "typo": {"Success@5": Estimate(0.0, 0.0, 0.0, 1)},
        "factoid": {"Success@5": Estimate(0.95, 0.9, 1.0, 40)},
    }
    system = replace(own, summary={"Success@5": Estimate(0.8, 0.75, 0.85, 84)}, by_kind=kinds)
    assert [kind for kind, _ in weak_kinds(system, "Success@5")] == ["list"]


def test_of_a_question_or_two_no_kind_is_weak_or_strong() -> None:
    assert not any(
        topic.startswith("Weak kinds") for topic in said(result("a", "right", kind="typo"), result("b", "right"))
    )


def test_where_no_question_differs_no_least_difference_is_claimed() -> None:
    made = evaluation(40, systems=["Pincite", "BM25"])
    same = [replace(comparison("Success@5", 0.0, 1.0), first="Pincite", second="BM25", detectable=0.0)]
    points = {point.topic: point.text for point in summary(replace(made, comparisons=same))}
    assert "It shows differences" not in points["What this set cannot tell"]


@pytest.mark.parametrize(
    ("difference", "p", "words"),
    [(0.12, 0.0001, "better than"), (-0.12, 0.04, "worse than"), (0.12, 0.05, "no clear difference from")],
)
def test_a_difference_in_words(difference: float, p: float, words: str) -> None:
    assert outcome(comparison("Success@5", difference, p)) == words


def test_the_others_are_grouped_by_how_they_compare() -> None:
    made = evaluation(40, systems=["Pincite", "BM25", "dense", "both"])
    figures = [
        replace(comparison("Success@5", difference, p), first="Pincite", second=other)
        for other, difference, p in (("BM25", -0.04, 0.003), ("dense", -0.12, 0.0001), ("both", 0.01, 0.7))
    ]
    points = {point.topic: point.text for point in summary(replace(made, comparisons=tuple(figures)))}
    assert points["Beside others, by Success@5"] == (
        "Better than BM25 (+.040, p = .003), dense (+.120, p < .001); no clear difference from both (−.010, p = .700). "
        "p is after Holm’s correction."
    )
    assert points["What this set cannot tell"].startswith("It shows differences in Success@5 of about .030 or more;")


def test_differences_are_told_from_the_first_system() -> None:
    made = evaluation(40, systems=["Pincite", "BM25"])
    turned = oriented(made)[0]
    given = made.comparisons[0]
    assert (given.first, turned.second, turned.difference) == ("Pincite", "Pincite", -given.difference)
    assert (turned.low, turned.high) == (-given.high, -given.low)


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (
            result("a", "not retrieved", gold=(Gold("a.txt", "gone", None, None),)),
            "The documents do not hold the gold quote, so it could not be found.",
        ),
        (result("a", "not retrieved"), "No passage was found at all."),
        (
            result("a", "not retrieved", hits=(replace(PASSAGE, source="b.txt"),)),
            "None of the 1 passages found is of the right document.",
        ),
        (
            result("a", "not retrieved", hits=(PASSAGE,)),
            "The right document was found, but not the passage that answers.",
        ),
        (result("a", "ranked low", 7), "The first right passage stands at rank 7, where few answers are taken from."),
        (
            result("a", "wrongly refused", 2, reason="weak_evidence"),
            "Refused (weak evidence) at confidence .500, though a right passage stands at rank 2.",
        ),
        (
            result("a", "wrongly answered", answerable=False, gold=()),
            "The documents have no answer, and yet the confidence was .500.",
        ),
    ],
)
def test_the_likely_reason_of_a_failure(found: QuestionResult, reason: str) -> None:
    assert likely_reason(found) == reason


def test_every_verdict_has_a_reason() -> None:
    assert all(likely_reason(result("a", verdict, 1, hits=(PASSAGE,))) for verdict in VERDICTS)


def test_the_headlines_are_known_measures_or_the_first() -> None:
    made = evaluation(20)
    own = replace(made.systems[0], summary={"token F1": Estimate(0.5, 0.4, 0.6, 9)})
    assert headlines(made) == ["Success@5", "Sentence@1"]
    assert headlines(replace(made, systems=(own,))) == ["token F1"]
    assert headlines(replace(made, systems=(replace(own, summary={}),))) == []


def test_an_unknown_measure_is_named_without_an_explanation() -> None:
    assert (meaning("nDCG@10") != "", meaning("token F1")) == (True, "")


def test_every_verdict_is_in_the_guide() -> None:
    guide = (ROOT / "docs" / "report.md").read_text("utf-8")
    assert [verdict for verdict in VERDICTS if f"| {verdict} |" not in guide] == []
