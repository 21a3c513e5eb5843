"""What happens in a conversation: each handler takes what the page has and gives all that it shows."""

from typing import TYPE_CHECKING, NamedTuple

from qa.conversations import Conversations
from qa.errors import ConversationError, QAError
from qa.server.messages import Message, conversations_html, messages, said, sorry_html

if TYPE_CHECKING:
    from qa.library import Library


class Shown(NamedTuple):
    """What the page shows, in the order of its outputs."""

    question: str
    conversation: list[Message]
    present: str | None
    replacing: str | None
    listed: str
    link: str


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

    def ask(self, question: str, present: str | None, replacing: str | None) -> Shown:
        """Answer, keep the turn, and show the conversation; an error is said and nothing is kept."""
        try:
            answer = self.library.ask(question)
            turn = self.conversations.keep(answer.to_dict(), present, replacing)
        except QAError as error:
            shown = self._shown(present)
            sorry = said(question, sorry_html(str(error)))
            return shown._replace(question=question, conversation=[*shown.conversation, *sorry])
        return self._shown(turn.conversation)

    def _shown(self, present: str | None) -> Shown:
        turns = self.conversations.turns(present) if present else []
        return Shown(
            question="",
            conversation=messages(turns),
            present=present,
            replacing=None,
            listed=conversations_html(self.conversations.all(), present),
            link=f"[Link to this conversation](?conversation={present})" if present else "",
        )
