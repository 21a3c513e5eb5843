"""Compare Pincite with alternative engines, on the same passages with the same model.

    python -m eval.benchmarks.speed.peers DATA [--files 6] [--questions 30] [--runs 3] [--peers NAME ...] [--out FOLDER]

DATA holds ``articles/`` and ``questions.jsonl``, as covidqa-dev does. Pincite cuts the first articles into passages.
Each peer gets these with their titles and headings, and embeds them with the same model by sentence-transformers.
Pincite adds the files and also embeds their sentences. Each peer has its own environment (``--environments``), made
with uv from ``drivers/NAME.txt``; after that nothing uses the network.

In each run one process of each engine adds everything to an empty index, and another asks the questions: the first from
cold, then all warm. The engines take turns, so that other load on the machine affects all of them. Prints medians over
the runs, and ratios to Pincite in the same run. With ``--out`` writes ``report.html``, ``report.md`` and
``results.json`` there. A peer that cannot be installed or fails is in the table with the reason.
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
    """A peer could not be installed or failed at its task; the message says why in one line."""


@dataclass
class Measured:
    """The costs of one engine, a value a run; ``failure`` says why there are none."""

    name: str
    rates: list[float] = field(default_factory=list)
    """Passages added a second."""
    processor: list[float] = field(default_factory=list)
    """Processor seconds to add a passage."""
    warm: list[float] = field(default_factory=list)
    """Median wall seconds of the warm questions."""
    cold: list[float] = field(default_factory=list)
    """Processor seconds from process start to the first answer."""
    adding: list[float] = field(default_factory=list)
    asking: list[float] = field(default_factory=list)
    """Peak memory in MB."""
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
            if given.out:  # after each run, as all runs take long
                write(given.out, results, facts)
    print(peer_report.table(results, facts))
    return 0


def write(folder: Path, results: Sequence[Measured], facts: Mapping[str, int]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    form = {"facts": facts, "engines": [asdict(one) for one in results]}
    Path(folder, "results.json").write_text(json.dumps(form, indent=1) + "\n", "utf-8")
    peer_report.write(folder, results, facts, versions([one.name for one in results if one.name != OWN]))


def made_material(given: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """The material for every engine, made in a separate process to keep this one small."""
    file = folder / "material.json"
    subprocess.run(
        [sys.executable, "-m", MATERIAL, str(given.data), str(file), str(given.files), str(given.questions)],
        check=True,
        cwd=ROOT,
    )
    material: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return material


def versions(peers: Sequence[str]) -> dict[str, list[str]]:
    """The pinned versions of each peer."""
    return {name: (DRIVERS / f"{name}.txt").read_text().split() for name in peers}


# ---------------------------------------------------------------- environments


def prepared(name: str, folder: Path) -> tuple[Measured, Path]:
    """A peer, and the Python of its environment, which is made unless it exists."""
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
    # uv does not read pip's settings, which may name a folder on this machine
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
    """A program's output. Failed with the last line of its errors if its exit status is not accepted."""
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
    """What a driver prints for one action."""
    printed = called([str(python), str(DRIVERS / f"with_{name}.py"), act, str(job)], (0,), **OFFLINE)
    said: dict[str, Any] = json.loads(printed.splitlines()[-1])
    if said.get("found") == []:
        raise Failed("it found nothing for a question")
    return said


def spent_cold(question: str, index: str) -> float:
    """Processor seconds of ``qa ask``, user and system, also if it finds no answer."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    called([sys.executable, "-m", "qa", "ask", question, "--library", index], accepted=(0, 1), **OFFLINE)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


if __name__ == "__main__":
    sys.exit(main())
