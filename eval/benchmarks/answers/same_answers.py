"""Whether two checkouts give the same answers: byte for byte, over the same library.

    python -m eval.benchmarks.answers.same_answers CHECKOUT [DATA] [--most QUESTIONS]

CHECKOUT is another checkout of Pincite. It makes a library of the built-in corpus, and one of the articles of
``DATA/covidqa-dev`` if DATA is given. It and this checkout are asked the same questions of copies of it: the curated
ones, and those of covidqa-dev, or the first --most of each. Prints how many answers differ, and in which fields; exit
status 1 if any does. A field that only one of the two has is told of too.
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
    """The name of each set of questions, the texts that it is about, and its files."""
    yield "curated", ROOT / "corpus", CURATED
    if data:
        experts = data.resolve() / "covidqa-dev"
        yield "covidqa-dev", experts / "articles", [experts / "questions.jsonl"]


def answers(other: Path, texts: Path, questions: Sequence[str], folder: Path) -> list[list[str]]:
    """What the other checkout and then this one print as answers, a line a question."""
    file, made = folder / "questions.jsonl", folder / "library"
    file.write_text("".join(f"{line}\n" for line in questions), "utf-8")
    printed(other, "add", str(texts), "--library", str(made))
    found = []
    for place, checkout in (("before", other), ("after", ROOT)):
        library = shutil.copytree(made, folder / place)
        found.append(printed(checkout, "ask", "--questions", str(file), "--library", str(library)).splitlines())
    return found


def printed(checkout: Path, *arguments: str) -> str:
    """What the command line of a checkout prints."""
    command = [sys.executable, "-m", "qa", *arguments]
    return subprocess.run(command, cwd=checkout, check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout


def differences(before: Sequence[str], after: Sequence[str]) -> list[list[str]]:
    """The fields in which the answers differ, for each that is not the same byte for byte."""
    found = []
    for one, other in zip(before, after, strict=True):
        if one != other:
            first, second = json.loads(one), json.loads(other)
            fields = [name for name in {**first, **second} if first.get(name) != second.get(name)]
            found.append(fields or ["the order of fields"])
    return found


if __name__ == "__main__":
    sys.exit(main())
