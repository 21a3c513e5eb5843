"""The curated questions on the built-in corpus: valid, judged, and with the counts and split that their README says."""

import random
import re
from collections import Counter

import pytest

from qa.evaluation.checks import check
from qa.evaluation.drafting import KINDS
from qa.library import Library
from qa.query.questions import read_questions
from qa.records import Question
from tests.support.places import ROOT

FOLDER = ROOT / "eval" / "questions"
README = (FOLDER / "README.md").read_text("utf-8")

UNANSWERABLE = {"near-miss", "far"}


def ids_by_kind(questions: list[Question]) -> dict[str, list[str]]:
    return {kind: sorted(q.id for q in questions if q.kind == kind) for kind in {q.kind for q in questions}}


@pytest.fixture(scope="module")
def development() -> list[Question]:
    return read_questions(FOLDER / "reviews.jsonl")


@pytest.fixture(scope="module")
def held_out() -> list[Question]:
    return read_questions(FOLDER / "reviews-heldout.jsonl")


def test_the_sets_have_no_problem_and_share_nothing(
    development: list[Question], held_out: list[Question], library: Library
) -> None:
    report = check([*development, *held_out], library)
    assert report.problems == ()
    assert len(report.proofs) > 400
    assert all(len(proof.spans) == 1 for proof in report.proofs)


@pytest.mark.model
def test_the_near_sentences_were_judged(
    development: list[Question], held_out: list[Question], reviews: Library
) -> None:
    some = [*development, *held_out][::8]  # 'qa questions check' reads all, which takes longer
    assert check(some, reviews).unjudged == {}


def test_the_readme_counts_what_is_there(development: list[Question], held_out: list[Question]) -> None:
    rows = re.findall(r"^\| `([\w-]+)` \|.*\| (\d+) \| (\d+) \|$", README, re.MULTILINE)
    counted = {kind: (int(first), int(second)) for kind, first, second in rows}
    parts = Counter(q.kind for q in development), Counter(q.kind for q in held_out)
    assert counted == {kind: (parts[0][kind], parts[1][kind]) for kind in parts[0] | parts[1]}
    assert set(counted) == set(KINDS)
    assert f"{len(development) + len(held_out)} questions" in README


def test_the_split_is_the_one_that_the_readme_describes(development: list[Question], held_out: list[Question]) -> None:
    drawn: set[str] = set()
    for kind, ids in ids_by_kind([*development, *held_out]).items():
        drawn |= set(random.Random(f"reviews {kind}").sample(ids, round(len(ids) / 3)))
    assert drawn == {q.id for q in held_out}


def test_only_the_kinds_that_should_be_are_unanswerable(development: list[Question], held_out: list[Question]) -> None:
    for question in [*development, *held_out]:
        if question.kind != "instruction":
            assert question.answerable == (question.kind not in UNANSWERABLE), question.id


def test_every_document_has_questions_of_most_kinds(development: list[Question], held_out: list[Question]) -> None:
    kinds: dict[str, set[str]] = {}
    for question in [*development, *held_out]:
        for source, _ in question.answers:
            kinds.setdefault(source, set()).add(question.kind)
    assert len(kinds) == 3
    assert all(len(found) >= 9 for found in kinds.values())
