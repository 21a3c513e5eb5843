"""Measure retrieval on consumer health questions: does the fusion beat its parts there too?

    python -m eval.benchmarks.answers.medquad DATA [--library DIR] [--questions 1000] [--seed 7] [--configurations TOML]

DATA holds ``medquad/pairs.jsonl.gz``. Draws --questions at random; the reader was trained on none of them. The
documents are the answers to them; no document holds a question's text. Documents are ranked by their best passage.
Prints nDCG@10, MRR@10, and the share found first and among the first five, for each configuration. Also prints how the
first configuration differs from each other one, with p (randomisation test, two-sided, not corrected). The library
given with --library is made if missing, and kept.
"""

import argparse
import gzip
import hashlib
import json
import random
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import ir_measures
from ir_measures import RR, Success, nDCG

from eval.places import EVAL
from qa.evaluation.configurations import Configuration, read_configurations
from qa.evaluation.statistics import randomisation_test
from qa.library import Library

CONFIGURATIONS = EVAL / "configs" / "configurations.toml"
MEASURES = (nDCG @ 10, RR @ 10, Success @ 1, Success @ 5)
PASSAGES = 50
"""Passages read to find ten documents."""


@dataclass(frozen=True)
class Pair:
    """A question and the name of its answer's file. The same answer has the same name."""

    number: str
    question: str
    answer: str

    @property
    def source(self) -> str:
        return f"{hashlib.sha256(self.answer.encode()).hexdigest()[:16]}.txt"


def drawn(data: Path, count: int, seed: int) -> list[Pair]:
    """This many random pairs that have an answer."""
    with gzip.open(data / "medquad" / "pairs.jsonl.gz", "rt", encoding="utf-8") as lines:
        entries = [entry for entry in map(json.loads, lines) if (entry["answer"] or "").strip()]
    return [Pair(e["id"], e["question"], e["answer"]) for e in random.Random(seed).sample(entries, count)]


def filled(folder: Path, pairs: Sequence[Pair]) -> None:
    """Make the library of the answers, unless it exists."""
    with Library(folder) as library, tempfile.TemporaryDirectory() as texts:
        if not library.documents():
            for pair in pairs:
                Path(texts, pair.source).write_text(pair.answer, "utf-8")
            library.add([Path(texts)])
        kept = {document.source for document in library.documents()}
        if kept != {pair.source for pair in pairs}:
            raise SystemExit(
                f"{folder} holds other documents than the answers to these questions; name another folder."
            )


def run(library: Library, pairs: Sequence[Pair]) -> tuple[dict[str, dict[str, float]], float]:
    """The ten best documents of each question, and the median seconds of a question."""
    found, seconds = {}, []
    for pair in pairs:
        began = time.perf_counter()
        hits = library.search(pair.question, k=PASSAGES)
        seconds.append(time.perf_counter() - began)
        sources = list(dict.fromkeys(hit.source for hit in hits))[:10]
        found[pair.number] = {source: 10.0 - rank for rank, source in enumerate(sources)}
    return found, statistics.median(seconds)


def rankings(path: Path) -> list[Configuration]:
    """The configurations with different rankings. Nothing is refused here."""
    chosen: list[Configuration] = []
    for one in read_configurations(path):
        if all(one.ranking != other.ranking for other in chosen):
            chosen.append(one)
    return chosen


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--library", type=Path)
    parser.add_argument("--questions", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--configurations", type=Path, default=CONFIGURATIONS)
    arguments = parser.parse_args()
    pairs = drawn(arguments.data, arguments.questions, arguments.seed)
    qrels = {pair.number: {pair.source: 1} for pair in pairs}
    values: dict[str, dict[str, list[float]]] = {}
    print(f"| {len(pairs):,} questions | {' | '.join(map(str, MEASURES))} | median, ms |")
    print("|---" * (len(MEASURES) + 2) + "|")
    with tempfile.TemporaryDirectory() as made:
        folder = arguments.library or Path(made)
        filled(folder, pairs)
        for configuration in rankings(arguments.configurations):
            with Library(folder, ranking=configuration.ranking) as library:
                found, median = run(library, pairs)
            scored = {(m.query_id, m.measure): m.value for m in ir_measures.iter_calc(MEASURES, qrels, found)}
            values[configuration.name] = {
                str(measure): [scored[pair.number, measure] for pair in pairs] for measure in MEASURES
            }
            means = [f"{statistics.mean(values[configuration.name][str(measure)]):.3f}" for measure in MEASURES]
            print(f"| {configuration.name} | {' | '.join(means)} | {1000 * median:.0f} |", flush=True)
    (first, *others) = values
    for other in others:
        for measure in map(str, MEASURES[:2]):
            differences = [a - b for a, b in zip(values[first][measure], values[other][measure], strict=True)]
            p = randomisation_test(differences, arguments.seed)
            print(f"{measure}: {first} less {other} {statistics.mean(differences):+.3f}, p {p:.4f}")


if __name__ == "__main__":
    main()
