"""Fitting the support of sentences: the figures that are reported."""

from types import ModuleType

import numpy as np
import pytest


@pytest.fixture
def command() -> ModuleType:
    from eval.training import calibrate

    return calibrate


def test_the_calibration_error_counts_both_sides_alike(command: ModuleType) -> None:
    given, labels = np.array([0.1, 0.2, 0.7, 0.9]), np.array([False, True, False, True])
    # Bins of two: mean .15 against 1/2, and mean .8 against 1/2.
    assert command.calibration_error(given, labels, bins=2) == pytest.approx((0.35 + 0.3) / 2)
    more = np.repeat(given, [1, 3, 1, 3]), np.repeat(labels, [1, 3, 1, 3])
    assert command.calibration_error(*more, bins=2) == pytest.approx((0.35 + 0.3) / 2)


def test_the_threshold_lets_no_more_than_the_risk_through(command: ModuleType) -> None:
    given = np.array([0.1, 0.2, 0.3, 0.4, 0.9, 0.35, 0.5, 0.6, 0.7, 0.8])
    labels = np.array([False] * 5 + [True] * 5)
    said = command.at_risk(given, labels, risk=0.2)
    # 1 of 5 is let through. The upper bound for (1, 4) is the .975 quantile of Beta(2, 4).
    assert said.startswith("above 0.400: answerable answered 0.800, unanswerable answered 0.200, at most 0.716")


def test_each_collection_and_each_side_counts_alike_in_the_fit(command: ModuleType) -> None:
    def samples(*rows: tuple[float, bool]) -> list[object]:
        return [command.Sample((value, 0.0, 0.0), truth) for value, truth in rows]

    few = {"a": samples((2.0, True), (-2.0, False), (0.5, False), (-0.5, True))}
    many = {"a": samples(*[(2.0, True), (-0.5, True)] * 5, (-2.0, False), (0.5, False))}
    one, other = command.fit(few), command.fit(many)
    assert other.intercept_[0] == pytest.approx(one.intercept_[0], abs=0.05)
    assert other.coef_[0][0] == pytest.approx(one.coef_[0][0], abs=0.3)


def test_what_moves_is_the_median_of_the_pairs(command: ModuleType) -> None:
    lacking, answering = (command.Sample((value, 0.0, 0.0), value > 0) for value in (-2.0, 2.0))
    model = command.fit({"a": [lacking, answering]})
    low, high = command.probabilities(model, [lacking, answering])
    pairs = [(lacking, lacking), (answering, answering), (lacking, answering)]
    assert command.moved(model, pairs).endswith("differs by 0.000 (median)")
    assert command.moved(model, pairs[2:]).endswith(f"differs by {high - low:.3f} (median)")
