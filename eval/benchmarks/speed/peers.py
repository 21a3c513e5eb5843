"""Pincite beside the engines that one would pick instead, on the same passages with the same model.

    python -m eval.benchmarks.speed.peers DATA [--files 6] [--questions 30] [--runs 3] [--peers NAME ...] [--out FOLDER]

DATA holds ``articles/`` and ``questions.jsonl``, as covidqa-dev. Pincite cuts the first articles into passages. Each
peer is given these, under their titles and headings, and embeds them with the same
model by sentence-transformers; Pincite adds the files and embeds their sentences, too. Each peer has an environment
of its own (``--environments``), made with uv from ``drivers/NAME.txt``; after that nothing reaches the network.

In each run, in turn so that whatever else the machine does meets all, a process of each adds everything to an empty
index, and another asks the questions: the first from cold, then all of them warm. Printed are medians over the runs,
and the ratios to Pincite's of the same run. With ``--out`` the page ``report.html``, ``report.md`` and
``results.json`` are written there. A peer that cannot be installed or fails is in the table with the reason.
"""

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from eval.benchmarks.speed import peer_report
from eval.places import ROOT

DRIVERS = Path(__file__).parent / "drivers"
MATERIAL = "eval.benchmarks.speed.peer_material"
OWN = "pincite"
PEERS = ("txtai", "llamaindex", "haystack", "langchain", "chroma")

OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HAYSTACK_TELEMETRY_ENABLED": "False",
    "ANONYMIZED_TELEMETRY": "False",
    "DO_NOT_TRACK": "1",
    "TOKENIZERS_PARALLELISM": "true",
}


class Failed(Exception):
    """A peer could not be installed or did not do what it was asked; the message says why in a line."""


@dataclass
class Measured:
    """What one engine took, a value a run; ``failure`` where it could not be measured."""

    name: str
    rates: list[float] = field(default_factory=list)
    """Passages added a second."""
    processor: list[float] = field(default_factory=list)
    """Seconds of processor to add a passage."""
    warm: list[float] = field(default_factory=list)
    """Seconds by the clock of half of the warm questions."""
    cold: list[float] = field(default_factory=list)
    """Seconds of processor from the start of a process to a first answer."""
    adding: list[float] = field(default_factory=list)
    asking: list[float] = field(default_factory=list)
    """MB of memory, at most."""
    failure: str = ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--files", type=int, default=6)
    parser.add_argument("--questions", type=int, default=30)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=PEERS)
    parser.add_argument("--environments", type=Path, default=ROOT / "build" / "peers")
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        material = made_material(given, Path(folder))
        engines = {OWN: (Measured(OWN), Path(sys.executable))}
        for name in given.peers:
            engines[name] = prepared(name, given.environments)
        results = [measured for measured, _ in engines.values()]
        facts = {"files": given.files, "passages": material["count"], "questions": given.questions, "runs": 0}
        for run in range(given.runs):
            for name in sorted(engines, reverse=bool(run % 2)):
                measured, python = engines[name]
                if not measured.failure:
                    measure(measured, python, material, Path(folder, f"{name}-{run}"))
                    print(f"run {run + 1}, {name}: {peer_report.told(measured)}", file=sys.stderr, flush=True)
            facts["runs"] = run + 1
            if given.out:  # after each run, as the whole takes long
                write(given.out, results, facts)
    print(peer_report.table(results, facts))
    return 0


def write(folder: Path, results: Sequence[Measured], facts: Mapping[str, int]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    form = {"facts": facts, "engines": [asdict(one) for one in results]}
    Path(folder, "results.json").write_text(json.dumps(form, indent=1) + "\n", "utf-8")
    peer_report.write(folder, results, facts, versions([one.name for one in results if one.name != OWN]))


def made_material(given: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """What every engine is given, made in a process of its own so that this one stays small."""
    file = folder / "material.json"
    subprocess.run(
        [sys.executable, "-m", MATERIAL, str(given.data), str(file), str(given.files), str(given.questions)],
        check=True,
        cwd=ROOT,
    )
    material: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return material


def versions(peers: Sequence[str]) -> dict[str, list[str]]:
    """What is pinned for each peer."""
    return {name: (DRIVERS / f"{name}.txt").read_text().split() for name in peers}


# ---------------------------------------------------------------- environments


def prepared(name: str, folder: Path) -> tuple[Measured, Path]:
    """A peer with the Python of its environment, which is made unless it is there."""
    python = folder / name / "bin" / "python"
    try:
        install(name, python)
    except Failed as failure:
        return Measured(name, failure=f"not installed: {failure}"), python
    return Measured(name), python


def install(name: str, python: Path) -> None:
    requirements, stamp = DRIVERS / f"{name}.txt", python.parents[1] / "requirements.txt"
    if stamp.exists() and stamp.read_text() == requirements.read_text():
        return
    uv = str(Path(sys.executable).with_name("uv"))
    print(f"installing {name} …", file=sys.stderr, flush=True)
    # uv reads no settings of pip, which may name a folder on this machine
    found = subprocess.run([sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False)
    told = dict(line.partition("=")[::2] for line in found.stdout.splitlines())
    links = {value.strip("'") for key, value in told.items() if key.endswith(".find-links")}
    places = [part for link in sorted(links) for part in ("--find-links", link)]
    called([uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(python.parents[1])])
    called(
        [
            uv,
            "pip",
            "install",
            "--quiet",
            "--python",
            str(python),
            *places,
            "-r",
            str(requirements),
        ]
    )
    shutil.copy(requirements, stamp)


def called(command: Sequence[str], accepted: Collection[int] = (0,), **environment: str) -> str:
    """What a program prints. Failed with the last line of its errors where its exit status is not accepted."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(command, capture_output=True, text=True, env=kept | environment, cwd=ROOT, check=False)
    if done.returncode not in accepted:
        lines = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
        raise Failed(lines[-1])
    return done.stdout


# ---------------------------------------------------------------- runs


def measure(measured: Measured, python: Path, material: dict[str, Any], folder: Path) -> None:
    """Add one run's figures of one engine."""
    folder.mkdir()
    job = folder / "job.json"
    own = {"index": str(folder / "index"), "scratch": str(folder / "scratch")}
    job.write_text(json.dumps(material | own), "utf-8")
    try:
        added, asked = (told(measured.name, python, act, job) for act in ("add", "ask"))
        cold = spent_cold(material["questions"][0], own["index"]) if measured.name == OWN else asked["cold"]
    except Failed as failure:
        measured.failure = str(failure)
        return
    finally:
        shutil.rmtree(folder)
    measured.rates.append(material["count"] / added["seconds"])
    measured.processor.append(added["processor"] / material["count"])
    measured.warm.append(statistics.median(asked["seconds"]))
    measured.cold.append(cold)
    measured.adding.append(added["memory"])
    measured.asking.append(asked["memory"])


def told(name: str, python: Path, act: str, job: Path) -> dict[str, Any]:
    """What a driver says of one act."""
    printed = called([str(python), str(DRIVERS / f"with_{name}.py"), act, str(job)], (0,), **OFFLINE)
    said: dict[str, Any] = json.loads(printed.splitlines()[-1])
    if said.get("found") == []:
        raise Failed("it found nothing for a question")
    return said


def spent_cold(question: str, index: str) -> float:
    """Seconds of processor that ``qa ask`` takes, user and system; also where it answers that nothing answers."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    called([sys.executable, "-m", "qa", "ask", question, "--library", index], accepted=(0, 1), **OFFLINE)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


if __name__ == "__main__":
    sys.exit(main())
