"""Train the reranker of question-sentence pairs, a fine-tuned default model, and write it as ONNX.

    python -m eval.training.train_scorer --data DATA --folds FOLDS [--library DIR] [--measure]

DATA holds ``xquad``, ``medquad``, ``covidqa-dev`` and ``plos-jats``. A group is a question, a sentence that answers it,
and the wrong sentences that the first stage ranks highest. Training starts with XQuAD, the sentence with the answer
against those of all paragraphs, and MedQuAD, the likeliest of an answer's first sentences against those for other
questions about the disease. Then come COVID-QA and a few articles of PLOS at a time, the right sentences against the
others that Pincite finds. DIR is a library of the articles of COVID-QA; without it one is made. The questions of
``eval/questions/training`` about these collections are also used; most of them have no answer.

The written reranker is trained on all articles. Its printed SHA-256 goes into ``qa/models/reranker.py``; it can differ
between processors and versions of torch. Its value on unseen articles is measured with others. Each of these is trained
in the same way without the articles of a quarter of the questions, is kept in FOLDS, and is asked the questions that it
has not seen; the measures are printed. With --measure nothing is trained; those in FOLDS are asked.
"""

import argparse
import random
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from copy import deepcopy
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch

from eval.training.scorer_folds import record, sha256, unseen
from eval.training.scorer_groups import Group, Written, articles, few_articles, medquad, written, xquad
from eval.training.scorer_model import Course, PairModel, export, train
from qa.evaluation.relevance import is_right, resolved
from qa.evaluation.results import Gold
from qa.evaluation.statistics import randomisation_test
from qa.library import Library
from qa.models.encoders import load_encoder
from qa.models.reranker import SCORER, Reranker
from qa.query.questions import read_questions
from qa.records import Question
from qa.retrieval.retriever import Retrieval
from qa.retrieval.settings import DEFAULT_RANKING

PARTS = 4
PROCESSES = 2
SEED = 1
FIRST = Course(epochs=1, rate=6e-5, drawn_from=8)
"""The training on XQuAD and MedQuAD."""
THEN = Course(epochs=2, rate=4e-5, drawn_from=12)
"""And on the articles."""
PLAIN = replace(DEFAULT_RANKING, rerank_depth=0)
MEASURES = ("Hit@1", "Hit@5", "MRR@10", "Sentence@1", "Sentence@3")


Groups = Sequence[tuple[str | None, Group]]
"""Groups, each with its article of COVID-QA, if any."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--folds", type=Path, required=True)
    parser.add_argument("--library", type=Path)
    parser.add_argument("--measure", action="store_true")
    parser.add_argument("--out", type=Path, default=SCORER)
    arguments = parser.parse_args()
    torch.set_num_threads(1)  # so that sums are added in the same order everywhere
    full_texts = arguments.data / "covidqa-dev"
    questions = read_questions(full_texts / "questions.jsonl")
    with tempfile.TemporaryDirectory() as made, Library(arguments.library or made) as library:
        if not library.documents():
            library.add([full_texts / "articles"])
        if not arguments.measure:
            train_all(arguments.data, library, questions, arguments.folds, arguments.out)
            print(f'SCORER_SHA256 = "{sha256(arguments.out)}"', flush=True)
        measure(unseen(arguments.folds), library, questions)


# ---------------------------------------------------------------- training


def train_all(data: Path, library: Library, questions: Sequence[Question], folds: Path, out: Path) -> None:
    """Train the written reranker, and one for each part of the articles that does not see that part."""
    encoder = load_encoder()
    model = PairModel()
    train(model, [*xquad(data, encoder), *medquad(data, encoder, random.Random(SEED))], FIRST, SEED)
    groups: list[tuple[str | None, Group]] = [(None, group) for group in few_articles(data, encoder, PLAIN)]
    with Library(library.path, encoder=library.encoder, ranking=PLAIN) as plain:
        asked = [Written(article(one), one) for one in questions] + written("covidqa")
        found = articles(plain, [one.question for one in asked])
        groups += [(one.about, group) for one, group in zip(asked, found, strict=True)]
    parts = {folds / f"without-{number}.onnx": part for number, part in enumerate(_parts(questions), 1)}
    with ProcessPoolExecutor(PROCESSES, get_context("spawn")) as pool:
        trained = [pool.submit(_train_without, model, groups, *one) for one in [*parts.items(), (out, [])]]
        for each in trained:
            each.result()
    record(folds, parts)


def _parts(questions: Sequence[Question]) -> list[list[str]]:
    """The articles in parts with about equally many questions: the most asked first, each to the smallest part."""
    counts = Counter(map(article, questions))
    parts: list[list[str]] = [[] for _ in range(PARTS)]
    for source in sorted(counts, key=lambda source: (-counts[source], source)):
        min(parts, key=lambda part: sum(counts[one] for one in part)).append(source)
    return parts


def _train_without(model: PairModel, groups: Groups, out: Path, held: Sequence[str]) -> None:
    """Train the model on the groups that are not about the articles ``held``, and write it."""
    torch.set_num_threads(1)
    model = deepcopy(model)  # the given model is shared by the processes
    train(model, [group for about, group in groups if about not in held], THEN, SEED)
    export(model, out)


def article(question: Question) -> str:
    """The file name of the article that answers it."""
    return question.answers[0][0]


# ---------------------------------------------------------------- cross-validation


def measure(scorers: Mapping[str, Reranker], library: Library, questions: Sequence[Question]) -> None:
    """Print the reranker's value for questions and articles that it has not seen; nothing is refused."""
    documents = {document.source: document for document in library.documents()}
    asked = [(question, resolved(question, documents)) for question in questions]
    with Library(library.path, encoder=library.encoder, ranking=PLAIN) as plain:
        without = {one.id: measured(plain.retrieve(one.question), gold) for one, gold in asked}
    read: dict[str, list[float]] = {}
    for scorer in set(scorers.values()):
        with Library(library.path, encoder=library.encoder, scorer=scorer) as again:
            unseen_by = [(one, gold) for one, gold in asked if scorers[article(one)] is scorer]
            read |= {one.id: measured(again.retrieve(one.question), gold) for one, gold in unseen_by}
    for column, name in enumerate(MEASURES):
        old, new = (np.array([found[one.id][column] for one in questions], float) for found in (without, read))
        p = randomisation_test(list(new - old), SEED)
        print(f"{name:12s} without {old.mean():.3f}  with {new.mean():.3f}  p {p:.4f}")


def measured(found: Retrieval, gold: Sequence[Gold]) -> list[float]:
    hits = [is_right(hit.source, hit.text, gold) for hit in found.hits]
    texts = [(found.documents[one.doc_id], one) for one in found.sentences[:3]]
    right = [is_right(document.source, document.text[one.start : one.end], gold) for document, one in texts]
    rank = hits.index(True) + 1 if any(hits) else None
    return [any(hits[:1]), any(hits[:5]), 1 / rank if rank else 0.0, any(right[:1]), any(right)]


if __name__ == "__main__":
    main()
