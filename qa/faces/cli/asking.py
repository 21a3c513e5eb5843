"""The commands that ask: ``qa search`` and ``qa ask``."""

from collections.abc import Sequence
from pathlib import Path

import click

from qa.faces import replies
from qa.faces.cli import terminal
from qa.faces.cli.opening import asked_library
from qa.faces.cli.options import (
    DONE,
    NO,
    expand_option,
    format_option,
    json_option,
    library_option,
    question_argument,
    scope_options,
)
from qa.faces.console import write
from qa.profile import profile
from qa.query.questions import checked_question, read_questions
from qa.records import Scope


@click.command()
@question_argument
@click.option("-k", default=10, show_default=True, type=click.IntRange(1, 50), help="How many passages.")
@scope_options
@expand_option
@library_option
@json_option
def search(*, question: str | None, k: int, scope: Scope, expand: bool, path: Path, as_json: bool) -> int:
    """Find the passages nearest to a question.

    Exit status 1 when there are none.
    """
    question = checked_question(question or "")
    with asked_library(path) as library:
        found = library.retrieve(question, k, scope=scope, expand=expand)
        limits = library.contents.limits(scope)
    hits = found.hits
    if as_json:
        terminal.print_json(replies.passages(hits))
    else:
        terminal.print_understood(found.query.to_dict(), limits)
        for hit in hits:
            terminal.print_hit(hit)
    return DONE if hits else NO


@click.command()
@question_argument
@click.option(
    "--questions",
    "file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Answer a file of questions, JSON Lines; prints an Answer a line.",
)
@click.option(
    "--after",
    metavar="QUESTION",
    multiple=True,
    help="A question asked before, which this one follows up; may be repeated, oldest first.",
)
@click.option(
    "--threshold",
    default=profile()["support"]["threshold"],
    show_default=True,
    type=click.FloatRange(0, 1),
    help="The least confidence at which to answer; a higher one refuses more.",
)
@scope_options
@expand_option
@format_option
@library_option
@json_option
def ask(
    *,
    question: str | None,
    file: Path | None,
    after: Sequence[str],
    threshold: float,
    scope: Scope,
    expand: bool,
    form: str | None,
    path: Path,
    as_json: bool,
) -> int:
    """Answer a question with cited sentences.

    Exit status 1 when the documents do not answer it.
    """
    if file is not None and after:
        raise click.UsageError("Give --after with one question, not with --questions FILE.")
    if form is not None and (as_json or file is not None):
        raise click.UsageError("--format goes with one question and without --json; see also 'qa export'.")
    if file is not None and question is None:
        return _ask_all(file, threshold, scope, expand, path)
    if question is None or file is not None:
        raise click.UsageError("Give either one question or --questions FILE.")
    question = checked_question(question)
    with asked_library(path) as library:
        answer = library.ask(question, after=after, threshold=threshold, scope=scope, expand=expand)
        limits = library.contents.limits(scope)
        exported = library.proofs.export([answer.to_dict()], form) if form else None
    if exported is not None:
        write(exported)
    elif as_json:
        terminal.print_json(answer.to_dict())
    else:
        terminal.print_answer(answer, limits)
    return NO if answer.abstained else DONE


def _ask_all(file: Path, threshold: float, scope: Scope, expand: bool, path: Path) -> int:
    questions = read_questions(file)
    with asked_library(path) as library:
        answers = (
            library.ask(one.question, threshold=threshold, scope=scope, question_id=one.id, expand=expand)
            for one in questions
        )
        for answer in terminal.tracked(answers, "answering", len(questions)):
            terminal.print_line(answer.to_dict())
    return DONE
