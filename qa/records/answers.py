"""Questions, their scope, hits, citations and answers, and the documented JSON form of hits and answers."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from qa.records.documents import DocId, Passage


@dataclass(frozen=True, slots=True)
class Scope:
    """The passages that a question is asked of: those that meet every limit that is set. Without limits, all.

    ``documents`` are ids, beginnings of ids or file names. ``since`` and ``until`` are years, both inclusive; a
    document without a year meets neither. A passage meets ``sections`` if the headings above it together have all
    words of one of them, in any case and form: "conclusion" finds "5. Conclusions and outlook".
    """

    documents: Sequence[str] = ()
    since: int | None = None
    until: int | None = None
    sections: Sequence[str] = ()

    @property
    def dated(self) -> bool:
        """Whether a year is set."""
        return self.since is not None or self.until is not None

    @property
    def limited(self) -> bool:
        """Whether any limit is set."""
        return bool(self.documents or self.sections or self.dated)


ANYWHERE = Scope()


@dataclass(frozen=True, slots=True)
class Hit:
    """A Passage found for a question. A higher ``score`` is better; ``rank`` counts from 1.

    ``scores`` has the parts of ``score``, each on its own scale, to explain it. ``warning`` is as in a Citation.
    """

    passage: Passage
    text: str
    source: str
    title: str | None
    rank: int
    score: float
    scores: Mapping[str, float]
    warning: str | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """The place of one quote: ``document.text[start:end] == quote``. ``sha256`` is the hash of ``document.text``.

    ``warning`` says why the quote may differ from the printed page; None if there is no such doubt.
    """

    number: int
    doc_id: DocId
    source: str
    title: str | None
    section: str
    page: int | None
    start: int
    end: int
    quote: str
    sha256: str
    warning: str | None = None


@dataclass(frozen=True, slots=True)
class AnswerSentence:
    """One sentence of an answer, verbatim, and the numbers of its citations.

    ``text`` is the quote of the first citation; the others say the same (``qa.text.statements``). If the sentence
    refers back, and the sentence before it is not shown itself, ``context`` has the number of that one's citation.
    ``support`` is the calibrated probability, 0 to 1, that the sentence answers; None if not known.
    """

    text: str
    source: str
    citations: tuple[int, ...]
    context: tuple[int, ...] = ()
    support: float | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question, or an abstention. Every face returns it.

    Sentences are best first. ``confidence`` is the calibrated probability, 0 to 1, that a sentence answers the
    question: the greatest support. It is None if it was not calibrated for the models in use. An
    abstention has no sentences and no citations, but a ``reason`` and its hits. ``library`` has the generation and
    the model. ``query`` says how the question was understood: its ``text`` as searched, ``corrections`` of misspelt
    words, ``expansions`` by other names. ``signature`` is the library's, over all other fields except ``id``; None if
    the library cannot sign.
    """

    question: str
    sentences: tuple[AnswerSentence, ...]
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    abstained: bool
    reason: str | None
    confidence: float | None
    library: Mapping[str, Any] = field(default_factory=dict)
    id: str | None = None
    query: Mapping[str, Any] = field(default_factory=dict)
    signature: Mapping[str, str] | None = None

    def without_confidence(self) -> "Answer":
        """The same answer without ``confidence`` and ``support``."""
        sentences = tuple(replace(sentence, support=None) for sentence in self.sentences)
        return replace(self, sentences=sentences, confidence=None)

    def to_dict(self) -> dict[str, Any]:
        """The documented JSON form."""
        return {
            "id": self.id,
            "question": self.question,
            "query": dict(self.query),
            "abstained": self.abstained,
            "reason": self.reason,
            "confidence": self.confidence,
            "sentences": [sentence_to_dict(sentence) for sentence in self.sentences],
            "citations": [asdict(citation) for citation in self.citations],
            "hits": [hit_to_dict(hit) for hit in self.hits],
            "library": dict(self.library),
            "signature": dict(self.signature) if self.signature else None,
        }


def sentence_to_dict(sentence: AnswerSentence) -> dict[str, Any]:
    """The documented JSON form of one sentence. ``context`` is left out if it is empty."""
    form: dict[str, Any] = {"text": sentence.text, "source": sentence.source, "citations": list(sentence.citations)}
    form["support"] = sentence.support
    return form | ({"context": list(sentence.context)} if sentence.context else {})


def hit_to_dict(hit: Hit) -> dict[str, Any]:
    """The documented JSON form of one hit."""
    return {
        "rank": hit.rank,
        "score": hit.score,
        "scores": dict(hit.scores),
        "doc_id": hit.passage.doc_id,
        "source": hit.source,
        "title": hit.title,
        "section": hit.passage.section,
        "page": hit.passage.page,
        "start": hit.passage.start,
        "end": hit.passage.end,
        "text": hit.text,
        "warning": hit.warning,
    }


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a question set. ``answers`` has the gold quotes: pairs of a file name and an exact quote.

    ``judged`` has sentences that a person has read and that do not answer the question.
    """

    id: str
    question: str
    kind: str = "factoid"
    answerable: bool = True
    answers: tuple[tuple[str, str], ...] = ()
    judged: tuple[str, ...] = ()
