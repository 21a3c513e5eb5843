"""Ask your review articles a question; get the sentences that answer it, verbatim, cited, provable.

    import qa

    library = qa.open("index")
    library.add(["my-reviews/"])
    answer = library.ask("What limits the use of high-dose IL-2?")

Importing this package loads no heavy library; ``qa.open`` and ``qa.Library`` are loaded at first use.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from qa.errors import QAError
from qa.records import (
    Answer,
    AnswerSentence,
    Citation,
    Document,
    Hit,
    Passage,
    Question,
    Scope,
    Section,
)

if TYPE_CHECKING:
    from qa.library import Library, open

__version__ = "0.1.0"

__all__ = [
    "Answer",
    "AnswerSentence",
    "Citation",
    "Document",
    "Hit",
    "Library",
    "Passage",
    "QAError",
    "Question",
    "Scope",
    "Section",
    "open",
]

_LAZY = frozenset({"Library", "open"})


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(import_module("qa.library"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
