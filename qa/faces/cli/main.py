"""The command line: parse, call the Library, print. Exit status 0 done, 1 the answer is no, 2 a mistake.

Results go to standard output, everything else to standard error; with ``--json``, JSON alone is printed.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import click

import qa
from qa.errors import QAError
from qa.faces import replies
from qa.faces.cli import terminal
from qa.faces.cli.options import (
    DONE,
    INTERRUPTED,
    MISTAKE,
    NO,
    expand_option,
    format_option,
    json_option,
    library_option,
    question_argument,
    scope_options,
)
from qa.faces.console import log_errors, prompt, say, write
from qa.query.questions import checked_question, read_questions
from qa.records import Scope

_LINE = 100


def main(arguments: Sequence[str] | None = None) -> None:
    """The console script ``qa``."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status; an error becomes one sentence on standard error."""
    log_errors()
    try:
        status = commands.main(args=arguments, prog_name="qa", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as help_shown:
        say(*help_shown.format_message().split("\n"), err=True)
        return MISTAKE
    except click.ClickException as error:
        return _mistake(f"{' '.join(error.format_message().split())} See 'qa --help'.")
    except QAError as error:
        return _mistake(str(error))
    except BrokenPipeError:  # the reader of the output, such as head, has seen enough
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115  # for what Python still flushes at its end
        return DONE
    except OSError as error:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115  # it may be what failed, and Python flushes it at its end
        return _mistake(f"the system refused ({error.strerror or error}); check free disk space and permissions.")
    except (KeyboardInterrupt, click.Abort):
        say("qa: stopped; what was reported as done is kept.", err=True)
        return INTERRUPTED
    return int(status or DONE)


def _mistake(sentence: str) -> int:
    say(f"qa: {sentence}", err=True)
    return MISTAKE


_ELSEWHERE = {
    "add": "library.add",
    "backup": "backup.backup",
    "check": "library.check",
    "documents": "library.documents",
    "eval": "evaluation.evaluate",
    "export": "export.export",
    "questions": "questions.questions",
    "remove": "library.remove",
    "restore": "backup.restore",
}


class _Commands(click.Group):
    """Has commands of other modules, each loaded when the command is called, or all are listed."""

    def list_commands(self, context: click.Context) -> list[str]:
        return sorted({*self.commands, *_ELSEWHERE})

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name in _ELSEWHERE and name not in self.commands:
            module, _, function = _ELSEWHERE[name].partition(".")
            self.add_command(getattr(import_module(f"qa.faces.cli.{module}"), function), name)
        return super().get_command(context, name)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": _LINE})
@click.version_option(qa.__version__, prog_name="Pincite")
def commands() -> None:
    """Ask your review articles; get the sentences that answer, verbatim, cited, provable."""


# ---------------------------------------------------------------- asking


@commands.command()
@question_argument
@click.option("-k", default=10, show_default=True, type=click.IntRange(1, 50), help="How many passages.")
@scope_options
@expand_option
@library_option
@json_option
def search(question: str | None, k: int, scope: Scope, expand: bool, path: Path, as_json: bool) -> int:
    """Find the passages nearest to a question.

    Exit status 1 when there are none.
    """
    question = checked_question(question or "")
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
        write(exported)
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
            terminal.print_line(answer.to_dict())
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
@click.option("--ask-again", is_flag=True, help="Also ask the question again; this needs the model.")
@library_option
@json_option
def verify(file: Path, sources: Sequence[Path], ask_again: bool, path: Path, as_json: bool) -> int:
    """Prove a saved answer again, and say what that covers.

    Its quotes have to be whole sentences that the library keeps, and its signature, if it has one, has to fit. Exit
    status 1 when something does not stand; it is named.
    """
    from qa.faces.asking_again import asked_again
    from qa.proof import read_answers

    answers = read_answers(file)
    with qa.open(path) as library:
        proof = replies.proof(library.verify_all(answers, sources))
        proof = asked_again(library, answers, proof) if ask_again else proof
    if as_json:
        terminal.print_json(proof)
    else:
        terminal.print_proof(proof)
    return DONE if proof["stands"] else NO


@commands.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=7860, show_default=True, type=click.IntRange(0, 65535), help="The port; 0 for any.")
@click.option("--user", metavar="NAME", help="Ask for this name and a password; needed beyond this machine.")
@click.option("--no-key", is_flag=True, help="Let everybody on this machine in.")
@click.option("--proxy", "proxies", metavar="ADDRESS", multiple=True, help="Believe this proxy, or network of them.")
@click.option("--name", "names", metavar="HOST", multiple=True, help="A name that the page is reached by, too.")
@click.option("--read-only", is_flag=True, help="Let whoever comes in ask, search and read, and change nothing.")
@click.option("--no-browser", is_flag=True, help="Print the address alone, and open no browser.")
@library_option
def serve(host: str, port: int, path: Path, no_browser: bool, **access: Any) -> int:
    """Open the chat page, in a browser where there is a display.

    The address that is printed has a key in it: PINCITE_KEY from the environment, or else a random one. With --user, a
    name and a password are asked for instead: PINCITE_PASSWORD from the environment, or else what is typed now.
    """
    from qa.faces.web import serving
    from qa.faces.web.security.access import access_to, is_loopback

    granted = access_to(host, **access, ask=_password)
    tell = partial(say, err=True)
    browse = not no_browser and is_loopback(host) and not granted.proxies
    tell(f"Starting Pincite over the library {path} …")
    listening = serving.listen(host, port, str(path), tell, browse=browse)
    if listening is None:
        return DONE
    with listening, _asked_library(path) as library:
        serving.serve(library, listening, host, granted, tell, browse=browse)
    return DONE


def _password(user: str) -> str:
    return str(prompt(f"Password for {user}", hide_input=True, confirmation_prompt=True, err=True))


@commands.command()
@library_option
def mcp(path: Path) -> int:
    """Serve the library as tools of the Model Context Protocol.

    Reads standard input and writes standard output, for the program that starts it.
    """
    from qa.faces import mcp

    mcp.check_installed()
    with _asked_library(path) as library:
        mcp.serve(library)
    return DONE


# ---------------------------------------------------------------- printing


@contextmanager
def _asked_library(path: Path) -> Iterator["qa.Library"]:
    """The library; the default one is made from the built-in corpus, with progress, if it was never made."""
    with qa.open(path) as library:
        with terminal.progress() as progress:
            built = library.prepare(progress=progress)
        if built:
            say(f"qa: made the library {path} from the built-in corpus.", err=True)
        terminal.print_old_readings(library.description())
        yield library
