"""The tools over standard input and output, as seen by the SDK's own client."""

import asyncio
import importlib.util
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from qa.faces import mcp, replies
from qa.faces.cli.main import run
from qa.faces.cli.options import MISTAKE
from qa.library import Library
from qa.records import Scope
from tests.support.models import WordEncoder, WordReader
from tests.support.places import CORPUS, ROOT

ANSWERED = "What limits the use of high-dose IL-2?"
REFUSED = "Who painted the Mona Lisa?"
FIRST = "000_fe304fc8ed56550a.txt"
LIMITS: dict[str, Any] = {"documents": [FIRST], "since": 2025, "until": 2026, "sections": ["abstract", "findings"]}

needs_sdk = pytest.mark.skipif(not importlib.util.find_spec("mcp"), reason="needs the MCP SDK, the extra 'mcp'")

# The command, with the word encoder of this process, and the reader that counts words.
COMMAND = """
import json, sys
import qa.answering.support
import qa.library
from tests.support.models import WordEncoder, WordReader
qa.answering.support.FITTED_TO = frozenset({WordEncoder.sha256, WordReader.sha256})
WordEncoder._axes.update(json.loads(sys.argv[2]))
qa.library.opened.load_encoder, qa.library.library.OnnxReader = WordEncoder, WordReader
from qa.faces.cli.main import run
sys.exit(run(["mcp", "--library", sys.argv[1]]))
"""


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Library:
    library = Library(tmp_path_factory.mktemp("asked") / "library", encoder=WordEncoder(), reader=WordReader())
    library.add([CORPUS])
    return library


def command_line(library: Library) -> list[str]:
    return [sys.executable, "-W", "error", "-c", COMMAND, str(library.path), json.dumps(WordEncoder._axes)]


def connected(library: Library, job: Callable[[Any], Awaitable[Any]]) -> Any:
    """The result of a job that uses the SDK's client to talk to a separate process."""
    from mcp import Client, StdioServerParameters, stdio_client

    async def work() -> Any:
        command, *arguments = command_line(library)
        started = StdioServerParameters(command=command, args=arguments, cwd=ROOT)
        # By default errors go to sys.stderr as it was when mcp was imported, maybe in a test that captures it.
        async with Client(stdio_client(started, sys.__stderr__)) as client:
            return await job(client)

    return asyncio.run(work())


def called(library: Library, *calls: tuple[str, dict[str, Any]]) -> list[tuple[bool, str]]:
    """For each call, whether it failed, and its text."""

    async def job(client: Any) -> list[tuple[bool, str]]:
        results = [await client.call_tool(name, arguments) for name, arguments in calls]
        return [(bool(result.is_error), "".join(block.text for block in result.content)) for result in results]

    return connected(library, job)


@needs_sdk
def test_four_tools_describe_themselves(asked: Library) -> None:
    async def job(client: Any) -> dict[str, Any]:
        return {tool.name: tool for tool in (await client.list_tools()).tools}

    tools = connected(asked, job)
    assert list(tools) == ["search", "ask", "verify", "documents"]
    assert all(tool.description and tool.annotations.read_only_hint for tool in tools.values())
    assert set(tools["ask"].input_schema["properties"]) == {"question", "after", "expand", *LIMITS}
    assert set(tools["search"].input_schema["properties"]) == {"question", "k", "expand", *LIMITS}
    assert tools["search"].input_schema["properties"]["k"]["maximum"] == 50


@needs_sdk
def test_each_tool_gives_what_its_command_prints(asked: Library) -> None:
    answer = asked.ask(ANSWERED).to_dict()
    changed = {**answer, "sentences": [{**answer["sentences"][0], "text": "Nobody said so."}]}
    follow_up: dict[str, Any] = {"after": ["Is IL-2 toxic?"], "expand": False}
    scope = Scope(**LIMITS)
    calls: list[tuple[str, dict[str, Any], Any]] = [
        ("ask", {"question": ANSWERED}, answer),
        ("ask", {"question": REFUSED}, asked.ask(REFUSED).to_dict()),
        (
            "ask",
            {"question": "And IL-15?", **follow_up, **LIMITS},
            asked.ask("And IL-15?", **follow_up, scope=scope).to_dict(),
        ),
        (
            "search",
            {"question": ANSWERED, "k": 3, **LIMITS},
            replies.passages(asked.search(ANSWERED, 3, scope=scope)),
        ),
        ("verify", {"answer": answer}, replies.proof([asked.verify(answer)])),
        ("verify", {"answer": [answer, changed]}, replies.proof(asked.proofs.verify_all([answer, changed]))),
        ("documents", {}, replies.documents(asked)),
    ]
    given = called(asked, *((name, arguments) for name, arguments, _ in calls))
    assert given == [(False, replies.text(wanted)) for _, _, wanted in calls]
    assert [json.loads(text)["stands"] for _, text in given[4:6]] == [True, False]


@needs_sdk
def test_an_error_is_one_sentence_and_the_next_call_works(asked: Library) -> None:
    empty, nowhere, apocrypha, malformed, works = called(
        asked,
        ("ask", {"question": " "}),
        ("search", {"question": ANSWERED, "documents": ["nowhere.txt"]}),
        ("ask", {"question": ANSWERED, "sections": ["apocrypha"]}),
        ("verify", {"answer": {"no": "answer"}}),
        ("documents", {}),
    )
    assert empty == (True, "Error executing tool ask: the question is empty; ask something.")
    assert "the library has no document 'nowhere.txt'" in nowhere[1]
    assert "no section has 'apocrypha' in its headings" in apocrypha[1]
    assert "Error executing tool verify: " in malformed[1]
    assert [failed for failed, _ in (nowhere, apocrypha, malformed, works)] == [True, True, True, False]


@needs_sdk
def test_nothing_but_the_protocol_is_on_standard_output(asked: Library, tmp_path: Path) -> None:
    hello = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "initialize",
        "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}},
    }
    initialized = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    call = {"name": "ask", "arguments": {"question": ANSWERED}}
    said = [hello, initialized, {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": call}]
    with subprocess.Popen(command_line(asked), cwd=ROOT, stdin=-1, stdout=-1, stderr=-1, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("".join(json.dumps(line) + "\n" for line in said))
        process.stdin.flush()
        replied = [json.loads(process.stdout.readline()) for _ in range(2)]
        rest, complaints = process.communicate(timeout=60)
    assert [(reply["jsonrpc"], reply["id"]) for reply in replied] == [("2.0", 1), ("2.0", 2)]
    assert (rest, complaints, process.returncode) == ("", "", 0)


def test_without_the_sdk_the_command_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(mcp, "find_spec", lambda name: None)
    assert run(["mcp"]) == MISTAKE
    said = capsys.readouterr()
    assert said.err == "qa: 'qa mcp' needs the MCP SDK, which is not installed: pip install 'mcp>=2.3,<3'.\n"
    assert (said.out, list(tmp_path.iterdir())) == ("", [])
