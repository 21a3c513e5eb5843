"""Intervals and significance tests, compared with scipy and with values by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.evaluation.statistics import detectable, estimate, falls, holm, randomisation_test

SEED = 3


def differences(mean: float, count: int = 12) -> list[float]:
    return list(np.random.default_rng(5).normal(mean, 1, count))


def test_the_interval_is_that_of_scipy() -> None:
    from scipy.stats import bootstrap

    values = [float(value) for value in np.random.default_rng(1).random(80)]
    ours = estimate(values, SEED)
    theirs = bootstrap((values,), np.mean, n_resamples=20_000, method="percentile", rng=1).confidence_interval
    assert ours.value == pytest.approx(np.mean(values))
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=0.006)
    assert ours.count == 80


def test_an_interval_of_equal_values_is_a_point() -> None:
    found = estimate([0.5, 0.5], SEED)
    assert (found.low, found.value, found.high) == (0.5, 0.5, 0.5)


def test_the_same_seed_gives_the_same_interval() -> None:
    assert estimate(differences(0), SEED) == estimate(differences(0), SEED) != estimate(differences(0), SEED + 1)


@pytest.mark.parametrize("mean", [0.0, 0.4, 0.8, -0.8])
def test_p_is_that_of_scipy_over_all_sign_patterns(mean: float) -> None:
    from scipy.stats import permutation_test

    values = differences(mean)  # 2 ** 12 patterns; scipy tries them all
    for ours, alternative in ((randomisation_test, "two-sided"), (falls, "less")):
        theirs = permutation_test((values,), np.mean, permutation_type="samples", alternative=alternative)
        assert ours(values, SEED) == pytest.approx(theirs.pvalue, abs=0.015)


def test_p_by_hand() -> None:
    # Three differences of 1: of the eight sign patterns, two are as extreme and one is as low.
    assert randomisation_test([1, 1, 1, 0, 0], SEED) == pytest.approx(2 / 8, abs=0.015)
    assert falls([-1, -1, -1], SEED) == pytest.approx(1 / 8, abs=0.015)
    assert falls([1, 1, 1], SEED) == pytest.approx(1, abs=1e-9)
    assert randomisation_test([0, 0], SEED) == 1


def test_p_is_uniform_where_nothing_differs() -> None:
    chance = np.random.default_rng(11)
    ps = [randomisation_test(list(chance.normal(0, 1, 30)), seed) for seed in range(200)]
    assert np.mean(np.array(ps) < 0.05) == pytest.approx(0.05, abs=0.04)


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []


@given(st.lists(st.floats(0, 1), max_size=8))
def test_holm_never_lowers_a_p_and_keeps_their_order(ps: list[float]) -> None:
    adjusted = holm(ps)
    assert all(p <= q <= 1 for p, q in zip(ps, adjusted, strict=True))
    assert [q for _, q in sorted(zip(ps, adjusted, strict=True))] == sorted(adjusted)


def test_the_detectable_difference_by_hand() -> None:
    # s = 1 (sample), n = 4: (1.959964 + 0.841621) / 2.
    values = [math.sqrt(3) / 2 * sign for sign in (1, 1, -1, -1)]
    assert detectable(values) == pytest.approx(2.801585 / 2, abs=1e-6)


def test_the_detectable_difference_is_detected_four_times_in_five() -> None:
    chance = np.random.default_rng(2)
    true = detectable(list(chance.normal(0, 1, 4000))) * math.sqrt(4000 / 50)
    found = [randomisation_test(list(chance.normal(true, 1, 50)), seed) < 0.05 for seed in range(150)]
    assert np.mean(found) == pytest.approx(0.8, abs=0.1)
