"""Names in the documentation exist: paths of the repository, modules of ``qa``, and commands of ``eval``."""

import re
from pathlib import Path

import pytest

from tests.support.places import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "eval").rglob("*.md")])
PATH = re.compile(r"(?<![\w/.-])((?:qa|eval|tests|docs)/[\w/-]+(?:\.\w+)*)")
COMMAND = re.compile(r"python -m (eval(?:\.\w+)+)")
MODULE = re.compile(r"(?<![\w.-])qa((?:\.[a-z_]+)+)")


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_what_a_page_names_is_there(page: Path) -> None:
    text = page.read_text("utf-8")
    assert not [path for path in PATH.findall(text) if not any((at / path).exists() for at in (ROOT, page.parent))]
    commands = [ROOT / name.replace(".", "/") for name in COMMAND.findall(text)]
    assert not [path for path in commands if not (path.is_dir() or path.with_suffix(".py").is_file())]


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_the_modules_that_a_page_names_are_there(page: Path) -> None:
    named = [match[1].split(".")[1:] for match in MODULE.finditer(page.read_text("utf-8"))]
    assert not [parts for parts in named if not _is_there(ROOT / "qa", parts)]


def _is_there(folder: Path, parts: list[str]) -> bool:
    """Whether the parts name a module or package, or a name inside one."""
    if not parts or not folder.is_dir():
        return True
    inside = folder / parts[0]
    module = inside.with_suffix(".py")
    if inside.is_dir():
        return _is_there(inside, parts[1:])
    if module.is_file():
        return len(parts) == 1 or re.search(rf"\b{parts[1]}\b", module.read_text("utf-8")) is not None
    return re.search(rf"\b{parts[0]}\b", (folder / "__init__.py").read_text("utf-8")) is not None
