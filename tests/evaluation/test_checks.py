"""qa.evaluation.checks: errors in a question set, and what a person should look at."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from qa.evaluation.checks import BOUNDS, Candidate, Report, Texts, check, measure, nearest, overlap, unmarked
from qa.library import Library
from qa.records import Question
from tests.support.models import WordEncoder

SUGAR = "Sugar dissolves in warm water within a minute."
SALT = "Salt dissolves in cold water more slowly than sugar."
STONE = "Granite never dissolves in water of any warmth."
PAGE = f"# Kitchen\n\n{SUGAR} {SALT}\n\n## Garden\n\n{STONE}\n"


@pytest.fixture
def kitchen(tmp_path: Path, words: WordEncoder) -> Iterator[Library]:
    """One document with three sentences under two headings, and one with another sentence."""
    (tmp_path / "kitchen.md").write_text(PAGE, "utf-8")
    (tmp_path / "roof.md").write_text("# Roof\n\nRain water runs off\nslates and tiles alike.\n", "utf-8")
    with Library(tmp_path / "library", encoder=words) as made:
        made.add([tmp_path / "kitchen.md", tmp_path / "roof.md"])
        yield made


def question(text: str = "Does sugar dissolve quickly?", *quotes: str, id: str = "1", **fields: object) -> Question:
    answers = tuple(("kitchen.md", quote) for quote in quotes)
    return Question(id, text, answers=answers, **{"answerable": bool(quotes), **fields})  # type: ignore[arg-type]


def codes(report: Report) -> list[str]:
    return [finding.code for finding in report.problems]


# ---------------------------------------------------------------- problems


def test_a_sound_set_passes_and_each_quote_is_proved(kitchen: Library) -> None:
    report = check([question("How fast?", SUGAR)], kitchen)
    document = kitchen.document("kitchen.md")
    ((start, end),) = report.proofs[0].spans
    assert report.passes
    assert document.text[start:end] == SUGAR


def test_a_quote_matches_across_line_breaks_and_runs_of_space(kitchen: Library) -> None:
    texts = Texts({document.source: document for document in kitchen.documents()})
    quote = "Rain  water runs\noff slates"
    ((start, end),) = texts.spans("roof.md", quote)
    assert texts.documents["roof.md"].text[start:end].split() == quote.split()


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        pytest.param([question("A?", SUGAR), question("B?", SALT)], "duplicate_id", id="id twice"),
        pytest.param([question("A?", SUGAR), question("a?", SALT, id="2")], "same_question", id="question twice"),
        pytest.param([question("A?", SUGAR, answerable=False)], "answerable", id="unanswerable with an answer"),
        pytest.param([question("A?", answerable=True)], "answerable", id="answerable without"),
        pytest.param([question("A?", SUGAR, SUGAR)], "same_answer", id="quote twice"),
        pytest.param([question("A?", SUGAR.replace("warm", "hot"))], "unproved", id="other words"),
        pytest.param([question("A?", "")], "unproved", id="no words"),
        pytest.param([question("A?", SUGAR, judged=("Nowhere.",))], "judged_unknown", id="judged nowhere"),
        pytest.param([question("A?", SUGAR, judged=(SUGAR,))], "judged_gold", id="judged and gold"),
    ],
)
def test_a_fault_is_a_problem_that_names_its_questions(kitchen: Library, asked: list[Question], code: str) -> None:
    report = check(asked, kitchen)
    assert codes(report) == [code]
    assert not report.passes
    assert report.problems[0].ids == tuple(q.id for q in asked)


def test_a_quote_of_another_document_is_a_problem_that_says_where_it_stands(kitchen: Library) -> None:
    (problem,) = check([Question("1", "A?", answers=(("roof.md", SUGAR),))], kitchen).problems
    assert problem.code == "unproved"
    assert problem.message.endswith("does not stand in roof.md (but in kitchen.md)")


def test_a_document_that_is_not_in_the_library_is_a_problem(kitchen: Library) -> None:
    assert codes(check([Question("1", "A?", answers=(("cellar.md", SUGAR),))], kitchen)) == ["unknown_document"]


def test_a_quote_of_boilerplate_is_a_problem(library: Library) -> None:
    quote = "You have multiple emails registered with Frontiers:"
    report = check([Question("1", "A?", answers=(("004_eb4dd2e47999bcaa.txt", quote),))], library)
    assert codes(report) == ["never_quoted"]


# ---------------------------------------------------------------- other sentences that may answer


def test_near_sentences_are_listed_until_they_are_gold_or_judged(kitchen: Library) -> None:
    asked = "What dissolves in water?"
    texts = Texts({document.source: document for document in kitchen.documents()})
    near = nearest(asked, kitchen)
    assert {c.text for c in near} == {SUGAR, SALT, STONE}
    assert {c.text for c in unmarked(question(asked, SUGAR), near, texts)} == {SALT, STONE}
    assert {c.text for c in unmarked(question(asked, "Sugar dissolves in warm water"), near, texts)} == {SALT, STONE}
    assert unmarked(question(asked, SUGAR, judged=(SALT, STONE)), near, texts) == ()


def test_the_report_holds_what_is_not_judged_by_question(kitchen: Library) -> None:
    done = question("What dissolves in water?", SUGAR, SALT, STONE)
    open_ = question("Does salt dissolve in cold water?", id="2")
    report = check([done, open_], kitchen)
    assert report.passes
    assert list(report.unjudged) == ["2"]
    assert report.unjudged["2"][0].text == SALT


def test_a_question_about_nothing_in_the_texts_has_no_near_sentence(kitchen: Library) -> None:
    assert nearest("Who painted the Mona Lisa?", kitchen) == []


def test_a_near_sentence_is_the_text_at_its_place(kitchen: Library) -> None:
    first: Candidate = nearest("cold salt", kitchen)[0]
    assert kitchen.document(first.source).text[first.start : first.end] == first.text == SALT


# ---------------------------------------------------------------- the set as a whole


def test_questions_of_the_same_words_are_pointed_out_once(kitchen: Library) -> None:
    asked = [question("Does sugar dissolve?", SUGAR), question("Sugar: does it dissolve?", SUGAR, id="2")]
    alike = [finding for finding in check(asked, kitchen).advice if finding.code == "alike"]
    assert [finding.ids for finding in alike] == [("1", "2")]


def test_a_quote_that_stands_twice_is_pointed_out(kitchen: Library) -> None:
    report = check([question("A?", "dissolves in")], kitchen)
    assert report.passes
    assert [finding.ids for finding in report.advice if finding.code == "ambiguous"] == [("1",)]


def test_the_figures_are_what_is_counted_by_hand(kitchen: Library) -> None:
    texts = Texts({document.source: document for document in kitchen.documents()})
    asked = [
        question("Does sugar dissolve in minutes?", SUGAR, "Granite never"),
        question("Is marble heavy?", id="2", kind="near-miss"),
    ]
    assert measure(asked, texts) == {
        "kinds": {"factoid": 1, "near-miss": 1},
        "gold_by_document": {"kitchen.md": 2, "roof.md": 0},
        "unasked_documents": 1,
        "answerable_share": 0.5,
        "largest_kind_share": 0.5,
        "document_skew": 0.25,  # it has all answers, but three quarters of the sentences
        "short_gold_share": 0.5,
        "gold_characters_median": 29.5,
        "gold_per_question_median": 2,
        "question_words_median": 4,
        "overlap_median": 1.0,
    }


def test_overlap_counts_the_terms_of_the_best_quote() -> None:
    assert overlap(question("Does sugar dissolve in tea?", STONE, SUGAR)) == pytest.approx(2 / 3)
    assert overlap(question("Does sugar dissolve in tea?")) == 0.0


def test_a_lopsided_set_gets_advice_and_passes(kitchen: Library) -> None:
    report = check([question("Does sugar dissolve in warm water within a minute?", SUGAR)], kitchen)
    given = {finding.code for finding in report.advice}
    assert report.passes
    assert given == {"unasked_documents", "answerable_share", "largest_kind_share", "document_skew", "overlap_median"}
    assert given < set(BOUNDS)
