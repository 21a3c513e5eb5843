"""Questions and answers: what is asked of which documents, what is found, and the documented JSON form of it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from qa.records.documents import DocId, Passage


@dataclass(frozen=True, slots=True)
class Scope:
    """What a question is asked of: passages that meet every limit that is set, all passages where none is.

    ``documents`` are ids, beginnings of ids or file names. ``since`` and ``until`` are years, both inclusive; a
    document that gives no year lies outside of either. A passage meets ``sections`` if its trail of headings has, at
    any level, all the words of one of them, in any case and form: "conclusion" finds "5. Conclusions and outlook".
    """

    documents: Sequence[str] = ()
    since: int | None = None
    until: int | None = None
    sections: Sequence[str] = ()

    @property
    def dated(self) -> bool:
        """Whether it is limited to years."""
        return self.since is not None or self.until is not None

    @property
    def limited(self) -> bool:
        """Whether it is limited at all."""
        return bool(self.documents or self.sections or self.dated)


ANYWHERE = Scope()


@dataclass(frozen=True, slots=True)
class Hit:
    """A Passage found for a question. Higher scores are better; ``rank`` counts from 1.

    ``scores`` keeps what went into ``score``, each on its own scale, for explanation. ``warning`` is as in a Citation.
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
    """The proof of one quote: ``document.text[start:end] == quote``, and the hash of that text.

    ``warning`` says in words where the quote may not be what was printed, None where nothing speaks against it.
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
    """One published sentence, verbatim, and the numbers of the citations that prove it.

    Its words are those of the first citation; others say the same (``qa.text.statements``). ``context`` has the
    number of the citation of the sentence before it, where it leans on that and that is not shown itself. ``support``
    is the calibrated probability, 0 to 1, that it answers; None where that is not known.
    """

    text: str
    source: str
    citations: tuple[int, ...]
    context: tuple[int, ...] = ()
    support: float | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What every face returns for one question.

    Sentences come best first. ``confidence`` is a calibrated probability, 0 to 1, that the documents answer the
    question: the greatest support of a sentence. It is None if it was not calibrated for the models in use. An
    abstention has no sentences and no citations, but a ``reason`` and its hits. ``library`` names the generation and
    the model. ``query`` is how the question was understood: its ``text`` as searched, ``corrections`` of typed words,
    ``expansions`` by other names. ``signature`` is the library's, over everything else but ``id``; None if the library
    cannot sign.
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
        """The same, with no probability said."""
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
    """The documented JSON form of one sentence; ``context`` is there only where there is any."""
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
    """One line of a question set. ``answers`` pairs a document's file name with an exact quote.

    ``judged`` holds sentences that a person has looked at and found to be no answer.
    """

    id: str
    question: str
    kind: str = "factoid"
    answerable: bool = True
    answers: tuple[tuple[str, str], ...] = ()
    judged: tuple[str, ...] = ()
