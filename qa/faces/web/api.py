"""The HTTP API: the Library's questions over JSON, with the same JSON that the command line prints.

An error is ``{"error": "one sentence"}``. Questions wait if too many are being answered. If too many wait already, a
question is refused with 503.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from fastapi import APIRouter, Body, FastAPI, HTTPException
from fastapi.responses import Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from qa.faces import replies
from qa.records import Scope

if TYPE_CHECKING:
    from qa.library import Library

MAX_BODY_BYTES = 10_000_000
AT_ONCE = 2
MAX_WAITING = 12
"""The most questions to the API that wait; with the page's queue, about five seconds of work for two cores."""

T = TypeVar("T")
Saved = dict[str, Any] | list[dict[str, Any]]


class JSONText(Response):
    """JSON as the command line prints it, byte for byte."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return replies.text(content).encode()


def _written(value: Any) -> Any:
    """The value, if all its text can be encoded. ValueError for an unpaired surrogate, which JSON allows."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise ValueError("text with half of a surrogate pair cannot be read; send whole characters") from error
    return value


Text = Annotated[str, AfterValidator(_written)]


class Question(BaseModel):
    """A question, and what to ask it of."""

    model_config = ConfigDict(extra="forbid")

    question: Text
    documents: list[Text] | None = Field(None, description="Only these documents, by id or file name; all if none.")
    since: int | None = Field(None, description="Only documents of this year or later.")
    until: int | None = Field(None, description="Only documents of this year or earlier.")
    sections: list[Text] | None = Field(None, description="Only sections with the words of one of these in a heading.")
    expand: bool = Field(True, description="Whether to correct typos and look for other names too.")

    @property
    def scope(self) -> Scope:
        """What the question is limited to."""
        return Scope(self.documents or (), self.since, self.until, self.sections or ())


class Asked(Question):
    """A question of a conversation."""

    after: list[Text] = Field([], description="Its earlier questions, oldest first, which this one may refer to.")


class Searched(Question):
    """A question, and how many passages to give."""

    k: int = Field(10, ge=1, le=50)


class Turnstile:
    """Lets a few in at once and a few wait; the rest are told to come again."""

    def __init__(self, at_once: int = AT_ONCE, waiting: int = MAX_WAITING) -> None:
        self._free, self._room = asyncio.Semaphore(at_once), at_once + waiting

    @asynccontextmanager
    async def passing(self) -> AsyncIterator[None]:
        if self._room == 0:
            raise HTTPException(503, "too many questions are waiting; try again in a moment.", {"Retry-After": "2"})
        self._room -= 1
        try:
            async with self._free:
                yield
        finally:
            self._room += 1


def router(library: "Library", turnstile: Turnstile | None = None) -> APIRouter:
    """The routes of the API. They raise QAError, which the application reports."""
    gate = turnstile or Turnstile()
    routes = APIRouter(prefix="/api", tags=["Pincite"], default_response_class=JSONText, max_body_size=MAX_BODY_BYTES)

    async def in_turn(work: Callable[[], T]) -> T:
        async with gate.passing():
            return await asyncio.to_thread(work)

    @routes.post("/ask")
    async def ask(asked: Asked) -> JSONText:
        """Answer a question with cited sentences, or abstain: an Answer, as 'qa ask --json' prints it."""
        return JSONText(await in_turn(lambda: answered(library, asked)))

    @routes.post("/search")
    async def search(asked: Searched) -> JSONText:
        """The nearest passages, best first, as 'qa search --json' prints them."""
        hits = await in_turn(lambda: library.search(asked.question, asked.k, scope=asked.scope, expand=asked.expand))
        return JSONText(replies.passages(hits))

    @routes.post("/verify")
    async def verify(answers: Annotated[Saved, AfterValidator(_written), Body()]) -> JSONText:
        """Prove every quote of an Answer, or of a list of them, as 'qa verify --json' does."""
        forms = answers if isinstance(answers, list) else [answers]
        if not forms:
            raise HTTPException(422, "there is no answer to verify; send one, or a list of them.")
        return JSONText(replies.proof(await in_turn(lambda: library.proofs.verify_all(forms))))

    @routes.get("/documents")
    async def documents() -> JSONText:
        """What is known of each document, as 'qa documents --json' prints it."""
        return JSONText(await in_turn(lambda: replies.documents(library)))

    return routes


def nothing_else(app: FastAPI) -> APIRouter:
    """Other addresses below /api/: 405 names the right method of a known one, 404 says that there is none."""
    routes = APIRouter(include_in_schema=False)

    @routes.api_route("/api/{name:path}", methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
    def nothing(name: str) -> None:
        taken = app.openapi()["paths"].get(f"/api/{name}")
        if taken is None:
            raise HTTPException(404, "the API has no such address; /api/ says what it has.")
        (method,) = (one.upper() for one in taken)
        raise HTTPException(405, f"/api/{name} takes {method}; /api/ says what to send.", {"Allow": method})

    return routes


def answered(library: "Library", asked: Asked) -> dict[str, Any]:
    """The reply to a question, also for Gradio's clients."""
    return library.ask(asked.question, after=asked.after, scope=asked.scope, expand=asked.expand).to_dict()
