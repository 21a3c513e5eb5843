"""Comparing two checkouts: answers that differ are counted by field, and a checkout agrees with itself."""

import subprocess
import sys

import pytest

from eval.benchmarks.answers.same_answers import differences
from tests.support.places import ROOT


def test_answers_that_differ_are_told_by_their_fields() -> None:
    before = ['{"id": 1, "confidence": 0.5}', '{"id": 2}', '{"id": 3, "abstained": true}', '{"a": 1, "b": 2}']
    after = ['{"id": 1, "confidence": 0.6}', '{"id": 2}', '{"id": 3}', '{"b": 2, "a": 1}']
    assert differences(before, after) == [["confidence"], ["abstained"], ["the order of fields"]]


def test_an_answer_that_is_missing_is_no_agreement() -> None:
    with pytest.raises(ValueError, match="shorter"):
        differences(['{"id": 1}', '{"id": 2}'], ['{"id": 1}'])


@pytest.mark.model
def test_a_checkout_gives_the_same_answers_as_itself() -> None:
    command = [sys.executable, "-m", "eval.benchmarks.answers.same_answers", str(ROOT), "--most", "3"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "curated: 3 questions, 0 answers differ\n"), done.stderr
