"""A read-only library: all reading works, nothing is written, and damage is reported."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from qa.errors import LibraryDamagedError, LibraryError
from qa.faces.web.application import conversations_of
from qa.faces.web.chat.chat import Chat
from qa.library import Library
from qa.stores.local import unwritten
from qa.stores.local.database import Database
from qa.stores.local.recovery.copies import COPIES, Copies
from qa.stores.local.schema import DATABASE
from qa.stores.local.seal import SEAL
from qa.stores.local.store import SNAPSHOTS, LocalStore
from tests.support.models import WordEncoder
from tests.support.places import CORPUS, ROOT

ASKED = "What limits the use of high-dose IL-2?"


def contents(folder: Path) -> dict[str, tuple[int, str]]:
    """Every file of a folder with its modification time and digest."""
    return {
        str(path.relative_to(folder)): (path.stat().st_mtime_ns, hashlib.sha256(path.read_bytes()).hexdigest())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def visited(library: Library, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Library]]:
    """Opens the three reviews as if they could not be written. They can be, so a wrong write would show."""
    opened: list[Library] = []

    def visit() -> Library:
        with monkeypatch.context() as patched:
            patched.setattr("qa.stores.local.recovery.visiting.can_write", lambda path: False)
            opened.append(Library(library.path, encoder=WordEncoder()))
        return opened[-1]

    yield visit
    for one in opened:
        one.close()


def test_all_that_reads_gives_the_same_and_writes_nothing(library: Library, visited: Callable[[], Library]) -> None:
    expected = library.ask(ASKED)
    library.close()
    before = contents(library.path)
    visitor = visited()
    assert not visitor.contents.is_writable
    assert visitor.ask(ASKED) == expected
    assert len(visitor.documents()) == 3
    assert visitor.verify(expected).stands
    assert "IL-2" in visitor.proofs.export([expected.to_dict()], "markdown")
    assert visitor.check().damaged == ()
    assert contents(library.path) == before


def test_what_changes_it_is_refused_in_one_sentence(library: Library, visited: Callable[[], Library]) -> None:
    visitor = visited()
    for change in (lambda: visitor.add([CORPUS]), lambda: visitor.remove("000_fe304fc8ed56550a.txt"), visitor.reembed):
        with pytest.raises(LibraryError, match="cannot be written; make its folder writable, or copy it"):
            change()


def test_changes_of_another_process_are_seen_as_they_are_made(
    library: Library, visited: Callable[[], Library], tmp_path: Path
) -> None:
    library.close()
    visitor = visited()  # a copy in memory, because no process has it open
    assert len(visitor.documents()) == 3
    (tmp_path / "new.txt").write_text("Quokkas are small marsupials that live on Rottnest Island.")
    with Library(library.path, encoder=WordEncoder()) as writer:
        writer.add([tmp_path / "new.txt"])
        assert [hit.source for hit in visitor.search("quokkas", 1)] == [
            "new.txt"
        ]  # in the log, or just moved out of it
        with visitor._opened.existing.reading():
            writer.remove("new.txt")
            assert len(visitor.documents()) == 4  # the whole block sees one generation
        assert len(visitor.documents()) == 3


def test_a_change_in_the_log_alone_is_read_along(library: Library, visited: Callable[[], Library]) -> None:
    store = library._opened.existing
    with store.writer(0):
        store.delete(store.document_ids()[0])  # not settled yet: it is in the log
        assert (library.path / f"{DATABASE}-wal").stat().st_size
        assert len(visited().documents()) == 2


def test_a_log_that_was_left_by_a_kill_is_read_without_shared_memory(
    library: Library, visited: Callable[[], Library], tmp_path: Path
) -> None:
    store = library._opened.existing
    with store.writer(0):
        store.delete(store.document_ids()[0])
        killed = tmp_path / "killed"
        shutil.copytree(library.path, killed, ignore=shutil.ignore_patterns("*-shm"))
    library.close()
    shutil.rmtree(library.path)
    killed.rename(library.path)
    before = contents(library.path)
    assert len(visited().documents()) == 2
    assert contents(library.path) == before


def test_a_damaged_database_is_said_and_not_touched(library: Library, visited: Callable[[], Library]) -> None:
    library.close()
    path = library.path / DATABASE
    data = bytearray(path.read_bytes())
    place = data.index(b"proliferation")
    data[place] ^= 1
    path.write_bytes(data)
    before = contents(library.path)
    with pytest.raises(LibraryDamagedError, match=r"is damaged \(.*\) and the library cannot be written; make .* writ"):
        visited()
    assert contents(library.path) == before


def test_no_database_is_said(library: Library, visited: Callable[[], Library]) -> None:
    library.close()
    (library.path / DATABASE).unlink()
    with pytest.raises(LibraryDamagedError, match="cannot be written"):
        visited()


def test_a_check_says_what_is_damaged_and_mends_nothing(library: Library, visited: Callable[[], Library]) -> None:
    library.close()
    doc_id = Copies(library.path / COPIES).ids()[0]
    for path in (library.path / COPIES / f"{doc_id}.copy", *(library.path / SNAPSHOTS).glob("*.faiss")):
        path.write_bytes(path.read_bytes()[:-1])
    before = contents(library.path)
    found = visited().check()
    assert [damage.partition(":")[0] for damage in found.damaged] == [
        f"the copy of document {doc_id}",
        "the search index",
    ]
    assert (found.mended, found.lost) == ((), ())
    assert contents(library.path) == before


def test_without_a_seal_it_is_checked(library: Library, visited: Callable[[], Library]) -> None:
    library.close()
    (library.path / SEAL).unlink()
    assert len(visited().documents()) == 3


def test_a_copy_in_memory_is_what_was_sealed_or_looked_at_again(library: Library) -> None:
    library.close()
    path = library.path / DATABASE
    with closing(Database(path, writable=False)) as database:
        assert database.execute("SELECT count(*) FROM documents") == [(3,)]
        mark = unwritten.mark(path)
        os.utime(path, ns=(mark[2] + 1, mark[2] + 1))
        assert unwritten.mark(path) != mark


def test_the_page_keeps_no_conversation_in_it_and_says_so(library: Library, visited: Callable[[], Library]) -> None:
    library.close()
    before = contents(library.path)
    visitor = visited()
    conversations = conversations_of(visitor)
    turn = conversations.keep(visitor.ask(ASKED).to_dict())
    listed = Chat(visitor, conversations).opened(turn.conversation).listed
    assert "Conversations are not kept, as this library cannot be written here." in listed
    assert contents(library.path) == before
    folder = conversations._file.path.parent
    del conversations
    assert not folder.exists()
    assert "not kept" not in Chat(library, conversations_of(library)).opened(None).listed


# ---------------------------------------------------------------- as the system has it

COMMAND = """
import sys
import qa.library
from tests.support.models import WordEncoder, WordReader
qa.library.opened.load_encoder, qa.library.library.OnnxReader = WordEncoder, WordReader
from qa.faces.cli.main import run
library, text = sys.argv[1:]
def called(*arguments):
    sys.stdout.flush()
    print("status", run([*arguments, "--library", library]), flush=True)
for arguments in (["documents"], ["search", "interleukins"], ["ask", "interleukins"], ["check"]):
    called(*arguments)
called("add", text)
"""
TEXT = "Interleukins act on receptors."


def _works(*command: str) -> bool:
    return bool(shutil.which(command[0])) and not subprocess.run(command, capture_output=True, check=False).returncode


def _mounted(*unshared: str) -> list[str]:
    mount = (
        'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && ! touch "$1/x" 2>/dev/null && shift && exec "$@"'
    )
    return [*unshared, "sh", "-c", mount, "sh"]


@pytest.fixture(params=["read-only mount", "another user"])
def as_visitor(request: pytest.FixtureRequest) -> Iterator[tuple[Callable[..., Any], Path]]:
    """A function that runs Python on a library that the system makes read-only, and the library's folder."""
    folder = Path(tempfile.mkdtemp(prefix="pincite-visit-"))  # pytest's own folder is closed to other users
    folder.chmod(0o755)
    place = folder / "library"
    (folder / "a.txt").write_text(TEXT)
    (folder / "b.txt").write_text(f"More. {TEXT}")
    with Library(place, encoder=WordEncoder()) as library:
        library.add([folder / "a.txt"])
    prefix: list[str] = []
    if request.param == "read-only mount":
        found = [way for way in (["unshare", "-m"], ["unshare", "-rm"]) if _works(*_mounted(*way), str(place), "true")]
        if not found:
            pytest.skip("no file system may be mounted here")
        prefix = [*_mounted(*found[0]), str(place)]
    elif os.geteuid():
        for path in (*place.rglob("*"), place):
            path.chmod(0o555 if path.is_dir() else 0o444)
    elif _works("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", sys.executable, "-c", "import click"):
        prefix = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    else:
        pytest.skip("no other user can run Python here")

    def run(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [*prefix, sys.executable, "-c", code, str(place), *arguments]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    yield run, place
    for path in (place, *place.rglob("*")):
        path.chmod(0o755)
    shutil.rmtree(folder)


def test_every_command_that_reads_works_and_adding_says_why_not(as_visitor: tuple[Callable[..., Any], Path]) -> None:
    run, place = as_visitor
    before = contents(place)
    done = run(COMMAND, str(place.parent / "b.txt"))
    statuses = [line for line in done.stdout.splitlines() if line.startswith("status")]
    assert statuses == ["status 0", "status 0", "status 0", "status 0", "status 2"], done.stdout + done.stderr
    assert done.stderr == f"qa: the library {place} cannot be written; make its folder writable, or copy it.\n"
    assert contents(place) == before


READING = """
import sys
from tests.support.models import WordEncoder, WordReader
import qa.library
qa.library.library.OnnxReader = WordReader
with qa.library.Library(sys.argv[1], encoder=WordEncoder()) as library:
    print(len(library.documents()))
"""


def test_a_library_in_which_its_owner_is_writing_is_read(as_visitor: tuple[Callable[..., Any], Path]) -> None:
    run, place = as_visitor
    if os.geteuid():
        pytest.skip("its owner cannot write it either")
    store = LocalStore(place)
    with store.writer(0):
        store.delete(store.document_ids()[0])
        done = run(READING)
        assert (done.stdout, done.stderr) == ("0\n", "")
    store.close()
