"""TREC files: Pincite and ir-measures both read what was written, and compute the same figures."""

from pathlib import Path

import ir_measures
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qa.errors import EvaluationError
from qa.evaluation.measures import RANKED, falling
from qa.evaluation.runner import Measured, assemble, by_name, measure
from qa.evaluation.systems import LibrarySystem
from qa.evaluation.trec import RunSystem, read_qrels, read_run, write
from qa.library import Library
from qa.records import Question
from tests.support.known_items import UNANSWERABLE, known_items


@given(st.lists(st.floats(-1e6, 1e6), max_size=12))
@example([1.0, 1.0, 1.0])
@example([1.0, 1.0 - 1e-12, 2.0])
def test_falling_scores_keep_their_order_in_single_precision(scores: list[float]) -> None:
    lowered = np.array(falling(scores), np.float32)
    assert all(lowered[1:] < lowered[:-1])
    assert all(low <= np.float32(score) for low, score in zip(lowered, scores, strict=True))


def test_scores_that_fall_already_stay() -> None:
    assert falling([0.75, 0.5, -1.0]) == [0.75, 0.5, -1.0]


@pytest.fixture
def questions(library: Library) -> list[Question]:
    return [*known_items(library, every=3), UNANSWERABLE]


@pytest.fixture
def measured(library: Library, questions: list[Question]) -> Measured:
    return measure(LibrarySystem("a full one", "", library), questions, by_name(library.documents()))


def test_ir_measures_on_the_files_gives_the_same_figures(measured: Measured, tmp_path: Path) -> None:
    qrels, run = write([measured], tmp_path)
    assert run.name == "a%20full%20one.run"
    assert len(run.read_text().splitlines()[0].split()) == 6
    theirs = ir_measures.calc_aggregate(
        [ir_measures.parse_measure(name) for name in RANKED],
        list(ir_measures.read_trec_qrels(str(qrels))),
        list(ir_measures.read_trec_run(str(run))),
    )
    assert {str(name): value for name, value in theirs.items()} == pytest.approx(
        {name: measured.result.summary[name].value for name in RANKED}, abs=1e-12
    )


def test_what_is_written_is_read_again(measured: Measured, tmp_path: Path) -> None:
    qrels, run = write([measured], tmp_path)
    assert read_qrels(qrels) == measured.qrels
    assert read_run(run) == measured.run
    assert [list(one) for one in read_run(run).values()] == [list(one) for one in measured.run.values()]


def test_a_run_file_is_a_system_with_the_figures_of_its_run(
    library: Library, questions: list[Question], measured: Measured, tmp_path: Path
) -> None:
    _, path = write([measured], tmp_path)
    documents = by_name(library.documents())
    system = RunSystem(path, documents, LibrarySystem("", "", library).passages())
    again = measure(system, questions, documents)
    assert again.qrels == measured.qrels
    assert again.run == measured.run
    for name in RANKED:
        assert again.result.summary[name] == measured.result.summary[name]
    assert "Sentence@1" not in again.result.summary


def test_a_run_of_other_passages_is_judged_on_what_it_returned(library: Library, tmp_path: Path) -> None:
    document = library.documents()[1]
    start = document.text.index("severe toxicity")
    place = f"{document.source}#{start - 5}-{start + 15}"
    path = tmp_path / "other.run"
    path.write_text(f"1 Q0 {place} 1 1.0 t\n")
    documents = by_name(library.documents())
    system = RunSystem(path, documents, LibrarySystem("", "", library).passages())
    question = Question("1", "What?", answers=((document.source, "severe toxicity"), (document.source, "widespread")))
    again = measure(system, [question], documents)
    assert again.qrels == {"1": {place: 1, f"{document.source}#gold-2": 1}}
    assert again.result.summary["Success@1"].value == 1


def test_other_passages_have_judgments_of_their_own(measured: Measured, tmp_path: Path) -> None:
    other = Measured(measured.result, {"k0": {"x#0-1": 1}}, measured.run)
    names = [path.name for path in write([measured, other], tmp_path)]
    assert names == ["qrels.txt", "a%20full%20one.run", "a%20full%20one.qrels"]


def test_a_run_goes_by_its_scores_and_ties_by_docno(tmp_path: Path) -> None:
    path = tmp_path / "other.run"
    path.write_text("q%201 Q0 a#0-1 1 0.5 t\nq%201 Q0 b#0-1 2 0.9 t\nq%201 Q0 c#0-1 3 0.5 t\n")
    assert list(read_run(path)["q 1"]) == ["b#0-1", "c#0-1", "a#0-1"]


@pytest.mark.parametrize("content", ["", "q Q0 a#0-1 1 0.5\n", "q Q0 a#0-1 1 high t\n", "q Q0 a#0-1 1 nan t\n"])
def test_a_malformed_run_is_one_sentence(content: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.run"
    path.write_text(content)
    with pytest.raises(EvaluationError, match=r"bad\.run"):
        read_run(path)


@pytest.mark.parametrize("number", ["missing.txt#0-1", "003_21a118f5011cff46.txt#0-99999999", "nonsense"])
def test_a_run_about_something_else_is_refused(library: Library, tmp_path: Path, number: str) -> None:
    path = tmp_path / "bad.run"
    path.write_text(f"q Q0 {number} 1 1.0 t\n")
    with pytest.raises(EvaluationError):
        RunSystem(path, by_name(library.documents()), ())


def test_nothing_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="check the path"):
        read_qrels(tmp_path / "nowhere")


def test_runs_of_equal_systems_do_not_differ(measured: Measured) -> None:
    evaluation = assemble([measured, measured], {}, {})
    assert {one.p for one in evaluation.comparisons} == {1.0}
