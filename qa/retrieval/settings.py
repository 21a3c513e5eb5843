"""What orders passages and sentences: every weight of it, in one record. Its usual values are the profile's."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from qa.profile import profile

_USUAL = profile()["ranking"]
WEIGHTS: Mapping[str, float] = _USUAL["weights"]
SENTENCE_WEIGHTS: Mapping[str, float] = _USUAL["sentence_weights"]

DECIMALS = 6
"""Scores are rounded, so that the last bits of floating-point sums never decide an order."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """What orders passages and sentences; a score that no weight is given for has none.

    ``weights`` are those of the convex fusion, ``sentence_weights`` those of a sentence's first-stage score.
    """

    candidates: int = _USUAL["candidates"]
    """Passages taken from each leg."""
    considered: int = _USUAL["considered"]
    """How many of the first passages may become hits."""
    reranked_hits: int = _USUAL["reranked_hits"]
    """How many of the first passages give sentences to the reranker, and are reordered by it."""
    unpenalised: int = _USUAL["unpenalised"]
    """So many first hits are the best ones, whatever their documents."""
    weights: Mapping[str, float] = field(default_factory=lambda: dict(WEIGHTS))
    sentence_weights: Mapping[str, float] = field(default_factory=lambda: dict(SENTENCE_WEIGHTS))
    passage_weight: float = _USUAL["passage_weight"]
    """Of a passage's fused score in the order of sentences, beside the sentence's first-stage score."""
    context: float = _USUAL["context"]
    """How much of what the sentence before covers is credited to a sentence that leans on it."""
    df_prior: float = _USUAL["df_prior"]
    """Passages of open text that are counted with the library's own, for the weights of terms (a Dirichlet prior)."""
    spelling: bool = True
    """Whether misspelt words of the question are corrected."""
    synonyms: bool = True
    """Whether the names of the tables of synonyms are looked for too."""
    abbreviations: bool = True
    """Whether abbreviations that the documents define, and their long forms, are looked for too."""
    same_document_penalty: float = _USUAL["same_document_penalty"]
    """What a passage beyond these loses for each earlier hit of its document; 0 for none."""
    expansion: float = _USUAL["expansion"]
    """What an alternative of a word counts in a sentence, beside the word itself, 0 to 1; 0 looks for none."""
    rerank_depth: int = _USUAL["rerank_depth"]
    """Sentences that the reranker reads; 0 for no reranking."""
    rerank_weight: float = _USUAL["rerank_weight"]
    """Of the reranker's score in the order of sentences."""
    passage_rerank_weight: float = _USUAL["passage_rerank_weight"]
    """Of the best of them in the order of passages."""


DEFAULT_RANKING = Ranking()
