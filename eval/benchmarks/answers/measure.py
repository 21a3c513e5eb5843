"""Measure the whole path on a question set: add, ask, prove, corrupt, score.

    python -m eval.benchmarks.answers.measure DATA [--scorer SCORER] [--library DIR] [--seed 7]

DATA holds ``articles/`` and ``questions.jsonl`` in the documented form. Runs the command line as a user would. Checks
every sentence and hit against the stored text, and has ``qa verify`` prove every answer. Then corrupts one character of
quotes, offsets and documents; each corruption must be refused. SCORER is a program that takes the question set and the
run and prints its measures. The library given with --library is made if missing, and kept.
"""

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import qa
from qa.proof import kept_in, verify
from qa.query.questions import read_questions
from qa.records import Document
from qa.stores.local.store import LocalStore

Form = dict[str, Any]
KINDS = ("quote", "offset", "document")
CORRUPTIONS = 20


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--scorer", type=Path)
    parser.add_argument("--library", type=Path)
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        library, run = arguments.library or Path(folder, "library"), Path(folder, "run.jsonl")
        answers = ask(arguments.data, library, run)
        failures = prove(answers, library) + corrupt(answers, library, random.Random(arguments.seed))
        latency(library, arguments.data / "questions.jsonl")
        if arguments.scorer:
            subprocess.run([sys.executable, arguments.scorer, arguments.data / "questions.jsonl", run], check=True)
    return 1 if failures else 0


def ask(data: Path, library: Path, run: Path) -> list[Form]:
    """The answers printed by ``qa add`` and ``qa ask --questions``, run as processes."""
    command = [sys.executable, "-m", "qa"]
    began = time.monotonic()
    subprocess.run([*command, "add", data / "articles", "--library", library], check=True, stdout=subprocess.DEVNULL)
    print(f"added in {time.monotonic() - began:.0f} s")
    with run.open("w", encoding="utf-8") as out:
        asking = [*command, "ask", "--questions", str(data / "questions.jsonl"), "--library", str(library)]
        subprocess.run(asking, check=True, stdout=out)
    return [json.loads(line) for line in run.read_text("utf-8").splitlines()]


def prove(answers: Sequence[Form], path: Path) -> int:
    """Count what differs from ``document.text[start:end]``, by plain comparison and by ``verify``."""
    with qa.open(path) as library:
        texts = {document.doc_id: document.text for document in library.documents()}
        results = library.proofs.verify_all(answers)
    quotes = [(citation, citation["quote"]) for answer in answers for citation in answer["citations"]]
    hits = [(hit, hit["text"]) for answer in answers for hit in answer["hits"]]
    wrong: int = sum(texts[place["doc_id"]][place["start"] : place["end"]] != words for place, words in quotes + hits)
    uncited = sum(
        sentence["text"] not in {c["quote"] for c in answer["citations"] if c["number"] in sentence["citations"]}
        for answer in answers
        for sentence in answer["sentences"]
    )
    refused = sum(not result.stands for result in results)
    print(f"{len(answers)} answers, {len(quotes)} quotes, {len(hits)} hits: {wrong} not verbatim, {uncited} uncited")
    print(f"verify accepts {len(answers) - refused} of {len(answers)} answers")
    return wrong + uncited + refused


def corrupt(answers: Sequence[Form], path: Path, chance: random.Random) -> int:
    """Try corruptions of one character each. Returns how many were not noticed."""
    answered = [answer for answer in answers if answer["citations"]]
    unnoticed, store = 0, LocalStore(path)
    with closing(store), store.reading():
        kept = kept_in(store)
        documents: dict[str, Document] = {doc_id: store.document(doc_id) for doc_id in store.document_ids()}
        for _ in range(CORRUPTIONS):
            form, known = deepcopy(chance.choice(answered)), dict(documents)
            form["signature"] = None  # a kept signature would reveal every corruption
            _corrupt_once(chance.choice(KINDS), chance.choice(form["citations"]), known, chance)
            unnoticed += verify(form, replace(kept, document=known.get), path).stands
    print(f"{CORRUPTIONS - unnoticed} of {CORRUPTIONS} one-character corruptions refused")
    return unnoticed


def _corrupt_once(kind: str, citation: Form, known: dict[str, Document], chance: random.Random) -> None:
    if kind == "quote":
        citation["quote"] = _flipped(citation["quote"], chance)
    elif kind == "offset":
        citation[chance.choice(("start", "end"))] += chance.choice((-1, 1))
    else:
        document = known[citation["doc_id"]]
        known[citation["doc_id"]] = _with_text(document, _flipped(document.text, chance))


def _with_text(document: Document, text: str) -> Document:
    fields: Mapping[str, Any] = {name: getattr(document, name) for name in Document.__dataclass_fields__}
    return Document(**{**fields, "text": text})


def _flipped(text: str, chance: random.Random) -> str:
    position = chance.randrange(len(text))
    return text[:position] + chr(ord(text[position]) ^ 1) + text[position + 1 :]


def latency(path: Path, file: Path) -> None:
    """Print the median time of a question on a warm library, and of encoding it."""
    questions = [question.question for question in read_questions(file)[:100]]
    with qa.open(path) as library:
        library.ask(questions[0])
        encoding = statistics.median(_timed(library.encoder.encode_question, q) for q in questions)
        asking = statistics.median(_timed(library.ask, q) for q in questions)
        passages = library.description()["passages"]
    print(f"median of 100 questions on {passages} passages: {asking:.1f} ms, of which {encoding:.1f} ms encode")


def _timed(call: Any, question: str) -> float:
    began = time.perf_counter()
    call(question)
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    sys.exit(main())
