"""Measure storing many passages at once and in many steps, and then one more document.

    python -m eval.benchmarks.speed.steps ARTICLES [--passages 100000] [--steps 100]

Makes two libraries from the sentences of real articles, as ``scale.py`` does (synthetic vectors). One is filled in one
go, the other in many steps; after each step it is indexed and sealed as after 'qa add'. They take turns step by step,
so that other load on the machine affects both. Then one more document is put in turn into the large library and into an
empty one. Prints processor and wall seconds, and the ratios. Reading files and encoding are left out: they cost the
same in a small library and in a large one.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

import numpy as np

from eval.benchmarks.speed import scale
from qa.indexing.embedding import model_of
from qa.models.encoders import OnnxEncoder
from qa.stores.base import Entry, Model
from qa.stores.local import rows
from qa.stores.local.store import LocalStore

TIMES = 9
"""Documents added last, each into both libraries."""
MORE = 40
"""Passages of each added document, as in an article."""


class Spent(NamedTuple):
    """Wall and processor seconds, or ratios of each."""

    clock: float
    processor: float

    def __str__(self) -> str:
        return f"{self.processor:.2f} s of processor, {self.clock:.2f} by the clock"


class Sums:
    """Adds up the costs of blocks; ``parts`` has each."""

    def __init__(self) -> None:
        self.parts: list[Spent] = []

    def __enter__(self) -> None:
        self._began = time.perf_counter(), time.process_time()

    def __exit__(self, *error: object) -> None:
        clock, processor = self._began
        self.parts.append(Spent(time.perf_counter() - clock, time.process_time() - processor))

    @property
    def whole(self) -> Spent:
        return Spent(*map(sum, zip(*self.parts, strict=True)))

    @property
    def median(self) -> Spent:
        return Spent(*map(statistics.median, zip(*self.parts, strict=True)))


class Documents:
    """New documents from a pool of sentences."""

    def __init__(self, pool: list[str]) -> None:
        encoder, self._chance = OnnxEncoder(), np.random.default_rng(scale.SEED)
        self.model: Model = model_of(encoder)
        self._pool, self._known, self._made = pool, encoder.encode(pool[: scale.ENCODED]), 0

    def some(self, passages: int) -> Iterator[Entry]:
        """Documents with this many passages in all."""
        for count in scale.parted(passages):
            self._made += 1
            yield scale.entry(self._made, count, self._pool, self._known, self._chance)


def put(store: LocalStore, entries: Iterable[Entry]) -> None:
    for entry in entries:
        store.put(f"/{entry.document.source}", entry.document.doc_id, entry)


def both_ways(folder: Path, documents: Documents, passages: int, steps: int) -> tuple[Sums, Sums]:
    """The cost of one go and of the steps, each from an empty library."""
    one_go, stepped = Sums(), Sums()
    with (
        closing(LocalStore.create(folder / "one-go", documents.model)) as whole,
        closing(LocalStore.create(folder / "steps", documents.model)) as growing,
        whole.writer(10),
    ):
        for _ in range(steps):
            portion = list(documents.some(passages // steps))
            with one_go:
                put(whole, portion)
            with stepped, growing.writer(10):
                put(growing, portion)
        with one_go:
            whole.settle()
    return one_go, stepped


def one_more(large: LocalStore, small: LocalStore, documents: Documents) -> tuple[Sums, Sums]:
    """The cost of a document in a large library and in a small one."""
    into_large, into_small = Sums(), Sums()
    for _ in range(TIMES):
        portion = list(documents.some(MORE))
        for store, sums in ((large, into_large), (small, into_small)):
            with sums, store.writer(10):
                put(store, portion)
            with store.writer(10):
                for entry in portion:
                    store.delete(entry.document.doc_id)
    return into_large, into_small


def times(one: Spent, other: Spent) -> Spent:
    return Spent(one.clock / other.clock, one.processor / other.processor)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=Path)
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--steps", type=int, default=100)
    given = parser.parse_args()
    pool = scale.sentences(given.articles)
    documents = Documents(pool)
    with tempfile.TemporaryDirectory() as temporary, patch.object(rows, "terms", scale.prepared_terms(pool)):
        folder = Path(temporary)
        one_go, stepped = both_ways(folder, documents, given.passages, given.steps)
        print(f"{given.passages:,} passages in one go: {one_go.whole}")
        print(f"in {given.steps} steps: {stepped.whole}, {said(times(stepped.whole, one_go.whole))}", flush=True)
        with (
            closing(LocalStore.create(folder / "steps", documents.model)) as large,
            closing(LocalStore.create(folder / "empty", documents.model)) as small,
        ):
            into_large, into_small = one_more(large, small, documents)
    print(f"a document of {MORE} passages into an empty library: {into_small.median}")
    print(f"into the large one: {into_large.median}, {said(times(into_large.median, into_small.median))}")


def said(ratio: Spent) -> str:
    return f"{ratio.processor:.2f} times of processor, {ratio.clock:.2f} by the clock"


if __name__ == "__main__":
    main()
