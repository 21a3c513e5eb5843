"""Ask your review articles a question; get the sentences that answer it, verbatim, cited, provable.

    import qa

    library = qa.open("index")
    library.add(["my-reviews/"])
    answer = library.ask("What limits the use of high-dose IL-2?")

Importing this package loads nothing else; each of its names is loaded at first use.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qa.errors import QAError
    from qa.library import Library, open
    from qa.records import Answer, AnswerSentence, Citation, Document, Hit, Passage, Question, Scope, Section

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

_HOMES = {"Library": "qa.library", "open": "qa.library", "QAError": "qa.errors"}


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(import_module(_HOMES.get(name, "qa.records")), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
