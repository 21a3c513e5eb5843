"""Readers and writers of one library at once, each in its own process. Part of ``faults.py``.

Two writers wait for each other, an impatient one does not and is told, and readers ask all the time. Each change and
its generation are known from its writer, so each answer can be compared with the state that it names. An answer begun
after a change was acknowledged must know of it. Run as a program, this is any of the workers.
"""

import hashlib
import itertools
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from eval.stress.storing.changes import (
    EVERYTHING,
    Change,
    HashEncoder,
    Kept,
    Tally,
    document,
    entry,
    examine,
    found,
    make,
    model,
    numbers,
    some_change,
)
from qa.errors import LibraryLockedError
from qa.library import Library
from qa.records import Passage
from qa.stores.local.store import LocalStore

HELD_S = 0.5
"""How long the first writer works on once all others have started."""
PAUSE_S = 0.02
FIRST = Change("put", "/0", 1)
"""Made before anyone asks, as the first question to an empty library fills it."""
WORKERS = ("patient", "patient", "impatient", "reader", "reader", "asker", "asker")


def write(folder: Path, seed: int, stop: Path, wait_s: float) -> Iterator[dict[str, Any]]:
    """Make changes, each as the only writer; yield each with its generation."""
    chance = random.Random(seed)
    if wait_s:
        yield {"begun": True}
    with closing(LocalStore(folder)) as store:
        for number in itertools.takewhile(lambda _: not stop.exists(), numbers(seed)):
            began = time.monotonic()
            try:
                with store.writer(wait_s):
                    waited = time.monotonic() - began
                    kept = found(store)
                    change = some_change(chance, kept, number)
                    make(change, store, kept)
                    done = time.monotonic()
                    store.settle()
                    yield {"generation": store.generation, "change": change, "done": done, "waited": waited}
            except LibraryLockedError:
                yield {"locked": True}
            time.sleep(chance.random() * PAUSE_S)


def read(folder: Path, stop: Path) -> Iterator[dict[str, Any]]:
    """Read all content in one reading block."""
    question = HashEncoder().encode_question("interleukin receptor")
    with closing(LocalStore(folder)) as store:
        while not stop.exists():
            began = time.monotonic()
            with store.reading():
                generation, kept = store.generation, found(store)
                dense = store.index.search_dense(question, EVERYTHING)
                lexical = store.index.search_lexical(["interleukin"], EVERYTHING)
                stored = store.index.load(dense)
            exact = np.allclose([dense[passage.row] for passage in stored], [p.vector @ question for p in stored])
            yield {
                "generation": generation,
                "began": began,
                "files": kept.files,
                "passages": digest(passage.passage for passage in stored),
                "agree": lexical.keys() == dense.keys() and len(stored) == len(dense) and bool(exact),
            }


def ask(folder: Path, stop: Path) -> Iterator[dict[str, Any]]:
    """Ask as users do: in turn in a library that stays open, and in one opened for the question."""
    with Library(folder, encoder=HashEncoder()) as open_library:
        for number in itertools.takewhile(lambda _: not stop.exists(), itertools.count()):
            question = f"Which receptor of cell {number % 60} does interleukin {number} act on?"
            began = time.monotonic()
            if number % 2:
                answer = open_library.ask(question)
            else:
                with Library(folder, encoder=HashEncoder()) as new_library:
                    answer = new_library.ask(question)
            doc_ids = sorted({hit.passage.doc_id for hit in answer.hits})
            yield {"began": began, "library": answer.library, "doc_ids": doc_ids}


def digest(passages: Iterable[Passage]) -> str:
    return hashlib.sha256("\n".join(sorted(passage.passage_id for passage in passages)).encode()).hexdigest()


# ---------------------------------------------------------------- the comparison


def states(told: Iterable[dict[str, Any]], problems: list[str]) -> list[Kept]:
    """The library's content at each generation, from the changes in order."""
    kept = [Kept(), Kept().after(FIRST)]
    for line in sorted(told, key=lambda line: line["generation"]):
        if line["generation"] != len(kept):
            problems.append(f"generation {line['generation']} was made twice, or the one before by nobody")
            break
        kept.append(kept[-1].after(Change(*line["change"])))
    return kept


def mismatches(answer: dict[str, Any], kept: list[Kept]) -> Iterator[str]:
    """How an answer differs from the state that it names."""
    generation = answer["generation"] if "files" in answer else answer["library"]["generation"]
    state = kept[generation]
    passages = [passage for number in state.numbers for passage in entry(number).passages]
    if "files" in answer:
        if answer["files"] != state.files or answer["passages"] != digest(passages) or not answer["agree"]:
            yield f"a reading of generation {generation} is of another state"
        return
    if (answer["library"]["documents"], answer["library"]["passages"]) != (len(state.numbers), len(passages)):
        yield f"an answer of generation {generation} counts other documents"
    if not set(answer["doc_ids"]) <= {document(number).doc_id for number in state.numbers}:
        yield f"an answer of generation {generation} quotes what is not in it"


def stale(answers: Iterable[dict[str, Any]], changes: Iterable[dict[str, Any]]) -> int:
    """How many answers miss a change that was acknowledged before they began."""
    events = sorted(
        [(change["done"], change["generation"], True) for change in changes]
        + [(a["began"], a["generation"] if "files" in a else a["library"]["generation"], False) for a in answers]
    )
    newest = late = 0
    for _, generation, is_change in events:
        if is_change:
            newest = max(newest, generation)
        else:
            late += generation < newest
    return late


def main(seconds: float) -> bool:
    """Print the counts. Returns whether all answers were of one state and up to date."""
    problems: list[str] = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary, "library")
        told = _run_workers(folder, Path(temporary), seconds, problems)
        changes = [line for line in told if "change" in line]
        answers = [line for line in told if "began" in line]
        kept = states(changes, problems)
        if len(kept) == len(changes) + 2:
            problems += [problem for answer in answers for problem in mismatches(answer, kept)]
            tally = Tally(kept[-1])
            examine(folder, None, tally)
            problems += tally.problems
    late = stale(answers, changes)
    waits = sum(change["waited"] > HELD_S / 5 for change in changes)
    refusals = sum("locked" in line for line in told)
    print(
        f"{len(changes)} changes by three writers, {waits} after waiting, and {refusals} times one was told to; "
        f"{len(answers)} answers, {late} of them late; {len(problems)} problems"
    )
    for problem in problems[:5]:
        print(f"    {problem}")
    return not problems and not late and waits > 0 and refusals > 0 and len(answers) > 0


def _run_workers(folder: Path, outputs: Path, seconds: float, problems: list[str]) -> list[dict[str, Any]]:
    """Run the workers, at first against a lock. Returns all their lines."""
    stop, files = outputs / "stop", [outputs / f"{seed}.jsonl" for seed in range(1, len(WORKERS) + 1)]
    with closing(LocalStore.create(folder, model())) as store, store.writer(10):
        make(FIRST, store, Kept())
        workers = []
        for seed, (role, file) in enumerate(zip(WORKERS, files, strict=True), 1):
            with file.open("w") as output:
                command = [sys.executable, "-m", __spec__.name, role, str(folder), str(seed), str(stop)]
                workers.append(subprocess.Popen(command, stdout=output, stderr=subprocess.PIPE, text=True))
        while any(w.poll() is None and not file.stat().st_size for w, file in zip(workers, files, strict=True)):
            time.sleep(HELD_S / 10)
        time.sleep(HELD_S)
    time.sleep(seconds)
    stop.touch()
    for role, worker in zip(WORKERS, workers, strict=True):
        _, said = worker.communicate()
        if worker.returncode or said:
            problems.append(f"the {role} ended with {worker.returncode} and said {said[-500:]}")
    return [json.loads(line) for file in files for line in file.read_text().splitlines()]


def work(role: str, folder: Path, seed: int, stop: Path) -> None:
    ways = {
        "patient": lambda: write(folder, seed, stop, wait_s=60),
        "impatient": lambda: write(folder, seed, stop, wait_s=0),
        "reader": lambda: read(folder, stop),
        "asker": lambda: ask(folder, stop),
    }
    for line in ways[role]():
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    work(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
