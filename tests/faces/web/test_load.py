"""The users of ``eval.stress.page.load`` get answers or a busy message, and notice errors."""

import asyncio
import subprocess
import sys
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from qa.faces.web.api import AT_ONCE, MAX_WAITING
from qa.library import Library
from tests.support.models import WordEncoder, WordReader
from tests.support.places import CORPUS, ROOT
from tests.support.running import running

ANSWERED = "What limits the use of high-dose IL-2?"


class Waiting(Library):
    """Answers nothing until told to."""

    begun, go_on = Event(), Event()

    def ask(self, *arguments: Any, **options: Any) -> Any:
        self.begun.set()
        self.go_on.wait()
        return super().ask(*arguments, **options)


@pytest.fixture
def load() -> Any:
    if not sys.platform.startswith("linux"):
        pytest.skip("uses addresses of this machine, and its accounts, as Linux has them")
    from eval.stress.page import load

    return load


async def all_asked(load: Any, users: list[Any], *questions: str) -> Any:
    record = load.Record()
    for question in questions:
        await asyncio.gather(*(record.ask(user, question) for user in users))
    for user in users:
        await user.close()
    return record


def test_users_of_both_faces_are_answered(load: Any, library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eval.stress.page.users.TURNS", 2)  # so the third question starts another conversation
    with running(library) as address:
        questions = (ANSWERED, "Who painted the Mona Lisa?", ANSWERED)
        record = asyncio.run(all_asked(load, load.crowd(address, 4), *questions))
    assert {face: dict(ends) for face, ends in record.ended.items()} == {
        "/api/ask": {"answered": 6},
        "chat page": {"answered": 6},
    }
    assert {face: len(took) for face, took in record.took_s.items()} == {"/api/ask": 6, "chat page": 6}
    assert record.wrong("answered") == 0


def test_a_question_that_cannot_be_asked_is_no_answer(load: Any, library: Library) -> None:
    with running(library) as address:
        record = asyncio.run(all_asked(load, load.crowd(address, 2), " "))
    assert {face: dict(ends) for face, ends in record.ended.items()} == {
        "/api/ask": {"status 400": 1},
        "chat page": {"no answer": 1},
    }
    assert record.wrong("answered", "busy") == 2


def test_who_comes_when_too_many_wait_is_told_so_and_the_others_are_answered(load: Any, tmp_path: Path) -> None:
    full = AT_ONCE + MAX_WAITING
    with Waiting(tmp_path / "library", encoder=WordEncoder(), reader=WordReader()) as library:
        library.add([CORPUS])

        async def crowded(address: str) -> Any:
            record, users = load.Record(), [load.ApiUser(address, number) for number in range(full + 3)]
            asked = [asyncio.create_task(record.ask(user, ANSWERED)) for user in users]
            while record.ended["/api/ask"]["busy"] < 3:
                await asyncio.sleep(0.01)
            library.go_on.set()
            await asyncio.gather(*asked)
            for user in users:
                await user.close()
            return record

        with running(library) as address:
            record = asyncio.run(crowded(address))
    assert record.ended["/api/ask"] == {"answered": full, "busy": 3}


def test_a_tab_that_too_many_others_came_after_begins_anew(
    load: Any, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.faces.web.application.SESSIONS", 2)

    async def in_turn(address: str) -> Any:
        record, users = load.Record(), [load.PageUser(address, number) for number in range(3)]
        for user in (users[0], users[1], users[0], users[2], users[0], users[1]):
            await record.ask(user, ANSWERED)
        for user in users:
            await user.close()
        return record

    with running(library) as address:
        record = asyncio.run(in_turn(address))
    assert record.ended["chat page"] == {"answered": 5, "no answer": 1}  # the last is a conversation of one question


def test_the_slope_is_that_of_the_line(load: Any) -> None:
    record = load.Record(memory=[(second, 100 + second / 30) for second in range(100)])
    assert record.slope() == "memory: 100 MB at first, 103 MB at last, +2.00 MB a minute"


@pytest.mark.model
def test_a_few_seconds_of_load_fail_nobody(load: Any, reviews: Library) -> None:
    short = ("--users", "4", "--think", "0.5", "--seconds", "4", "--burst", "24")
    command = [sys.executable, "-m", "eval.stress.page.load", "--library", str(reviews.path), *short]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 users, 0.5 s to think, 4 s\n" in done.stdout
    assert "\n24 at once\n" in done.stdout
    assert done.stdout.count("| chat page | ") == 2
    assert "; 0 ended otherwise than they may" in done.stdout
