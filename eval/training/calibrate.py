"""Fit the support of sentences: the probability that one answers, given the reader's log-odds.

    python -m eval.training.calibrate DATA [--library DIR] [--only NAME ...] [--questions N] [--seed 7]

DATA holds ``covidqa-dev`` and ``pmc_rct_ccby_jats``. Four collections of several sizes and kinds are asked; the reader
was trained on none of their questions. ``experts``: the questions of COVID-QA, asked of all 46 articles, and again of
all but the one that answers. ``few``: the same questions asked of three articles, half of them with the answer.
``builtin``: the curated questions over the built-in corpus. ``articles``: those of ``eval/questions/calibration`` over
301 open articles. Of each question the sentence that is shown first is taken, and whether it answers: it does if it is
gold. COVID-QA has one quote for each question, so other sentences that answer count as wrong there. A logistic
regression predicts this by three signals: the log-odds, whether the sentence leaves a thing of the question unnamed,
and whether a detail is lacking. Each collection has the same weight, and in each the questions with an answer have
three quarters of it.

Prints figures for each collection from a fit to the others: AUROC of whether the documents answer, expected calibration
error, and what is answered and refused from the current threshold on. Then prints, for all together, the threshold at
which at most RISK of the unanswerable are answered, with the upper end of that share's 95% interval (Clopper and
Pearson, Biometrika 1934); the weights for ``qa/data/profile.toml``; and the median difference in probability between
asking an expert's question of only the article that answers and of all. DIR has the libraries of the collections, by
the names ``covidqa``, ``builtin`` and ``articles``; what is missing is made.
"""

import argparse
import random
import tempfile
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from scipy.stats import beta
from sklearn.linear_model import LogisticRegression

from eval.places import EVAL, ROOT
from eval.training.questions import written
from eval.training.reader_articles import extracted
from qa.answering.answer import THRESHOLD
from qa.answering.lacking import missing_types
from qa.answering.support import signals
from qa.evaluation.abstention import auroc, calibration, calibration_error
from qa.evaluation.relevance import is_right, resolved
from qa.library import Library
from qa.models.encoders import ENCODER_SHA256, Encoder, load_encoder
from qa.models.reader import READER_SHA256
from qa.query.questions import read_questions
from qa.records import ANYWHERE, Document, Question, Scope

BUILTIN = ROOT / "corpus"
CURATED = EVAL / "questions" / "reviews.jsonl"
WRITTEN = EVAL / "questions" / "calibration"
SMALL = 3
SIGNALS = ("log_odds", "unnamed", "lacking")
MOVED = 100
"""Questions that are asked both of only the article that answers and of all."""
RISK = 0.15
ANSWERABLE = 0.75
"""The share of questions with an answer that support is fitted to: between the curated set's 4/5, and what is asked to
try it, a half. If more have one, sentences are right more often than their support says."""
NOTHING = (-6.0, 0.0, 0.0)
"""The signals if no sentence is found."""

Asked = Iterator[tuple[Question, Scope, bool]]
"""A question, the scope it is asked of, and whether that answers it."""


@dataclass(frozen=True)
class Sample:
    """The reader's signals of the first sentence, whether that answers, and whether the documents do."""

    signals: tuple[float, ...]
    right: bool
    answerable: bool


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--library", type=Path)
    parser.add_argument("--only", nargs="+", choices=list(COLLECTIONS), default=list(COLLECTIONS))
    parser.add_argument("--questions", type=int, default=300, help="of a collection at most")
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    encoder = load_encoder()
    collections: dict[str, list[Sample]] = {}
    with tempfile.TemporaryDirectory() as made:
        libraries = arguments.library or Path(made)
        for name in arguments.only:
            texts, asked = COLLECTIONS[name]
            with filled(libraries, texts, arguments.data, encoder) as library:
                chance = random.Random(f"{arguments.seed} {name}")
                questions = list(asked(arguments.data, library, chance))
                drawn = chance.sample(questions, min(arguments.questions, len(questions)))
                told = track(drawn, f"asking {name}", console=Console(stderr=True))
                documents = {one.source: one for one in library.documents()}
                collections[name] = [sample(library, documents, *one) for one in told]
        with filled(libraries, "covidqa", arguments.data, encoder) as library:
            pairs = list(alone_and_among(arguments.data, library, random.Random(arguments.seed)))
    print(*report(collections), sep="\n")
    print(f"\n{moved(fit(collections), pairs)}")


def filled(libraries: Path, texts: str, data: Path, encoder: Encoder) -> Library:
    library = Library(libraries / texts, encoder=encoder)
    if not library.documents():
        with tempfile.TemporaryDirectory() as folder:
            library.add(list(TEXTS[texts](data, Path(folder))))
    return library


def sample(
    library: Library, documents: Mapping[str, Document], question: Question, scope: Scope, answerable: bool
) -> Sample:
    """The first sentence that was read. It is right if it is gold in the ``documents`` and within the scope."""
    found = library.retrieve(question.question, scope=scope)
    judged = signals(found, lacks_detail=bool(missing_types(found)))
    if not judged:
        return Sample(NOTHING, False, answerable)
    first = next(one for one in found.sentences if one.place in judged)
    gold = resolved(question, documents) if answerable else []
    right = is_right(found.documents[first.doc_id].source, found.words(first), gold)
    return Sample(tuple(judged[first.place][name] for name in SIGNALS), right, answerable)


# ---------------------------------------------------------------- what is asked


def experts(data: Path, library: Library, chance: random.Random) -> Asked:
    """Asked with and without the article that answers."""
    articles = {document.source for document in library.documents()}
    for question in read_questions(data / "covidqa-dev" / "questions.jsonl"):
        if question.answerable:
            own = question.answers[0][0]
            yield question, ANYWHERE, True
            yield question, Scope(documents=sorted(articles - {own})), False


def few(data: Path, library: Library, chance: random.Random) -> Asked:
    """Asked of three articles, which hold the answer every other time."""
    articles = sorted(document.source for document in library.documents())
    for number, question in enumerate(read_questions(data / "covidqa-dev" / "questions.jsonl")):
        own, answerable = question.answers[0][0], number % 2 == 0
        others = chance.sample([one for one in articles if one != own], SMALL - answerable)
        yield question, Scope(documents=[own, *others] if answerable else others), answerable


def curated(data: Path, library: Library, chance: random.Random) -> Asked:
    for question in read_questions(CURATED):
        yield question, ANYWHERE, question.answerable


def over_articles(data: Path, library: Library, chance: random.Random) -> Asked:
    for one in written("articles", WRITTEN):
        yield one.question, ANYWHERE, one.question.answerable


def alone_and_among(data: Path, library: Library, chance: random.Random) -> Iterator[tuple[Sample, Sample]]:
    """Some questions, each asked of only the article that answers, and of all."""
    documents = {one.source: one for one in library.documents()}
    questions = [one for one in read_questions(data / "covidqa-dev" / "questions.jsonl") if one.answerable]
    for question in chance.sample(questions, min(MOVED, len(questions))):
        alone = Scope(documents=[question.answers[0][0]])
        yield sample(library, documents, question, alone, True), sample(library, documents, question, ANYWHERE, True)


def open_articles(data: Path, folder: Path) -> list[Path]:
    return extracted(data, tomllib.loads((WRITTEN / "articles.toml").read_text("utf-8"))["files"], folder)


TEXTS: Mapping[str, Callable[[Path, Path], Iterable[Path]]] = {
    "covidqa": lambda data, _: [data / "covidqa-dev" / "articles"],
    "builtin": lambda data, _: [BUILTIN],
    "articles": open_articles,
}

COLLECTIONS: Mapping[str, tuple[str, Callable[[Path, Library, random.Random], Asked]]] = {
    "experts": ("covidqa", experts),
    "few": ("covidqa", few),
    "builtin": ("builtin", curated),
    "articles": ("articles", over_articles),
}


# ---------------------------------------------------------------- fitting and judging


def report(collections: Mapping[str, list[Sample]]) -> Iterator[str]:
    yield "| fitted to the others | asked | answerable | AUROC | calibration error | answered | refused |"
    yield "|---" * 7 + "|"
    every: list[tuple[float, bool]] = []
    for name, samples in collections.items():
        others = {other: found for other, found in collections.items() if other != name} or collections
        given = probabilities(fit(others), samples)
        answerable = np.array([one.answerable for one in samples])
        every += zip(given.tolist(), answerable.tolist(), strict=True)
        inside, outside = given[answerable], given[~answerable]
        area = auroc(inside.tolist(), outside.tolist())
        answered = np.mean(inside >= THRESHOLD) if len(inside) else 0.0
        refused = np.mean(outside < THRESHOLD) if len(outside) else 0.0
        error = calibration_error(calibration(given.tolist(), [one.right for one in samples]))
        shown = "" if area is None else f"{area:.3f}"
        yield f"| {name} | {len(samples)} | {len(inside)} | {shown} | {error:.3f} | {answered:.3f} | {refused:.3f} |"
    yield ""
    yield at_risk(np.array([p for p, _ in every]), np.array([truth for _, truth in every]))
    model = fit(collections)
    yield f'[models]\nencoder = "{ENCODER_SHA256}"\nreader = "{READER_SHA256}"\n\n[support.weights]'
    for name, weight in zip(["intercept", *SIGNALS], [model.intercept_[0], *model.coef_[0]], strict=True):
        yield f"{name} = {weight:.3f}"


def fit(collections: Mapping[str, list[Sample]]) -> LogisticRegression:
    """Each collection has the same weight; of it the questions with an answer have ANSWERABLE, the others the rest."""
    samples = [one for found in collections.values() for one in found]
    weights = []
    for found in collections.values():
        shares = {True: ANSWERABLE, False: 1 - ANSWERABLE}
        counts = {truth: sum(one.answerable is truth for one in found) for truth in shares}
        weights += [len(samples) / len(collections) * shares[one.answerable] / counts[one.answerable] for one in found]
    model = LogisticRegression(C=10.0, max_iter=1000)
    model.fit([one.signals for one in samples], [one.right for one in samples], weights)
    return model


def moved(model: LogisticRegression, pairs: Sequence[tuple[Sample, Sample]]) -> str:
    """The median difference in probability between the samples of a pair."""
    alone, among = (probabilities(model, side) for side in zip(*pairs, strict=True))
    return f"asked of one article or of all, the probability differs by {np.median(np.abs(alone - among)):.3f} (median)"


def probabilities(model: LogisticRegression, samples: Iterable[Sample]) -> NDArray[np.float64]:
    given: NDArray[np.float64] = model.predict_proba([one.signals for one in samples])[:, 1]
    return given


def at_risk(given: NDArray[np.float64], labels: NDArray[np.bool_], risk: float = RISK) -> str:
    """The shares answered above the lowest threshold at which at most ``risk`` of the unanswerable is answered."""
    lacking = np.sort(given[~labels])
    threshold = lacking[-int(risk * len(lacking)) - 1]  # probabilities above it are answered
    wrong = int((lacking > threshold).sum())
    bound = float(beta.ppf(0.975, wrong + 1, len(lacking) - wrong))
    kept = float((given[labels] > threshold).mean())
    return (
        f"above {threshold:.3f}: answerable answered {kept:.3f}, "
        f"unanswerable answered {wrong / len(lacking):.3f}, at most {bound:.3f}"
    )


if __name__ == "__main__":
    main()
