"""Term weights, and how much of a question a text covers. Higher is better."""

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise


def inverse_document_frequency(frequency: float, count: float) -> float:
    """The weight of a term that occurs in ``frequency`` of ``count`` passages; never negative.

    The formula is BM25's as in Lucene, log(1 + (N - n + 0.5) / (n + 0.5)).
    """
    return math.log(1 + (count - frequency + 0.5) / (frequency + 0.5))


def coverage(terms: Sequence[str], weights: Mapping[str, float]) -> float:
    """The share, 0 to 1, of a question's term weight that a text's terms cover.

    ``weights`` maps each distinct term of the question to its weight.

    >>> coverage(["il2", "toxic"], {"il2": 1.0, "dose": 3.0})
    0.25
    """
    total = math.fsum(weights.values())
    present = weights.keys() & set(terms)
    return math.fsum(weights[term] for term in present) / total if total else 0.0


def phrase_coverage(terms: Sequence[str], asked: Sequence[str]) -> float:
    """The share, 0 to 1, of the question's pairs of neighbouring terms that are neighbours in the text too.

    >>> phrase_coverage(["high", "dose", "il2"], ["dose", "il2", "toxic"])
    0.5
    """
    pairs = set(pairwise(asked))
    return len(pairs & set(pairwise(terms))) / len(pairs) if pairs else 0.0
