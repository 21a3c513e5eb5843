"""docs/your-own-evaluation.md is true: its commands run in order and print what it shows."""

import io
import re
import shlex
import sys
from pathlib import Path

import pytest

from qa.faces.cli.main import run
from qa.faces.cli.options import DONE
from qa.query.questions import read_questions
from tests.evaluation.test_drafting import COFFEE, KITCHEN, RAIN, ROOF, TEA
from tests.support.models import WordEncoder
from tests.support.places import ROOT

PAGE = (ROOT / "docs" / "your-own-evaluation.md").read_text("utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", PAGE, re.DOTALL)
COMMANDS = [
    shlex.split(line)[2:]
    for language, block in BLOCKS
    if language == "console"
    for line in block.splitlines()
    if line.startswith("$ qa ")
]
SHOWN = [line for language, block in BLOCKS if language == "text" for line in block.splitlines()]

DRAFTED = (
    *("1 2", "What is soft, what is made with hot water?", "1", "li"),
    *("0", "Which wine goes with fish?", "far"),
    *("", "q"),
)
"""What a person types in the draft: a question with answers in two texts, one without, then the end."""


def typed(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a new user: two texts, and nothing else."""
    monkeypatch.setattr("qa.library.opened.load_encoder", WordEncoder)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "kitchen.md").write_text(KITCHEN, "utf-8")
    (tmp_path / "texts" / "roof.md").write_text(ROOF, "utf-8")
    return tmp_path


def test_the_path_of_the_page_can_be_walked(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (configurations,) = (block for language, block in BLOCKS if language == "toml")
    (folder / "configurations.toml").write_text(configurations, "utf-8")
    printed = ""
    for number, command in enumerate(COMMANDS):
        if command[0] == "add" and number:
            (folder / "texts" / "cellar.md").write_text("# Cellar\n\n## Text\n\nWhat is soft is made with hot water.\n")
        typed(monkeypatch, *(DRAFTED if "draft" in command else "n" * 9))
        assert run(command) == DONE, command
        shown = capsys.readouterr()
        printed += shown.out + shown.err
    asked, refused = read_questions(folder / "my-questions.jsonl")
    assert {quote for _, quote in asked.answers} == {TEA, RAIN, COFFEE}
    assert (asked.kind, refused.answerable) == ("list", False)
    assert "judged to be none 1" in printed  # the added text is similar
    assert [prompt for prompt in prompts() if prompt not in printed] == []
    assert [line for line in SHOWN if line.startswith(("wrote", "Looking", "These")) and line not in printed] == []
    for page in ("report/report.html", "report-short/report.html", "report-2/comparison.html"):
        assert (folder / page).exists()


def prompts() -> list[str]:
    """The prompts that the page shows, without what is typed."""
    return [match[0] for line in SHOWN if (match := re.match(r"(Sentences|Question|Which|Kind|Does)[^)]*\)", line))]


def test_the_page_shows_each_prompt_and_each_step() -> None:
    assert len(prompts()) == 5
    assert " ".join(command[0] for command in COMMANDS) == "add questions questions eval eval add eval questions"


def test_the_measures_that_the_page_shows_are_those_of_a_report() -> None:
    shown = {match[0] for line in SHOWN if (match := re.match(r" (?:Success|Sentence)@\d+| refused", line))}
    assert shown == {" Success@1", " Success@5", " Sentence@1", " refused"}
