"""Check the house: the rooms of the code, their tasks, and which room imports from which.

    python -m eval.house [--write]

Prints the rooms with their floors, and the rooms that each imports from. Then prints the number of modules, arrows,
upward arrows and cycles, and what is too long. --write puts the table of rooms into CONTRIBUTING.md.
``tests/test_architecture.py`` checks all of it.
"""

import argparse
import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from eval.places import ROOT

PACKAGE = ROOT / "qa"
PAGE = ROOT / "CONTRIBUTING.md"
START, END = "<!-- rooms: python -m eval.house --write -->", "<!-- end of rooms -->"
LONG_MODULE, LONG_FUNCTION, LARGE_CLASS = 300, 40, 20
"""The most lines of a module and a function, and methods of a class, that are not too long."""


@dataclass(frozen=True, slots=True)
class Room:
    """Modules that belong together, by the start of their names. They import from lower floors and from one another."""

    floor: int
    name: str
    what: str


ROOMS = (
    Room(0, "errors", "every error that is raised on purpose, drawn as a tree"),
    Room(0, "records", "the values that flow through: Document, Passage, Hit, Answer; frozen, with their JSON"),
    Room(0, "late", "modules that are loaded at their first use"),
    Room(0, "profile", "the numbers that order, weigh and decide, read from one file of `data`"),
    Room(0, "data", "models and tables that come along: files, no code"),
    Room(0, "readers.sandbox", "the lock around a process that parses a file"),
    Room(
        1,
        "text",
        "pure functions over text: lines, sentences, terms and how they match, spellings, scripts, statements",
    ),
    Room(1, "models", "the only room that knows models: text to vectors, and the reader of passages"),
    Room(2, "readers", "a file to a Document: PDF, JATS, HTML, Markdown, text; formats by a table and by entry points"),
    Room(2, "stores", "documents and conversations kept, and searched; the local store, its backup and its recovery"),
    Room(3, "pages", "a page of a PDF as a picture, and where a sentence stands on it"),
    Room(3, "proof", "citations, exports, signatures, and proving a saved answer again"),
    Room(3, "query", "what is asked: typos, other names, earlier questions, the answer type, the scope"),
    Room(4, "indexing", "files to stored documents: find, read, cut, encode, store"),
    Room(4, "retrieval", "a question to ranked Hits: first stage, fusion, reading, diversity; its settings"),
    Room(5, "answering", "which sentences answer and how surely, or why none does; what each document says"),
    Room(6, "library", "the one place that assembles"),
    Room(7, "evaluation", "question sets: drafted, checked, asked, measured, compared"),
    Room(8, "evaluation.report", "an evaluation as a report: charts, words, templates"),
    Room(8, "faces", "what all faces share: what they reply, what reaches a terminal, how a file was read"),
    Room(9, "faces.integrations", "retrievers of other frameworks"),
    Room(9, "faces.mcp", "the Library as tools of the Model Context Protocol"),
    Room(9, "faces.web", "the chat page, pages of documents and the HTTP API; who may come in"),
    Room(10, "faces.cli", "the command line; a module for each group of commands"),
    Room(11, "__main__", "`python -m qa`"),
)


@cache
def modules() -> Mapping[str, Path]:
    """Every module of ``qa``, named without ``qa.``. ``qa`` itself is left out, as it names what is above it."""
    found = {".".join(path.relative_to(PACKAGE).with_suffix("").parts): path for path in PACKAGE.rglob("*.py")}
    return {name.removesuffix(".__init__"): found[name] for name in sorted(found) if name != "__init__"}


@cache
def imports() -> Mapping[str, frozenset[str]]:
    """What each module imports of ``qa``, wherever the import stands."""
    return {name: frozenset(_imported(path)) - {name} for name, path in modules().items()}


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            whole = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [name if name.removeprefix("qa.") in modules() else str(node.module) for name in whole]
        yield from (name.removeprefix("qa.") for name in names if name.removeprefix("qa.") in modules())


def room_of(module: str) -> Room | None:
    """The room with the longest name that starts the module's name."""
    inside = [room for room in ROOMS if f"{module}.".startswith(f"{room.name}.")]
    return max(inside, key=lambda room: len(room.name), default=None)


def arrows() -> list[tuple[str, str]]:
    """Each module with a module that it imports from another room."""
    return [
        (one, other) for one, found in imports().items() for other in sorted(found) if room_of(one) != room_of(other)
    ]


def upward() -> list[tuple[str, str]]:
    """The arrows that do not point down."""
    floors = {module: room.floor for module in modules() if (room := room_of(module))}
    return [(one, other) for one, other in arrows() if floors[one] <= floors[other]]


def cycle() -> list[str]:
    """Modules that import one another in a circle, empty if there is none."""
    try:
        TopologicalSorter(imports()).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def table() -> str:
    """The rooms as Markdown, with the rooms that each imports from."""
    rows = ["| floor | room | what happens there | imports from |", "|---|---|---|---|"]
    for room in ROOMS:
        lower = {other for one, name in arrows() if room_of(one) == room and (other := room_of(name))}
        named = " ".join(f"`{other.name.replace('.', '/')}`" for other in ROOMS if other in lower)
        rows.append(f"| {room.floor} | `{room.name.replace('.', '/')}` | {room.what} | {named} |")
    return "\n".join(rows)


def written(page: str) -> str:
    """The page with the current table."""
    before, rest = page.split(START)
    return f"{before}{START}\n\n{table()}\n\n{END}{rest.split(END)[1]}"


def long() -> Iterator[str]:
    """The parts that are too long."""
    for name, path in modules().items():
        text = path.read_text("utf-8")
        if (lines := len(text.splitlines())) > LONG_MODULE:
            yield f"module {name}: {lines} lines"
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                if length > LONG_FUNCTION:
                    yield f"function {name}.{node.name}: {length} lines"
            elif isinstance(node, ast.ClassDef):
                methods = sum(isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef) for one in node.body)
                if methods > LARGE_CLASS:
                    yield f"class {name}.{node.name}: {methods} methods"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--write", action="store_true")
    if options.parse_args().write:
        PAGE.write_text(written(PAGE.read_text("utf-8")), "utf-8")
    between = {(room_of(one), room_of(other)) for one, other in arrows()}
    print(table())
    print(f"\n{len(ROOMS)} rooms, {len(modules())} modules; {len(between)} arrows between rooms", end="; ")
    print(f"{len(upward())} imports run up, {len(cycle())} modules in a circle\n")
    print(*long(), sep="\n")


if __name__ == "__main__":
    main()
