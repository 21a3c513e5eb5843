"""What happens in a conversation: each handler takes what the page has and gives all that it shows."""

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
"""Conversations in the list that goes to the page with every answer; a page of its own has all of them."""

_CANCELLED_S = 10.0
"""How long to wait for the browser's word that a question is cancelled; it may never come."""

_DOUBTS = 1_000
"""Answers of which it is remembered what is not proved."""


@dataclass(frozen=True, slots=True)
class Underway:
    """A question that is being answered, and the turn that its answer takes the place of.

    ``ended`` is set as soon as it is answered or cancelled.
    """

    question: str
    replacing: str | None = None
    ended: Event = field(default_factory=Event, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows of a conversation.

    ``question`` is to stand where one is typed, None to leave there what is; ``replacing`` is the turn that the next
    answer takes the place of; ``underway`` is the question that is being answered.
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
    """A conversation with a Library, kept as it goes. All state of a tab is passed in and out.

    Where it is ``read_only``, its reader is a visitor who may change nothing.
    """

    def __init__(self, library: "Library", conversations: Conversations, *, read_only: bool = False) -> None:
        self.library = library
        self.conversations = conversations
        self.read_only = read_only
        self._doubts: dict[tuple[str, int], Unproved] = {}

    def opened(self, wanted: str | None) -> Shown:
        """The conversation that the address names, or a new one, which says so where it names none that is kept."""
        try:
            kept = self.conversations.get(wanted).id if wanted else None
        except ConversationError as error:
            return replace(self._shown(None), question="", conversation=said_alone(sorry_html(str(error))))
        return replace(self._shown(kept), question="")

    async def asking(
        self, question: str, present: str | None = None, replacing: str | None = None, scope: Scope = ANYWHERE
    ) -> AsyncIterator[Shown]:
        """First the question under way, then what ``ask`` gives. Any other error is said, too, and raised.

        An empty question changes nothing: Enter was pressed twice, or in vain.
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
        """The same for the last question; its answer takes the place of the last."""
        last = self._last(present)
        if last is None:
            yield self._shown(present)
            return
        async for shown in self.asking(str(last.answer["question"]), present, last.id, scope):
            yield replace(shown, question=None)

    def stopped(self, present: str | None, underway: Underway | None) -> Shown:
        """The conversation as it is kept, and the question that was under way to be changed or asked again.

        Waits until that has ended. Gradio cancels whatever the tab is asking when the browser's word of it arrives, and
        that would else be the next question.
        """
        if underway:
            underway.ended.wait(_CANCELLED_S)
        shown = self._shown(present)
        return replace(shown, question=underway.question, replacing=underway.replacing) if underway else shown

    async def ask(
        self, question: str, present: str | None = None, replacing: str | None = None, scope: Scope = ANYWHERE
    ) -> Shown:
        """Answer, keep the turn, and show the conversation; an error is said and nothing is kept.

        When the task is cancelled, nothing is kept either.
        """
        try:
            earlier = self._earlier(present, replacing)
            answer, limits = await asyncio.to_thread(self._answer, question, earlier, scope)
            turn = self.conversations.keep(answer.to_dict(), present, replacing, limits)
        except QAError as error:
            return self._sorry(question, present, str(error))
        return self._shown(turn.conversation)

    def _sorry(self, question: str, present: str | None, reason: str) -> Shown:
        """The conversation with a question that could not be answered, which is put back to be changed."""
        shown = self._shown(present)
        return replace(
            shown, question=question, conversation=[*shown.conversation, *said(question, sorry_html(reason))]
        )

    def _answer(self, question: str, earlier: Sequence[str], scope: Scope) -> tuple["Answer", list[str]]:
        return self.library.ask(question, after=earlier, scope=scope), self.library.contents.limits(scope)

    def _earlier(self, present: str | None, replacing: str | None) -> list[str]:
        """The questions of the conversation that the next one follows, oldest first."""
        return [str(turn.answer["question"]) for turn in self._before(present, replacing)]

    def _before(self, present: str | None, replacing: str | None) -> list[Turn]:
        turns = self.conversations.turns(present) if present else []
        return list(takewhile(lambda turn: turn.id != replacing, turns))

    def _searching(self, underway: Underway, present: str | None) -> Shown:
        """What stays of the conversation, and the question, not typed any more but asked."""
        staying = messages(self._before(present, underway.replacing), self._unproved)
        asked = said(underway.question, searching_html())
        return replace(self._shown(present), conversation=[*staying, *asked], question="", underway=underway)

    def edit(self, present: str | None) -> Shown:
        """The last question to be typed anew; what is asked next takes its place."""
        last = self._last(present)
        shown = self._shown(present)
        return replace(shown, question=str(last.answer["question"]), replacing=last.id) if last else shown

    def judge(self, present: str | None, message: int, verdict: Verdict | None) -> None:
        """Keep what the reader thinks of an answer, by the number of its message."""
        turns = self.conversations.turns(present) if present else []
        if 0 <= message // 2 < len(turns):
            self.conversations.judge(turns[message // 2].id, verdict)

    def rename(self, present: str | None, name: str) -> Shown:
        """Call the conversation otherwise; without a name it keeps the one it has."""
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
        """The conversation as it is kept; what is in the way of reading it is said in its place."""
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
        """What the library, as it is now, does not hold of an answer."""
        key = turn.id, self.library.contents.generation
        if key not in self._doubts:
            if len(self._doubts) >= _DOUBTS:
                self._doubts.clear()
            self._doubts[key] = self.library.proofs.unproved(turn.answer)
        return self._doubts[key]
