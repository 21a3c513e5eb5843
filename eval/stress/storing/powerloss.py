"""Cut the power at every flush of the disk, and look at what the disk then holds.

    python -m eval.stress.storing.powerloss [--changes 12] [--subsets 3] [--every 1] [--seed 7]

A worker changes a library on an ext4 over a disk that records every write and flush (``disk.py``). At each flush the
power is cut: with nothing written since the last flush, with all of it, and with random parts of it, page by page, in
any order, as a caching disk may leave it. Each such disk is mounted, which plays back ext4's journal, and the library
is opened. It must hold all that was acknowledged before the next flush, whole, with or without the change under way.
Prints the counts. Exit status 1 if anything was lost. Needs root, loop devices and FUSE.
"""

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from eval.stress.storing.changes import Change, Kept, Tally, examine, found, model, numbers, some_change, tell
from eval.stress.storing.disk import PAGE, Disk, Write, formatted, mounted, replayed
from qa.stores.local.store import LocalStore

DISK_BYTES = 24 << 20


def work(folder: Path, seed: int) -> None:
    """Make one change for each input line."""
    chance = random.Random(seed)
    with closing(LocalStore.create(folder, model())) as store, store.writer(10):
        kept, number = found(store), numbers(seed)
        for _ in sys.stdin:
            kept = tell(some_change(chance, kept, next(number)), store, kept)


@dataclass
class Told:
    """The changes in order, each with the length of the disk's record when it was acknowledged."""

    changes: list[tuple[Change, int]] = field(default_factory=list)

    def before(self, place: int) -> tuple[Kept, Change | None]:
        """The content acknowledged before a place of the record, and the next change."""
        kept = Kept()
        for change, length in self.changes:
            if length > place:
                return kept, change
            kept = kept.after(change)
        return kept, None


def recorded(folder: Path, changes: int, seed: int) -> tuple[Disk, Told]:
    """Let the worker change a library on a recording disk."""
    disk, told = Disk(formatted(folder, DISK_BYTES)), Told()
    with mounted(disk, folder) as place:
        command = [sys.executable, "-m", __spec__.name, "--worker", str(place / "library"), "--seed", str(seed)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as worker:
            assert worker.stdin is not None
            assert worker.stdout is not None
            tally = Tally()
            for _ in range(changes):
                print(file=worker.stdin, flush=True)
                pending = tally.hear([worker.stdout.readline()])
                assert pending, "the worker failed"
                tally.hear([worker.stdout.readline()])
                told.changes.append((pending, len(disk.record)))
            worker.stdin.close()
        length = len(disk.record)
    del disk.record[length:]
    return disk, told


def cuts(disk: Disk, every: int, subsets: int, chance: random.Random) -> Iterator[tuple[int, bytes]]:
    """The disks that a cut between two flushes may leave, each with the place of the second flush."""
    image, since, number = bytearray(disk.first), list[Write](), 0
    for place, write in enumerate([*disk.record, None]):
        if write is not None:
            since += _pages(write)
            continue
        if since and number % every == 0:
            yield place, bytes(image)
            for share in [1.0, *[0.5] * subsets]:
                chosen = [page for page in since if share == 1.0 or chance.random() < share]
                yield place, _written(image, chosen)
        number += bool(since)
        image = bytearray(_written(image, since))
        since.clear()


def _pages(write: Write) -> list[Write]:
    offset, data = write
    return [(offset + start, data[start : start + PAGE]) for start in range(0, len(data), PAGE)]


def _written(image: bytearray, writes: list[Write]) -> bytes:
    after = bytearray(image)
    for offset, data in writes:
        after[offset : offset + len(data)] = data
    return bytes(after)


def can_record() -> str | None:
    """Why it cannot be done here, None if it can be."""
    if not (hasattr(os, "geteuid") and os.geteuid() == 0):
        return "root is needed"
    for needed in ("/dev/fuse", "/dev/loop-control"):
        if not Path(needed).exists():
            return f"there is no {needed}"
    if not shutil.which("mkfs.ext4"):
        return "there is no mkfs.ext4"
    with tempfile.TemporaryDirectory() as temporary:
        try:
            with mounted(Disk(formatted(Path(temporary), DISK_BYTES)), Path(temporary)):
                return None
        except OSError as error:
            return str(error)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--changes", type=int, default=12)
    parser.add_argument("--subsets", type=int, default=3)
    parser.add_argument("--every", type=int, default=1, help="only every n-th flush")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--worker", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.worker:
        work(arguments.worker, arguments.seed)
        return 0
    if why := can_record():
        print(f"skipped: {why}")
        return 0
    chance, tested, lost, unopened = random.Random(arguments.seed), 0, list[str](), 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        disk, told = recorded(folder, arguments.changes, arguments.seed)
        flushes = disk.record.count(None)
        for place, image in cuts(disk, arguments.every, arguments.subsets, chance):
            tested += 1
            kept, pending = told.before(place)
            tally = Tally(kept=kept)
            with replayed(image, folder) as there:
                if kept.files and not LocalStore.exists(there / "library"):
                    tally.problems.append("there is no library in the file system")
                examine(there / "library", pending, tally)
            lost += [f"cut before flush {place}: {problem}" for problem in tally.problems]
            unopened += any("Error" in problem for problem in tally.problems)
    writes = len(disk.record) - flushes
    print(f"{len(told.changes)} changes acknowledged over {writes} writes and {flushes} flushes of the disk")
    print(
        f"{tested} cuts tested: {len(lost)} acknowledged changes lost or not whole, {unopened} libraries did not open"
    )
    for problem in lost[:10]:
        print(f"    {problem}")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
