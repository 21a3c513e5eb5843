"""``qa export``: saved answers in the forms that other programs read."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

import qa
from qa.exports import FORMATS

Command = Callable[..., Any]


def format_option(command: Command) -> Command:
    return click.option(
        "--format",
        "form",
        type=click.Choice(list(FORMATS)),
        help="Print a form for other programs: references with their quotes, or Markdown.",
    )(command)


@click.command()
@click.argument("file", metavar="ANSWER.json", type=click.Path(path_type=Path))
@format_option
@click.option(
    "--library",
    "path",
    metavar="DIR",
    default="index",
    show_default=True,
    type=click.Path(path_type=Path),
    help="The folder of the library.",
)
def export(file: Path, form: str | None, path: Path) -> None:
    """Print saved answers in a form for other programs; as Markdown if none is named.

    Takes what 'qa ask --json' printed, or a file of such answers, one a line.
    """
    from qa.verification import read_answers

    answers = read_answers(file)
    with qa.open(path) as library:
        click.echo(library.export(answers, form or "markdown"), nl=False)
