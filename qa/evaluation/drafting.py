"""Helps to write a question set: which passage to ask about next, and saving each pair at once.

The dialogue itself is in ``qa.faces.cli.drafting``. The file is the only state: it decides what is offered
next, so that work can stop and go on at any time.
"""

import json
import os
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from qa.errors import QuestionSetError
from qa.evaluation.checks import Texts
from qa.indexing.chunking import Limits, passages, quotable_sentences
from qa.query.questions import read_questions
from qa.records import Document, Question
from qa.stores.files import write_whole
from qa.text.sentences import is_fragment

KINDS: Mapping[str, str] = {
    "factoid": "one fact",
    "definition": "what something is",
    "list": "several things",
    "comparison": "what several texts say of a matter",
    "paraphrase": "in other words than the answer's",
    "alias": "by a name that the texts do not use",
    "typo": "as typed in haste",
    "metadata": "title, authors, year and the like",
    "false-premise": "assumes what the texts contradict",
    "near-miss": "the topic is in the texts, the detail is not; unanswerable",
    "far": "nothing to do with the texts; unanswerable",
    "instruction": "tries to give orders",
}
"""The kinds of question that a set should have, with their meanings."""

_LIMITS = Limits(overlap=0)
_NUMBERED = re.compile(r"q(\d+)")


@dataclass(frozen=True, slots=True)
class Offer:
    """A passage to ask about: its place, and its sentences in order."""

    source: str
    title: str
    section: str
    start: int
    end: int
    sentences: tuple[str, ...]
    front: bool = False
    """Whether it is front matter such as authors and dates, which few readers ask about."""


def offers(documents: Sequence[Document]) -> list[Offer]:
    """The passages that can be asked about, in order. Passages of only titles and labels are left out."""
    return [offer for document in documents for offer in _offers_of(document)]


def _offers_of(document: Document) -> Iterator[Offer]:
    # Words are counted instead of the model's tokens: nothing is embedded here, so the model is not needed.
    sentences = quotable_sentences(document, _LIMITS, lambda texts: [len(text.split()) for text in texts])
    front = {sentence.start for sentence in sentences if sentence.section.role == "front"}
    for passage in passages(document, sentences, _LIMITS):
        within = (s for s in sentences if passage.start <= s.start and s.end <= passage.end)
        quotes = tuple(document.text[s.start : s.end] for s in within)
        if not all(map(is_fragment, quotes)):
            place = (document.source, document.label, passage.section, passage.start, passage.end)
            yield Offer(*place, quotes, passage.start in front)


def next_offer(
    offered: Sequence[Offer], questions: Sequence[Question], skipped: Collection[Offer], texts: Texts
) -> Offer | None:
    """The next passage to ask about: from the document, then the section, with the fewest answers so far.

    Front matter is offered only after all else of its document was skipped. A skipped passage counts as asked about,
    so that the next is from elsewhere, and it is not offered again. None if all were skipped.
    """
    gold = [
        (source, start) for q in questions for source, quote in q.answers for start, _ in texts.spans(source, quote)
    ]
    of_passage = {
        offer: sum(source == offer.source and offer.start <= start < offer.end for source, start in gold)
        + (offer in skipped)
        for offer in offered
    }
    of_document, of_section = Counter[str](), Counter[tuple[str, str]]()
    for offer, count in of_passage.items():
        of_document[offer.source] += count
        of_section[offer.source, offer.section] += count
    return min(
        (offer for offer in offered if offer not in skipped),
        key=lambda offer: (
            of_document[offer.source],
            offer.front,
            of_section[offer.source, offer.section],
            of_passage[offer],
        ),
        default=None,
    )


def started(path: Path) -> list[Question]:
    """The pairs that are in the file already; none if there is no file yet or it is empty."""
    if not path.exists() or not path.stat().st_size:
        return []
    return read_questions(path)


def next_id(questions: Sequence[Question]) -> str:
    """The next of q001, q002 and so on."""
    numbers = (match for q in questions if (match := _NUMBERED.fullmatch(q.id)))
    return f"q{max((int(match[1]) for match in numbers), default=0) + 1:03}"


def append(path: Path, question: Question) -> None:
    """Add a pair on a line of its own; it is on disk when this returns. QuestionSetError if that fails."""
    line = json.dumps(as_json(question), ensure_ascii=False).encode() + b"\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+b") as stream:
            if stream.tell():
                stream.seek(-1, os.SEEK_END)
                line = line if stream.read() == b"\n" else b"\n" + line
            stream.write(line)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        raise QuestionSetError(f"{path} cannot be written ({error.strerror}); check the path.") from error


def judged(question: Question, source: str, sentence: str, answers: bool) -> Question:
    """The question with one more judged sentence: one that answers it, or one that does not."""
    if answers:
        return replace(question, answerable=True, answers=(*question.answers, (source, sentence)))
    return replace(question, judged=(*question.judged, sentence))


def rewrite(path: Path, position: int, question: Question) -> None:
    """Replace the pair at the position, which must have the same id. Other fields of its line stay.

    QuestionSetError if the file cannot be written or another pair stands there by now; the file is then unchanged.
    """
    try:
        lines = path.read_text("utf-8-sig").split("\n")
        number = [number for number, line in enumerate(lines) if line.strip()][position]
        fields = json.loads(lines[number])
        if str(fields["id"]) != question.id:
            raise LookupError
        lines[number] = json.dumps(fields | as_json(question), ensure_ascii=False)
        write_whole(path, "\n".join(lines).encode())
    except OSError as error:
        raise QuestionSetError(f"{path} cannot be written ({error.strerror}); check the path.") from error
    except (ValueError, LookupError) as error:
        raise QuestionSetError(f"{path} was changed meanwhile; call this again to go on with it.") from error


def as_json(question: Question) -> dict[str, object]:
    """The documented form of a line; ``judged`` is left out if it is empty."""
    fields: dict[str, object] = {
        "id": question.id,
        "question": question.question,
        "kind": question.kind,
        "answerable": question.answerable,
        "answers": [{"doc": source, "quote": quote} for source, quote in question.answers],
    }
    return fields | ({"judged": list(question.judged)} if question.judged else {})
