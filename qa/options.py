"""The options that several commands take, declared once."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from qa.exports import FORMATS
from qa.records import Scope

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
expand_option = click.option(
    "--expand/--no-expand", default=True, help="Whether to correct typos and look for other names too."
)
format_option = click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMATS)),
    help="Print a form for other programs: references with their quotes, or Markdown.",
)


def scope_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Limits to a question, which the command gets together as its ``scope``."""

    @click.option("--document", "documents", metavar="DOC", multiple=True, help="Only this document; may be repeated.")
    @click.option("--since", metavar="YEAR", type=int, help="Only documents of this year or later.")
    @click.option("--until", metavar="YEAR", type=int, help="Only documents of this year or earlier.")
    @click.option(
        "--section",
        "sections",
        metavar="WORDS",
        multiple=True,
        help="Only sections with these words in their headings, such as results; may be repeated.",
    )
    @wraps(command)
    def limited(
        documents: tuple[str, ...], since: int | None, until: int | None, sections: tuple[str, ...], **options: Any
    ) -> Any:
        return command(scope=Scope(documents, since, until, sections), **options)

    return limited
