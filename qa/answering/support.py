"""The support of a sentence: the calibrated probability, 0 to 1, that it answers the question.

The reader has judged all sentences of the first passages (``qa.retrieval.reading``). A sentence can look like an answer
by chance; a real answer usually stands among sentences on the same topic. So the log-odds of each sentence are drawn
towards their mean: partial pooling, as in Gelman and Hill, "Data Analysis Using Regression and Multilevel/Hierarchical
Models", 2007, chapter 12. A logistic model then calibrates the result. Its other inputs are whether the passages give
the kind of detail that is asked for, and whether the sentence names the things that the question names. Shared words
and the size of the library do not count: they show that a passage is near the topic, not that it answers.
"""

from collections.abc import Mapping
from statistics import fmean

from qa.answering.lacking import unnamed
from qa.models.encoders import Encoder
from qa.models.reader import PassageReader
from qa.profile import profile
from qa.retrieval.first_stage import Place
from qa.retrieval.fusion import logistic
from qa.retrieval.retriever import Retrieval

_PROFILE = profile()

SUPPORT_WEIGHTS: Mapping[str, float] = _PROFILE["support"]["weights"]

FITTED_TO = frozenset(_PROFILE["models"][name] for name in ("encoder", "reader"))
"""SHA-256 of the encoder and of the reader that the weights were fitted to."""

POOLING: float = _PROFILE["support"]["pooling"]
"""How far a sentence's log-odds are drawn towards the mean of all sentences that were read, 0 to 1."""

DECIMALS = 4

Supports = Mapping[Place, float]
"""The support of each sentence that was read, 0 to 1."""


def is_calibrated(encoder: Encoder, reader: PassageReader) -> bool:
    """Whether support from these models is a probability."""
    return {encoder.sha256, reader.sha256} == FITTED_TO


Signals = Mapping[str, float]
"""The inputs of support: a sentence's pooled log-odds (``log_odds``), whether it leaves a thing unnamed (``unnamed``),
and whether the passages lack the detail that is asked for (``lacking``)."""


def supports(found: Retrieval, *, lacks_detail: bool) -> Supports:
    """The support of every sentence that was read."""
    judged = signals(found, lacks_detail=lacks_detail)
    return {place: round(logistic(SUPPORT_WEIGHTS, each), DECIMALS) for place, each in judged.items()}


def signals(found: Retrieval, *, lacks_detail: bool) -> dict[Place, Signals]:
    """The signals of the same sentences."""
    log_odds = {one.place: one.log_odds for one in found.sentences if one.log_odds is not None}
    read = [one for one in found.sentences if one.place in log_odds]
    mean = fmean(log_odds.values()) if log_odds else 0.0
    return {
        one.place: {
            "log_odds": (1 - POOLING) * log_odds[one.place] + POOLING * mean,
            "unnamed": float(lacks_thing),
            "lacking": float(lacks_detail),
        }
        for one, lacks_thing in zip(read, unnamed(found, read), strict=True)
    }
