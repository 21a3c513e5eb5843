"""The support of a sentence: the calibrated probability, 0 to 1, that it answers the question.

The reader model scores the chosen sentences, each in its passage, and all sentences of the first hits. A sentence can
look like an answer by chance; a real answer usually stands among sentences on the same topic. So the log-odds of each
sentence are drawn towards their mean: partial pooling, as in Gelman and Hill, "Data Analysis Using Regression and
Multilevel/Hierarchical Models", 2007, chapter 12. A logistic model then calibrates the result. Its other inputs are
whether the passages give the kind of detail that is asked for, and whether the passage names the things that the
question names. Shared words and the size of the library do not count: they show that a passage is near the topic, not
that it answers.
"""

import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import partial

from qa.answering.lacking import unnamed
from qa.models.encoders import Encoder
from qa.models.reader import PassageReader, Reading
from qa.profile import profile
from qa.query.analysis import Query
from qa.records import Hit
from qa.retrieval.first_stage import Place, ScoredSentence
from qa.retrieval.fusion import logistic
from qa.retrieval.retriever import Retrieval
from qa.text.scripts import as_typed
from qa.text.terms import terms

_PROFILE = profile()

SUPPORT_WEIGHTS: Mapping[str, float] = _PROFILE["support"]["weights"]

FITTED_TO = frozenset(_PROFILE["models"][name] for name in ("encoder", "reader"))
"""SHA-256 of the encoder and of the reader that the weights were fitted to."""

POOLING: float = _PROFILE["support"]["pooling"]
"""How far a sentence's log-odds are drawn towards the mean of the first hits' sentences, 0 to 1."""

READ: int = _PROFILE["support"]["read_hits"]
"""The first hits that are always read, as the answer may stand in them and not in the chosen sentences."""

DECIMALS = 4

Supports = Mapping[Place, float]
"""The support of each sentence that was read, 0 to 1."""


def is_calibrated(encoder: Encoder, reader: PassageReader) -> bool:
    """Whether support from these models is a probability."""
    return {encoder.sha256, reader.sha256} == FITTED_TO


Signals = Mapping[str, float]
"""The inputs of support: a sentence's pooled log-odds (``log_odds``), whether its passage leaves a thing unnamed
(``unnamed``), and whether the passages lack the detail that is asked for (``lacking``)."""


def supports(
    found: Retrieval, chosen: Iterable[ScoredSentence], reader: PassageReader, *, lacks_detail: bool
) -> Supports:
    """The support of every sentence of the first few hits and of the passages that hold the ``chosen`` sentences."""
    signals = judged(found, chosen, reader, lacks_detail=lacks_detail)
    return {place: round(logistic(SUPPORT_WEIGHTS, each), DECIMALS) for place, each in signals.items()}


def judged(
    found: Retrieval, chosen: Iterable[ScoredSentence], reader: PassageReader, *, lacks_detail: bool
) -> dict[Place, Signals]:
    """The signals of the same sentences. If several passages hold a sentence, its greatest log-odds count."""
    first = range(1, min(READ, len(found.hits)) + 1)
    hits = [found.hits[rank - 1] for rank in sorted({one.rank for one in chosen}.union(first))]
    places = [sentences_in(hit, found) for hit in hits]
    readings = [_reading(hit, held, found) for hit, held in zip(hits, places, strict=True)]
    best: dict[Place, Signals] = {}
    for held, scores, lacks_thing in zip(places, reader.read(readings), unnamed(found, hits), strict=True):
        for place, score in zip(held, scores.tolist(), strict=True):
            log_odds = round(score, DECIMALS)
            if place not in best or log_odds > best[place]["log_odds"]:
                best[place] = {"log_odds": log_odds, "unnamed": float(lacks_thing), "lacking": float(lacks_detail)}
    return _pooled(best, {place for held in places[: len(first)] for place in held})


def _pooled(judgments: Mapping[Place, Signals], first: Collection[Place]) -> dict[Place, Signals]:
    """The signals with the log-odds drawn towards the mean of the ``first`` hits' sentences."""
    if not first:
        return dict(judgments)
    mean = math.fsum(judgments[place]["log_odds"] for place in first) / len(first)
    return {
        place: {**one, "log_odds": round((1 - POOLING) * one["log_odds"] + POOLING * mean, DECIMALS)}
        for place, one in judgments.items()
    }


def sentences_in(hit: Hit, found: Retrieval) -> list[Place]:
    """The places of a passage's sentences, in their order."""
    passage = hit.passage
    return sorted(
        (one.doc_id, one.start, one.end)
        for one in found.sentences
        if one.doc_id == passage.doc_id and passage.start <= one.start and one.end <= passage.end
    )


def head_of(hit: Hit) -> str:
    """The title and headings of a passage."""
    return ". ".join(part for part in (hit.title, hit.passage.section) if part)


def _reading(hit: Hit, places: list[Place], found: Retrieval) -> Reading:
    """What the reader is given: the question, with names as the passage has them, and the passage with its headings."""
    head = as_typed(head_of(hit))
    text = found.documents[hit.passage.doc_id].text
    sentences = [as_typed(text[start:end]) for _, start, end in places]
    return Reading(as_typed(_in_words_of(" ".join([head, *sentences]), found.query)), head, sentences)


def _in_words_of(text: str, query: Query) -> str:
    """The question with its names replaced by the names that the text uses for the same things."""
    groups = [group for group in query.groups if group.alternatives]
    said = terms(text) if groups else []
    question = query.text
    for group in groups:
        names = [name for name, forms in group.alternatives.items() if any(_occurs(form, said) for form in forms)]
        if names and not _occurs(group.terms, said):
            words = r"\W+".join(map(re.escape, re.findall(r"\w+", group.words)))
            question = re.sub(rf"\b{words}\b", partial(_put, names[0]), question)
    return question


def _put(name: str, _: re.Match[str]) -> str:
    return name


def _occurs(pattern: tuple[str, ...], said: list[str]) -> bool:
    return any(tuple(said[at : at + len(pattern)]) == pattern for at in _starts(pattern[0], said))


def _starts(term: str, said: list[str]) -> Iterator[int]:
    return (at for at, one in enumerate(said) if one == term)
