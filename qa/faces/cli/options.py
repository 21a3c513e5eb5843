"""Options and exit statuses shared by several commands."""

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
    """The folder. LibraryError if it was named but holds no library: a typing error must not create one."""
    if context.get_parameter_source(str(parameter.name)) is not ParameterSource.DEFAULT:
        from qa.stores.local.recovery.mending import exists  # not the store itself, which loads its search index

        if not exists(path):
            raise MissingLibraryError(printable(str(path)))
    return path


def _one_question(context: click.Context, parameter: click.Parameter, words: tuple[str, ...]) -> str | None:
    """The question, given as one argument; None without arguments. UsageError for words without quotation marks."""
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
"""For commands that may create a library."""
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
    """Options that limit a question. The command gets them together as its ``scope``."""

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
