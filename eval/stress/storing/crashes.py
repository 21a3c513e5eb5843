"""Kill a process at named points of a change to a library, and look at what is left. Part of ``faults.py``.

The worker watches its own calls with ``sys.setprofile``, so the library needs no hooks. At the call or return that a
point names, it ends itself by SIGKILL. A point that is never reached is a problem too: its code has changed. Run as a
program, this is the worker.
"""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from eval.stress.storing.changes import Change, Kept, Tally, examine, found, make, model, numbers, some_change, tell
from qa.stores.local.schema import DATABASE
from qa.stores.local.seal import SEAL
from qa.stores.local.store import LocalStore

KINDS = ("put", "link", "forget", "delete", "reembed")
FILES = {"copy": "*.copy", "index": "*.faiss", "manifest": "MANIFEST.json", "seal": SEAL}
ATTEMPTS = 200
"""The most changes until a point must be reached; a snapshot is written every few."""

Locals = Mapping[str, Any]


@dataclass(frozen=True)
class Point:
    """``event`` and ``function`` are as ``sys.setprofile`` gives them; ``within`` must be running."""

    change: str
    event: str
    function: str
    within: str = ""
    when: Callable[[Locals], bool] = lambda _: True
    half_written: bool = False


def _commits(values: Locals) -> bool:
    return bool(values["sql"] == "COMMIT")


def _points() -> Iterator[tuple[str, Point]]:
    yield "making: lock held", Point("create", "call", "create_database")
    yield "making: database half made", Point("create", "c_call", "Connection.executemany", "create_database")
    yield "making: database before rename", Point("create", "c_call", "replace", "create_database")
    yield "making: database after rename", Point("create", "c_return", "replace", "create_database")
    for kind in KINDS:
        yield f"{kind}: lock held", Point(kind, "call", "Database.writing")
        yield f"{kind}: before commit", Point(kind, "call", "Database.execute", when=_commits)
        yield f"{kind}: after commit", Point(kind, "return", "Database.execute", when=_commits)
    yield "put: old text gone, new not there", Point("put", "call", "insert")
    yield "put: passages without sentences", Point("put", "call", "_insert_sentences")
    yield "reembed: some documents done", Point("reembed", "return", "insert")
    yield "reembed: some copies written", Point("reembed", "return", "Copies.write")
    for file, pattern in FILES.items():

        def is_this(values: Locals, pattern: str = pattern) -> bool:
            return bool(values["path"].match(pattern))

        yield f"{file}: temporary file opened", Point("put", "c_return", "open", "write_whole", is_this)
        yield f"{file}: half written", Point("put", "c_call", "BufferedWriter.write", "write_whole", is_this, True)
        yield f"{file}: before fsync", Point("put", "c_call", "fsync", "write_whole", is_this)
        yield f"{file}: after fsync", Point("put", "c_return", "fsync", "write_whole", is_this)
        yield f"{file}: after rename", Point("put", "c_return", "replace", "write_whole", is_this)
        yield f"{file}: folder synced", Point("put", "return", "put_in_place", "write_whole", is_this)
    yield "seal: before it is broken", Point("put", "c_call", "unlink", "remove")
    yield "seal: after it is broken", Point("put", "c_return", "unlink", "remove")
    yield "delete: before the copy goes", Point("delete", "c_call", "unlink", "record")
    yield "delete: after the copy went", Point("delete", "c_return", "unlink", "record")
    yield "settling: before the log is emptied", Point("put", "call", "Database.checkpoint")
    yield "settling: after the log was emptied", Point("put", "return", "Database.checkpoint")
    yield "mending: new database half made", Point("mend", "return", "insert")
    yield "mending: before it is put in place", Point("mend", "call", "_put_in_place")
    yield "mending: old log removed", Point("mend", "c_return", "unlink", "_put_in_place")
    yield "mending: new database in place", Point("mend", "c_return", "replace", "_put_in_place")
    yield "mending: before it is sealed", Point("mend", "call", "write")
    yield "old index: before deletion", Point("put", "c_call", "unlink", "save")
    yield "old index: after deletion", Point("put", "c_return", "unlink", "save")


POINTS = dict(_points())


def watch(point: Point) -> None:
    """End this process by SIGKILL once it reaches the point."""

    def on_event(frame: FrameType, event: str, called: Any) -> None:
        if event != point.event:
            return
        function = called.__qualname__ if event.startswith("c_") else frame.f_code.co_qualname
        if function != point.function:
            return
        outer: FrameType | None = frame
        while point.within and outer is not None and outer.f_code.co_name != point.within:
            outer = outer.f_back
        if outer is None or not point.when(outer.f_locals):
            return
        if point.half_written:
            os.write(outer.f_locals["stream"].fileno(), outer.f_locals["data"][: len(outer.f_locals["data"]) // 2])
        os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(on_event)


def work(folder: Path, name: str, seed: int) -> None:
    """Make some random changes, then changes of the point's kind until the point is reached."""
    point, chance, number = POINTS[name], random.Random(seed), numbers(seed)
    if point.change == "create":
        watch(point)
    store = LocalStore.create(folder, model())
    if point.change == "create":
        return
    with store.writer(10):
        kept = found(store)
        for _ in range(chance.randrange(5, 16)):
            kept = tell(some_change(chance, kept, next(number)), store, kept)
        while not kept.files:
            kept = tell(Change("put", "/0", next(number)), store, kept)
        if point.change == "mend":
            _alter(folder / DATABASE)
            watch(point)
            store.check(0)
            return
        for _ in range(ATTEMPTS):
            change = some_change(chance, kept, next(number), point.change)
            if change.kind == "put":  # mostly replacing another, so that there is an old text to lose
                change = change._replace(path=chance.choice([change.path, *kept.changeable]))
            watch(point)
            kept = tell(change, store, kept)


def _alter(database: Path) -> None:
    """Change a text behind the library's back."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("UPDATE documents SET text = text || '!'")
        connection.commit()


def crash_once(name: str, seed: int, tally: Tally) -> None:
    """Kill a worker at the point, examine what it leaves, and try the next change."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary, "library")
        command = [sys.executable, "-m", __spec__.name, str(folder), name, str(seed)]
        worker = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        if worker.returncode != -signal.SIGKILL:
            tally.problems.append(f"the point was not reached; the worker ended with {worker.returncode}")
        before = len(tally.problems)
        examine(folder, tally.hear(worker.stdout.splitlines(keepends=True)), tally)
        tally.altered = False
        if len(tally.problems) == before:
            change = Change("put", "/0", seed * 10_000 + 9_999)
            with closing(LocalStore(folder)) as store, store.writer(1):
                make(change, store, tally.kept)
                store.settle()
            tally.kept = tally.kept.after(change)
            examine(folder, None, tally)


def main(trials: int, names: Sequence[str]) -> bool:
    """Print how each point went; whether all went well."""
    well = True
    for name in names:
        tally = Tally()
        for seed in range(1, trials + 1):
            tally.kept, tally.altered = Kept(), POINTS[name].change == "mend"
            crash_once(name, seed, tally)
        print(f"{name:36} {trials} trials, {tally.acknowledged:5} changes acknowledged, {len(tally.problems)} problems")
        for problem in tally.problems[:3]:
            print(f"    {problem}")
        well = well and not tally.problems
    print(f"{len(names)} crash points")
    return well


if __name__ == "__main__":
    work(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
