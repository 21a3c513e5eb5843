"""Short forms of the long measurements in eval/, so that they keep working and keep passing."""

import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT


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


@pytest.mark.model
@pytest.mark.isolated
def test_questions_are_answered_while_hostile_files_are_read() -> None:
    done = run("eval/hostile.py", "--quick", "--only", ".md", "--asking")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "\nidle " in done.stdout
    assert "\nunder attack " in done.stdout


def test_mutations_of_small_files_are_read_or_refused() -> None:
    done = run("eval/fuzz.py", "--mutations", "300", "--seed", "7")
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
        "sys.path.insert(0, 'eval')\n"
        "sys.argv = ['eval/fuzz.py']\n"
        "runpy.run_path('eval/fuzz.py', run_name='__main__')"
    )
    done = run("-c", code)
    assert done.returncode == 1
    assert done.stderr.strip() == (
        "Fuzzing needs atheris, which is not installed: pip install atheris (on Linux), or give --mutations."
    )


def test_a_second_of_fuzzing_counts_what_it_did(tmp_path: Path) -> None:
    pytest.importorskip("atheris", reason="needs atheris, the extra 'fuzz'")
    done = run("eval/fuzz.py", "--seconds", "1", "--format", "plain", "--folder", str(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    _, cpu_s, executions, corpus, findings = done.stdout.splitlines()[-1].split()
    assert int(executions.replace(",", "")) > int(corpus) > 0
    assert (float(cpu_s) > 0, findings) == (True, "0")


@pytest.mark.shared
def test_jats_files_are_read_as_their_xml_says(shared: Path) -> None:
    done = run("eval/jats.py", str(shared / "data" / "plos-jats"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "files read: 61 of 61" in done.stdout
