"""The comparison with other engines: its ratios and tables, and a run of Pincite alone."""

import importlib
import json
import shutil
from pathlib import Path
from types import ModuleType

import pytest

from tests.eval.test_eval import run
from tests.support.places import CORPUS, ROOT

DRIVERS = ROOT / "eval" / "benchmarks" / "speed" / "drivers"


@pytest.fixture
def peers() -> ModuleType:
    return importlib.import_module("eval.benchmarks.speed.peers")


@pytest.fixture
def report() -> ModuleType:
    return importlib.import_module("eval.benchmarks.speed.peer_report")


FACTS = {"files": 2, "passages": 90, "questions": 5, "runs": 2}


def measured(peers: ModuleType) -> list[object]:
    own = peers.Measured("pincite", [20.0, 10.0], [0.05, 0.05], [0.07, 0.07], [1.0, 1.0], [300, 300], [200, 200])
    other = peers.Measured("txtai", [10.0, 4.0], [0.10, 0.20], [0.035, 0.035], [6.0, 8.0], [900, 900], [800, 800])
    return [own, other, peers.Measured("chroma", failure="not installed: no such <package>")]


def test_ratios_are_of_the_same_run_and_say_how_many_times_better_pincite_is(
    peers: ModuleType, report: ModuleType
) -> None:
    own, other, _ = measured(peers)
    found = {key: report.ratio(report.MEASURES[key], own, other) for key in report.RATIOS}
    assert found == {"rate": 2.25, "processor": pytest.approx(3.0), "warm": 0.5, "cold": 7.0}


def test_an_engine_that_failed_is_in_the_table_with_its_reason(peers: ModuleType, report: ModuleType) -> None:
    lines = report.table(measured(peers), FACTS).splitlines()
    assert lines[0].startswith("90 passages of 2 articles, 5 questions; medians of 2 runs")
    assert lines[4].startswith("| Pincite | 15.0 | 50 | 70 | 1.00 |")
    assert lines[5].startswith("| txtai | 7.0 (2.2) | 150 (3.0) | 35 (0.5) | 7.00 (7.0) |")
    assert lines[6] == "| Chroma | – | – | – | – | – | – |"
    assert lines[-1] == "Chroma could not be measured: not installed: no such <package>"


def test_the_page_shows_what_was_measured_and_escapes_it(peers: ModuleType, report: ModuleType, tmp_path: Path) -> None:
    report.write(tmp_path, measured(peers), FACTS, {"txtai": ["txtai==1", "torch==2"]})
    page, text = ((tmp_path / name).read_text("utf-8") for name in ("report.html", "report.md"))
    assert page.count('<svg class="drawing"') == 4
    assert "no such &lt;package&gt;" in page
    assert "no such <package>" not in page
    assert "| txtai | 7.0 (2.2) |" in text
    assert "- txtai: txtai==1, torch==2" in text


def test_what_a_program_complains_of_is_the_reason(peers: ModuleType) -> None:
    with pytest.raises(peers.Failed, match=r"^ZeroDivisionError: division by zero$"):
        peers.called(["python3", "-c", "1 / 0"])
    assert peers.called(["python3", "-c", "raise SystemExit(1)"], accepted=(0, 1)) == ""


def test_each_peer_has_its_driver_and_exact_versions(peers: ModuleType) -> None:
    for name, pinned in peers.versions(peers.PEERS).items():
        assert (DRIVERS / f"with_{name}.py").is_file()
        assert all("==" in package for package in pinned)
        assert "torch==2.13.0" in pinned


@pytest.mark.model
def test_pincite_is_driven_as_the_others_are(tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    shutil.copy(CORPUS / "003_21a118f5011cff46.txt", tmp_path / "articles")
    (tmp_path / "questions.jsonl").write_text(json.dumps({"question": "What limits the use of high-dose IL-2?"}) + "\n")
    out = tmp_path / "out"
    done = run("eval.benchmarks.speed.peers", str(tmp_path), "--runs", "1", "--peers", "--out", str(out))
    assert done.returncode == 0, done.stderr
    assert "\n| Pincite | " in done.stdout
    (engine,) = json.loads((out / "results.json").read_text())["engines"]
    assert not engine["failure"]
    assert all(len(engine[name]) == 1 for name in ("rates", "processor", "warm", "cold", "adding", "asking"))
    assert (out / "report.html").is_file()
