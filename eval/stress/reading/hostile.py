"""Make hostile files and read each: it must end in a status, within the limits.

    python -m eval.stress.reading.hostile [--only WORD] [--quick] [--asking]

The files are made here: bombs, cycles, shared streams, deep nesting, expanding and external entities, wrong and mixed
formats, odd names, nothing and too much. Each is read as ``qa add`` reads it, in its own process. Prints each status
and its seconds. Exit status 1 if a file ended in anything but a reading or a named status, or took over a minute.
``--quick`` leaves out files meant to reach the processor time limit, and shortens those with many alike parts.
``--asking`` also asks a small library a question every tenth of a second in this process, and prints how long answers
take idle and under attack. ``--library`` names an existing one, to save making it.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from pathlib import Path

import qa
from eval.places import ROOT
from eval.stress.reading.hostile_files import cases
from qa.errors import ReadError
from qa.library import Library
from qa.readers.files import read

CORPUS = ROOT / "corpus"
QUESTIONS = ("What limits the use of high-dose IL-2?", "Does IL-15 reduce toxicity?", "What do interferons act on?")
EVERY_S = 0.1
SHORTEST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 5.0
LONGEST_S = 60.0


def status_of(path: Path) -> str:
    try:
        return f"ok, {len(read(path).text):,} characters"
    except ReadError as error:
        return error.status


def attack(paths: Sequence[Path]) -> float:
    """Read each file and print the result. Returns the seconds of the slowest."""
    slowest = 0.0
    for path in paths:
        began = time.monotonic()
        status = status_of(path)
        took = time.monotonic() - began
        slowest = max(slowest, took)
        print(f"{took:6.1f} s  {status:28} {path.name[:60]!a}", flush=True)
    return slowest


# ---------------------------------------------------------------- asking meanwhile


def asked(library: Library, phase: Callable[[], str]) -> dict[str, list[float]]:
    """Milliseconds by phase of questions asked every tenth of a second, until the phase is empty."""
    took: dict[str, list[float]] = {"idle": [], "under attack": []}
    for question in cycle(QUESTIONS):
        name, began = phase(), time.perf_counter()
        if not name:
            return took
        library.ask(question)
        took[name].append((time.perf_counter() - began) * 1000)
        time.sleep(max(0.0, EVERY_S - (time.perf_counter() - began)))
    return took


def attack_while_asking(paths: Sequence[Path], kept: Path | None) -> float:
    """Attack, with pauses, while another thread asks a library of three reviews. Prints how long its answers take."""
    phases, slowest = ["idle"], 0.0
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(1) as thread, qa.open(kept or folder) as library:
        thread.submit(library.add, [CORPUS]).result()  # a library belongs to the thread that uses it
        asking = thread.submit(asked, library, lambda: phases[-1])
        try:
            for path in paths:
                phases.append("under attack")
                took = attack([path])
                slowest = max(slowest, took)
                phases.append("idle")
                time.sleep(min(max(took, SHORTEST_PAUSE_S), LONGEST_PAUSE_S))  # so that changing load affects both
        finally:
            phases.append("")
        times = asking.result()
    for name, milliseconds in times.items():
        print(f"{name:12} {len(milliseconds):5} questions, {_latency(milliseconds)}")
    idle, attacked = times.values()
    ratios = (statistics.median(attacked) / statistics.median(idle), _p95(attacked) / _p95(idle))
    print(f"under attack an answer takes {ratios[0]:.2f} times as long in the median, {ratios[1]:.2f} times at the p95")
    return slowest


def _latency(times: Sequence[float]) -> str:
    return f"median {statistics.median(times):.0f} ms, p95 {_p95(times):.0f} ms, longest {max(times):.0f} ms"


def _p95(times: Sequence[float]) -> float:
    return statistics.quantiles(times, n=20, method="inclusive")[-1]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--asking", action="store_true")
    parser.add_argument("--library", type=Path)
    arguments = parser.parse_args()
    chosen = {name: make for name, make in cases(arguments.quick).items() if arguments.only in name}
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, name) for name in chosen]
        for path in paths:
            path.write_bytes(chosen[path.name]())
        slowest = attack_while_asking(paths, arguments.library) if arguments.asking else attack(paths)
    print(f"{len(chosen)} files, each with a reading or a named status; slowest {slowest:.1f} s")
    return 1 if slowest > LONGEST_S else 0


if __name__ == "__main__":
    sys.exit(main())
