"""Reading: the reader judges every sentence of the first passages, and these are reordered by that."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

from qa.models.reader import PassageReader, Reading
from qa.query.analysis import Query
from qa.records import DocId, Document
from qa.retrieval.first_stage import Candidate, Judgments, Ranked, least_of, score_of
from qa.retrieval.settings import Ranking
from qa.text.scripts import as_typed
from qa.text.terms import terms

DECIMALS = 4


def judged(
    query: Query, ranked: Ranked, documents: Mapping[DocId, Document], reader: PassageReader, ranking: Ranking
) -> Judgments:
    """The log-odds of each sentence of the first ``ranking.read`` passages, by the ids of these."""
    first = [candidate for candidate, _ in ranked[: ranking.read]]
    readings = [_reading(one, documents[one.stored.passage.doc_id], query) for one in first]
    return {
        one.stored.passage.passage_id: [round(score, DECIMALS) for score in scores.tolist()]
        for one, scores in zip(first, reader.read(readings), strict=True)
    }


def reordered(ranked: Ranked, judgments: Judgments, ranking: Ranking) -> Ranked:
    """The candidates reordered.

    Those that were read have the score ``reader``: by how much the log-odds of its best sentence exceed the least of
    all. For the others it is 0.
    """
    if not judgments:
        return ranked
    least = least_of(judgments)
    read = [
        (replace(one, scores={**one.scores, "reader": _gain(one, judgments, least)}), fused) for one, fused in ranked
    ]
    return sorted(read, key=lambda one: -score_of(one[0], one[1], ranking))


def _gain(candidate: Candidate, judgments: Judgments, least: float) -> float:
    scores = judgments.get(candidate.stored.passage.passage_id, ())
    return round(max(scores, default=least) - least, DECIMALS)


def head_of(title: str | None, section: str) -> str:
    """What the reader is given of a passage's title and headings."""
    return ". ".join(filter(None, (title, section)))


def _reading(candidate: Candidate, document: Document, query: Query) -> Reading:
    """What the reader is given: the question, with names as the passage has them, and the passage with its headings."""
    head = as_typed(head_of(document.title, candidate.stored.passage.section))
    sentences = [as_typed(document.text[one.start : one.end]) for one in candidate.stored.sentences]
    return Reading(as_typed(_in_words_of(" ".join([head, *sentences]), query)), head, sentences)


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
