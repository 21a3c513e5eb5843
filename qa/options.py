"""The options that several commands take, declared once."""

from pathlib import Path

import click

from qa.exports import FORMATS

library_option = click.option(
    "--library",
    "path",
    metavar="DIR",
    default="index",
    show_default=True,
    type=click.Path(path_type=Path),
    help="The folder of the library.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON alone.")
document_option = click.option(
    "--document", "documents", metavar="DOC", multiple=True, help="Only this document; may be repeated."
)
expand_option = click.option(
    "--expand/--no-expand", default=True, help="Whether to correct typos and look for other names too."
)
format_option = click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMATS)),
    help="Print a form for other programs: references with their quotes, or Markdown.",
)
