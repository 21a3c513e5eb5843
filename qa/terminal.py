"""What the command line prints: answers, hits and outcomes for people, JSON for programs, progress for both.

Results go to standard output. Progress goes to standard error, and only where somebody looks.
"""

import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from qa import replies
from qa.answering import REASONS
from qa.citations import context_of, marks, reference, understood
from qa.records import Answer, Hit
from qa.text import printable

if TYPE_CHECKING:
    from qa.ingest import Outcome, Progress
    from qa.stores.mending import Findings

_LINE = 100

T = TypeVar("T")


def summary(outcomes: Iterable["Outcome"]) -> dict[str, Any]:
    """What became of the files, counted and one by one."""
    files = [
        {
            "path": printable(str(outcome.path)),
            "status": outcome.status,
            "doc_id": outcome.doc_id,
            "passages": outcome.passages,
            "problem": outcome.problem,
            "reason": outcome.reason,
        }
        for outcome in outcomes
    ]
    counts = {
        status: sum(file["status"] == status for file in files)
        for status in ("added", "changed", "renamed", "unchanged", "removed", "failed")
    }
    return counts | {"files": files}


def print_outcomes(outcomes: Iterable["Outcome"]) -> None:
    report = summary(outcomes)
    for file in report.pop("files"):
        if file["status"] == "failed":
            click.echo(f"qa: {file['reason']}", err=True)
        elif file["status"] in ("added", "changed"):
            click.echo(f"{file['status']} {file['path']} ({file['passages']} passages)")
        elif file["status"] != "unchanged":
            click.echo(f"{file['status']} {file['path']}")
    click.echo(", ".join(f"{count} {status}" for status, count in report.items()))


def print_findings(found: "Findings") -> None:
    for mended in found.mended:
        click.echo(f"mended {mended}")
    for doc_id in found.lost:
        click.echo(f"qa: document {doc_id} is lost; add its file again.", err=True)
    if not (found.mended or found.lost):
        click.echo("All that is kept is sound.")


def print_json(value: object) -> None:
    click.echo(replies.text(value), nl=False)


def print_understood(query: Mapping[str, Any], limits: Sequence[str] = ()) -> None:
    asked_of = f"Asked of: {'; '.join(limits)}." if limits else ""
    if line := " ".join(filter(None, (understood(query), asked_of))):
        click.echo(_wrapped(line) + "\n")


def print_answer(answer: Answer, limits: Sequence[str] = ()) -> None:
    print_understood(answer.query, limits)
    if answer.abstained:
        click.echo(_wrapped(f"No answer: {REASONS[str(answer.reason)]}"))
        if answer.hits:
            click.echo("\nThe nearest passages:")
        for hit in answer.hits[:3]:
            click.echo()
            print_hit(hit)
        return
    for sentence in answer.sentences:
        for line in context_of(answer, sentence):
            click.secho(_wrapped(line), dim=True)
        click.echo(_wrapped(f"{sentence.text} {marks(sentence.citations)}") + "\n")
    for citation in answer.citations:
        click.echo(_wrapped(f"[{citation.number}] {reference(citation)}", indent="    "))
    click.echo(f"\nConfidence {answer.confidence:.2f}. Every sentence above is quoted verbatim; 'qa verify' proves it.")


def print_hit(hit: Hit) -> None:
    place = [hit.title or hit.source, hit.passage.section, f"page {hit.passage.page}" if hit.passage.page else ""]
    click.echo(_wrapped(f"{hit.rank}. {'. '.join(part for part in place if part)} ({hit.score:.2f})"))
    click.echo(_wrapped(" ".join(hit.text.split()), first="   ", indent="   "))


def _wrapped(text: str, first: str = "", indent: str = "") -> str:
    """The text in lines for a terminal; on one line where a program reads it."""
    if not sys.stdout.isatty():
        return first + text
    return textwrap.fill(text, _LINE, initial_indent=first, subsequent_indent=indent, break_on_hyphens=False)


@contextmanager
def progress() -> Iterator["Progress"]:
    """A bar on standard error, of files done, for as long as the block runs; silent where nobody looks."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("starting", total=None, visible=False)

        def show(done: int, total: int, path: Path, stage: str) -> None:
            bar.update(task, completed=done, total=total, description=f"{stage} {path.name}", visible=True)

        yield show


def tracked(items: Iterator[T], description: str, total: int) -> Iterable[T]:
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    return track(items, description, total, console=console, transient=True, disable=not console.is_terminal)
