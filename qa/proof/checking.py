"""Checks a saved Answer against what the library keeps, without a model.

An answer stands if all of this holds:
- each quote is one or more whole sentences of the library, word for word, at the place that its citation gives, in a
  Document whose text still has the recorded SHA-256;
- each sentence is the quote of its first citation, its other citations say the same, and if it refers back, the
  sentence before is quoted too;
- each hit is a passage of the library;
- the signature, if there is one, fits.
``Verification`` says what that covers, and what not.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qa.errors import AnswerFileError
from qa.proof.citations import warning
from qa.proof.places import Kept, hit_problems, is_piece, kept_in, quote_problems, section_at, short
from qa.proof.printed import SourceFile
from qa.proof.signing import Signature, signature_of
from qa.proof.unproved import noted
from qa.records import Document
from qa.stores.base import DocumentStore
from qa.text.statements import antecedent, meaning

Form = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Verification:
    """The result: how many quotes were checked, how many failed (``fallen``), and a sentence for each problem.

    ``texts`` maps each text that quotes stand in, in words, to how many do. ``unproved`` has a sentence for each thing
    that is not proved although a reader may think so.
    """

    quotes: int
    problems: tuple[str, ...]
    fallen: int = 0
    signature: Signature | None = None
    texts: Mapping[str, int] = field(default_factory=dict)
    unproved: tuple[str, ...] = ()

    @property
    def stands(self) -> bool:
        return not self.problems


def verify_all(
    answers: Sequence[Form], store: DocumentStore, folder: Path, sources: Sequence[str | Path], reader_version: int
) -> list[Verification]:
    """Check answers against a store, and against source files, which are read again with this version of the readers.

    Raises AnswerFileError if there is no answer, ReadError for a file that cannot be read, and the errors of
    ``verify``.
    """
    if not answers:
        raise AnswerFileError("there is no answer to verify; give one saved with --json.")
    files = [SourceFile(Path(source), reader_version) for source in sources]
    with store.reading():
        kept = kept_in(store)
        return [verify(answer, kept, folder, files) for answer in answers]


def verify(answer: Form, kept: Kept, folder: Path, files: Sequence[SourceFile] = ()) -> Verification:
    """Check an Answer in its JSON form against what the library in the folder keeps.

    Quotes from one of the source ``files`` are checked against that file too. Raises AnswerFileError if ``answer`` is
    not in the form of an answer.
    """
    signature = signature_of(answer, folder)
    try:
        sentences, citations = answer["sentences"], answer["citations"]
        quotes = [_check_quote(citation, kept, files) for citation in citations]
        problems = [problem for quote in quotes for problem in quote.problems]
        problems += _hits_problems(answer["hits"], kept, files, given=signature.by == "this library")
        problems += _sentence_problems(sentences, citations, kept)
        problems += _context_problems(sentences, citations, kept)
        problems += [f"the answer: {problem}" for problem in _form_problems(answer, signature)]
        return Verification(
            quotes=len(quotes),
            problems=tuple(problems),
            fallen=sum(bool(quote.problems) for quote in quotes),
            signature=signature,
            texts=Counter(text for quote in quotes if not quote.problems for text in quote.texts),
            unproved=tuple(said for quote in quotes if not quote.problems for said in quote.unproved),
        )
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise AnswerFileError(f"this is not an answer in the documented form ({error!r}).") from error


@dataclass(frozen=True, slots=True)
class _Quote:
    """The result for one quote: its problems, the texts that it stands in, and what is not proved of it."""

    problems: list[str]
    texts: list[str] = field(default_factory=list)
    unproved: list[str] = field(default_factory=list)


def _check_quote(citation: Form, kept: Kept, files: Sequence[SourceFile]) -> _Quote:
    name = f"[{citation['number']}] “{short(citation['quote'])}”"
    found, stored = quote_problems(citation, kept, files), kept.document(citation["doc_id"])
    if found or stored is None:
        return _Quote([f"{name}: {problem}" for problem in found])
    quote = _Quote([], [_stored_text(stored)], [])
    if is_piece(citation, stored):
        quote.unproved.append(
            f"That [{citation['number']}] is a whole sentence: it is a piece of one too long to be kept whole."
        )
    if caution := warning(stored, citation["start"], citation["end"]):
        quote.unproved.append(f"That [{citation['number']}] is what was printed. {caution}")
    for file in files:
        if file.document.source == stored.source:
            held = file.held(citation, stored)
            quote.problems.extend(f"{name}: {problem}" for problem in held.problems)
            quote.texts.extend(held.texts)
            quote.unproved.extend(held.unproved)
    return quote


def _hits_problems(hits: Sequence[Form], kept: Kept, files: Sequence[SourceFile], given: bool) -> Iterator[str]:
    for hit in hits:
        for problem in hit_problems(hit, kept, files, given):
            yield f"hit {hit['rank']} “{short(hit['text'])}”: {problem}"


def _form_problems(answer: Form, signature: Signature) -> Iterator[str]:
    if signature.by == "altered":
        yield signature.words
    if bool(answer["abstained"]) != (not answer["sentences"]):
        yield "it says that it abstained and yet answers, or the reverse"
    if bool(answer["abstained"]) != bool(answer["reason"]):
        yield "it gives a reason to abstain and yet answers, or the reverse"
    yield from _numbers_problems(answer)


def _numbers_problems(answer: Form) -> Iterator[str]:
    note = answer.get("note")
    if note is not None and note != noted(list(map(int, re.findall(r"\d+", note)))):
        yield "it has a note that Pincite does not write"
    if answer["confidence"] is not None and not _is_probability(answer["confidence"]):
        yield f"its confidence, {answer['confidence']!r}, is no probability"
    for support in (one["support"] for one in answer["sentences"] if one.get("support") is not None):
        if not _is_probability(support):
            yield f"the support of a sentence, {support!r}, is no probability"
    if [hit["rank"] for hit in answer["hits"]] != list(range(1, len(answer["hits"]) + 1)):
        yield "its hits are not ranked 1, 2, 3 and so on"
    numbers = [citation["number"] for citation in answer["citations"]]
    if len(set(numbers)) != len(numbers):
        yield "two citations have the same number"
    used = {number for one in answer["sentences"] for number in (*one["citations"], *one.get("context", ()))}
    for number in sorted(set(numbers) - used):
        yield f"no sentence has the citation [{number}]"


def _is_probability(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


# ---------------------------------------------------------------- sentences and their context


def _sentence_problems(sentences: Sequence[Form], citations: Sequence[Form], kept: Kept) -> Iterator[str]:
    by_number = {citation["number"]: citation for citation in citations}
    for sentence in sentences:
        name = f"“{short(sentence['text'])}”"
        cited = [by_number[number] for number in sentence["citations"] if number in by_number]
        if not cited or len(cited) < len(sentence["citations"]):
            yield f"{name}: the sentence has no citation, or one that is not there"
        for citation in cited[:1]:
            if citation["quote"] != sentence["text"]:
                yield f"{name}: the sentence is not the quote of its citation [{citation['number']}]"
            if citation["source"] != sentence["source"]:
                yield f"{name}: the sentence names another file than its citation [{citation['number']}]"
        for citation in cited[1:]:
            if not _say_the_same(cited[0], citation, kept):
                yield f"{name}: the sentence is not the quote of its citation [{citation['number']}], nor says the same"


def _say_the_same(one: Form, other: Form, kept: Kept) -> bool:
    said = _meaning(one, kept)
    return said is not None and any(said) and said == _meaning(other, kept)


def _meaning(citation: Form, kept: Kept) -> tuple[str, ...] | None:
    document = kept.document(citation["doc_id"])
    if document is None or section_at(document, citation["start"]) is None:
        return None
    return meaning(document, citation["start"], citation["end"])


def _context_problems(sentences: Sequence[Form], citations: Sequence[Form], kept: Kept) -> Iterator[str]:
    by_number = {citation["number"]: citation for citation in citations}
    quoted = {(citation["doc_id"], citation["start"], citation["end"]) for citation in citations}
    for sentence in sentences:
        name = f"“{short(sentence['text'])}”"
        own = by_number.get(next(iter(sentence["citations"]), None))
        before = _before(own, kept) if own else None
        for number in sentence.get("context", ()):
            context = by_number.get(number)
            if context is None or before != (context["doc_id"], context["start"], context["end"]):
                yield f"{name}: its context [{number}] is not the sentence directly before it"
        if before and before not in quoted:
            yield f"{name}: it leans on the sentence before it, which is left out"


def _before(own: Form, kept: Kept) -> tuple[str, int, int] | None:
    """The place of the sentence before the cited one, if that refers back."""
    document = kept.document(own["doc_id"])
    if document is None or section_at(document, own["start"]) is None:
        return None
    span = antecedent(document, own["start"], own["end"])
    return (own["doc_id"], *span) if span else None


# ---------------------------------------------------------------- what is covered


def _stored_text(document: Document) -> str:
    """The stored text of a document in words."""
    name = f"“{document.title}” ({document.source})" if document.title else document.source
    version = document.reader_version
    reader = (
        f"version {version} of the readers" if version else "an earlier version of the readers, which was not noted"
    )
    return f"the stored text of {name}, which {reader} read from the file with SHA-256 {document.source_sha256}"
