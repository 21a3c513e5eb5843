"""What can be evaluated: anything that gives passages, and perhaps sentences, for a question.

``System`` is the interface. A Pincite library is a system, and so is a TREC run file of any other program. A
retriever of your own is a class with a name and one method (``docs/evaluation.md`` has one of ten lines).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from qa.answering.answer import THRESHOLD
from qa.library import Library
from qa.records import Answer, Document, Hit, Passage, Question


@dataclass(frozen=True, slots=True)
class Piece:
    """A text of a document: a passage or a sentence.

    ``start`` and ``end`` are character offsets in the document's canonical text. A system that does not know
    them leaves them out; then the text is searched for in the document. Higher ``score`` is better.
    """

    source: str
    text: str
    start: int | None = None
    end: int | None = None
    section: str = ""
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """A system's response to a question: passages best first, and sentences best first if it answers."""

    hits: Sequence[Piece]
    sentences: Sequence[Piece] = ()
    abstained: bool = False
    reason: str | None = None
    confidence: float = 1.0
    """How sure the system is that the documents answer, 0 to 1."""


class System(Protocol):
    """A retriever or question answerer under evaluation. Inherit from it and write ``ask``."""

    name: str
    description: str

    def ask(self, question: Question) -> Response:
        """The best passages, of which at most ten are judged, and the sentences of the answer."""
        ...

    def insist(self, question: Question) -> Response:
        """The response if the system never refused. Called only if it refused, and not timed."""
        return self.ask(question)

    def passages(self) -> Sequence[Piece] | None:
        """All passages that it can return, for the judgments. If None, only what it returned is judged."""
        return None

    def size(self) -> Mapping[str, int]:
        """The size of what it searches: "documents", "passages" and "bytes"; empty if not known."""
        return {}

    def close(self) -> None:
        """Close files and the like."""
        return


class LibrarySystem(System):
    """A Pincite library, asked in the same way as by every face."""

    def __init__(self, name: str, description: str, library: Library, threshold: float = THRESHOLD) -> None:
        self.name = name
        self.description = description
        self.library = library
        self._threshold = threshold

    def ask(self, question: Question) -> Response:
        return self._asked(question, self._threshold)

    def insist(self, question: Question) -> Response:
        return self._asked(question, 0.0)

    def _asked(self, question: Question, threshold: float) -> Response:
        return _response(self.library.ask(question.question, threshold=threshold, question_id=question.id))

    def close(self) -> None:
        self.library.close()

    def passages(self) -> Sequence[Piece]:
        documents = {document.doc_id: document for document in self.library.documents()}
        return [_of_passage(passage, documents[passage.doc_id]) for passage in self.library.contents.passages()]

    def size(self) -> Mapping[str, int]:
        described = self.library.description()
        files = (path for path in self.library.path.rglob("*") if path.is_file())
        return {
            "documents": described["documents"],
            "passages": described["passages"],
            "bytes": sum(path.stat().st_size for path in files),
        }


def _response(answer: Answer) -> Response:
    places = {citation.number: citation for citation in answer.citations}
    first = [places[sentence.citations[0]] for sentence in answer.sentences]
    return Response(
        hits=[_of_hit(hit) for hit in answer.hits],
        sentences=[Piece(place.source, place.quote, place.start, place.end, place.section) for place in first],
        abstained=answer.abstained,
        reason=answer.reason,
        confidence=1.0 if answer.confidence is None else answer.confidence,
    )


def _of_hit(hit: Hit) -> Piece:
    passage = hit.passage
    return Piece(hit.source, hit.text, passage.start, passage.end, passage.section, hit.score)


def _of_passage(passage: Passage, document: Document) -> Piece:
    text = document.text[passage.start : passage.end]
    return Piece(document.source, text, passage.start, passage.end, passage.section)
