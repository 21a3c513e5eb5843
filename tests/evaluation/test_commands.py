"""The commands ``qa eval`` and import: what they print and write, and their exit statuses."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner

from qa.faces.cli.main import run
from qa.faces.cli.options import DONE, MISTAKE, NO
from qa.faces.cli.questions import import_command
from qa.library import Library
from qa.retrieval.fusion import convex_fusion
from qa.stores.kept_report import REPORT
from tests.support.known_items import UNANSWERABLE, known_items, write_questions
from tests.support.models import WordEncoder
from tests.support.places import ROOT


@pytest.fixture
def folder(tmp_path: Path, library: Library, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with questions.jsonl beside the library."""
    monkeypatch.setattr("qa.library.opened.load_encoder", WordEncoder)
    monkeypatch.chdir(tmp_path)
    write_questions([*known_items(library, every=3), UNANSWERABLE], tmp_path / "questions.jsonl")
    return tmp_path


def evaluated(*arguments: str) -> int:
    return run(["eval", "questions.jsonl", "--library", "library", *arguments])


def one_sentence(error: str) -> bool:
    return error.startswith("qa: ") and error.count("\n") == 1 and "Traceback" not in error


def test_it_prints_each_measure_of_pincite_as_it_is(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluated() == DONE
    printed = capsys.readouterr().out
    assert "full" in printed
    for name in ("Success@5", "nDCG@10", "Sentence@1", "refused", "AURC", "calibration error", "p99"):
        assert name in printed


def test_configurations_stand_side_by_side_with_their_tests(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluated("--configurations", str(ROOT / "eval" / "configs" / "configurations.toml")) == DONE
    printed = capsys.readouterr().out
    for name in ("full", "hybrid", "lexical", "dense", "dense against full", "p (Holm)", "detectable"):
        assert name in printed


def test_json_is_printed_alone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluated("--json") == DONE
    evaluation = json.loads(capsys.readouterr().out)
    (system,) = evaluation["systems"]
    assert system["name"] == "full"
    assert evaluation["question_set"]["name"] == "questions"
    assert len(evaluation["question_set"]["sha256"]) == len(evaluation["library"]["documents_sha256"]) == 64
    assert evaluation["environment"]["cores"] >= 1


def test_a_report_and_trec_files_are_written_and_a_run_joins(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluated("--out", "report", "--trec", "trec") == DONE
    assert (folder / "report" / "results.json").exists()
    (folder / "trec" / "full.run").rename(folder / "theirs.run")
    capsys.readouterr()
    assert evaluated("--run", "theirs.run", "--json") == DONE
    ours, theirs = json.loads(capsys.readouterr().out)["systems"]
    assert theirs["name"] == "theirs"
    assert theirs["summary"]["nDCG@10"] == ours["summary"]["nDCG@10"]


def test_the_last_report_is_kept_with_the_library(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = folder / "library" / REPORT
    assert evaluated("--out", "report", "--json") == DONE
    first = kept.read_text()
    assert first == (folder / "report" / "report.html").read_text()
    assert "full" in first
    write_questions([UNANSWERABLE], folder / "questions.jsonl")
    assert evaluated("--json") == DONE
    assert kept.read_text() != first
    assert run(["check", "--library", "library"]) == DONE
    capsys.readouterr()
    assert run(["add", "library", "--library", "library"]) == MISTAKE
    assert "holds no file that Pincite reads" in capsys.readouterr().err


def test_a_report_that_cannot_be_kept_is_said_and_the_rest_is_done(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "library" / REPORT.parent).write_text("in the way")
    assert evaluated("--json") == DONE
    shown = capsys.readouterr()
    assert json.loads(shown.out)["systems"]
    assert shown.err.splitlines()[-1].startswith("qa: the page will not show this report: library/.report cannot be")


def test_what_changed_since_a_saved_evaluation_is_printed_and_written(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluated("--out", "report") == DONE
    capsys.readouterr()
    assert evaluated("--out", "again", "--against", "report/results.json") == DONE
    shown = capsys.readouterr()
    assert "since report/results.json" in shown.out
    assert "0 got better and 0 worse" in " ".join(shown.out.split())
    assert (folder / "again" / "comparison.html").exists()
    assert shown.err.splitlines()[-1] == "wrote again/comparison.md"


def test_the_gate_is_green_on_what_it_was_made_of_and_red_on_a_fault(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert evaluated("--gate-update", "--gate", "reference.json") == DONE
    assert evaluated("--gate", "reference.json") == DONE
    assert "nothing fell" in capsys.readouterr().out

    def reversed_fusion(scores: Mapping[str, Sequence[float]], weights: Mapping[str, float]) -> list[float]:
        return [-score for score in convex_fusion(scores, weights)]

    monkeypatch.setattr("qa.retrieval.first_stage.convex_fusion", reversed_fusion)
    assert evaluated("--gate", "reference.json") == NO
    printed = capsys.readouterr().out
    assert "The gate says no" in printed
    assert "Success@5" in printed.partition("The gate says no: ")[2].split("\n")[0]


def test_the_gate_has_a_place_of_its_own(folder: Path) -> None:
    assert evaluated("--gate-update") == DONE
    assert (folder / "eval" / "reports" / "reference.json").exists()
    assert evaluated("--gate") == DONE


@pytest.mark.parametrize(
    "arguments",
    [
        ["--gate", "nowhere.json"],
        ["--configurations", "nowhere.toml"],
        ["--system", "full"],  # there is no eval/configs/configurations.toml here
        ["--run", "nowhere.run"],
    ],
)
def test_what_is_missing_is_one_sentence(
    folder: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluated(*arguments) == MISTAKE
    assert one_sentence(capsys.readouterr().err)


def test_a_reference_of_other_questions_is_one_sentence(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluated("--gate-update") == DONE
    lines = (folder / "questions.jsonl").read_text().splitlines()
    (folder / "questions.jsonl").write_text("\n".join(lines[1:]))
    capsys.readouterr()
    assert evaluated("--gate") == MISTAKE
    assert one_sentence(capsys.readouterr().err)


def test_questions_about_other_documents_are_one_sentence(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = {"id": "1", "question": "What?", "answers": [{"doc": "other.txt", "quote": "something"}]}
    (folder / "questions.jsonl").write_text(json.dumps(other))
    assert evaluated() == MISTAKE
    assert one_sentence(capsys.readouterr().err)


def test_gold_that_stands_nowhere_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gold = {"doc": "003_21a118f5011cff46.txt", "quote": "these words stand nowhere"}
    (folder / "questions.jsonl").write_text(json.dumps({"id": "1", "question": "What?", "answers": [gold]}))
    assert evaluated() == DONE
    assert "1 of 1 gold quotes stand in no document" in capsys.readouterr().err


def test_no_question_set_is_one_sentence(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["eval", "--library", "library"]) == MISTAKE
    assert one_sentence(capsys.readouterr().err)


def test_an_imported_set_can_be_measured_on(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    context = "The team gave up 308 points. It won 12 games in 2015. Nobody knew why it lost the last."
    asked = {"id": "s1", "question": "How many points?", "answers": [{"answer_start": 17, "text": "308"}]}
    squad = {"data": [{"title": "Team", "paragraphs": [{"context": context, "qas": [asked]}]}]}
    (folder / "squad.json").write_text(json.dumps(squad))
    imported = CliRunner().invoke(import_command, ["squad", "squad.json", "--out", "set"])
    assert imported.exit_code == DONE
    for line in [line.split() for line in imported.output.splitlines() if line.startswith("    qa ")]:
        assert run(line[1:]) == DONE
    assert "1 questions of questions" in capsys.readouterr().out
