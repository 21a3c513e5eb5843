"""Kill ``qa add`` at random moments, and compare the library with the printed lines.

    python -m eval.stress.storing.acknowledged [--kills 30] [--texts 60] [--seed 7]

``qa add FOLDER``, with a pipe as output, is ended by SIGKILL at a random moment. Only its output counts: each line that
was printed whole is a promise. The library is then opened. Every file printed as added or changed must be in it, whole
and with its present text; every one printed as removed must not. Between two kills some texts are rewritten, renamed
and deleted, and the next ``qa add`` continues. A finished folder is replaced by another. Half of the kills use the
lines of ``--json``. Prints the counts. Exit status 1 if anything printed is not so.
"""

import argparse
import itertools
import json
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

from eval.stress.storing import injection
from eval.stress.storing.changes import HashEncoder, document, model, unsound, wrong
from qa.indexing.embedding import embed
from qa.readers.files import read
from qa.stores.local.store import LocalStore

LONGEST_LIFE_S = 1.5
"""Counted from the first line; a folder of 60 texts takes about this long."""
LINE = re.compile(r"(added|changed|renamed|removed) (.*?)(?: \(\d+ passages\))?\n")


@dataclass
class Tally:
    """What was printed, and which of it was false."""

    printed: Counter[str] = field(default_factory=Counter)
    finished: int = 0
    problems: list[str] = field(default_factory=list)


def promised(lines: Iterable[str]) -> list[tuple[str, str]]:
    """The status and path of each file in the complete lines, in either form."""
    told = []
    for line in lines:
        if not line.endswith("\n"):
            continue
        if line.startswith("{"):
            file = json.loads(line)
            if "path" in file and file["status"] != "unchanged":
                told.append((file["status"], file["path"]))
        elif found := LINE.fullmatch(line):
            told.append((found[1], found[2]))
    return told


def kill_once(folder: Path, as_json: bool, chance: random.Random, tally: Tally) -> bool:
    """Run ``qa add`` once. Returns whether it was killed in time."""
    command = [
        sys.executable,
        "-m",
        injection.__name__,
        "add",
        str(folder / "texts"),
        "--library",
        str(folder / "library"),
    ]
    with subprocess.Popen([*command, *(["--json"] if as_json else [])], stdout=subprocess.PIPE, text=True) as adding:
        assert adding.stdout is not None
        told = [adding.stdout.readline()]
        with suppress(subprocess.TimeoutExpired):
            adding.wait(timeout=chance.random() * LONGEST_LIFE_S)
        adding.send_signal(signal.SIGKILL)
        told += adding.stdout.readlines()
    if adding.returncode not in (0, -signal.SIGKILL):
        tally.problems.append(f"'qa add' ended with {adding.returncode} by itself")
    examine(folder, promised(told), tally)
    return adding.returncode == -signal.SIGKILL


def examine(folder: Path, told: list[tuple[str, str]], tally: Tally) -> None:
    """Check that the library is as promised, and all in it whole."""
    tally.printed.update(status for status, _ in told)
    try:
        with closing(LocalStore.create(folder / "library", model())) as store:
            kept = {path: store.document(doc_id) for doc_id in store.document_ids() for path in store.paths(doc_id)}
            for status, path in told:
                if status == "removed":
                    is_so = path not in kept
                else:
                    is_so = path in kept and kept[path].text == read(Path(path)).text
                if not is_so:
                    tally.problems.append(f"{path} was printed as {status} and is not so")
            for found in kept.values():
                tally.problems += wrong(store, embed(found, HashEncoder()))
        tally.problems += unsound(folder / "library")
    except Exception as error:  # any exception is a finding
        tally.problems.append(f"{type(error).__name__}: {error}")


def rewrite(texts: Path, chance: random.Random, numbers: Iterator[int]) -> None:
    """Rewrite some texts, rename one and delete one."""
    files = sorted(texts.iterdir())
    *changed, renamed, deleted = chance.sample(files, 6)
    for file, number in zip(changed, numbers, strict=False):
        file.write_text(document(number).text)
    renamed.rename(renamed.with_name(f"renamed-{time.time_ns()}.txt"))
    deleted.unlink()


def filled(folder: Path, texts: int, numbers: Iterator[int]) -> None:
    """A folder of that many texts, without a library."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "texts").mkdir(parents=True)
    for place, number in zip(range(texts), numbers, strict=False):
        (folder / "texts" / f"{place:03}.txt").write_text(document(number).text)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--texts", type=int, default=60)
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    chance, numbers, tally = random.Random(arguments.seed), itertools.count(1), Tally()
    kills, done = 0, True
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary, "adding")
        while kills < arguments.kills:
            if done:
                filled(folder, arguments.texts, numbers)
            else:
                rewrite(folder / "texts", chance, numbers)
            done = not kill_once(folder, bool(kills % 2), chance, tally)
            kills += not done
            tally.finished += done
    told = ", ".join(f"{count} {status}" for status, count in sorted(tally.printed.items()))
    print(f"{kills} kills, {tally.printed.total()} files printed ({told}), {len(tally.problems)} of them not so")
    print(f"{tally.finished} commands were done before they could be killed")
    for problem in tally.problems[:10]:
        print(f"    {problem}")
    return 1 if tally.problems or not tally.printed else 0


if __name__ == "__main__":
    sys.exit(main())
