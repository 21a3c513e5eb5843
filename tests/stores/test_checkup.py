"""A check reads everything in a library's folder, and reports what it did not read."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from qa.errors import ConversationError
from qa.faces.cli.main import run
from qa.library import Library
from qa.stores.conversations.store import FILE, Conversations
from qa.stores.findings import SOUND


def kept(library: Library) -> Conversations:
    conversations = Conversations(library.path / FILE)
    conversations.keep(library.ask("What limits the use of high-dose IL-2?").to_dict())
    return conversations


def altered(library: Library, statement: str) -> None:
    with closing(sqlite3.connect(library.path / FILE)) as connection:
        connection.execute(statement)
        connection.commit()


def test_a_whole_library_is_sound(library: Library) -> None:
    kept(library)
    assert library.check() == SOUND


def test_what_is_damaged_of_the_conversations_is_said_with_the_exit_status(
    library: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    kept(library)
    altered(library, "UPDATE turns SET answer = replace(answer, 'IL-2', 'IL-3')")
    assert run(["check", "--library", str(library.path)]) == 1
    said = capsys.readouterr()
    assert "mended the conversations in conversations.sqlite" in said.out
    assert "of the conversations: 1 answer of the conversation “What limits" in said.err
    assert run(["check", "--library", str(library.path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["missing"] == []


def test_conversations_of_a_newer_version_are_refused_by_name(library: Library) -> None:
    kept(library)
    altered(library, "PRAGMA user_version = 4")
    with pytest.raises(ConversationError, match="newer Pincite"):
        library.check()


def test_what_is_no_part_of_the_library_is_named(library: Library, tmp_path: Path) -> None:
    (library.path / "notes.txt").write_text("mine")
    (library.path / "synonyms.toml").write_text("")
    assert library.check().unchecked == ("notes.txt", "synonyms.toml")
