"""A file in place of a folder, or a folder in place of a file, gives one sentence and never a traceback."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qa.errors import QAError
from qa.library import Library
from qa.stores import kept_report
from qa.stores.conversations.store import FILE, Conversations
from tests.support.models import WordEncoder
from tests.support.places import CORPUS

PARTS = [
    *("library.sqlite", "SEAL", "REGISTER", "documents", "documents/REGISTER", "originals", "snapshots", ".report"),
    *("snapshots/MANIFEST.json", "writer.lock", FILE, "conversations.lock", "signing.key", "signing.pub", "."),
    *(".report/report.html", ".report/SHA256SUMS"),
]

ACTS: dict[str, Callable[[Library], Any]] = {
    "ask": lambda library: library.ask("What limits the use of high-dose IL-2?"),
    "original": lambda library: library.contents.original("000_fe304fc8ed56550a.txt"),
    "check": lambda library: library.check(),
    "add": lambda library: library.add([CORPUS]),
    "talk": lambda library: Conversations(library.path / FILE).all(),
    "report": lambda library: kept_report.fault(library.path),
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole") / "library"
    with Library(folder, encoder=WordEncoder()) as library:
        library.add([CORPUS])
        Conversations(folder / FILE).keep(library.ask("What limits the use of high-dose IL-2?").to_dict())
    (folder / "originals").mkdir(exist_ok=True)
    (folder / ".report").mkdir()
    (folder / ".report" / "report.html").write_text("report")
    kept_report.seal(folder)
    return folder


def swapped(path: Path) -> None:
    """Replace a folder with a file, or a file with a folder."""
    if path.is_dir():
        shutil.rmtree(path)
        path.write_text("no folder")
    else:
        path.unlink()
        (path / "within").mkdir(parents=True)


@pytest.mark.parametrize("part", PARTS)
def test_every_act_is_done_or_refused_in_a_sentence(whole: Path, tmp_path: Path, part: str) -> None:
    for act in ACTS.values():
        folder = tmp_path / "library"
        shutil.copytree(whole, folder)
        swapped(folder / part)
        assert refusal(folder, act).endswith(".")
        shutil.rmtree(folder) if folder.is_dir() else folder.unlink()


def refusal(folder: Path, act: Callable[[Library], Any]) -> str:
    """The reason why the act was refused, "Done." if it was not."""
    try:
        with Library(folder, encoder=WordEncoder()) as library:
            act(library)
    except QAError as error:
        return str(error)
    return "Done."
