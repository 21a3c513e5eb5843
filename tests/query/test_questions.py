"""qa.query.questions: single questions, and files of questions."""

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.errors import QuestionError, QuestionSetError
from qa.query.questions import MAX_CHARACTERS, checked_question, read_questions
from qa.records import Question
from qa.text.lines import collapse


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "questions.jsonl"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        pytest.param("What is IL-2?", "What is IL-2?", id="clean"),
        pytest.param("  What\n is\tIL-2? \n", "What is IL-2?", id="white space"),
        pytest.param("What is\x00 IL-2?", "What is IL-2?", id="control character"),
        pytest.param(" " * 5_000 + "x", "x", id="long only by its spaces"),
        pytest.param("x" * 2_000, "x" * 2_000, id="as long as may be"),
    ],
)
def test_a_question_is_brought_onto_one_line(typed: str, expected: str) -> None:
    assert checked_question(typed) == expected


@pytest.mark.parametrize("typed", ["caf\udce9", "\ud83d", "is \udfff it?"])
def test_a_question_that_is_no_text_is_refused(typed: str) -> None:
    with pytest.raises(QuestionError, match=r"^the question holds bytes that are no UTF-8, or half a character; write"):
        checked_question(typed)


@pytest.mark.parametrize("typed", ["", "  \n\t", "\x00", "\u200b"], ids=["nothing", "space", "control", "no width"])
def test_an_empty_question_is_refused(typed: str) -> None:
    with pytest.raises(QuestionError, match=r"^the question is empty; ask something\.$"):
        checked_question(typed)


def test_a_question_that_is_too_long_is_refused_with_its_length() -> None:
    with pytest.raises(QuestionError, match=r"^the question has 2,001 characters; ask it in at most 2,000\.$"):
        checked_question("x" * (MAX_CHARACTERS + 1))


def test_a_file_gives_its_questions_in_order(file: Path) -> None:
    file.write_text(
        '{"id": "q1", "question": " What is\\n IL-2? "}\n'
        "\n"
        '{"id": 2, "question": "Why β?", "kind": "why", "answerable": false, "answers": []}\n'
        '{"id": "q3", "question": "Who?", "answers": [{"doc": "a.txt", "quote": "They."}], "note": "ignored"}',
        "utf-8",
    )
    assert read_questions(file) == [
        Question("q1", "What is IL-2?", "factoid", True, ()),
        Question("2", "Why β?", "why", False, ()),
        Question("q3", "Who?", "factoid", True, (("a.txt", "They."),)),
    ]


def test_a_byte_order_mark_and_windows_line_ends_are_no_part_of_a_question(file: Path) -> None:
    file.write_bytes(b'\xef\xbb\xbf{"id": "1", "question": "A?"}\r\n{"id": "2", "question": "B?"}\r\n')
    assert [question.question for question in read_questions(file)] == ["A?", "B?"]


# JSON allows these unescaped in a string, but str.splitlines breaks lines at them.
@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x85"], ids=["U+2028", "U+2029", "U+0085"])
def test_only_a_newline_ends_a_line(file: Path, separator: str) -> None:
    quote = f"one{separator}two"
    file.write_text(f'{{"id": "1", "question": "A?", "answers": [{{"doc": "a.txt", "quote": "{quote}"}}]}}', "utf-8")
    assert read_questions(file)[0].answers == (("a.txt", quote),)


encodable = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
asked = st.builds(
    Question,
    id=encodable,
    question=encodable.map(collapse).filter(bool),
    kind=encodable,
    answerable=st.booleans(),
    answers=st.lists(st.tuples(encodable, encodable), max_size=3).map(tuple),
)


def as_line(question: Question) -> str:
    answers = [{"doc": doc, "quote": quote} for doc, quote in question.answers]
    fields = {"id": question.id, "question": question.question, "kind": question.kind}
    return json.dumps({**fields, "answerable": question.answerable, "answers": answers})


@settings(max_examples=100, deadline=None)
@given(st.lists(asked, min_size=1, max_size=4))
def test_questions_written_as_json_lines_come_back_the_same(questions: list[Question]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "questions.jsonl"
        path.write_text("\n".join(map(as_line, questions)), "utf-8")
        assert read_questions(path) == questions


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("{", id="not JSON"),
        pytest.param("[]", id="a list"),
        pytest.param('"What?"', id="a string"),
        pytest.param("null", id="null"),
        pytest.param('{"question": "What?"}', id="no id"),
        pytest.param('{"id": "1"}', id="no question"),
        pytest.param('{"id": "1", "question": 5}', id="a question that is a number"),
        pytest.param('{"id": "1", "question": null}', id="a question that is null"),
        pytest.param('{"id": "1", "question": "What?", "answers": null}', id="answers that are null"),
        pytest.param('{"id": "1", "question": "What?", "answers": ["a"]}', id="answers that are strings"),
        pytest.param('{"id": "1", "question": "What?", "answers": [{"doc": "a"}]}', id="an answer without a quote"),
        pytest.param('{"id": "1", "question": "What?", "answerable": "false"}', id="answerable that is a string"),
    ],
)
def test_a_bad_line_is_refused_by_its_number(file: Path, line: str) -> None:
    file.write_text(f'{{"id": "0", "question": "Good?"}}\n\n{line}\n', "utf-8")
    with pytest.raises(QuestionSetError) as caught:
        read_questions(file)
    assert str(caught.value) == f'{file}, line 3 is not of the form {{"id": …, "question": "…"}}; mend that line.'


def test_an_empty_question_in_a_file_is_refused_by_its_line(file: Path) -> None:
    file.write_text('{"id": "1", "question": "  "}', "utf-8")
    with pytest.raises(QuestionSetError) as caught:
        read_questions(file)
    assert str(caught.value) == f"{file}, line 1: the question is empty; ask something."


@pytest.mark.parametrize("text", ["", "\n \n"], ids=["empty", "blank lines"])
def test_a_file_without_a_question_is_refused(file: Path, text: str) -> None:
    file.write_text(text, "utf-8")
    with pytest.raises(QuestionSetError, match="holds no question; write one JSON object a line"):
        read_questions(file)


def test_a_missing_file_is_refused_by_its_name(file: Path) -> None:
    with pytest.raises(QuestionSetError, match=r"questions\.jsonl cannot be read \(No such file or directory\)"):
        read_questions(file)


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(QuestionSetError, match="cannot be read"):
        read_questions(tmp_path)


def test_a_file_that_is_not_utf_8_is_refused(file: Path) -> None:
    file.write_bytes('{"id": "1", "question": "Müller?"}'.encode("latin-1"))
    with pytest.raises(QuestionSetError, match="is not UTF-8 text; save it as UTF-8"):
        read_questions(file)
