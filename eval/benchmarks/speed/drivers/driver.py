"""One peer in a process of its own: what ``eval/benchmarks/speed/peers.py`` starts, in the peer's environment.

    python with_PEER.py add|ask JOB

JOB is a JSON file: the folder of the model, the folder of the index, what to add (``all``) and a little of it to
warm up with (``few``), and the questions. The last line on standard output is a JSON object: for ``add`` the seconds
of adding to an empty index that is on disk at the end, the model loaded before, by the clock and of processor; for
``ask`` the seconds of processor from the start of the process to the first answer (``cold``), what that answer
brought, and then the seconds of each question by the clock. Both have the peak of this process's memory in MB.
"""

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any, Protocol

K = 10
"""Passages that a question brings."""


class Peer(Protocol):
    """An engine over passages with a model of sentence-transformers; made with the folder of that model."""

    def __init__(self, model: str) -> None: ...

    def add(self, material: dict[str, list[str]], folder: Path) -> None:
        """Make an index of this material (``passages``, or the ``files`` that they stand in) and keep it."""

    def open(self, folder: Path) -> None:
        """Make ready to ask the index that was kept."""

    def ask(self, question: str) -> list[str]:
        """The best passages."""


def drive(make: type[Peer]) -> None:
    act, job = sys.argv[1], json.loads(Path(sys.argv[2]).read_text("utf-8"))
    told = {"add": _add, "ask": _ask}[act](make(job["model"]), job, Path(job["index"]))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({**told, "memory": peak}), flush=True)


def _add(peer: Peer, job: dict[str, Any], folder: Path) -> dict[str, Any]:
    peer.add(job["few"], Path(job["scratch"]))
    began, processor = time.perf_counter(), _processor()
    peer.add(job["all"], folder)
    return {"seconds": time.perf_counter() - began, "processor": _processor() - processor}


def _processor() -> float:
    """Seconds that this process and those that it started and waited for have computed."""
    spent = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in spent)


def _ask(peer: Peer, job: dict[str, Any], folder: Path) -> dict[str, Any]:
    peer.open(folder)
    found, cold, seconds = peer.ask(job["questions"][0]), _processor(), []
    for question in job["questions"]:
        began = time.perf_counter()
        peer.ask(question)
        seconds.append(time.perf_counter() - began)
    return {"cold": cold, "seconds": seconds, "found": found}
