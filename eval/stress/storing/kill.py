"""Kill a process that changes a library, at random moments, and look at what is left.

    python -m eval.stress.storing.kill [--kills 1000] [--seed 7] [--passages 0]

A worker adds, replaces, links and removes documents, and writes snapshots. It tells each change before it begins and
after it returned. SIGKILL ends it after a random time and another worker takes over. After every kill the library is
opened again. It must hold exactly what was acknowledged, with or without the one change under way: no document lost,
none in part, and every vector found by dense search. With ``--passages`` the library also holds that many unchanged
passages, and every other worker finds no snapshot, so that it is killed while it writes one. Prints the counts and the
slowest opening with a first search. Exit status 1 if anything was lost.
"""

import argparse
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from eval.stress.storing.changes import Tally, examine, fill, found, model, numbers, some_change, tell
from qa.stores.local.snapshots import SNAPSHOTS
from qa.stores.local.store import LocalStore

LONGEST_LIFE_S = 0.4


def work(folder: Path, seed: int) -> None:
    """Change the library until killed."""
    chance = random.Random(seed)
    store = LocalStore.create(folder, model())
    with store.writer(10):
        kept = found(store)
        for number in numbers(seed):
            kept = tell(some_change(chance, kept, number), store, kept)


def kill_once(folder: Path, seed: int, chance: random.Random, tally: Tally) -> None:
    """Run and kill one worker, and examine what it leaves."""
    command = [sys.executable, "-m", __spec__.name, "--worker", str(folder), "--seed", str(seed)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        told = [worker.stdout.readline()]
        time.sleep(chance.random() * LONGEST_LIFE_S)
        worker.send_signal(signal.SIGKILL)
        told += worker.stdout.readlines()
    examine(folder, tally.hear(told), tally)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--passages", type=int, default=0)
    parser.add_argument("--worker", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.worker:
        work(arguments.worker, arguments.seed)
    chance, tally = random.Random(arguments.seed), Tally()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary, "library")
        if arguments.passages:
            with closing(LocalStore.create(folder, model())) as store, store.writer(10):
                fill(store, arguments.passages)
                tally.kept = found(store)
        for life in range(arguments.kills):
            if arguments.passages and life % 2:
                shutil.rmtree(folder / SNAPSHOTS, ignore_errors=True)
            kill_once(folder, arguments.seed + life, chance, tally)
        leftovers = [path.name for path in (folder / SNAPSHOTS).glob("*.tmp")]
    print(f"{arguments.kills} kills, {tally.acknowledged} changes acknowledged, {len(tally.problems)} problems")
    print(
        f"slowest opening {tally.slowest_s:.2f} s; {tally.rebuilt} unfinished snapshots rebuilt; "
        f"{len(leftovers)} temporary files left for the next snapshot"
    )
    for problem in tally.problems[:10]:
        print(problem)
    return 1 if tally.problems else 0


if __name__ == "__main__":
    sys.exit(main())
