"""Ask the same questions through every interface, and count the answers that differ, byte for byte.

    python -m eval.stress.page.agree [--library DIR] [--questions FILE] [--count N]
                              [--since YEAR] [--until YEAR] [--section WORDS]...

The questions are spread evenly over the file, and limited as given. They are asked of a copy of the library by Python,
the command line, HTTP, Gradio's client and MCP, each started as users do. The JSON export of the chat page's
conversations is compared too. Answers are compared with Python's as JSON with sorted keys, without ids: only the
command line's and Python's have ids, which must be those of the questions. Needs the extra ``mcp``. Exit status 1 if
any differs.
"""

import argparse
import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import qa
from eval.places import ROOT
from eval.stress.page.serving import QA, served
from qa.errors import QAError
from qa.faces import mcp
from qa.faces.web.chat.chat import Chat
from qa.library import build
from qa.query.questions import read_questions
from qa.records import Question, Scope
from qa.stores.conversations.store import FILE, Conversations

WITH_IDS = ("Python, once more", "command line")

Answers = list[dict[str, Any]]


def limits(scope: Scope) -> dict[str, Any]:
    """The scope for interfaces that have a field for each limit."""
    return {"since": scope.since, "until": scope.until, "sections": list(scope.sections)}


def by_python(library: qa.Library, questions: Sequence[Question], scope: Scope) -> Answers:
    return [library.ask(one.question, scope=scope, question_id=one.id).to_dict() for one in questions]


def by_command(path: Path, questions: Sequence[Question], scope: Scope) -> Answers:
    file = path.parent / "questions.jsonl"
    file.write_text("".join(json.dumps({"id": one.id, "question": one.question}) + "\n" for one in questions), "utf-8")
    command = [*QA, "ask", "--questions", str(file), "--library", str(path)]
    command += [f"--{name}={year}" for name, year in (("since", scope.since), ("until", scope.until)) if year]
    command += [f"--section={words}" for words in scope.sections]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8", check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def by_http(address: str, key: str, questions: Sequence[Question], scope: Scope) -> Answers:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}

    def asked(question: str) -> Any:
        body = json.dumps({"question": question, **limits(scope)}).encode()
        return _fetched(urllib.request.Request(f"{address}api/ask", body, headers))

    return [asked(one.question) for one in questions]


def by_gradio(address: str, key: str, questions: Sequence[Question], scope: Scope) -> Answers:
    from gradio_client import Client

    known = {"Authorization": f"Bearer {key}"}
    client = Client(address, headers=known, verbose=False, analytics_enabled=False)
    try:
        return [client.predict(one.question, **limits(scope), api_name="/ask") for one in questions]
    finally:
        client.close()


def by_mcp(path: Path, questions: Sequence[Question], scope: Scope) -> Answers:
    from mcp import Client, StdioServerParameters, stdio_client
    from mcp_types import TextContent

    async def asked() -> Answers:
        command, *arguments = [*QA, "mcp", "--library", str(path)]
        # The SDK passes on few variables. Those that choose how to use the processor change a score's last digits.
        started = StdioServerParameters(command=command, args=arguments, cwd=ROOT, env=dict(os.environ))
        async with Client(stdio_client(started, sys.__stderr__ or sys.stderr)) as client:
            asking = [{"question": one.question, **limits(scope)} for one in questions]
            results = [await client.call_tool("ask", arguments) for arguments in asking]
        return [json.loads(part.text) for result in results for part in result.content if isinstance(part, TextContent)]

    return asyncio.run(asked())


def by_page(library: qa.Library, address: str, key: str, questions: Sequence[Question], scope: Scope) -> Answers:
    """Keep each question in its own conversation in the library's folder, and fetch it from the page."""
    conversations = Conversations(library.path / FILE)
    chat = Chat(library, conversations)

    def asked(question: str) -> Any:
        present = asyncio.run(chat.ask(question, scope=scope)).present
        return _fetched(f"{address}answers/{conversations.turns(str(present))[0].id}/as/json?key={key}")

    return [asked(one.question) for one in questions]


def _fetched(request: str | urllib.request.Request) -> Any:
    with urllib.request.urlopen(request) as reply:
        return json.load(reply)


def canonical(answer: dict[str, Any]) -> str:
    return json.dumps({**answer, "id": None}, ensure_ascii=False, sort_keys=True)


def compared(path: Path, questions: Sequence[Question], scope: Scope) -> int:
    """Print the table. Returns how many answers differ from Python's."""
    with qa.open(path) as library, served(path) as server:
        where = (server.address, server.key)
        wanted = by_python(library, questions, scope)
        faces: dict[str, Callable[[], Answers]] = {
            "Python, once more": lambda: by_python(library, questions, scope),
            "command line": lambda: by_command(path, questions, scope),
            "HTTP": lambda: by_http(*where, questions, scope),
            "gradio_client": lambda: by_gradio(*where, questions, scope),
            "MCP": lambda: by_mcp(path, questions, scope),
            "page's JSON export": lambda: by_page(library, *where, questions, scope),
        }
        texts, ids = [canonical(answer) for answer in wanted], [one.id for one in questions]
        print(f"{len(questions)} questions, {sum(answer['abstained'] for answer in wanted)} abstentions")
        print("| face | answers | bytes | differ |\n|---|---|---|---|")
        total = 0
        for name, ask in faces.items():
            given = ask()
            found = [canonical(answer) for answer in given]
            differ = sum(one != other for one, other in zip(found, texts, strict=True))
            if name in WITH_IDS:
                differ += [answer["id"] for answer in given] != ids
            print(f"| {name} | {len(found)} | {sum(len(text.encode()) for text in found):,} | {differ} |", flush=True)
            total += differ
    return total


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--library", type=Path, default=Path("index"))
    options.add_argument("--questions", type=Path, default=ROOT / "eval" / "questions" / "reviews.jsonl")
    options.add_argument("--count", type=int, default=50)
    options.add_argument("--since", type=int)
    options.add_argument("--until", type=int)
    options.add_argument("--section", action="append", default=[])
    given = options.parse_args()
    try:
        mcp.check_installed()
    except QAError as error:
        sys.exit(str(error))
    questions = read_questions(given.questions)
    chosen = questions[:: max(1, len(questions) // given.count)][: given.count]
    with qa.open(given.library) as library:
        build(library)
    with tempfile.TemporaryDirectory() as temporary:
        copy = Path(temporary, "library")
        shutil.copytree(given.library, copy)
        differ = compared(copy, chosen, Scope((), given.since, given.until, given.section))
    print(f"{differ} answers differ")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
