"""Measure the cost of adding one file to a large library, and the time to open that library.

    python -m eval.benchmarks.speed.incremental [--passages 10000]

Adds one file in turn to an empty library and to one of that many passages. Prints the texts embedded and the median
times, then the time to open the large library and search it. Vectors are hashes of words, so the time is that of
reading and storing; a model adds the same to both.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from eval.stress.storing.changes import HashEncoder, fill, model
from qa.library import Library
from qa.models.encoders import Vectors
from qa.stores.local.store import LocalStore

TIMES = 9
SENTENCE = "Receptor {n} of cell {i} binds interleukin {n} in the tumor and its dose limits what it does there."


class CountingEncoder(HashEncoder):
    """Counts the texts that it is given."""

    def __init__(self) -> None:
        super().__init__()
        self.encoded = 0

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.encoded += len(texts)
        return super().encode(texts)


def filled(folder: Path, passages: int) -> None:
    with closing(LocalStore.create(folder, model())) as store, store.writer(10):
        fill(store, passages)


def add_one(folder: Path, file: Path) -> tuple[float, int]:
    """Seconds to add the file, and texts embedded; the file is removed afterwards."""
    encoder = CountingEncoder()
    with Library(folder, encoder=encoder) as library:
        began = time.perf_counter()
        library.add([file])
        took = time.perf_counter() - began
        library.remove(file.name)
    return took, encoder.encoded


def opened(folder: Path) -> float:
    """Seconds to open the library and answer the first search."""
    began = time.perf_counter()
    with Library(folder, encoder=HashEncoder()) as library:
        library.search("interleukin receptor")
        return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passages", type=int, default=10_000)
    passages = parser.parse_args().passages
    with tempfile.TemporaryDirectory() as folder:
        small, large = Path(folder, "small"), Path(folder, "large")
        filled(small, 1)
        filled(large, passages)
        times: dict[Path, list[float]] = {small: [], large: []}
        for n in range(TIMES):
            file = Path(folder, f"one-more-{n}.txt")
            file.write_text(" ".join(SENTENCE.format(n=n, i=i) for i in range(200)))
            for library, taken in times.items():
                took, embedded = add_one(library, file)
                taken.append(took)
                print(f"{library.name:6} {took * 1000:6.0f} ms, {embedded} texts embedded")
        ratio = statistics.median(b / a for a, b in zip(times[small], times[large], strict=True))
        print(
            f"median {statistics.median(times[large]) * 1000:.0f} ms at {passages:,} passages, "
            f"{ratio:.2f} times that of an empty library"
        )
        print(f"opened and searched at {passages:,} passages in {opened(large):.2f} s")


if __name__ == "__main__":
    main()
