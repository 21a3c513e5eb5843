"""The plots of a report. Each is made only from the records and has its figures as a table too."""

from collections.abc import Sequence
from hashlib import sha256

from qa.evaluation.report import svg
from qa.evaluation.report.axes import PLANE_HEIGHT, Axis, Dot, Row, plane, row_chart
from qa.evaluation.report.numbers import counted, figure, interval, p_value, percent, signed
from qa.evaluation.report.svg import WIDTH, Key, Plot, Shape
from qa.evaluation.report.words import VERDICTS, meaning, verdict_counts
from qa.evaluation.results import Comparison, Estimate, Evaluation, QuestionResult, SystemResult

_RANKS = 10
"""Ranks that have a bar of their own."""

_RANK_LABELS = (*map(str, range(1, _RANKS + 1)), "none")

_BAR_ROW, _BAR, _DIGIT = 44.0, 20.0, 8.0


def verdicts(rows: Sequence[tuple[str, Sequence[QuestionResult]]], note: str) -> Plot:
    """What became of the questions: a bar for each label and its questions."""
    shapes = [shape for place, row in enumerate(rows) for shape in _verdict_bar(*row, _BAR_ROW * place)]
    counts = [verdict_counts(questions) for _, questions in rows]
    return Plot(
        name="verdicts-plot",
        title="What became of the questions",
        description=f"Bars of verdicts for {', '.join(label for label, _ in rows)}.",
        note=note,
        height=_BAR_ROW * len(rows) - 6,
        shapes=shapes,
        keys=[Key(svg.bar(0, 0, 14, 14, f"v-{words.style}"), verdict) for verdict, words in VERDICTS.items()],
        columns=("of", *VERDICTS),
        rows=[
            (label, *(f"{count:,}" for count in count_of.values()))
            for (label, _), count_of in zip(rows, counts, strict=True)
        ],
    )


def _verdict_bar(label: str, questions: Sequence[QuestionResult], y: float) -> list[Shape]:
    scale = svg.linear(0, max(len(questions), 1), 0, WIDTH)
    shapes, position = [svg.text(0, y + 12, label)], 0
    for verdict, count in verdict_counts(questions).items():
        left, right = scale(position), scale(position + count)
        if count:
            shapes.append(svg.bar(left, y + 17, max(right - left - 1, 0.5), _BAR, f"v-{VERDICTS[verdict].style}"))
        if right - left > _DIGIT * len(str(count)) + 4:
            shapes.append(svg.text((left + right) / 2, y + 31, str(count), "middle", "inside"))
        position += count
    return shapes


def by_kind(evaluation: Evaluation, measure: str) -> Plot | None:
    """One measure for all questions, then for each kind, weakest first. None if there are fewer than two kinds."""
    own, names = evaluation.systems[0], [system.name for system in evaluation.systems]
    found = {kind: values[measure] for kind, values in own.by_kind.items() if measure in values}
    if len(found) < 2:
        return None
    kinds = sorted(found, key=lambda kind: found[kind].value)
    cells = {f"all ({own.summary[measure].count:,})": [system.summary.get(measure) for system in evaluation.systems]}
    for kind in kinds:
        cells[f"{kind} ({found[kind].count:,})"] = [s.by_kind.get(kind, {}).get(measure) for s in evaluation.systems]
    shapes, height = row_chart([Row(label, _dots(row)) for label, row in cells.items()], Axis(0, 1, figure_of_tick))
    words = meaning(measure) or "higher is better"
    return Plot(
        name=name_of("kinds", measure),
        title=f"{measure} by kind of question",
        description=f"Dots with intervals for {counted(len(kinds), 'kind')}, weakest first.",
        note=f"{measure}: {words}. Bars are 95% intervals; in brackets, how many questions.",
        height=height,
        shapes=shapes,
        keys=svg.keys(names),
        columns=("kind", *names),
        rows=[(label, *map(_cell, row)) for label, row in cells.items()],
    )


def name_of(plot: str, subject: str) -> str:
    """A name that can stand in a URL, for a kind of plot that a report may have several times."""
    return f"{plot}-{sha256(subject.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


def _dots(estimates: Sequence[Estimate | None]) -> list[Dot]:
    return [
        Dot(series, estimate.value, estimate.low, estimate.high, figure(estimate.value))
        for series, estimate in enumerate(estimates)
        if estimate
    ]


def _cell(estimate: Estimate | None) -> str:
    return f"{figure(estimate.value)} {interval(estimate)}" if estimate else figure(None)


def figure_of_tick(value: float) -> str:
    """A place on an axis from 0 to 1.

    >>> figure_of_tick(0.2), figure_of_tick(1.0)
    ('.2', '1')
    """
    return f"{value:g}".replace("0.", ".", 1)


def differences(labelled: Sequence[tuple[str, Comparison]], title: str, note: str) -> Plot | None:
    """Differences with their intervals, and a line at zero. None if there are no differences."""
    if not labelled:
        return None
    rows = [Row(label, [Dot(0, c.difference, c.low, c.high, signed(c.difference))]) for label, c in labelled]
    ends = [0.0, *(end for _, c in labelled for end in (c.low, c.high))]
    margin = 0.05 * (max(ends) - min(ends)) or 0.01
    shapes, height = row_chart(rows, Axis(min(ends) - margin, max(ends) + margin, _signed_tick), zero=0.0)
    return Plot(
        name=name_of("differences", title),
        title=title,
        description=f"{counted(len(labelled), 'difference')} with intervals about zero.",
        note=note,
        height=height,
        shapes=shapes,
        keys=(),
        columns=("difference", "by", "95% interval", "after Holm’s correction"),
        rows=[(label, signed(c.difference), interval(c), p_value(c.p_holm)) for label, c in labelled],
    )


def _signed_tick(value: float) -> str:
    return ("−" if value < 0 else "+" if value else "") + figure_of_tick(abs(value))


def ranks(evaluation: Evaluation) -> Plot | None:
    """Bars for each system: the rank of the first right passage. None without answerable questions."""
    names = [system.name for system in evaluation.systems]
    counts = [_rank_counts(system) for system in evaluation.systems]
    if not any(map(any, counts)):
        return None
    return Plot(
        name="ranks",
        title="Rank of the first right passage",
        description=f"Bars of the share of questions at each rank from 1 to {_RANKS}, and where none was found.",
        note="The more on the left, the better. Within a group the systems stand in the order of the list.",
        height=PLANE_HEIGHT,
        shapes=_rank_bars([[count / (sum(column) or 1) for count in column] for column in counts]),
        keys=svg.keys(names, [svg.bar(1, 1, 12, 12, f"bar {svg.style_of(series)}") for series in range(len(names))]),
        columns=("rank", *names),
        rows=[
            (label, *(f"{column[place]:,} ({percent(column[place], sum(column))})" for column in counts))
            for place, label in enumerate(_RANK_LABELS)
        ],
    )


def _rank_bars(shares: Sequence[Sequence[float]]) -> list[Shape]:
    height = Axis(0, min(1.0, max(map(max, shares)) * 1.05), figure_of_tick)
    shapes, across, up = plane(Axis(0, len(_RANK_LABELS), _no_tick), height, "rank", "share of answerable questions")
    width = 0.8 * (across(1) - across(0)) / len(shares)
    for place, label in enumerate(_RANK_LABELS):
        shapes.append(svg.text(across(place + 0.5), up(0) + 15, label, "middle", "tick"))
        for series, column in enumerate(shares):
            x, y = across(place + 0.1) + series * width, up(column[place])
            shapes.append(svg.bar(x, y, max(width - 0.6, 0.6), up(0) - y, f"bar {svg.style_of(series)}"))
    return shapes


def _rank_counts(system: SystemResult) -> list[int]:
    found = [result.rank for result in system.questions if result.answerable]
    firsts = [found.count(rank) for rank in range(1, _RANKS + 1)]
    return [*firsts, len(found) - sum(firsts)]


def _no_tick(_: float) -> str:
    return ""
