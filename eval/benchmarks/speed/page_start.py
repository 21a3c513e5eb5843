"""Measure the processor time of server and browser from starting the chat page to its first paint.

    python -m eval.benchmarks.speed.page_start [--runs 3]

Makes a library of the built-in texts and starts the page once, so that all bytecode exists, as after a first use. Then
each run starts 'qa serve' anew, and a fresh Chromium opens the printed address. Prints medians: the server's processor
seconds until it printed its address and until the browser painted its first text (first-contentful-paint), Chromium's
until then, and the wall seconds. Needs Playwright, Chromium, and Linux, which tells the processor time of a process and
its children.
"""

import argparse
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from eval.places import ROOT
from eval.stress.page.browsing import WAIT_MS, chromium
from eval.stress.page.serving import QA, served

PAINTED = "() => performance.getEntriesByName('first-contentful-paint').length > 0"
TICKS = os.sysconf("SC_CLK_TCK")
PARENT, SPENT = 1, slice(11, 15)
"""Fields of ``/proc/PID/stat`` after the name (man 5 proc): the parent, and the times of it and its dead children."""
COLUMNS = ("the server until its address", "the server until the first paint", "Chromium until then", "s by the clock")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # bytecode is kept, as in an installation
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder, "library")
        subprocess.run([*QA, "add", str(ROOT / "corpus"), "--library", str(library)], check=True, capture_output=True)
        started(library)
        runs = [started(library) for _ in range(given.runs)]
    for name, taken in zip(COLUMNS, zip(*runs, strict=True), strict=True):
        print(f"{name}: {statistics.median(taken):.2f} (least {min(taken):.2f}, most {max(taken):.2f})")


def started(library: Path) -> tuple[float, float, float, float]:
    """The figures of one start, in the order of ``COLUMNS``."""
    began = time.perf_counter()
    with served(library) as server, chromium() as browser:
        until_address = computed(server.process.pid)
        before = computed(os.getpid()) - computed(server.process.pid)
        page = browser.new_page()
        page.goto(server.entrance, wait_until="commit")
        page.wait_for_function(PAINTED, timeout=WAIT_MS)
        until_paint, clock = computed(server.process.pid), time.perf_counter() - began
        browsing = computed(os.getpid()) - until_paint - before
    return until_address, until_paint, browsing, clock


def computed(pid: int) -> float:
    """Processor seconds of a process and its descendants, those that live or were waited for."""
    return sum(sum(map(int, fields[SPENT])) for fields in family(pid)) / TICKS


def family(pid: int) -> Iterator[list[str]]:
    """The fields of a process and of its descendants."""
    every = dict(filter(None, map(fields_of, Path("/proc").glob("[0-9]*"))))
    wanted = [pid]
    for one in wanted:
        wanted += [child for child, fields in every.items() if int(fields[PARENT]) == one]
    return (every[one] for one in wanted if one in every)


def fields_of(folder: Path) -> tuple[int, list[str]] | None:
    """A process id and its fields, None if it has ended."""
    try:
        return int(folder.name), (folder / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None


if __name__ == "__main__":
    main()
