"""Measure whether answers can be trusted: what is answered and refused of each kind of question.

    python -m eval.benchmarks.answers.trust DATA [--library DIR] [--only NAME ...]

DATA holds ``covidqa-dev``, ``plos-jats`` and ``pmc_rct_ccby_jats``. The questions are those of
``eval/questions/trust``; nothing is trained, fitted or chosen on them. Each file is asked of one library: the built-in
reviews, the 46 articles of COVID-QA, 17 of PLOS, or 24 trials. Files named ``second`` were written later; theirs are
other trials. Prints for all questions and for each kind: how many are answered, the mean confidence, and the AUROC of
the answerable against it. For answerable questions: whether the first sentence, or any shown, is gold. For several
levels: the answers with at least that confidence, and how many are wrong (no gold sentence, or no answer to find).
Also: how many of the shown sentences are gold, and how many questions are refused because a named thing occurs nowhere.
Last the risk-coverage curve (the share of unanswerable questions if only the surest are answered) and the calibration
error of the confidence of what is answered. DIR is a library of the articles of COVID-QA; without it one is made.
"""

import argparse
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from statistics import fmean

from rich.console import Console
from rich.progress import track

from eval.benchmarks.answers.near_misses import listed
from eval.places import EVAL, ROOT
from eval.training.questions import written
from eval.training.reader_articles import extracted
from qa.evaluation.abstention import auroc, calibration, calibration_error, risk_coverage
from qa.evaluation.relevance import is_right, resolved
from qa.library import Library
from qa.models.encoders import Encoder, load_encoder
from qa.records import Answer, Question

WRITTEN = EVAL / "questions" / "trust"
BUILTIN = ROOT / "corpus"
FILES = (
    *("reviews", "reviews-second"),
    *("covidqa", "covidqa-second"),
    *("plos", "plos-second", "plos-third"),
    *("trials", "trials-second", "trials-third"),
)
LISTED = {"trials": "trials", "trials-second": "trials-second", "trials-third": "trials"}
"""The lists of articles that the questions over trials are asked of."""
SURE = (0.0, 0.5, 0.8, 0.9)
COVERED = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)


@dataclass(frozen=True)
class Asked:
    """The result of a question, and which of the sentences shown are gold."""

    question: Question
    answer: Answer
    gold: Sequence[bool]

    @property
    def confidence(self) -> float:
        return self.answer.confidence or 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--library", type=Path)
    parser.add_argument("--only", nargs="+", default=FILES, metavar="NAME")
    arguments = parser.parse_args()
    encoder = load_encoder()
    every: list[Asked] = []
    for name in arguments.only:
        questions = [one.question for one in written(name, WRITTEN)]
        found = ask_texts(name, questions, arguments.data, arguments.library, encoder)
        print(f"## {name}", *report(found), "", sep="\n", flush=True)
        every += found
    print("## all", *report(every), sep="\n")


def ask_texts(
    name: str, questions: Sequence[Question], data: Path, library: Path | None, encoder: Encoder
) -> list[Asked]:
    """Ask the texts that a file of questions is about. ``library`` has the articles of COVID-QA, if it is given."""
    with tempfile.TemporaryDirectory() as made:
        folder = library if name.startswith("covidqa") and library else Path(made, "library")
        return ask(folder, files(name, data, Path(made)), questions, encoder)


def files(name: str, data: Path, folder: Path) -> list[Path]:
    """The texts that a file of questions is asked of. Articles in an archive are extracted to the folder."""
    if name.startswith("reviews"):
        return [BUILTIN]
    if name.startswith("covidqa"):
        return [data / "covidqa-dev" / "articles"]
    if name in LISTED:
        listed_there = tomllib.loads((WRITTEN / f"{LISTED[name]}.toml").read_text("utf-8"))["files"]
        return extracted(data, listed_there, folder)
    return [data / "plos-jats" / file for file in chain.from_iterable(listed("plos").values())]


def ask(folder: Path, paths: Sequence[Path], questions: Sequence[Question], encoder: Encoder) -> list[Asked]:
    """Ask the library in this folder, which is made of these files unless it exists."""
    with Library(folder, encoder=encoder) as library:
        if not library.documents():
            library.add(paths)
        documents = {document.source: document for document in library.documents()}
        found = []
        for question in track(questions, "asking", console=Console(stderr=True)):
            answer, gold = library.ask(question.question), resolved(question, documents)
            shown = [is_right(sentence.source, sentence.text, gold) for sentence in answer.sentences]
            found.append(Asked(question, answer, shown))
        return found


def report(asked: Sequence[Asked]) -> Iterator[str]:
    yield from _by_kind(asked)
    yield ""
    for least in SURE:
        said = [one for one in asked if not one.answer.abstained and one.confidence >= least]
        wrong = fmean(not any(one.gold) for one in said) if said else 0.0
        yield f"answered with confidence {least} or more: {len(said)}, wrong {wrong:.3f}"
    shown = [right for one in asked if one.question.answerable for right in one.gold]
    yield f"sentences shown for answerable questions: {len(shown)}, gold {fmean(shown) if shown else 0.0:.3f}"
    yield ""
    yield from _curve(asked)
    said = [one for one in asked if not one.answer.abstained]
    bins = calibration([one.confidence for one in said], [any(one.gold) for one in said])
    yield ""
    yield f"calibration error of whether an answer quotes a gold sentence: {calibration_error(bins):.3f}"


def _curve(asked: Sequence[Asked]) -> Iterator[str]:
    """The risk at some coverages, each the next at which a threshold can separate questions."""
    curve = risk_coverage([one.confidence for one in asked], [one.question.answerable for one in asked])
    places = [next(i for i, covered in enumerate(curve.coverage) if covered >= least) for least in COVERED]
    yield f"| coverage | {' | '.join(f'{curve.coverage[place]:.2f}' for place in places)} | area |"
    yield "|---" * (len(places) + 2) + "|"
    yield f"| risk | {' | '.join(f'{curve.risk[place]:.3f}' for place in places)} | {curve.area:.3f} |"


def _by_kind(asked: Sequence[Asked]) -> Iterator[str]:
    answerable = [one for one in asked if one.question.answerable]
    inside = [one.confidence for one in answerable]
    yield "| kind | questions | answered | confidence | AUROC | first gold | any gold | names nothing known |"
    yield "|---" * 8 + "|"
    kinds = {(one.question.answerable, one.question.kind) for one in asked}
    parts = [
        (kind, [one for one in asked if (one.question.answerable, one.question.kind) == (truth, kind)])
        for truth, kind in sorted(kinds, reverse=True)
    ]
    lacking = [one for one in asked if not one.question.answerable]
    for name, of in [("all answerable", answerable), ("all unanswerable", lacking), *parts]:
        if of:
            yield f"| {name} | {' | '.join(_cells(of, inside))} |"


def _cells(of: Sequence[Asked], inside: Sequence[float]) -> Iterator[str]:
    """The figures of one kind; ``inside`` are the confidences of all answerable questions."""
    answerable = of[0].question.answerable
    area = None if answerable else auroc(inside, [one.confidence for one in of])
    yield str(len(of))
    yield f"{fmean(not one.answer.abstained for one in of):.3f}"
    yield f"{fmean(one.confidence for one in of):.3f}"
    yield "" if area is None else f"{area:.3f}"
    yield f"{fmean(bool(one.gold and one.gold[0]) for one in of):.3f}" if answerable else ""
    yield f"{fmean(any(one.gold) for one in of):.3f}" if answerable else ""
    yield f"{fmean(one.answer.reason == 'unknown_entity' for one in of):.3f}"


if __name__ == "__main__":
    main()
