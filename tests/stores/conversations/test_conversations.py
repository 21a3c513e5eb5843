"""Stored conversations: in order, once each, across restarts and processes, and gone when deleted."""

import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import ConversationError
from qa.stores.conversations.store import FILE, MAX_NAME, Conversations


def answered(question: str, quote: str = "IL-2 is toxic.") -> dict[str, Any]:
    return {"question": question, "sentences": [{"text": quote, "source": "a.txt", "citations": [1]}]}


@pytest.fixture
def kept(tmp_path: Path) -> Conversations:
    return Conversations(tmp_path / FILE)


def test_turns_come_back_in_order_after_a_restart(kept: Conversations, tmp_path: Path) -> None:
    first = kept.keep(answered("What is IL-2?"))
    second = kept.keep(answered("And IL-15?"), first.conversation, scope=["A review", "Another"])
    again = Conversations(tmp_path / FILE)
    assert again.turns(first.conversation) == [first, second]
    assert again.turn(second.id).answer == answered("And IL-15?")
    assert [(c.id, c.name, c.turns) for c in again.all()] == [(first.conversation, "What is IL-2?", 2)]


def test_the_latest_are_listed_a_page_at_a_time(kept: Conversations) -> None:
    for number in range(7):
        kept.keep(answered(str(number)))
    assert kept.count() == 7
    assert [c.name for c in kept.latest(3)] == ["6", "5", "4"]
    assert [c.name for c in kept.latest(3, 6)] == ["0"]
    assert kept.latest(3, 9) == []


def test_half_a_character_is_kept(kept: Conversations, tmp_path: Path) -> None:
    turn = kept.keep(answered("What is \ud83e?"))
    assert Conversations(tmp_path / FILE).turns(turn.conversation) == [turn]


def test_two_tabs_lose_nothing_of_each_other(kept: Conversations, tmp_path: Path) -> None:
    conversation = kept.keep(answered("0")).conversation
    tabs = [Conversations(tmp_path / FILE) for _ in range(2)]
    with ThreadPoolExecutor(8) as pool:
        turns = list(pool.map(lambda n: tabs[n % 2].keep(answered(str(n)), conversation), range(1, 41)))
    assert {turn.id for turn in kept.turns(conversation)[1:]} == {turn.id for turn in turns}


def test_an_answer_takes_the_place_of_a_turn_and_of_what_follows(kept: Conversations) -> None:
    turns = [kept.keep(answered("0"))]
    turns += [kept.keep(answered(str(n)), turns[0].conversation) for n in (1, 2)]
    other = kept.keep(answered("elsewhere"))
    new = kept.keep(answered("1, in other words"), turns[0].conversation, replacing=turns[1].id)
    assert kept.turns(turns[0].conversation) == [turns[0], new]
    assert kept.turns(other.conversation) == [other]


def test_the_last_changed_comes_first_and_can_be_renamed(kept: Conversations) -> None:
    one, two = kept.keep(answered("one")), kept.keep(answered("two"))
    kept.rename(one.conversation, "  Toxicity \n of IL-2 ")
    assert [c.name for c in kept.all()] == ["two", "Toxicity of IL-2"]
    kept.rename(two.conversation, "x" * 200)
    assert len(kept.get(two.conversation).name) == MAX_NAME


def test_what_is_deleted_leaves_no_word_in_any_file(kept: Conversations, tmp_path: Path) -> None:
    secret = kept.keep(answered("the secret question", "the secret quote")).conversation
    open_one = kept.keep(answered("the open question")).conversation
    with closing(sqlite3.connect(tmp_path / FILE)) as another:  # this makes SQLite keep its log
        another.execute("SELECT count(*) FROM turns").fetchall()
        kept.delete(secret)
        left = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"secret" not in left
    assert b"the open question" in left
    assert [c.id for c in kept.all()] == [open_one]
    assert kept.turns(secret) == []


def test_a_verdict_is_kept_and_can_be_taken_back(kept: Conversations) -> None:
    turn = kept.keep(answered("What is IL-2?"))
    kept.judge(turn.id, "down")
    assert kept.turn(turn.id).verdict == "down"
    kept.judge(turn.id, None)
    assert kept.turn(turn.id).verdict is None


@pytest.mark.parametrize(
    "act",
    [
        lambda kept: kept.get("nowhere"),
        lambda kept: kept.turn("nowhere"),
        lambda kept: kept.rename("nowhere", "name"),
        lambda kept: kept.delete("nowhere"),
        lambda kept: kept.judge("nowhere", "up"),
        lambda kept: kept.judge("nowhere", "sideways"),
        lambda kept: kept.keep(answered("What?"), "nowhere"),
        lambda kept: kept.rename(kept.keep(answered("What?")).conversation, " "),
    ],
)
def test_what_is_not_there_is_said_in_a_sentence(kept: Conversations, act: Any) -> None:
    with pytest.raises(ConversationError, match=r"; .*\.$"):
        act(kept)


def test_nothing_is_kept_of_a_turn_that_has_no_conversation(kept: Conversations, tmp_path: Path) -> None:
    with pytest.raises(ConversationError):
        kept.keep(answered("What?"), "nowhere")
    with sqlite3.connect(tmp_path / FILE) as connection:
        assert connection.execute("SELECT count(*) FROM turns").fetchall() == [(0,)]
    connection.close()


@given(question=st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_any_text_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, question: str) -> None:
    kept = Conversations(tmp_path_factory.getbasetemp() / FILE)
    turn = kept.keep(answered(question))
    assert json.dumps(kept.turn(turn.id).answer) == json.dumps(answered(question))
