"""Training a small reranker: its groups, and that the saved model scores like the trained one."""

import gzip
import json
import random
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from qa.library import Library
from qa.models.reranker import OnnxReranker
from qa.records import Question
from tests.support.models import EvenReranker, WordEncoder

pytestmark = pytest.mark.model  # this trains with torch

SENTENCES = [
    "Interleukin-2 was approved for melanoma in 1998.",
    "Toxicity limits the dose of interleukin-2 in most patients.",
    "The moon is made of rock.",
]


@pytest.fixture
def parts() -> SimpleNamespace:
    from eval.training import scorer_folds, scorer_groups, scorer_model, train_scorer

    return SimpleNamespace(folds=scorer_folds, groups=scorer_groups, model=scorer_model, command=train_scorer)


def test_a_group_of_xquad_is_the_sentence_with_the_answer_against_the_others(
    parts: SimpleNamespace, words: WordEncoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = [
        {"about": "0", "question": "What keeps doses low?", "answers": [{"doc": "0", "quote": SENTENCES[1]}]},
        {"about": "0", "question": "How many patients are given the dose?", "answers": []},
    ]
    (tmp_path / "xquad.jsonl").write_text("".join(json.dumps(one) + "\n" for one in own))
    monkeypatch.setattr(parts.groups, "WRITTEN", tmp_path)
    context = " ".join(SENTENCES)
    asked = {"question": "What limits the dose?", "answers": [{"text": "Toxicity", "answer_start": 49}]}
    (tmp_path / "xquad").mkdir()
    data = {"data": [{"paragraphs": [{"context": context, "qas": [asked]}]}]}
    (tmp_path / "xquad" / "xquad.en.json").write_text(json.dumps(data))
    group, reworded, near = parts.groups.xquad(tmp_path, words)
    assert (group.question, group.right) == ("What limits the dose?", [SENTENCES[1]])
    assert (reworded.question, reworded.right) == ("What keeps doses low?", [SENTENCES[1]])
    assert sorted(group.wrong) == sorted(reworded.wrong) == [SENTENCES[0], SENTENCES[2]]
    assert (near.right, sorted(near.wrong)) == ([], sorted(SENTENCES))


def test_written_questions_are_well_formed_and_most_have_no_answer(parts: SimpleNamespace) -> None:
    asked = [one for name in ("xquad", "covidqa", "plos") for one in parts.groups.written(name)]
    assert len({(one.about, one.question.question) for one in asked}) == len(asked) > 2000
    assert sum(not one.question.answerable for one in asked) > len(asked) / 2
    assert all(quote.strip() for one in asked for _, quote in one.question.answers)


def test_quotes_of_written_questions_stand_in_their_paragraphs(parts: SimpleNamespace, shared: Path) -> None:
    sentences, paragraphs, _ = parts.groups._read_xquad(shared / "data")
    for one in parts.groups.written("xquad"):
        asked = parts.groups._about(paragraphs[int(one.about)], one.question, sentences)
        assert bool(asked.right) == one.question.answerable, one


def test_a_group_of_medquad_has_the_answers_to_other_questions_as_wrong(
    parts: SimpleNamespace, words: WordEncoder, tmp_path: Path
) -> None:
    texts = {
        "treatment": "Glioma is treated by surgery and by radiation of the whole brain.",
        "symptoms": "Glioma causes headaches that are worst in the early morning hours.",
        "causes": "Nobody knows what causes glioma, but some genes make it likelier.",
    }
    entries = [
        {"focus": "Glioma", "qtype": kind, "question": f"what are the {kind} of Glioma ?", "answer": text}
        for kind, text in texts.items()
    ]
    (tmp_path / "medquad").mkdir()
    with gzip.open(tmp_path / "medquad" / "pairs.jsonl.gz", "wt") as lines:
        lines.writelines(json.dumps(entry) + "\n" for entry in entries)
    (group,) = parts.groups.medquad(tmp_path, words, random.Random(1))
    (asked,) = (kind for kind in texts if kind in group.question)
    assert group.question == f"What are the {asked} of Glioma?"
    assert group.right == [texts.pop(asked)]
    assert sorted(group.wrong) == sorted(texts.values())


def test_a_group_of_articles_is_what_is_found_right_and_wrong(parts: SimpleNamespace, library: Library) -> None:
    (hit,) = library.search("What limits the use of high-dose IL-2?", 1)
    quote = hit.text[:60]
    question = Question("q", "What limits the use of high-dose IL-2?", answers=((hit.source, quote),))
    (group,) = parts.groups.articles(library, [question])
    assert group.right
    assert all(quote[:30] in text or quote[30:] in text for text in group.right)
    assert len(group.right) + len(group.wrong) > 10


def test_parts_of_the_articles_have_as_many_questions_each(parts: SimpleNamespace) -> None:
    asked = {"a": 8, "b": 4, "c": 3, "d": 3, "e": 2, "f": 2, "g": 2}
    questions = [
        Question(f"{source}{number}", "What?", answers=((source, "quote"),))
        for source, count in asked.items()
        for number in range(count)
    ]
    found = parts.command._parts(questions)
    assert sorted(source for part in found for source in part) == sorted(asked)
    assert found[0] == ["a"]
    assert sorted(sum(asked[source] for source in part) for part in found) == [5, 5, 6, 8]


def test_a_scorer_to_whom_all_is_alike_is_worth_nothing(
    parts: SimpleNamespace, library: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    (hit,) = library.search("What limits the use of high-dose IL-2?", 1)
    question = Question("q", "What limits the use of high-dose IL-2?", answers=((hit.source, hit.text[:60]),))
    parts.command.measure({hit.source: EvenReranker()}, library, [question])
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [row[0] for row in rows] == list(parts.command.MEASURES)
    assert all(row[2] == row[4] and row[6] == "1.0000" for row in rows)


@pytest.mark.filterwarnings("ignore")  # torch's exporter gives many warnings
def test_what_is_written_scores_as_what_was_trained(parts: SimpleNamespace, tmp_path: Path) -> None:
    import torch

    right, *wrong = (
        SENTENCES[1],
        SENTENCES[0],
        SENTENCES[2],
        "It rains.",
        "He sleeps.",
        "She runs.",
        "We eat.",
        "I see.",
    )
    group = parts.groups.Group("What limits the dose of interleukin-2?", [right], wrong)
    unanswered = parts.groups.Group("Who first gave interleukin-2?", [], [right, *wrong])
    model = parts.model.PairModel(layers=1)
    pairs = [(group.question, text) for text in (right, *wrong)]
    parts.model.train(model, [group, unanswered] * 4, parts.model.Course(epochs=8, rate=3e-4, drawn_from=8), seed=1)
    model.eval()
    with torch.inference_mode():
        trained = model(**model.inputs(pairs)).numpy()
        none = model(**model.inputs([(unanswered.question, text) for text in unanswered.wrong])).numpy()
    assert int(np.argmax(trained)) == 0
    assert none.max() < trained[0]
    path = tmp_path / "scorer.onnx"
    parts.model.export(model, path)
    parts.folds.record(tmp_path, {path: ["a.txt"]})
    scorer = parts.folds.unseen(tmp_path)["a.txt"]
    assert isinstance(scorer, OnnxReranker)
    read = scorer.score(group.question, [text for _, text in pairs])
    assert np.abs(read - trained).max() < 0.1 * (trained.max() - trained.min())
