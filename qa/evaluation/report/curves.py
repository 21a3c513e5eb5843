"""The plots of confidence and of time."""

import math
from bisect import bisect_right
from collections.abc import Sequence

from qa.evaluation.report import svg
from qa.evaluation.report.axes import PLANE_HEIGHT, Axis, Dot, Row, plane, row_chart
from qa.evaluation.report.numbers import counted, duration, figure
from qa.evaluation.report.plots import figure_of_tick
from qa.evaluation.report.svg import Plot, Shape
from qa.evaluation.results import CalibrationBin, Evaluation, RiskCoverage, SystemResult

_POINTS = 200
"""Points drawn of a curve, about; more could not be told apart."""

_STEPS = tuple(step / 10 for step in range(1, 11))

_PERCENTILES = ("p50", "p90", "p99")

_SHARE = Axis(0, 1, figure_of_tick)


def risk_coverage(evaluation: Evaluation) -> Plot | None:
    """How many answers are wrong if only the surest are given. None if no system states a confidence."""
    curves = [(series, s.name, s.risk_coverage) for series, s in enumerate(evaluation.systems) if s.risk_coverage.risk]
    if not curves:
        return None
    return Plot(
        name="risk-coverage",
        title="Risk and coverage",
        description="Curves from left to right, as less and less certain answers are added.",
        note="The lower, the better. In brackets, the area under the curve (AURC).",
        height=PLANE_HEIGHT,
        shapes=_risk_curves([(series, curve) for series, _, curve in curves]),
        keys=[svg.Key(svg.marker(7, 7, series), f"{name} ({figure(curve.area)})") for series, name, curve in curves],
        columns=("share answered", *(f"{name}: wrong" for _, name, _ in curves)),
        rows=[
            *((figure_of_tick(step), *(figure(_risk_at(c, step)) for _, _, c in curves)) for step in _STEPS),
            ("area (AURC)", *(figure(c.area) for _, _, c in curves)),
        ],
    )


def _risk_curves(curves: Sequence[tuple[int, RiskCoverage]]) -> list[Shape]:
    worst = max(max(curve.risk) for _, curve in curves)
    vertical = Axis(0, min(1.0, max(worst * 1.1, 0.1)), figure_of_tick)
    shapes, across, up = plane(_SHARE, vertical, "share answered, the surest first", "share of those that is wrong")
    for series, curve in curves:
        points = _thinned([*zip(curve.coverage, curve.risk, strict=True)])
        shapes.append(svg.path([(across(x), up(y)) for x, y in points], series))
        shapes.append(svg.marker(across(points[-1][0]), up(points[-1][1]), series))
    return shapes


def _thinned(points: Sequence[tuple[float, float]]) -> Sequence[tuple[float, float]]:
    step = math.ceil(len(points) / _POINTS)
    return [*points[:-1:step], points[-1]]


def _risk_at(curve: RiskCoverage, coverage: float) -> float | None:
    """The risk if at most that share is answered; None before the first answer."""
    place = bisect_right(curve.coverage, coverage + 1e-9)
    return curve.risk[place - 1] if place else None


def calibration(evaluation: Evaluation) -> Plot | None:
    """Whether the first system's confidence comes true. None if it states none."""
    system = evaluation.systems[0]
    if not system.calibration:
        return None
    return Plot(
        name="calibration",
        title=f"Calibration of {system.name}",
        description="A circle for each group of questions of similar confidence, beside a diagonal.",
        note="On the diagonal, what is stated comes true; below it, too much was promised. The larger the circle, the "
        f"more questions. The mean distance, which is the calibration error, is {figure(system.calibration_error)}.",
        height=PLANE_HEIGHT,
        shapes=_bubbles(system.calibration),
        keys=(),
        columns=("confidence stated", "share supported", "questions"),
        rows=[(figure(b.confidence), figure(b.supported), f"{b.count:,}") for b in system.calibration],
    )


def _bubbles(bins: Sequence[CalibrationBin]) -> list[Shape]:
    shapes, across, up = plane(_SHARE, _SHARE, "confidence stated", "share that was supported")
    shapes.append(svg.line(across(0), up(0), across(1), up(1), "diagonal"))
    most = max(b.count for b in bins) or 1
    return shapes + [
        svg.circle(across(b.confidence), up(b.supported), 2.5 + 6.5 * math.sqrt(b.count / most), 0) for b in bins
    ]


def latency(evaluation: Evaluation) -> Plot | None:
    """How long a question takes. None if it was not measured."""
    systems = enumerate(evaluation.systems)
    timed = [(series, s) for series, s in systems if all(s.seconds.get(name, 0) > 0 for name in _PERCENTILES)]
    if not timed:
        return None
    shapes, height = _times(timed)
    return Plot(
        name="latency",
        title="Time of one question",
        description=f"A dot with a bar for each of {counted(len(timed), 'system')}, on a logarithmic scale.",
        note="The dot is the median; the bar reaches to where 99 of 100 questions are done. Logarithmic scale.",
        height=height,
        shapes=shapes,
        keys=(),
        columns=("system", "half (p50)", "90 of 100 (p90)", "99 of 100 (p99)"),
        rows=[(s.name, *(duration(s.seconds[p]) for p in _PERCENTILES)) for _, s in timed],
    )


def _times(timed: Sequence[tuple[int, SystemResult]]) -> tuple[list[Shape], float]:
    logs = [(series, s, math.log10(s.seconds["p50"]), math.log10(s.seconds["p99"])) for series, s in timed]
    rows = [Row(s.name, [Dot(series, p50, p50, p99, duration(s.seconds["p50"]))]) for series, s, p50, p99 in logs]
    low, high = math.floor(min(p50 for *_, p50, _ in logs)), math.ceil(max(p99 for *_, p99 in logs))
    return row_chart(rows, Axis(low, max(high, low + 1), _power))


def _power(exponent: float) -> str:
    seconds = 10.0**exponent
    return "" if exponent % 1 else f"{seconds:g} s" if seconds >= 1 else f"{seconds * 1000:g} ms"
