"""File names, titles and texts reach a terminal as text only, whichever command prints them."""

import io
import json
import logging
import os
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.faces import console, replies
from qa.faces.cli import terminal
from qa.faces.cli.options import DONE, MISTAKE, NO
from qa.indexing.progress import Progressed
from tests.faces.cli.test_cli import Cli, cli  # noqa: F401  # the fixture
from tests.support.models import WordEncoder

NAMES = {
    "a colour": b"\x1b[31mred\x1b[0m.txt",
    "the window's title": b"\x1b]0;root\x07.txt",
    "the clipboard": b"\x1b]52;c;cm0gLXJm\x07.txt",
    "a link": b"\x1b]8;;file:evil\x1b\\here\x1b]8;;\x1b\\.txt",
    "another line": b"a.txt\nqa: All that is kept is sound.\n.txt",
    "over the line": b"a\r\x08\x08b.txt",
    "one-byte control sequence": "\x9b2J.txt".encode(),
    "another direction": "a\u202etxt.exe.txt".encode(),
    "isolated direction": "a\u2067b\u2069.txt".encode(),
    "no UTF-8": b"caf\xe9 \xff.txt",
    "markup of rich": b"[blink]a[red]:warning:.txt",
}
"""File names as Linux allows them: any bytes but NUL and the slash."""

HOSTILE = "\x1b[31m\x9b2J\u202e\u2066\x07\n\r\x7f"
SENTENCE = "IL-2 is \u202etoxic\u202c at high doses."
UNFIT = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029\ud800-\udfff]")


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


# ---------------------------------------------------------------- the characters


@given(st.text(st.characters()))
def test_what_is_visible_holds_nothing_that_a_terminal_obeys(text: str) -> None:
    shown = console.visible(text)
    assert not UNFIT.search(shown)
    assert "\n" not in shown
    assert not any(unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} for character in shown)
    shown.encode("utf-8")


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp"])))
def test_other_text_is_shown_as_it_is(text: str) -> None:
    assert console.visible(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31m", "\\x1b[31m"),
        ("a\nb\tc", "a\\nb\\tc"),
        ("\x9b2J\x7f", "\\x9b2J\\x7f"),
        ("\u202e", "\\u202e"),
        ("caf\udce9", "caf\\udce9"),
        ("C:\\new", "C:\\new"),
    ],
)
def test_what_is_hidden_is_written_as_python_writes_it(text: str, shown: str) -> None:
    assert console.visible(text) == shown


@given(st.dictionaries(st.text(), st.text(st.characters(exclude_categories=["Cs"]))))
def test_json_says_the_same_and_holds_nothing_that_a_terminal_obeys(value: dict[str, str]) -> None:
    assert json.loads(replies.text(value)) == value
    assert json.loads(replies.line(value)) == value
    assert not UNFIT.search(replies.text(value))
    assert replies.line(value).count("\n") == 1


def test_a_half_character_is_json_too() -> None:
    assert replies.line("\ud800") == '"\\ud800"\n'


def test_a_line_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    console.say("a\nb", "\nafter a space\n")
    console.say()
    assert capsys.readouterr().out == "a\\nb\n\nafter a space\n\n\n"


def test_exports_are_exact_for_programs_and_visible_for_people(monkeypatch: pytest.MonkeyPatch) -> None:
    for stream, printed in ((io.StringIO(), "a\x9b\u202e\tb\n"), (Terminal(), "a\\x9b\\u202e\tb\n")):
        monkeypatch.setattr("sys.stdout", stream)
        console.write("a\x9b\u202e\tb\n")
        assert stream.getvalue() == printed


def test_a_question_to_a_person_is_visible(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("yes\n"))
    assert console.prompt(f"Is {HOSTILE} it") == "yes"
    assert not UNFIT.search(capsys.readouterr().out)


def test_what_is_logged_is_a_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logging.root, "handlers", [])
    console.log_errors()
    logging.getLogger("qa.stores").warning("%s is damaged", f"a{HOSTILE}b")
    try:
        raise ValueError(HOSTILE)
    except ValueError:
        logging.getLogger("qa.stores").exception("broken")
    first, second, *rest = capsys.readouterr().err.splitlines()
    assert first == "qa: a\\x1b[31m\\x9b2J\\u202e\\u2066\\x07\\n\\r\\x7fb is damaged"
    assert second == "qa: broken"
    assert rest[0].startswith("Traceback")
    assert not any(UNFIT.search(line) for line in rest)


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
def test_progress_shows_a_name_as_text(monkeypatch: pytest.MonkeyPatch, name: bytes) -> None:
    stream = Terminal()
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "200")
    path = Path(os.fsdecode(name))
    with terminal.progress() as show:
        show(Progressed(1, 2, path, "reading"))
    assert console.visible(path.name) in stream.getvalue()
    assert not UNFIT.search(re.sub(r"\x1b\[[\d;?]*[a-zA-Z]|\r", "", stream.getvalue()))  # except what rich itself sets


# ---------------------------------------------------------------- every command


@pytest.fixture
def hostile(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Cli:  # noqa: F811
    """A folder with such file names, and a question set beside it."""
    monkeypatch.setattr(WordEncoder, "_axes", {})  # these words must not take axes from other tests
    folder = Path("texts")
    folder.mkdir()
    for number, name in enumerate(NAMES.values()):
        Path(os.fsdecode(bytes(folder) + b"/" + name)).write_text(f"{SENTENCE} It was seen in mouse {number}.", "utf-8")
    Path(os.fsdecode(bytes(folder) + b"/\x1b[5munread\n.txt")).write_bytes(b"\x00")
    question = {
        "id": f"q{HOSTILE}",
        "question": f"Is IL-2 toxic {HOSTILE} at high doses?",
        "answerable": True,
        "answers": [{"doc": os.fsdecode(NAMES["a link"]), "quote": f"No such {HOSTILE} quote."}],
        "kind": "factoid",
    }
    Path("questions.jsonl").write_text(json.dumps(question) + "\n", "utf-8")
    return cli


@pytest.fixture
def added(hostile: Cli) -> Cli:
    status, out, err = hostile("add", "texts")
    assert status == NO
    assert out.count("\nadded ") + out.startswith("added ") == len(NAMES)
    assert "\\x1b[5munread\\n.txt" in err
    assert not UNFIT.search(out + err)
    assert not re.search("^qa: All that is kept is sound", out + err, re.MULTILINE)
    return hostile


COMMANDS: dict[str, list[str]] = {
    "add again": ["add", "texts"],
    "add what is not there": ["add", f"no{HOSTILE}where"],
    "add JSON": ["add", "texts", "--json"],
    "check": ["check"],
    "check JSON": ["check", "--json"],
    "documents": ["documents"],
    "documents JSON": ["documents", "--json"],
    "search": ["search", "Is IL-2 toxic?"],
    "search JSON": ["search", "Is IL-2 toxic?", "--json"],
    "ask": ["ask", "Is IL-2 toxic at high doses?"],
    "ask after another": ["ask", "and at low doses?", "--after", f"Is IL-2 {HOSTILE} toxic?"],
    "ask what has no answer": ["ask", f"Who painted {HOSTILE} the Mona Lisa?"],
    "ask of a document": ["ask", "Is IL-2 toxic?", "--document", f"no{HOSTILE}where"],
    "ask JSON": ["ask", f"Is IL-2 toxic {HOSTILE}?", "--json"],
    "ask what is no text": ["ask", f"caf\udce9 {HOSTILE}?"],
    "ask a file": ["ask", "--questions", "questions.jsonl"],
    "ask a file that is not there": ["ask", "--questions", f"no{HOSTILE}where"],
    "remove": ["remove", os.fsdecode(NAMES["a colour"])],
    "remove what is not there": ["remove", f"no{HOSTILE}where"],
    "remove JSON": ["remove", os.fsdecode(NAMES["another line"]), "--json"],
    "another library": ["documents", "--library", f"no{HOSTILE}where"],
    "no command": [f"no{HOSTILE}such"],
    "no option": ["ask", f"--no{HOSTILE}such"],
    "questions check": ["questions", "check", "questions.jsonl"],
    "questions check JSON": ["questions", "check", "questions.jsonl", "--json"],
    "questions judge": ["questions", "judge", "questions.jsonl"],
    "questions draft": ["questions", "draft", "--out", f"a{HOSTILE}.jsonl".replace("/", "")],
    "questions import": ["questions", "import", "squad", f"no{HOSTILE}where", "--out", "imported"],
    "eval": ["eval", "questions.jsonl"],
    "eval JSON": ["eval", "questions.jsonl", "--json"],
    "eval of what is not there": ["eval", f"no{HOSTILE}where"],
    "verify what is not there": ["verify", f"no{HOSTILE}where"],
    "export what is not there": ["export", f"no{HOSTILE}where"],
}


@pytest.mark.parametrize("arguments", COMMANDS.values(), ids=COMMANDS.keys())
def test_no_command_prints_what_a_terminal_obeys(
    added: Cli, arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("1\nIs it toxic?\n\n\nq\nq\nq\nq\n"))
    status, out, err = added(*arguments)
    assert status in (DONE, NO, *([MISTAKE] if HOSTILE in "".join(arguments) else [])), err
    assert out + err
    assert not UNFIT.search(out + err)
    assert "Traceback" not in err
    if "--json" in arguments and status != MISTAKE:
        assert all(map(json.loads, out.splitlines() if arguments[0] == "add" else [out]))


@pytest.mark.parametrize("alter", [str, lambda text: text.replace("toxic", f"harmless {HOSTILE}")])
def test_a_saved_answer_is_verified_and_exported_as_text(added: Cli, alter: Callable[[str], str]) -> None:
    answer = json.loads(added("ask", "Is IL-2 toxic at high doses?", "--json")[1])
    assert answer["citations"]
    for citation in answer["citations"]:
        citation["quote"], citation["source"] = alter(citation["quote"]), f"{citation['source']}{HOSTILE}"
    Path("answer.json").write_text(json.dumps(answer), "utf-8")
    for arguments in (("verify",), ("verify", "--json"), ("export", "--format", "csl")):
        _, out, err = added(arguments[0], "answer.json", *arguments[1:])
        assert out + err
        assert not UNFIT.search(out + err) or arguments[0] == "export"
