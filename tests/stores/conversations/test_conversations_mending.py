"""Conversation files that were altered, truncated, or written by another version: nothing false is shown."""

import json
import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.errors import ConversationError
from qa.stores.conversations.store import FILE, SCHEMA_VERSION, Conversations, Findings

EARLIER = """
CREATE TABLE conversations (id TEXT PRIMARY KEY, name TEXT NOT NULL, changed TEXT NOT NULL);
CREATE TABLE turns (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
    conversation TEXT NOT NULL REFERENCES conversations ON DELETE CASCADE,
    asked TEXT NOT NULL, answer TEXT NOT NULL, documents TEXT NOT NULL, verdict TEXT
);
CREATE INDEX turns_of_conversation ON turns (conversation);
INSERT INTO conversations VALUES ('c1', 'On IL-2', '2025-01-02'), ('c2', 'Empty', '2025-01-01');
INSERT INTO turns (id, conversation, asked, answer, documents, verdict) VALUES
    ('t1', 'c1', '2025-01-01', '{"question": "What is IL-2?"}', '["A review"]', 'up'),
    ('t2', 'c1', '2025-01-02', '{"question": "And IL-15?"}', '[]', NULL);
PRAGMA user_version = 1;
"""
"""A file from before Pincite wrote checksums."""


def answered(question: str, quote: str = "IL-2 is toxic.") -> dict[str, Any]:
    return {"question": question, "sentences": [{"text": quote, "source": "a.txt", "citations": [1]}]}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of three conversations, with three turns, one turn and one turn."""
    path = tmp_path_factory.mktemp("whole") / FILE
    kept = Conversations(path)
    first = kept.keep(answered("one")).conversation
    for question in ("two", "three"):
        kept.keep(answered(question, question * 3000), first)
    kept.keep(answered("another"))
    kept.keep(answered("last"))
    return path


@pytest.fixture
def path(tmp_path: Path, whole: Path) -> Path:
    (tmp_path / FILE).write_bytes(whole.read_bytes())
    return tmp_path / FILE


def everything(path: Path) -> dict[str, list[Any]]:
    """The turns of each conversation, by conversation name."""
    kept = Conversations(path)
    return {conversation.name: kept.turns(conversation.id) for conversation in kept.all()}


def altered(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def questions(path: Path) -> dict[str, list[str]]:
    return {name: [turn.answer["question"] for turn in turns] for name, turns in everything(path).items()}


TWO = "(SELECT id FROM turns WHERE asked IS NOT NULL AND answer LIKE '%\"two\"%')"

DAMAGES: dict[str, tuple[str, list[str]]] = {
    "another word in a quote": ("UPDATE turns SET answer = replace(answer, 'twotwo', 'twoten')", ["one", "three"]),
    "JSON that is none": (f"UPDATE turns SET answer = '{{' WHERE id = {TWO}", ["one", "three"]),
    "bytes that are no text": (f"UPDATE turns SET answer = x'ff00ff' WHERE id = {TWO}", ["one", "three"]),
    "another verdict": (f"UPDATE turns SET verdict = 'up' WHERE id = {TWO}", ["one", "three"]),
    "another place": (f"UPDATE turns SET place = 7 WHERE id = {TWO}", ["one", "three"]),
    "two swapped": ("UPDATE turns SET place = 2 - place WHERE place IN (0, 2) AND asked IS NOT NULL", ["two"]),
    "a turn that is gone": (f"DELETE FROM turns WHERE id = {TWO}", ["one", "three"]),
    "the last that is gone": ("DELETE FROM turns WHERE place = 2", ["one", "two"]),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_turn_is_never_shown_and_said(path: Path, name: str, caplog: pytest.LogCaptureFixture) -> None:
    statement, left = DAMAGES[name]
    altered(path, statement)
    found = questions(path)
    assert next(turns for conversation, turns in found.items() if conversation == "one" or "two" in turns) == left
    assert "lost: " in caplog.text
    assert (path.parent / "conversations.damaged.sqlite").exists()
    caplog.clear()
    assert questions(path) == found
    assert Conversations(path).check() == Findings()
    assert not caplog.records


def test_a_conversation_says_how_many_of_its_answers_are_lost(path: Path) -> None:
    altered(path, f"DELETE FROM turns WHERE id = {TWO}")
    kept = Conversations(path)
    (first,) = [conversation for conversation in kept.all() if conversation.name == "one"]
    assert kept.turns(first.id)
    first = kept.get(first.id)
    assert (first.turns, first.lost) == (2, 1)
    turn = kept.keep(answered("four"), first.id)
    assert [turn.answer["question"] for turn in kept.turns(first.id)] == ["one", "three", "four"]
    assert kept.turn(turn.id) == turn
    assert kept.aside() == ["conversations.damaged.sqlite"]


def test_a_conversation_that_is_gone_is_made_anew_from_its_turns(path: Path) -> None:
    before = everything(path)
    altered(path, "DELETE FROM conversations WHERE name = 'another'")
    assert everything(path) == before
    altered(path, "UPDATE conversations SET name = 'false' WHERE name = 'another'")
    found = Conversations(path).check()
    assert found.lost == ("the name of the conversation that begins with “another”",)
    assert everything(path) == before


def test_a_conversation_that_is_gone_with_its_turns_is_said(path: Path) -> None:
    altered(
        path,
        "DELETE FROM turns WHERE conversation = (SELECT id FROM conversations WHERE name = 'another')",
        "DELETE FROM conversations WHERE name = 'another'",
    )
    assert Conversations(path).check().lost == ("1 conversation with every answer",)
    assert list(questions(path)) == ["last", "one"]


@pytest.mark.parametrize("position", [0, 17, 18, 21, 30, 45, 58, 94])
def test_a_damaged_header_costs_nothing(path: Path, position: int) -> None:
    before = everything(path)
    data = bytearray(path.read_bytes())
    data[position] ^= 2
    path.write_bytes(data)
    assert everything(path) == before


@pytest.mark.parametrize("size", [0, 1, 100, 4096, 20_000])
def test_a_file_cut_short_is_never_fatal(path: Path, size: int, caplog: pytest.LogCaptureFixture) -> None:
    before = questions(path)
    with path.open("r+b") as stream:
        stream.truncate(size)
    after = questions(path)
    assert all(set(turns) <= set(before[name]) for name, turns in after.items())
    assert after == before or "lost: " in caplog.text
    Conversations(path).keep(answered("a new one"))


def test_a_file_that_is_no_database_is_set_aside(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path.write_text("no database " * 5000)
    assert questions(path) == {}
    assert "none of the conversations could be read" in caplog.text
    assert path.with_name("conversations.damaged.sqlite").read_text() == "no database " * 5000


def test_a_second_damaged_file_does_not_take_the_place_of_the_first(path: Path) -> None:
    for content in ("first", "second"):
        path.write_text(content)
        assert Conversations(path).count() == 0
    assert Conversations(path).aside() == ["conversations.damaged.sqlite", "conversations.damaged-2.sqlite"]
    assert path.with_name("conversations.damaged-2.sqlite").read_text() == "second"


def test_rows_around_a_damaged_page_are_rescued(path: Path) -> None:
    kept = Conversations(path)
    conversation = kept.all()[0].id
    for number in range(30):
        kept.keep(answered(f"number {number}", "x" * 2000), conversation)
    before = questions(path)
    data = bytearray(path.read_bytes())
    data[4096 * 12 : 4096 * 13] = random.Random(7).randbytes(4096)
    path.write_bytes(data)
    after = questions(path)
    assert 20 <= sum(map(len, after.values())) < sum(map(len, before.values()))
    assert all(set(turns) <= set(before[name]) for name, turns in after.items())


def test_two_processes_mend_once(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    one, other = Conversations(path), Conversations(path)
    altered(path, f"DELETE FROM turns WHERE id = {TWO}")
    assert [kept.turns(next(c.id for c in kept.all() if c.name == "one")) for kept in (one, other)]
    assert caplog.text.count("lost: ") == 1


@settings(max_examples=40, deadline=None)
@given(place=st.integers(0, 1 << 20), bit=st.integers(0, 7))
def test_any_flipped_bit_shows_what_was_kept_or_says_what_is_lost(
    tmp_path_factory: pytest.TempPathFactory, whole: Path, place: int, bit: int
) -> None:
    path = tmp_path_factory.mktemp("flipped") / FILE
    path.write_bytes(whole.read_bytes())
    before, content = everything(path), bytearray(whole.read_bytes())
    content[place % len(content)] ^= 1 << bit
    path.write_bytes(content)
    after = everything(path)
    lost = Conversations(path).check().lost  # damage that only the check finds, such as in free space
    if not lost and not Conversations(path).aside():
        assert after == before
    turns = [turn for turns in before.values() for turn in turns]
    assert all(turn in turns for found in after.values() for turn in found)


def test_damage_that_sqlite_quotes_in_its_message_is_mended_too(path: Path) -> None:
    before = everything(path)
    path.write_bytes(path.read_bytes().replace(b"NOT NULL", b"NOT \xceULL", 1))  # SQLite's message is then not UTF-8
    assert everything(path) == before
    assert Conversations(path).check() == Findings()


# ---------------------------------------------------------------- other versions


def earlier(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(EARLIER)
    altered(path, *statements)


def test_an_earlier_file_is_converted(tmp_path: Path) -> None:
    earlier(tmp_path / FILE)
    kept = Conversations(tmp_path / FILE)
    first, second = kept.turns("c1")
    assert (first.answer, first.scope, first.verdict) == ({"question": "What is IL-2?"}, ("A review",), "up")
    assert (second.answer, second.asked) == ({"question": "And IL-15?"}, "2025-01-02")
    assert [(c.name, c.turns, c.lost) for c in kept.all()] == [("On IL-2", 2, 0), ("Empty", 0, 0)]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["conversations.lock", FILE]


def test_what_an_earlier_file_holds_that_is_no_answer_is_set_aside(tmp_path: Path) -> None:
    earlier(tmp_path / FILE, "UPDATE turns SET answer = '{\"question' WHERE id = 't1'")
    kept = Conversations(tmp_path / FILE)
    assert [turn.id for turn in kept.turns("c1")] == ["t2"]
    assert kept.aside() == ["conversations.damaged.sqlite"]


def test_an_earlier_file_stays_until_its_conversion_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    earlier(tmp_path / FILE)
    before = (tmp_path / FILE).read_bytes()
    with monkeypatch.context() as patched:
        patched.setattr("qa.stores.conversations.mending.fault", lambda _: "it is not sound")
        with pytest.raises(ConversationError, match="it is not sound"):
            Conversations(tmp_path / FILE)
    assert (tmp_path / FILE).read_bytes() == before
    assert len(Conversations(tmp_path / FILE).turns("c1")) == 2


@pytest.mark.parametrize("version", [SCHEMA_VERSION + 1, 99])
def test_a_newer_file_is_refused_by_name_and_not_touched(path: Path, version: int) -> None:
    altered(path, f"PRAGMA user_version = {version}")
    before = path.read_bytes()
    with pytest.raises(ConversationError, match=rf"newer Pincite \(format {version}, this one reads up to 3\); update"):
        Conversations(path)
    assert path.read_bytes() == before
    assert not path.with_name("conversations.damaged.sqlite").exists()


@pytest.mark.parametrize("bit", [0, 1, 2, 7, 31])
def test_a_flipped_bit_in_the_version_is_not_taken_for_another_version(path: Path, bit: int) -> None:
    before, data = everything(path), bytearray(path.read_bytes())
    data[63 - bit // 8] ^= 1 << bit % 8
    path.write_bytes(data)
    assert everything(path) == before


def test_a_folder_in_place_of_the_file_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    with pytest.raises(ConversationError, match=r"cannot be kept or read .*move the file away\.$"):
        Conversations(tmp_path / FILE)


def test_the_answers_are_json_as_they_were(path: Path) -> None:
    read: Callable[[Any], str] = json.dumps
    (turn,) = everything(path)["last"]
    assert read(turn.answer) == read(answered("last"))
