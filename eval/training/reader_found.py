"""Training passages as the reader meets them in use: questions with the passages that are found for them.

The questions are those of ``eval/questions/training``, written over abstracts of trials, over a few articles of PLOS at
a time, and over articles of COVID-QA, and the near misses over COVID-QA and MedQuAD. Most have no answer where one
would look for it. The passages are the first hits, cut and headed as in a library, and any hits among them that answer.
"""

import tempfile
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from eval.benchmarks.answers.near_misses import LEARNED, collections, files
from eval.training.questions import WRITTEN, written
from eval.training.reader_passages import Passage
from eval.training.reader_trials import trial_abstracts
from qa.evaluation.relevance import is_right, resolved
from qa.evaluation.results import Gold
from qa.library import Library
from qa.models.encoders import Encoder, load_encoder
from qa.records import ANYWHERE, Hit, Question, Scope
from qa.retrieval.first_stage import Place
from qa.retrieval.reading import head_of
from qa.retrieval.retriever import Retrieval
from qa.retrieval.settings import DEFAULT_RANKING

UNREAD = replace(DEFAULT_RANKING, read=0, same_document_penalty=0.0)
HITS = 20
WRONG = 3
"""First hits that do not answer; one fewer if some can."""
RIGHT = 2
"""Hits that answer."""


def of_trials(data: Path, encoder: Encoder | None = None) -> Iterator[Passage]:
    """The questions over abstracts of trials, each asked of all those abstracts."""
    asked = written("trials")
    with tempfile.TemporaryDirectory() as made:
        for name, (title, sentences) in trial_abstracts(data, {one.about for one in asked}).items():
            Path(made, f"{name}.md").write_text(f"# {title}\n\n## Abstract\n\n{' '.join(sentences)}\n", "utf-8")
        with _library([Path(made)], encoder or load_encoder()) as library:
            yield from hits(library, [_renamed(one.question) for one in asked])


def of_articles(data: Path, encoder: Encoder | None = None) -> Iterator[Passage]:
    """Questions over PLOS, each asked of a few articles, and over COVID-QA, asked of all."""
    encoder = encoder or load_encoder()
    collections, asked = tomllib.loads((WRITTEN / "plos.toml").read_text("utf-8")), written("plos")
    files = sorted({file for chosen in collections.values() for file in chosen})
    with _library([data / "plos-jats" / file for file in files], encoder) as library:
        for name, chosen in collections.items():
            questions = [one.question for one in asked if one.about == name]
            yield from hits(library, questions, Scope(documents=chosen))
    with _library([data / "covidqa-dev" / "articles"], encoder) as library:
        yield from hits(library, [one.question for one in written("covidqa")])


def of_near_misses(data: Path, encoder: Encoder | None = None) -> Iterator[Passage]:
    """The near misses used for training, asked of the texts that they were written over."""
    encoder = encoder or load_encoder()
    for name, texts, questions in collections(data):
        if name in LEARNED:
            with tempfile.TemporaryDirectory() as made, _library(files(texts, Path(made)), encoder) as library:
                yield from hits(library, questions)


@contextmanager
def _library(paths: Sequence[Path], encoder: Encoder) -> Iterator[Library]:
    with tempfile.TemporaryDirectory() as folder, Library(folder, encoder=encoder, ranking=UNREAD) as library:
        library.add(paths)
        yield library


def _renamed(question: Question) -> Question:
    return replace(question, answers=tuple((f"{name}.md", quote) for name, quote in question.answers))


def hits(library: Library, questions: Iterable[Question], scope: Scope = ANYWHERE) -> Iterator[Passage]:
    """The passages of each question: its first hits that answer, and its first that do not."""
    documents = {document.source: document for document in library.documents()}
    for question in questions:
        gold = resolved(question, documents) if question.answerable else []
        found = library.retrieve(question.question, HITS, scope=scope)
        read = [_passage(question.question, hit, found, gold) for hit in found.hits]
        yield from [one for one in read if one.answers][:RIGHT]
        yield from [one for one in read if not one.answers][: WRONG - question.answerable]


def _passage(question: str, hit: Hit, found: Retrieval, gold: Sequence[Gold]) -> Passage:
    document = found.documents[hit.passage.doc_id]
    sentences = [document.text[start:end] for _, start, end in _sentences_in(hit, found)]
    right = [i for i, sentence in enumerate(sentences) if is_right(document.source, sentence, gold)]
    return Passage(question, sentences, right, document.source, head_of(hit.title, hit.passage.section))


def _sentences_in(hit: Hit, found: Retrieval) -> list[Place]:
    """The places of a passage's sentences, in their order."""
    passage = hit.passage
    return sorted(
        one.place
        for one in found.sentences
        if one.doc_id == passage.doc_id and passage.start <= one.start and one.end <= passage.end
    )
