"""Everything that is shown of a library: answers, documents, conversations, pages, exports, and its warnings."""

import html
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from fastapi.testclient import TestClient

from eval.stress.storing.changes import HashEncoder
from qa.faces.web.application import plain_application
from qa.faces.web.chat.chat import Chat
from qa.library import Library
from qa.models.reader import Reading, Scores
from qa.retrieval.settings import DEFAULT_RANKING
from qa.stores.conversations.store import FILE, Conversations

ANSWERED, REFUSED = "What limits the use of high-dose IL-2?", "Who painted the Mona Lisa?"
MARKS = 2
"""Marks of each answer whose pages are looked at."""
THRESHOLD = 0.0
"""0, so that something is quoted: the confidence was not fitted to hashed vectors."""
RANKING = replace(DEFAULT_RANKING, synonyms=False, abbreviations=False)  # both are slow to read at every opening


class EvenReader:
    """Scores all sentences alike: it is quick, and plays no part in what is kept."""

    sha256 = "0" * 64

    def read(self, passages: Sequence[Reading]) -> list[Scores]:
        return [np.zeros(len(one.sentences), np.float32) for one in passages]


def opened(folder: Path) -> Library:
    return Library(folder, encoder=HashEncoder(), reader=EvenReader(), ranking=RANKING)


@dataclass(frozen=True)
class Seen:
    """Everything shown of a library, by name, and its warnings meanwhile."""

    shown: Mapping[str, Any]
    said: tuple[str, ...]


class Told(logging.Handler):
    """Keeps the library's warnings."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.sentences: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.sentences.append(record.getMessage())


def seen(folder: Path, addresses: Sequence[str]) -> Seen:
    told = Told()
    logging.getLogger("qa").addHandler(told)
    try:
        with opened(folder) as library:
            shown = dict(_shown(library, addresses))
    finally:
        logging.getLogger("qa").removeHandler(told)
    return Seen(shown, tuple(told.sentences))


def _shown(library: Library, addresses: Sequence[str]) -> Iterator[tuple[str, Any]]:
    """Each thing shown, with its name, also a refusal in a sentence."""
    for question in (ANSWERED, REFUSED):
        yield f"answer to {question}", _unsigned(library.ask(question, threshold=THRESHOLD, expand=False).to_dict())
    yield "documents", [(d.doc_id, d.source, d.text) for d in library.documents()]
    conversations = Conversations(library.path / FILE)
    chat = Chat(library, conversations)
    yield "list", [c.name for c in conversations.all()]
    for conversation in conversations.all():
        turns = chat.opened(conversation.id).conversation
        yield f"conversation {conversation.id}", [message["content"] for message in turns]
    with TestClient(plain_application(library, conversations), raise_server_exceptions=True) as client:
        for address in addresses:
            reply = client.get(address)
            yield address, reply.content if reply.status_code == 200 else html.unescape(reply.text)


def _unsigned(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer without its signature, which is missing, with a warning, if the key is damaged."""
    return {name: value for name, value in answer.items() if name != "signature"}


def addresses_of(folder: Path) -> list[str]:
    """The pages of every mark, the exports, the kept PDF and the report."""
    kept = Conversations(folder / FILE)
    found = ["/report", "/conversations"]
    for conversation in kept.all():
        found += [f"/conversations/{conversation.id}/as/{form}" for form in ("markdown", "json")]
        for turn in kept.turns(conversation.id):
            found += [f"/answers/{turn.id}/{citation['number']}" for citation in turn.answer["citations"][:MARKS]]
    with opened(folder) as library:
        pdf = next(d.doc_id for d in library.documents() if d.source.endswith(".pdf"))
    return [*found, f"/document/{pdf}/original.pdf"]
