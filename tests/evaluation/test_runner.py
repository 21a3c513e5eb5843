"""Whole evaluations, of fakes that can be computed by hand and of a small library."""

from dataclasses import replace

import pytest

from qa.errors import EvaluationError
from qa.evaluation.runner import COMPARED, by_name, check, evaluate, measure, paired
from qa.evaluation.systems import LibrarySystem, Piece, Response, System
from qa.library import Library
from qa.records import DocId, Document, Question
from tests.support.known_items import UNANSWERABLE, known_items

TEXT = "Low amounts are safe. High doses harm. Nobody knows why."
DOCUMENT = Document(DocId("0" * 16), "a.txt", TEXT, (), (), "0" * 64, "0" * 64)
SAFE, TOXIC, WHY = (Piece("a.txt", words) for words in ("Low amounts are safe.", "High doses harm.", "Nobody knows"))

QUESTIONS = [
    Question("q1", "What is safe?", answers=(("a.txt", "Low amounts are safe"),)),
    Question("q2", "What is toxic?", "paraphrase", answers=(("a.txt", "High doses harm"),)),
    Question("q3", "Who is it?", "unanswerable", answerable=False),
]


@pytest.fixture
def questions(library: Library) -> list[Question]:
    return [*known_items(library, every=3), UNANSWERABLE]


class Fake(System):
    """Answers from a table, and records the questions asked."""

    name = "fake"
    description = "a table"

    def __init__(self, table: dict[str, Response], insisted: Response | None = None) -> None:
        self.table = table
        self.insisted = insisted
        self.asked: list[str] = []

    def ask(self, question: Question) -> Response:
        self.asked.append(question.id)
        return self.table[question.id]

    def insist(self, question: Question) -> Response:
        return self.insisted or self.ask(question)


def fake(**changes: Response) -> Fake:
    right = Response([SAFE, WHY], [SAFE], confidence=0.9)
    later = Response([WHY, TOXIC], [WHY, TOXIC], confidence=0.6)
    refused = Response([WHY], abstained=True, reason="weak_evidence", confidence=0.1)
    return Fake({"q1": right, "q2": later, "q3": refused} | changes)


def test_every_figure_of_a_system_by_hand() -> None:
    (system,) = evaluate(QUESTIONS, [fake()], [DOCUMENT]).systems
    first, second, third = system.questions
    assert [one.verdict for one in system.questions] == ["right", "right later", "rightly refused"]
    assert (first.rank, second.rank, third.rank) == (1, 2, None)
    assert {name: one.value for name, one in system.summary.items()} == pytest.approx(
        {
            "Success@1": 1 / 2,
            "Success@3": 1,
            "Success@5": 1,
            "Success@10": 1,
            "RR@10": 3 / 4,
            "nDCG@10": (1 + 0.63093) / 2,
            "Doc@5": 1,
            "Sentence@1": 1 / 2,
            "Sentence@3": 1,
            "QuotePrecision": 3 / 4,
            "QuoteRecall": 1,
            # The gold itself, and "nobody knows high doses harm", with 3 gold words of 5.
            "TokenF1": (1 + 6 / 8) / 2,
            "answered": 1,
            "refused": 1,
        },
        abs=1e-4,
    )
    assert third.measures == {"refused": 1.0}
    assert set(system.by_kind) == {"factoid", "paraphrase", "unanswerable"}
    assert system.by_kind["paraphrase"]["RR@10"].value == 0.5
    assert system.auroc == 1
    assert system.risk_coverage.risk == pytest.approx([0, 0, 1 / 3])
    assert set(system.seconds) == {"p50", "p90", "p99"}


def test_what_is_shown_has_its_place_and_whether_it_is_right() -> None:
    (system,) = evaluate(QUESTIONS, [fake()], [DOCUMENT]).systems
    (gold,) = system.questions[0].gold
    assert TEXT[gold.start : gold.end] == "Low amounts are safe"
    for found in (*system.questions[0].hits, *system.questions[1].sentences):
        assert TEXT[found.start : found.end] == found.text
    assert [hit.right for hit in system.questions[0].hits] == [True, False]


def test_the_first_question_is_asked_once_more_and_not_counted() -> None:
    asked = fake()
    measure(asked, QUESTIONS, by_name([DOCUMENT]))
    assert asked.asked == ["q1", "q1", "q2", "q3", "q3"]  # q3 again, because it was refused


def test_a_refused_question_is_supported_by_what_it_would_have_shown() -> None:
    refused = Response([SAFE], [SAFE], abstained=True, confidence=0.2)  # a refusal shows no sentence
    asked = fake(q1=refused)
    asked.insisted = Response([SAFE], [SAFE], confidence=0.2)
    (system,) = evaluate(QUESTIONS[:2], [asked], [DOCUMENT]).systems
    assert system.questions[0].verdict == "wrongly refused"
    assert system.questions[0].measures["Sentence@1"] == system.questions[0].measures["answered"] == 0
    assert system.questions[0].supported
    assert system.risk_coverage.risk == [0, 0]


def test_a_retriever_without_sentences_has_no_answer_measures() -> None:
    bare = Fake({name: Response([TOXIC]) for name in ("q1", "q2", "q3")})
    (system,) = evaluate(QUESTIONS, [bare], [DOCUMENT]).systems
    assert "Sentence@1" not in system.summary
    assert "refused" not in system.summary
    assert system.summary["Success@1"].value == 0.5


def test_words_that_the_document_does_not_have_are_judged_all_the_same() -> None:
    invented = Response([Piece("a.txt", "So low amounts are safe, I say."), Piece("b.txt", "Low amounts are safe.")])
    (system,) = evaluate(QUESTIONS[:1], [Fake({"q1": invented})], [DOCUMENT]).systems
    assert [(hit.start, hit.end, hit.right) for hit in system.questions[0].hits] == [(0, 0, True), (0, 0, False)]
    assert system.summary["Success@1"].value == 1


def test_the_same_seed_gives_the_same_figures() -> None:
    first, second = (evaluate(QUESTIONS, [fake()], [DOCUMENT], seed=3) for _ in range(2))
    assert [one.summary for one in first.systems] == [one.summary for one in second.systems]
    assert first.comparisons == second.comparisons


def test_two_systems_are_compared_second_minus_first() -> None:
    worse = fake(q1=Response([WHY], [WHY]))
    worse.name = "worse"
    evaluation = evaluate(QUESTIONS, [fake(), worse], [DOCUMENT])
    compared = {one.measure: one for one in evaluation.comparisons}
    assert tuple(compared) == COMPARED
    assert compared["RR@10"].difference == pytest.approx((0 - 1 + 0) / 2)
    assert (compared["RR@10"].first, compared["RR@10"].second, compared["RR@10"].count) == ("fake", "worse", 2)
    assert all(one.p <= one.p_holm <= 1 for one in evaluation.comparisons)
    first, second = (one.questions for one in evaluation.systems)
    assert evaluate(QUESTIONS[:1], [fake(), worse], [DOCUMENT]).comparisons == []  # one question shows nothing
    assert paired(first, second, "RR@10") == [-1, 0]
    assert paired(first[1:], second, "RR@10") == [0]
    assert paired(first, second, "nonsense") == []


def test_questions_that_cannot_be_judged_are_refused() -> None:
    with pytest.raises(EvaluationError, match="none of the 1 documents"):
        check(QUESTIONS, {})
    with pytest.raises(EvaluationError, match="'q1'"):
        check([*QUESTIONS, QUESTIONS[0]], {"a.txt": DOCUMENT})
    with pytest.raises(EvaluationError, match=r"called a\.txt"):
        by_name([DOCUMENT, replace(DOCUMENT, text="other")])


def test_a_library_is_measured_by_what_it_answers(library: Library, questions: list[Question]) -> None:
    evaluation = evaluate(questions, [LibrarySystem("full", "", library)], library.documents())
    (system,) = evaluation.systems
    for question, result in zip(questions, system.questions, strict=True):
        answer = library.ask(question.question)
        assert result.abstained == answer.abstained
        assert result.confidence == answer.confidence
        assert [hit.text for hit in result.hits] == [hit.text for hit in answer.hits]
        assert [one.text for one in result.sentences] == [one.text for one in answer.sentences]
    assert system.summary["Success@10"].value > 0.9
    assert system.size["documents"] == 3
    assert system.size["bytes"] > 0
    assert evaluation.question_set["kinds"]["unanswerable"] == 1


def test_the_judgments_hold_every_passage_of_the_gold_document(library: Library) -> None:
    source = library.documents()[0].source
    question = Question("1", "What?", answers=((source, library.documents()[0].text[:400]),))
    qrels = measure(LibrarySystem("full", "", library), [question], by_name(library.documents())).qrels
    of_source = [name for name in qrels["1"] if name.startswith(source) and "#gold" not in name]
    counts = {library.document(doc_id).source: count for doc_id, count in library.contents.passage_counts().items()}
    assert len(of_source) == counts[source]
