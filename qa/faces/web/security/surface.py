"""Restrict Gradio to what its own page requests and sends.

Gradio reads a file wherever an event contains the JSON object that names one (``gradio.FileData``), for any component,
and downloads its path if that is an address. So events may contain no objects. An upload is named by its key, and its
object is made here.
"""

import json
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.faces.web.chat.uploads import KEY, Uploads
from qa.faces.web.security.refusals import is_read_by_people
from qa.faces.web.security.refusals import refusal as told

MAX_EVENT_BYTES = 1_000_000
"""The most bytes in an event's body. The longest event has an answer's HTML with a verdict, about 20 kB."""

_READ = re.compile(
    r"/(config|theme\.css|favicon\.ico|robots\.txt|(assets|static)/.+)?|/gradio_api/(info|queue/data|heartbeat/[\w-]+)"
)
_PARAMETERS = ("conversation", "session_hash")

Value = str | int | float | bool | None
_Values = Value | list[Value]
_Name = Annotated[str, Field(pattern="^[0-9A-Za-z_-]{1,64}$")]


class _Sent(BaseModel):
    """A body as the page sends it; all other fields are dropped."""

    model_config = ConfigDict(strict=True)


class _Call(_Sent):
    """Which event, in which tab."""

    fn_index: int
    session_hash: _Name
    trigger_id: int | None = None
    event_data: dict[str, _Values] | None = None


class _Event(_Call):
    data: list[_Values]


class _Upload(_Sent):
    path: Annotated[str, Field(pattern=f"^{KEY}$")]


class _Adding(_Call):
    data: list[list[_Upload]]


class _Reset(_Sent):
    event_id: _Name


class _Cancel(_Reset):
    session_hash: _Name
    fn_index: int


class _Refusal(Exception):
    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class Surface:
    """ASGI middleware before Gradio's application. ``config`` is that of its Blocks and names the events."""

    def __init__(self, app: ASGIApp, *, config: Mapping[str, Any], uploads: Uploads) -> None:
        self._app, self._uploads = app, uploads
        kinds = {component["id"]: component["type"] for component in config["components"]}
        self._events: dict[int, type[_Event | _Adding]] = {
            event["id"]: _Adding if "uploadbutton" in map(kinds.get, event["inputs"]) else _Event
            for event in config["dependencies"]
            if event["backend_fn"]  # the browser handles the others itself
        }
        self._taken: dict[str, Callable[[bytes], dict[str, Any]]] = {
            "/gradio_api/queue/join": self._event,
            "/gradio_api/run/predict": self._event,
            "/gradio_api/cancel": partial(_understood, _Cancel),
            "/gradio_api/reset": partial(_understood, _Reset),
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = str(scope["path"]).removeprefix(scope.get("root_path", ""))
        try:
            if scope["method"] in ("GET", "HEAD") and _READ.fullmatch(path):
                await self._app(_narrowed(scope), receive, send)
            elif scope["method"] == "POST" and path in self._taken:
                body = self._checked(path, await _read(receive))
                await self._app(_narrowed(scope, body), _again(body, receive), send)
            else:
                raise _Refusal(404, "the page has no use for this; /api/ says what programs can ask for.")
        except _Refusal as refusal:
            request = Request(scope)
            said = {"error": str(refusal), "detail": str(refusal)}  # where programs and where Gradio's page look for it
            people = is_read_by_people(request)
            reply = told(request, refusal.status, str(refusal)) if people else JSONResponse(said, refusal.status)
            await reply(scope, receive, send)

    def _checked(self, path: str, body: bytes) -> bytes:
        """The body for Gradio, built only from the parts that were understood."""
        try:
            return json.dumps(self._taken[path](body)).encode()
        except ValidationError as error:
            raise _Refusal(422, "the page does not send this; reload it, or see /api/.") from error

    def _event(self, body: bytes) -> dict[str, Any]:
        kind = self._events.get(_Call.model_validate_json(body).fn_index)
        if kind is None:
            raise _Refusal(404, "the page has no such event; reload it.")
        event = kind.model_validate_json(body)
        if isinstance(event, _Event):
            return event.model_dump()
        return event.model_dump() | {"data": [[self._file(one.path) for one in files] for files in event.data]}

    def _file(self, key: str) -> dict[str, Any]:
        """The object with which Gradio names an upload's file."""
        path = self._uploads.path(key)
        if path is None:
            raise _Refusal(410, "the upload is not there any more; add the file again.")
        return {"path": str(path), "orig_name": path.name, "meta": {"_type": "gradio.FileData"}}


def _understood(kind: type[_Sent], body: bytes) -> dict[str, Any]:
    return kind.model_validate_json(body).model_dump()


async def _read(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > MAX_EVENT_BYTES:
            raise _Refusal(413, f"an event may have {MAX_EVENT_BYTES // 1_000_000} MB; send less.")
        if not message.get("more_body"):  # also missing when the client is gone
            return bytes(body)


def _again(body: bytes, receive: Receive) -> Receive:
    """Replays the body as if it had just arrived, then what comes after it."""
    left = [body]

    async def given() -> Message:
        return {"type": "http.request", "body": left.pop()} if left else await receive()

    return given


def _narrowed(scope: Scope, body: bytes | None = None) -> Scope:
    """The request with only the parameters that the page's events use, and the new body's length."""
    query = [(name, value) for name, value in parse_qsl(scope["query_string"].decode("latin-1")) if name in _PARAMETERS]
    narrowed = {**scope, "query_string": urlencode(query).encode(), "headers": list(scope["headers"])}
    if body is not None:
        MutableHeaders(scope=narrowed)["content-length"] = str(len(body))
    return narrowed
