"""qa.evaluation.report.writing: files are written completely or not at all."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from qa.errors import QAError
from qa.evaluation.report import (
    compare,
    comparison_html,
    comparison_markdown,
    load,
    report_html,
    report_markdown,
    write,
)
from qa.evaluation.results import Evaluation
from tests.evaluation.test_report_saved import EVALUATIONS
from tests.support.make_evaluation import evaluation


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(EVALUATIONS, EVALUATIONS)
def test_whatever_an_evaluation_holds_is_reported(made: Evaluation, other: Evaluation) -> None:
    assert report_html(made)
    assert report_markdown(made)
    assert comparison_html(compare(made, other, made.comparisons))
    assert comparison_markdown(compare(made, other, made.comparisons))


def test_an_evaluation_survives_its_file(tmp_path: Path) -> None:
    made = evaluation(20)
    write(made, tmp_path)
    assert load(tmp_path / "results.json") == made


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(QAError, match=r"taken cannot be written .*; name another folder"):
        write(evaluation(3), tmp_path / "taken")


def test_nothing_is_left_beside_the_files(tmp_path: Path) -> None:
    written = write(evaluation(3), tmp_path / "a" / "b")
    assert sorted(written) == sorted((tmp_path / "a" / "b").iterdir())


def test_a_file_that_cannot_be_replaced_is_left_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(evaluation(3), tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(QAError, match="No space left on device"):
        write(evaluation(4), tmp_path)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_half_a_character_is_written_as_its_escape(tmp_path: Path) -> None:
    made = evaluation(3)
    write(Evaluation({"name": "half \ud83d"}, {}, {}, 1, made.systems), tmp_path)
    assert "half \\ud83d" in (tmp_path / "report.html").read_text("utf-8")
