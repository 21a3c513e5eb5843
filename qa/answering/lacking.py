"""What a question asks for and the hits do not have: a thing that it names, or a kind of detail."""

from collections.abc import Sequence
from dataclasses import dataclass

from qa.profile import profile
from qa.query.answer_types import AnswerType, asked_types, gives
from qa.query.groups import restated
from qa.query.names import named
from qa.query.parts import compared
from qa.retrieval.first_stage import Place, ScoredSentence
from qa.retrieval.retriever import Retrieval
from qa.text.terms import question_terms, terms

_FIRST_HITS: int = profile()["support"]["detail_hits"]
"""How many of the first hits are searched for the detail."""


@dataclass(frozen=True, slots=True)
class Lacking:
    """What is missing from the hits."""

    thing: bool
    """Whether the question names a thing that the library has under no name."""
    detail: bool
    """Whether none of the first hits gives the kind of detail that is asked for."""


def lacking(found: Retrieval) -> Lacking:
    return Lacking(names_nothing(found), bool(missing_types(found)))


def names_nothing(found: Retrieval) -> bool:
    """Whether the question names a thing that the library lacks, along with anything a step wider or narrower.

    If the question compares several things, all of them must be lacking.
    """
    absent = {one.name for one in found.query.absent if not one.related}
    parts = [part.text for part in compared(found.query.text)]
    return all(any(name in part for name in absent) for part in parts) if parts else bool(absent)


def missing_types(found: Retrieval) -> list[AnswerType]:
    """The kinds of detail that the question asks for and that none of the first hits gives."""
    texts = [hit.text for hit in found.hits[:_FIRST_HITS]]
    return [one for one in asked_types(found.query.question) if not any(gives(one, text) for text in texts)]


def unnamed(found: Retrieval, sentences: Sequence[ScoredSentence]) -> list[bool]:
    """For each sentence, whether a thing that the question names is missing from it and from what introduces it.

    That is the sentence before it in the passage, the headings and the title. ``sentences`` has whole passages. A
    sentence for which the thing is named nowhere there is often about another. Any name of the thing counts. If the
    question compares several things, it is enough that one is named.
    """
    names = named(found.query.text)
    compares = compared(found.query.text) if len(names) > 1 else []
    enough = any if compares else all
    wanted = [set(question_terms(name)) for name in names]
    if not wanted:
        return [False] * len(sentences)
    places = sorted(one.place for one in sentences)
    before = dict(zip(places[1:], places, strict=False))
    said = [_said(one, before.get(one.place), found) for one in sentences]
    return [not enough(each <= words for each in wanted) for words in said]


def _said(sentence: ScoredSentence, before: Place | None, found: Retrieval) -> set[str]:
    """The search terms of all that may name a thing, and the question's own terms for other names in it."""
    hit, start = found.hits[sentence.rank - 1], sentence.start
    if before and before[0] == sentence.doc_id and before[1] >= hit.passage.start:
        start = before[1]
    words = found.documents[sentence.doc_id].text[start : sentence.end]
    said = terms(" ".join(part for part in (hit.title, hit.passage.section, words) if part))
    return {*said, *restated(said, found.query.groups)}
