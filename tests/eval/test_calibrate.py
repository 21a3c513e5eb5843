"""Fitting the support of sentences: the figures that are reported."""

from types import ModuleType

import numpy as np
import pytest


@pytest.fixture
def command() -> ModuleType:
    from eval.training import calibrate

    return calibrate


def test_the_threshold_lets_no_more_than_the_risk_through(command: ModuleType) -> None:
    given = np.array([0.1, 0.2, 0.3, 0.4, 0.9, 0.35, 0.5, 0.6, 0.7, 0.8])
    labels = np.array([False] * 5 + [True] * 5)
    said = command.at_risk(given, labels, risk=0.2)
    # 1 of 5 is let through. The upper bound for (1, 4) is the .975 quantile of Beta(2, 4).
    assert said.startswith("above 0.400: answerable answered 0.800, unanswerable answered 0.200, at most 0.716")


def samples(command: ModuleType, *rows: tuple[float, bool, bool]) -> list[object]:
    return [command.Sample((value, 0.0, 0.0), right, answerable) for value, right, answerable in rows]


def test_each_collection_counts_alike_in_the_fit(command: ModuleType) -> None:
    said = samples(command, (1.0, True, True), (-1.0, False, False))
    contrary = samples(command, (1.0, False, False), (-1.0, True, True))
    for times in (1, 5):  # they say the opposite of each other, so together nothing
        assert command.fit({"a": said, "b": contrary * times}).coef_[0][0] == pytest.approx(0, abs=1e-3)


def test_three_in_four_questions_are_taken_to_have_an_answer(command: ModuleType) -> None:
    for times in (1, 9):
        alike = samples(command, *[(0.0, True, True)] * times, (0.0, False, False))
        (told, _) = command.probabilities(command.fit({"a": alike}), alike[:2])
        assert told == pytest.approx(0.75, abs=0.01)


def test_what_moves_is_the_median_of_the_pairs(command: ModuleType) -> None:
    lacking, answering = (command.Sample((value, 0.0, 0.0), value > 0, value > 0) for value in (-2.0, 2.0))
    model = command.fit({"a": [lacking, answering]})
    low, high = command.probabilities(model, [lacking, answering])
    pairs = [(lacking, lacking), (answering, answering), (lacking, answering)]
    assert command.moved(model, pairs).endswith("differs by 0.000 (median)")
    assert command.moved(model, pairs[2:]).endswith(f"differs by {high - low:.3f} (median)")
