"""Back a library up while another process changes it, restore every backup, and damage some.

    python -m eval.stress.storing.backups [--backups 50] [--flips 1000] [--truncations 100] [--rooms 40] [--seed 7]

A worker adds, replaces, links and removes documents as in ``kill.py``, and tells each change. Meanwhile backups are
made. Each is restored into a new folder, which must hold exactly what the worker had acknowledged at some moment
between the backup's start and end, whole. Then a backup with one bit flipped, or its tail cut off, is restored: this
must be refused, and leave nothing. Last, ``qa backup`` and ``qa restore`` run with more and more room for their files.
Each must finish, or refuse in one sentence and leave nothing. Prints the counts. Exit status 1 for any problem.
"""

import argparse
import contextlib
import json
import random
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Thread

from eval.stress.storing import injection, kill
from eval.stress.storing.changes import Change, HashEncoder, Kept, document, entry, found, unsound, wrong
from qa.errors import BackupError
from qa.library import Library
from qa.stores.local.backup import back_up, restore
from qa.stores.local.store import LocalStore

Problems = list[str]


class Heard(Thread):
    """Collects each state that a worker acknowledged."""

    def __init__(self, folder: Path, seed: int) -> None:
        super().__init__()
        command = [sys.executable, "-m", kill.__name__, "--worker", str(folder), "--seed", str(seed)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.states: list[Kept] = [Kept()]

    def run(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            kind, _, told = line.partition(" ")
            if kind == "done":
                self.states.append(self.states[-1].after(Change(*json.loads(told))))

    def stop(self) -> None:
        self.process.kill()
        self.join()


def whole(folder: Path) -> Problems:
    """The problems in a restored library."""
    with closing(LocalStore(folder)) as store:
        kept = found(store)
        problems = [problem for number in kept.numbers for problem in wrong(store, entry(number, kept.salt))]
    return problems + unsound(folder)


def in_use(folder: Path, backups: int, seed: int) -> tuple[int, int, Problems]:
    """The changes acknowledged while backups were made, the number of backups, and the problems."""
    problems, heard = Problems(), Heard(folder / "library", seed)
    heard.start()
    while len(heard.states) < 10:
        heard.join(0.05)
    first = len(heard.states)
    for number in range(backups):
        file, again = folder / f"{number}.backup", folder / "again"
        before = len(heard.states) - 1
        back_up(folder / "library", file)
        heard.join(0.01)
        after = len(heard.states)
        restore(file, again)
        with closing(LocalStore(again)) as store:
            kept = found(store)
        heard.join(0.05)  # until the change under way is told too
        if kept not in heard.states[before : after + 2]:
            problems.append(f"backup {number} holds what the library never held: {kept}")
        problems += whole(again)
        shutil.rmtree(again)
        file.unlink()
    heard.stop()
    return len(heard.states) - first, backups, problems


def harmed(folder: Path, flips: int, truncations: int, chance: random.Random) -> tuple[int, Problems]:
    """How many damaged backups were refused, and problems for the others."""
    file, again = folder / "harmed.backup", folder / "again"
    back_up(folder / "library", file)
    data, problems, refused = file.read_bytes(), Problems(), 0
    for number in range(flips + truncations):
        altered = bytearray(data)
        if number < flips:
            place = chance.randrange(len(data))
            altered[place] ^= 1 << chance.randrange(8)
        else:
            del altered[chance.randrange(len(data)) :]
        file.write_bytes(altered)
        try:
            restore(file, again)
            problems.append(f"alteration {number} was restored")
        except BackupError:
            refused += 1
        if again.exists():
            problems.append(f"alteration {number} left a library")
            shutil.rmtree(again)
    file.unlink()
    return refused, problems


def full(folder: Path, rooms: int) -> tuple[int, int, Problems]:
    """Commands done and refused under rising limits on file size, and the problems."""
    file, again = folder / "room.backup", folder / "again"
    back_up(folder / "library", folder / "whole.backup")
    largest = (folder / "library" / "library.sqlite").stat().st_size * 5 // 4
    done, refused, problems = 0, 0, Problems()
    for number in range(rooms):
        room = largest * number // (rooms - 1)
        for command in (
            ["backup", file, "--library", folder / "library"],
            ["restore", folder / "whole.backup", "--library", again],
        ):
            ended = _with_room([str(part) for part in command], room)
            said = ended.stderr.splitlines()
            if ended.returncode == 0:
                done += 1
            elif len(said) == 1 and said[0].startswith("qa: ") and "Traceback" not in said[0]:
                refused += 1
            else:
                problems.append(
                    f"{command[0]} with {room} bytes a file ended with {ended.returncode}: {ended.stderr!r}"
                )
            if bool(ended.returncode) == (file if command[0] == "backup" else again).exists():
                problems.append(f"{command[0]} with {room} bytes a file left what it should not, or nothing")
        left = {path.name for path in folder.iterdir()} - {"library", "whole.backup", file.name, again.name}
        problems += [f"{name} is left" for name in left]
        shutil.rmtree(again, ignore_errors=True)
        file.unlink(missing_ok=True)
    return done, refused, problems


def _with_room(arguments: list[str], room: int) -> subprocess.CompletedProcess[str]:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    command = [sys.executable, "-m", injection.__name__, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=limit)


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as temporary:
        yield Path(temporary)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--backups", type=int, default=50)
    parser.add_argument("--flips", type=int, default=1000)
    parser.add_argument("--truncations", type=int, default=100)
    parser.add_argument("--rooms", type=int, default=40)
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    problems = Problems()
    with _folder() as folder:
        changes, backups, wrong_ones = in_use(folder, arguments.backups, arguments.seed)
        print(f"{backups} backups made and restored beside {changes} changes, {len(wrong_ones)} problems")
        problems += wrong_ones
    with _folder() as folder:
        with Library(folder / "library", encoder=HashEncoder()) as library:
            for number in range(1, 6):
                (folder / f"{number}.txt").write_text(document(number * 7).text)
                library.add([folder / f"{number}.txt"])
                (folder / f"{number}.txt").unlink()
        refused, wrong_ones = harmed(folder, arguments.flips, arguments.truncations, random.Random(arguments.seed))
        harms = f"{arguments.flips} flips, {arguments.truncations} truncations"
        print(f"{harms}: {refused} refused, {len(wrong_ones)} problems")
        problems += wrong_ones
        done, refused, wrong_ones = full(folder, arguments.rooms)
        commands = f"{2 * arguments.rooms} commands with little room"
        print(f"{commands}: {done} done, {refused} refused, {len(wrong_ones)} problems")
        problems += wrong_ones
    for problem in problems[:10]:
        print(f"    {problem}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
