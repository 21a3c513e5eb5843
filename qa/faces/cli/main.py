"""The command line: its commands, and how each ends. Exit status 0 done, 1 the answer is no, 2 a mistake.

Results go to standard output, everything else to standard error; with ``--json``, JSON alone is printed.
"""

import os
import sys
from collections.abc import Sequence
from importlib import import_module

import click

import qa
from qa.errors import QAError
from qa.faces.cli.options import (
    DONE,
    INTERRUPTED,
    MISTAKE,
)
from qa.faces.console import log_errors, say

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
    except BrokenPipeError:  # the output's reader, such as head, has seen enough
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115  # for what Python flushes at its end
        return DONE
    except OSError as error:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115  # it may have failed, and Python flushes it at its end
        return _mistake(f"the system refused ({error.strerror or error}); check free disk space and permissions.")
    except (KeyboardInterrupt, click.Abort):
        say("qa: stopped; what was reported as done is kept.", err=True)
        return INTERRUPTED
    return int(status or DONE)


def _mistake(sentence: str) -> int:
    say(f"qa: {sentence}", err=True)
    return MISTAKE


_COMMANDS = {
    "add": ("library.add", "Add or update files and folders."),
    "ask": ("asking.ask", "Answer a question with cited sentences."),
    "backup": ("backup.backup", "Write all that the library keeps into one new file, and read it back."),
    "check": ("library.check", "Read all that is kept, and mend what is damaged."),
    "documents": ("library.documents", "List the documents of the library."),
    "eval": ("evaluation.evaluate", "Measure on a set of questions, configurations side by side."),
    "export": ("export.export", "Print saved answers in a form for other programs; as Markdown if none is named."),
    "mcp": ("serving.mcp", "Serve the library as tools of the Model Context Protocol."),
    "questions": ("questions.questions", "Write and check sets of questions with their answers."),
    "remove": ("library.remove", "Remove a document."),
    "restore": ("backup.restore", "Make the library of a backup anew, in a folder that is new or empty."),
    "search": ("asking.search", "Find the passages nearest to a question."),
    "serve": ("serving.serve", "Open the chat page, in a browser where there is a display."),
    "verify": ("verifying.verify", "Prove a saved answer again, and say what that covers."),
}
"""Each command: its module in this folder, its function, and its line in the list of commands."""


class _Commands(click.Group):
    """Loads a command's module when it is called; listing all commands loads none."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in _COMMANDS:
            return None
        module, _, function = _COMMANDS[name][0].partition(".")
        command: click.Command = getattr(import_module(f"qa.faces.cli.{module}"), function)
        return command

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, said) for name, (_, said) in _COMMANDS.items()])


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": _LINE})
@click.version_option(qa.__version__, prog_name="Pincite")
def commands() -> None:
    """Ask your review articles; get the sentences that answer, verbatim, cited, provable."""
