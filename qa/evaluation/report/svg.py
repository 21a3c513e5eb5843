"""Plots as plain values: shapes with their coordinates, and the same data as a table.

A template turns them into inline SVG, so that their texts are escaped like all others. A drawing is ``WIDTH``
units wide, which fits on a phone. Systems differ by colour, marker and dash.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from qa.evaluation.report.numbers import shortened

WIDTH = 360.0

Scale = Callable[[float], float]
Attributes = Mapping[str, str | float]

_LABEL = 52
"""Characters of a label that fit into a drawing, at most."""

_MARKERS = (
    "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z",
    "M-3.5 -3.5h7v7h-7z",
    "M0 -5L5 0L0 5L-5 0z",
    "M0 -4.5L4.5 3.5H-4.5z",
    "M0 4.5L4.5 -3.5H-4.5z",
    "M-4.5 -1.5h3v-3h3v3h3v3h-3v3h-3v-3h-3z",
    "M-4 -1.6h8v3.2h-8z",
)
_COLOURS = 6
"""One fewer than the markers, so that systems of the same colour have different markers."""


@dataclass(frozen=True, slots=True)
class Shape:
    tag: str
    attributes: Attributes
    text: str = ""


@dataclass(frozen=True, slots=True)
class Key:
    """An entry of a legend: a small shape, and what it stands for."""

    shape: Shape
    label: str


@dataclass(frozen=True, slots=True)
class Plot:
    """A drawing, its description in words, and its data. ``note`` says how to read it."""

    name: str
    title: str
    description: str
    note: str
    height: float
    shapes: Sequence[Shape]
    keys: Sequence[Key]
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


def linear(low: float, high: float, start: float, end: float) -> Scale:
    """A linear scale from values to places, clipped to the drawing.

    >>> place = linear(0, 1, 100, 200)
    >>> place(0.5), place(7)
    (150.0, 200)
    """

    def place(value: float) -> float:
        share = (value - low) / (high - low) if math.isfinite(value) and high > low else 0.0
        return start + min(max(share, 0), 1) * (end - start)

    return place


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Round numbers within the range.

    >>> ticks(0, 1), ticks(-0.03, 0.12)
    ([0.0, 0.2, 0.4, 0.6, 0.8, 1.0], [0.0, 0.05, 0.1])
    """
    rough = max(high - low, 1e-9) / (most - 1)
    unit = 10.0 ** math.floor(math.log10(rough))
    step = next(unit * factor for factor in (1, 2, 5, 10) if unit * factor >= rough * 0.999)
    return [
        round(step * place, 12) for place in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)
    ]


def line(x1: float, y1: float, x2: float, y2: float, style: str) -> Shape:
    return Shape("line", {"x1": _r(x1), "y1": _r(y1), "x2": _r(x2), "y2": _r(y2), "class": style})


def text(x: float, y: float, words: str, anchor: str = "start", style: str = "label") -> Shape:
    return Shape("text", {"x": _r(x), "y": _r(y), "text-anchor": anchor, "class": style}, shortened(words, _LABEL))


def bar(x: float, y: float, width: float, height: float, style: str) -> Shape:
    return Shape("rect", {"x": _r(x), "y": _r(y), "width": _r(width), "height": _r(height), "class": style})


def path(points: Sequence[tuple[float, float]], series: int) -> Shape:
    places = " ".join(f"{_r(x)},{_r(y)}" for x, y in points)
    return Shape("polyline", {"points": places, "class": f"curve {style_of(series)}"})


def marker(x: float, y: float, series: int) -> Shape:
    place = f"translate({_r(x)} {_r(y)})"
    outline = _MARKERS[series % len(_MARKERS)]
    return Shape("path", {"d": outline, "transform": place, "class": f"marker {style_of(series)}"})


def circle(x: float, y: float, radius: float, series: int) -> Shape:
    return Shape("circle", {"cx": _r(x), "cy": _r(y), "r": _r(radius), "class": f"bubble {style_of(series)}"})


def style_of(series: int) -> str:
    """The style class of a system, by its place among the systems."""
    return f"s{series % _COLOURS}"


def keys(names: Sequence[str], shapes: Sequence[Shape] = ()) -> list[Key]:
    """A legend of the systems, with markers unless shapes are given; empty for a single system."""
    found = shapes or [marker(7, 7, series) for series in range(len(names))]
    return [Key(shape, name) for shape, name in zip(found, names, strict=True)] if len(names) > 1 else []


def _r(value: float) -> float:
    return round(value, 1)
