"""The target of a citation mark: the document, opened at the quoted sentence. The page loads and runs nothing.

``/document/ID?start=..&end=..#quote`` is a link to share. ``/document/ID/original.pdf`` is the PDF that was read.
``/answers/TURN/N#quote`` is mark N of a kept answer, with links to its neighbours. ``/compare?question=..`` shows what
each document says, side by side.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response

from qa.errors import ConversationError, UnknownDocumentError
from qa.faces.web.documents.printed import Printed, printed
from qa.faces.web.documents.reading import Quote, view
from qa.faces.web.rendering import render
from qa.proof.citations import cite, pinpoint, read_citation, unread, warning
from qa.proof.exports import FORMATS
from qa.proof.unproved import UNPROVED, stands
from qa.records import Citation, Document, Scope
from qa.stores.conversations.store import Conversations

if TYPE_CHECKING:
    from qa.library import Library

LISTED = 100
"""The number of conversations on one page of their list."""

Form = Literal["markdown", "bibtex", "ris", "csl", "json"]
Offset = Annotated[int | None, Query(ge=0)]
Names = Annotated[list[str] | None, Query()]
Page = Annotated[int | None, Query(ge=1)]


@dataclass(frozen=True, slots=True)
class Mark:
    """A citation mark of an answer, and the addresses of its neighbours."""

    number: int
    count: int
    previous: str | None
    next: str | None


def router(library: "Library", conversations: Conversations) -> APIRouter:
    """The routes of the source pages. They raise QAError, which the application shows."""
    routes = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)
    _add_documents(routes, library)
    _add_answers(routes, library, conversations)
    return routes


def _add_documents(routes: APIRouter, library: "Library") -> None:
    @routes.get("/document/{doc_id}")
    def document(doc_id: str, start: Offset = None, end: Offset = None, at: Offset = None, page: Page = None) -> str:
        return _opened(library, library.document(doc_id), (start, end), at, page)

    @routes.get("/document/{doc_id}/original.pdf", response_class=Response)
    def original(doc_id: str) -> Response:
        name = quote(library.document(doc_id).source, safe="")
        shown = {"Content-Disposition": f"inline; filename*=UTF-8''{name}"}
        return Response(library.contents.original(doc_id), media_type="application/pdf", headers=shown)

    @routes.get("/compare")
    def compared(
        question: str, document: Names = None, since: int | None = None, until: int | None = None, section: Names = None
    ) -> str:
        scope = Scope(document or (), since, until, section or ())
        return render("compare.html.j2", root="./", compared=library.compare(question, scope=scope))


def _add_answers(routes: APIRouter, library: "Library", conversations: Conversations) -> None:
    @routes.get("/answers/{turn}/{number}")
    def mark(turn: str, number: int, page: Page = None) -> str:
        citations = [read_citation(form) for form in conversations.turn(turn).answer["citations"]]
        return _marked(library, citations, number, page)

    @routes.get("/answers/{turn}/as/{form}", response_class=Response)
    def answer_as(turn: str, form: Form) -> Response:
        kept = conversations.turn(turn)
        return _file(library.proofs.export([kept.answer], form), form, f"answer-{turn[:8]}")

    @routes.get("/conversations")
    def history(page: Annotated[int, Query(ge=1, le=1_000_000)] = 1) -> str:
        return _history(conversations, page)

    @routes.get("/conversations/{id}/as/{form}", response_class=Response)
    def conversation_as(id: str, form: Form) -> Response:
        answers = [turn.answer for turn in conversations.turns(conversations.get(id).id)]
        return _file(library.proofs.export(answers, form), form, f"conversation-{id[:8]}")


def _opened(
    library: "Library", document: Document, span: tuple[int | None, int | None], at: int | None, page: int | None
) -> str:
    """A document's page at the span of a link, around ``at`` if given."""
    start, end = span
    place = None if start is None or end is None else _cited(document, start, end)
    quotes = [Quote(place.start, place.end, current=True)] if place else []
    here = at if at is not None else place.start if place else 0
    return document_page(document, quotes, place, printed(library, document, place, here, page), at=at)


def _marked(library: "Library", citations: Sequence[Citation], number: int, page: int | None) -> str:
    """The document's page for one citation of an answer."""
    cited = next((citation for citation in citations if citation.number == number), None)
    if cited is None:
        raise ConversationError("that answer has no such mark; go back to the conversation.")
    try:
        found = library.document(cited.doc_id)
    except UnknownDocumentError:
        return _unproved_page(cited, "This document is no longer in the library. It was quoted at: {}.")
    if not stands(cited.quote, cited.start, cited.end, cited.sha256, found):
        return _unproved_page(cited, "The library's document has other words there now. It was quoted at: {}.")
    quotes = [Quote(c.start, c.end, c.number, c is cited) for c in citations if c.doc_id == cited.doc_id]
    sheets = printed(library, found, cited, cited.start, page)
    return document_page(found, quotes, cited, sheets, mark=_among(cited, citations))


def _file(text: str, form: str, name: str) -> Response:
    known = FORMATS[form]
    attached = {"Content-Disposition": f'attachment; filename="{name}.{known.suffix}"'}
    return Response(text, media_type=f"{known.media_type}; charset=utf-8", headers=attached)


def document_page(
    document: Document,
    quotes: Sequence[Quote],
    place: Citation | None,
    printed: Printed | None = None,
    *,
    mark: Mark | None = None,
    at: int | None = None,
) -> str:
    """A document's page, around ``at``, else around ``place``."""
    root = "../../" if mark else "../"
    here = f"{root}document/{document.doc_id}"
    offset = at if at is not None else place.start if place else 0
    span = f"start={place.start}&end={place.end}&" if place and not mark else ""
    return render(
        "document.html.j2",
        root=root,
        here=here,
        document=document,
        facts=_facts(document),
        place=pinpoint(place) if place else None,
        page=place.page if place else None,
        warning=warning(document, place.start, place.end) if place else None,
        unread=unread(document),
        link=f"{here}?start={place.start}&end={place.end}" if place else None,
        mark=mark,
        printed=printed,
        turned=f"?{span}" if at is None else f"?{span}at={at}&",
        file=f"{here}/original.pdf",
        view=view(document, offset, quotes),
    )


def _facts(document: Document) -> list[str]:
    known: Mapping[str, Any] = {
        "journal": document.journal,
        "year": document.year,
        "kind": document.kind,
        "licence": document.licence,
        "source": document.source if document.title else None,
    }
    return [str(fact) for fact in known.values() if fact]


def _cited(document: Document, start: int, end: int) -> Citation | None:
    """The place of a link; None if the document has no such place."""
    if not start < end <= len(document.text):
        return None
    return cite(document, start, end)


def _among(cited: Citation, citations: Sequence[Citation]) -> Mark:
    numbers = [citation.number for citation in citations]
    at = numbers.index(cited.number)
    before, after = numbers[at - 1 : at], numbers[at + 1 : at + 2]
    return Mark(cited.number, len(numbers), str(before[0]) if before else None, str(after[0]) if after else None)


def _unproved_page(cited: Citation, why: str) -> str:
    return render(
        "message.html.j2",
        root="../../",
        title=cited.title or cited.source,
        message=f"{why.format(pinpoint(cited))} What it said then is {UNPROVED}:",
        quote=cited.quote,
    )


def _history(conversations: Conversations, page: int) -> str:
    count, skip = conversations.count(), (page - 1) * LISTED
    return render(
        "history.html.j2",
        root="./",
        kept=conversations.latest(LISTED, skip),
        count=count,
        first=skip + 1,
        previous=page - 1 or None,
        next=page + 1 if skip + LISTED < count else None,
    )
