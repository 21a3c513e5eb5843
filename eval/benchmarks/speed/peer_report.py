"""Report the results of ``peers.py`` as a table, and as a page in HTML and Markdown."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple, Protocol, cast

from jinja2 import BaseLoader, ChoiceLoader, Environment, FileSystemLoader

from qa.evaluation.report.axes import Axis, Dot, Row, row_chart
from qa.evaluation.report.rendering import environment
from qa.evaluation.report.svg import Plot

OWN = "pincite"
LABELS = {
    OWN: "Pincite",
    "txtai": "txtai",
    "llamaindex": "LlamaIndex",
    "haystack": "Haystack",
    "langchain": "LangChain",
    "chroma": "Chroma",
}


class Engine(Protocol):
    """As ``peers.Measured``."""

    name: str
    rates: list[float]
    processor: list[float]
    warm: list[float]
    cold: list[float]
    adding: list[float]
    asking: list[float]
    failure: str


class Measure(NamedTuple):
    """One column: its name, an engine's values, how to print one, and whether more is better."""

    name: str
    of: Callable[[Engine], list[float]]
    words: Callable[[float], str]
    more: bool = False


MEASURES = {
    "rate": Measure("passages added a second", lambda one: one.rates, lambda value: f"{value:.1f}", more=True),
    "processor": Measure("ms of processor a passage", lambda one: one.processor, lambda s: f"{s * 1000:.0f}"),
    "warm": Measure("a warm question, ms", lambda one: one.warm, lambda s: f"{s * 1000:.0f}"),
    "cold": Measure("a cold question, s of processor", lambda one: one.cold, lambda s: f"{s:.2f}"),
    "adding": Measure("MB adding", lambda one: one.adding, lambda value: f"{value:.0f}"),
    "asking": Measure("MB asking", lambda one: one.asking, lambda value: f"{value:.0f}"),
}
RATIOS = ("rate", "processor", "warm", "cold")


def told(engine: Engine) -> str:
    """The figures of an engine's last run in one line, or why there are none."""
    if engine.failure:
        return engine.failure
    return ", ".join(f"{one.words(one.of(engine)[-1])} {one.name}" for one in MEASURES.values())


def ratio(measure: Measure, own: Engine, other: Engine) -> float:
    """How many times better Pincite is than another engine, median of the runs."""
    pairs = zip(measure.of(own), measure.of(other), strict=True)
    return statistics.median(ours / theirs if measure.more else theirs / ours for ours, theirs in pairs)


def rows(engines: Sequence[Engine]) -> tuple[list[str], list[list[str]]]:
    """The table's heads and its rows, one an engine. Beside a median: how many times better Pincite is."""
    own = engines[0]
    heads = ["", *(one.name for one in MEASURES.values())]
    found = []
    for engine in engines:
        cells = [LABELS[engine.name]]
        for key, measure in MEASURES.items():
            values = measure.of(engine)
            if engine.failure or not values:
                cells.append("–")
                continue
            times = f" ({ratio(measure, own, engine):.1f})" if key in RATIOS and engine is not own and own.rates else ""
            cells.append(measure.words(statistics.median(values)) + times)
        found.append(cells)
    return heads, found


def failures(engines: Sequence[Engine]) -> list[str]:
    return [f"{LABELS[engine.name]} could not be measured: {engine.failure}" for engine in engines if engine.failure]


def summary(facts: Mapping[str, int]) -> str:
    return (
        f"{facts['passages']:,} passages of {facts['files']} articles, {facts['questions']} questions; medians of "
        f"{facts['runs']} runs in turn. In brackets: how many times better Pincite is."
    )


def table(engines: Sequence[Engine], facts: Mapping[str, int]) -> str:
    """In Markdown."""
    heads, found = rows(engines)
    lines = [summary(facts), "", f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    lines += [f"| {' | '.join(cells)} |" for cells in found]
    return "\n".join([*lines, "", *failures(engines)]).rstrip()


def plots(engines: Sequence[Engine]) -> list[Plot]:
    shown = [engine for engine in engines if engine.rates and not engine.failure]
    return [plot(key, shown) for key in ("rate", "warm", "cold", "adding")]


TITLES = {
    "rate": ("Adding", "More is better."),
    "warm": ("A warm question", "Half of the questions take less. Less is better."),
    "cold": ("A question from cold", "From the start of a process to the first answer. Less is better."),
    "adding": ("Memory while adding", "At most. Less is better."),
}


def plot(key: str, engines: Sequence[Engine]) -> Plot:
    measure, (title, better) = MEASURES[key], TITLES[key]
    dots = []
    for engine in engines:
        values = measure.of(engine)
        middle = statistics.median(values)
        dots.append(Row(LABELS[engine.name], [Dot(0, middle, min(values), max(values), measure.words(middle))]))
    axis = Axis(0, max(row.dots[0].high for row in dots), measure.words)
    shapes, height = row_chart(dots, axis)
    return Plot(
        name=key,
        title=f"{title}: {measure.name}",
        description=f"A dot with a bar for each of {len(dots)} engines.",
        note=f"The dot is the median of the runs, the bar from the least to the most. {better}",
        height=height,
        shapes=shapes,
        keys=(),
        columns=("engine", "median", "least", "most"),
        rows=[
            (row.label, *(measure.words(value) for value in (dot.value, dot.low, dot.high)))
            for row in dots
            for dot in row.dots
        ],
    )


def write(
    folder: Path, engines: Sequence[Engine], facts: Mapping[str, int], pinned: Mapping[str, Sequence[str]]
) -> None:
    """Write the page in both forms."""
    heads, found = rows(engines)
    given: dict[str, Any] = {
        "title": "Speed beside other engines",
        "date": datetime.now(UTC).date().isoformat(),
        "summary": summary(facts),
        "heads": heads,
        "rows": found,
        "failures": failures(engines),
        "plots": plots(engines),
        "pinned": [(LABELS[name], ", ".join(packages)) for name, packages in pinned.items()],
    }
    for form in ("html", "md"):
        text = _environment(escaped=form == "html").get_template(f"peers.{form}.j2").render(given)
        Path(folder, f"report.{form}").write_text(text, "utf-8")


def _environment(*, escaped: bool) -> Environment:
    """The environment of the evaluation's reports, whose page and charts these use, with the drivers' templates."""
    made = environment(autoescape=escaped)
    made.loader = ChoiceLoader([FileSystemLoader(Path(__file__).parent / "drivers"), cast(BaseLoader, made.loader)])
    return made
