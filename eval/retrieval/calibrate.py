"""Fit the confidence of answers: how likely the documents answer, given what was found.

    python eval/retrieval/calibrate.py DATA --folds FOLDS [--curated QUESTIONS] [--library DIR] [--seed 7]

DATA holds ``articles/`` and ``questions.jsonl`` in the documented form. Each question is asked twice: of
all articles, and of all but the one that answers it. It is also asked of small libraries of three
articles, half of them with the answer, because scores shift with the size of a library. QUESTIONS are
asked of the built-in corpus as they are, answerable or not. Sentences are read again by scorers of pairs in
FOLDS, where ``train_scorer.py`` keeps them, each question's by one that was not trained on its article; the
curated questions have trained none. A logistic regression over
``qa.answering.signals`` tells the answerable from the rest. The curated questions count a third as much as
all others together, half of that for those without an answer, which are few. It is judged by
cross-validation in which no article, and no curated question, is on both sides. Prints the weights for
``qa/answering.py``, AUROC, expected calibration error, and what each threshold would answer and refuse. With
--library, the articles are taken from there if they are stored.
"""

import argparse
import random
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.progress import track
from scipy.stats import beta
from scorer_folds import unseen
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, cross_val_predict

from qa.answering import signals
from qa.encoders import Encoder, SentenceTransformerEncoder
from qa.expansion.synonyms import Thesaurus, builtin, thesaurus
from qa.ingest import embed, find_files
from qa.library import K, Library
from qa.questions import read_questions
from qa.readers import read
from qa.records import Question
from qa.retrieval import retrieve
from qa.scorers import PairScorer
from qa.stores import Entry
from qa.stores.local import LocalStore, Model

SMALL = 3
CURATED = "curated"
CURATED_SHARE = 1 / 3


@dataclass(frozen=True)
class Sample:
    """One asking of a question: the signals, whether the answering article was there, and its group."""

    signals: dict[str, float]
    answerable: bool
    article: str
    library: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--folds", type=Path, required=True)
    parser.add_argument("--curated", type=Path)
    parser.add_argument("--library", type=Path)
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    encoder = SentenceTransformerEncoder()
    scorers = unseen(arguments.folds)
    samples = collect(arguments.data, arguments.library, encoder, scorers, random.Random(arguments.seed))
    if arguments.curated:
        samples += curated(read_questions(arguments.curated), encoder)
    report(samples)


def curated(questions: Sequence[Question], encoder: Encoder) -> list[Sample]:
    """Ask the built-in corpus, whose questions say themselves whether it answers them."""
    samples = []
    with tempfile.TemporaryDirectory() as folder, Library(Path(folder, "library"), encoder=encoder) as library:
        library.build()
        for question in track(questions, "asking the corpus"):
            found = library.retrieve(question.question)
            samples.append(Sample(signals(found), question.answerable, question.id, CURATED))
    return samples


def _entries(data: Path, stored: Path | None, encoder: Encoder) -> dict[str, Entry]:
    """The articles by file name, embedded; taken from a library that has them."""
    if stored:
        with closing(LocalStore(stored)) as store:
            entries = [store.entry(doc_id) for doc_id in store.document_ids()]
    else:
        entries = [embed(read(path), encoder) for path in track(find_files([data / "articles"]), "embedding")]
    return {entry.document.source: entry for entry in entries}


def collect(
    data: Path, stored: Path | None, encoder: Encoder, scorers: Mapping[str, PairScorer], chance: random.Random
) -> list[Sample]:
    """Ask every question with and without its article, of the whole collection and of small ones."""
    questions = [q for q in read_questions(data / "questions.jsonl") if q.answerable]
    entries = _entries(data, stored, encoder)
    samples = []
    for name, articles in track(list(_libraries(sorted(entries), chance)), "asking"):
        with tempfile.TemporaryDirectory() as folder:
            store = _store(Path(folder), [entries[article] for article in articles], encoder)
            samples += _ask(name, articles, entries, questions, store, encoder, scorers, chance)
            store.close()
    return samples


def _libraries(articles: Sequence[str], chance: random.Random) -> Iterator[tuple[str, list[str]]]:
    yield "all", list(articles)
    shuffled = chance.sample(articles, len(articles))
    for start in range(0, len(shuffled) - SMALL + 1, SMALL):
        yield "small", shuffled[start : start + SMALL]


def _store(folder: Path, entries: Sequence[Entry], encoder: Encoder) -> LocalStore:
    store = LocalStore.create(folder, Model(encoder.name, encoder.sha256, encoder.dimension))
    for entry in entries:
        store.put(entry.document.source, "", entry)
    return store


def _ask(
    name: str,
    articles: Sequence[str],
    entries: dict[str, Entry],
    questions: Sequence[Question],
    store: LocalStore,
    encoder: Encoder,
    scorers: Mapping[str, PairScorer],
    chance: random.Random,
) -> Iterator[Sample]:
    def asked(questions: Sequence[Question], answerable: bool) -> Iterator[Sample]:
        names = _names(store)
        for question in questions:
            article = question.answers[0][0]
            found = retrieve(question.question, store, encoder, K, thesaurus=names, scorer=scorers[article])
            yield Sample(signals(found), answerable, article, name)

    inside = [question for question in questions if question.answers[0][0] in articles]
    yield from asked(inside, True)
    if name == "small":
        outside = [question for question in questions if question.answers[0][0] not in articles]
        yield from asked(chance.sample(outside, len(inside)), False)
        return
    for article in articles:
        store.delete(entries[article].document.doc_id)
        yield from asked([question for question in inside if question.answers[0][0] == article], False)
        store.put(article, "", entries[article])


def _names(store: LocalStore) -> Thesaurus:
    """What a library of these articles takes for other names."""
    same, kinds = builtin()
    return thesaurus([*same, *store.abbreviations()], kinds)


def report(samples: Sequence[Sample]) -> None:
    names = sorted(samples[0].signals)
    features = np.array([[sample.signals[name] for name in names] for sample in samples])
    labels = np.array([sample.answerable for sample in samples])
    groups = np.array([sample.article for sample in samples])
    libraries = np.array([sample.library for sample in samples])
    weights = np.array(
        [_weight(library, label, libraries, labels) for library, label in zip(libraries, labels, strict=True)]
    )
    model = LogisticRegression(C=10.0, max_iter=1000)
    held_out = cross_val_predict(
        model,
        features,
        labels,
        groups=groups,
        cv=GroupKFold(10),
        method="predict_proba",
        params={"sample_weight": weights},
    )[:, 1]
    print(f"{len(samples)} askings, {labels.sum()} of them answerable; held-out figures, 10 folds by article")
    for name in sorted(set(libraries.tolist())):
        at = libraries == name
        print(
            f"{name:6s} AUROC {roc_auc_score(labels[at], held_out[at]):.3f}  "
            f"ECE {calibration_error(held_out[at], labels[at]):.3f}"
        )
        print(f"       {at_risk(held_out[at], labels[at])}")
        for threshold in (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.7):
            answered = held_out[at] >= threshold
            kept, refused = answered[labels[at]].mean(), 1 - answered[~labels[at]].mean()
            print(
                f"       threshold {threshold:.2f}: answerable answered {kept:.3f}, unanswerable refused {refused:.3f}"
            )
    model.fit(features, labels, weights)
    print("CONFIDENCE_WEIGHTS = {")
    for name, weight in zip(["intercept", *names], [model.intercept_[0], *model.coef_[0]], strict=True):
        print(f'    "{name}": {weight:.3f},')
    print("}")
    for name, column in zip(names, features.T, strict=True):
        alone = [
            f"{library} {roc_auc_score(labels[libraries == library], column[libraries == library]):.3f}"
            for library in sorted(set(libraries.tolist()))
        ]
        print(f"alone  {name:12s} AUROC {', '.join(alone)}")


def at_risk(probabilities: NDArray[np.float64], labels: NDArray[np.bool_], risk: float = 0.1) -> str:
    """What is answered from the least threshold on at which no more of the unanswerable than ``risk`` is answered.

    With the upper end of the 95% interval of that share (Clopper and Pearson, Biometrika 1934).
    """
    lacking = np.sort(probabilities[~labels])
    threshold = lacking[-int(risk * len(lacking)) - 1]  # what is above it is answered
    wrong = int((lacking > threshold).sum())
    bound = float(beta.ppf(0.975, wrong + 1, len(lacking) - wrong))
    kept = float((probabilities[labels] > threshold).mean())
    return (
        f"above {threshold:.3f}: answerable answered {kept:.3f}, "
        f"unanswerable answered {wrong / len(lacking):.3f}, at most {bound:.3f}"
    )


def _weight(library: str, label: bool, libraries: NDArray[np.str_], labels: NDArray[np.bool_]) -> float:
    """How much an asking counts in the fit."""
    if library != CURATED:
        return 1.0
    return CURATED_SHARE * len(labels) / 2 / float(np.sum((libraries == CURATED) & (labels == label)))


def calibration_error(probabilities: NDArray[np.float64], labels: NDArray[np.bool_], bins: int = 10) -> float:
    """Expected calibration error: mean distance of confidence and frequency over equally filled bins."""
    order = np.argsort(probabilities, kind="stable")
    parts = np.array_split(order, bins)
    gaps = [abs(probabilities[part].mean() - labels[part].mean()) * len(part) for part in parts]
    return float(sum(gaps) / len(probabilities))


if __name__ == "__main__":
    main()
