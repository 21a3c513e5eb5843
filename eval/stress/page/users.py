"""asyncio clients that use a served page: the chat page by its queue, as a browser does, or the API.

Each has its own address on this machine (127.x.y.z), as limits are by address. ``ask`` returns how it ended.
"""

import asyncio
import contextlib
import json
import uuid
from dataclasses import dataclass
from typing import Any

import httpx

ANSWERED = "answered"
BUSY = "busy"
TIMEOUT_S = 90.0
ANYWHERE: tuple[list[str], int, int, list[str]] = ([], 0, 0, [])
"""What the page sends as documents, years and sections if none is chosen."""
TURNS = 8
"""Questions in one conversation on the page; then the page is opened anew."""


def client(address: str, number: int) -> httpx.AsyncClient:
    """A client with the ``number``-th address, which sends the page's key with every request."""
    page, _, key = address.partition("?key=")
    known = {"Authorization": f"Bearer {key}"} if key else {}
    transport = httpx.AsyncHTTPTransport(local_address=f"127.1.{number // 250}.{number % 250 + 1}", verify=False)
    return httpx.AsyncClient(base_url=page, headers=known, transport=transport, timeout=TIMEOUT_S)


class ApiUser:
    """Asks by POST /api/ask."""

    face = "/api/ask"

    def __init__(self, address: str, number: int) -> None:
        self.client = client(address, number)

    async def ready(self) -> None:
        """Nothing has to be opened."""

    async def ask(self, question: str) -> str:
        reply = await self.client.post("api/ask", json={"question": question})
        if reply.status_code == 200:
            return ANSWERED if reply.json()["question"] == question else "another answer"
        if reply.status_code == 503 and int(reply.headers["retry-after"]) > 0 and reply.json()["error"].endswith("."):
            return BUSY
        return f"status {reply.status_code}"

    async def close(self) -> None:
        await self.client.aclose()


@dataclass(frozen=True)
class Events:
    """Events of the page's Gradio configuration: those that load it, and the one that asks a question."""

    loading: tuple[int, ...]
    asking: int
    question: int

    @classmethod
    def of(cls, config: dict[str, Any]) -> "Events":
        (question,) = [one["id"] for one in config["components"] if one["props"].get("elem_id") == "question"]
        targets = [(one["id"], target) for one in config["dependencies"] for target in one["targets"]]
        loading = tuple(id for id, (_, event) in targets if event == "load")
        (asking,) = [id for id, target in targets if tuple(target) == (question, "submit")]
        return cls(loading, asking, question)


class PageUser:
    """Opens the page and asks in a conversation, like the page's own script; the server holds its state."""

    face = "chat page"

    def __init__(self, address: str, number: int) -> None:
        self.client = client(address, number)
        self._turns = TURNS
        self._beating: asyncio.Task[None] | None = None

    async def ready(self) -> None:
        """Load the page with a new session, if it is time to."""
        if self._turns < TURNS:
            return
        await self._leave()
        (await self.client.get("")).raise_for_status()
        self._events = Events.of((await self.client.get("config")).json())
        self._session = uuid.uuid4().hex[:11]
        self._beating = asyncio.create_task(self._beat())
        for event in self._events.loading:
            status, output = await self._run(event, [])
            if output is None:
                raise httpx.HTTPError(f"the page did not load (status {status})")
        self._turns = 0

    async def ask(self, question: str) -> str:
        status, output = await self._run(self._events.asking, [question, None, None, *ANYWHERE])
        if status == 503:
            return BUSY
        if status != 200:
            return f"status {status}"
        if output is None:
            return "an error of Gradio"
        self._turns += 1
        conversation = output[0]["value"]
        questions = [message for message in conversation if message["role"] == "user"]
        whole = 'class=\\"answer\\"' in json.dumps(conversation[-1:]) and len(questions) == self._turns
        return ANSWERED if whole else "no answer"

    async def _run(self, event: int, data: list[Any]) -> tuple[int, list[Any] | None]:
        """The status of joining the queue, and the output, None for an error."""
        form = {"data": data, "fn_index": event, "session_hash": self._session, "event_data": None}
        joined = await self.client.post("gradio_api/queue/join", json=form | {"trigger_id": self._events.question})
        if joined.status_code != 200:
            return joined.status_code, None
        wanted, output = joined.json()["event_id"], None
        async with self.client.stream("GET", "gradio_api/queue/data", params={"session_hash": self._session}) as events:
            async for line in events.aiter_lines():
                message = json.loads(line.removeprefix("data: ")) if line else {}
                if message.get("msg") == "process_completed" and message["event_id"] == wanted and message["success"]:
                    output = message["output"]["data"]
        return 200, output

    async def _beat(self) -> None:
        """Hold the connection that a page keeps while it is open."""
        beats = self.client.stream("GET", f"gradio_api/heartbeat/{self._session}", timeout=None)
        async with beats as lines:
            async for _ in lines.aiter_lines():
                pass

    async def _leave(self) -> None:
        if self._beating:
            self._beating.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._beating

    async def close(self) -> None:
        await self._leave()
        await self.client.aclose()


User = ApiUser | PageUser
