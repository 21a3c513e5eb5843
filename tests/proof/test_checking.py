"""A proof fails if one character differs, and says where."""

import json
import random
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from qa.answering.answer import Answering
from qa.errors import AnswerFileError
from qa.library import Library
from qa.proof import read_answers
from qa.proof.unproved import noted
from qa.records import Scope
from qa.stores.local.database import Database
from qa.stores.local.schema import DATABASE
from tests.support.models import WordEncoder
from tests.support.places import CORPUS

Form = dict[str, Any]

QUESTION = "What limits the use of high-dose IL-2?"
SOURCE = CORPUS / "003_21a118f5011cff46.txt"


@pytest.fixture
def form(library: Library) -> Form:
    answer = library.ask(QUESTION, scope=Scope([SOURCE.name])).to_dict()
    assert len(answer["citations"]) >= 2
    loaded: Form = json.loads(json.dumps(answer))
    loaded["signature"] = None  # so that the signature does not reveal the change
    return loaded


def flipped(text: str, position: int) -> str:
    return text[:position] + ("x" if text[position] != "x" else "y") + text[position + 1 :]


def test_an_untouched_answer_stands(library: Library, form: Form) -> None:
    result = library.verify(form)
    assert (result.stands, result.quotes) == (True, len(form["citations"]))


def test_it_stands_against_the_source_file_too(library: Library, form: Form) -> None:
    assert library.verify(form, [SOURCE]).stands


@pytest.mark.parametrize("seed", range(20))
def test_one_random_character_of_a_quote_fails_and_names_it(library: Library, form: Form, seed: int) -> None:
    chance = random.Random(seed)
    citation = chance.choice(form["citations"])
    citation["quote"] = flipped(citation["quote"], chance.randrange(len(citation["quote"])))
    problems = library.verify(form).problems
    assert any(problem.startswith(f"[{citation['number']}] “") for problem in problems)


Corruption = Callable[[Form], None]

CORRUPTIONS: dict[str, Corruption] = {
    "sentence": lambda form: form["sentences"][0].update(text=flipped(form["sentences"][0]["text"], 3)),
    "sentence source": lambda form: form["sentences"][0].update(source="004_eb4dd2e47999bcaa.txt"),
    "start": lambda form: form["citations"][0].update(start=form["citations"][0]["start"] + 1),
    "end": lambda form: form["citations"][0].update(end=form["citations"][0]["end"] - 1),
    "negative start": lambda form: form["citations"][0].update(start=-5),
    "end beyond": lambda form: form["citations"][0].update(end=10**9),
    "sha256": lambda form: form["citations"][0].update(sha256=flipped(form["citations"][0]["sha256"], 9)),
    "doc_id": lambda form: form["citations"][0].update(doc_id="ffff000011112222"),
    "source": lambda form: form["citations"][0].update(source="other.txt"),
    "title": lambda form: form["citations"][0].update(title="Another title"),
    "section": lambda form: form["citations"][0].update(section="Results"),
    "page": lambda form: form["citations"][0].update(page=7),
    "number twice": lambda form: form["citations"][1].update(number=1),
    "no citation": lambda form: form["sentences"][0].update(citations=[]),
    "citation not there": lambda form: form["sentences"][0].update(citations=[99]),
    "hit text": lambda form: form["hits"][0].update(text=flipped(form["hits"][0]["text"], 5)),
    "hit offset": lambda form: form["hits"][0].update(start=form["hits"][0]["start"] + 2),
    "abstained": lambda form: form.update(abstained=True),
    "added sentence": lambda form: form["sentences"].append({"text": "Made up.", "source": "a", "citations": [1]}),
}


@pytest.mark.parametrize("corrupt", CORRUPTIONS.values(), ids=CORRUPTIONS.keys())
def test_any_other_corruption_fails(library: Library, form: Form, corrupt: Corruption) -> None:
    corrupted = deepcopy(form)
    corrupt(corrupted)
    assert library.verify(form).stands
    assert not library.verify(corrupted).stands


@pytest.mark.parametrize("seed", range(20))
def test_one_random_character_of_the_stored_document_fails(library: Library, form: Form, seed: int) -> None:
    database = Database(library.path / DATABASE)
    ((text,),) = database.execute("SELECT text FROM documents WHERE source = ?", SOURCE.name)
    altered = flipped(text, random.Random(seed).randrange(len(text)))
    database.execute("UPDATE documents SET text = ? WHERE source = ?", altered, SOURCE.name)
    database.close()
    assert any("altered" in problem for problem in library.verify(form).problems)


@pytest.mark.parametrize("seed", range(20))
def test_one_random_byte_of_the_source_file_fails(library: Library, form: Form, tmp_path: Path, seed: int) -> None:
    data = bytearray(SOURCE.read_bytes())
    letters = [position for position, byte in enumerate(data) if chr(byte).isascii() and chr(byte).isalpha()]
    position = random.Random(seed).choice(letters)
    data[position] ^= 1
    copy = tmp_path / SOURCE.name
    copy.write_bytes(data)
    assert any(SOURCE.name in problem for problem in library.verify(form, [copy]).problems)


def test_an_abstention_is_proved_by_its_hits(library: Library) -> None:
    form = library.ask("Who painted the Mona Lisa?").to_dict()
    assert library.verify(form).stands
    form["hits"][0]["text"] += "!"
    assert not library.verify(form).stands


def test_an_answer_from_a_removed_document_no_longer_stands(library: Library, form: Form) -> None:
    library.remove(SOURCE.name)
    assert any("no document" in problem for problem in library.verify(form).problems)


@pytest.mark.parametrize("form", [{}, {"citations": 3}, {"citations": [{}], "hits": [], "sentences": []}])
def test_what_is_not_an_answer_is_an_error(library: Library, form: Form) -> None:
    with pytest.raises(AnswerFileError):
        library.verify(form)


def test_answers_are_read_from_json_and_from_json_lines(tmp_path: Path, form: Form) -> None:
    one, many = tmp_path / "one.json", tmp_path / "many.jsonl"
    one.write_text(json.dumps(form, indent=2), "utf-8")
    many.write_text(f"{json.dumps(form)}\n\n{json.dumps(form)}\n", "utf-8")
    assert read_answers(one) == [form]
    assert read_answers(many) == [form, form]


@pytest.mark.parametrize(
    "content", [b"", b"no json", b"[1, 2]", b"\xff\xfe\x00"], ids=["empty", "text", "list", "bytes"]
)
def test_a_file_without_an_answer_is_an_error(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "answer.json"
    file.write_bytes(content)
    with pytest.raises(AnswerFileError, match="answer"):
        read_answers(file)


# ---------------------------------------------------------------- context and statements

LEANING = (
    "Aldesleukin treats renal carcinoma. However, its severe toxicity limits widespread clinical use. "
    "Fever is a severe toxicity in clinical use."
)


@pytest.fixture
def leaning(tmp_path: Path, words: WordEncoder) -> Iterator[tuple[Library, Form]]:
    """A library and an answer from it. The answer's first sentence has a context and two citations."""
    (tmp_path / "a.txt").write_text(LEANING)
    (tmp_path / "b.txt").write_text(
        "Aldesleukin treats renal carcinoma [2]. However its severe toxicity limits widespread clinical use [1]."
    )
    with Library(tmp_path / "own", encoder=words, answering=Answering(behind=1.3)) as library:
        library.add([tmp_path / "a.txt", tmp_path / "b.txt"])
        asked = "Which severe toxicity limits widespread clinical use?"
        form = json.loads(json.dumps(library.ask(asked, threshold=0.0).to_dict()))
        first, form["signature"] = form["sentences"][0], None
        assert (len(first["citations"]), len(first["context"])) == (2, 1)
        yield library, form


def quoted(form: Form, number: int) -> Form:
    found: Form = next(citation for citation in form["citations"] if citation["number"] == number)
    return found


def test_a_context_and_a_citation_in_nearly_the_same_words_stand(leaning: tuple[Library, Form]) -> None:
    library, form = leaning
    assert library.verify(form).stands


def test_a_tampered_context_is_refused(leaning: tuple[Library, Form]) -> None:
    library, form = leaning
    citation = quoted(form, form["sentences"][0]["context"][0])
    citation["quote"] = flipped(citation["quote"], 3)
    assert any(problem.startswith(f"[{citation['number']}]") for problem in library.verify(form).problems)


@pytest.mark.parametrize("part", ["itself", "half"])
def test_a_context_that_is_not_the_sentence_before_is_refused(leaning: tuple[Library, Form], part: str) -> None:
    library, form = leaning
    first = form["sentences"][0]
    context, own = (quoted(form, numbers[0]) for numbers in (first["context"], first["citations"]))
    start, end = (own["start"], own["end"]) if part == "itself" else (context["start"], context["end"] - 5)
    context.update(start=start, end=end, quote=library.document(own["doc_id"]).text[start:end])
    problems = library.verify(form).problems
    assert any("not the sentence directly before" in problem for problem in problems)
    assert any("which is left out" in problem for problem in problems)


def test_a_context_that_is_no_citation_is_refused(leaning: tuple[Library, Form]) -> None:
    library, form = leaning
    form["sentences"][0]["context"] = [99]
    assert any("context [99]" in problem for problem in library.verify(form).problems)


def test_a_context_of_a_sentence_that_does_not_lean_is_refused(leaning: tuple[Library, Form]) -> None:
    library, form = leaning
    standing = form["sentences"][1]
    standing["context"] = form["sentences"][0]["citations"][:1]
    assert any("not the sentence directly before" in problem for problem in library.verify(form).problems)


def test_a_further_citation_in_other_words_is_refused(leaning: tuple[Library, Form]) -> None:
    library, form = leaning
    other = form["sentences"][1]
    form["sentences"][0]["citations"].append(other["citations"][0])
    assert any("is not the quote of its citation" in problem for problem in library.verify(form).problems)


def test_the_first_citation_must_have_the_very_words(leaning: tuple[Library, Form]) -> None:
    library, form = leaning
    form["sentences"][0]["citations"].reverse()
    assert any("is not the quote of its citation" in problem for problem in library.verify(form).problems)


# ---------------------------------------------------------------- whole sentences


def quoting(library: Library, name: str, words: str) -> Form:
    """A forged answer of one sentence that quotes these words of a document."""
    from qa.proof.citations import cite
    from qa.records import Answer, AnswerSentence

    document = library.document(name)
    start = document.text.index(words)
    citation = cite(document, start, start + len(words))
    return Answer("Q?", (AnswerSentence(words, name, (1,)),), (citation,), (), False, None, 1.0).to_dict()


ARTICLE = """# Instruments

## Results

The new scores do not match the classical instruments in any group. They were tested twice. It was a clear result.

## References

1. Smith J. The new scores match the classical instruments well. J Psychol 2001.
"""


@pytest.fixture
def article(tmp_path: Path, words: WordEncoder) -> Iterator[Library]:
    (tmp_path / "a.md").write_text(ARTICLE)
    with Library(tmp_path / "own", encoder=words) as library:
        library.add([tmp_path / "a.md"])
        yield library


WHOLE = "The new scores do not match the classical instruments in any group."


@pytest.mark.parametrize("more", ["", " They were tested twice.", " They were tested twice. It was a clear result."])
def test_one_or_more_whole_sentences_stand(article: Library, more: str) -> None:
    assert article.verify(quoting(article, "a.md", WHOLE + more)).problems == ()


@pytest.mark.parametrize(
    "said",
    [
        "match the classical instruments in any group.",
        "The new scores do not match the classical instruments",
        "do not match",
        "struments in any group.",
        WHOLE[:-1],
        f"{WHOLE} They were",
        "in any group. They were tested twice.",
    ],
)
def test_part_of_a_sentence_is_refused_and_named(article: Library, said: str) -> None:
    result = article.verify(quoting(article, "a.md", said))
    assert any(problem.startswith("[1] “") and "only part of a sentence" in problem for problem in result.problems)
    assert (result.fallen, result.texts) == (1, {})


@pytest.mark.parametrize(
    ("said", "named"),
    [("The new scores match the classical instruments well.", "list of references"), ("Results", "heading")],
)
def test_what_is_never_quoted_is_refused_and_named(article: Library, said: str, named: str) -> None:
    assert any(named in problem for problem in article.verify(quoting(article, "a.md", said)).problems)


def test_a_context_that_is_left_out_is_refused(article: Library) -> None:
    problems = article.verify(quoting(article, "a.md", "They were tested twice.")).problems
    assert problems == ("“They were tested twice.”: it leans on the sentence before it, which is left out",)


def test_a_hit_that_is_no_stored_passage_is_refused_unless_it_is_signed(library: Library, form: Form) -> None:
    hit = form["hits"][0]
    hit.update(end=hit["end"] - 1, text=hit["text"][:-1])
    assert any("no passage that the library keeps" in problem for problem in library.verify(form).problems)


FORMS: dict[str, tuple[Corruption, str]] = {
    "confidence": (lambda form: form.update(confidence=1.5), "no probability"),
    "confidence in words": (lambda form: form.update(confidence="high"), "no probability"),
    "reason": (lambda form: form.update(reason="off_corpus"), "reason to abstain"),
    "ranks": (lambda form: form["hits"].reverse(), "not ranked"),
    "a hit less": (lambda form: form["hits"].pop(0), "not ranked"),
    "a citation more": (lambda form: form["citations"].append(form["citations"][0] | {"number": 77}), "[77]"),
    "source": (lambda form: form["sentences"][0].update(source="b.txt"), "another file"),
    "note": (lambda form: form.update(note="All of it was proved."), "a note"),
    "note with a number": (lambda form: form.update(note="Quote 1: proved."), "a note"),
}


@pytest.mark.parametrize(("change", "named"), FORMS.values(), ids=FORMS.keys())
def test_what_does_not_go_together_is_named(library: Library, form: Form, change: Corruption, named: str) -> None:
    change(form)
    assert any(named in problem for problem in library.verify(form).problems)


def test_the_note_of_an_export_is_no_problem(library: Library, form: Form) -> None:
    form["note"] = noted([1, 2])
    assert library.verify(form).stands


def test_a_piece_of_a_long_sentence_is_said_to_be_one(tmp_path: Path, words: WordEncoder) -> None:
    (tmp_path / "a.txt").write_text("Interleukin was found to be " + "very " * 400 + "toxic to all of them.")
    with Library(tmp_path / "own", encoder=words) as library:
        library.add([tmp_path / "a.txt"])
        answer = library.ask("Is interleukin toxic?", threshold=0.0)
        result = library.verify(answer)
    assert result.stands
    assert any("piece of one too long" in said for said in result.unproved)


def test_no_answer_is_a_mistake(library: Library) -> None:
    with pytest.raises(AnswerFileError, match="no answer"):
        library.proofs.verify_all([])


@pytest.mark.parametrize(
    "content", ["[]", "", "{", '{"question": "a", "question": "b"}', '{"confidence": NaN}', "[" * 9999]
)
def test_a_file_that_can_be_read_in_two_ways_or_none_is_an_error(tmp_path: Path, content: str) -> None:
    (tmp_path / "answer.json").write_text(content)
    with pytest.raises(AnswerFileError, match="answer"):
        read_answers(tmp_path / "answer.json")


def test_a_list_of_answers_is_read(tmp_path: Path, form: Form) -> None:
    (tmp_path / "answers.json").write_text(json.dumps([form, form]))
    assert read_answers(tmp_path / "answers.json") == [form, form]


@pytest.fixture
def doubted(tmp_path: Path) -> Iterator[Library]:
    """A library of one text with a character that could not be decoded."""
    path = tmp_path / "heart.md"
    path.write_text("# On hearts\n\n## Results\n\nThe heart was kept at 4 \ufffdC for a day. It beats.\n", "utf-8")
    with Library(tmp_path / "library", encoder=WordEncoder()) as library:
        library.add([path])
        yield library


def doubted_answer(library: Library) -> Form:
    answer: Form = json.loads(json.dumps(library.ask("At how many degrees was the heart kept?", threshold=0).to_dict()))
    answer["signature"] = None
    return answer


def test_a_warning_is_no_problem_and_is_said_of_what_is_not_proved(doubted: Library) -> None:
    answer = doubted_answer(doubted)
    (warned, *_) = answer["citations"]
    result = doubted.verify(answer)
    assert result.stands
    assert warned["warning"].endswith("the file does not name the sign that stands here as \ufffd.")
    assert f"That [1] is what was printed. {warned['warning']}" in result.unproved


@pytest.mark.parametrize("said", [None, "Nothing speaks against it."])
def test_a_warning_that_was_taken_away_or_changed_is_found_out(doubted: Library, said: str | None) -> None:
    answer = doubted_answer(doubted)
    answer["citations"][0]["warning"] = said
    (problem,) = doubted.verify(answer).problems
    assert problem.startswith("[1] “")
    assert "its warning is 'Compare with" in problem


def test_an_answer_from_before_there_were_warnings_stands(doubted: Library) -> None:
    answer = doubted_answer(doubted)
    for place in (*answer["citations"], *answer["hits"]):
        del place["warning"]
    result = doubted.verify(answer)
    assert result.stands
    assert any(said.startswith("That [1] is what was printed") for said in result.unproved)
