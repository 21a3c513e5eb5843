"""Measure a question in small and large libraries: times, memory, and how they grow.

    python -m eval.benchmarks.speed.scale ARTICLES [--passages 2000 20000] [--questions 40] [--folder FOLDER]

Makes a library of each size from the sentences of real articles (a folder of files, such as those of covidqa-dev). A
passage is three to five random sentences. The vectors are synthetic: each sentence has the model's vector of one of
some sentences plus noise, and each passage the mean of its sentences' vectors plus noise. Each library is asked warm in
its own process. Prints for each size: the processor time to open the library and to answer the first question; for the
others the median and 95th percentile of processor and wall time; the memory; how many of the ten nearest passages dense
search finds (against an exact 64-bit search); and the time of each part. Last it prints how the median grows with the
passages, as an exponent. Libraries that exist in FOLDER are used as they are.
"""

import argparse
import heapq
import json
import math
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

import qa
from qa.indexing.embedding import model_of
from qa.indexing.finding import find_files
from qa.models.encoders import OnnxEncoder, Vectors
from qa.readers.blocks import Block, assemble
from qa.readers.files import document_of, load
from qa.records import Passage
from qa.stores.base import Entry
from qa.stores.local import rows
from qa.stores.local.schema import DATABASE
from qa.stores.local.store import LocalStore
from qa.text.sentences import split_sentences
from qa.text.terms import terms

PER_DOCUMENT = 100
ENCODED = 200
"""Sentences that the model encodes."""
NOISE = 0.6
"""Length of the noise added to a vector of length 1."""
SEED = 20_261_130
NEAREST = 10
AT_A_TIME = 20_000
"""Vectors compared at a time in the exact search."""
HEADS = (
    *("passages", "opened in s", "first in s", "ms of processor, p50", "p95"),
    *("ms, p50", "p95", "MB", "recall@10", "MB on disk"),
)
WHOLES = ("opening", "processor", "wall", "memory", "recall")
"""The measures of a question that are not its parts."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=Path)
    parser.add_argument("--passages", type=int, nargs="+", default=[2_000, 20_000])
    parser.add_argument("--questions", type=int, default=40)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--ask", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.ask:
        print(json.dumps(asked(given.ask, questions(given.articles, given.questions))))
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        measured = {}
        print(f"| {' | '.join(HEADS)} |\n{'|---' * len(HEADS)}|", flush=True)
        for passages in given.passages:
            library = folder / str(passages)
            if not library.exists():
                make(library, passages, sentences(given.articles))
            own = ["-m", __spec__.name, str(given.articles), "--ask", str(library), "--questions", str(given.questions)]
            done = subprocess.run([sys.executable, *own], capture_output=True, text=True)
            if done.returncode:
                sys.exit(done.stderr)
            figures = measured[passages] = json.loads(done.stdout)
            print(f"| {passages:,} | {row(figures)} | {on_disk(library) >> 20} |", flush=True)
        report(measured)


def row(figures: dict[str, list[float]]) -> str:
    cpu, wall = figures["processor"], figures["wall"]
    told = [np.percentile(taken, at) for taken in (cpu, wall) for at in (50, 95)]
    opened, first = figures["opening"]
    return (
        f"{opened:.2f} | {first:.2f} | {' | '.join(f'{one * 1000:.0f}' for one in told)} | {figures['memory'][0]:.0f}"
        f" | {np.mean(figures['recall']):.3f}"
    )


def report(measured: dict[int, dict[str, list[float]]]) -> None:
    parts = [name for name in measured[max(measured)] if name not in WHOLES]
    print("\n| ms of processor, median of | " + " | ".join(f"{passages:,}" for passages in measured) + " |")
    print("|---|" + "---|" * len(measured))
    for name in parts:
        medians = [np.median(figures[name]) * 1000 for figures in measured.values()]
        print(f"| {name} | " + " | ".join(f"{one:.1f}" for one in medians) + " |")
    least, most = min(measured), max(measured)
    if least < most:
        growth = np.median(measured[most]["processor"]) / np.median(measured[least]["processor"])
        print(f"\nThe median grows as the passages to the power of {math.log(growth) / math.log(most / least):.2f}.")


def on_disk(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


# ---------------------------------------------------------------- the library


def sentences(articles: Path) -> list[str]:
    """The sentences of all articles, each once, in random order."""
    found: dict[str, None] = {}
    for file in find_files([articles]):
        text = document_of(load(file)).text
        found |= dict.fromkeys(text[start:end] for start, end in split_sentences(text) if 40 <= end - start <= 300)
    drawn = list(found)
    random.Random(SEED).shuffle(drawn)
    return drawn


def make(folder: Path, passages: int, pool: list[str]) -> None:
    """Make a library of that many passages from the sentences of the pool."""
    encoder, chance = OnnxEncoder(), np.random.default_rng(SEED)
    known = encoder.encode(pool[:ENCODED])
    store = LocalStore.create(folder, model_of(encoder))
    with patch.object(rows, "terms", prepared_terms(pool)), closing(store), store.writer(10):
        for number, count in enumerate(parted(passages)):
            store.put(f"/{number}", str(number), entry(number, count, pool, known, chance))


def prepared_terms(pool: list[str]) -> Callable[[str], list[str]]:
    """``terms``, with the terms of the pool's sentences computed before."""
    prepared = {sentence: terms(sentence) for sentence in pool}

    def known_terms(text: str) -> list[str]:
        return [term for one in text.split("\n") for term in (prepared.get(one) or terms(one))]

    return known_terms


def parted(passages: int) -> Iterator[int]:
    for start in range(0, passages, PER_DOCUMENT):
        yield min(PER_DOCUMENT, passages - start)


def entry(number: int, count: int, pool: list[str], known: Vectors, chance: np.random.Generator) -> Entry:
    """A document of ``count`` passages."""
    places = [chance.integers(0, len(pool), chance.integers(3, 6)).tolist() for _ in range(count)]
    title = f"{pool[chance.integers(len(pool))][:60]} ({number})"
    blocks = [Block("\n".join(pool[place] for place in one)) for one in places]
    document = assemble(blocks, source=f"{number}.txt", data=b"", metadata={"title": title})
    spans, passages, at = list[tuple[int, int]](), list[Passage](), 0
    for one in places:
        first = at = document.text.index(pool[one[0]], at)
        for place in one:
            at = document.text.index(pool[place], at)
            spans.append((at, at + len(pool[place])))
            at += len(pool[place])
        passages.append(Passage(document.doc_id, first, at, "", None))
    of_sentences = noisy(known[[place % len(known) for one in places for place in one]], chance)
    starts = np.cumsum([0, *map(len, places[:-1])])
    of_passages = noisy(unit(np.add.reduceat(of_sentences, starts)), chance)
    return Entry(document, passages, of_passages, spans, of_sentences)


def noisy(vectors: Vectors, chance: np.random.Generator) -> Vectors:
    noise = chance.standard_normal(vectors.shape, np.float32) / np.float32(math.sqrt(vectors.shape[1]))
    return unit(vectors + np.float32(NOISE) * noise)


def unit(vectors: Vectors) -> Vectors:
    scaled: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return scaled


# ---------------------------------------------------------------- the questions


def questions(articles: Path, count: int) -> list[str]:
    """The first questions of the set beside the articles; without a set, sentences turned into questions."""
    file = articles.parent / "questions.jsonl"
    if file.exists():
        lines = file.read_text("utf-8").splitlines()
        asked = [json.loads(line)["question"] for line in lines]
        return asked[:: max(1, len(asked) // count)][:count]
    return [f"What about {sentence[:80]}?" for sentence in sentences(articles)[:count]]


def asked(folder: Path, questions: list[str]) -> dict[str, list[float]]:
    """Seconds of each question (processor, wall, parts), and the memory in MB at the end."""
    taken: dict[str, list[float]] = {"processor": [], "wall": []}
    parts = {
        "encoding": "qa.models.encoders.OnnxEncoder.encode_question",
        "dense leg": "qa.stores.local.index.LocalIndex.search_dense",
        "lexical leg": "qa.stores.local.index.LocalIndex.search_lexical",
        "lexical scores of the dense": "qa.stores.local.index.LocalIndex.score_lexical",
        "frequencies": "qa.stores.local.index.LocalIndex.document_frequencies",
        "loading passages": "qa.stores.local.index.LocalIndex.load",
        "loading documents": "qa.stores.local.store.LocalStore.document",
        "reading the first passages": "qa.retrieval.retriever.judged",
        "answering": "qa.answering.answer.Answerer.answer",
    }
    began = time.process_time()
    with qa.open(folder) as library:
        taken["opening"] = [time.process_time() - began]
        library.ask(questions[0])
        taken["opening"].append(time.process_time() - began - taken["opening"][0])
        for question in questions:
            spent = dict.fromkeys(parts, 0.0)
            with timed(parts, spent):
                began, started = time.process_time(), time.perf_counter()
                library.ask(question)
                taken["processor"].append(time.process_time() - began)
                taken["wall"].append(time.perf_counter() - started)
            for name, seconds in spent.items():
                taken.setdefault(name, []).append(seconds)
    taken["memory"] = [resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]
    taken["recall"] = recalls(folder, np.stack([OnnxEncoder().encode_question(question) for question in questions]))
    return taken


def recalls(folder: Path, vectors: Vectors) -> list[float]:
    """The share of each vector's nearest passages that dense search finds."""
    with closing(LocalStore(folder)) as store:
        found = [set(store.index.search_dense(vector, NEAREST)) for vector in vectors]
    return [len(ours & right) / len(right) for ours, right in zip(found, nearest(folder, vectors), strict=True)]


def nearest(folder: Path, vectors: Vectors) -> list[set[int]]:
    """The rows of the passages nearest to each vector, by exact search."""
    best: list[list[tuple[float, int]]] = [[] for _ in vectors]
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        stored = connection.execute("SELECT row, vector FROM passages")
        while several := stored.fetchmany(AT_A_TIME):
            rows = [row for row, _ in several]
            held = np.frombuffer(b"".join(blob for _, blob in several), "<f4").reshape(len(rows), -1).astype(np.float64)
            for place, cosines in enumerate(vectors.astype(np.float64) @ held.T):
                best[place] = heapq.nlargest(NEAREST, [*best[place], *zip(cosines.tolist(), rows, strict=True)])
    return [{row for _, row in rows} for rows in best]


class timed:  # used as a context manager
    """Adds to ``spent`` the processor seconds of these functions within the block."""

    def __init__(self, parts: dict[str, str], spent: dict[str, float]) -> None:
        self._patches = [self._patch(name, place, spent) for name, place in parts.items()]

    def _patch(self, name: str, place: str, spent: dict[str, float]) -> Any:
        import pkgutil

        whole = pkgutil.resolve_name(place)

        def counted(*given: object, **named: object) -> object:
            began = time.process_time()
            try:
                return whole(*given, **named)
            finally:
                spent[name] += time.process_time() - began

        return patch(place, counted)

    def __enter__(self) -> None:
        for one in self._patches:
            one.start()

    def __exit__(self, *error: object) -> None:
        for one in self._patches:
            one.stop()


if __name__ == "__main__":
    main()
