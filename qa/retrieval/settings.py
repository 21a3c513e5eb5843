"""All settings of the ranking of passages and sentences. The defaults are the profile's."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from qa.profile import profile

_USUAL = profile()["ranking"]
WEIGHTS: Mapping[str, float] = _USUAL["weights"]
SENTENCE_WEIGHTS: Mapping[str, float] = _USUAL["sentence_weights"]

DECIMALS = 6
"""Scores are rounded to this many decimals, so that floating-point noise never decides an order."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """How passages and sentences are ranked. A score without a weight does not count.

    ``weights`` are those of the convex fusion, ``sentence_weights`` those of a sentence's first-stage score.
    """

    candidates: int = _USUAL["candidates"]
    """Passages taken from each of the two searches."""
    considered: int = _USUAL["considered"]
    """How many of the first passages may become hits."""
    read: int = _USUAL["read"]
    """How many of the first passages the reader reads; 0 for none."""
    unpenalised: int = _USUAL["unpenalised"]
    """This many first hits are simply the best, whatever their documents."""
    weights: Mapping[str, float] = field(default_factory=lambda: dict(WEIGHTS))
    sentence_weights: Mapping[str, float] = field(default_factory=lambda: dict(SENTENCE_WEIGHTS))
    passage_weight: float = _USUAL["passage_weight"]
    """The weight of a passage's fused score in the score of its sentences; a first-stage score has the weight 1."""
    context: float = _USUAL["context"]
    """How much a sentence that refers back gains from the terms of the sentence before it, 0 to 1."""
    df_prior: float = _USUAL["df_prior"]
    """Term weights count this many passages of open text beside the library's own (a Dirichlet prior)."""
    spelling: bool = True
    """Whether misspelt words of the question are corrected."""
    synonyms: bool = True
    """Whether names from the tables of synonyms are searched for too."""
    abbreviations: bool = True
    """Whether abbreviations that the documents define, and their long forms, are searched for too."""
    same_document_penalty: float = _USUAL["same_document_penalty"]
    """What a passage after the ``unpenalised`` ones loses for each earlier hit of its document; 0 for nothing."""
    expansion: float = _USUAL["expansion"]
    """What an alternative of a word counts, 0 to 1; the word itself counts 1. At 0 none is searched for."""
    reader_weight: float = _USUAL["reader_weight"]
    """The weight of the reader's log-odds of a sentence in its score."""
    passage_reader_weight: float = _USUAL["passage_reader_weight"]
    """The weight of the log-odds of a passage's best sentence in the score of the passage."""


DEFAULT_RANKING = Ranking()
