"""The templates of the static pages: always escaped, and a missing value is an error."""

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from qa.proof.citations import pinpoint, reference, unread

_BREAKS = {ord(character): f"&#{ord(character)};" for character in "\t\n\v\f\r"}
"""White space is written as references; otherwise Gradio and Markdown would drop it."""


@cache
def _environment() -> Environment:
    loader = PackageLoader("qa.faces.web")
    made = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_literal,
    )
    made.filters |= {"short": _short, "pinpoint": pinpoint, "reference": reference, "unread": unread}
    return made


def _literal(value: object) -> object:
    """The value as HTML that shows it character for character."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return Markup(escape(value).translate(_BREAKS))


def _short(text: str, length: int) -> str:
    words = text.replace("\n", " ")
    return words if len(words) <= length else words[:length].rsplit(" ", 1)[0] + " …"


def render(template: str, **values: Any) -> str:
    """The HTML of a template in ``templates/``, with every value escaped."""
    return _environment().get_template(template).render(values)
