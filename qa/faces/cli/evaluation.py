"""The command of evaluation: ``qa eval``.

Exit status as everywhere: 0 done, 1 the gate says no, 2 a mistake in the call.
"""

import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

import qa
from qa.errors import QAError
from qa.evaluation import configurations as known
from qa.evaluation import gate, report, runner
from qa.evaluation import trec as files
from qa.evaluation.report import to_dict
from qa.evaluation.results import Comparison, Evaluation
from qa.evaluation.runner import Measured, described, since
from qa.evaluation.systems import LibrarySystem, System
from qa.evaluation.trec import RunSystem
from qa.faces.cli import tables, terminal
from qa.faces.cli.options import json_option, library_option
from qa.faces.console import say
from qa.indexing.progress import Progressed
from qa.query.questions import read_questions
from qa.records import Document, Question
from qa.stores import kept_report

QUESTIONS = Path("eval/questions/reviews.jsonl")
CONFIGURATIONS = Path("eval/configs/configurations.toml")
REFERENCE = Path("eval/reports/reference.json")

_FILE = click.Path(path_type=Path)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The options of ``qa eval``."""

    questions: Path
    out: Path | None
    path: Path
    configurations: Path | None
    names: Sequence[str]
    runs: Sequence[Path]


@click.command("eval")
@click.argument("questions", default=QUESTIONS, metavar="[QUESTIONS.jsonl]", type=_FILE)
@click.option("--out", metavar="DIR", type=_FILE, help="Write the report here, too.")
@click.option(
    "--configurations",
    metavar="FILE",
    type=_FILE,
    help=f"Compare the systems of this TOML file, such as {CONFIGURATIONS}.",
)
@click.option("--system", "names", metavar="NAME", multiple=True, help="Only this configuration; may be repeated.")
@click.option("--run", "runs", metavar="FILE", multiple=True, type=_FILE, help="Also a TREC run; may be repeated.")
@click.option("--trec", metavar="DIR", type=_FILE, help="Write TREC qrels and runs here.")
@click.option(
    "--gate",
    metavar="[REFERENCE]",
    is_flag=False,
    flag_value=REFERENCE,
    type=_FILE,
    help=f"Fail where a measure fell significantly below a reference, {REFERENCE} if none is named.",
)
@click.option("--gate-update", is_flag=True, help="Make the present measures the reference.")
@library_option
@click.option(
    "--against",
    metavar="RESULTS.json",
    type=_FILE,
    help="Also compare with this saved evaluation, question by question.",
)
@json_option
def evaluate(
    *,
    trec: Path | None,
    gate: Path | None,
    gate_update: bool,
    against: Path | None,
    as_json: bool,
    runs: Sequence[Path],
    **options: Any,
) -> int:
    """Measure on a set of questions, configurations side by side.

    Without --configurations, Pincite as it is. The report is kept with the library, for the page to show.
    Exit status 1 when the gate says no.
    """
    if against and not options["out"]:
        raise click.UsageError("Say with --out where the comparison goes.")
    kept = _reference(gate) if gate and not gate_update else None
    before = _saved(against) if against else None
    measured, evaluation = _evaluated(Wanted(runs=runs, **options))
    _warn(evaluation)
    if as_json:
        terminal.print_json(to_dict(evaluation))
    else:
        tables.print_evaluation(evaluation)
    comparisons = _since(before, evaluation, against, as_json) if before and against else []
    _write(evaluation, measured, options["out"], trec, before=before, comparisons=comparisons)
    _keep(evaluation, options["path"])
    if gate_update:
        _save_reference(evaluation, gate or REFERENCE)
    return _gated(evaluation, kept, as_json) if kept else 0


def _warn(evaluation: "Evaluation") -> None:
    gold = [one for question in evaluation.systems[0].questions for one in question.gold]
    missing = [one for one in gold if one.start is None]
    if missing:
        say(
            f"qa: {len(missing)} of {len(gold)} gold quotes stand in no document of the library, "
            f"such as one of {missing[0].source}; they can hardly be found.",
            err=True,
        )


def _reference(path: Path) -> dict[str, Any]:
    return gate.load(path)


def _save_reference(evaluation: "Evaluation", path: Path) -> None:
    gate.save(evaluation, path)
    say(f"qa: {path} is the reference now.", err=True)


def _gated(evaluation: "Evaluation", kept: dict[str, Any], as_json: bool) -> int:
    rows = gate.check(kept, evaluation)
    if not as_json:
        tables.print_gate(rows)
    return int(any(row.fallen for row in rows))


def _saved(path: Path) -> "Evaluation":
    return report.load(path)


def _since(before: "Evaluation", evaluation: "Evaluation", path: Path, as_json: bool) -> Sequence["Comparison"]:
    """The tests of the first system against the one in the saved evaluation; also prints what changed."""
    comparisons = since(before, evaluation)
    if not as_json:
        tables.print_news(path, report.news(report.compare(before, evaluation, comparisons)))
    return comparisons


def _write(
    evaluation: "Evaluation",
    measured: Sequence["Measured"],
    out: Path | None,
    trec: Path | None,
    *,
    before: "Evaluation | None",
    comparisons: Sequence["Comparison"],
) -> None:
    written = []
    if out:
        written += report.write(evaluation, out)
        if before:
            written += report.write_comparison(before, evaluation, out, comparisons)
    if trec:
        written += files.write(measured, trec)
    for path in written:
        say(f"wrote {path}", err=True)


def _keep(evaluation: "Evaluation", library: Path) -> None:
    """Keep the report with the library instead of the last. A library that is not writable keeps the old one."""
    try:
        report.write(evaluation, library / kept_report.REPORT.parent)
        kept_report.seal(library)
    except (QAError, OSError) as error:
        say(f"qa: the page will not show this report: {error}", err=True)


def _evaluated(wanted: Wanted) -> tuple[list["Measured"], "Evaluation"]:
    questions = read_questions(wanted.questions)
    with ExitStack() as stack, terminal.progress() as progress:
        library = stack.enter_context(qa.open(wanted.path))
        library.prepare(progress=progress)
        documents = library.documents()
        named = runner.by_name(documents)
        runner.check(questions, named)

        def asking(name: str, done: int, total: int) -> None:
            progress(Progressed(done, total, Path(name), "asking"))

        measured = [
            runner.measure(system, questions, named, progress=asking)
            for system in stack.enter_context(_systems(wanted, library, named, progress))
        ]
        about = library.description() | {"documents_sha256": _digest(documents)}
    return measured, runner.assemble(measured, _described(wanted.questions, questions), about)


def _digest(documents: Sequence["Document"]) -> str:
    """A digest of the documents' source files, independent of how they were read."""
    return hashlib.sha256("".join(sorted(document.source_sha256 for document in documents)).encode()).hexdigest()


def _described(path: Path, questions: Sequence["Question"]) -> dict[str, Any]:
    return described(questions, path.stem, hashlib.sha256(path.read_bytes()).hexdigest())


@contextmanager
def _systems(wanted: Wanted, library: "qa.Library", documents: Any, progress: Any) -> Iterator[list["System"]]:
    """The systems to compare; the report is about the first."""
    file = wanted.configurations or (CONFIGURATIONS if wanted.names else None)
    configurations = known.chosen(known.read_configurations(file) if file else [known.DEFAULT], wanted.names)
    with ExitStack() as stack:
        made = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="qa-eval-")))
        cache = wanted.out / "libraries" if wanted.out else made
        systems = [known.open_system(one, library, cache, progress) for one in configurations]
        stored = LibrarySystem("", "", library).passages() if wanted.runs else []
        systems += [RunSystem(path, documents, stored) for path in wanted.runs]
        for system in systems:
            stack.callback(system.close)
        yield known.distinct(systems)
