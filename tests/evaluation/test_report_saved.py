"""qa.evaluation.report.saved: an evaluation survives JSON, and nothing else is accepted as one."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa.errors import ResultsFileError
from qa.evaluation.report import from_dict, load, to_dict
from qa.evaluation.report.saved import dumped
from qa.evaluation.results import (
    CalibrationBin,
    Comparison,
    Estimate,
    Evaluation,
    Found,
    Gold,
    QuestionResult,
    RiskCoverage,
    SystemResult,
)
from tests.support.make_evaluation import evaluation

TEXT = st.text(max_size=8)
NUMBER = st.floats(-1e6, 1e6)
COUNT = st.integers(0, 10**6)
ANYTHING = st.dictionaries(TEXT, TEXT | st.integers() | NUMBER | st.none() | st.dictionaries(TEXT, TEXT), max_size=3)


def few(strategy: st.SearchStrategy[Any], least: int = 0) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(strategy, min_size=least, max_size=2).map(tuple)


def by_name(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(TEXT, strategy, max_size=2)


def curve(points: Sequence[tuple[float, float]]) -> RiskCoverage:
    return RiskCoverage(tuple(x for x, _ in points), tuple(y for _, y in points), 0.5)


ESTIMATES = by_name(st.builds(Estimate, NUMBER, NUMBER, NUMBER, COUNT))
FOUND = st.builds(Found, text=TEXT)
QUESTIONS = st.builds(
    QuestionResult,
    confidence=NUMBER,
    rank=st.none() | st.integers(1, 10),
    seconds=NUMBER,
    gold=few(st.builds(Gold)),
    measures=by_name(NUMBER),
    hits=few(FOUND),
    sentences=few(FOUND),
)
SYSTEMS = st.builds(
    SystemResult,
    questions=few(QUESTIONS),
    summary=ESTIMATES,
    by_kind=by_name(ESTIMATES),
    risk_coverage=few(st.tuples(NUMBER, NUMBER)).map(curve),
    calibration=few(st.builds(CalibrationBin, NUMBER, NUMBER, COUNT)),
    calibration_error=NUMBER,
    auroc=NUMBER | st.none(),
    seconds=by_name(NUMBER),
    size=by_name(st.integers()),
)
COMPARISONS = st.builds(Comparison, TEXT, TEXT, TEXT, NUMBER, NUMBER, NUMBER, NUMBER, NUMBER, NUMBER)
EVALUATIONS = st.builds(
    Evaluation, ANYTHING, ANYTHING, ANYTHING, systems=few(SYSTEMS, least=1), comparisons=few(COMPARISONS)
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(EVALUATIONS)
def test_an_evaluation_survives_json(made: Evaluation) -> None:
    assert from_dict(json.loads(dumped(made))) == made


def test_each_text_is_saved_once() -> None:
    made = evaluation(12, systems=["Pincite", "BM25"])
    hits = [hit for system in made.systems for question in system.questions for hit in question.hits]
    form = to_dict(made)
    assert len(form["texts"]) == len(set(form["texts"])) >= len({hit.text for hit in hits})
    assert (
        form["texts"][form["systems"][1]["questions"][3]["hits"][0]["text"]]
        == made.systems[1].questions[3].hits[0].text
    )
    assert len({hit.text for hit in hits}) < len(hits)


def test_a_field_that_is_not_known_yet_is_let_be() -> None:
    made = evaluation(3)
    assert from_dict(to_dict(made) | {"weather": "fair"}) == made


def unpaired() -> dict[str, Any]:
    form = to_dict(evaluation(3))
    form["systems"][0]["risk_coverage"]["risk"] = [0.5]
    return form


def without(field: str) -> dict[str, Any]:
    form = to_dict(evaluation(3))
    del form["systems"][0]["questions"][1][field]
    return form


def with_hit(**changed: object) -> dict[str, Any]:
    form = to_dict(evaluation(3))
    form["systems"][0]["questions"][1]["hits"][0].update(changed)
    return form


@pytest.mark.parametrize(
    ("form", "message"),
    [
        pytest.param([], "not a saved evaluation", id="no object"),
        pytest.param({"question": "why?"}, "not a saved evaluation", id="an answer"),
        pytest.param(to_dict(evaluation(3)) | {"version": 99}, "saved in version 99", id="another version"),
        pytest.param(without("verdict"), "malformed at 'systems.0.questions.1.verdict'", id="a field is missing"),
        pytest.param(to_dict(evaluation(3)) | {"seed": "seven"}, "malformed at 'seed'", id="no number"),
        pytest.param(with_hit(text=10**6), "malformed at 'systems.0.questions.1.hits.0.text'", id="no such text"),
        pytest.param(with_hit(text={}), "malformed at 'systems.0.questions.1.hits.0.text'", id="no position"),
        pytest.param(to_dict(evaluation(3)) | {"texts": 7}, "malformed at 'systems.0.questions.0", id="no texts"),
        pytest.param(to_dict(evaluation(3)) | {"systems": ["one"]}, "malformed at 'systems.0'", id="no record"),
        pytest.param(unpaired(), "unpaired points", id="half a curve"),
        pytest.param(to_dict(evaluation(3)) | {"systems": []}, "holds no system", id="no system"),
    ],
)
def test_what_is_no_evaluation_is_refused_in_one_sentence(form: object, message: str, tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    path.write_text(json.dumps(form), "utf-8")
    with pytest.raises(ResultsFileError, match=message) as caught:
        load(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 100_000], ids=["empty", "cut", "bytes", "deep"])
def test_what_is_no_json_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    path.write_bytes(content)
    with pytest.raises(ResultsFileError, match="is not JSON"):
        load(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ResultsFileError, match="cannot be read"):
        load(tmp_path / "nothing.json")
