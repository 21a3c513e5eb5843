"""Kill a process that changes a library, at random moments, and look at what is left.

    python eval/kill.py [--kills 1000] [--seed 7]

A worker adds, replaces and removes documents, and writes snapshots, telling each change before it begins and
after it returned. It is ended by SIGKILL after a random time and another takes over. After every kill the
library is opened again and must hold exactly what was acknowledged, with or without the one change that was under
way: no document lost, none in part, and every vector found by dense search. Vectors are hashes of words, so that no
model is needed. Prints the counts and the slowest opening; exit status 1 if anything was lost.
"""

import argparse
import itertools
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from qa.encoders import Vectors
from qa.ingest import embed
from qa.readers.blocks import Block, assemble
from qa.records import Document
from qa.stores import Entry
from qa.stores.database import Database
from qa.stores.local import DATABASE, LocalStore, Model
from qa.text import terms

DIMENSION = 64
PATHS = 40
LONGEST_LIFE_S = 0.4


class HashEncoder:
    """Counts a text's terms on axes chosen by their checksum, scaled to length 1."""

    name, sha256, dimension, max_tokens = "hash", "0" * 64, DIMENSION, 256

    def encode(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self.encode_question(text) for text in texts]) if texts else np.zeros((0, DIMENSION), "f4")

    def encode_question(self, question: str) -> Vectors:
        vector = np.zeros(DIMENSION, np.float32)
        for term in terms(question) or [""]:
            vector[zlib.crc32(term.encode()) % DIMENSION] += 1
        return vector / np.float32(np.linalg.norm(vector))

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]


MODEL = Model(HashEncoder.name, HashEncoder.sha256, DIMENSION)


def document(number: int) -> Document:
    """A document of its own for every number, of a length that depends on it."""
    sentences = [
        f"Interleukin {number} acts on receptor {number * 31 + i} of cell {i}." for i in range(number % 60 + 1)
    ]
    return assemble([Block(" ".join(sentences))], source=f"{number}.txt", data=b"", metadata={})


def entry(number: int) -> Entry:
    return embed(document(number), HashEncoder())


def work(folder: Path, seed: int) -> None:
    """Change the library until killed; a line before and after each change."""
    chance = random.Random(seed)
    store = LocalStore.create(folder, MODEL)
    with store.writer(10):
        for count in itertools.count():
            # A number is used once, so that no two paths ever hold the same document.
            path, number = f"/{chance.randrange(PATHS)}", seed * 10_000 + count
            removing = chance.random() < 0.3
            change = json.dumps([path, None if removing else number])
            made = None if removing else entry(number)
            print("begin", change, flush=True)
            if made is None:
                store.forget(path)
            else:
                store.put(path, str(number), made)
            store.settle()
            print("done", change, flush=True)


@dataclass
class Tally:
    """What was acknowledged, and what was found wrong."""

    kept: dict[str, int] = field(default_factory=dict)
    acknowledged: int = 0
    problems: list[str] = field(default_factory=list)
    slowest_s: float = 0.0


def kill_once(folder: Path, seed: int, chance: random.Random, tally: Tally) -> None:
    """One worker's life, and the state it leaves behind."""
    command = [sys.executable, __file__, "--worker", str(folder), "--seed", str(seed)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        told = [worker.stdout.readline()]
        time.sleep(chance.random() * LONGEST_LIFE_S)
        worker.send_signal(signal.SIGKILL)
        told += worker.stdout.readlines()
    pending = None
    for line in (line for line in told if line.endswith("\n")):
        kind, change = line.split(" ", 1)
        path, number = json.loads(change)
        pending = (path, number) if kind == "begin" else None
        if kind == "done":
            tally.acknowledged += 1
            _apply(tally.kept, path, number)
    _examine(folder, pending, tally)


def _apply(kept: dict[str, int], path: str, number: int | None) -> None:
    if number is None:
        kept.pop(path, None)
    else:
        kept[path] = number


def _examine(folder: Path, pending: tuple[str, int | None] | None, tally: Tally) -> None:
    began = time.monotonic()
    with closing(LocalStore(folder)) as store:
        store.search_dense(HashEncoder().encode_question("interleukin"), 10)
        tally.slowest_s = max(tally.slowest_s, time.monotonic() - began)
        found = {path: int(fingerprint) for path, fingerprint in store.fingerprints().items()}
        with_pending = dict(tally.kept)
        if pending:
            _apply(with_pending, *pending)
        if found not in (tally.kept, with_pending):
            tally.problems.append(f"expected {len(tally.kept)} files as acknowledged, found others: {found}")
        tally.kept = found
        for number in set(found.values()):
            tally.problems += _wrong(store, number)
    with closing(Database(folder / DATABASE)) as database:
        if database.execute("PRAGMA integrity_check") != [("ok",)]:
            tally.problems.append("the database fails its integrity check")


def _wrong(store: LocalStore, number: int) -> list[str]:
    """What is not as it was put of one document."""
    expected = entry(number)
    doc_id = expected.document.doc_id
    problems = []
    if store.document(doc_id) != expected.document:
        problems.append(f"document {number} has another text")
    scores = store.search_dense(expected.passage_vectors[0], 10**6, [doc_id])
    stored = store.load(scores)
    if [passage.passage for passage in stored] != list(expected.passages):
        problems.append(f"document {number} is there in part")
    vectors = np.stack([passage.vector for passage in stored]) if stored else np.zeros((0, DIMENSION))
    if not np.array_equal(vectors, expected.passage_vectors):
        problems.append(f"document {number} has other vectors")
    if len(store.search_lexical(["interleukin"], 10**6, [doc_id])) != len(expected.passages):
        problems.append(f"document {number} is not whole in the lexical index")
    return problems


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--worker", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.worker:
        work(arguments.worker, arguments.seed)
    chance, tally = random.Random(arguments.seed), Tally()
    with tempfile.TemporaryDirectory() as folder:
        for life in range(arguments.kills):
            kill_once(Path(folder, "library"), arguments.seed + life, chance, tally)
        leftovers = [path.name for path in Path(folder, "library", "snapshots").glob("*.tmp")]
    print(f"{arguments.kills} kills, {tally.acknowledged} changes acknowledged, {len(tally.problems)} problems")
    print(f"slowest opening {tally.slowest_s:.2f} s; {len(leftovers)} temporary files left for the next snapshot")
    for problem in tally.problems[:10]:
        print(problem)
    return 1 if tally.problems else 0


if __name__ == "__main__":
    sys.exit(main())
