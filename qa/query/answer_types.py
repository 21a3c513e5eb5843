"""What kind of detail a question asks for, and whether a text gives one.

A text can be on the topic and still not answer: the question asks for a dose, and the text gives none. The kinds are
tables of ``qa/data/answer_types.toml``: surface patterns of English. The patterns for texts are wide, as they only
tell whether a detail is there, not whether it is the right one.
"""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

AnswerType = str
"""The name of a table: "dose", "duration"."""

FILE = "answer_types.toml"


@dataclass(frozen=True)
class _Pattern:
    """Alternative patterns. They are compiled at first use, since a question asks for few kinds of detail."""

    pattern: str

    @cached_property
    def search(self) -> Callable[[str], re.Match[str] | None]:
        return re.compile(self.pattern, re.I).search


@dataclass(frozen=True, slots=True)
class _Kind:
    asked: _Pattern
    given: _Pattern


@cache
def _kinds() -> Mapping[AnswerType, _Kind]:
    tables = tomllib.loads(files("qa.data").joinpath(FILE).read_text("utf-8"))
    words = {name: "|".join(rows) for name, rows in tables.pop("words").items()}

    def pattern(rows: Sequence[str]) -> _Pattern:
        return _Pattern(re.sub("<([a-z]+)>", lambda name: words[name[1]], "|".join(rows)))

    return {name: _Kind(pattern(table["asked"]), pattern(table["given"])) for name, table in tables.items()}


def answer_types() -> list[AnswerType]:
    """The kinds there are."""
    return list(_kinds())


def asked_types(question: str) -> list[AnswerType]:
    """The kinds of detail that a question asks for; often none.

    >>> asked_types("At what dose is IL-2 toxic, and when was it approved?")
    ['date', 'number', 'dose', 'approval']
    """
    return [name for name, kind in _kinds().items() if kind.asked.search(question)]


def gives(detail: AnswerType, text: str) -> bool:
    """Whether a text gives any detail of that kind.

    >>> gives("number", "IL-2 acts on T cells [3]."), gives("number", "About 15% of patients respond.")
    (False, True)
    """
    return _kinds()[detail].given.search(text) is not None
