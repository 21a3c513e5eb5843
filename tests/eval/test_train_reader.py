"""Training a small passage reader: its passages, the held-out part, the measures, and that it learns."""

import json
import random
from pathlib import Path
from types import SimpleNamespace

import pytest

from qa.models.reader import MAX_TOKENS, READER, OnnxReader


@pytest.fixture
def parts() -> SimpleNamespace:
    from eval.training import questions, reader_passages, reader_sets, reader_trials, train_reader

    return SimpleNamespace(
        passages=reader_passages,
        sets=reader_sets,
        trials=reader_trials,
        command=train_reader,
        written=questions.written,
    )


def test_written_questions_are_well_formed_and_most_have_no_answer(parts: SimpleNamespace) -> None:
    asked = [one for name in ("xquad", "covidqa", "plos", "trials") for one in parts.written(name)]
    assert len({(one.about, one.question.question) for one in asked}) == len(asked) > 2600
    assert sum(not one.question.answerable for one in asked) > len(asked) / 2
    assert all(quote.strip() for one in asked for _, quote in one.question.answers)


@pytest.mark.parametrize("name", ["xquad", "own_trials"])
def test_quotes_of_written_questions_stand_in_their_texts(parts: SimpleNamespace, shared: Path, name: str) -> None:
    found = {one.question: bool(one.answers) for one in parts.sets.SETS[name](shared / "data", random.Random(1))}
    for one in parts.written(name.removeprefix("own_")):
        assert found[one.question.question] == one.question.answerable, one


def test_windows_keep_every_sentence_once_with_its_answers(parts: SimpleNamespace) -> None:
    sentences = ["One two three.", "Four five.", "Six seven eight nine ten eleven.", "Twelve."]
    assert parts.passages.windows(sentences, {1, 3}, 5) == [
        (sentences[:2], [1]),
        (sentences[2:3], []),
        (sentences[3:], [0]),
    ]


def test_a_paragraph_of_squad_is_its_sentences_and_where_the_answer_stands(
    parts: SimpleNamespace, tmp_path: Path
) -> None:
    context = "Toxicity is severe. It limits the dose of IL-2."
    asked = [
        {"question": "What is limited?", "answers": [{"text": "the dose", "answer_start": 30}], "is_impossible": False},
        {"question": "Who limits it?", "answers": [], "is_impossible": True},
    ]
    form = {"data": [{"title": "IL-2_therapy", "paragraphs": [{"context": context, "qas": asked}]}]}
    (tmp_path / "reader" / "squad2_devhalf").mkdir(parents=True)
    (tmp_path / "reader" / "squad2_devhalf" / "dev-v2.0.json").write_text(json.dumps(form))
    first, second = parts.sets.squad2(tmp_path, random.Random(1))
    assert (first.sentences, list(first.answers)) == (["Toxicity is severe.", "It limits the dose of IL-2."], [1])
    assert (first.head, first.group) == ("IL-2 therapy", "IL-2_therapy")
    assert list(second.answers) == []


def test_a_snippet_that_answers_stands_among_those_of_other_questions(parts: SimpleNamespace) -> None:
    one = parts.sets._mixed("What?", ["It is alpha. It is beta."], ["C is.", "D is.", "E is."], "q", random.Random(1))
    assert {one.sentences[i] for i in one.answers} == {"It is alpha.", "It is beta."}
    assert len(one.sentences) == 2 + parts.sets.BESIDE


def test_what_is_said_of_an_outcome_is_asked_of_one_that_is_told_elsewhere(
    parts: SimpleNamespace, tmp_path: Path
) -> None:
    folder = tmp_path / "reader" / "evidence_inference_v2"
    (folder / "txt").mkdir(parents=True)
    said = [
        "First words.",
        "Danumab lowered fever more than salt.",
        "It took long.",
        "Sleep was alike in both.",
        "Last.",
    ]
    text = " ".join(said[:3]) + " Filler words stand here." * 60 + " " + " ".join(said[3:])
    (folder / "txt" / "PMC1.txt").write_text(text)
    prompts = [("1", "fever"), ("2", "sleep quality")]
    lines = [f"{number},1,Danumab,salt,{outcome}" for number, outcome in prompts]
    (folder / "prompts_merged.csv").write_text("\n".join(["PromptID,PMCID,Intervention,Comparator,Outcome", *lines]))
    places = [(number, text.index(quote), len(quote)) for (number, _), quote in zip(prompts, said[1:4:2], strict=True)]
    rows = [f"{number},True,{start},{start + length}" for number, start, length in places]
    (folder / "v2_annotations.csv").write_text("\n".join(["PromptID,Valid Label,Evidence Start,Evidence End", *rows]))
    found = list(parts.trials.outcomes(tmp_path, random.Random(1)))
    assert found
    assert not any(one.answers for one in found)
    of_fever = [one.question for one in found if said[1] in one.sentences]
    assert any("sleep quality" in question for question in of_fever)
    assert "How does fever affect Danumab?" in of_fever
    assert not any(
        "fever" in question and "sleep" not in question for question in of_fever if "affect D" not in question
    )


def test_every_set_has_passages_with_answers(parts: SimpleNamespace, shared: Path) -> None:
    chosen = ["qed", "selqa", "claims", "own_trials"]  # quick to read
    for name, found in parts.sets.passages(shared / "data", chosen).items():
        assert len(found) > 500, name
        assert sum(bool(one.answers) for one in found) > 100, name
        assert all(0 <= position < len(one.sentences) for one in found for position in one.answers), name


def test_no_group_and_no_sentence_is_on_both_sides(parts: SimpleNamespace) -> None:
    passage = parts.passages.Passage
    squad = [passage(f"q{n}", [f"Sentence {n}.", f"Other {n}."], [0], f"article {n % 8}") for n in range(40)]
    other = [passage(f"r{n}", [f"sentence {n}"], [0], f"group {n}") for n in range(40)]
    learned, held = parts.command.parted({"squad2": squad, "qnli": other})
    assert len({one.group for one in held["squad2"]}) == parts.command.HELD_ARTICLES
    assert {one.group for one in learned["squad2"]}.isdisjoint({one.group for one in held["squad2"]})

    def texts(sets: dict[str, list[object]]) -> set[str]:
        return {"".join(filter(str.isalnum, s.lower())) for of in sets.values() for one in of for s in one.sentences}

    assert texts(learned).isdisjoint(texts(held))
    assert learned["qnli"]


def test_what_is_measured_by_hand(parts: SimpleNamespace) -> None:
    passage = parts.passages.Passage
    held = {
        "squad2": [
            passage("a", ["x", "y", "z"], [1, 2], "1"),  # ranks 1 and 3
            passage("b", ["x", "y"], [0], "2"),  # rank 2
            passage("c", ["x", "y"], [], "1"),
            passage("d", ["x", "y"], [], "2"),
        ]
    }
    judged = {"squad2": [[0.5, 2.0, 0.1], [1.0, 1.5], [0.2, 1.0], [1.7, -1.0]]}
    *_, row, _, last = parts.command.report(held, judged)
    # 2.0 and 1.5 against 1.0 and 1.7: 3 of 4 pairs; MAP of (1 + 2/3) / 2 and 1/2; MRR of 1 and 1/2.
    assert row == "| squad2 | 4 | 2 | 0.750 | 0.500 | 0.667 | 0.750 |"
    # Article 1: 2.0 right, 1.0 wrong, best threshold 2.0. Article 2: 1.5 right, 1.7 wrong, best threshold 1.5.
    assert last.endswith(f": {(0.0 + 1.0) / 2:.3f}")


@pytest.mark.model
@pytest.mark.filterwarnings("ignore")  # torch's exporter gives many warnings
def test_a_reader_learns_goes_on_from_its_checkpoint_and_reads_each_passage_alike(
    parts: SimpleNamespace, tmp_path: Path
) -> None:
    import torch

    from eval.training import reader_model

    torch.set_num_threads(1)
    passage = parts.passages.Passage
    told = [
        passage("What limits it?", ["The moon is made of rock.", "Toxicity limits it."], [1], "a", "Doses"),
        passage("What is the moon?", ["The moon is made of rock.", "Toxicity limits it.", "So."], [0], "b"),
    ]
    model = reader_model.PassageModel(layers=1).eval()
    together = model(**model.inputs(told))
    for row, scores in enumerate(reader_model.judge(model, told)):
        assert scores == pytest.approx(together[row, : len(scores)].tolist(), abs=1e-4)
    before = reader_model._loss(model.eval(), told).item()
    assert reader_model.train(model, told, tmp_path / "kept.pt", 10, epochs=12) == 12
    assert reader_model._loss(model.eval(), told).item() < before
    again = reader_model.PassageModel(layers=1)
    assert reader_model.train(again, told, tmp_path / "kept.pt", 0, epochs=12) == 12  # no epoch is left to train
    assert list(reader_model.judge(again, told)) == list(reader_model.judge(model, told))
    reader_model.export(again, tmp_path / "kept.onnx")
    from eval.training.onnx_files import sha256

    reader = OnnxReader(tmp_path / "kept.onnx", sha256(tmp_path / "kept.onnx"))
    for written, trained in zip(parts.command.judged(reader, told), reader_model.judge(model, told), strict=True):
        assert written == pytest.approx(trained, abs=0.5)


@pytest.mark.model
def test_training_can_begin_with_the_file_that_is_shipped(parts: SimpleNamespace) -> None:
    from eval.training import reader_model

    told = [parts.passages.Passage("What limits it?", ["The moon is made of rock.", "Toxicity limits it."], [1], "a")]
    begun = reader_model.PassageModel().begun(READER)
    (written,), (read,) = parts.command.judged(OnnxReader(), told), reader_model.judge(begun, told)
    assert read == pytest.approx(written, abs=0.5)
    (fresh,) = reader_model.judge(reader_model.PassageModel(), told)
    whole, none = (reader_model.PassageModel().mixed(begun, share) for share in (1.0, 0.0))
    assert next(reader_model.judge(whole, told)) == pytest.approx(fresh, abs=1e-4)
    assert next(reader_model.judge(none, told)) == pytest.approx(read, abs=1e-4)
    assert fresh != pytest.approx(written, abs=0.5)


def test_what_is_found_comes_among_the_last(parts: SimpleNamespace) -> None:
    from eval.training import reader_model

    passage = parts.passages.Passage
    first = [passage(f"q{n}", ["One."], [0], "a") for n in range(320)]
    last = [passage(f"late {n}", ["One."], [0], "a") for n in range(32)]
    steps = reader_model._in_order(first, last, 1, random.Random(1))
    assert sorted(one.question for step in steps for one in step) == sorted(one.question for one in [*first, *last])
    assert steps[:14] == list(reader_model._steps(first, 1, random.Random(1)))[:14]
    assert {one.question for step in steps[14:] for one in step} >= {one.question for one in last}


@pytest.mark.model
def test_what_lies_beyond_the_window_is_not_judged(parts: SimpleNamespace) -> None:
    from eval.training import reader_model

    model = reader_model.PassageModel(layers=1)
    long = parts.passages.Passage("What?", ["word " * 400, "It is a moon."], [1], "a")
    inputs = model.inputs([long])
    assert inputs["input_ids"].shape == (1, MAX_TOKENS)
    assert inputs["parts"][0, 1].sum().item() == pytest.approx(1.0)
    assert inputs["parts"][0, 2].sum().item() == 0


def test_named_passages_are_used_whole_and_the_others_sampled(parts: SimpleNamespace) -> None:
    def passage(number: int, name: str = "") -> object:
        return parts.passages.Passage(f"What is {number}?", ["It."], [0], "group", name=name)

    given = [passage(1, "s0001"), passage(2, "p0001"), *map(passage, range(3, 23))]
    paired = [passage(number) for number in range(23, 33)]
    told = parts.command.drawn(given, paired, 8, "st", random.Random(1))
    assert len(told) == len({one.question for one in told}) == 9
    assert sum(one in paired for one in told) == 4
    assert given[0] in told
    assert len(parts.command.drawn(given, paired, 100, "st", random.Random(1))) == len(given) + len(paired)
