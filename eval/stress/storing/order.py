"""Check by the system calls that everything is on disk before it is acknowledged. Part of ``faults.py``.

After a kill the system still writes what it held in memory, so kills cannot show a missing flush. The order of calls
can: a file is flushed before it is renamed, a folder before anything it replaces is deleted, and at each line that the
worker tells, no write or rename is left to flush. Run as a program, this is the worker.
"""

import random
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from eval.stress.storing.changes import found, model, numbers, some_change, tell
from eval.stress.storing.injection import traced
from qa.stores.local.store import LocalStore

CALLS = "write,pwrite64,ftruncate,fsync,fdatasync,rename,unlink"
ON_DESCRIPTOR = re.compile(r'(\w+)\(\d+<([^>]*)>(?:, "(\w*))?.* = (\d+)$')
ON_NAMES = re.compile(r'(rename|unlink)\("([^"]*)"(?:, "([^"]*)")?\) += 0$')
NEVER_KEPT = "-shm"
"""SQLite's memory shared between processes, remade whenever needed."""


def work(folder: Path, changes: int) -> None:
    chance, number = random.Random(changes), numbers(1)
    with closing(LocalStore.create(folder, model())) as store, store.writer(10):
        kept = found(store)
        for _ in range(changes):
            kept = tell(some_change(chance, kept, next(number)), store, kept)


class Lint:
    """Reads the calls in order and tracks what is not yet on disk."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.unflushed: set[str] = set()
        self.counts: Counter[str] = Counter()
        self.problems: list[str] = []

    def read(self, lines: Iterable[str]) -> None:
        for line in lines:
            if found := ON_DESCRIPTOR.search(line):
                self._on_descriptor(*found.groups(default=""))
            elif found := ON_NAMES.search(line):
                self._on_names(*found.groups(default=""))

    def _on_descriptor(self, call: str, path: str, text: str, _: str) -> None:
        if text in ("begin", "done"):
            self.counts[text] += 1
            self.problems += [f"{path} is not flushed when {text!r} is told" for path in sorted(self.unflushed)]
        elif not path.startswith(self.folder) or path.endswith(NEVER_KEPT):
            return
        elif call in ("fsync", "fdatasync"):
            self.counts["flush"] += 1
            self.unflushed.discard(path)
        else:
            self.unflushed.add(path)

    def _on_names(self, call: str, path: str, target: str) -> None:
        folder = str(Path(path).parent)
        if not path.startswith(self.folder):
            return
        self.counts[call] += 1
        if call == "rename":
            if path in self.unflushed:
                self.problems.append(f"{path} is renamed before it is flushed")
            self.unflushed.discard(path)
            self.unflushed.add(folder)
        elif folder in self.unflushed:
            self.problems.append(f"{path} is deleted before the rename in its folder is flushed")
        self.unflushed.discard(path)


def main(changes: int) -> bool:
    """Print the counts; whether there is no violation."""
    with tempfile.TemporaryDirectory() as temporary:
        folder, log = Path(temporary, "library"), Path(temporary, "log")
        ended = traced(["-e", f"trace={CALLS}"], [sys.executable, "-m", __spec__.name, str(folder), str(changes)], log)
        lint = Lint(str(folder))
        lint.read(log.read_text().splitlines())
    if lint.counts["done"] != changes or not lint.counts["rename"]:
        lint.problems.append(f"the worker ended with {ended.returncode} after {dict(lint.counts)}: {ended.stderr}")
    counts = lint.counts
    print(
        f"{counts['done']} changes acknowledged, {counts['flush']} flushes, {counts['rename']} renames, "
        f"{counts['unlink']} deletions, {len(lint.problems)} violations"
    )
    for problem in lint.problems[:5]:
        print(f"    {problem}")
    return not lint.problems


if __name__ == "__main__":
    work(Path(sys.argv[1]), int(sys.argv[2]))
