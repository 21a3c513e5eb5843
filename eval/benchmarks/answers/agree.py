"""Compare the figures of ``qa eval`` with those of two independent programs.

    python -m eval.benchmarks.answers.agree QUESTIONS --library DIR --scorer SCORER

Asks all questions with ``qa ask --questions``. SCORER, a program that takes the question set and the run, measures the
output (``--json``: an object of figures). The command of ``ir-measures`` measures the TREC files that ``qa eval
--trec`` wrote. Prints each figure beside that of ``qa eval``. Exit status 1 if two differ by more than 1e-9.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

TOLERANCE = 1e-9
PLACES = "12"

SCORED: Mapping[str, str] = {
    "hit@1": "Success@1",
    "hit@3": "Success@3",
    "hit@5": "Success@5",
    "hit@10": "Success@10",
    "mrr@10": "RR@10",
    "doc@5": "Doc@5",
    "multi_doc_recall@10": "DocRecall@10",
    "sentence_hit@1": "Sentence@1",
    "sentence_hit@3": "Sentence@3",
    "answered": "answered",
    "refused": "refused",
}
"""Maps the scorer's name of a figure to ours."""

RANKED = ("Success@1", "Success@3", "Success@5", "Success@10", "RR@10", "nDCG@10")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--scorer", type=Path, required=True)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        files = Path(folder)
        about = [str(arguments.questions), "--library", str(arguments.library)]
        system = json.loads(_printed("-m", "qa", "eval", *about, "--trec", folder, "--json"))["systems"][0]
        ours = {name: estimate["value"] for name, estimate in system["summary"].items()} | {"AUROC": system["auroc"]}
        run = files / "run.jsonl"
        run.write_text(_printed("-m", "qa", "ask", "--questions", *about), "utf-8")
        scored = json.loads(_printed(str(arguments.scorer), str(arguments.questions), str(run), "--json"))
        ranked = _printed("-m", "ir_measures", str(files / "qrels.txt"), str(files / "full.run"), *RANKED, "-p", PLACES)
    print(f"{len(system['questions'])} questions")
    theirs = {ours_name: scored[name] for name, ours_name in SCORED.items() if name in scored}
    different = compare("the scorer", theirs | {"AUROC": scored.get("auroc")}, ours)
    different += compare("ir-measures", dict(_row(line) for line in ranked.splitlines()), ours)
    print(f"{different} figures differ by more than {TOLERANCE:g}")
    return 1 if different else 0


def _printed(*arguments: str) -> str:
    command = [sys.executable, *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, encoding="utf-8").stdout


def _row(line: str) -> tuple[str, float]:
    name, value = line.split()
    return name, float(value)


def compare(program: str, theirs: Mapping[str, Any], ours: Mapping[str, Any]) -> int:
    """Print each figure of the other program beside ours. Returns how many differ."""
    different = 0
    for name, value in theirs.items():
        if value is None and ours.get(name) is None:
            continue
        gap = abs(value - ours[name])
        different += gap > TOLERANCE
        print(f"{name:14s} qa eval {ours[name]:.12f}   {program} {value:.12f}   difference {gap:.1e}")
    return different


if __name__ == "__main__":
    sys.exit(main())
