"""qa.evaluation.drafting and the 'qa questions' commands: what is offered, asked, and kept."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from qa.errors import QuestionSetError
from qa.evaluation.checks import Texts
from qa.evaluation.drafting import Offer, append, next_id, next_offer, offers, rewrite, started
from qa.faces.cli.main import commands, run
from qa.library import Library
from qa.query.questions import read_questions
from qa.records import Question
from tests.support.models import WordEncoder

TEA = "Tea is steeped in hot water for some minutes."
COFFEE = "Coffee is brewed with hot water under pressure."
MILK = "Milk sours when it is kept warm for days."
RAIN = "Rain water is soft and needs little soap."
KITCHEN = f"# Kitchen\n\n## Introduction\n\n{TEA} {COFFEE}\n\n## Results\n\n{MILK}\n"
ROOF = f"# Roof\n\n## Introduction\n\n{RAIN}\n"


@pytest.fixture
def house(tmp_path: Path, words: WordEncoder, monkeypatch: pytest.MonkeyPatch) -> Iterator[Library]:
    """Two documents: the first has two sections, the second has one."""
    monkeypatch.setattr("qa.library.opened.load_encoder", WordEncoder)
    (tmp_path / "kitchen.md").write_text(KITCHEN, "utf-8")
    (tmp_path / "roof.md").write_text(ROOF, "utf-8")
    with Library(tmp_path / "library", encoder=words) as made:
        made.add([tmp_path / "kitchen.md", tmp_path / "roof.md"])
        yield made


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "set" / "questions.jsonl"


def draft(house: Library, file: Path, *typed: str) -> Result:
    arguments = ["questions", "draft", "--out", str(file), "--library", str(house.path)]
    return CliRunner().invoke(commands, arguments, input="".join(f"{line}\n" for line in typed))


def pair(id: str = "q001", source: str = "kitchen.md", quote: str = TEA) -> Question:
    return Question(id, f"Why {id}?", answers=((source, quote),))


# ---------------------------------------------------------------- what is offered


def test_offers_are_the_passages_that_state_something(house: Library) -> None:
    found = [(offer.source, offer.section, offer.sentences) for offer in offers(house.documents())]
    assert found == [
        ("kitchen.md", "Kitchen › Introduction", (TEA, COFFEE)),
        ("kitchen.md", "Kitchen › Results", (MILK,)),
        ("roof.md", "Roof › Introduction", (RAIN,)),
    ]


def test_authors_and_dates_are_offered_when_the_text_was_skipped(house: Library) -> None:
    texts = Texts({document.source: document for document in house.documents()})
    kitchen, results, _ = offers(house.documents())
    front = replace(kitchen, front=True)
    more = pair("q001", quote=MILK)
    assert next_offer([front, results], [more, more], [], texts) == results
    assert next_offer([front, results], [more, more], [results], texts) == front


def test_an_offer_tells_authors_and_dates_from_text(house: Library) -> None:
    document = house.document("kitchen.md")
    at = document.text.index(TEA)
    sections = [replace(s, role="front") if s.start <= at < s.end else s for s in document.sections]
    found = offers([replace(document, sections=tuple(sections))])
    assert [(offer.sentences[0], offer.front) for offer in found] == [(TEA, True), (MILK, False)]


def test_the_least_asked_document_then_section_comes_next(house: Library) -> None:
    texts = Texts({document.source: document for document in house.documents()})
    kitchen, results, roof = offers(house.documents())

    def following(pairs: list[Question], *skipped: Offer) -> Offer | None:
        return next_offer([kitchen, results, roof], pairs, skipped, texts)

    assert following([]) == kitchen
    assert following([pair()]) == roof
    assert following([], kitchen) == roof
    assert following([pair(), pair("q002", "roof.md", RAIN)]) == results
    assert following([], kitchen, results, roof) is None


def test_ids_go_on_from_the_greatest_number() -> None:
    assert next_id([]) == "q001"
    assert next_id([pair("q007"), pair("q002"), pair("mine")]) == "q008"


# ---------------------------------------------------------------- what is kept


def test_a_pair_is_appended_as_a_line_that_reads_back(file: Path) -> None:
    first, second = pair(), Question("q002", "Wärme?", "far", False, judged=(TEA,))
    append(file, first)
    append(file, second)
    assert file.read_text("utf-8").count("\n") == 2
    assert read_questions(file) == [first, second]


def test_a_last_line_without_its_end_is_not_run_into(file: Path) -> None:
    append(file, pair())
    file.write_bytes(file.read_bytes().rstrip(b"\n"))
    append(file, pair("q002"))
    assert [question.id for question in read_questions(file)] == ["q001", "q002"]


def test_a_new_or_empty_file_is_a_set_of_none(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").touch()
    assert started(tmp_path / "empty.jsonl") == started(tmp_path / "missing.jsonl") == []


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(QuestionSetError, match=r"cannot be written \(.+\); check the path"):
        append(tmp_path, pair())


# ---------------------------------------------------------------- the dialogue


def test_a_dialogue_writes_a_pair_with_its_kind(house: Library, file: Path) -> None:
    result = draft(house, file, "1", "How is tea made?", "paraphrase", "q")
    (written,) = read_questions(file)
    assert result.exit_code == 0
    assert f"1. {TEA}" in result.output
    assert (written.id, written.question, written.kind) == ("q001", "How is tea made?", "paraphrase")
    assert written.answerable
    assert written.answers == (("kitchen.md", TEA),)


def test_near_sentences_elsewhere_can_be_made_gold_and_are_judged_else(house: Library, file: Path) -> None:
    asked = "What water is soft, what is hot?"
    chosen = draft(house, file, "1 2", asked, "1", "", "q")
    assert "These come near:" in chosen.output
    assert read_questions(file)[0].answers == (("kitchen.md", TEA), ("kitchen.md", COFFEE), ("roof.md", RAIN))
    file.unlink()
    draft(house, file, "1,2", asked, "", "", "q")
    (written,) = read_questions(file)
    assert written.answers == (("kitchen.md", TEA), ("kitchen.md", COFFEE))
    assert written.judged == (RAIN,)


def test_a_sentence_of_the_passage_that_was_not_picked_is_judged_without_asking(house: Library, file: Path) -> None:
    result = draft(house, file, "1", "What is made with hot water?", "", "q")
    assert "None elsewhere comes near." in result.output
    assert read_questions(file)[0].judged == (COFFEE,)


def test_a_kind_is_told_by_its_beginning_and_the_kinds_are_listed_once(house: Library, file: Path) -> None:
    result = draft(house, file, "1", "How is tea made?", "f", "para", "1", "How is rain?", "def", "q")
    assert [question.kind for question in read_questions(file)] == ["paraphrase", "definition"]
    assert result.output.count("what something is") == 2  # at the first pair, and after the ambiguous input


def test_it_ends_with_what_to_do_next(house: Library, file: Path) -> None:
    ended = draft(house, file, "1", "How is tea made?", "", "q").output
    assert f"qa questions check {file} --library {house.path}\n" in ended
    assert f"qa eval {file} --library {house.path} --out report\n" in ended


def test_zero_makes_an_unanswerable_question(house: Library, file: Path) -> None:
    draft(house, file, "0", "Who invented porcelain?", "", "q")
    (written,) = read_questions(file)
    assert (written.answerable, written.answers, written.kind) == (False, (), "near-miss")


def test_enter_goes_on_to_another_document_and_q_stops(house: Library, file: Path) -> None:
    result = draft(house, file, "", "", "q")
    assert result.exit_code == 0
    assert [s for s in (TEA, RAIN, MILK) if s in result.output] == [TEA, RAIN, MILK]
    assert result.output.index(TEA) < result.output.index(RAIN) < result.output.index(MILK)
    assert not file.exists()


def test_it_ends_when_every_passage_was_skipped(house: Library, file: Path) -> None:
    assert draft(house, file, "", "", "").exit_code == 0


@pytest.mark.parametrize("typed", ["3", "one", "-1", "1;2"])
def test_what_is_no_number_of_a_sentence_is_asked_again(house: Library, file: Path, typed: str) -> None:
    result = draft(house, file, typed, "q")
    assert "type numbers from 1 to 2" in result.output
    assert result.exit_code == 0


def test_a_question_that_the_set_has_is_asked_again(house: Library, file: Path) -> None:
    append(file, Question("mine", "Why tea?"))
    result = draft(house, file, "1", "why TEA?", "x" * 2_001, "", "q")
    assert "has this question already" in result.output
    assert "at most 2,000" in result.output
    assert len(read_questions(file)) == 1


def test_what_was_saved_outlives_an_interruption_and_is_gone_on_with(house: Library, file: Path) -> None:
    stopped = draft(house, file, "1", "How is tea made?", "")  # the input ends during the next pair
    assert stopped.exit_code != 0
    assert len(read_questions(file)) == 1
    resumed = draft(house, file, "1", "Is it soft?", "", "q")
    assert "pairs in it so far: 1" in resumed.output
    assert TEA not in resumed.output
    assert [question.id for question in read_questions(file)] == ["q001", "q002"]


def test_a_drafted_set_passes_the_check(house: Library, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draft(house, file, "1 2", "What water is soft, what is hot?", "", "", "q")
    assert run(["questions", "check", str(file), "--library", str(house.path)]) == 0
    assert "problems 0, " in capsys.readouterr().out


# ---------------------------------------------------------------- qa questions judge


def judge(house: Library, file: Path, *typed: str) -> Result:
    arguments = ["questions", "judge", str(file), "--library", str(house.path)]
    return CliRunner().invoke(commands, arguments, input="".join(f"{line}\n" for line in typed))


@pytest.fixture
def unjudged(file: Path) -> Path:
    """A set of two questions, each with similar sentences that nobody has judged."""
    asked = {"id": "q001", "question": "What water is soft, what is hot?", "note": "mine"}
    file.parent.mkdir()
    file.write_text(json.dumps(asked | {"answers": [{"doc": "kitchen.md", "quote": TEA}]}) + "\n\n", "utf-8")
    append(file, Question("q002", "Is coffee brewed with hot water?", "near-miss", False))
    return file


def test_yes_makes_an_answer_and_no_is_kept_as_judged(house: Library, unjudged: Path) -> None:
    result = judge(house, unjudged, "y", "n", "q")
    first, second = read_questions(unjudged)
    assert result.exit_code == 0
    assert f"q001: What water is soft, what is hot?\n  = {TEA} (kitchen.md)\n" in result.output
    assert {quote for _, quote in first.answers} | set(first.judged) == {TEA, COFFEE, RAIN}
    assert len(first.judged) == 1
    assert second.answers == second.judged == ()
    assert "answers added 1, judged to be none 1, left 0." in result.output
    assert json.loads(unjudged.read_text("utf-8").splitlines()[0])["note"] == "mine"


def test_the_sentence_before_is_shown_with_it(house: Library, unjudged: Path) -> None:
    assert f"    {TEA}\n  ? {COFFEE} (kitchen.md)" in judge(house, unjudged, "s", "s", "s", "s").output


def test_what_was_left_or_not_reached_is_asked_the_next_time(house: Library, unjudged: Path) -> None:
    before = unjudged.read_bytes()
    assert judge(house, unjudged, "s", "q").exit_code == 0
    assert judge(house, unjudged, "maybe").exit_code != 0  # the input ends there
    assert unjudged.read_bytes() == before
    judge(house, unjudged, *"nnnn")
    assert "sentences to judge 0" in CliRunner().invoke(commands, checked(house, unjudged)).output
    assert "judged to be none 0" in judge(house, unjudged).output


def checked(house: Library, file: Path) -> list[str]:
    return ["questions", "check", str(file), "--library", str(house.path)]


def test_an_answer_makes_its_question_answerable(house: Library, file: Path) -> None:
    append(file, Question("q001", "Is milk kept warm?", "near-miss", False))
    result = judge(house, file, "y")
    (written,) = read_questions(file)
    assert (written.answerable, written.answers) == (True, (("kitchen.md", MILK),))
    assert f"see in {file} whether its kind, near-miss, is still right" in result.output


def test_a_file_changed_meanwhile_is_not_written_over(file: Path) -> None:
    append(file, pair("q001"))
    append(file, pair("q002"))
    before = file.read_bytes()
    for position in (0, 7):
        with pytest.raises(QuestionSetError, match="changed meanwhile"):
            rewrite(file, position, pair("q002", quote=COFFEE))
    assert file.read_bytes() == before
    rewrite(file, 1, pair("q002", quote=COFFEE))
    assert [question.answers[0][1] for question in read_questions(file)] == [TEA, COFFEE]
    with pytest.raises(QuestionSetError, match="cannot be written"):
        rewrite(file.parent, 0, pair())


# ---------------------------------------------------------------- qa questions check


def test_problems_are_printed_and_exit_with_1(house: Library, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    append(file, pair(quote="Tea is boiled."))
    assert run(["questions", "check", str(file), "--library", str(house.path)]) == 1
    assert "problem: q001, “Tea is boiled.” does not stand in kitchen.md" in capsys.readouterr().out


def test_sentences_to_judge_are_printed_beneath_their_question(
    house: Library, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    append(file, Question("q001", "Is hot water used?", answers=(("kitchen.md", TEA),)))
    assert run(["questions", "check", str(file), "--library", str(house.path)]) == 0
    printed = capsys.readouterr().out
    assert f"q001: Is hot water used?\n  ? {COFFEE} (kitchen.md)" in printed
    assert "sentences to judge 1." in printed


def test_the_report_as_json_has_the_keys_of_the_contract(
    house: Library, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    append(file, pair())
    assert run(["questions", "check", str(file), "--library", str(house.path), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    start = house.document("kitchen.md").text.index(TEA)
    assert set(report) == {"questions", "problems", "advice", "unjudged", "proofs", "figures"}
    assert report["proofs"] == [
        {"id": "q001", "source": "kitchen.md", "quote": TEA, "spans": [[start, start + len(TEA)]]}
    ]


def test_several_files_are_checked_as_one_set(
    house: Library, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.jsonl"
    append(file, pair())
    append(other, pair())
    assert run(["questions", "check", str(file), str(other), "--library", str(house.path)]) == 1
    assert "the id q001 stands 2 times" in capsys.readouterr().out
