"""Prove a saved Answer again, with no model: every quote against the Document it names.

An answer stands when each sentence is the quote of its first citation and the others say it in nearly the same
words, its context is the sentence directly before it, each quote and each hit is ``document.text[start:end]`` of a
Document whose text still has the recorded SHA-256, and what is said about the place (file, title, section,
page) is so. Proves quotation, not truth or relevance.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa.errors import AnswerFileError
from qa.records import Document
from qa.statements import antecedent, statement

FindDocument = Callable[[str], Document | None]

_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Verification:
    """The result: how many quotes were checked, and a sentence for each that does not stand."""

    quotes: int
    problems: tuple[str, ...]

    @property
    def stands(self) -> bool:
        return not self.problems


def read_answers(path: Path) -> list[dict[str, Any]]:
    """The answers of a JSON file, or of JSON Lines with an answer a line. AnswerFileError if malformed."""
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise AnswerFileError(f"{path} cannot be read ({error.strerror}); check the path.") from error
    except UnicodeDecodeError as error:
        raise AnswerFileError(f"{path} is not UTF-8 text; give an answer saved with --json.") from error
    try:
        answers = [json.loads(text)]
    except ValueError:
        try:
            answers = [json.loads(line) for line in text.split("\n") if line.strip()]
        except ValueError as error:
            raise AnswerFileError(f"{path} is not JSON ({error}); give an answer saved with --json.") from error
    if not answers or not all(isinstance(answer, dict) for answer in answers):
        raise AnswerFileError(f"{path} holds no answer; give an answer saved with --json.")
    return answers


def verify(answer: Mapping[str, Any], find: FindDocument, reread: Sequence[Document] = ()) -> Verification:
    """Check an Answer in its JSON form.

    ``find`` gives the stored Document of an id. ``reread`` holds Documents read again from their source
    files; quotes from those files are proved against them too. Raises AnswerFileError for what is not in
    the form of an answer.
    """
    try:
        citations = list(answer["citations"])
        problems = [problem for c in citations for problem in _citation_problems(c, find, reread)]
        problems += [problem for hit in answer["hits"] for problem in _hit_problems(hit, find, reread)]
        problems += _sentence_problems(answer["sentences"], citations)
        problems += _context_problems(answer["sentences"], citations, find)
        if bool(answer["abstained"]) != (not answer["sentences"]):
            problems.append("the answer says that it abstained and yet answers, or the reverse")
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise AnswerFileError(f"this is not an answer in the documented form ({error!r}).") from error
    return Verification(len(citations), tuple(problems))


def _citation_problems(citation: Mapping[str, Any], find: FindDocument, reread: Sequence[Document]) -> Iterator[str]:
    name = f"[{citation['number']}] “{_short(citation['quote'])}”"
    yield from _place_problems(name, citation, citation["quote"], find, reread)
    document = find(citation["doc_id"])
    if document and citation["sha256"] != document.sha256:
        yield f"{name}: the recorded SHA-256 is not that of {document.source}"


def _hit_problems(hit: Mapping[str, Any], find: FindDocument, reread: Sequence[Document]) -> Iterator[str]:
    yield from _place_problems(f"hit {hit['rank']} “{_short(hit['text'])}”", hit, hit["text"], find, reread)


def _place_problems(
    name: str, place: Mapping[str, Any], quote: str, find: FindDocument, reread: Sequence[Document]
) -> Iterator[str]:
    stored = find(place["doc_id"])
    if stored is None:
        yield f"{name}: the library has no document {place['doc_id']!r}"
        return
    yield from _text_problems(name, place, quote, stored, "the stored text")
    described = {
        "source": stored.source,
        "title": stored.title,
        "section": _section_at(stored, place["start"]),
        "page": stored.page_at(place["start"]),
    }
    for field, value in described.items():
        if place[field] != value:
            yield f"{name}: its {field} is {value!r}, not {place[field]!r}"
    for document in reread:
        if document.source != stored.source:
            continue
        if document.source_sha256 != stored.source_sha256:
            yield f"{name}: the file {document.source} is not the one that was added (SHA-256 differs)"
        yield from _text_problems(name, place, quote, document, f"the file {document.source}")


def _text_problems(name: str, place: Mapping[str, Any], quote: str, document: Document, where: str) -> Iterator[str]:
    if hashlib.sha256(document.text.encode()).hexdigest() != document.sha256:
        yield f"{name}: {where} has been altered since it was read"
    start, end = place["start"], place["end"]
    spans = isinstance(start, int) and isinstance(end, int) and 0 <= start < end <= len(document.text)
    if not spans or document.text[start:end] != quote:
        yield f"{name}: these are not the words at {start}–{end} of {where}"


def _sentence_problems(sentences: Sequence[Mapping[str, Any]], citations: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    by_number = {citation["number"]: citation for citation in citations}
    if len(by_number) != len(citations):
        yield "two citations have the same number"
    for sentence in sentences:
        name = f"“{_short(sentence['text'])}”"
        cited = [by_number.get(number) for number in sentence["citations"]]
        if not cited or None in cited:
            yield f"{name}: the sentence has no citation, or one that is not there"
        for place, citation in enumerate(cited):
            if citation and not _says(citation["quote"], sentence["text"], verbatim=place == 0):
                yield f"{name}: the sentence is not the quote of its citation [{citation['number']}]"
        if not any(citation and citation["source"] == sentence["source"] for citation in cited):
            yield f"{name}: the sentence names another file than its citations"


def _says(quote: str, sentence: str, verbatim: bool) -> bool:
    said = statement(quote)
    return quote == sentence or (not verbatim and bool(said) and said == statement(sentence))


def _context_problems(
    sentences: Sequence[Mapping[str, Any]], citations: Sequence[Mapping[str, Any]], find: FindDocument
) -> Iterator[str]:
    by_number = {citation["number"]: citation for citation in citations}
    for sentence in sentences:
        own = by_number.get(next(iter(sentence["citations"]), None))
        document = find(own["doc_id"]) if own else None
        for number in sentence.get("context", ()):
            context = by_number.get(number)
            if context is None or own is None or document is None or not _precedes(context, own, document):
                yield f"“{_short(sentence['text'])}”: its context [{number}] is not the sentence directly before it"


def _precedes(context: Mapping[str, Any], own: Mapping[str, Any], document: Document) -> bool:
    if context["doc_id"] != own["doc_id"] or _section_at(document, own["start"]) is None:
        return False
    return antecedent(document, own["start"], own["end"]) == (context["start"], context["end"])


def _section_at(document: Document, offset: int) -> str | None:
    return next((s.name for s in document.sections if s.start <= offset < s.end), None)


def _short(quote: str) -> str:
    return quote if len(quote) <= _SHOWN else quote[: _SHOWN - 1] + "…"
