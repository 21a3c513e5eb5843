"""What several commands take and return, declared once: options, and exit statuses."""

from collections.abc import Callable
from functools import partial, wraps
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from qa.errors import MissingLibraryError
from qa.proof.exports import FORMATS
from qa.records import Scope
from qa.text.lines import printable

DONE, NO, MISTAKE, INTERRUPTED = 0, 1, 2, 130
"""The exit statuses."""


def _there(context: click.Context, parameter: click.Parameter, path: Path) -> Path:
    """The folder. LibraryError if it was named and holds no library: a slip is no wish for a new one."""
    if context.get_parameter_source(str(parameter.name)) is not ParameterSource.DEFAULT:
        from qa.stores.local.recovery.mending import exists  # and not the store itself, which loads its search index

        if not exists(path):
            raise MissingLibraryError(printable(str(path)))
    return path


def _one_question(context: click.Context, parameter: click.Parameter, words: tuple[str, ...]) -> str | None:
    """The one argument that is the question, None for none. UsageError for words without quotation marks."""
    if len(words) > 1:
        said = " ".join(words)
        raise click.UsageError(f'Put the question in quotation marks: qa {context.info_name} "{said}".')
    return words[0] if words else None


_library = partial(
    click.option,
    "--library",
    "path",
    metavar="DIR",
    default="index",
    show_default=True,
    type=click.Path(path_type=Path),
    help="The folder of the library.",
)
library_option = _library(callback=_there)
new_library_option = _library()
"""Of the commands that may make a library."""
question_argument = click.argument("question", nargs=-1, callback=_one_question, metavar="QUESTION")
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
