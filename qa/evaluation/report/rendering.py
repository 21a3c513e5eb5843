"""Renders reports: the values for the templates. Everything is escaped unless a template says otherwise."""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from qa.evaluation.report import numbers, words
from qa.evaluation.report.changes import Changes, Direction, QuestionChange, quality
from qa.evaluation.report.conditions import conditions, differing
from qa.evaluation.report.curves import calibration, latency, risk_coverage
from qa.evaluation.report.excerpts import Case, anchor, case
from qa.evaluation.report.markdown import literal
from qa.evaluation.report.news import news, verdict_on
from qa.evaluation.report.plots import by_kind, differences, ranks, verdicts
from qa.evaluation.report.summary import oriented, summary
from qa.evaluation.report.svg import WIDTH, Plot
from qa.evaluation.results import Comparison, Evaluation, Verdict

if TYPE_CHECKING:
    from jinja2 import Environment


def report_html(evaluation: Evaluation) -> str:
    """The report as one HTML file that loads nothing and runs nothing."""
    return _html().get_template("report.html.j2").render(_report(evaluation))


def report_markdown(evaluation: Evaluation) -> str:
    return _markdown().get_template("report.md.j2").render(_report(evaluation))


def comparison_html(changes: Changes) -> str:
    """The comparison as one HTML file that loads nothing and runs nothing."""
    return _html().get_template("comparison.html.j2").render(_comparison(changes))


def comparison_markdown(changes: Changes) -> str:
    return _markdown().get_template("comparison.md.j2").render(_comparison(changes))


@cache
def _html() -> "Environment":
    return environment(autoescape=True)


@cache
def _markdown() -> "Environment":
    # ``finalize`` makes values literal text in Markdown, as autoescape does in HTML.
    return environment(autoescape=True, finalize=literal)


def environment(**options: Any) -> "Environment":
    """The environment that renders the templates, and others that extend them."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("qa.evaluation.report"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        **options,
    )
    helpers = (numbers.figure, numbers.signed, numbers.interval, numbers.p_value, numbers.duration, numbers.percent)
    environment.globals |= {"width": WIDTH, "verdicts": words.VERDICTS, "anchor": anchor, "meaning": words.meaning}
    environment.filters |= {helper.__name__: helper for helper in helpers}
    return environment


def _report(evaluation: Evaluation) -> dict[str, Any]:
    own, *others = evaluation.systems
    headlines = words.headlines(evaluation)
    return {
        "evaluation": evaluation,
        "own": own,
        "others": others,
        "title": f"{own.name} on {set_name(evaluation)}",
        "points": summary(evaluation),
        "measures": words.measures(evaluation.systems),
        "best": {name: _best(evaluation, name) for name in words.measures(evaluation.systems)},
        "overview": verdicts(
            [(system.name, system.questions) for system in evaluation.systems],
            note="Green is right; the last five are failures, and the first system’s stand below, one by one.",
        ),
        "comparisons": oriented(evaluation),
        "plots": list(_plots(evaluation, headlines)),
        "differences": [plot for measure in headlines if (plot := _differences(evaluation, measure))],
        "failures": _failures(evaluation),
        "conditions": conditions(evaluation),
    }


def _best(evaluation: Evaluation, measure: str) -> float | None:
    """The best value of a measure; None if only one system has it."""
    values = [system.summary[measure].value for system in evaluation.systems if measure in system.summary]
    return max(values) if len(values) > 1 else None


CHARTS: Sequence[Callable[[Evaluation], Plot | None]] = (ranks, risk_coverage, calibration, latency)
"""The charts below the measures by kind of question, in this order."""


def _plots(evaluation: Evaluation, headlines: Sequence[str]) -> Iterator[Plot]:
    found = (by_kind(evaluation, measure) for measure in headlines)
    drawn = (draw(evaluation) for draw in CHARTS)
    return (plot for plot in (*found, *drawn) if plot)


def _differences(evaluation: Evaluation, measure: str) -> Plot | None:
    own = evaluation.systems[0].name
    return differences(
        [(f"against {c.first}", c) for c in oriented(evaluation) if c.measure == measure and c.second == own],
        title=f"{own} against others in {measure}",
        note=f"Right of the line, {own} is better. A bar that crosses the line may be chance.",
    )


def _failures(evaluation: Evaluation) -> list[tuple[Verdict, list[Case]]]:
    own, *others = evaluation.systems
    found = [result for result in own.questions if words.VERDICTS[result.verdict].failure]
    groups = [
        (verdict, [case(result, others) for result in found if result.verdict == verdict]) for verdict in words.FAILURES
    ]
    return [(verdict, cases) for verdict, cases in groups if cases]


def _comparison(changes: Changes) -> dict[str, Any]:
    before, after = changes.before.systems[0], changes.after.systems[0]
    return {
        "changes": changes,
        "before": before,
        "after": after,
        "title": f"{after.name} against {before.name}"
        if after.name != before.name
        else f"{after.name}, before and after",
        "set_name": set_name(changes.after),
        "points": news(changes),
        "overview": verdicts(
            [("before", before.questions), ("after", after.questions)],
            note="All questions of each evaluation, also those that only one of them asks.",
        ),
        "plot": _measured(changes.comparisons),
        "quality": quality,
        "verdict_on": {comparison.measure: verdict_on(comparison) for comparison in changes.comparisons},
        "measures": words.measures([after, before]),
        "moved": [verdict for verdict in words.VERDICTS if any(verdict in pair for pair in changes.verdicts)],
        "groups": [(title, style, _pairs(changes.having(direction))) for title, style, direction in _GROUPS],
        "by_rank": [(title, changes.having(direction, by_rank_alone=True)) for title, _, direction in _GROUPS[:2]],
        "set_changes": [
            ("Added", changes.added),
            ("Removed", changes.removed),
            ("Edited", changes.edited),
        ],
        "conditions": differing(changes.before, changes.after),
    }


_GROUPS: Sequence[tuple[str, str, Direction]] = (
    ("Got worse", "worse", "worse"),
    ("Got better", "better", "better"),
    ("Failed in another way", "other", "other"),
)


def _measured(comparisons: Sequence[Comparison]) -> Plot | None:
    return differences(
        [(comparison.measure, comparison) for comparison in comparisons],
        title="What changed in the measures",
        note="Right of the line is better than before. A bar that crosses the line may be chance.",
    )


def _pairs(found: Sequence[QuestionChange]) -> list[tuple[Case, Case]]:
    return [(case(change.before), case(change.after)) for change in found]


def set_name(evaluation: Evaluation) -> str:
    return str(evaluation.question_set.get("name") or "an unnamed set")
