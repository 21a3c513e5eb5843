"""Asks every system every question, judges the responses, and makes the Evaluation."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from qa.errors import EvaluationError
from qa.evaluation.abstention import auroc, calibration, calibration_error, risk_coverage
from qa.evaluation.environment import environment
from qa.evaluation.judging import Asked, judge
from qa.evaluation.measures import Run
from qa.evaluation.relevance import Qrels
from qa.evaluation.results import Comparison, Estimate, Evaluation, QuestionResult, SystemResult
from qa.evaluation.statistics import detectable, estimate, holm, interval, randomisation_test
from qa.evaluation.systems import System
from qa.records import Document, Question

SEED = 7

COMPARED = ("Success@5", "RR@10", "nDCG@10", "Sentence@1", "Sentence@3")
"""The measures by which systems are compared; each further one would cost the others statistical power."""

Progress = Callable[[str, int, int], None]
"""Called with a system's name, the number of questions asked, and the number of all questions."""


@dataclass(frozen=True, slots=True)
class Measured:
    """The result of a system, with the qrels and the run that its ranked measures are computed from."""

    result: SystemResult
    qrels: Qrels
    run: Run


def _no_progress(system: str, done: int, total: int) -> None:
    """Report nothing."""


def evaluate(
    questions: Sequence[Question],
    systems: Sequence[System],
    documents: Iterable[Document],
    *,
    question_set: Mapping[str, Any] | None = None,
    library: Mapping[str, Any] | None = None,
    seed: int = SEED,
) -> Evaluation:
    """Measure all systems on all questions. ``documents`` are those that the gold quotes are from."""
    named = by_name(documents)
    measured = [measure(system, questions, named, seed=seed) for system in systems]
    return assemble(measured, question_set or described(questions), library or {}, seed)


def described(questions: Sequence[Question], name: str = "", sha256: str = "") -> dict[str, Any]:
    """An Evaluation's description of its question set."""
    return {
        "name": name,
        "sha256": sha256,
        "questions": len(questions),
        "answerable": sum(question.answerable for question in questions),
        "kinds": dict(sorted(Counter(question.kind for question in questions).items())),
    }


def by_name(documents: Iterable[Document]) -> dict[str, Document]:
    """The documents by file name, as gold quotes name them. EvaluationError if two have the same name."""
    named: dict[str, Document] = {}
    for document in documents:
        if named.setdefault(document.source, document) is not document:
            raise EvaluationError(f"two documents of the library are called {document.source}; rename one and add it.")
    return named


def check(questions: Sequence[Question], documents: Mapping[str, Document]) -> None:
    """EvaluationError if the questions cannot be judged on these documents at all."""
    twice = [name for name, count in Counter(question.id for question in questions).items() if count > 1]
    if twice:
        raise EvaluationError(
            f"{len(twice)} ids stand for several questions, such as {twice[0]!r}; make them distinct."
        )
    gold = {source for question in questions for source, _ in question.answers}
    if gold and gold.isdisjoint(documents):
        raise EvaluationError(
            f"the library has none of the {len(gold)} documents that the questions are about, such as "
            f"{min(gold)}; add them with 'qa add', or give their library with --library."
        )


# ---------------------------------------------------------------- one system


def measure(
    system: System,
    questions: Sequence[Question],
    documents: Mapping[str, Document],
    *,
    seed: int = SEED,
    progress: Progress = _no_progress,
) -> Measured:
    """Ask a system every question, one after another, and judge its responses."""
    check(questions, documents)
    system.ask(questions[0])  # so that the time of loading counts for no question
    asked = []
    for done, question in enumerate(questions):
        progress(system.name, done, len(questions))
        asked.append(_ask(system, question))
    progress(system.name, len(questions), len(questions))
    judged = judge(asked, system.passages(), documents)
    return Measured(_summed_up(system, judged.questions, seed), judged.qrels, judged.run)


def _ask(system: System, question: Question) -> Asked:
    began = time.perf_counter()
    response = system.ask(question)
    seconds = time.perf_counter() - began
    insisted = system.insist(question) if response.abstained else response
    return Asked(question, response, insisted, seconds)


def _summed_up(system: System, results: Sequence[QuestionResult], seed: int) -> SystemResult:
    confidences = [one.confidence for one in results]
    supported = [one.supported for one in results]
    bins = calibration(confidences, supported)
    kinds = dict.fromkeys(one.kind for one in results)
    return SystemResult(
        name=system.name,
        description=system.description,
        questions=results,
        summary=_estimates(results, seed),
        by_kind={kind: _estimates([one for one in results if one.kind == kind], seed) for kind in sorted(kinds)},
        risk_coverage=risk_coverage(confidences, supported),
        calibration=bins,
        calibration_error=calibration_error(bins),
        auroc=auroc(
            [one.confidence for one in results if one.answerable],
            [one.confidence for one in results if not one.answerable],
        ),
        seconds={f"p{q}": float(np.percentile([one.seconds for one in results], q)) for q in (50, 90, 99)},
        size=system.size(),
    )


def _estimates(results: Sequence[QuestionResult], seed: int) -> dict[str, Estimate]:
    names = dict.fromkeys(name for one in results for name in one.measures)
    columns = {name: [one.measures[name] for one in results if name in one.measures] for name in names}
    return {name: estimate(column, seed) for name, column in columns.items()}


# ---------------------------------------------------------------- side by side


def assemble(
    measured: Sequence[Measured], question_set: Mapping[str, Any], library: Mapping[str, Any], seed: int = SEED
) -> Evaluation:
    """The Evaluation of these systems, with every two of them compared."""
    systems = [one.result for one in measured]
    return Evaluation(
        question_set=question_set,
        library=library,
        environment=environment(),
        seed=seed,
        systems=systems,
        comparisons=compare(systems, seed),
    )


def since(before: Evaluation, after: Evaluation) -> list[Comparison]:
    """Compare the first systems of an earlier and a later evaluation, over the questions that they share."""
    return compare([before.systems[0], after.systems[0]], after.seed)


def compare(systems: Sequence[SystemResult], seed: int) -> list[Comparison]:
    """Compare every two systems by each measure of COMPARED that they share for at least two questions.

    The p values are corrected over all these comparisons.
    """
    drafts = [
        (measure, first.name, second.name, differences, randomisation_test(differences, seed))
        for measure in COMPARED
        for first, second in combinations(systems, 2)
        if len(differences := paired(first.questions, second.questions, measure)) > 1
    ]
    corrected = holm([p for *_, p in drafts])
    return [_comparison(*draft, p_holm=p_holm, seed=seed) for draft, p_holm in zip(drafts, corrected, strict=True)]


def paired(first: Sequence[QuestionResult], second: Sequence[QuestionResult], measure: str) -> list[float]:
    """Second minus first, for each question that both have the measure for."""
    values = {one.id: one.measures[measure] for one in first if measure in one.measures}
    return [one.measures[measure] - values[one.id] for one in second if one.id in values and measure in one.measures]


def _comparison(
    measure: str, first: str, second: str, differences: Sequence[float], p: float, *, p_holm: float, seed: int
) -> Comparison:
    low, high = interval(differences, seed)
    mean = float(np.mean(differences))
    return Comparison(measure, first, second, mean, low, high, p, p_holm, detectable(differences), len(differences))
