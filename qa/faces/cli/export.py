"""``qa export``: saved answers in formats of other programs."""

from pathlib import Path

import click

import qa
from qa.faces.cli.options import format_option, library_option
from qa.faces.console import write
from qa.proof import read_answers


@click.command()
@click.argument("file", metavar="ANSWER.json", type=click.Path(path_type=Path))
@format_option
@library_option
def export(file: Path, form: str | None, path: Path) -> None:
    """Print saved answers in a form for other programs; as Markdown if none is named.

    Takes what 'qa ask --json' printed, or a file of such answers, one a line.
    """
    answers = read_answers(file)
    with qa.open(path) as library:
        write(library.proofs.export(answers, form or "markdown"))
