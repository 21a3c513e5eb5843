"""Print the tables of an evaluation and its gate on standard output."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qa.faces.console import rich_console, say, visible

if TYPE_CHECKING:
    from rich.table import Table

    from qa.evaluation.gate import Row
    from qa.evaluation.report.summary import Point
    from qa.evaluation.results import Estimate, Evaluation, SystemResult

_LINE = 140
"""The line width if the output is not a terminal: a table of five systems."""

_SHOWN = 8
"""The most questions named of those that got worse."""


def print_evaluation(evaluation: "Evaluation") -> None:
    """Print each measure of each system with its interval, and the tests of each pair of systems."""
    known = evaluation.question_set
    name = f" of {known['name']}" if known["name"] else ""
    _print(
        f"{known['questions']} questions{name}, {known['answerable']} of them answerable; "
        "means with 95% bootstrap intervals over questions",
        _measures(evaluation.systems),
    )
    if evaluation.comparisons:
        _print("paired randomisation tests, p corrected by Holm over all of them", _comparisons(evaluation))


def _measures(systems: Sequence["SystemResult"]) -> "Table":
    table = _table("", *(system.name for system in systems))
    for measure in dict.fromkeys(name for system in systems for name in system.summary):
        table.add_row(measure, *(_estimate(system.summary.get(measure)) for system in systems))
    table.add_section()
    table.add_row("AUROC", *("" if one.auroc is None else _share(one.auroc) for one in systems))
    table.add_row("AURC", *(_share(one.risk_coverage.area) for one in systems))
    table.add_row("calibration error", *(_share(one.calibration_error) for one in systems))
    for name in ("p50", "p90", "p99"):
        table.add_row(f"ms a question, {name}", *(f"{one.seconds[name] * 1000:.1f}" for one in systems))
    table.add_row("passages", *(f"{one.size['passages']:,}" if one.size else "" for one in systems))
    table.add_row("MB on disk", *(f"{one.size['bytes'] / 1e6:.1f}" if one.size else "" for one in systems))
    return table


def _comparisons(evaluation: "Evaluation") -> "Table":
    table = _table("", "second against first", "difference", "p", "p (Holm)", "detectable")
    for one in evaluation.comparisons:
        table.add_row(
            one.measure,
            visible(f"{one.second} against {one.first}"),
            f"{one.difference:+.3f} [{one.low:+.3f}, {one.high:+.3f}]",
            f"{one.p:.4f}",
            f"{one.p_holm:.4f}",
            _share(one.detectable) if one.detectable else "",
        )
    return table


def print_news(path: Path, points: Sequence["Point"]) -> None:
    """Print what changed since the evaluation saved at the path, in words."""
    say(f"since {path}")
    for point in points:
        say(*click.wrap_text(f"{point.topic}: {point.text}", 100, "  ", "    ").split("\n"))
    say()


def print_gate(rows: Sequence["Row"]) -> None:
    """Print each guarded measure against the reference, and the questions that got worse."""
    table = _table("", "was", "is", "p (Holm)", "", "worse")
    for row in rows:
        table.add_row(
            row.measure,
            _share(row.was),
            _share(row.now),
            f"{row.p_holm:.4f}",
            "fallen" if row.fallen else "",
            visible(_named(row.worse)),
        )
    fallen = [row.measure for row in rows if row.fallen]
    _print(f"The gate says no: {', '.join(fallen)} fell." if fallen else "The gate: nothing fell significantly.", table)


def _named(questions: Sequence[str]) -> str:
    rest = len(questions) - _SHOWN
    return ", ".join(questions[:_SHOWN]) + (f" and {rest} more" if rest > 0 else "")


def _share(value: float) -> str:
    return f"{value:.3f}"


def _estimate(estimate: "Estimate | None") -> str:
    return f"{estimate.value:.3f} [{estimate.low:.3f}, {estimate.high:.3f}]" if estimate else ""


def _table(first: str, *columns: str) -> "Table":
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column(first, no_wrap=True)
    for column in columns:
        table.add_column(visible(column))
    return table


def _print(title: str, table: "Table") -> None:
    console = rich_console(width=None if sys.stdout.isatty() else _LINE)
    console.print(visible(title))
    console.print(table)
