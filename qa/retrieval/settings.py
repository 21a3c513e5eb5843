"""What orders passages and sentences: every weight of it, in one record."""

from collections.abc import Mapping
from dataclasses import dataclass, field

WEIGHTS: Mapping[str, float] = {
    "dense": 0.2,
    "lexical": 0.2,
    "sentence": 0.4,
    "second": 0.1,
    "phrase": 0.1,
}

SENTENCE_WEIGHTS: Mapping[str, float] = {"cosine": 1.0, "coverage": 1.0, "phrase": 0.2, "fragment": -0.2}

DECIMALS = 6
"""Scores are rounded, so that the last bits of floating-point sums never decide an order."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """What orders passages and sentences; a score that no weight is given for has none.

    ``weights`` are those of the convex fusion, ``sentence_weights`` those of a sentence's own score.
    """

    candidates: int = 60
    """Passages taken from each leg."""
    weights: Mapping[str, float] = field(default_factory=lambda: dict(WEIGHTS))
    sentence_weights: Mapping[str, float] = field(default_factory=lambda: dict(SENTENCE_WEIGHTS))
    passage_weight: float = 2.0
    """Of a passage's fused score in the order of sentences, beside the sentence's own score."""
    context: float = 0.5
    """How much of what the sentence before covers is credited to a sentence that leans on it."""
    background: float = 100.0
    """How many passages of open text the library's are counted together with, to judge how telling a term is."""
    spelling: bool = True
    """Whether misspelt words of the question are corrected."""
    synonyms: bool = True
    """Whether the names of the tables of synonyms are looked for too."""
    abbreviations: bool = True
    """Whether abbreviations that the documents define, and their long forms, are looked for too."""
    spread: float = 0.05
    """What a passage beyond the first few hits loses for each hit of its document before it; 0 spreads nothing."""
    expansion: float = 0.8
    """What an alternative of a word counts in a sentence, beside the word itself, 0 to 1; 0 looks for none."""
    pairs: int = 16
    """Sentences that the scorer of pairs reads; 0 leaves it out."""
    pair_weight: float = 0.15
    """Of the scorer's score in the order of sentences."""
    passage_pair_weight: float = 0.07
    """Of the best of them in the order of passages."""


DEFAULT_RANKING = Ranking()
