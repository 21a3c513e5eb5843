"""Short forms of the long measurements in eval/. They show that the measurements still run and pass."""

import gzip
import hashlib
import json
import os
import runpy
import shutil
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

from qa.library import Library
from qa.models.encoders import OnnxEncoder
from qa.stores.conversations.store import FILE
from tests.support.places import CORPUS, ROOT


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", *arguments], cwd=ROOT, capture_output=True, text=True)


@pytest.fixture
def run_here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Run a command in this process and return its output, for commands with libraries that import slowly."""

    def printed(command: str, *arguments: str) -> str:
        monkeypatch.setattr(sys, "argv", [command, *arguments])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # from those libraries
            runpy.run_module(command, run_name="__main__")
        return capsys.readouterr().out

    return printed


def test_a_few_kills_lose_nothing() -> None:
    done = run("eval.stress.storing.kill", "--kills", "6", "--seed", "11")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "6 kills" in done.stdout
    assert " 0 problems" in done.stdout


def test_what_an_add_printed_before_a_few_kills_is_there() -> None:
    done = run("eval.stress.storing.acknowledged", "--kills", "2")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 kills, " in done.stdout
    assert " 0 of them not so" in done.stdout


def test_a_few_cuts_of_the_power_lose_nothing() -> None:
    done = run("eval.stress.storing.powerloss", "--changes", "1", "--subsets", "1", "--every", "12")
    assert done.returncode == 0, done.stdout + done.stderr
    if done.stdout.startswith("skipped: "):
        pytest.skip(done.stdout.removeprefix("skipped: ").strip())
    assert " cuts tested: 0 acknowledged changes lost" in done.stdout


@pytest.mark.skipif(os.name == "nt", reason="limits the size of files in the way of Unix")
def test_a_few_backups_are_whole_and_altered_ones_refused() -> None:
    done = run("eval.stress.storing.backups", "--backups", "2", "--flips", "20", "--truncations", "5", "--rooms", "2")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 backups made and restored" in done.stdout
    assert "20 flips, 5 truncations: 25 refused, 0 problems" in done.stdout


def test_a_few_alterations_are_mended_or_harmless() -> None:
    done = run("eval.stress.storing.corrupt", "--flips", "8", "--truncations", "4", "--seed", "11")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "8 flips, 4 truncations over all files: 0 problems" in done.stdout


def test_a_few_kills_in_a_large_library_lose_nothing() -> None:
    done = run("eval.stress.storing.kill", "--kills", "2", "--passages", "300")
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 problems" in done.stdout


@pytest.mark.skipif(os.name == "nt", reason="harms a library in ways of Unix")
@pytest.mark.parametrize("part", ["points", "errors", "disk", "order", "readers"])
def test_a_few_faults_of_each_kind_do_no_harm(part: str) -> None:
    done = run("eval.stress.storing.faults", part, "--quick")
    assert done.returncode == 0, done.stdout + done.stderr
    assert not done.stderr


def test_sentences_that_differ_in_one_thing_are_never_one() -> None:
    done = run("eval.stress.proving.pairs", "--pairs", "270", "--articles", "0")
    assert done.returncode == 0, done.stdout + done.stderr
    changed, alike = (part.splitlines()[-1].split() for part in done.stdout.split("\n\n")[1:])
    assert int(changed[1]) > 250
    assert changed[2] == "0"
    assert int(alike[1]) > 150
    assert alike[2] == alike[1]


def test_forged_answers_are_refused_or_called_unsigned() -> None:
    done = run("eval.stress.proving.forgeries", "--words", "--articles", "0", "--asked", "8", "--forgeries", "84")
    assert done.returncode == 0, done.stdout + done.stderr
    rows = [line.split() for line in done.stdout.split("\n\n")[1].splitlines()[1:]]
    assert rows[-1] == ["all", "84", "0"]
    assert len(rows) == 29
    assert all(row[-1] == "0" for row in rows)


def test_pdfs_made_from_the_corpus_are_read_back() -> None:
    done = run("eval.benchmarks.reading.pdf")
    assert done.returncode == 0, done.stderr
    rows = {line[:40].strip(): line[40:].split() for line in done.stdout.splitlines()}
    for layout in ("one column", "one column, heads and feet", "two columns", "two columns drawn by rows"):
        assert rows[layout] == ["100.00%", "100.00%", "100.0%"]


@pytest.mark.isolated
@pytest.mark.parametrize("kind", [".pdf", ".xml", ".html", ".md"])
def test_hostile_files_end_in_a_reading_or_a_named_status(kind: str) -> None:
    done = run("eval.stress.reading.hostile", "--quick", "--only", kind)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "each with a reading or a named status" in done.stdout


@pytest.mark.isolated
def test_a_reader_that_is_locked_in_reads_the_same(tmp_path: Path) -> None:
    for path in (CORPUS / "003_21a118f5011cff46.txt", ROOT / "docs" / "readers.md"):
        shutil.copy(path, tmp_path)
    done = run("eval.stress.reading.locked", str(tmp_path), "--repeat", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 files, 0 of them read otherwise" in done.stdout


@pytest.mark.model
@pytest.mark.isolated
def test_questions_are_answered_while_hostile_files_are_read(reviews: Library) -> None:
    done = run("eval.stress.reading.hostile", "--only", " deep.md", "--asking", "--library", str(reviews.path))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "\nidle " in done.stdout
    assert "\nunder attack " in done.stdout


def test_exponents_marks_and_cells_of_an_article_are_kept(tmp_path: Path) -> None:
    table = "<thead><tr><th>Drug</th><th>n</th></tr></thead><tbody><tr><td>IL-2</td><td>12</td></tr></tbody>"
    (tmp_path / "a.xml").write_text(
        "<article><body><sec><title>Dose</title><p>Of 10<sup>5</sup> cells in CO<sub>2</sub> 65<sup><xref "
        "ref-type='bibr' rid='r'>1</xref></sup> grew.</p><table-wrap><label>Table 1</label><table>"
        f"{table}</table></table-wrap></sec></body><back><ref-list><ref id='r'><mixed-citation>Roe.</mixed-citation>"
        "</ref></ref-list></back></article>"
    )
    done = run("eval.benchmarks.reading.scripts", str(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "kept in order: 3 (1.0000)" in done.stdout
    assert "cells drawn: 1; quoted alone with their heads: 1" in done.stdout


def test_mutations_of_small_files_are_read_or_refused() -> None:
    done = run("eval.stress.reading.fuzz", "--mutations", "300", "--seed", "7")
    assert done.returncode == 0, done.stdout + done.stderr
    rows = {line.split()[0]: line.split()[2:] for line in done.stdout.splitlines()}
    assert {name: (row[0], row[2]) for name, row in rows.items() if name != "format"} == {
        **dict.fromkeys(("pdf", "jats", "html", "markdown", "plain"), ("300", "0")),
        "all": ("1,500", "0"),
    }


def test_fuzzing_without_atheris_says_what_to_install() -> None:
    code = (
        "import importlib.util, runpy, sys\n"
        "found = importlib.util.find_spec\n"
        "importlib.util.find_spec = lambda name, *more: None if name == 'atheris' else found(name, *more)\n"
        "sys.argv = ['fuzz']\n"
        "runpy.run_module('eval.stress.reading.fuzz', run_name='__main__')"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.strip() == (
        "Fuzzing needs atheris, which is not installed: pip install atheris (on Linux), or give --mutations."
    )


def test_a_second_of_fuzzing_counts_what_it_did(tmp_path: Path) -> None:
    pytest.importorskip("atheris", reason="needs atheris, the extra 'fuzz'")
    done = run("eval.stress.reading.fuzz", "--seconds", "1", "--format", "plain", "--folder", str(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    _, cpu_s, executions, corpus, findings = done.stdout.splitlines()[-1].split()
    assert int(executions.replace(",", "")) > int(corpus) > 0
    assert (float(cpu_s) > 0, findings) == (True, "0")


@pytest.mark.shared
def test_jats_files_are_read_as_their_xml_says(shared: Path) -> None:
    done = run("eval.benchmarks.reading.jats", str(shared / "data" / "plos-jats"))
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
    done = run("eval.benchmarks.answers.agree", str(questions), "--library", str(reviews.path), "--scorer", scorer)
    assert done.returncode == 0, done.stdout + done.stderr
    for name in ("Success@5", "DocRecall@10", "Sentence@1", "AUROC", "nDCG@10"):
        assert f"{name} " in done.stdout
    assert "0 figures differ" in done.stdout


@pytest.mark.model
def test_every_face_gives_the_same_answers(reviews: Library, tmp_path: Path) -> None:
    pytest.importorskip("mcp", reason="needs the MCP SDK, the extra 'mcp'")
    lines = [{"id": f"q {number}", "question": question} for number, (question, _) in enumerate(QUESTIONS)]
    questions = tmp_path / "questions.jsonl"
    questions.write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
    library = tmp_path / "library"
    shutil.copytree(reviews.path, library, ignore=shutil.ignore_patterns(f"{FILE}*"))  # other tests add conversations
    done = run("eval.stress.page.agree", "--library", str(library), "--questions", str(questions))
    assert done.returncode == 0, done.stdout + done.stderr
    rows = [line.strip("| ").split(" | ") for line in done.stdout.splitlines() if line.startswith("| ")][1:]
    assert [row[0] for row in rows] == [
        "Python, once more",
        "command line",
        "HTTP",
        "gradio_client",
        "MCP",
        "page's JSON export",
    ]
    assert {(row[1], row[3]) for row in rows} == {("5", "0")}
    assert "5 questions, 0 abstentions" not in done.stdout
    assert not (library / FILE).exists()


@pytest.mark.model
def test_follow_ups_find_what_the_whole_questions_find(reviews: Library) -> None:
    done = run("eval.benchmarks.answers.followups", "--library", str(reviews.path), "--curated", "6")
    assert done.returncode == 0, done.stderr
    assert "34 follow-ups: " in done.stdout
    assert " of 5 curated questions altered" in done.stdout
    figures = {
        line[:10].strip(): [float(figure) for figure in line[10:].split()] for line in done.stdout.splitlines()[1:3]
    }
    assert all(
        with_it > without + 0.2 for with_it, without in zip(figures["resolved"], figures["as typed"], strict=True)
    )
    first_hit, first_sentence, hits = figures["resolved"]
    assert min(first_hit, hits) > 0.9
    assert first_sentence > 0.85  # .882: 4 of 34 forms of a question give the reader other words (measurements.md)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Small data in the form of the large sets: the built-in reviews as articles, and a few diseases."""
    experts, medquad = tmp_path / "data" / "covidqa-dev", tmp_path / "data" / "medquad"
    for folder in (experts / "articles", medquad):
        folder.mkdir(parents=True)
    for text in CORPUS.glob("*.txt"):
        shutil.copy(text, experts / "articles")
    lines = (ROOT / "eval" / "questions" / "reviews.jsonl").read_text("utf-8").splitlines()
    curated = list(map(json.loads, lines))
    asked = [question for question in curated if len(question["answers"]) == 1][:4]
    (experts / "questions.jsonl").write_text("".join(f"{json.dumps(one)}\n" for one in asked), "utf-8")
    with gzip.open(medquad / "pairs.jsonl.gz", "wt", encoding="utf-8") as packed:
        for number, disease in enumerate(("asthma", "eczema", "gout", "rickets")):
            pair = {
                "id": str(number),
                "focus": disease,
                "qtype": "treatment",
                "question": f"What are the treatments for {disease}?",
                "answer": f"Most patients with {disease} are treated with rest. Severe {disease} needs more than that.",
            }
            packed.write(json.dumps(pair) + "\n")
    return tmp_path / "data"


@pytest.mark.model
def test_documents_that_answer_health_questions_are_found(data: Path) -> None:
    done = run("eval.benchmarks.answers.medquad", str(data), "--questions", "4")
    assert done.returncode == 0, done.stderr
    assert "| full | 1.000 | 1.000 | 1.000 | 1.000 |" in done.stdout
    assert "RR@10: full less dense +0.000, p 1.0000" in done.stdout


@pytest.mark.model
def test_what_the_parts_are_worth_is_told_of_three_sets(reviews: Library, data: Path, tmp_path: Path) -> None:
    shutil.copytree(reviews.path, tmp_path / "libraries" / "reviews")
    kept = ("--library", str(tmp_path / "libraries"))
    short = ("--only", "no-reader", "--curated", "6", "--medquad", "4")
    done = run("eval.benchmarks.answers.parts", str(data), *kept, *short)
    assert done.returncode == 0, done.stderr
    rows = [line.split(" | ")[0].strip("| ") for line in done.stdout.splitlines() if line.startswith("| ")]
    heads = ["covidqa-dev, 4 questions", "curated, 6 questions", "MedQuAD, 4 questions"]
    assert rows == [row for head in heads for row in (head, "full", "no-reader")]


@pytest.mark.model
def test_the_encoder_is_what_its_command_makes_of_the_published_model(
    run_here: Callable[..., str], tmp_path: Path
) -> None:
    out, folder = tmp_path / "encoder.onnx", tmp_path / "texts"
    folder.mkdir()
    (folder / "some.txt").write_text((CORPUS / SECOND).read_text("utf-8")[:6000], "utf-8")
    said = run_here("eval.training.export_encoder", "--out", str(out), "--texts", str(folder))
    made = hashlib.sha256(out.read_bytes()).hexdigest()
    assert f'ENCODER_SHA256 = "{made}"' in said
    assert " texts, cosine with the full model: mean 0.99" in said
    texts = ["High-dose IL-2 is limited by its severe toxicity.", "However, it was the first immunotherapy."]
    assert OnnxEncoder(out, made).encode(texts) == pytest.approx(OnnxEncoder().encode(texts), abs=0.02)


@pytest.mark.model
def test_encoding_is_measured_beside_sentence_transformers(run_here: Callable[..., str]) -> None:
    said = run_here("eval.benchmarks.answers.encoding", str(CORPUS), "--files", "1", "--rounds", "1")
    assert said.startswith("1 files, 11 passages of ")
    assert said.count(" passages/s, ") == 4
    assert said.count(" Gop/s, ") == 2
    assert "\nms a passage of each kind of step: " in said


@pytest.mark.model
def test_a_question_from_cold_is_measured() -> None:
    done = run("eval.benchmarks.speed.cold", "--runs", "1")
    assert done.returncode == 0, done.stderr
    rows = [line.split(" | ")[0].strip("| ") for line in done.stdout.splitlines()[2:]]
    assert rows == ["python, nothing done", "python, its libraries imported", "qa --help", "qa ask"]


@pytest.mark.model
def test_a_question_of_a_larger_library_is_measured_part_by_part() -> None:
    done = run("eval.benchmarks.speed.scale", str(CORPUS), "--passages", "20", "150", "--questions", "2")
    assert done.returncode == 0, done.stderr
    assert all(f"\n| {passages} | " in done.stdout for passages in (20, 150))
    assert "| reading the first passages | " in done.stdout
    assert "The median grows as the passages to the power of " in done.stdout
    assert done.stdout.count(" | 1.000 | ") == 2


@pytest.mark.model
def test_one_go_and_many_steps_are_measured_side_by_side() -> None:
    done = run("eval.benchmarks.speed.steps", str(CORPUS), "--passages", "40", "--steps", "2")
    assert done.returncode == 0, done.stderr
    said = done.stdout.splitlines()
    assert said[0].startswith("40 passages in one go: ")
    assert said[1].startswith("in 2 steps: ")
    assert said[3].startswith("into the large one: ")
