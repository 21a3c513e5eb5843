"""Conversations: saved at each turn, shown again, corrected, judged, renamed, deleted."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace

import pytest

from qa.faces.web.chat.chat import Chat, Shown, Underway
from qa.library import Library
from qa.proof.unproved import UNPROVED
from qa.records import Scope
from qa.stores.conversations.store import FILE, Conversations

ANSWERED = "What limits the use of high-dose IL-2?"
OTHER = "How does IFN-gamma act against tumors?"


@pytest.fixture
def chat(library: Library) -> Chat:
    return Chat(library, Conversations(library.path / FILE))


def ask(chat: Chat, *arguments: object) -> Shown:
    return asyncio.run(chat.ask(*arguments))  # type: ignore[arg-type]


async def all_shown(given: AsyncIterator[Shown]) -> list[Shown]:
    return [shown async for shown in given]


def questions(shown: Shown) -> list[str]:
    return [message["content"] for message in shown.conversation[::2]]


def test_a_conversation_comes_back_as_it_was(chat: Chat, library: Library) -> None:
    first = ask(chat, ANSWERED)
    second = ask(chat, OTHER, first.present)
    assert second.conversation[:2] == first.conversation
    again = Chat(library, Conversations(library.path / FILE)).opened(second.present)
    assert (again.conversation, again.name) == (second.conversation, ANSWERED)


def test_the_answer_that_is_kept_is_the_librarys(chat: Chat, library: Library) -> None:
    shown = ask(chat, ANSWERED)
    (turn,) = chat.conversations.turns(str(shown.present))
    assert turn.answer == library.ask(ANSWERED).to_dict()
    assert library.verify(turn.answer).stands


def test_an_unknown_conversation_is_said_and_a_new_one_begins(chat: Chat) -> None:
    unknown = chat.opened("nowhere")
    assert "that conversation is not kept here" in str(unknown.conversation)
    assert replace(unknown, conversation=[]) == chat.opened(None)


def test_an_edited_question_takes_the_place_of_the_last(chat: Chat) -> None:
    shown = ask(chat, OTHER, ask(chat, ANSWERED).present)
    edited = chat.edit(shown.present)
    assert (edited.question, edited.conversation) == (OTHER, shown.conversation)
    done = ask(chat, "How toxic is IL-2?", edited.present, edited.replacing)
    assert questions(done) == [f"<p><bdi>{one}</bdi></p>" for one in (ANSWERED, "How toxic is IL-2?")]


def test_quotes_of_documents_that_are_gone_are_shown_as_not_proved(chat: Chat, library: Library) -> None:
    before = ask(chat, ANSWERED)
    assert UNPROVED not in before.conversation[1]["content"]
    (turn,) = chat.conversations.turns(str(before.present))
    library.remove(turn.answer["citations"][0]["doc_id"])
    assert UNPROVED in chat.opened(before.present).conversation[1]["content"]


def test_an_answer_that_is_damaged_on_disk_is_said_and_not_shown(chat: Chat, library: Library) -> None:
    shown = ask(chat, OTHER, ask(chat, ANSWERED).present)
    with closing(sqlite3.connect(library.path / FILE)) as connection:
        connection.execute("UPDATE turns SET answer = replace(answer, 'IL-2', 'IL-3') WHERE place = 0")
        connection.commit()
    again = chat.opened(shown.present)
    assert questions(again)[0] == questions(shown)[1]
    assert "1 answer of this conversation was damaged" in again.conversation[-1]["content"]
    assert "conversations.damaged.sqlite" in again.listed
    assert not any("IL-3" in message["content"] for message in again.conversation)
    chat.judge(shown.present, 2, "up")
    assert chat.opened(shown.present).verdicts == [None]
    assert len(ask(chat, ANSWERED, shown.present).conversation) == 5


def test_conversations_that_cannot_be_read_are_said_and_stop_no_tab(chat: Chat, library: Library) -> None:
    (library.path / FILE).unlink()
    (library.path / FILE).mkdir()
    shown = chat.opened("any")
    assert "cannot be kept or read" in shown.conversation[0]["content"]
    assert "cannot be kept or read" in ask(chat, ANSWERED).conversation[-1]["content"]


def test_only_the_latest_conversations_are_listed_with_an_answer(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.faces.web.chat.chat.LISTED", 3)
    answer = chat.library.ask(ANSWERED).to_dict()
    for number in range(5):
        chat.conversations.keep(answer | {"question": f"Number {number}?"})
    listed = ask(chat, ANSWERED).listed
    assert listed.count("<li>") == 3
    assert "All 6 conversations" in listed


def test_asking_again_answers_from_what_the_library_holds_now(chat: Chat, library: Library) -> None:
    before = ask(chat, ANSWERED)
    library.remove("003_21a118f5011cff46.txt")
    after = asyncio.run(all_shown(chat.asking_again(before.present)))[-1]
    assert questions(after) == questions(before)
    assert "toxicity" not in after.conversation[1]["content"]


def test_a_question_can_be_kept_to_some_documents_and_says_so(chat: Chat, library: Library) -> None:
    document = library.document("000_fe304fc8ed56550a.txt")
    shown = ask(chat, "Which cytokines can be neutralized?", None, None, Scope([document.doc_id]))
    (turn,) = chat.conversations.turns(str(shown.present))
    assert {hit["doc_id"] for hit in turn.answer["hits"]} == {document.doc_id}
    assert f"Asked of: <bdi>{document.title}</bdi>" in shown.conversation[1]["content"]


def test_years_and_sections_are_kept_for_what_follows_and_asked_again_and_said(chat: Chat, library: Library) -> None:
    scope = Scope(since=2026, sections=["abstract"])
    first = ask(chat, "Which cytokines can be neutralized?", None, None, scope)
    second = ask(chat, "And in tumors?", first.present, None, scope)
    for shown in (second, asyncio.run(all_shown(chat.asking_again(second.present, scope)))[-1]):
        turns = chat.conversations.turns(str(shown.present))
        for turn, html in zip(turns, shown.conversation[1::2], strict=True):
            hits = turn.answer["hits"]
            assert {(hit["source"], hit["section"]) for hit in hits} == {("000_fe304fc8ed56550a.txt", "Abstract")}
            years = "<bdi>published since 2026 (1 document without a year left out)</bdi>"
            assert f"Asked of: {years}; <bdi>sections abstract</bdi>" in html["content"]


def test_limits_that_leave_nothing_are_said_and_not_kept(chat: Chat) -> None:
    shown = ask(chat, ANSWERED, None, None, Scope(sections=["apocrypha"]))
    assert "Sorry: no section has" in shown.conversation[1]["content"]
    assert chat.conversations.all() == []


@pytest.mark.parametrize("question", [" ", "x" * 3_000])
def test_what_cannot_be_asked_is_said_and_not_kept(chat: Chat, question: str) -> None:
    shown = ask(chat, question)
    assert "Sorry: " in shown.conversation[1]["content"]
    assert (shown.present, shown.question, chat.conversations.all()) == (None, question, [])


def test_nothing_is_kept_of_a_question_that_is_stopped(chat: Chat) -> None:
    async def stopped() -> None:
        task = asyncio.create_task(chat.ask(ANSWERED))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(stopped())
    assert chat.conversations.all() == []


def test_a_question_is_shown_while_it_is_answered(chat: Chat) -> None:
    before = ask(chat, ANSWERED)
    underway, done = asyncio.run(all_shown(chat.asking(OTHER, before.present, None)))
    assert underway.underway == Underway(OTHER)
    assert (underway.present, underway.question, done.question) == (before.present, "", None)
    assert underway.conversation[:2] == before.conversation
    assert (OTHER in underway.conversation[2]["content"], len(underway.conversation)) == (True, 4)
    assert (questions(done)[1], done.underway) == (underway.conversation[2]["content"], None)


def test_what_is_asked_again_stands_alone_while_it_is_answered(chat: Chat) -> None:
    before = ask(chat, OTHER, ask(chat, ANSWERED).present)
    underway, done = asyncio.run(all_shown(chat.asking_again(before.present)))
    assert (questions(underway), questions(done)) == (questions(before), questions(before))
    assert (underway.question, len(underway.conversation)) == (None, 4)


def test_an_error_that_nobody_thought_of_is_said_and_raised(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Library, "ask", broken)
    given = chat.asking(ANSWERED)

    async def shown() -> Shown:
        await anext(given)
        said = await anext(given)
        with pytest.raises(ZeroDivisionError):
            await anext(given)
        return said

    said = asyncio.run(shown())
    assert "Sorry: " in said.conversation[1]["content"]
    assert (said.question, said.underway) == (ANSWERED, None)


def test_a_question_that_is_stopped_can_be_changed(chat: Chat) -> None:
    before = ask(chat, ANSWERED)
    edited = chat.edit(before.present)
    underway = Underway("How toxic is IL-2?", edited.replacing)
    underway.ended.set()
    stopped = chat.stopped(before.present, underway)
    assert (stopped.question, stopped.replacing) == ("How toxic is IL-2?", edited.replacing)
    assert stopped.conversation == before.conversation


def test_stopping_waits_until_the_question_is_cancelled(chat: Chat) -> None:
    async def stopped() -> tuple[bool, bool]:
        asking = chat.asking(ANSWERED)
        underway = (await anext(asking)).underway
        assert underway is not None
        stopping = asyncio.create_task(asyncio.to_thread(chat.stopped, None, underway))
        await asyncio.sleep(0.05)
        early = stopping.done()
        await asking.aclose()  # type: ignore[attr-defined]  # it is a generator
        return early, (await stopping).question == ANSWERED

    assert asyncio.run(stopped()) == (False, True)


@pytest.mark.parametrize("question", [ANSWERED, " "])
def test_a_question_that_was_answered_has_ended(chat: Chat, question: str) -> None:
    async def underway() -> list[Underway]:
        return [shown.underway async for shown in chat.asking(question) if shown.underway]

    assert all(one.ended.is_set() for one in asyncio.run(underway()))


def test_a_question_follows_those_before_it_and_not_the_one_it_replaces(chat: Chat, library: Library) -> None:
    first = ask(chat, "Is IL-2 toxic?")
    second = ask(chat, "And IL-15?", first.present)
    wanted = library.ask("And IL-15?", after=["Is IL-2 toxic?"])
    assert "resolved" in wanted.query
    turns = chat.conversations.turns(str(second.present))
    assert turns[1].answer == wanted.to_dict()
    assert "Taken to mean: " in second.conversation[3]["content"]
    ask(chat, "And IL-15?", second.present, turns[0].id)
    (turn,) = chat.conversations.turns(str(second.present))
    assert "resolved" not in turn.answer["query"]


def test_a_verdict_is_kept_with_its_answer(chat: Chat) -> None:
    shown = ask(chat, OTHER, ask(chat, ANSWERED).present)
    chat.judge(shown.present, 3, "down")
    chat.judge(shown.present, 99, "up")
    chat.judge(None, 1, "up")
    assert chat.opened(shown.present).verdicts == [None, "down"]


def test_a_conversation_is_renamed_and_deleted(chat: Chat) -> None:
    shown = ask(chat, ANSWERED)
    assert chat.rename(shown.present, "On IL-2").name == "On IL-2"
    assert chat.rename(shown.present, " ").name == "On IL-2"
    assert replace(chat.delete(shown.present), question="") == chat.opened(None)
    assert chat.conversations.all() == []


def test_without_a_conversation_there_is_nothing_to_do(chat: Chat) -> None:
    empty = replace(chat.opened(None), question=None)
    assert chat.stopped(None, None) == empty
    assert [
        chat.edit(None),
        chat.rename(None, "x"),
        chat.delete(None),
        *asyncio.run(all_shown(chat.asking_again(None))),
        *asyncio.run(all_shown(chat.asking("  "))),
    ] == [empty] * 5
