"""Make a system call of ``qa add`` or ``qa remove`` fail, and look at what is left. Part of ``faults.py``.

``strace`` makes the N-th call of a kind fail with ENOSPC or EIO, for each N at which the command touches its library. A
full disk is a small file system, or a limit on file size where mounting is not permitted. Run as a program, this is the
command line with a hashing model, which reads files in its own process.
"""

import logging
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

import qa.library
from eval.stress.reading.inline import read_in_this_process
from eval.stress.storing.changes import HashEncoder, document, unsound, wrong
from qa.errors import UnknownDocumentError
from qa.faces.cli import main
from qa.indexing.embedding import embed
from qa.library import Library
from qa.readers.files import read
from qa.stores.local.store import LocalStore

WRITING = ("write", "pwrite64", "fsync", "fdatasync", "rename", "openat", "ftruncate", "unlink", "mkdir")
ERRORS = {"pread64": ("EIO",)} | dict.fromkeys(WRITING, ("ENOSPC", "EIO"))
"""The errors of each system call."""


@dataclass
class Found:
    """The results of one part's trials."""

    trials: int = 0
    done: int = 0
    """Commands that succeeded; only parts that can be rebuilt may be disturbed."""
    refused: int = 0
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Scene:
    """A folder with texts, an outdated library of it, and the command that updates it."""

    folder: Path
    arguments: Sequence[str]
    before: dict[str, str]
    """The text of each document by path, in the library now."""
    after: dict[str, str]
    """The same after the command."""

    @property
    def library(self) -> Path:
        return self.folder / "library"

    def command(self) -> list[str]:
        return [sys.executable, "-m", __spec__.name, *self.arguments, "--library", str(self.library)]

    def finish(self) -> None:
        """Do the command's work without a fault."""
        with Library(self.library, encoder=HashEncoder()) as library:
            if self.arguments[0] == "add":
                library.add([self.folder / "texts"])
            else:
                with suppress(UnknownDocumentError):  # if the command removed it before failing
                    library.remove(self.arguments[1])


def as_in_the_program() -> None:
    """Read files in this process, and make vectors of hashes; do not report rebuilt snapshots."""
    logging.getLogger("qa").setLevel(logging.ERROR)
    read_in_this_process()
    vars(qa.library.opened)["load_encoder"] = lambda name: HashEncoder()


def scenes(folder: Path) -> dict[str, Callable[[], Scene]]:
    """Ways to set up the same folder, which is emptied first."""
    texts = folder / "texts"

    def write(**numbers: int) -> dict[str, str]:
        shutil.rmtree(texts, ignore_errors=True)
        texts.mkdir(parents=True)
        for name, number in numbers.items():
            (texts / f"{name}.txt").write_text(document(number).text)
        return {str(path.resolve()): read(path).text for path in sorted(texts.iterdir())}

    def made() -> dict[str, str]:
        shutil.rmtree(folder, ignore_errors=True)
        before = write(a=9, b=2, c=5)
        with Library(folder / "library", encoder=HashEncoder()) as library:
            library.add([texts])
        return before

    def making() -> Scene:
        shutil.rmtree(folder, ignore_errors=True)
        after = write(a=2, b=5)
        return Scene(folder, ["add", str(texts)], {}, after)

    def adding() -> Scene:
        before = made()
        after = write(a=9, b=3, d=7)
        return Scene(folder, ["add", str(texts)], before, after)

    def removing() -> Scene:
        before = made()
        return Scene(folder, ["remove", "a.txt"], before, {p: text for p, text in before.items() if "/a.txt" not in p})

    return {"making": making, "adding": adding, "removing": removing}


# ---------------------------------------------------------------- looking


def check(scene: Scene, ended: subprocess.CompletedProcess[str], found: Found, label: str) -> None:
    """Check the command's messages, what it left, and that it works without the fault."""
    found.trials += 1
    said = ended.stderr.splitlines()
    problems = []
    if ended.returncode < 0 or not all(line.startswith("qa: ") for line in said):
        problems.append(f"ended with {ended.returncode} and said {ended.stderr[-300:]!r}")
    elif ended.returncode and (len(said) != 1 or _misleads(said[0], label)):
        problems.append(f"said {said}")
    try:
        problems += _state(scene, done=ended.returncode == 0)
        scene.finish()
        problems += _state(scene, done=True)
    except Exception as error:  # any exception is a finding
        problems.append(f"then {type(error).__name__}: {error}")
    found.done += ended.returncode == 0
    found.refused += ended.returncode != 0
    found.problems += [f"{label}: {problem}" for problem in problems]


def _misleads(sentence: str, label: str) -> bool:
    """Whether the sentence calls a sound library damaged, or is the one for unforeseen errors.

    SQLite counts a page that cannot be read as damage, and a failing output is unforeseen.
    """
    damaged = "damaged" in sentence and "pread64" not in label
    return damaged or ("the system refused" in sentence and " write:" not in label)


def _state(scene: Scene, done: bool) -> list[str]:
    """The files that are neither as before nor as after the command; if it is done, those not as after it."""
    if not LocalStore.exists(scene.library):
        return ["there is no library"] if done or scene.before else []
    problems = []
    with closing(LocalStore(scene.library)) as store:
        texts = {path: store.document(doc_id).text for doc_id in store.document_ids() for path in store.paths(doc_id)}
        for path in scene.before.keys() | scene.after.keys():
            allowed = [scene.after.get(path)] if done else [scene.before.get(path), scene.after.get(path)]
            if texts.get(path) not in allowed:
                problems.append(f"{path} has {str(texts.get(path))[:40]!r}, with status {'0' if done else 'not 0'}")
        for doc_id in store.document_ids():
            problems += wrong(store, embed(store.document(doc_id), HashEncoder()))
    return problems + unsound(scene.library)


# ---------------------------------------------------------------- one call that fails


def can_trace() -> bool:
    """Whether ``strace`` is installed and may trace."""
    return bool(shutil.which("strace")) and not traced(["-e", "trace=fsync"], ["true"], Path(os.devnull)).returncode


def traced(options: Sequence[str], command: Sequence[str], log: Path) -> subprocess.CompletedProcess[str]:
    """Run a command under ``strace`` so that it makes the same calls each time; the log names the files."""
    alike = ["-E", "PYTHONHASHSEED=0", "-E", "PYTHONDONTWRITEBYTECODE=1"]
    strace = ["strace", "-f", "--seccomp-bpf", "-y", "-o", str(log), *alike, *options]
    return subprocess.run([*strace, *command], capture_output=True, text=True, check=False)


def inject(every: int) -> Found:
    """Make each call of each scene, or each n-th, fail once with each error."""
    found = Found()
    with tempfile.TemporaryDirectory() as temporary:
        folder, log = Path(temporary, "scene"), Path(temporary, "log")
        for name, scene_of in scenes(folder).items():
            points = _points(scene_of(), log)
            for call, number in points[::every]:
                for error in ERRORS[call]:
                    scene = scene_of()
                    fault = f"{call}:error={error}:when={number}"
                    ended = traced(["-e", f"trace={call}", "-e", f"inject={fault}"], scene.command(), log)
                    if "(INJECTED)" not in log.read_text():
                        found.problems.append(f"{name} {fault}: the call was not made")
                    check(scene, ended, found, f"{name} {fault}")
    return found


def _points(scene: Scene, log: Path) -> list[tuple[str, int]]:
    """The calls with which the command touches its library or prints results, each with its number among its kind."""
    traced(["-e", f"trace={','.join(ERRORS)}"], scene.command(), log)
    counts, points = dict.fromkeys(ERRORS, 0), []
    lines = [line.split(maxsplit=1) for line in log.read_text().splitlines()]
    for thread, line in lines:
        call = line.partition("(")[0]
        if thread == lines[0][0] and call in counts:  # strace counts for each thread; the first does the work
            counts[call] += 1
            if str(scene.library) in line or line.startswith("write(1<"):
                points.append((call, counts[call]))
    return points


# ---------------------------------------------------------------- a full disk


STEP = 8 << 10
ROOM = 384 << 10


def fill_disk(every: int) -> tuple[str, Found]:
    """The kind of disk, and the results of commands with more and more room on it."""
    with tempfile.TemporaryDirectory() as temporary:
        program = [sys.executable, "-m", __spec__.name, "--full-disk", temporary, str(every)]
        for mounted in (["unshare", "-m"], ["unshare", "-rm"], []):
            if mounted and not _can_mount(mounted, temporary):
                continue
            ended = subprocess.run(
                [*mounted, *program, str(bool(mounted))], capture_output=True, text=True, check=False
            )
            kind = "a file system of 8 MiB" if mounted else "a limit on the size of files"
            trials, done, refused, *problems = ended.stdout.splitlines() or ["0", "0", "0", ended.stderr]
            return kind, Found(int(trials), int(done), int(refused), problems)
    raise AssertionError("the last way needs nothing")


def _can_mount(prefix: Sequence[str], place: str) -> bool:
    mount = [*prefix, "mount", "-t", "tmpfs", "tmpfs", place]
    return bool(shutil.which("unshare")) and subprocess.run(mount, capture_output=True, check=False).returncode == 0


def full_disk(place: Path, every: int, mounted: bool) -> Found:
    """Run each scene with rising room, from none to enough."""
    if mounted:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(place)], check=True)
    found = Found()
    for name, scene_of in scenes(place / "scene").items():
        for room in range(0, ROOM, STEP * every):
            scene = scene_of()
            ended = _with_room(scene, room, mounted)
            check(scene, ended, found, f"{name} with {room >> 10} KiB of room")
    return found


def _with_room(scene: Scene, room: int, mounted: bool) -> subprocess.CompletedProcess[str]:
    ballast = scene.folder / "ballast"
    if mounted:
        free = shutil.disk_usage(scene.folder).free
        ballast.write_bytes(bytes(max(free - room, 0)))

    def limit_files() -> None:
        if not mounted:
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    ended = subprocess.run(scene.command(), capture_output=True, text=True, check=False, preexec_fn=limit_files)
    ballast.unlink(missing_ok=True)
    return ended


if __name__ == "__main__":
    as_in_the_program()
    if sys.argv[1] != "--full-disk":
        sys.exit(main.run(sys.argv[1:]))
    outcome = full_disk(Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4] == "True")
    print(outcome.trials, outcome.done, outcome.refused, *outcome.problems, sep="\n")
