"""Alter a library at random: nothing false may be shown, and damage must be noticed and mended.

    python -m eval.stress.storing.corrupt [--flips 2000] [--truncations 200] [--seed 7]

Each trial copies a library, flips one bit or cuts the tail of one of its files, and looks at everything shown of it:
the answers, the documents, the list of conversations and each as the page renders it, the pages behind their marks,
their exports, the kept PDF, the report, and what a check finds. Each must be as before, or be called damaged, lost or
not proved; anything else is a problem. The library is then checked and looked at again, and must report nothing more.
Uses the built-in corpus and a PDF, hashed vectors, no reader.
"""

import argparse
import collections
import json
import logging
import random
import re
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from eval.places import ROOT
from eval.stress.storing.seen import ANSWERED, REFUSED, THRESHOLD, Seen, addresses_of, opened, seen
from qa.errors import QAError
from qa.indexing.corpus import CORPUS
from qa.proof.unproved import UNPROVED
from qa.stores import kept_report
from qa.stores.conversations.store import (
    FILE,
    Conversations,
)
from qa.stores.local.register import REGISTER
from qa.stores.local.schema import DATABASE
from qa.stores.local.seal import SEAL
from qa.stores.local.snapshots import MANIFEST
from tests.support.make_pdf import typeset

TALKS = ((ANSWERED, "How does TGF-beta suppress T cells?", "resistance to PD-1 blockade"), (REFUSED,))
"""The questions of each kept conversation."""

KINDS: Mapping[str, tuple[str, ...]] = {
    "database": (DATABASE,),
    "conversations": (FILE,),
    "copy": ("documents/*.copy",),
    "snapshot": ("snapshots/*.faiss",),
    "manifest": (f"snapshots/{MANIFEST}",),
    "seal": (SEAL,),
    "register": (REGISTER, f"documents/{REGISTER}"),
    "original": ("originals/*",),
    "report": (".report/*",),
    "key": ("signing.*",),
    "lock": ("*.lock",),
}
SHARES = (5, 5, 2, 2, 1, 1, 1, 1, 1, 1, 0.2)

_TEXT = re.compile(r"<(?:bdi|mark)[^>]*>(.*?)</(?:bdi|mark)>", re.S)

_SAID = re.compile(r"damaged|not proved|cannot be shown|no longer|not kept|is missing|made anew|lost")


def make(folder: Path, files: Path) -> None:
    files.mkdir()
    article = [("title", "Fireflies"), ("paragraph", "Fireflies glow at dusk. " * 9)]
    (files / "fireflies.pdf").write_bytes(typeset(article))
    with opened(folder) as library:
        library.add([ROOT / CORPUS, files])
        kept = Conversations(folder / FILE)
        for questions in TALKS:
            talk = None
            for question in questions:
                talk = kept.keep(library.ask(question, threshold=THRESHOLD).to_dict(), talk).conversation
    (folder / ".report").mkdir()
    for name in kept_report.FILES:
        (folder / ".report" / name).write_text(f"<p>{name}: recall 0.91, precision 0.87</p>" * 20)
    kept_report.seal(folder)


# ---------------------------------------------------------------- a trial


def alter(file: Path, cut: bool, chance: random.Random) -> None:
    """Flip one bit, or cut everything from some byte on; an empty file gets a byte."""
    data = bytearray(file.read_bytes()) or bytearray(b"\0")
    position = chance.randrange(len(data))
    if cut:
        del data[position:]
    else:
        data[position] ^= 1 << chance.randrange(8)
    file.write_bytes(data)


def judged(before: Seen, after: Seen, checked: Sequence[str]) -> list[str]:
    """The things shown that are neither as before nor called damaged."""
    said = [*after.said, *checked]
    problems = [name for name, value in after.shown.items() if not _right(name, value, before, said)]
    problems += [f"{name} is gone" for name in before.shown.keys() - after.shown.keys() if not said]
    return problems


def _right(name: str, value: Any, before: Seen, said: Sequence[str]) -> bool:
    was = before.shown.get(name)
    if value == was:
        return True
    if name == "documents" or name.startswith("answer to "):
        return False  # documents have two copies, so one is always sound
    if isinstance(value, list):  # messages or names: each as before, or a notice
        return bool(said) and all(line in _lines(before) or _SAID.search(line) for line in value)
    if isinstance(value, bytes):  # a page may leave out or mark what is damaged
        return bool(said) and _quotes(value) <= {quote for page in _pages(before) for quote in _quotes(page)}
    return bool(_SAID.search(str(value)))


def _lines(before: Seen) -> set[str]:
    lists = [value for value in before.shown.values() if isinstance(value, list)]
    return {line for value in lists for line in value if isinstance(line, str)}


def _pages(before: Seen) -> list[bytes]:
    return [value for value in before.shown.values() if isinstance(value, bytes)]


def _quotes(page: bytes) -> set[str]:
    """The lines of an export, or the texts of a page, without the notes that something is not proved."""
    if b"<html" in page:
        return set(_TEXT.findall(page.decode()))
    if page.startswith(b"{"):  # answers: one on many lines, or one a line
        return {json.dumps(_without_note(form), sort_keys=True) for form in _forms(page.decode())}
    return {line.replace(f" ({UNPROVED})", "") for line in page.decode("utf-8", "replace").splitlines() if line.strip()}


def _forms(text: str) -> list[dict[str, Any]]:
    try:
        return [json.loads(text)]
    except ValueError:
        return [json.loads(line) for line in text.splitlines()]


def _without_note(form: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in form.items() if name != "note"}


def check(folder: Path) -> tuple[list[str], bool]:
    """The messages of a check, and whether anything is lost."""
    with opened(folder) as library:
        found = library.check()
    return [*found.mended, *map(found.named, found.lost), *found.missing, *found.damaged], bool(found.lost)


def trial(whole: Path, before: Seen, addresses: Sequence[str], file: Path, *, cut: bool, chance: random.Random) -> str:
    """The result of one alteration: "mended", "said", "harmless", or what went wrong."""
    with tempfile.TemporaryDirectory(dir=whole.parent) as temporary:
        altered = Path(temporary, "library")
        shutil.copytree(whole, altered)
        alter(altered / file, cut, chance)
        try:
            after = seen(altered, addresses)
            checked, lost = check(altered)
            if problems := judged(before, after, checked):
                return f"FALSE: {', '.join(problems)[:200]}"
            if after == before and not checked:
                return "harmless"
            again = seen(altered, addresses)
        except QAError as error:
            return f"REFUSED: {error}"
        except Exception as error:  # no exception may get here
            return f"FATAL: {error!r}"[:300]
        if lost:
            return "LOST A DOCUMENT"
        if again.said:
            return "NOT MENDED FOR GOOD"
    if again.shown == before.shown:
        return "mended"
    return "said" if not judged(before, again, ["it was said"]) else "FALSE AFTERWARDS"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--flips", type=int, default=2000)
    parser.add_argument("--truncations", type=int, default=200)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--folder", type=Path, help="where to make the libraries; a file system in memory is quick")
    arguments = parser.parse_args()
    logging.getLogger("qa").propagate = False
    chance, problems = random.Random(arguments.seed), 0
    counts: collections.Counter[tuple[str, str, str]] = collections.Counter()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        whole = Path(folder, "library")
        make(whole, Path(folder, "files"))
        addresses = addresses_of(whole)
        before = seen(whole, addresses)
        if check(whole) != ([], False) or seen(whole, addresses) != before:
            raise SystemExit("the library is not sound to begin with")
        numbers = [*range(arguments.flips + arguments.truncations)]
        chance.shuffle(numbers)  # so that an interrupted run has both
        with suppress(KeyboardInterrupt):  # then the results so far are printed
            for done, number in enumerate(numbers, 1):
                cut = number >= arguments.flips
                (kind,) = chance.choices(list(KINDS), SHARES)
                files = sorted(path for pattern in KINDS[kind] for path in whole.glob(pattern))
                file = chance.choice(files).relative_to(whole)
                outcome = trial(whole, before, addresses, file, cut=cut, chance=chance)
                if outcome not in ("mended", "harmless", "said"):
                    problems += 1
                    print(f"trial {done}: {file}: {outcome}", file=sys.stderr, flush=True)
                counts["truncations" if cut else "flips", kind, outcome.split(":")[0]] += 1
    for (alteration, kind, outcome), count in sorted(counts.items()):
        print(f"{alteration:11} {kind:13} {count:5} {outcome}")
    cuts = sum(count for (alteration, _, _), count in counts.items() if alteration == "truncations")
    print(f"{sum(counts.values()) - cuts} flips, {cuts} truncations over all files: {problems} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
