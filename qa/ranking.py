"""Pure scores: how well terms match, and how several scores become one order. Higher is better."""

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

Weights = Mapping[str, float]


def inverse_document_frequency(frequency: float, count: float) -> float:
    """How telling a term is that occurs in ``frequency`` of ``count`` passages; never negative.

    The form is that of BM25 as Lucene computes it, log(1 + (N - n + 0.5) / (n + 0.5)).
    """
    return math.log(1 + (count - frequency + 0.5) / (frequency + 0.5))


def coverage(terms: Sequence[str], telling: Mapping[str, float]) -> float:
    """The share, 0 to 1, of a question's telling power that a text's terms cover.

    ``telling`` maps each distinct term of the question to how telling it is.

    >>> coverage(["il2", "toxic"], {"il2": 1.0, "dose": 3.0})
    0.25
    """
    total = math.fsum(telling.values())
    present = telling.keys() & set(terms)
    return math.fsum(telling[term] for term in present) / total if total else 0.0


def phrase_coverage(terms: Sequence[str], asked: Sequence[str]) -> float:
    """The share, 0 to 1, of neighbouring terms of the question that are neighbours in the text too.

    >>> phrase_coverage(["high", "dose", "il2"], ["dose", "il2", "toxic"])
    0.5
    """
    pairs = set(pairwise(asked))
    return len(pairs & set(pairwise(terms))) / len(pairs) if pairs else 0.0


def min_max(scores: Sequence[float]) -> list[float]:
    """Scores moved and scaled to 0 … 1; all 0 where they do not differ.

    >>> min_max([2.0, 3.0, 4.0])
    [0.0, 0.5, 1.0]
    """
    low, high = min(scores, default=0.0), max(scores, default=0.0)
    return [(score - low) / (high - low) if high > low else 0.0 for score in scores]


def convex_fusion(scores: Mapping[str, Sequence[float]], weights: Weights) -> list[float]:
    """One score per candidate: the weighted sum of the min-max scaled scores.

    ``scores`` and ``weights`` have the same names; each list of scores has a score a candidate. Convex fusion
    of normalised scores is from Bruch, Gai and Ingber, "An Analysis of Fusion Functions for Hybrid
    Retrieval", TOIS 42(1), 2023.
    """
    scaled = [[weight * score for score in min_max(scores[name])] for name, weight in weights.items()]
    return [math.fsum(parts) for parts in zip(*scaled, strict=True)]


def logistic(weights: Weights, signals: Mapping[str, float]) -> float:
    """The probability, 0 to 1, that a logistic model with these weights and ``intercept`` gives."""
    activation = weights["intercept"] + math.fsum(weights[name] * signals[name] for name in sorted(signals))
    return (1 + math.tanh(activation / 2)) / 2  # the logistic function, without overflow
