"""Check that two checkouts give the same answers, byte for byte, over the same library.

    python -m eval.benchmarks.answers.same_answers CHECKOUT [DATA] [--most QUESTIONS]

CHECKOUT is another checkout of Pincite. It makes a library of the built-in corpus and, if DATA is given, one of the
articles of ``DATA/covidqa-dev``. Both checkouts ask copies of it the same questions: the curated ones and those of
covidqa-dev, or the first --most of each. Prints how many answers differ, and in which fields, also fields that only one
of the two has. Exit status 1 if any answer differs.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from eval.places import EVAL, ROOT

CURATED = (EVAL / "questions" / "reviews.jsonl", EVAL / "questions" / "reviews-heldout.jsonl")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkout", type=Path)
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("--most", type=int)
    given = parser.parse_args()
    differing = 0
    for name, texts, files in sets(given.data):
        lines = [line for file in files for line in file.read_text("utf-8").splitlines()][: given.most]
        with tempfile.TemporaryDirectory() as folder:
            before, after = answers(given.checkout.resolve(), texts, lines, Path(folder))
        found = differences(before, after)
        differing += len(found)
        fields = Counter(field for one in found for field in one)
        named = "".join(f", {count} in {field}" for field, count in fields.most_common())
        print(f"{name}: {len(lines)} questions, {len(found)} answers differ{named}", flush=True)
    return int(differing > 0)


def sets(data: Path | None) -> Iterator[tuple[str, Path, Sequence[Path]]]:
    """Each question set: its name, the texts that it is about, and its question files."""
    yield "curated", ROOT / "corpus", CURATED
    if data:
        experts = data.resolve() / "covidqa-dev"
        yield "covidqa-dev", experts / "articles", [experts / "questions.jsonl"]


def answers(other: Path, texts: Path, questions: Sequence[str], folder: Path) -> list[list[str]]:
    """The answers of the other checkout and of this one, one line for each question."""
    file, made = folder / "questions.jsonl", folder / "library"
    file.write_text("".join(f"{line}\n" for line in questions), "utf-8")
    printed(other, "add", str(texts), "--library", str(made))
    found = []
    for place, checkout in (("before", other), ("after", ROOT)):
        library = shutil.copytree(made, folder / place)
        found.append(printed(checkout, "ask", "--questions", str(file), "--library", str(library)).splitlines())
    return found


def printed(checkout: Path, *arguments: str) -> str:
    """The output of a checkout's command line."""
    command = [sys.executable, "-m", "qa", *arguments]
    return subprocess.run(command, cwd=checkout, check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout


def differences(before: Sequence[str], after: Sequence[str]) -> list[list[str]]:
    """For each pair of answers that are not byte for byte equal, the fields that differ."""
    found = []
    for one, other in zip(before, after, strict=True):
        if one != other:
            first, second = json.loads(one), json.loads(other)
            fields = [name for name in {**first, **second} if first.get(name) != second.get(name)]
            found.append(fields or ["the order of fields"])
    return found


if __name__ == "__main__":
    sys.exit(main())
