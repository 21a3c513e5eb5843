"""Whether the sentences that are shown bear on the question, as two readers judge them.

    python -m eval.benchmarks.answers.shown DATA --draw FILE [--library DIR] [--sentences 150] [--seed 1]
    python -m eval.benchmarks.answers.shown --judged FIRST SECOND

The first asks the answerable questions of ``eval/questions/trust``, draws that many of the sentences shown, and writes
them to FILE: a line each with a number, the question, the sentence before where it is shown with it, and the sentence.
DIR is a library of the articles of COVID-QA. A reader then writes a file of lines ``number<TAB>yes`` or
``number<TAB>no``. The second prints for two such files the share of sentences that each reader says bear on their
question, the share of both and of either, how often the two agree, and Cohen's kappa (1960).
"""

import argparse
import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path

from eval.benchmarks.answers import trust
from eval.training.questions import written
from qa.models.encoders import load_encoder
from qa.records import Answer

Judged = Mapping[int, bool]
"""The number of a sentence to whether it bears on its question."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("--draw", type=Path, metavar="FILE")
    parser.add_argument("--library", type=Path)
    parser.add_argument("--sentences", type=int, default=150)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--judged", type=Path, nargs=2, metavar=("FIRST", "SECOND"))
    arguments = parser.parse_args()
    if arguments.judged:
        print(*report(*map(judgments, arguments.judged)), sep="\n")
        return
    if not (arguments.data and arguments.draw):
        parser.error("name DATA and --draw FILE, or --judged FIRST SECOND")
    shown = [form for answer in answers(arguments.data, arguments.library) for form in forms(answer)]
    drawn = random.Random(arguments.seed).sample(shown, min(arguments.sentences, len(shown)))
    lines = (json.dumps({"number": number, **form}, ensure_ascii=False) for number, form in enumerate(drawn, 1))
    arguments.draw.write_text("\n".join(lines) + "\n", "utf-8")


def answers(data: Path, library: Path | None) -> list[Answer]:
    """The answers to the answerable questions of all files."""
    found, encoder = [], load_encoder()
    for name in trust.FILES:
        questions = [one.question for one in written(name, trust.WRITTEN) if one.question.answerable]
        found += [one.answer for one in trust.ask_texts(name, questions, data, library, encoder)]
    return found


def forms(answer: Answer) -> list[dict[str, str]]:
    """Each sentence shown, with its question and the sentence before that is shown with it."""
    quotes = {citation.number: citation.quote for citation in answer.citations}
    return [
        {
            "question": answer.question,
            "before": " ".join(quotes[number] for number in one.context),
            "sentence": one.text,
        }
        for one in answer.sentences
    ]


def judgments(path: Path) -> Judged:
    """The judgments of a file. ValueError for a line of another form."""
    found = {}
    for line in path.read_text("utf-8").splitlines():
        number, _, word = line.partition("\t")
        if word not in ("yes", "no"):
            raise ValueError(f"{path} has a line that says neither yes nor no: {line}")
        found[int(number)] = word == "yes"
    return found


def report(first: Judged, second: Judged) -> list[str]:
    """The shares, over the sentences that both have judged."""
    pairs = [(first[number], second[number]) for number in sorted(first.keys() & second.keys())]
    agreed = _share([one == other for one, other in pairs])
    shares = [_share([pair[side] for pair in pairs]) for side in (0, 1)]
    by_chance = shares[0] * shares[1] + (1 - shares[0]) * (1 - shares[1])
    return [
        f"{len(pairs)} sentences; they bear on the question for the first reader {shares[0]:.3f}, "
        f"for the second {shares[1]:.3f}",
        f"for both {_share([one and other for one, other in pairs]):.3f}, "
        f"for either {_share([one or other for one, other in pairs]):.3f}",
        f"the two agree on {agreed:.3f}, kappa {(agreed - by_chance) / (1 - by_chance) if by_chance < 1 else 1.0:.3f}",
    ]


def _share(truths: Sequence[bool]) -> float:
    return sum(truths) / len(truths) if truths else 0.0


if __name__ == "__main__":
    main()
