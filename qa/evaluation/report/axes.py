"""The two frames that plots are drawn in: rows of dots with intervals, and a plane with two axes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from qa.evaluation.report import svg
from qa.evaluation.report.svg import WIDTH, Scale, Shape

_TOP, _LEFT, _RIGHT, _BOTTOM = 22.0, 36.0, 10.0, 36.0

PLANE_HEIGHT = 250.0

_LABEL_HEIGHT, _LANE_HEIGHT, _ROW_GAP, _VALUE_WIDTH = 16.0, 13.0, 7.0, 52.0


@dataclass(frozen=True, slots=True)
class Dot:
    """A value with its interval, in the colour of a series, and its figure."""

    series: int
    value: float
    low: float
    high: float
    words: str


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    dots: Sequence[Dot]


@dataclass(frozen=True, slots=True)
class Axis:
    low: float
    high: float
    words: Callable[[float], str]

    def ticks(self) -> list[float]:
        return svg.ticks(self.low, self.high)


def row_chart(rows: Sequence[Row], axis: Axis, zero: float | None = None) -> tuple[list[Shape], float]:
    """The shapes of a chart of rows, from the top, and its height.

    Each label stands above its dots, so that they have the whole width of a phone. A heavier line is drawn at
    ``zero``, for example for no difference.
    """
    scale = svg.linear(axis.low, axis.high, 8, WIDTH - _VALUE_WIDTH)
    shapes, y = [], 0.0
    for row in rows:
        shapes.append(svg.text(0, y + 11, row.label))
        y += _LABEL_HEIGHT
        for dot in row.dots:
            shapes += _interval(dot, scale, y + _LANE_HEIGHT / 2)
            y += _LANE_HEIGHT
        y += _ROW_GAP
    grid = [svg.line(scale(tick), 0, scale(tick), y, "grid") for tick in axis.ticks()]
    if zero is not None:
        grid.append(svg.line(scale(zero), 0, scale(zero), y, "axis"))
    labels = [svg.text(scale(tick), y + 14, axis.words(tick), "middle", "tick") for tick in axis.ticks()]
    return [*grid, *shapes, *labels], y + 20


def _interval(dot: Dot, scale: Scale, y: float) -> list[Shape]:
    return [
        svg.line(scale(dot.low), y, scale(dot.high), y, f"whisker {svg.style_of(dot.series)}"),
        svg.marker(scale(dot.value), y, dot.series),
        svg.text(WIDTH, y + 4, dot.words, "end", "value"),
    ]


def plane(x: Axis, y: Axis, x_title: str, y_title: str) -> tuple[list[Shape], Scale, Scale]:
    """Two axes with their titles, that of the vertical axis above it, and the two scales to draw with."""
    across = svg.linear(x.low, x.high, _LEFT, WIDTH - _RIGHT)
    up = svg.linear(y.low, y.high, PLANE_HEIGHT - _BOTTOM, _TOP)
    floor, right = up(y.low), across(x.high)
    shapes = [svg.line(_LEFT, up(tick), right, up(tick), "grid") for tick in y.ticks()]
    shapes.append(svg.line(_LEFT, floor, right, floor, "axis"))
    shapes += [svg.text(_LEFT - 5, up(tick) + 4, y.words(tick), "end", "tick") for tick in y.ticks()]
    shapes += [svg.text(across(tick), floor + 15, x.words(tick), "middle", "tick") for tick in x.ticks()]
    shapes.append(svg.text(right, PLANE_HEIGHT - 4, x_title, "end", "title"))
    shapes.append(svg.text(0, 11, y_title, "start", "title"))
    return shapes, across, up
