"""Measure whether a follow-up question finds what the same question written in full finds.

    python -m eval.benchmarks.answers.followups

Asks the built-in corpus the conversations of eval/questions/followups.jsonl with the default model, with and without
resolving. Each has the earlier questions, the follow-up, and the full question as a person would write it. The rules
were not made for them. The two are compared: the same first hit, the same first sentence (nothing is refused), and the
share of the full question's first ten hits that are found. Then each curated question, or the first --curated of them,
is asked after the one before it. This counts those that stand alone but are altered.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory
from typing import Any

from eval.places import EVAL
from qa.library import K, Library, build
from qa.query.questions import read_questions
from qa.records import Answer

QUESTIONS = EVAL / "questions"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--conversations", type=Path, default=QUESTIONS / "followups.jsonl")
    parser.add_argument("--curated", type=int, help="ask the first so many curated questions alone")
    parser.add_argument("--library", type=Path, help="a library of the built-in corpus, to save making one")
    parser.add_argument("--all", action="store_true", help="print what each follow-up was taken to mean")
    arguments = parser.parse_args()
    conversations = [json.loads(line) for line in arguments.conversations.read_text("utf-8").splitlines()]
    with TemporaryDirectory() as folder, Library(arguments.library or folder) as library:
        build(library)
        _compare(library, conversations, arguments.all)
        _stand_alone(library, arguments.curated)


def _compare(library: Library, conversations: Sequence[Mapping[str, Any]], show: bool) -> None:
    plain, resolved = [], []
    for one in conversations:
        whole = library.ask(one["full"], threshold=0.0)
        followed = library.ask(one["question"], after=one["after"], threshold=0.0)
        plain.append(_agreement(whole, library.ask(one["question"], threshold=0.0)))
        resolved.append(_agreement(whole, followed))
        if show:
            print(f"{resolved[-1][0]:.0f} {followed.query.get('resolved')!r} for {one['full']!r}")
    print(f"{len(conversations)} follow-ups: first hit, first sentence, share of the first {K} hits")
    for name, rows in (("as typed", plain), ("resolved", resolved)):
        print(f"{name:10s}", *(f"{fmean(column):.3f}" for column in zip(*rows, strict=True)))


def _agreement(whole: Answer, other: Answer) -> tuple[float, float, float]:
    expected, found = ([hit.passage.passage_id for hit in answer.hits] for answer in (whole, other))
    said = [[sentence.text for sentence in answer.sentences[:1]] for answer in (whole, other)]
    return (
        float(expected[:1] == found[:1]),
        float(said[0] == said[1]),
        len(set(expected) & set(found)) / len(expected),
    )


def _stand_alone(library: Library, count: int | None) -> None:
    asked = [question.question for question in read_questions(QUESTIONS / "reviews.jsonl")][:count]
    altered = 0
    for before, question in pairwise(asked):
        meant = library.ask(question, after=[before]).query.get("resolved")
        if meant:
            altered += 1
            print(f"altered: {question!r} to {meant!r}")
    print(f"{altered} of {len(asked) - 1} curated questions altered by the one before")


if __name__ == "__main__":
    main()
