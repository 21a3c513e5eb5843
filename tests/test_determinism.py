"""One library generation and one question give one Answer, byte for byte, on any number of cores."""

import os
import subprocess
import sys

import pytest

from qa.library import Library
from tests.support.places import ROOT

QUESTIONS = ROOT / "eval" / "questions" / "reviews.jsonl"
ASKED = 40

ASK = """
import json, sys, qa
from itertools import islice
from qa.query.questions import read_questions
from pathlib import Path

with qa.open(sys.argv[1]) as library:
    for question in islice(read_questions(Path(sys.argv[2])), int(sys.argv[3])):
        print(json.dumps(library.ask(question.question, after=["What limits the use of high-dose IL-2?"]).to_dict()))
"""


def answers(library: Library, threads: int) -> str:
    """The answers of a new process with this number of threads."""
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads), "MKL_NUM_THREADS": str(threads)}
    command = [sys.executable, "-c", ASK, str(library.path), str(QUESTIONS), str(ASKED)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.model
def test_answers_are_the_same_on_one_thread_and_on_two(reviews: Library) -> None:
    one = answers(reviews, threads=1)
    assert one.count("\n") == ASKED
    assert answers(reviews, threads=2) == one
