"""The curves compared with scikit-learn, brute force, and values by hand."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from qa.evaluation.abstention import auroc, calibration, calibration_error, risk_coverage
from qa.evaluation.results import CalibrationBin

judged = st.lists(st.tuples(st.sampled_from([0.1, 0.3, 0.5, 0.9]), st.booleans()), min_size=1, max_size=30)


def test_risk_coverage_by_hand() -> None:
    curve = risk_coverage([0.2, 0.9, 0.6, 0.4], [False, True, True, False])
    assert curve.coverage == [0.25, 0.5, 0.75, 1.0]
    assert curve.risk == pytest.approx([0, 0, 1 / 3, 1 / 2])
    assert curve.area == pytest.approx((0 + 0 + 1 / 3 + 1 / 2) / 4)


def test_questions_of_equal_confidence_are_answered_together() -> None:
    curve = risk_coverage([0.5, 0.5, 0.1], [True, False, False])
    assert (curve.coverage, curve.risk) == (pytest.approx([2 / 3, 1]), pytest.approx([1 / 2, 2 / 3]))
    assert curve.area == pytest.approx((1 / 2 + 1 / 2 + 2 / 3) / 3)


@given(judged)
def test_risk_coverage_is_that_of_each_threshold(pairs: list[tuple[float, bool]]) -> None:
    curve = risk_coverage([confidence for confidence, _ in pairs], [supported for _, supported in pairs])
    thresholds = sorted({confidence for confidence, _ in pairs}, reverse=True)
    answered = [[supported for confidence, supported in pairs if confidence >= at] for at in thresholds]
    assert curve.coverage == pytest.approx([len(one) / len(pairs) for one in answered])
    assert curve.risk == pytest.approx([one.count(False) / len(one) for one in answered])


def test_no_question_has_no_curve() -> None:
    assert risk_coverage([], []).coverage == ()


@settings(deadline=None)  # the first example imports scipy
@given(judged)
def test_auroc_is_that_of_scikit_learn(pairs: list[tuple[float, bool]]) -> None:
    yes, no = ([confidence for confidence, answerable in pairs if answerable is wanted] for wanted in (True, False))
    if not yes or not no:
        assert auroc(yes, no) is None
        return
    assert auroc(yes, no) == pytest.approx(roc_auc_score([a for _, a in pairs], [c for c, _ in pairs]))


def test_calibration_by_hand() -> None:
    bins = calibration([0.1, 0.9, 0.2, 0.7], [False, True, True, False], bins=2)
    assert bins == [CalibrationBin(pytest.approx(0.15), 0.5, 2), CalibrationBin(pytest.approx(0.8), 0.5, 2)]
    assert calibration_error(bins) == pytest.approx((0.35 * 2 + 0.3 * 2) / 4)


@given(judged)
def test_bins_are_of_equal_mass_and_lose_nobody(pairs: list[tuple[float, bool]]) -> None:
    bins = calibration([confidence for confidence, _ in pairs], [supported for _, supported in pairs])
    counts = [one.count for one in bins]
    assert sum(counts) == len(pairs)
    assert max(counts) - min(counts) <= 1
    assert sum(one.supported * one.count for one in bins) == pytest.approx(sum(right for _, right in pairs))
    means = [one.confidence for one in bins]
    assert means == pytest.approx(sorted(means))  # approx: means of equal numbers differ in the last bits
    assert 0 <= calibration_error(bins) <= 1
