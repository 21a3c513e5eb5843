"""The conversation as HTML for the page; everything asked or quoted is escaped text."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from jinja2 import UndefinedError
from markupsafe import Markup

from qa.answering.reasons import REASONS
from qa.faces.web.rendering import render
from qa.proof.citations import read_citation, understood
from qa.proof.exports import FORMATS, Format
from qa.proof.unproved import UNPROVED, Unproved
from qa.stores.conversations.store import Conversation, Turn

Message = dict[str, str]

PROVED = Unproved()

NEAREST = 3
"""The passages shown with an abstention."""


def messages(turns: Iterable[Turn], doubts: Callable[[Turn], Unproved]) -> list[Message]:
    """Two messages per turn: the question and the answer."""
    return [message for turn in turns for message in said(str(turn.answer["question"]), _answer(turn, doubts))]


def _answer(turn: Turn, doubts: Callable[[Turn], Unproved]) -> str:
    try:
        return answer_html(turn, doubts(turn))
    except (KeyError, TypeError, ValueError, AttributeError, UndefinedError):
        return one_line(render("said.html.j2", text=_NO_ANSWER))


_NO_ANSWER = "What is kept here is not in the form of an answer and is not shown."


def said(question: str, reply: str) -> list[Message]:
    """A question, and a reply that is already HTML."""
    return [
        {"role": "user", "content": one_line(render("said.html.j2", text=question))},
        {"role": "assistant", "content": one_line(reply)},
    ]


def said_alone(reply: str) -> list[Message]:
    """A message without a question; it is already HTML."""
    return [{"role": "assistant", "content": one_line(reply)}]


def answer_html(turn: Turn, doubtful: Unproved = PROVED) -> str:
    """The quoted sentences with their marks, or why there is no answer and the nearest passages."""
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
            doubtful=doubtful,
            unproved=UNPROVED,
            of=turn.scope,
            meant=answer.get("query", {}).get("resolved", answer["question"]),
            exports=Markup(exports_html(f"answers/{turn.id}", FORMATS)),
        )
    )


def exports_html(address: str, formats: Mapping[str, Format]) -> str:
    """Links to the answers at the address in every format, the first one to copy."""
    return one_line(render("exports.html.j2", address=address, formats=formats))


def searching_html() -> str:
    """A message that a question is being answered."""
    return one_line(render("said.html.j2", text="Searching your documents …"))


def sorry_html(reason: str) -> str:
    """A message that says why a question could not be answered at all."""
    return one_line(render("said.html.j2", text=f"Sorry: {reason}"))


def lost_message(lost: int) -> list[Message]:
    """A message that some answers of a conversation were damaged and are not shown; none if none were."""
    if not lost:
        return []
    what = "1 answer of this conversation was" if lost == 1 else f"{lost} answers of this conversation were"
    text = f"{what} damaged on disk. What was damaged is set aside and not shown."
    return said_alone(render("said.html.j2", text=text))


def conversations_html(
    kept: Sequence[Conversation],
    present: str | None,
    count: int = 0,
    aside: Sequence[str] = (),
    *,
    are_kept: bool = True,
) -> str:
    """The conversations as links, with a link to all of them if ``count`` is larger.

    ``aside`` names the damaged files. If the conversations end with the process, that is said.
    """
    known = {"kept": kept, "present": present, "count": count, "aside": aside, "are_kept": are_kept}
    return one_line(render("conversations.html.j2", **known))


def links_html(present: str | None, *, may_add: bool = True) -> str:
    """Links from the question. For a conversation: its newest answer, its address (which the browser is to show), and a
    new one.
    """
    return one_line(render("links.html.j2", present=present, may_add=may_add))


def one_line(html: str) -> str:
    """HTML without line breaks. A blank line would end the block, and the rest would be read as Markdown.

    Line breaks inside a text are written as references, and stay.
    """
    return html.replace("\n", " ")
