"""Run one peer in its own process. ``eval/benchmarks/speed/peers.py`` starts it in the peer's environment.

    python with_PEER.py add|ask JOB

JOB is a JSON file: the model's folder, the index's folder, the material to add (``all``), a little of it to warm up
with (``few``), and the questions. The last line on standard output is a JSON object. For ``add`` it has the wall and
processor seconds of adding to an empty index that is on disk at the end; the model is loaded before. For ``ask`` it has
the processor seconds from process start to the first answer (``cold``), that answer, and the wall seconds of each
question. Both have this process's peak memory in MB.
"""

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any, Protocol

K = 10
"""Passages returned for a question."""


class Peer(Protocol):
    """A search engine over passages with a sentence-transformers model, made with the model's folder."""

    def __init__(self, model: str) -> None: ...

    def add(self, material: dict[str, list[str]], folder: Path) -> None:
        """Make and keep an index of this material (``passages``, or the ``files`` that hold them)."""

    def open(self, folder: Path) -> None:
        """Open the kept index for questions."""

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
    """Processor seconds of this process and of the finished processes that it started."""
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
