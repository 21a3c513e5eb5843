"""The templates of the plain pages: escaped always, and missing values are errors."""

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from qa.citations import pinpoint, reference


@cache
def _environment() -> Environment:
    loader = PackageLoader("qa.server")
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.filters |= {"line": _line, "short": _short, "pinpoint": pinpoint, "reference": reference}
    return made


def _line(text: str) -> str:
    return " ".join(text.split())


def _short(text: str, length: int) -> str:
    words = _line(text)
    return words if len(words) <= length else words[:length].rsplit(" ", 1)[0] + " …"


def render(template: str, **values: Any) -> str:
    """The HTML of a template in ``templates/``; every value is escaped."""
    return _environment().get_template(template).render(values)
