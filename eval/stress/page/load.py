"""Serve a library to many users at once: measure answer times, failures and memory growth.

    python -m eval.stress.page.load --library DIR [--questions FILE] [--users 32] [--think 5] [--seconds 300]
        [--burst 256]

'qa serve' answers a copy of the library. Half of the users ask on the chat page, half by /api/ask, each from its own
address. Between two questions they think for an exponentially distributed time with the given mean, in seconds. Prints
the questions by how they ended, the quantiles of the time to a whole answer, and the server's memory with its slope
(least squares, after the first fifth). Then --burst users ask at one moment. Prints how many were answered, how many
were told to come again, and when a single question is as quick as before. The clients share the processors with the
server. Exit status 1 if any question ended without its answer, or in the burst with neither an answer nor "busy".
"""

import argparse
import asyncio
import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import numpy as np

from eval.places import ROOT
from eval.stress.page.serving import served
from eval.stress.page.users import ANSWERED, BUSY, ApiUser, PageUser, User
from qa.query.questions import read_questions

PROBES = 5
"""Questions in a row whose median says how quick a single one is."""
NORMAL = 1.5
"""A single question is as quick as before up to this many times the median before."""
GIVE_UP_S = 120.0


@dataclass
class Record:
    """How questions ended and their times, by interface, and the server's memory over time in MB."""

    ended: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    took_s: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    memory: list[tuple[float, float]] = field(default_factory=list)

    async def ask(self, user: User, question: str) -> None:
        try:
            await user.ready()
            begun = time.perf_counter()
            end = await user.ask(question)
        except httpx.TimeoutException:
            end = "no answer in time"
        except httpx.HTTPError as error:
            end = type(error).__name__
        self.ended[user.face][end] += 1
        if end == ANSWERED:
            self.took_s[user.face].append(time.perf_counter() - begun)

    def wrong(self, *allowed: str) -> int:
        """How many ended differently."""
        return sum(ends.total() - sum(ends[end] for end in allowed) for ends in self.ended.values())

    def table(self) -> Iterator[str]:
        yield "| face | questions | ended | p50 | p95 | p99 | longest |\n|---|---|---|---|---|---|---|"
        for face, ends in sorted(self.ended.items()):
            shown = ", ".join(f"{count} {end}" for end, count in ends.most_common())
            took = self.took_s[face] or [float("nan")]
            times = [f"{s:.2f} s" for s in (*np.quantile(took, [0.5, 0.95, 0.99]), max(took))]
            yield f"| {face} | {ends.total()} | {shown} | {' | '.join(times)} |"

    def slope(self) -> str:
        """The server's memory and its growth in a minute."""
        later = np.array(self.memory[len(self.memory) // 5 :])
        per_minute = np.polyfit(later[:, 0], later[:, 1], 1)[0] * 60
        first, last = self.memory[0][1], self.memory[-1][1]
        return f"memory: {first:.0f} MB at first, {last:.0f} MB at last, {per_minute:+.2f} MB a minute"


def resident_mb(process: int) -> float:
    with open(f"/proc/{process}/statm") as pages:
        return int(pages.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def processor_s(process: int) -> float:
    """The processor seconds of a process so far."""
    with open(f"/proc/{process}/stat") as fields:
        user, system = fields.read().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


async def watched(process: int, record: Record) -> None:
    begun = time.perf_counter()
    while True:
        record.memory.append((time.perf_counter() - begun, resident_mb(process)))
        await asyncio.sleep(1)


async def visit(user: User, record: Record, questions: Sequence[str], think_s: float, until: float) -> None:
    """Ask and think until the time is up."""
    chance = random.Random(str(id(user)))
    await asyncio.sleep(chance.uniform(0, think_s))
    while time.perf_counter() < until:
        await record.ask(user, chance.choice(questions))
        await asyncio.sleep(chance.expovariate(1 / think_s))


async def steady(address: str, process: int, questions: Sequence[str], given: argparse.Namespace) -> Record:
    """Users who ask and think."""
    record, users = Record(), crowd(address, given.users)
    watching = asyncio.create_task(watched(process, record))
    until = time.perf_counter() + given.seconds
    await asyncio.gather(*(visit(user, record, questions, given.think, until) for user in users))
    watching.cancel()
    await asyncio.gather(*(user.close() for user in users))
    return record


def crowd(address: str, count: int) -> list[User]:
    return [(PageUser if number % 2 else ApiUser)(address, number) for number in range(count)]


async def single_s(address: str, questions: Sequence[str]) -> float:
    """The median of a few questions in a row; GIVE_UP_S if one is not answered."""
    record, user = Record(), ApiUser(address, 0)
    for question in questions[:PROBES]:
        await record.ask(user, question)
    await user.close()
    return GIVE_UP_S if record.wrong(ANSWERED) else statistics.median(record.took_s[user.face])


async def burst(address: str, questions: Sequence[str], count: int) -> tuple[Record, str]:
    """All users ask at one moment. Then one asks repeatedly until it is as quick as before."""
    before_s = await single_s(address, questions)
    record, users = Record(), crowd(address, count)
    for at in range(0, count, 8):
        opened = asyncio.gather(*(user.ready() for user in users[at : at + 8]), return_exceptions=True)
        await opened  # a user who could not open the page retries when asking, and that counts
    begun = time.perf_counter()
    await asyncio.gather(*(record.ask(user, questions[n % len(questions)]) for n, user in enumerate(users)))
    over_s = time.perf_counter() - begun
    while (now_s := await single_s(address, questions)) > NORMAL * before_s and time.perf_counter() - begun < GIVE_UP_S:
        await asyncio.sleep(0.1)
    quick_s = time.perf_counter() - begun - over_s
    await asyncio.gather(*(user.close() for user in users))
    return record, (
        f"all told after {over_s:.1f} s; {quick_s:.1f} s later a single question took {now_s:.2f} s again "
        f"({before_s:.2f} s before)"
    )


async def loaded(address: str, process: int, questions: Sequence[str], given: argparse.Namespace) -> int:
    """Print the results of both. Returns how many questions did not end as allowed."""
    await single_s(address, questions)
    wrong = 0
    if given.seconds:
        before_s = processor_s(process)
        record = await steady(address, process, questions, given)
        used_s = processor_s(process) - before_s
        print(f"{given.users} users, {given.think:g} s to think, {given.seconds:g} s", *record.table(), sep="\n")
        each_ms = used_s / sum(ends.total() for ends in record.ended.values()) * 1e3
        print(f"processor: {each_ms:.0f} ms a question, {used_s / given.seconds:.2f} of a core")
        print(f"{record.slope()}; load average {os.getloadavg()[0]:.1f}", flush=True)
        wrong += record.wrong(ANSWERED)
    if given.burst:
        record, after = await burst(address, questions, given.burst)
        print(f"{given.burst} at once", *record.table(), after, sep="\n")
        wrong += record.wrong(ANSWERED, BUSY)
    print(f"{resident_mb(process):.0f} MB; {wrong} ended otherwise than they may")
    return wrong


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--library", type=Path, required=True)
    options.add_argument("--questions", type=Path, default=ROOT / "eval" / "questions" / "reviews.jsonl")
    for name, default in (("users", 32), ("burst", 256)):
        options.add_argument(f"--{name}", type=int, default=default)
    for name, seconds in (("think", 5.0), ("seconds", 300.0)):
        options.add_argument(f"--{name}", type=float, default=seconds)
    given = options.parse_args()
    questions = [one.question for one in read_questions(given.questions)]
    with tempfile.TemporaryDirectory() as temporary:
        copy = Path(temporary, "library")
        shutil.copytree(given.library, copy)
        with served(copy) as server:
            wrong = asyncio.run(loaded(server.entrance, server.process.pid, questions, given))
        with suppress(IndexError):
            print(f"{len(server.said)} lines on standard error, the last: {server.said[-1]}", end="", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
