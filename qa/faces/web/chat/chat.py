"""The logic of a conversation: each handler takes the page's state and returns everything that it shows."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile
from threading import Event
from typing import TYPE_CHECKING

from qa.errors import ConversationError, QAError
from qa.faces.web.chat.handlers import UNEXPECTED
from qa.faces.web.chat.messages import (
    Message,
    conversations_html,
    exports_html,
    links_html,
    lost_message,
    messages,
    said,
    said_alone,
    searching_html,
    sorry_html,
)
from qa.proof.exports import FORMATS
from qa.proof.unproved import Unproved
from qa.records import ANYWHERE, Scope
from qa.stores.conversations.store import Conversations, Turn, Verdict

if TYPE_CHECKING:
    from qa.library import Library
    from qa.records import Answer


LISTED = 30
"""The conversations listed with every answer; a separate page lists all."""

_CANCELLED_S = 10.0
"""How long to wait for the browser's message that a question is cancelled, in seconds; it may never come."""

_DOUBTS = 1_000
"""The number of answers whose unproved parts are cached."""


@dataclass(frozen=True, slots=True)
class Underway:
    """A question being answered, and the turn that its answer replaces.

    ``ended`` is set once it is answered or cancelled.
    """

    question: str
    replacing: str | None = None
    ended: Event = field(default_factory=Event, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows of a conversation.

    ``question`` goes into the input field; None leaves the field as it is. The next answer replaces the turn
    ``replacing``. ``underway`` is the question being answered.
    """

    conversation: list[Message]
    present: str | None
    listed: str
    links: str
    name: str = ""
    exports: str = ""
    question: str | None = None
    replacing: str | None = None
    underway: Underway | None = None
    verdicts: list[Verdict | None] = field(default_factory=list)


class Chat:
    """A conversation with a Library, saved as it goes. All state of a tab is passed in and out.

    If it is ``read_only``, its reader is a visitor who may change nothing.
    """

    def __init__(self, library: "Library", conversations: Conversations, *, read_only: bool = False) -> None:
        self.library = library
        self.conversations = conversations
        self.read_only = read_only
        self._doubts: dict[tuple[str, int], Unproved] = {}

    def opened(self, wanted: str | None) -> Shown:
        """The conversation in the address, or a new one. It says so if the address names none that is kept."""
        try:
            kept = self.conversations.get(wanted).id if wanted else None
        except ConversationError as error:
            return replace(self._shown(None), question="", conversation=said_alone(sorry_html(str(error))))
        return replace(self._shown(kept), question="")

    async def asking(
        self, question: str, present: str | None = None, replacing: str | None = None, scope: Scope = ANYWHERE
    ) -> AsyncIterator[Shown]:
        """Yields the question under way, then the result of ``ask``. Other errors are shown too, and raised.

        An empty question changes nothing: Enter was pressed twice, or by mistake.
        """
        if not question.strip():
            yield self._shown(present)
            return
        underway = Underway(question, replacing)
        try:
            yield self._searching(underway, present)
            yield await self.ask(question, present, replacing, scope)
        except Exception:
            yield self._sorry(question, present, UNEXPECTED)
            raise
        finally:
            underway.ended.set()

    async def asking_again(self, present: str | None, scope: Scope = ANYWHERE) -> AsyncIterator[Shown]:
        """The same for the last question; its answer replaces the last."""
        last = self._last(present)
        if last is None:
            yield self._shown(present)
            return
        async for shown in self.asking(str(last.answer["question"]), present, last.id, scope):
            yield replace(shown, question=None)

    def stopped(self, present: str | None, underway: Underway | None) -> Shown:
        """The stored conversation, with the question that was under way put back to be changed or asked again.

        Waits until that question has ended. Gradio's cancellation arrives late and stops whatever the tab is asking;
        without the wait, it could stop the next question.
        """
        if underway:
            underway.ended.wait(_CANCELLED_S)
        shown = self._shown(present)
        return replace(shown, question=underway.question, replacing=underway.replacing) if underway else shown

    async def ask(
        self, question: str, present: str | None = None, replacing: str | None = None, scope: Scope = ANYWHERE
    ) -> Shown:
        """Answer, save the turn, and show the conversation. An error is shown, and nothing is saved.

        If the task is cancelled, nothing is saved either.
        """
        try:
            earlier = self._earlier(present, replacing)
            answer, limits = await asyncio.to_thread(self._answer, question, earlier, scope)
            turn = self.conversations.keep(answer.to_dict(), present, replacing, limits)
        except QAError as error:
            return self._sorry(question, present, str(error))
        return self._shown(turn.conversation)

    def _sorry(self, question: str, present: str | None, reason: str) -> Shown:
        """The conversation, with a question that could not be answered put back to be changed."""
        shown = self._shown(present)
        return replace(
            shown, question=question, conversation=[*shown.conversation, *said(question, sorry_html(reason))]
        )

    def _answer(self, question: str, earlier: Sequence[str], scope: Scope) -> tuple["Answer", list[str]]:
        return self.library.ask(question, after=earlier, scope=scope), self.library.contents.limits(scope)

    def _earlier(self, present: str | None, replacing: str | None) -> list[str]:
        """The earlier questions of the conversation before the next one, oldest first."""
        return [str(turn.answer["question"]) for turn in self._before(present, replacing)]

    def _before(self, present: str | None, replacing: str | None) -> list[Turn]:
        turns = self.conversations.turns(present) if present else []
        return list(takewhile(lambda turn: turn.id != replacing, turns))

    def _searching(self, underway: Underway, present: str | None) -> Shown:
        """The rest of the conversation, and the question as asked, no longer in the input field."""
        staying = messages(self._before(present, underway.replacing), self._unproved)
        asked = said(underway.question, searching_html())
        return replace(self._shown(present), conversation=[*staying, *asked], question="", underway=underway)

    def edit(self, present: str | None) -> Shown:
        """Put the last question back to be edited; the next question replaces it."""
        last = self._last(present)
        shown = self._shown(present)
        return replace(shown, question=str(last.answer["question"]), replacing=last.id) if last else shown

    def judge(self, present: str | None, message: int, verdict: Verdict | None) -> None:
        """Save a reader's verdict on an answer, given by its message number."""
        turns = self.conversations.turns(present) if present else []
        if 0 <= message // 2 < len(turns):
            self.conversations.judge(turns[message // 2].id, verdict)

    def rename(self, present: str | None, name: str) -> Shown:
        """Rename the conversation; an empty name changes nothing."""
        if present and name.strip():
            self.conversations.rename(present, name)
        return self._shown(present)

    def delete(self, present: str | None) -> Shown:
        """Delete the conversation and begin a new one."""
        if present:
            self.conversations.delete(present)
        return self._shown(None)

    def _last(self, present: str | None) -> Turn | None:
        turns = self.conversations.turns(present) if present else []
        return turns[-1] if turns else None

    def _shown(self, present: str | None) -> Shown:
        """The stored conversation, or why it cannot be read."""
        try:
            turns = self.conversations.turns(present) if present else []
            kept = self.conversations.latest(LISTED)
            named = self.conversations.get(present) if present else None
            count, aside = self.conversations.count(), self.conversations.aside()
        except ConversationError as error:
            return Shown(said_alone(sorry_html(str(error))), None, "", links_html(None, may_add=not self.read_only))
        return Shown(
            conversation=[*messages(turns, self._unproved), *lost_message(named.lost if named else 0)],
            present=present,
            listed=conversations_html(kept, present, count, aside, are_kept=self.conversations.are_kept),
            links=links_html(present, may_add=not self.read_only),
            name=named.name if named else "",
            exports=exports_html(f"conversations/{present}", FORMATS) if present else "",
            verdicts=[turn.verdict for turn in turns],
        )

    def _unproved(self, turn: Turn) -> Unproved:
        """The parts of an answer that the current library does not prove."""
        key = turn.id, self.library.contents.generation
        if key not in self._doubts:
            if len(self._doubts) >= _DOUBTS:
                self._doubts.clear()
            self._doubts[key] = self.library.proofs.unproved(turn.answer)
        return self._doubts[key]
