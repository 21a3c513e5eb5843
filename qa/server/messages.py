"""The conversation as the page shows it: HTML in which everything that was asked or quoted is escaped text."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from qa.answering import REASONS
from qa.citations import read_citation, understood
from qa.conversations import Conversation, Turn
from qa.exports import FORMATS, Format
from qa.server.rendering import render

Message = dict[str, str]

NEAREST = 3
"""Passages shown with an abstention."""


def messages(turns: Iterable[Turn]) -> list[Message]:
    """Two messages a turn: what was asked, and what was answered."""
    return [message for turn in turns for message in said(str(turn.answer["question"]), answer_html(turn))]


def said(question: str, reply: str) -> list[Message]:
    """A question, and a reply that is HTML already."""
    return [
        {"role": "user", "content": one_line(render("said.html.j2", text=question))},
        {"role": "assistant", "content": one_line(reply)},
    ]


def answer_html(turn: Turn) -> str:
    """The quoted sentences with their marks; or why there is no answer, and the nearest passages."""
    answer: Mapping[str, Any] = turn.answer
    citations = [read_citation(form) for form in answer["citations"]]
    return one_line(
        render(
            "turn.html.j2",
            turn=turn.id,
            answer=answer,
            understood=understood(answer.get("query", {})),
            reason=REASONS.get(str(answer["reason"]), str(answer["reason"])),
            cited={citation.number: citation for citation in citations},
            hits=answer["hits"][:NEAREST],
            of=turn.scope,
            meant=answer.get("query", {}).get("resolved", answer["question"]),
            exports=Markup(exports_html(f"answers/{turn.id}", FORMATS)),
        )
    )


def exports_html(address: str, formats: Mapping[str, Format]) -> str:
    """Links to what is at the address in every form, the first of them to copy."""
    return one_line(render("exports.html.j2", address=address, formats=formats))


def searching_html() -> str:
    """That a question is being answered, as a message."""
    return one_line(render("said.html.j2", text="Searching your documents …"))


def sorry_html(reason: str) -> str:
    """Why a question could not be answered at all, as a message."""
    return one_line(render("said.html.j2", text=f"Sorry: {reason}"))


def conversations_html(kept: Sequence[Conversation], present: str | None) -> str:
    """The list of conversations as links."""
    return one_line(render("conversations.html.j2", kept=kept, present=present))


def links_html(present: str | None) -> str:
    """Where to go from the question: for a conversation its newest answer, its address, which the browser is to show,
    and a new one.
    """
    return one_line(render("links.html.j2", present=present))


def one_line(html: str) -> str:
    """HTML without line breaks, as a blank line would end the block, and Markdown would be read after it.

    Those of a text are written as references, and stay.
    """
    return html.replace("\n", " ")
