"""Citations, and in words where a quote stands."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

from qa.records import Answer, AnswerSentence, Citation, Document, Doubt

_SIGNS = 3
"""Disputed signs shown for a quote, at most."""


def read_citation(form: Mapping[str, Any]) -> Citation:
    """The Citation from its JSON form in an Answer. Unknown fields, as of a later version, are left out."""
    return Citation(**{field.name: form[field.name] for field in fields(Citation) if field.name in form})


def cite(document: Document, start: int, end: int, number: int = 1) -> Citation:
    """The Citation of a span of a document. Outside of every section, its ``section`` is empty."""
    return Citation(
        number=number,
        doc_id=document.doc_id,
        source=document.source,
        title=document.title,
        section=next((section.name for section in document.sections if section.start <= start < section.end), ""),
        page=document.page_at(start),
        start=start,
        end=end,
        quote=document.text[start:end],
        sha256=document.sha256,
        warning=warning(document, start, end),
    )


def warning(document: Document, start: int, end: int) -> str | None:
    """One line on why the words of a span may differ from the printed ones; None without such a doubt."""
    found = [doubt for doubt in document.doubts if doubt.start < end and start < doubt.end]
    said = "; ".join(_doubted(document, found))
    return f"Compare with the printed page: {said}." if said else None


def _doubted(document: Document, doubts: Sequence[Doubt]) -> Iterator[str]:
    recognised = [doubt.confidence for doubt in doubts if doubt.kind == "recognised"]
    if recognised:
        known = [confidence for confidence in recognised if confidence is not None]
        sure = f", at a confidence of {min(known):.2f}" if known else ""
        yield f"a program recognised these words in a picture of it{sure}"
    disputed = [document.text[doubt.start : doubt.end] for doubt in doubts if doubt.kind == "disputed"]
    if disputed:
        signs = [f"“{sign}”" for sign in dict.fromkeys(disputed)]
        yield f"another way to read the file has another sign for {', '.join(signs[:_SIGNS])}"
    if any(doubt.kind == "unnamed" for doubt in doubts):
        yield "the file does not name the sign that stands here as \ufffd"


def pinpoint(citation: Citation) -> str:
    """Section and page; characters instead of the page if the format has no pages.

    >>> from qa.records import DocId
    >>> pinpoint(Citation(1, DocId("d"), "a.txt", None, "Results", None, 10, 52, "…", ""))
    'Results, characters 10–52'
    """
    place = f"page {citation.page}" if citation.page else f"characters {citation.start}–{citation.end}"
    return f"{citation.section}, {place}" if citation.section else place


def reference(citation: Citation) -> str:
    """Title, file and place on one line, with the warning on the quote, if there is one.

    >>> from qa.records import DocId
    >>> reference(Citation(1, DocId("d"), "a.txt", "A title", "Results", 3, 10, 52, "…", ""))
    'A title (a.txt). Results, page 3'
    """
    name = f"{citation.title} ({citation.source})" if citation.title else citation.source
    return f"{name}. {pinpoint(citation)}{cautioned(citation)}"


def cautioned(citation: Citation) -> str:
    """The warning on a quote, to be put after its place; empty if there is none."""
    return f". {citation.warning}" if citation.warning else ""


def marks(numbers: Sequence[int]) -> str:
    """Citation numbers as they stand after a sentence.

    >>> marks([1, 3])
    '[1][3]'
    """
    return "".join(f"[{number}]" for number in numbers)


def context_of(answer: Answer, sentence: AnswerSentence) -> list[str]:
    """The sentences that this sentence refers back to, each quoted on a line that says so."""
    return [
        f"Before it: {citation.quote} {marks([citation.number])}"
        for citation in answer.citations
        if citation.number in sentence.context
    ]


def answer_as_text(answer: Answer) -> str:
    """The answer as plain text: the sentences with their context and marks, and the references below."""
    body = "\n\n".join(
        "\n".join([*context_of(answer, sentence), f"{sentence.text} {marks(sentence.citations)}"])
        for sentence in answer.sentences
    )
    references = "\n".join(f"[{citation.number}] {reference(citation)}" for citation in answer.citations)
    return f"{body}\n\n{references}"


def understood(query: Mapping[str, Any]) -> str:
    """How a question was understood, on one line: completion, corrections, other names, absent names; empty if none.

    >>> understood({"corrections": {"cytokins": "cytokines"}, "expansions": {"il2": ["interleukin 2"]}})
    'Searched for cytokines (typed: cytokins); il2 also as interleukin 2.'
    >>> understood({"resolved": "Is IL-2 toxic?"})
    'Taken to mean: Is IL-2 toxic?'
    """
    resolved = f"Taken to mean: {query['resolved']}" if "resolved" in query else ""
    corrected = [f"{meant} (typed: {typed})" for typed, meant in query.get("corrections", {}).items()]
    expanded = [f"{words} also as {', '.join(names)}" for words, names in query.get("expansions", {}).items()]
    searched = f"Searched for {'; '.join([*corrected, *expanded])}." if corrected or expanded else ""
    return " ".join(filter(None, (resolved, searched, lacking(query.get("absent", ())))))


def lacking(names: Sequence[str]) -> str:
    """A sentence on the names of a question that no document has; empty if there are none.

    >>> lacking(["aspirin", "IL-15"])
    'aspirin and IL-15 do not occur in these documents.'
    """
    if not names:
        return ""
    listed = f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
    return f"{listed} {'do' if len(names) > 1 else 'does'} not occur in these documents."


def unread(document: Document) -> str:
    """A sentence on the pages of a document that hold no text and were not read; empty if there are none."""
    numbers = document.unread_pages
    if not numbers:
        return ""
    pages, hold, were = ("Page", "holds", "was") if len(numbers) == 1 else ("Pages", "hold", "were")
    return f"{pages} {', '.join(map(str, numbers))} {hold} no text and {were} not read."
