"""Ranking: scores that can be computed by hand."""

import math
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.retrieval.fusion import convex_fusion, logistic, min_max
from qa.text.matching import coverage, inverse_document_frequency, phrase_coverage

thorough = settings(max_examples=150, deadline=None)

scores = st.lists(st.floats(-1e6, 1e6, allow_subnormal=False), max_size=8)
term_lists = st.lists(st.sampled_from("abcdef"), max_size=10)


@pytest.mark.parametrize(
    ("frequency", "count", "argument"),
    [
        pytest.param(1, 1, Fraction(4, 3), id="the only passage"),
        pytest.param(0, 10, Fraction(22), id="in none of ten"),
        pytest.param(1, 10, Fraction(22, 3), id="in one of ten"),
        pytest.param(10, 10, Fraction(22, 21), id="in all of ten"),
        pytest.param(0, 0, Fraction(2), id="no passage at all"),
    ],
)
def test_inverse_document_frequency_is_that_of_lucene(frequency: int, count: int, argument: Fraction) -> None:
    # 1 + (N - n + 1/2) / (n + 1/2) is (N + 1) / (n + 1/2), the fractions above.
    assert inverse_document_frequency(frequency, count) == pytest.approx(math.log(argument), rel=1e-12)


@thorough
@given(st.integers(0, 10_000), st.integers(1, 10_000))
def test_a_rarer_term_tells_more_and_none_less_than_nothing(frequency: int, more: int) -> None:
    count = frequency + more
    rare = inverse_document_frequency(frequency, count)
    assert rare > inverse_document_frequency(frequency + 1, count) > 0


@pytest.mark.parametrize(
    ("terms", "idf", "expected"),
    [
        pytest.param(["il2", "dose"], {"il2": 1.0, "dose": 3.0}, 1.0, id="all"),
        pytest.param(["dose"], {"il2": 1.0, "dose": 3.0}, 0.75, id="the telling one"),
        pytest.param(["il2", "il2"], {"il2": 1.0, "dose": 3.0}, 0.25, id="a repeated term counts once"),
        pytest.param(["toxic"], {"il2": 1.0}, 0.0, id="none"),
        pytest.param([], {"il2": 1.0}, 0.0, id="an empty text"),
        pytest.param(["il2"], {}, 0.0, id="an empty question"),
        pytest.param(["il2"], {"il2": 0.0}, 0.0, id="a question that tells nothing"),
    ],
)
def test_coverage_is_the_share_of_telling_power(terms: list[str], idf: dict[str, float], expected: float) -> None:
    assert coverage(terms, idf) == expected


@thorough
@given(term_lists, term_lists, st.dictionaries(st.sampled_from("abcdef"), st.floats(0.1, 10)))
def test_coverage_is_a_share_and_grows_with_the_text(terms: list[str], more: list[str], idf: dict[str, float]) -> None:
    little, much = coverage(terms, idf), coverage(terms + more, idf)
    assert 0 <= little <= much <= 1 + 1e-12


@pytest.mark.parametrize(
    ("text", "asked", "expected"),
    [
        pytest.param("a b c", "a b c", 1.0, id="the whole phrase"),
        pytest.param("x a b y", "a b c", 0.5, id="one pair of two"),
        pytest.param("b a", "a b", 0.0, id="the order counts"),
        pytest.param("a x b", "a b", 0.0, id="apart"),
        pytest.param("a b", "a b a b", 0.5, id="a pair asked twice counts once"),
        pytest.param("a b", "a", 0.0, id="one term has no pair"),
        pytest.param("a b", "", 0.0, id="nothing asked"),
        pytest.param("", "a b", 0.0, id="an empty text"),
    ],
)
def test_phrase_coverage_is_the_share_of_neighbours(text: str, asked: str, expected: float) -> None:
    assert phrase_coverage(text.split(), asked.split()) == expected


@thorough
@given(term_lists, term_lists)
def test_phrase_coverage_is_a_share_and_whole_where_the_text_holds_the_phrase(
    text: list[str], asked: list[str]
) -> None:
    assert 0 <= phrase_coverage(text, asked) <= 1
    assert phrase_coverage(text + asked, asked) == (1 if len(asked) > 1 else 0)


@pytest.mark.parametrize(
    ("given_scores", "expected"),
    [
        pytest.param([-1.0, 0.0, 3.0], [0.0, 0.25, 1.0], id="below zero"),
        pytest.param([4.0, 2.0], [1.0, 0.0], id="the order is kept"),
        pytest.param([2.0, 2.0], [0.0, 0.0], id="all alike"),
        pytest.param([7.0], [0.0], id="one"),
        pytest.param([], [], id="none"),
    ],
)
def test_min_max_scales_the_lowest_to_0_and_the_highest_to_1(given_scores: list[float], expected: list[float]) -> None:
    assert min_max(given_scores) == expected


@thorough
@given(scores)
def test_min_max_stays_in_bounds_and_keeps_the_order(values: list[float]) -> None:
    scaled = min_max(values)
    assert all(0 <= value <= 1 for value in scaled)
    in_order = [scaled[i] for i in sorted(range(len(values)), key=values.__getitem__)]
    assert in_order == sorted(in_order)


def test_convex_fusion_is_the_weighted_sum_of_the_scaled_scores() -> None:
    by_name = {"dense": [0.2, 0.4, 0.6], "lexical": [30.0, 10.0, 10.0]}
    # dense scales to 0, 1/2, 1 and lexical to 1, 0, 0
    assert convex_fusion(by_name, {"dense": 0.75, "lexical": 0.25}) == pytest.approx([0.25, 0.375, 0.75])


def test_convex_fusion_leaves_out_what_has_no_weight() -> None:
    assert convex_fusion({"dense": [1.0, 2.0], "spare": [9.0, 0.0]}, {"dense": 1.0}) == [0.0, 1.0]


def test_convex_fusion_of_no_candidates_is_empty() -> None:
    assert convex_fusion({"dense": [], "lexical": []}, {"dense": 0.5, "lexical": 0.5}) == []


def test_convex_fusion_refuses_lists_of_different_length() -> None:
    with pytest.raises(ValueError, match="zip"):
        convex_fusion({"dense": [1.0, 2.0], "lexical": [1.0]}, {"dense": 0.5, "lexical": 0.5})


def test_convex_fusion_refuses_a_weight_without_scores() -> None:
    with pytest.raises(KeyError):
        convex_fusion({"dense": [1.0]}, {"dense": 0.5, "lexical": 0.5})


@pytest.mark.parametrize(
    ("weights", "signals", "expected"),
    [
        pytest.param({"intercept": 0.0}, {}, 0.5, id="nothing known"),
        pytest.param({"intercept": math.log(3)}, {}, 0.75, id="odds of three to one"),
        pytest.param({"intercept": 1.0, "a": 2.0, "b": -3.0}, {"a": 1.0, "b": 1.0}, 0.5, id="signals that cancel"),
        pytest.param({"intercept": 0.0, "a": math.log(2)}, {"a": 2.0}, 0.8, id="odds of two squared"),
        pytest.param({"intercept": 0.0, "a": 5.0}, {}, 0.5, id="a weight without its signal"),
    ],
)
def test_logistic_turns_log_odds_into_a_probability(
    weights: dict[str, float], signals: dict[str, float], expected: float
) -> None:
    assert logistic(weights, signals) == pytest.approx(expected, rel=1e-12)


@thorough
@given(st.floats(-30, 30), st.floats(-3, 3))
def test_logistic_gives_opposite_odds_opposite_probabilities(intercept: float, signal: float) -> None:
    yes = logistic({"intercept": intercept, "a": 1.0}, {"a": signal})
    no = logistic({"intercept": -intercept, "a": -1.0}, {"a": signal})
    assert 0 < yes <= 1
    assert yes + no == pytest.approx(1)


@pytest.mark.parametrize(("activation", "expected"), [(-1000.0, 0.0), (1000.0, 1.0)])
def test_logistic_of_extreme_odds_is_still_a_probability(activation: float, expected: float) -> None:
    assert logistic({"intercept": activation}, {}) == expected


def test_logistic_refuses_a_signal_without_a_weight() -> None:
    with pytest.raises(KeyError):
        logistic({"intercept": 0.0}, {"unknown": 1.0})
