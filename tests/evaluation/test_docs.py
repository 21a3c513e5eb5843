"""docs/evaluation.md is true: its retriever runs, its configurations load, its measures exist."""

import re
from pathlib import Path

import pytest

import qa
from qa.evaluation import gate
from qa.evaluation.configurations import Configuration, read_configurations
from qa.evaluation.runner import COMPARED, evaluate
from qa.evaluation.systems import LibrarySystem
from qa.faces.cli.evaluation import evaluate as command
from qa.library import Library
from qa.records import Question
from tests.support.known_items import UNANSWERABLE, known_items
from tests.support.models import WordEncoder
from tests.support.places import ROOT

PAGE = (ROOT / "docs" / "evaluation.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def section(heading: str) -> str:
    return PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def test_the_retriever_and_the_evaluation_run(
    library: Library, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(qa, "open", lambda path: Library(library.path, encoder=WordEncoder()), raising=False)
    retriever, evaluation = blocks("python")
    assert len(retriever.split("class MyRetriever")[1].strip().splitlines()) <= 12
    exec(retriever + evaluation, {})
    printed = capsys.readouterr().out.split()
    assert printed[::2] == ["full", "mine"]
    assert all(0 <= float(value) <= 1 for value in printed[1::2])


def test_the_configurations_are_read(tmp_path: Path) -> None:
    (written,) = blocks("toml")
    path = tmp_path / "configurations.toml"
    path.write_text(written)
    configurations = read_configurations(path)
    keys = set(re.findall(r"^\| `(\w+)` \|", section("Configurations"), re.MULTILINE))
    assert keys == {name for name in Configuration.__dataclass_fields__ if name != "name"}
    assert configurations[-1].system == "my_retriever:MyRetriever"


def test_every_measure_is_explained_and_no_other(library: Library) -> None:
    first, second, *_ = known_items(library, every=20)
    several = Question("both", "What?", answers=(*first.answers, *known_items(library)[-1].answers))
    assert len({source for source, _ in several.answers}) == 2
    questions = [first, second, several, UNANSWERABLE]
    (system,) = evaluate(questions, [LibrarySystem("full", "", library)], library.documents()).systems
    rows = [line.split("|")[1] for line in section("Measures").splitlines() if line.startswith("| `")]
    assert {name for row in rows for name in re.findall(r"`([^`]+)`", row)} == set(system.summary)


def test_every_option_is_listed() -> None:
    named = set(re.findall(r"^\| `(--[\w-]+)", PAGE, re.MULTILINE))
    assert named == {option for parameter in command.params for option in parameter.opts if option.startswith("--")}


def test_what_is_compared_and_guarded_is_named() -> None:
    assert set(COMPARED) <= set(re.findall(r"`([^`]+)`", section("How sure")))
    assert set(gate.MEASURES) <= set(re.findall(r"`([^`]+)`", section("The gate")))
