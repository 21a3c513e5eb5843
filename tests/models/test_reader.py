"""The passage reader: its input, its check, and its behaviour."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import ModelError
from qa.models.reader import MAX_TOKENS, OnnxReader, Reading, inputs, pieces
from qa.models.runtime import marks, tokens
from tests.support.places import ROOT

QUESTION = "What limits the use of high-dose IL-2?"
ANSWER = "The use of high-dose IL-2 is limited by its severe toxicity."
OTHER = "High-dose IL-2 was the first immunotherapy to be used in patients."


@pytest.fixture(scope="module")
def reader() -> OnnxReader:
    return OnnxReader()


@pytest.mark.model
def test_the_answer_scores_above_what_only_shares_its_words(reader: OnnxReader) -> None:
    ((answer, other),) = reader.read([Reading(QUESTION, "", [ANSWER, OTHER])])
    assert answer > other


ASKED = [
    ("What limits the use of high-dose {}?", "Its use is limited by severe toxicity.", "High-dose {}"),
    ("How is {} given?", "It is given as an infusion over four hours.", "{}"),
    ("What are the side effects of {}?", "The most common side effects were fever and nausea.", "{}"),
    ("Does {} improve survival?", "Overall survival was three months longer in the treated group.", "{} in melanoma"),
    ("How is {} transmitted?", "It is transmitted by droplets and by contact.", "{}"),
    ("What causes {}?", "It is caused by mutations in a single gene.", "{}"),
]
THINGS = [("IL-2", "aspirin"), ("interferon", "metformin"), ("pembrolizumab", "insulin"), ("malaria", "leprosy")]


@pytest.mark.model
def test_what_a_passage_is_about_is_told_by_what_stands_before_it(reader: OnnxReader) -> None:
    gained = []
    for (question, told, head), pair in product(ASKED, THINGS):
        for thing, other in (pair, pair[::-1]):
            asked = [Reading(question.format(thing), head.format(one), [told]) for one in (thing, other)]
            (right,), (wrong,) = reader.read(asked)
            gained.append(right - wrong)
    assert np.mean(np.array(gained) > 0) > 0.85
    assert np.mean(gained) > 0.5


@pytest.mark.model
@pytest.mark.parametrize("threads", [1, 2, 5])
def test_a_passage_scores_alike_in_any_company_and_on_any_number_of_threads(
    reader: OnnxReader, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    passages = [
        Reading(QUESTION, "Doses", [ANSWER, OTHER]),
        Reading(QUESTION, "", ["It is toxic.", "No."]),
        Reading(QUESTION, "α" * 3000, ["α" * 3000]),
    ]
    alone = [reader.read([one])[0].tolist() for one in passages]
    monkeypatch.setattr("qa.models.runtime._threads", lambda: ThreadPoolExecutor(threads))
    assert [found.tolist() for found in reader.read(passages)] == alone
    assert [found.tolist() for found in reader.read(passages[::-1])] == alone[::-1]


@pytest.mark.model
def test_no_passages_have_no_scores_and_a_sentence_beyond_the_window_has_one(reader: OnnxReader) -> None:
    assert reader.read([]) == []
    ((*_, last),) = reader.read([Reading(QUESTION, "", [*["It is toxic, they say."] * 100, ANSWER])])
    assert last < reader.read([Reading(QUESTION, "", [ANSWER])])[0][0]


def test_another_file_in_its_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "reader.onnx").write_bytes(b"other weights")
    with pytest.raises(ModelError, match="not the published one"):
        OnnxReader(tmp_path / "reader.onnx").read([Reading(QUESTION, "", [ANSWER])])


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot be read"):
        OnnxReader(tmp_path / "none.onnx").read([Reading(QUESTION, "", [ANSWER])])


@pytest.mark.model
def test_onnxruntime_keeps_and_reports_nothing_of_its_use(tmp_path: Path) -> None:
    """To send telemetry, it would first store a device id and a queue in the cache folder."""
    told = {name: value for name, value in os.environ.items() if name not in ("CI", "ORT_DISABLE_TELEMETRY")}
    places = dict.fromkeys(("HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"), str(tmp_path))
    reading = "from qa.models.reader import OnnxReader, Reading; OnnxReader().read([Reading('Why?', '', ['So.'])])"
    subprocess.run([sys.executable, "-c", reading], cwd=ROOT, env=told | places, check=True)
    assert list(tmp_path.rglob("*")) == []


def test_question_head_and_sentences_are_read_and_each_is_the_mean_of_its_own_tokens() -> None:
    ids, types, parts = inputs(pieces(Reading("What is it?", "A test", ["It is one.", "So it is."])))
    opens, closes = marks()
    asked, first, second = (list(tokens(text)) for text in ("What is it?", "It is one.", "So it is."))
    assert ids == [opens, *asked, closes, *tokens("A test"), *first, *second, closes]
    assert types == [0] * (2 + len(asked)) + [1] * (len(ids) - 2 - len(asked))
    assert parts.sum(axis=1) == pytest.approx([1, 1, 1])
    assert [[ids[at] for at in row.nonzero()[0]] for row in parts] == [[opens, *asked, closes], first, second]


@given(st.lists(st.text(max_size=200), max_size=12), st.text(max_size=2000), st.text(max_size=2000))
def test_no_more_is_read_than_the_window_has_room_for(sentences: list[str], question: str, head: str) -> None:
    ids, _, parts = inputs(pieces(Reading(question, head, sentences)))
    assert len(ids) <= MAX_TOKENS
    assert len(parts) == 1 + len(sentences)
    assert all(row.sum() == pytest.approx(1) or not row.any() for row in parts)
