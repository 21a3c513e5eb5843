"""Holds the floor table: a module imports only from lower floors, or from within its own room."""

import ast
from pathlib import Path

import pytest
from conftest import ROOT

FLOORS = {
    "errors": 0,
    "records": 0,
    "data": 0,
    "late": 0,
    "progress": 0,
    "reading_version": 0,
    "scripts": 0,
    "variants": 0,
    "abbreviations": 1,
    "console": 1,
    "text": 1,
    "ranking": 1,
    "details": 1,
    "citations": 1,
    "corpus": 1,
    "unproved": 1,
    "onnx_models": 1,
    "exports": 2,
    "questions": 2,
    "statements": 2,
    "contradictions": 3,
    "readers": 2,
    "chunking": 2,
    "encoders": 2,
    "passage_reader": 2,
    "scorers": 2,
    "stores": 2,
    "conversations": 3,
    "expansion": 3,
    "pages": 3,
    "proof": 3,
    "roles": 3,
    "scopes": 3,
    "kept_report": 3,
    "checkup": 4,
    "ingest": 4,
    "retrieval": 4,
    "answering": 5,
    "comparison": 5,
    "description": 5,
    "library": 6,
    "evaluation": 7,
    "options": 7,
    "replies": 7,
    "readings": 7,
    "asking_again": 7,
    "question_commands": 8,
    "integrations": 8,
    "mcp_server": 8,
    "server": 8,
    "terminal": 8,
    "reading_commands": 8,
    "tables": 8,
    "evaluation_commands": 9,
    "export_commands": 9,
    "library_commands": 9,
    "backup_commands": 9,
    "cli": 10,
    "__main__": 11,
}

MODULES = sorted((ROOT / "qa").rglob("*.py"))
NAMES = [str(path.relative_to(ROOT)) for path in MODULES]


def room_of(path: Path) -> str:
    return path.relative_to(ROOT / "qa").parts[0].removesuffix(".py")


def imported_modules(tree: ast.AST) -> list[str]:
    """Every module of ``qa`` that the tree imports, wherever the import stands."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [node.module] + [f"{node.module}.{alias.name}" for alias in node.names]
    return [name for name in found if name.startswith("qa.")]


def test_the_table_names_every_room() -> None:
    rooms = {room_of(path) for path in MODULES} - {"__init__"}
    assert rooms == set(FLOORS)


@pytest.mark.parametrize("path", MODULES, ids=NAMES)
def test_a_module_imports_only_from_lower_floors(path: Path) -> None:
    room = room_of(path)
    if room == "__init__":  # the public face names what is above it, and loads it only when asked
        return
    rooms = {name.split(".")[1] for name in imported_modules(ast.parse(path.read_text()))} & FLOORS.keys()
    too_high = {other for other in rooms - {room} if FLOORS[other] >= FLOORS[room]}
    assert not too_high


@pytest.mark.parametrize("path", MODULES, ids=NAMES)
def test_no_module_is_longer_than_400_lines_and_no_function_than_60(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= 400
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 60, node.name


def test_only_encoders_knows_sentence_transformers() -> None:
    knowing = [name for path, name in zip(MODULES, NAMES, strict=True) if "sentence_transformers" in path.read_text()]
    assert knowing == ["qa/encoders.py"]


def test_only_onnx_models_knows_onnxruntime() -> None:
    knowing = [name for path, name in zip(MODULES, NAMES, strict=True) if "import onnxruntime" in path.read_text()]
    knowing += [name for path, name in zip(MODULES, NAMES, strict=True) if "from onnxruntime" in path.read_text()]
    assert knowing == ["qa/onnx_models.py"]
