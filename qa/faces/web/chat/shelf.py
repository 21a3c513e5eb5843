"""The documents as the page shows and changes them."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from qa.errors import QAError
from qa.faces.roles import in_words, kept_out
from qa.faces.web.chat.messages import one_line
from qa.faces.web.rendering import render
from qa.indexing.progress import Left, Progressed
from qa.stores.kept_report import REPORT

if TYPE_CHECKING:
    from qa.indexing.ingest import Outcome
    from qa.library import Library

Choice = tuple[str, str]
"""A document's name, and its id."""

Report = Callable[[float, str], None]
"""A callback that gets the share done, 0 to 1, and the current work."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """The documents as a table and as choices, with their years and headings, and the latest changes to them."""

    table: str
    choices: list[Choice]
    years: list[int]
    headings: list[str]
    news: str = ""


def shelf(library: "Library", news: Sequence[str] = ()) -> Shelf:
    """The documents now in the library."""
    documents = library.documents()
    counts, sentences = library.contents.passage_counts(), library.contents.sentence_counts()
    rows = [
        (one, counts.get(one.doc_id, 0), in_words(sentences.get(one.doc_id, 0), kept_out(one))) for one in documents
    ]
    choices = [(_choice(document.label, document.year), str(document.doc_id)) for document in documents]
    years = sorted({document.year for document in documents if document.year})
    table = one_line(render("documents.html.j2", rows=rows, measured=(library.path / REPORT).is_file()))
    return Shelf(table, choices, years, library.contents.headings(), _news(news))


def add(library: "Library", uploads: Sequence[str], report: Report) -> Shelf:
    """Add uploaded files, report the result for each, and delete the uploads."""
    paths = [Path(upload) for upload in uploads]

    left = Left()

    def progress(now: Progressed) -> None:
        told = f"{now.words(now.path.name)} ({now.counted})"
        report(now.share, "; ".join(filter(None, (told, left.words(now.share)))))

    try:
        outcomes = library.add(paths, progress=progress)
    except QAError as error:
        return shelf(library, [_named(str(error), paths)])
    finally:
        for path in paths:
            with suppress(FileNotFoundError):  # it was named twice
                path.unlink()
                path.parent.rmdir()  # each upload has a folder of its own
    return shelf(library, [_became(outcome) for outcome in outcomes])


def remove(library: "Library", doc_ids: Sequence[str]) -> Shelf:
    """Remove documents, and report it."""
    news = []
    for doc_id in doc_ids:
        try:
            label = library.document(doc_id).label
            library.remove(doc_id)
            news.append(f"{label}: removed. What conversations quoted of it stays until they are deleted.")
        except QAError as error:
            news.append(str(error))
    return shelf(library, news)


def _became(outcome: "Outcome") -> str:
    if outcome.reason:
        return _named(f"Not added: {outcome.reason}", [outcome.path])
    passages = f", {outcome.passages} passages" if outcome.passages else ""
    note = f" {_named(outcome.note, [outcome.path])}" if outcome.note else ""
    return f"{outcome.path.name}: {outcome.status}{passages}.{note}"


def _named(text: str, paths: Sequence[Path]) -> str:
    """The text with file names instead of paths, because an upload's path means nothing to a reader."""
    for path in paths:
        text = text.replace(str(path), path.name)
    return text


def _choice(label: str, year: int | None) -> str:
    return f"{label} ({year})" if year else label


def _news(news: Sequence[str]) -> str:
    return one_line(render("news.html.j2", news=news)) if news else ""
