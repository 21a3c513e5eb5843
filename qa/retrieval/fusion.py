"""How several scores become one. Higher is better."""

import math
from collections.abc import Mapping, Sequence

Weights = Mapping[str, float]


def min_max(scores: Sequence[float]) -> list[float]:
    """Scores scaled to 0 … 1; all are 0 if they are equal.

    >>> min_max([2.0, 3.0, 4.0])
    [0.0, 0.5, 1.0]
    """
    low, high = min(scores, default=0.0), max(scores, default=0.0)
    return [(score - low) / (high - low) if high > low else 0.0 for score in scores]


def convex_fusion(scores: Mapping[str, Sequence[float]], weights: Weights) -> list[float]:
    """One score per candidate: the weighted sum of the min-max scaled scores.

    ``scores`` and ``weights`` have the same names; each list has one score per candidate. Convex fusion
    of normalised scores is from Bruch, Gai and Ingber, "An Analysis of Fusion Functions for Hybrid
    Retrieval", TOIS 42(1), 2023.
    """
    scaled = [[weight * score for score in min_max(scores[name])] for name, weight in weights.items()]
    return [math.fsum(parts) for parts in zip(*scaled, strict=True)]


def logistic(weights: Weights, signals: Mapping[str, float]) -> float:
    """The probability, 0 to 1, that a logistic model with these weights and ``intercept`` gives."""
    activation = weights["intercept"] + math.fsum(weights[name] * signals[name] for name in sorted(signals))
    return (1 + math.tanh(activation / 2)) / 2  # the logistic function, without overflow
