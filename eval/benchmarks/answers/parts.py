"""Measure each part of retrieval: switch off every part in turn, on three sets of questions.

    python -m eval.benchmarks.answers.parts DATA [--library DIR] [--only NAME ...]

The parts are the configurations of ``eval/configs/parts.toml``. There are three sets, none of which the reader was
trained on: the experts' questions of ``DATA/covidqa-dev``, the first --curated curated questions over the built-in
corpus, and --medquad questions of MedQuAD, asked as ``medquad`` asks them. Nothing is refused.

Prints a table for each set. An asterisk marks a value that differs from the first row with p below .05 (randomisation
test, two-sided, not corrected). The libraries, also those with other passage lengths, are made in DIR if missing.
"""

import argparse
import statistics
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import track

from eval.benchmarks.answers.found import MEASURES, measured
from eval.benchmarks.answers.medquad import Pair, drawn, filled, run
from eval.places import EVAL
from qa.evaluation.configurations import Configuration, is_stored, read_configurations, remade
from qa.evaluation.relevance import resolved
from qa.evaluation.statistics import randomisation_test
from qa.indexing.progress import silent
from qa.library import Library, build
from qa.query.questions import read_questions
from qa.records import Question

SEED = 7

Values = Mapping[str, Sequence[float]]
"""The values of each measure by question id."""


@dataclass(frozen=True)
class Set:
    """Questions over a library, and how to measure one configuration on them."""

    name: str
    measures: Sequence[str]
    run: Callable[[Configuration], Values]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--library", type=Path, help="a folder of the three libraries")
    parser.add_argument("--only", nargs="*", default=[], help="only these configurations, and the first")
    parser.add_argument("--curated", type=int, help="all unless given")
    parser.add_argument("--medquad", type=int, default=1000)
    arguments = parser.parse_args()
    configurations = read_configurations(EVAL / "configs" / "parts.toml")
    if arguments.only:
        configurations = [configurations[0], *(one for one in configurations[1:] if one.name in arguments.only)]
    with tempfile.TemporaryDirectory() as made:
        libraries = arguments.library or Path(made)
        for chosen in sets(arguments.data, libraries, arguments.curated, arguments.medquad):
            print(table(chosen, configurations), flush=True)


def sets(data: Path, libraries: Path, count: int | None, medquad: int) -> Iterator[Set]:
    experts = data / "covidqa-dev"
    asked = read_questions(experts / "questions.jsonl")
    with Library(libraries / "covidqa") as library:
        if not library.documents():
            library.add([experts / "articles"])
    yield Set("covidqa-dev", MEASURES, lambda one: answered(libraries / "covidqa", one, asked))
    curated = [q for q in read_questions(EVAL / "questions" / "reviews.jsonl") if q.answerable][:count]
    with Library(libraries / "reviews") as library:
        build(library)
    yield Set("curated", MEASURES, lambda one: answered(libraries / "reviews", one, curated))
    pairs = drawn(data, medquad, SEED)
    filled(libraries / "medquad", pairs)
    yield Set("MedQuAD", ("Hit@1", "Hit@5", "MRR@10"), lambda one: documents(libraries / "medquad", one, pairs))


def answered(library: Path, configuration: Configuration, questions: Sequence[Question]) -> Values:
    """The measures of passages and sentences."""
    with Library(cut(library, configuration), ranking=configuration.ranking) as asked:
        known = {document.source: document for document in asked.documents()}
        return {
            one.id: [float(value) for value in measured(asked.retrieve(one.question), resolved(one, known))]
            for one in questions
        }


def cut(library: Path, configuration: Configuration) -> Path:
    """A library of the same documents in passages as the configuration says, made if missing."""
    if is_stored(configuration):
        return library
    with Library(library) as stored:
        return remade(stored, stored.encoder, configuration, library.with_name("cut"), silent)


def documents(library: Path, configuration: Configuration, pairs: Sequence[Pair]) -> Values:
    """Whether the wanted document is first, among the first five, and its reciprocal rank among ten."""
    values = {}
    with Library(cut(library, configuration), ranking=configuration.ranking) as asked:
        found, _ = run(asked, pairs)
    for pair in pairs:
        sources = list(found[pair.number])
        rank = sources.index(pair.source) + 1 if pair.source in sources else None
        values[pair.number] = [float(rank == 1), float(rank is not None and rank <= 5), 1 / rank if rank else 0.0]
    return values


def table(chosen: Set, configurations: Sequence[Configuration]) -> str:
    lines: list[str] = []
    first: Values | None = None
    for one in track(configurations, chosen.name, console=Console(stderr=True)):
        values = chosen.run(one)
        first = first or values
        cells = [cell(values, first, column) for column in range(len(chosen.measures))]
        lines.append(f"| {one.name} | {' | '.join(cells)} |")
    head = f"| {chosen.name}, {len(first or {})} questions | {' | '.join(chosen.measures)} |"
    return "\n".join(["", head, "|---" * (len(chosen.measures) + 1) + "|", *lines])


def cell(values: Values, first: Values, column: int) -> str:
    mean = statistics.mean(found[column] for found in values.values())
    differences = [values[number][column] - first[number][column] for number in first]
    differs = values is not first and randomisation_test(differences, SEED) < 0.05
    return f"{mean:.3f}{'*' if differs else ''}"


if __name__ == "__main__":
    main()
