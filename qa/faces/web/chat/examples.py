"""Example questions, made from the library's documents."""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from qa.records import Document

if TYPE_CHECKING:
    from qa.library import Library

COUNT = 3
BUILT_IN = (
    "What limits the use of high-dose IL-2?",
    "What sustains resistance to PD-1 and CTLA-4 inhibitors?",
    "For which tumours has IFN-alpha been used?",
)
_TRIED = 12
_WORDS = range(3, 11)
"""A heading with this many words names a topic; a shorter one, such as "Results", does not."""


def cached_examples(library: "Library", built_in: Sequence[str]) -> Callable[[], list[str]]:
    """The examples, made again only when the library has changed."""

    @lru_cache(maxsize=1)
    def of_generation(generation: int) -> list[str]:
        return examples(library, built_in)

    return lambda: list(of_generation(library.contents.generation))


def examples(library: "Library", built_in: Sequence[str]) -> list[str]:
    """Up to three questions that the library answers; ``built_in`` are the file names of the built-in texts."""
    documents = library.documents()
    if documents and all(document.source in built_in for document in documents):
        return list(BUILT_IN)
    tried = islice(dict.fromkeys(_questions(documents)), _TRIED)
    return list(islice((question for question in tried if not library.ask(question).abstained), COUNT))


def _questions(documents: Sequence[Document]) -> Iterator[str]:
    """Questions about each document's first informative heading, then about its title, and so on in turn."""
    topics = [[*_headings(document), *_title(document)] for document in documents]
    for turn in range(max(map(len, topics), default=0)):
        for of_one in topics:
            if turn < len(of_one):
                yield f"What is known about {of_one[turn].rstrip('.?! ')}?"


def _title(document: Document) -> list[str]:
    """The topic in the title, before any colon; none if it is a question or holds an address."""
    topic = (document.title or "").split(": ")[0]
    return [topic] if topic and "?" not in topic and "://" not in topic else []


def _headings(document: Document) -> list[str]:
    found = dict.fromkeys(section.path[-1] for section in document.sections if section.path and section.role == "body")
    return [heading for heading in found if len(heading.split()) in _WORDS and heading != document.title]
