"""Measure near misses, questions on a text's topic that the text does not answer: are they refused?

    python -m eval.benchmarks.answers.near_misses DATA [--library DIR]

DATA holds ``covidqa-dev``, ``plos-jats`` and ``medquad``. The questions of ``eval/questions/nearmisses`` are asked of
the libraries that they were written for. The reader was trained on those in LEARNED, which are marked; only the others
show how it treats new near misses. Prints for each set: the AUROC of the confidence, the shares answered and refused at
the current threshold, and the share of answerable questions whose first sentence, or one of the first three, is right.
Then, for each kind of detail that ``qa.query.answer_types`` knows: how many questions ask for it, and for how many the
first hits lack it. A lacking detail is an error for answerable questions, and right for near misses. DIR is a library
of the articles of COVID-QA; without it one is made.
"""

import argparse
import gzip
import json
import re
import tempfile
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from rich.console import Console
from rich.progress import track

from eval.benchmarks.answers.found import measured
from eval.places import EVAL
from eval.training.questions import written
from qa.answering.answer import THRESHOLD
from qa.answering.lacking import missing_types
from qa.evaluation.abstention import auroc
from qa.evaluation.relevance import resolved
from qa.library import Library
from qa.models.encoders import Encoder, load_encoder
from qa.query.answer_types import AnswerType, asked_types
from qa.records import Document, Question

WRITTEN = EVAL / "questions" / "nearmisses"
LEARNED = ("covidqa-dev", "MedQuAD")
"""The collections whose questions the reader of passages was trained on."""


@dataclass(frozen=True)
class Asked:
    """The result of a question: the confidence, and whether its first sentences are right."""

    answerable: bool
    confidence: float
    first: bool
    three: bool
    details: Sequence[AnswerType]
    lacking: Sequence[AnswerType]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--library", type=Path)
    arguments = parser.parse_args()
    encoder = load_encoder()
    found: dict[str, list[Asked]] = defaultdict(list)
    every = list(collections(arguments.data))
    for name, paths, questions in track(every, "asking", console=Console(stderr=True)):
        with tempfile.TemporaryDirectory() as made:
            stored = arguments.library if name == "covidqa-dev" else None
            found[name] += ask(stored or Path(made), paths, questions, encoder)
    print("| collections | answerable | near misses | AUROC | answered | refused | Sentence@1 | Sentence@3 |")
    print("|---" * 8 + "|")
    for name, asked in found.items():
        print(row(f"{name}, learned from" if name in LEARNED else name, asked))
    print()
    print("| detail | answerable | lacking | near misses | lacking |")
    print("|---" * 5 + "|")
    for line in by_detail([one for asked in found.values() for one in asked]):
        print(line)


# ---------------------------------------------------------------- what is asked


def collections(data: Path) -> Iterator[tuple[str, Mapping[str, str | Path], list[Question]]]:
    """For each library: its name, its texts by file name (or the files that hold them), and its questions."""
    articles = {path.name: path for path in sorted((data / "covidqa-dev" / "articles").iterdir())}
    yield "covidqa-dev", articles, [one.question for one in written("covidqa", WRITTEN)]
    asked = written("plos", WRITTEN)
    for name, files in listed("plos").items():
        texts = {file: data / "plos-jats" / file for file in files}
        yield "PLOS", texts, [one.question for one in asked if one.about == name]
    asked, said = written("medquad", WRITTEN), diseases(data)
    for name, chosen in listed("medquad").items():
        yield "MedQuAD", {file_name(one): said[one] for one in chosen}, [o.question for o in asked if o.about == name]


def listed(name: str) -> dict[str, list[str]]:
    return tomllib.loads((WRITTEN / f"{name}.toml").read_text("utf-8"))


def diseases(data: Path) -> dict[str, str]:
    """MedQuAD's answers about each disease, joined, without repeats."""
    answers: dict[str, list[str]] = defaultdict(list)
    with gzip.open(data / "medquad" / "pairs.jsonl.gz", "rt", encoding="utf-8") as lines:
        for entry in map(json.loads, lines):
            if len(entry["answer"] or "") > 60:
                answers[entry["focus"].lower()].append(entry["answer"])
    return {disease: "\n\n".join(dict.fromkeys(texts)) for disease, texts in answers.items()}


def file_name(disease: str) -> str:
    """The name of a disease's file, as the questions give it."""
    return re.sub(r"[^a-z0-9]+", "-", disease).strip("-") + ".txt"


def files(texts: Mapping[str, str | Path], folder: Path) -> list[Path]:
    """The path of each text; texts without a file are written to the folder."""
    paths = [folder / name if isinstance(text, str) else text for name, text in texts.items()]
    for path, text in zip(paths, texts.values(), strict=True):
        if isinstance(text, str):
            path.write_text(text, "utf-8")
    return paths


# ---------------------------------------------------------------- what becomes of it


def ask(folder: Path, texts: Mapping[str, str | Path], questions: Sequence[Question], encoder: Encoder) -> list[Asked]:
    """Ask the library of these texts, which is made unless it exists."""
    with Library(folder, encoder=encoder) as library, tempfile.TemporaryDirectory() as written_to:
        if not library.documents():
            library.add(files(texts, Path(written_to)))
        documents = {document.source: document for document in library.documents()}
        if documents.keys() != texts.keys():
            raise SystemExit(f"{folder} does not hold the texts that the questions are about; name another folder.")
        return [_asked(library, documents, question) for question in questions]


def _asked(library: Library, documents: Mapping[str, Document], question: Question) -> Asked:
    gold = resolved(question, documents) if question.answerable else []
    found = library.retrieve(question.question)
    *_, first, three = measured(found, gold)
    return Asked(
        question.answerable,
        library.ask(question.question).confidence or 0.0,
        bool(first),
        bool(three),
        asked_types(question.question),
        missing_types(found),
    )


def row(name: str, asked: Sequence[Asked]) -> str:
    inside = [one for one in asked if one.answerable]
    outside = [one.confidence for one in asked if not one.answerable]
    figures = (
        auroc([one.confidence for one in inside], outside),
        fmean(one.confidence >= THRESHOLD for one in inside),
        fmean(confidence < THRESHOLD for confidence in outside),
        fmean(one.first for one in inside),
        fmean(one.three for one in inside),
    )
    return f"| {name} | {len(inside)} | {len(outside)} | {' | '.join(f'{figure:.3f}' for figure in figures)} |"


def by_detail(asked: Sequence[Asked]) -> Iterator[str]:
    """For each kind of detail, and for any: how many questions ask for it, and for how many it is lacking."""
    counts: Counter[tuple[str, bool, bool]] = Counter()
    for one in asked:
        for detail in one.details:
            counts[detail, one.answerable, detail in one.lacking] += 1
        counts["any", one.answerable, bool(one.lacking)] += bool(one.details)
    for name in (*sorted({name for name, _, _ in counts} - {"any"}), "any"):
        cells = []
        for answerable in (True, False):
            lack = counts[name, answerable, True]
            cells += [lack + counts[name, answerable, False], lack]
        yield f"| {name} | {' | '.join(map(str, cells))} |"


if __name__ == "__main__":
    main()
