"""The command line: parse, call the Library, print. Exit status 0 done, 1 the answer is no, 2 a mistake.

Results go to standard output, everything else to standard error; with ``--json``, JSON alone is printed.
"""

import json
import logging
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

import qa
from qa import question_commands, replies, terminal
from qa.errors import QAError
from qa.evaluation_commands import evaluate
from qa.export_commands import export
from qa.options import expand_option, format_option, json_option, library_option, scope_options
from qa.questions import checked_question, read_questions
from qa.records import Scope

DONE, NO, MISTAKE, INTERRUPTED = 0, 1, 2, 130

_LINE = 100


def main(arguments: Sequence[str] | None = None) -> None:
    """The console script ``qa``."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status; an error becomes one sentence on standard error."""
    logging.basicConfig(format="qa: %(message)s", level=logging.ERROR)
    logging.getLogger("qa").setLevel(logging.WARNING)
    try:
        status = commands.main(args=arguments, prog_name="qa", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as help_shown:
        click.echo(help_shown.format_message(), err=True)
        return MISTAKE
    except click.ClickException as error:
        return _mistake(f"{error.format_message()} See 'qa --help'.")
    except QAError as error:
        return _mistake(str(error))
    except BrokenPipeError:  # the reader of the output, such as head, has seen enough
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115  # for what Python still flushes at its end
        return DONE
    except OSError as error:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115  # it may be what failed, and Python flushes it at its end
        return _mistake(f"the system refused ({error.strerror or error}); check free disk space and permissions.")
    except (KeyboardInterrupt, click.Abort):
        click.echo("qa: stopped; what was reported as done is kept.", err=True)
        return INTERRUPTED
    return int(status or DONE)


def _mistake(sentence: str) -> int:
    click.echo(f"qa: {sentence}", err=True)
    return MISTAKE


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": _LINE})
@click.version_option(qa.__version__, prog_name="Pincite")
def commands() -> None:
    """Ask your review articles; get the sentences that answer, verbatim, cited, provable."""


# ---------------------------------------------------------------- changing a library


@commands.command()
@click.argument("paths", nargs=-1, metavar="PATH...", type=click.Path(path_type=Path))
@click.option("--model", metavar="NAME", help="A sentence-transformers model, by name or folder, for a new library.")
@click.option("--re-embed", is_flag=True, help="Embed all documents anew, with --model or the default model.")
@library_option
@json_option
def add(paths: Sequence[Path], model: str | None, re_embed: bool, path: Path, as_json: bool) -> int:
    """Add or update files and folders.

    Unchanged files cost nothing. Exit status 1 when some files could not be added; each is named.
    """
    if not paths and not re_embed:
        raise click.UsageError("Name at least one file or folder to add.")
    with terminal.progress() as progress:
        if re_embed:
            with qa.open(path) as library:
                count = library.reembed(model, progress=progress)
            click.echo(f"Embedded {count} documents anew.", err=True)
        with qa.open(path, model=model) as library:
            outcomes = library.add(paths, progress=progress) if paths else []
            described = library.description()
    if as_json:
        terminal.print_json(terminal.summary(outcomes) | {"library": described})
    else:
        terminal.print_outcomes(outcomes)
        click.echo(f"The library {path} holds {described['documents']} documents in {described['passages']} passages.")
    failed = [outcome for outcome in outcomes if outcome.status == "failed"]
    if not failed:
        return DONE
    return MISTAKE if len(failed) == len(outcomes) else NO


@commands.command()
@library_option
@json_option
def check(path: Path, as_json: bool) -> int:
    """Read all that is kept, and mend what is damaged.

    Exit status 1 when a document is lost for good; each is named.
    """
    with qa.open(path) as library:
        found = library.check()
        described = library.description()
    if as_json:
        terminal.print_json({"mended": found.mended, "lost": found.lost, "library": described})
    else:
        terminal.print_findings(found)
        click.echo(f"The library {path} holds {described['documents']} documents in {described['passages']} passages.")
    return NO if found.lost else DONE


@commands.command()
@click.argument("name", metavar="DOC")
@library_option
@json_option
def remove(name: str, path: Path, as_json: bool) -> int:
    """Remove a document.

    DOC is its id, the beginning of its id, or its file name.
    """
    with qa.open(path) as library:
        doc_id = library.remove(name)
    if as_json:
        terminal.print_json({"removed": doc_id})
    else:
        click.echo(f"removed {doc_id}")
    return DONE


@commands.command()
@library_option
@json_option
def documents(path: Path, as_json: bool) -> int:
    """List the documents of the library."""
    with qa.open(path) as library:
        if as_json:
            terminal.print_json(replies.documents(library))
            return DONE
        kept, counts = library.documents(), library.passage_counts()
    for document in kept:
        facts = [str(fact) for fact in (document.year, document.kind, document.licence) if fact]
        place = f"{document.source}, {counts.get(document.doc_id, 0)} passages"
        click.echo(f"{document.doc_id}  {document.label}")
        click.echo(f"{'':18}{', '.join([place, *facts])}")
    click.echo(f"{len(kept)} documents")
    return DONE


# ---------------------------------------------------------------- asking


@commands.command()
@click.argument("question")
@click.option("-k", default=10, show_default=True, type=click.IntRange(1, 50), help="How many passages.")
@scope_options
@expand_option
@library_option
@json_option
def search(question: str, k: int, scope: Scope, expand: bool, path: Path, as_json: bool) -> int:
    """Find the passages nearest to a question.

    Exit status 1 when there are none.
    """
    question = checked_question(question)
    with _asked_library(path) as library:
        found = library.retrieve(question, k, scope=scope, expand=expand)
        limits = library.limits(scope)
    hits = found.hits
    if as_json:
        terminal.print_json(replies.passages(hits))
    else:
        terminal.print_understood(found.query.to_dict(), limits)
        for hit in hits:
            terminal.print_hit(hit)
    return DONE if hits else NO


@commands.command()
@click.argument("question", required=False)
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
@scope_options
@expand_option
@format_option
@library_option
@json_option
def ask(
    question: str | None,
    file: Path | None,
    after: Sequence[str],
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
        return _ask_all(file, scope, expand, path)
    if question is None or file is not None:
        raise click.UsageError("Give either one question or --questions FILE.")
    question = checked_question(question)
    with _asked_library(path) as library:
        answer = library.ask(question, after=after, scope=scope, expand=expand)
        limits = library.limits(scope)
        exported = library.export([answer.to_dict()], form) if form else None
    if exported is not None:
        click.echo(exported, nl=False)
    elif as_json:
        terminal.print_json(answer.to_dict())
    else:
        terminal.print_answer(answer, limits)
    return NO if answer.abstained else DONE


def _ask_all(file: Path, scope: Scope, expand: bool, path: Path) -> int:
    questions = read_questions(file)
    with _asked_library(path) as library:
        answers = terminal.tracked(library.ask_all(questions, scope=scope, expand=expand), "answering", len(questions))
        for answer in answers:
            click.echo(json.dumps(answer.to_dict(), ensure_ascii=False))
    return DONE


@commands.command()
@click.argument("file", metavar="ANSWER.json", type=click.Path(path_type=Path))
@click.option(
    "--source",
    "sources",
    metavar="FILE",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Also prove the quotes against this source file, read anew; may be repeated.",
)
@library_option
@json_option
def verify(file: Path, sources: Sequence[Path], path: Path, as_json: bool) -> int:
    """Prove the quotes of a saved answer again.

    Exit status 1 when one does not stand; it is named.
    """
    from qa.verification import read_answers

    answers = read_answers(file)
    with qa.open(path) as library:
        proof = replies.proof(library.verify_all(answers, sources))
    problems, quotes = proof["problems"], proof["quotes"]
    if as_json:
        terminal.print_json(proof)
    else:
        for problem in problems:
            click.echo(problem)
        click.echo(f"{len(problems)} problems in {quotes} quotes." if problems else f"All {quotes} quotes stand.")
    return NO if problems else DONE


@commands.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=7860, show_default=True, type=click.IntRange(0, 65535), help="The port; 0 for any.")
@click.option("--user", metavar="NAME", help="Ask for this name and a password; needed beyond this machine.")
@library_option
def serve(host: str, port: int, user: str | None, path: Path) -> int:
    """Open the chat page.

    The password of --user is taken from the environment variable PINCITE_PASSWORD, or asked for.
    """
    from qa import server

    server.check_host(host, user)
    login = (user, _password(user)) if user else None
    with _asked_library(path) as library:
        server.serve(library, host, port, login=login, say=lambda line: click.echo(line, err=True))
    return DONE


def _password(user: str) -> str:
    given = os.environ.get("PINCITE_PASSWORD")
    return given or str(click.prompt(f"Password for {user}", hide_input=True, confirmation_prompt=True, err=True))


@commands.command()
@library_option
def mcp(path: Path) -> int:
    """Serve the library as tools of the Model Context Protocol.

    Reads standard input and writes standard output, for the program that starts it.
    """
    from qa import mcp_server

    mcp_server.check_installed()
    with _asked_library(path) as library:
        mcp_server.serve(library)
    return DONE


commands.add_command(question_commands.questions)
commands.add_command(evaluate)
commands.add_command(export)


# ---------------------------------------------------------------- printing


@contextmanager
def _asked_library(path: Path) -> Iterator["qa.Library"]:
    """The library, made from the built-in corpus, with progress, if it was never made."""
    with qa.open(path) as library:
        with terminal.progress() as progress:
            built = library.build(progress=progress)
        if built:
            click.echo(f"qa: made the library {path} from the built-in corpus.", err=True)
        yield library
