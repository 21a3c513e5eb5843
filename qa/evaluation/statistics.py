"""How certain a mean is, and whether two systems differ: the bootstrap and the paired randomisation test.

The questions are the sample: every figure is about how the systems would do on other questions of the same kind.
Everything is seeded, so that a repeated evaluation gives the same figures.
"""

import math
from collections.abc import Sequence
from functools import lru_cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from qa.evaluation.results import Estimate

RESAMPLES = 2_000
FLIPS = 10_000
_CHUNK = 1_000
"""Sign flips computed at a time, so that memory use stays small."""
_EPSILON = 1e-9
"""Sums that differ by less are equal except for rounding."""

Values = NDArray[np.float64]


def estimate(values: Sequence[float], seed: int) -> Estimate:
    """The mean of one value per question, with the 95% percentile bootstrap interval over questions.

    Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13.
    """
    low, high = interval(values, seed)
    return Estimate(float(np.mean(values)), low, high, len(values))


def interval(values: Sequence[float], seed: int) -> tuple[float, float]:
    """The 95% percentile bootstrap interval of the mean."""
    resampled = _weights(len(values), seed) @ np.asarray(values, float)
    low, high = np.percentile(resampled, (2.5, 97.5))
    return float(low), float(high)


@lru_cache(maxsize=8)
def _weights(count: int, seed: int) -> Values:
    """The weight of each question in each resample, shape (RESAMPLES, count); each row sums to 1."""
    counts = np.random.default_rng(seed).multinomial(count, np.full(count, 1 / count), RESAMPLES)
    weights: Values = counts / count
    return weights


def randomisation_test(differences: Sequence[float], seed: int) -> float:
    """Two-sided p of the paired randomisation test that the mean difference is 0.

    Under the null hypothesis each question's difference could equally have the other sign. Smucker, Allan and
    Carterette, "A Comparison of Statistical Significance Tests for Information Retrieval Evaluation", CIKM 2007.
    """
    sums, observed = _flipped_sums(differences, seed)
    return _share(np.abs(sums) >= abs(observed) - _EPSILON)


def falls(differences: Sequence[float], seed: int) -> float:
    """One-sided p of the same test; the alternative is that the mean difference is below 0."""
    sums, observed = _flipped_sums(differences, seed)
    return _share(sums <= observed + _EPSILON)


def _share(extreme: NDArray[np.bool_]) -> float:
    """The p value: the share of extreme flips. The observed signs count as one flip, so that p is never 0."""
    return (1 + int(extreme.sum())) / (1 + len(extreme))


def _flipped_sums(differences: Sequence[float], seed: int) -> tuple[Values, float]:
    values = np.asarray(differences, float)
    values = values[values != 0]  # a sign does not change zeros
    chance = np.random.default_rng(seed)
    sums = [
        (chance.integers(0, 2, (_CHUNK, len(values)), np.int8) * 2.0 - 1.0) @ values for _ in range(FLIPS // _CHUNK)
    ]
    return np.concatenate(sums), float(values.sum())


def holm(ps: Sequence[float]) -> list[float]:
    """The p values adjusted for multiple tests, in their order, so that each can be compared with alpha.

    Holm, "A Simple Sequentially Rejective Multiple Test Procedure", Scandinavian Journal of Statistics 6, 1979.

    >>> holm([0.04, 0.01])
    [0.04, 0.02]
    """
    adjusted = [0.0] * len(ps)
    highest = 0.0
    for done, position in enumerate(sorted(range(len(ps)), key=lambda i: ps[i])):
        highest = max(highest, min(1.0, (len(ps) - done) * ps[position]))
        adjusted[position] = highest
    return adjusted


def detectable(differences: Sequence[float], alpha: float = 0.05, power: float = 0.8) -> float:
    """The least true mean difference that a paired two-sided test on as many questions shows with this power.

    Normal approximation, from the spread of the observed differences: (z(1 - alpha/2) + z(power)) s / √n;
    Cohen, "Statistical Power Analysis for the Behavioral Sciences", 1988, chapter 2. For two questions or more.
    """
    z = NormalDist().inv_cdf
    spread = float(np.std(differences, ddof=1)) / math.sqrt(len(differences))
    return (z(1 - alpha / 2) + z(power)) * spread
