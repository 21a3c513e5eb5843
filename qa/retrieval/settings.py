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

    ``weights`` are those of the convex fusion, ``sentence_weights`` those of a sentence's first-stage score.
    """

    candidates: int = 60
    """Passages taken from each leg."""
    weights: Mapping[str, float] = field(default_factory=lambda: dict(WEIGHTS))
    sentence_weights: Mapping[str, float] = field(default_factory=lambda: dict(SENTENCE_WEIGHTS))
    passage_weight: float = 2.0
    """Of a passage's fused score in the order of sentences, beside the sentence's first-stage score."""
    context: float = 0.5
    """How much of what the sentence before covers is credited to a sentence that leans on it."""
    df_prior: float = 100.0
    """Passages of open text that are counted with the library's own, for the weights of terms (a Dirichlet prior)."""
    spelling: bool = True
    """Whether misspelt words of the question are corrected."""
    synonyms: bool = True
    """Whether the names of the tables of synonyms are looked for too."""
    abbreviations: bool = True
    """Whether abbreviations that the documents define, and their long forms, are looked for too."""
    same_document_penalty: float = 0.05
    """What a passage beyond the first five loses for each earlier hit of its document; 0 for none."""
    expansion: float = 0.8
    """What an alternative of a word counts in a sentence, beside the word itself, 0 to 1; 0 looks for none."""
    rerank_depth: int = 16
    """Sentences that the reranker reads; 0 for no reranking."""
    rerank_weight: float = 0.15
    """Of the reranker's score in the order of sentences."""
    passage_rerank_weight: float = 0.07
    """Of the best of them in the order of passages."""


DEFAULT_RANKING = Ranking()
