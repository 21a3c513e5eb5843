"""Fit the support of sentences: the probability that the documents answer, given the reader's log-odds.

    python -m eval.training.calibrate DATA [--library DIR] [--only NAME ...] [--questions N] [--seed 7]

DATA holds ``covidqa-dev``. Three collections of several sizes and kinds are asked; the reader was trained on none of
their questions. ``experts``: the questions of COVID-QA, asked of all 46 articles, and again of all but the one that
answers. ``few``: the same questions asked of three articles, half of them with the answer. ``builtin``: the curated
questions over the built-in corpus. Each collection has the same weight, and in each the answerable questions together
as much as the others. A logistic regression separates the answerable from the rest by three signals: the greatest
log-odds of the sentences read, whether its passage lacks a thing named in the question, and whether a detail is
lacking. Prints figures for each collection from a fit to the others: AUROC, expected calibration error (half of it from
the answerable), and what is answered from the current threshold on. Then prints, for all together, the threshold at
which at most RISK of the unanswerable are answered, with the upper end of that share's 95% interval (Clopper and
Pearson, Biometrika 1934); the weights for ``qa/data/profile.toml``; and the median difference in probability between
asking an expert's question of only the article that answers and of all. DIR is a library of the articles of COVID-QA.
"""

import argparse
import random
import tempfile
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
from qa.answering.answer import THRESHOLD, choose
from qa.answering.lacking import missing_types
from qa.answering.support import Signals, judged
from qa.evaluation.abstention import auroc
from qa.library import Library
from qa.models.encoders import ENCODER_SHA256, Encoder, load_encoder
from qa.models.reader import READER_SHA256, OnnxReader, PassageReader
from qa.query.questions import read_questions
from qa.records import ANYWHERE, Question, Scope

BUILTIN = ROOT / "corpus"
CURATED = EVAL / "questions" / "reviews.jsonl"
SMALL = 3
SIGNALS = ("log_odds", "unnamed", "lacking")
MOVED = 100
"""Questions that are asked both of only the article that answers and of all."""
RISK = 0.15
NOTHING: Signals = {"log_odds": -6.0, "unnamed": 0.0, "lacking": 0.0}
"""The signals if no sentence is found."""

Asked = Iterator[tuple[Question, Scope, bool]]
"""A question, the scope it is asked of, and whether that answers it."""


@dataclass(frozen=True)
class Sample:
    """The reader's signals for a question, and whether it has an answer."""

    signals: tuple[float, ...]
    answerable: bool


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--library", type=Path)
    parser.add_argument("--only", nargs="+", choices=list(COLLECTIONS), default=list(COLLECTIONS))
    parser.add_argument("--questions", type=int, default=300, help="of a collection at most")
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    encoder, reader = load_encoder(), OnnxReader()
    collections: dict[str, list[Sample]] = {}
    with tempfile.TemporaryDirectory() as made:
        folders = {"covidqa": arguments.library or Path(made, "covidqa")}
        for name in arguments.only:
            texts, asked = COLLECTIONS[name]
            with filled(folders.get(texts, Path(made, texts)), TEXTS[texts](arguments.data), encoder) as library:
                chance = random.Random(f"{arguments.seed} {name}")
                questions = list(asked(arguments.data, library, chance))
                drawn = chance.sample(questions, min(arguments.questions, len(questions)))
                told = track(drawn, f"asking {name}", console=Console(stderr=True))
                collections[name] = [sample(library, reader, *one) for one in told]
        with filled(folders["covidqa"], TEXTS["covidqa"](arguments.data), encoder) as library:
            pairs = list(alone_and_among(arguments.data, library, reader, random.Random(arguments.seed)))
    print(*report(collections), sep="\n")
    print(f"\n{moved(fit(collections), pairs)}")


def filled(folder: Path, paths: Iterable[Path], encoder: Encoder) -> Library:
    library = Library(folder, encoder=encoder)
    if not library.documents():
        library.add(list(paths))
    return library


def sample(library: Library, reader: PassageReader, question: Question, scope: Scope, answerable: bool) -> Sample:
    found = library.retrieve(question.question, scope=scope)
    chosen = [one for statement in choose(found) for one in statement]
    signals = judged(found, chosen, reader, lacks_detail=bool(missing_types(found))).values()
    best = max(signals, key=lambda one: one["log_odds"], default=NOTHING)
    return Sample(tuple(best[name] for name in SIGNALS), answerable)


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


def alone_and_among(
    data: Path, library: Library, reader: PassageReader, chance: random.Random
) -> Iterator[tuple[Sample, Sample]]:
    """Some questions, each asked of only the article that answers, and of all."""
    questions = [one for one in read_questions(data / "covidqa-dev" / "questions.jsonl") if one.answerable]
    for question in chance.sample(questions, min(MOVED, len(questions))):
        alone = Scope(documents=[question.answers[0][0]])
        yield sample(library, reader, question, alone, True), sample(library, reader, question, ANYWHERE, True)


TEXTS: Mapping[str, Callable[[Path], Iterable[Path]]] = {
    "covidqa": lambda data: [data / "covidqa-dev" / "articles"],
    "builtin": lambda data: [BUILTIN],
}

COLLECTIONS: Mapping[str, tuple[str, Callable[[Path, Library, random.Random], Asked]]] = {
    "experts": ("covidqa", experts),
    "few": ("covidqa", few),
    "builtin": ("builtin", curated),
}


# ---------------------------------------------------------------- fitting and judging


def report(collections: Mapping[str, list[Sample]]) -> Iterator[str]:
    yield "| fitted to the others | asked | answerable | AUROC | calibration error | answered | refused |"
    yield "|---" * 7 + "|"
    every: list[tuple[float, bool]] = []
    for name, samples in collections.items():
        others = {other: found for other, found in collections.items() if other != name} or collections
        given = list(zip(probabilities(fit(others), samples), (one.answerable for one in samples), strict=True))
        every += given
        inside, outside = ([float(p) for p, truth in given if truth is side] for side in (True, False))
        area = auroc(inside, outside)
        answered = np.mean([p >= THRESHOLD for p in inside]) if inside else 0.0
        refused = np.mean([p < THRESHOLD for p in outside]) if outside else 0.0
        error = calibration_error(np.array([p for p, _ in given]), np.array([truth for _, truth in given]))
        shown = "" if area is None else f"{area:.3f}"
        yield f"| {name} | {len(samples)} | {len(inside)} | {shown} | {error:.3f} | {answered:.3f} | {refused:.3f} |"
    yield ""
    yield at_risk(np.array([p for p, _ in every]), np.array([truth for _, truth in every]))
    model = fit(collections)
    yield f'[models]\nencoder = "{ENCODER_SHA256}"\nreader = "{READER_SHA256}"\n\n[support.weights]'
    for name, weight in zip(["intercept", *SIGNALS], [model.intercept_[0], *model.coef_[0]], strict=True):
        yield f"{name} = {weight:.3f}"


def fit(collections: Mapping[str, list[Sample]]) -> LogisticRegression:
    """Each collection has the same weight, half for questions with an answer, half for those without."""
    samples = [one for found in collections.values() for one in found]
    weights = []
    for found in collections.values():
        counts = {truth: sum(one.answerable is truth for one in found) for truth in (True, False)}
        weights += [len(samples) / (2 * len(collections) * counts[one.answerable]) for one in found]
    model = LogisticRegression(C=10.0, max_iter=1000)
    model.fit([one.signals for one in samples], [one.answerable for one in samples], weights)
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


def calibration_error(given: NDArray[np.float64], labels: NDArray[np.bool_], bins: int = 10) -> float:
    """Expected calibration error: mean distance of probability and frequency over equally filled bins.

    The answerable together have the same weight as the others, as in the fit. Otherwise a collection with four
    answerable questions in five would look underconfident only for that share.
    """
    order = np.argsort(given, kind="stable")
    counts = np.where(labels, labels.sum(), (~labels).sum())[order]
    weights = 1 / counts / np.sum(1 / counts)
    places = np.minimum((np.cumsum(weights) * bins - 1e-9).astype(int), bins - 1)
    gaps = np.bincount(places, weights * (given[order] - labels[order]), bins)
    return float(np.abs(gaps).sum())


if __name__ == "__main__":
    main()
