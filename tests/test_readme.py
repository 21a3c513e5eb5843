"""The README is true: its answer, its Python code, its commands and its files."""

import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from qa.faces.cli.main import commands
from qa.library import Library
from tests.support.places import ROOT

README = (ROOT / "README.md").read_text("utf-8")
FIRST_SCREEN = "\n".join(README.splitlines()[:40])


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def test_the_first_screen_holds_the_two_commands_and_an_answer() -> None:
    assert "python3 run.py chat" in FIRST_SCREEN
    assert "python3 run.py test" in FIRST_SCREEN
    assert "[1]" in FIRST_SCREEN


@pytest.mark.model
def test_the_pasted_answer_is_what_the_command_prints(reviews: Library) -> None:
    (question,) = re.findall(r'\$ \.venv/bin/qa ask "([^"]+)"\n```\n```text', README)
    command = [sys.executable, "-m", "qa", "ask", question, "--library", str(reviews.path)]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert printed.split() == blocks("text")[0].split()


@pytest.mark.model
def test_the_python_of_the_readme_runs_from_a_clone(tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-W", "error::ResourceWarning", "-c", blocks("python")[0]]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "toxicity" in done.stdout


def test_every_command_is_in_the_readme() -> None:
    names = commands.list_commands(click.Context(commands))
    assert all(f"`qa {name} " in README or f"`qa {name}`" in README for name in names)


def test_every_file_that_the_documents_point_at_is_there() -> None:
    for page in (ROOT / "README.md", *(ROOT / "docs").glob("*.md"), ROOT / "CONTRIBUTING.md"):
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name} points at {target}"
