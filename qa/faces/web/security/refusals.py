"""Every error response is one sentence: JSON for programs, a page for people."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any, get_args

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from qa.errors import ConversationError, LibraryLockedError, NoOriginalError, QAError, UnknownDocumentError
from qa.faces.web.chat.handlers import UNEXPECTED
from qa.faces.web.rendering import render

_STATUSES: Mapping[type[Exception], int] = {
    UnknownDocumentError: 404,
    NoOriginalError: 404,
    ConversationError: 404,
    LibraryLockedError: 503,
}
_SENTENCES = {
    400: "this request cannot be read; /api/ says what to send.",
    404: "there is nothing at this address; /api/ says what programs can ask for.",
    405: "this address does not take {method}; /api/ says what it takes.",
    413: "this is more than can be taken at once; send less.",
}
"""Replace the default messages of Starlette and FastAPI for a status."""

_AT_MOST = 3
"""The most mistakes named for one request."""


def add_refusals(app: FastAPI) -> None:
    """Make the application report every error in a sentence."""
    for kind in (QAError, HTTPException, RequestValidationError, ClientDisconnect, Exception):
        app.add_exception_handler(kind, _refused)


def refusal(request: Request, status: int, sentence: str, headers: Mapping[str, str] | None = None) -> Response:
    """One sentence as the reply: a page if the client reads HTML, else ``{"error": sentence}``."""
    if not is_read_by_people(request):
        return JSONResponse({"error": sentence}, status, dict(headers or {}))
    root = "../" * (request.url.path.count("/") - 1)
    html = render("message.html.j2", root=root, title="This cannot be shown", message=sentence, quote=None)
    return HTMLResponse(html, status, dict(headers or {}))


def is_read_by_people(request: Request) -> bool:
    """Whether a browser asks for a page; false for a program, or a script that asks for data."""
    return "text/html" in request.headers.get("accept", "")


async def _refused(request: Request, error: Exception) -> Response:
    if isinstance(error, ClientDisconnect):
        return Response()  # nobody reads it
    if isinstance(error, RequestValidationError):
        return refusal(request, 422, _mistakes(request, error))
    if isinstance(error, HTTPException):
        words = str(error.detail)
        sentence = words if words.endswith(".") else _SENTENCES.get(error.status_code, words)
        return refusal(request, error.status_code, sentence.format(method=request.method), error.headers)
    if isinstance(error, QAError):
        return refusal(request, _STATUSES.get(type(error), 400), str(error))
    return refusal(request, 500, UNEXPECTED)


def _mistakes(request: Request, error: RequestValidationError) -> str:
    """The names of the wrong fields. What was sent is not repeated: it may be anything."""
    found = error.errors()
    if any(one["type"] == "json_invalid" for one in found):
        return "the body is not JSON; send JSON as /api/ describes it."
    fields = _fields(request)
    told = list(dict.fromkeys(_mistake(one, fields) for one in found))
    return f"{'; '.join(told[:_AT_MOST])}."


def _mistake(one: Mapping[str, Any], fields: Sequence[str]) -> str:
    place = ".".join(str(part) for part in one["loc"][1:]) or "the body"
    if one["type"] == "extra_forbidden":
        meant = get_close_matches(place, fields, 1)
        known = f"it is '{meant[0]}'" if meant else f"there are {_all(fields)}"
        return f"there is no field '{place[:80]}'; {known}"
    if one["type"] == "missing":
        return f"'{place}' is missing" if place != "the body" else "there is no body; send JSON as /api/ describes it"
    return f"'{place[:80]}': {str(one['msg']).removeprefix('Value error, ')}"


def _all(fields: Sequence[str]) -> str:
    return ", ".join(f"'{field}'" for field in fields)


def _fields(request: Request) -> list[str]:
    """The fields allowed in the request's body."""
    route = request.scope.get("route")
    body = route.body_field if isinstance(route, APIRoute) else None
    kind = body.field_info.annotation if body else None
    kinds = [one for one in (kind, *get_args(kind)) if isinstance(one, type) and issubclass(one, BaseModel)]
    return [name for one in kinds for name in one.model_fields]
