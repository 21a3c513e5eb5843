"""What happens in a conversation: each handler takes what the page has and gives all that it shows."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile
from typing import TYPE_CHECKING

from qa.conversations import Conversations, Turn, Verdict
from qa.errors import ConversationError, QAError
from qa.exports import FORMATS
from qa.records import ANYWHERE, Scope
from qa.server.messages import Message, conversations_html, exports_html, link_html, messages, said, sorry_html

if TYPE_CHECKING:
    from qa.library import Library
    from qa.records import Answer


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows of a conversation. ``replacing`` is the turn that the next answer takes the place of."""

    conversation: list[Message]
    present: str | None
    listed: str
    link: str = ""
    name: str = ""
    exports: str = ""
    question: str = ""
    replacing: str | None = None
    verdicts: list[Verdict | None] = field(default_factory=list)


class Chat:
    """A conversation with a Library, kept as it goes. All state of a tab is passed in and out."""

    def __init__(self, library: "Library", conversations: Conversations) -> None:
        self.library = library
        self.conversations = conversations

    def opened(self, wanted: str | None) -> Shown:
        """The conversation that the address names, or a new one where it names none that is kept."""
        try:
            return self._shown(self.conversations.get(wanted).id if wanted else None)
        except ConversationError:
            return self._shown(None)

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
            shown = self._shown(present)
            sorry = said(question, sorry_html(str(error)))
            return replace(shown, question=question, conversation=[*shown.conversation, *sorry])
        return self._shown(turn.conversation)

    def _answer(self, question: str, earlier: Sequence[str], scope: Scope) -> tuple["Answer", list[str]]:
        return self.library.ask(question, after=earlier, scope=scope), self.library.limits(scope)

    def _earlier(self, present: str | None, replacing: str | None) -> list[str]:
        """The questions of the conversation that the next one follows, oldest first."""
        turns = self.conversations.turns(present) if present else []
        return [str(turn.answer["question"]) for turn in takewhile(lambda turn: turn.id != replacing, turns)]

    async def again(self, present: str | None, scope: Scope = ANYWHERE) -> Shown:
        """Ask the last question once more; its answer takes the place of the last."""
        last = self._last(present)
        if last is None:
            return self._shown(present)
        return await self.ask(str(last.answer["question"]), present, last.id, scope)

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
        kept = self.conversations.all()
        turns = self.conversations.turns(present) if present else []
        return Shown(
            conversation=messages(turns),
            present=present,
            listed=conversations_html(kept, present),
            link=link_html(present) if present else "",
            name=next((conversation.name for conversation in kept if conversation.id == present), ""),
            exports=exports_html(f"conversations/{present}", FORMATS) if present else "",
            verdicts=[turn.verdict for turn in turns],
        )
