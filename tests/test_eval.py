"""Short forms of the long measurements in eval/, so that they keep working and keep passing."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

from qa.library import Library


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True)


def test_a_few_kills_lose_nothing() -> None:
    done = run("eval/kill.py", "--kills", "6", "--seed", "11")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "6 kills" in done.stdout
    assert " 0 problems" in done.stdout


def test_pdfs_made_from_the_corpus_are_read_back() -> None:
    done = run("eval/pdf.py")
    assert done.returncode == 0, done.stderr
    rows = {line[:40].strip(): line[40:].split() for line in done.stdout.splitlines()}
    for layout in ("one column", "one column, heads and feet", "two columns", "two columns drawn by rows"):
        assert rows[layout] == ["100.00%", "100.00%", "100.0%"]


@pytest.mark.isolated
@pytest.mark.parametrize("kind", [".pdf", ".xml", ".html", ".md"])
def test_hostile_files_end_in_a_reading_or_a_named_status(kind: str) -> None:
    done = run("eval/hostile.py", "--quick", "--only", kind)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "each with a reading or a named status" in done.stdout


@pytest.mark.shared
def test_jats_files_are_read_as_their_xml_says(shared: Path) -> None:
    done = run("eval/jats.py", str(shared / "data" / "plos-jats"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "files read: 61 of 61" in done.stdout


FIRST, SECOND = "000_fe304fc8ed56550a.txt", "003_21a118f5011cff46.txt"

QUESTIONS = [
    ("What limits the use of high-dose IL-2?", [(SECOND, "its severe toxicity limits widespread use")]),
    ("What does IL-2 stimulate?", [(SECOND, "It stimulates the proliferation and activation of T cells")]),
    ("Which cytokines are reviewed?", [(FIRST, "cytokines"), (SECOND, "cytokines studied in cancer immunotherapy")]),
    ("Where does no text say this?", [(SECOND, "these words stand nowhere in the review")]),
    ("Who painted the Mona Lisa?", []),
]


@pytest.mark.shared
@pytest.mark.model
def test_qa_eval_agrees_with_the_scorer_and_with_ir_measures(shared: Path, reviews: Library, tmp_path: Path) -> None:
    lines = [
        {
            "id": f"q {number}",
            "question": question,
            "kind": "factoid" if gold else "unanswerable",
            "answerable": bool(gold),
            "answers": [{"doc": source, "quote": quote} for source, quote in gold],
        }
        for number, (question, gold) in enumerate(QUESTIONS)
    ]
    questions = tmp_path / "questions.jsonl"
    questions.write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
    scorer = str(shared / "tools" / "score_run.py")
    done = run("eval/agree.py", str(questions), "--library", str(reviews.path), "--scorer", scorer)
    assert done.returncode == 0, done.stdout + done.stderr
    for name in ("Success@5", "DocRecall@10", "Sentence@1", "AUROC", "nDCG@10"):
        assert f"{name} " in done.stdout
    assert "0 figures differ" in done.stdout
