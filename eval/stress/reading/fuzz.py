"""Fuzz every reader: no exception may escape, no Document may be unsound, no input may exceed the limits.

    pip install atheris     # or the extra "fuzz"; on Linux
    nice python -m eval.stress.reading.fuzz --seconds 3600 [--format FORMAT] [--seed N] [--folder FOLDER]
    python -m eval.stress.reading.fuzz --mutations 200 [--format FORMAT] [--seed N]

The first form fuzzes each format in turn with atheris, guided by coverage, for its share of the processor seconds, from
the seeds of ``fuzz_seeds.py``. ``soundness.py`` says what a fault is. Using more time or memory than the limits of
``qa.readers.isolation`` is also a fault, and so is a crash. Each kind of fault is kept in FOLDER, minimised, and the
fuzzing goes on. The corpus stays there too, for the next time. The second form needs no atheris: it reads that many
random mutations of each format's seeds, the same for the same seed. Exit status 1 if anything was found.
"""

import argparse
import logging
import math
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from eval.stress.reading.fuzz_seeds import SEEDS
from eval.stress.reading.fuzz_words import SUFFIXES, TOKENS, dictionary
from eval.stress.reading.soundness import fault_of, minimised
from qa.readers.blocks import NotReadable
from qa.readers.isolation import BROKEN, DEFAULT_LIMITS, parse_isolated
from qa.readers.worker import TOO_MUCH_MEMORY

TARGET = "eval.stress.reading.fuzz_target"
MAX_BYTES = 8_192
"""Longer inputs find little more, and are slow."""

_EXECUTIONS = re.compile(r"stat::number_of_executed_units:\s*(\d+)")


@dataclass
class Tally:
    """The result of fuzzing one format."""

    cpu_s: float = 0.0
    executions: int = 0
    corpus: int = 0
    findings: int = 0


# ---------------------------------------------------------------- guided by coverage


def fuzz(name: str, seconds: float, seed: int, folder: Path) -> Tally:
    """Fuzz one format for this many processor seconds, in as many processes as needed."""
    corpus, findings = folder / "corpus" / name, folder / "findings" / name
    for made in (corpus, findings):
        made.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(SEEDS[name]()):
        (corpus / f"seed-{number}").write_bytes(data)
    words = folder / f"{name}.dict"
    words.write_text(dictionary(name), "utf-8")
    before, tally = set(findings.iterdir()), Tally()
    while seconds - tally.cpu_s >= 1:
        options = {
            "max_total_time": math.ceil(seconds - tally.cpu_s),
            "timeout": DEFAULT_LIMITS.cpu_s,
            "report_slow_units": DEFAULT_LIMITS.cpu_s,
            "rss_limit_mb": DEFAULT_LIMITS.memory_bytes >> 20,
            "max_len": MAX_BYTES,
            "dict": words,
            "seed": seed,
            "artifact_prefix": f"{findings}/",
            "print_final_stats": 1,
        }
        cpu_s, executions = _round(name, findings, corpus, [f"-{key}={options[key]}" for key in options])
        tally.cpu_s += cpu_s
        tally.executions += executions
        seed += 1
    tally.corpus = sum(1 for _ in corpus.iterdir())
    new = sorted(path for path in set(findings.iterdir()) - before if path.suffix != ".fault")
    tally.findings = sum(_confirmed(path, SUFFIXES[name]) for path in new)
    return tally


def _round(name: str, findings: Path, corpus: Path, options: list[str]) -> tuple[float, int]:
    """One fuzzing process, until a timeout, memory or a crash ends it: its processor time and executions."""
    began = _children_cpu_s()
    command = [sys.executable, "-m", TARGET, name, str(findings), *options, str(corpus)]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    executions = _EXECUTIONS.search(done.stderr)
    if executions is None:
        raise SystemExit(f"the fuzzing did not start or report; its last words were:\n{done.stderr[-2000:]}")
    return _children_cpu_s() - began, int(executions[1])


def _children_cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _confirmed(path: Path, suffix: str) -> bool:
    """Print a finding and minimise a fault. Returns whether it is confirmed.

    A finding for time or memory counts only if it also exceeds the limits in its own process, where coverage does not
    slow it down.
    """
    if path.suffix == suffix:
        path.write_bytes(minimised(path.read_bytes(), suffix))
        print(f"  {path}: {path.with_suffix(f'{suffix}.fault').read_text('utf-8').strip()}", flush=True)
        return True
    try:
        parse_isolated(path.read_bytes(), suffix)
    except NotReadable as refusal:
        if refusal.status == "too_slow" or refusal.reason in (TOO_MUCH_MEMORY, BROKEN):
            print(f"  {path}: {refusal.reason}", flush=True)
            return True
    path.unlink()
    return False


# ---------------------------------------------------------------- at random


def mutate(name: str, count: int, seed: int) -> Tally:
    """Read this many random mutations of one format's seeds."""
    chosen, seeds = random.Random(f"{name} {seed}"), SEEDS[name]()
    faults: set[str] = set()
    began = time.process_time()
    for _ in range(count):
        data = mutated(chosen.choice(seeds), chosen, TOKENS[name])
        fault = fault_of(data, SUFFIXES[name])
        if fault and fault not in faults:
            faults.add(fault)
            print(f"  {fault}: {minimised(data, SUFFIXES[name])[:200]!r}", flush=True)
    return Tally(time.process_time() - began, count, len(seeds), len(faults))


def mutated(data: bytes, chosen: random.Random, tokens: list[bytes]) -> bytes:
    """The bytes with a few places cut out, doubled, overwritten, or with a word of the format put in."""
    changed = bytearray(data)
    for _ in range(chosen.choice((1, 2, 4, 8))):
        start = chosen.randrange(len(changed) + 1)
        end = min(len(changed), start + chosen.choice((0, 1, 4, 40, 400)))
        part = bytes(changed[start:end])
        changed[start:end] = chosen.choice((b"", part * 2, chosen.randbytes(len(part)), chosen.choice(tokens)))
    return bytes(changed)


# ---------------------------------------------------------------- the command


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=3600)
    parser.add_argument("--format", choices=[*SEEDS, "all"], default="all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--mutations", type=int)
    arguments = parser.parse_args()
    if arguments.mutations is None and find_spec("atheris") is None:
        sys.exit("Fuzzing needs atheris, which is not installed: pip install atheris (on Linux), or give --mutations.")
    logging.disable()  # what the readers' libraries say of damaged files
    names = [name for name in SEEDS if arguments.format in (name, "all")]
    folder = arguments.folder or Path(tempfile.mkdtemp(prefix="fuzz-"))
    print(f"{'format':10} {'CPU s':>8} {'executions':>11} {'corpus':>7} {'findings':>9}", flush=True)
    total = Tally()
    for name in names:
        if arguments.mutations is not None:
            tally = mutate(name, arguments.mutations, arguments.seed)
        else:
            tally = fuzz(name, arguments.seconds / len(names), arguments.seed, folder)
        _print(name, tally)
        total = Tally(*(getattr(total, key) + getattr(tally, key) for key in vars(total)))
    _print("all", total)
    return 1 if total.findings else 0


def _print(name: str, tally: Tally) -> None:
    row = f"{name:10} {tally.cpu_s:8.0f} {tally.executions:11,} {tally.corpus:7,} {tally.findings:9}"
    print(row, flush=True)


if __name__ == "__main__":
    sys.exit(main())
