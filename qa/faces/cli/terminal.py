"""Output of the command line: answers, hits and results for people, JSON for programs, progress for both.

Results go to standard output. Progress goes to standard error, and only on a terminal.
"""

import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from qa.faces import replies
from qa.faces.console import rich_console, say, visible, write
from qa.faces.roles import in_words
from qa.proof.citations import context_of, marks, reference, understood
from qa.records import Answer, Hit
from qa.text.lines import printable

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

    from qa.indexing.ingest import Outcome
    from qa.indexing.progress import Progress, Progressed
    from qa.stores.findings import Findings

_LINE = 100

T = TypeVar("T")


def counts(outcomes: Sequence["Outcome"]) -> dict[str, int]:
    """The number of files for each outcome."""
    statuses = ("added", "changed", "renamed", "unchanged", "removed", "failed")
    return {status: sum(outcome.status == status for outcome in outcomes) for status in statuses}


def landed(outcome: "Outcome") -> dict[str, Any]:
    """What became of a file."""
    return {
        "path": printable(str(outcome.path)),
        "status": outcome.status,
        "doc_id": outcome.doc_id,
        "passages": outcome.passages,
        "problem": outcome.problem,
        "reason": outcome.reason,
        "note": outcome.note,
    }


def print_old_readings(description: Mapping[str, Any]) -> None:
    """Say which files of a library were read by an earlier version, which made other texts of them."""
    count = description.get("read_before", 0)
    if count:
        files = "1 file of this library was" if count == 1 else f"{count} files of this library were"
        say(f"qa: {files} read by an earlier version; run 'qa add' with the same folders to read anew.", err=True)


def print_landed(outcome: "Outcome") -> None:
    """Print a line on what became of a file, nothing if it is unchanged; at once, also into a pipe."""
    path = printable(str(outcome.path))
    if outcome.status == "failed":
        say(f"qa: {outcome.reason}", err=True)
    elif outcome.status in ("added", "changed"):
        if outcome.note:
            say(f"qa: {outcome.note}", err=True)
        say(f"{outcome.status} {path} ({outcome.passages} passages)")
    elif outcome.status != "unchanged":
        say(f"{outcome.status} {path}")


def print_line(value: object) -> None:
    """Print a line of JSON, at once, also into a pipe."""
    write(replies.line(value))


def print_skipped(skipped: Mapping[str, int]) -> None:
    """Print what was skipped in the named folders, by kind, if anything."""
    if skipped:
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in skipped.items())
        say(f"qa: skipped in folders: {kinds}.", err=True)


def print_size(path: Path, described: Mapping[str, Any]) -> None:
    say(f"The library {path} holds {described['documents']} documents in {described['passages']} passages.")
    print_old_readings(described)


def print_document(known: Mapping[str, Any], unread: str) -> None:
    """Print what is known of a document, how much of it may be quoted, and what was not read."""
    facts = [str(known[fact]) for fact in ("year", "kind", "licence") if known[fact]]
    say(f"{known['doc_id']}  {known['title'] or known['source']}")
    place = f"{known['source']}, {known['passages']} passages"
    say(f"{'':18}{', '.join([place, *facts])}")
    say(f"{'':18}{in_words(known['sentences'], known['kept_out'])}")
    if unread:
        say(f"{'':18}{unread}")


def print_findings(found: "Findings") -> None:
    for mended in found.mended:
        say(f"mended {mended}")
    for missing in found.missing:
        say(f"qa: {missing}", err=True)
    for doc_id in found.lost:
        say(f"qa: document {found.named(doc_id)} is lost; add its file again.", err=True)
    for damage in found.damaged:
        say(f"damaged, and not mended since the library cannot be written: {damage}")
    if not (found.mended or found.lost or found.missing or found.damaged):
        say("All that is kept is sound.")
    if found.unchecked:
        say(f"Not read, as it is no part of the library: {', '.join(found.unchecked)}.")


def print_proof(proof: Mapping[str, Any]) -> None:
    """Print what stands and what does not, then what that proves and what not."""
    problems, quotes, fallen = proof["problems"], proof["quotes"], proof["fallen"]
    for problem in problems:
        say(problem)
    if not problems:
        say(f"All {quotes} quotes stand." if quotes else "It stands: it quotes nothing.")
    elif fallen:
        say(f"It does not stand: {fallen} of {quotes} quotes {'falls' if fallen == 1 else 'fall'}.")
    else:
        say(f"It does not stand, though {'the quote does' if quotes == 1 else f'all {quotes} quotes do'}.")
    for said in proof["covers"]:
        say(f"Proved: {said}")
    for said in proof["unproved"]:
        say(f"Not proved: {said}")


def print_json(value: object) -> None:
    write(replies.text(value))


def print_understood(query: Mapping[str, Any], limits: Sequence[str] = ()) -> None:
    asked_of = f"Asked of: {'; '.join(limits)}." if limits else ""
    if line := " ".join(filter(None, (understood(query), asked_of))):
        say(*_wrapped(line), "")


def print_answer(answer: Answer, limits: Sequence[str] = ()) -> None:
    from qa.answering.reasons import REASONS  # imported here, because most commands answer nothing

    print_understood(answer.query, limits)
    if answer.abstained:
        say(*_wrapped(f"No answer: {REASONS[str(answer.reason)]}"))
        if answer.hits:
            say("\nThe nearest passages:")
        for hit in answer.hits[:3]:
            say()
            print_hit(hit)
        return
    for sentence in answer.sentences:
        for line in context_of(answer, sentence):
            say(*_wrapped(line), dim=True)
        say(*_wrapped(f"{sentence.text} {marks(sentence.citations)}"), "")
    for citation in answer.citations:
        say(*_wrapped(f"[{citation.number}] {reference(citation)}", indent="    "))
    supports = [f"{sentence.support:.2f}" for sentence in answer.sentences if sentence.support is not None]
    each = f" (of the sentences: {', '.join(supports)})" if len(supports) > 1 else ""
    known = answer.confidence is not None
    sure = f"Confidence {answer.confidence:.2f}" if known else "No confidence is known with these models"
    say(f"\n{sure}{each}. Every sentence above is quoted verbatim; 'qa verify' proves it.")


def print_hit(hit: Hit) -> None:
    place = [hit.title or hit.source, hit.passage.section, f"page {hit.passage.page}" if hit.passage.page else ""]
    say(*_wrapped(f"{hit.rank}. {'. '.join(part for part in place if part)} ({hit.score:.2f})"))
    say(*_wrapped(" ".join(hit.text.split()), first="   ", indent="   "))
    if hit.warning:
        say(*_wrapped(hit.warning, first="   ", indent="   "))


def _wrapped(text: str, first: str = "", indent: str = "") -> list[str]:
    """The text in lines for a terminal; on one line if a program reads it."""
    if not sys.stdout.isatty():
        return [first + text]
    return textwrap.wrap(text, _LINE, initial_indent=first, subsequent_indent=indent, break_on_hyphens=False)


@contextmanager
def progress() -> Iterator["Progress"]:
    """A progress bar on standard error during the block, with passages made and time left.

    Silent without a terminal. Nothing is loaded for it before the first file.
    """
    with ExitStack() as shown:

        @cache
        def bar() -> "tuple[Bar, TaskID]":
            made = shown.enter_context(_bar())
            return made, made.add_task("starting", total=None, counted="")

        def show(now: "Progressed") -> None:
            made, task = bar()
            done, total = (now.passages, now.expected) if now.expected else (now.done, now.total)
            told = now.words(visible(now.path.name))
            made.update(task, completed=done, total=total, description=told, counted=now.counted)

        yield show


def _bar() -> "Bar":
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TextColumn("{task.fields[counted]}"))
    times = (TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn())
    console = rich_console(err=True)
    # Text printed meanwhile would move to standard error with the bar. In a file or a pipe it must not.
    together, disable = sys.stdout.isatty(), not console.is_terminal
    return Bar(*columns, *times, console=console, transient=True, disable=disable, redirect_stdout=together)


def tracked(items: Iterator[T], description: str, total: int) -> Iterable[T]:
    from rich.progress import track

    console = rich_console(err=True)
    return track(items, description, total, console=console, transient=True, disable=not console.is_terminal)
