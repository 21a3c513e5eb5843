"""Alter a library at random, and look whether it is noticed and mended.

    python eval/storing/corrupt.py [--flips 2000] [--truncations 200] [--seed 7]

Each trial copies a library, flips one bit or cuts the tail of one of its files (half of the time the database),
and opens it. Right is: the same documents and the same answers as before, whether the damage was said to be
mended or did no harm; anything else is a problem. The built-in corpus, hashed vectors.
"""

import argparse
import collections
import json
import logging
import random
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from changes import HashEncoder

from qa.errors import QAError
from qa.library import CORPUS, Library
from qa.stores.local import DATABASE
from qa.stores.seal import SEAL
from qa.stores.snapshots import MANIFEST

ROOT = Path(__file__).resolve().parents[2]
QUESTIONS = (
    "What limits the use of high-dose IL-2?",
    "How does TGF-beta suppress T cells?",
    "resistance to PD-1 blockade",
    "Who painted the Mona Lisa?",
)
KINDS: Mapping[str, str] = {
    "database": DATABASE,
    "snapshot": "snapshots/*.faiss",
    "manifest": f"snapshots/{MANIFEST}",
    "seal": SEAL,
    "copy": "documents/*",
}
SHARES = (6, 3, 1, 1, 1)


def make(folder: Path) -> None:
    with Library(folder, encoder=HashEncoder()) as library:
        library.add([ROOT / CORPUS])


def state(folder: Path) -> Any:
    """All that a user can see of a library."""
    with Library(folder, encoder=HashEncoder()) as library:
        answers = [library.ask(question).to_dict() for question in QUESTIONS]
        return json.dumps(answers), library.documents()


def alter(file: Path, cut: bool, chance: random.Random) -> None:
    """Flip one bit, or drop everything from some byte on."""
    data = bytearray(file.read_bytes())
    position = chance.randrange(len(data))
    if cut:
        del data[position:]
    else:
        data[position] ^= 1 << chance.randrange(8)
    file.write_bytes(data)


class Told(logging.Handler):
    """Counts what the library said of itself."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.count = 0

    def emit(self, record: logging.LogRecord) -> None:
        self.count += 1


def trial(whole: Path, expected: Any, kind: str, cut: bool, chance: random.Random) -> str:
    """What became of one alteration: "mended", "harmless", or what went wrong."""
    told = Told()
    logging.getLogger("qa").addHandler(told)
    try:
        with tempfile.TemporaryDirectory() as folder:
            altered = Path(folder, "library")
            shutil.copytree(whole, altered)
            alter(chance.choice(sorted(altered.glob(KINDS[kind]))), cut, chance)
            if state(altered) != expected:
                return "ANOTHER ANSWER"
            mended = told.count
            with Library(altered, encoder=HashEncoder()) as library:
                found = library.check()
            if bool(found.mended) != (kind == "copy"):  # a copy is not read before it is needed or checked
                return f"CHECK FOUND {found}"
            if state(altered) != expected or told.count > mended:
                return "NOT MENDED FOR GOOD"
        return "mended" if mended else "harmless"
    except QAError as error:
        return f"REFUSED: {error}"
    finally:
        logging.getLogger("qa").removeHandler(told)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--flips", type=int, default=2000)
    parser.add_argument("--truncations", type=int, default=200)
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    logging.getLogger("qa").propagate = False
    chance, problems = random.Random(arguments.seed), 0
    counts: collections.Counter[tuple[str, str, str]] = collections.Counter()
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder, "library")
        make(whole)
        expected = state(whole)
        for number in range(arguments.flips + arguments.truncations):
            cut = number >= arguments.flips
            (kind,) = chance.choices(list(KINDS), SHARES)
            outcome = trial(whole, expected, kind, cut, chance)
            counts["truncations" if cut else "flips", kind, outcome] += 1
            problems += outcome not in ("mended", "harmless")
    for (alteration, kind, outcome), count in sorted(counts.items()):
        print(f"{alteration:11} {kind:8} {count:5} {outcome}")
    print(f"{arguments.flips} flips, {arguments.truncations} truncations: {problems} problems, 0 crashes")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
