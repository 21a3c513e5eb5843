"""Measure the cost of locking a reader in, and check that it reads the same.

    python -m eval.stress.reading.locked [FOLDER] [--repeat 40]

Prints what this system can keep from a reader and how long locking it in takes. Then reads a text of one sentence this
many times in its own process, in turn locked in and not, and prints both medians. With a FOLDER, also reads every file
in it both ways; exit status 1 if a file is read differently.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path

from eval.places import ROOT
from qa.readers import sandbox
from qa.readers.formats import suffixes
from qa.readers.isolation import DEFAULT_LIMITS

SENTENCE = b"Interleukin-2 is toxic at high doses, and this limits its use in the clinic.\n"
LOCKED = ["-P", "-m", "qa.readers.worker"]
UNLOCKED = ["-c", "import sys\nfrom qa.readers import worker\nworker.lock_in = int\nworker.main(*sys.argv[1:])"]

TIMED = [
    "-c",
    "import time\n"
    "from qa.readers import sandbox, worker\n"
    "from qa.readers.formats import format_of, reader_of\n"
    "reader_of(format_of(b'', '.txt'))\n"
    "begun = time.perf_counter()\n"
    "sandbox.enter()\n"
    "print(time.perf_counter() - begun)",
]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--repeat", type=int, default=40)
    arguments = parser.parse_args()
    print(sandbox.held())
    locked, unlocked = zip(*(timed() for _ in range(arguments.repeat)), strict=True)
    itself = tuple(float(run(TIMED, "", b"")) for _ in range(arguments.repeat))
    print(f"the lock itself: {median_ms(itself)} ms")
    print(f"a sentence: {median_ms(locked)} ms locked in, {median_ms(unlocked)} ms not, each {arguments.repeat} times")
    if arguments.folder is None:
        return 0
    paths = sorted(path for path in arguments.folder.rglob("*") if path.suffix.lower() in suffixes())
    other = [path for path in paths if parsed(LOCKED, path) != parsed(UNLOCKED, path)]
    print(f"{len(paths)} files, {len(other)} of them read otherwise", *other, sep="\n  ")
    return 1 if other else 0


def timed() -> tuple[float, float]:
    """Seconds to read the sentence, locked in and not."""
    begun = time.perf_counter()
    run(LOCKED, ".txt", SENTENCE)
    between = time.perf_counter()
    run(UNLOCKED, ".txt", SENTENCE)
    return between - begun, time.perf_counter() - between


def parsed(way: list[str], path: Path) -> bytes:
    return run(way, path.suffix.lower(), path.read_bytes())


def run(way: list[str], suffix: str, data: bytes) -> bytes:
    command = [sys.executable, *way, suffix, json.dumps(asdict(DEFAULT_LIMITS))]
    return subprocess.run(command, cwd=ROOT, input=data, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout


def median_ms(seconds: tuple[float, ...]) -> str:
    return f"{1000 * statistics.median(seconds):.1f}"


if __name__ == "__main__":
    sys.exit(main())
