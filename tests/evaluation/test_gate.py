"""The gate passes on the reference itself, and fails on a fault in the ranking."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from qa.errors import EvaluationError
from qa.evaluation import gate
from qa.evaluation.results import Evaluation
from qa.evaluation.runner import described, evaluate
from qa.evaluation.systems import LibrarySystem
from qa.library import Library
from qa.records import Question
from qa.retrieval.fusion import convex_fusion
from tests.support.known_items import UNANSWERABLE, known_items


def evaluated(library: Library, questions: Sequence[Question]) -> Evaluation:
    system = LibrarySystem("full", "", library)
    return evaluate(
        questions,
        [system],
        library.documents(),
        question_set=described(questions, "known items", "5" * 64),
        library={"documents_sha256": "d" * 64},
    )


@pytest.fixture
def questions(library: Library) -> list[Question]:
    return [*known_items(library, every=2), UNANSWERABLE]


def test_nothing_has_fallen_below_itself(library: Library, questions: list[Question], tmp_path: Path) -> None:
    evaluation = evaluated(library, questions)
    gate.save(evaluation, tmp_path / "reports" / "reference.json")
    rows = gate.check(gate.load(tmp_path / "reports" / "reference.json"), evaluation)
    assert [row.measure for row in rows] == list(gate.MEASURES)
    assert all(row.p == row.p_holm == 1 and not row.fallen and not row.worse for row in rows)
    assert all(row.was == pytest.approx(row.now, abs=1e-6) for row in rows)


def test_a_fault_in_the_ranking_turns_it_red(
    library: Library, questions: list[Question], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = gate.reference(evaluated(library, questions))

    def reversed_fusion(scores: Mapping[str, Sequence[float]], weights: Mapping[str, float]) -> list[float]:
        return [-score for score in convex_fusion(scores, weights)]

    monkeypatch.setattr("qa.retrieval.first_stage.convex_fusion", reversed_fusion)
    rows = {row.measure: row for row in gate.check(kept, evaluated(library, questions))}
    assert rows["nDCG@10"].fallen
    assert rows["Success@5"].fallen
    assert rows["nDCG@10"].now < rows["nDCG@10"].was
    assert set(rows["Success@5"].worse) <= {question.id for question in questions}
    assert rows["Success@5"].worse


def test_a_subtler_fault_turns_it_red_too(
    library: Library, questions: list[Question], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The two first-stage scores are mixed up. The order is still far better than chance."""
    kept = gate.reference(evaluated(library, questions))

    def mixed_up(scores: Mapping[str, Sequence[float]], weights: Mapping[str, float]) -> list[float]:
        return convex_fusion({name: [*scores[name][1:], *scores[name][:1]] for name in scores}, weights)

    monkeypatch.setattr("qa.retrieval.first_stage.convex_fusion", mixed_up)
    assert any(row.fallen for row in gate.check(kept, evaluated(library, questions)))


def test_a_rise_is_not_a_fall(library: Library, questions: list[Question]) -> None:
    evaluation = evaluated(library, questions)
    kept = gate.reference(evaluation)
    kept["measures"] = {"RR@10": dict.fromkeys(kept["measures"]["RR@10"], 0.0)}
    (row,) = gate.check(kept, evaluation)
    assert row.p > 0.9
    assert not row.fallen


def test_one_question_that_fell_is_no_fall(library: Library, questions: list[Question]) -> None:
    evaluation = evaluated(library, questions)
    kept = gate.reference(evaluation)
    kept["measures"]["answered"] = dict.fromkeys(kept["measures"]["answered"], 0.0) | {"k1": 2.0}
    row = next(row for row in gate.check(kept, evaluation) if row.measure == "answered")
    assert list(row.worse) == ["k1"]
    assert not row.fallen


@pytest.mark.parametrize(("part", "named"), [("question_set", "questions"), ("library", "documents")])
def test_other_questions_or_documents_are_an_error(
    library: Library, questions: list[Question], part: str, named: str
) -> None:
    evaluation = evaluated(library, questions)
    kept = gate.reference(evaluation)
    changed = replace(evaluation, **{part: {**getattr(evaluation, part), f"{named}_sha256": "x", "sha256": "x"}})
    with pytest.raises(EvaluationError, match=f"the {named} are not those .* --gate-update"):
        gate.check(kept, changed)


def test_a_measure_that_is_gone_is_an_error(library: Library, questions: list[Question]) -> None:
    evaluation = evaluated(library, questions)
    kept = gate.reference(evaluation)
    kept["measures"]["nonsense"] = {"k0": 1.0}
    with pytest.raises(EvaluationError, match="nonsense is not measured"):
        gate.check(kept, evaluation)


@pytest.mark.parametrize("content", [None, "", "[]", "{}", '{"measures": {"a": 1}, "about": {}}'])
def test_no_reference_is_one_sentence(content: str | None, tmp_path: Path) -> None:
    path = tmp_path / "reference.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(EvaluationError, match="--gate-update"):
        gate.load(path)


def test_the_reference_can_be_read_by_a_person(library: Library, questions: list[Question], tmp_path: Path) -> None:
    gate.save(evaluated(library, questions), tmp_path / "reference.json")
    kept = json.loads((tmp_path / "reference.json").read_text())
    assert set(kept) == {"about", "made_with", "system", "measures"}
    assert set(kept["measures"]["refused"]) == {"none"}
