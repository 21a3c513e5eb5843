"""Measure a cold question: the processor time of one `qa ask` over the built-in texts, in its own process.

    python -m eval.benchmarks.speed.cold [--runs 15] [--before FOLDER]

Prints the median user and system time, in milliseconds, of a bare Python, of the libraries that every question needs,
of `qa --help` and of `qa ask`. They run in turn, so that other load on the machine affects all of them. `--before`
names another checkout of Pincite to run beside this one. Bytecode is kept, as after an installation. The last column is
a run that has to compile all of it, as the very first one does.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from eval.places import ROOT

QUESTION = "What limits the use of high-dose IL-2?"
LIBRARIES = "import numpy, faiss, onnxruntime, tokenizers, cryptography.hazmat.primitives.asymmetric.ed25519"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--before", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        commands = {
            "python, nothing done": (["-c", "pass"], ROOT),
            "python, its libraries imported": (["-c", LIBRARIES], ROOT),
        }
        for name, checkout in {"": ROOT, ", before": given.before and given.before.resolve()}.items():
            if checkout:
                library = str(Path(folder, f"library{name}"))
                spent(["-m", "qa", "add", str(checkout / "corpus"), "--library", library], checkout, folder)
                ask = ["-m", "qa", "ask", QUESTION, "--library", library]
                commands |= {f"qa --help{name}": (["-m", "qa", "--help"], checkout), f"qa ask{name}": (ask, checkout)}
        report(commands, folder, given.runs)


def report(commands: Mapping[str, tuple[Sequence[str], Path]], folder: str, runs: int) -> None:
    first = {name: spent(*command, str(Path(folder, str(n)))) for n, (name, command) in enumerate(commands.items())}
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            times[name].append(spent(*command, folder))
    unit = statistics.median(times["python, its libraries imported"])
    print(
        "| | ms of processor, median | least | most | times the libraries | the first run |\n|---|---|---|---|---|---|"
    )
    for name, taken in times.items():
        middle = statistics.median(taken)
        print(
            f"| {name} | {middle * 1000:.0f} | {min(taken) * 1000:.0f} | {max(taken) * 1000:.0f} "
            f"| {middle / unit:.2f} | {first[name] * 1000:.0f} |"
        )


def spent(arguments: Sequence[str], checkout: Path, folder: str) -> float:
    """Processor seconds, user and system, that Python takes with these arguments in a new process."""
    own = {"PYTHONPATH": str(checkout), "PYTHONPYCACHEPREFIX": str(Path(folder, "bytecode"))}
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    Path(folder).mkdir(exist_ok=True)
    done = subprocess.run([sys.executable, *arguments], cwd=folder, env=kept | own, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(arguments)} failed: {done.stderr}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


if __name__ == "__main__":
    main()
