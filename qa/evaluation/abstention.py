"""Whether the confidence tells right answers from wrong ones: risk and coverage, AUROC, calibration.

Each question has a confidence, 0 to 1, and a truth: whether its answer is supported (a sentence of it is gold),
or whether the documents answer it at all.
"""

from collections.abc import Sequence

import numpy as np

from qa.evaluation.results import CalibrationBin, RiskCoverage

BINS = 10


def risk_coverage(confidences: Sequence[float], supported: Sequence[bool]) -> RiskCoverage:
    """The risk-coverage curve: questions are answered in order of falling confidence.

    Questions of equal confidence are answered together, since no threshold can separate them. The area is the mean
    risk over all coverages; each such group has the risk at its end. From El-Yaniv and Wiener, "On the
    Foundations of Noise-free Selective Classification", JMLR 11, 2010; the area from Geifman, Uziel and
    El-Yaniv, "Bias-Reduced Uncertainty Estimation for Deep Neural Classifiers", ICLR 2019.
    """
    if not confidences:
        return RiskCoverage((), (), 0.0)
    count = len(confidences)
    order = np.argsort(-np.asarray(confidences), kind="stable")
    ranked = np.asarray(confidences)[order]
    wrong = np.cumsum(~np.asarray(supported, bool)[order])
    ends = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True)) + 1
    risk = wrong[ends - 1] / ends
    area = float(risk @ np.diff(ends, prepend=0)) / count
    return RiskCoverage((ends / count).tolist(), risk.tolist(), area)


def auroc(answerable: Sequence[float], unanswerable: Sequence[float]) -> float | None:
    """The chance that an answerable question is more confident than an unanswerable one, ties counting half.

    None if either kind is missing. The Mann-Whitney form of the area under the ROC curve; Hanley and McNeil, "The
    Meaning and Use of the Area under a ROC Curve", Radiology 143, 1982.
    """
    if not answerable or not unanswerable:
        return None
    from scipy.stats import rankdata

    ranks = rankdata([*answerable, *unanswerable])
    count = len(answerable)
    wins = float(ranks[:count].sum()) - count * (count + 1) / 2
    return wins / (count * len(unanswerable))


def calibration(confidences: Sequence[float], supported: Sequence[bool], bins: int = BINS) -> list[CalibrationBin]:
    """Questions in bins of equal size, by rising confidence; fewer bins if there are fewer questions than bins."""
    order = np.argsort(confidences, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    given, truth = np.asarray(confidences, float), np.asarray(supported, float)
    return [CalibrationBin(float(given[part].mean()), float(truth[part].mean()), len(part)) for part in parts]


def calibration_error(bins: Sequence[CalibrationBin]) -> float:
    """Expected calibration error, 0 to 1: the mean distance between confidence and frequency over all questions.

    Naeini, Cooper and Hauskrecht, "Obtaining Well Calibrated Probabilities Using Bayesian Binning", AAAI 2015.
    """
    total = sum(one.count for one in bins)
    return sum(abs(one.confidence - one.supported) * one.count for one in bins) / total if total else 0.0
