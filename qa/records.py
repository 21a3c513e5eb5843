"""The values that flow through Pincite: frozen, plain, and the same on every face.

Offsets are counted in Unicode code points of ``Document.text`` (the canonical text), half-open:
``document.text[start:end]``. They never refer to a passage or to the source file's bytes, so that a
citation outlives re-chunking and re-embedding.

This module gives the JSON form of an Answer; reading and judging such a form is in ``qa.proof``.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal, NewType

DocId = NewType("DocId", str)

Role = Literal["body", "front", "caption", "table", "note", "boilerplate", "references"]
"""What a section is: text to quote; title, authors, dates and the like; the caption of a figure or table; the cells of
a table, one a line with its heads; a footnote (all quotable too); what a web page or a publisher wrapped around the
article (never evidence); the list of references (never evidence)."""

Kind = Literal["abstract", "full text"]

DoubtKind = Literal["unnamed", "disputed", "recognised"]
"""Why a text may not be what was printed: its file does not name a sign; two ways of reading the file differ on a
sign; it was recognised in a picture of the page."""

EVIDENCE_ROLES: frozenset[Role] = frozenset({"body", "front", "caption", "table", "note"})

BESIDE_ROLES: frozenset[Role] = frozenset({"caption", "table", "note"})
"""What stands beside the running text; its section's path ends in what it belongs to: "Results › Table 2"."""

SECTION_SEPARATOR = " › "
BLOCK_SEPARATOR = "\n\n"
"""Between two blocks of a ``Document.text``: paragraphs, headings, captions and the like."""


@dataclass(frozen=True, slots=True)
class Section:
    """A run of ``Document.text`` under one heading; the heading itself lies outside every section.

    ``path`` is the trail of headings, outermost first, empty before the first heading. That of a caption, table or note
    ends in what it belongs to, such as "Table 2".
    """

    path: tuple[str, ...]
    start: int
    end: int
    role: Role = "body"

    @property
    def name(self) -> str:
        """The trail of headings as one line, empty before the first heading."""
        return SECTION_SEPARATOR.join(self.path)


@dataclass(frozen=True, slots=True)
class Reference:
    """One entry of an article's list of references: what it says, and the identifiers it gives."""

    id: str
    text: str
    label: str | None = None
    doi: str | None = None
    pmid: str | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """A place in ``Document.text`` that cites a Reference of the same document, by its id."""

    start: int
    end: int
    reference: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """A span of ``Document.text`` that may not be what was printed, and why.

    ``confidence``, 0 to 1, is the recogniser's own in what it recognised; None where it did not say.
    """

    start: int
    end: int
    kind: DoubtKind
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """One text, read and brought into canonical form.

    ``doc_id`` begins the SHA-256 of ``text``, so equal texts are one document; ``sha256`` is that hash
    whole, of the UTF-8 form. ``source`` is the file's name and ``source_sha256`` the hash of its bytes.
    What the file says of itself is in the fields below; what it does not say is None or empty, never
    guessed. ``kind`` tells an article's abstract alone from its full text. ``pages`` holds the offset at
    which each page starts, and is empty where the format has no pages. ``references`` and ``mentions``
    are filled where the format marks them. ``reader_version`` is that of the readers that made the text of the file,
    None where it was not noted. ``encoding`` is how a text file was decoded where that had to be guessed. ``doubts``
    are in the order of the text; ``unread_pages`` are pages, counted from 1, that show something and hold no text.
    """

    doc_id: DocId
    source: str
    text: str
    sections: tuple[Section, ...]
    pages: tuple[int, ...]
    sha256: str
    source_sha256: str
    title: str | None = None
    authors: tuple[str, ...] = ()
    journal: str | None = None
    year: int | None = None
    doi: str | None = None
    pmid: str | None = None
    pmcid: str | None = None
    url: str | None = None
    licence: str | None = None
    keywords: tuple[str, ...] = ()
    kind: Kind | None = None
    references: tuple[Reference, ...] = ()
    mentions: tuple[Mention, ...] = ()
    reader_version: int | None = None
    encoding: str | None = None
    doubts: tuple[Doubt, ...] = ()
    unread_pages: tuple[int, ...] = ()

    @property
    def label(self) -> str:
        """What to call the document before a person: its title, or its file name where it has none."""
        return self.title or self.source

    def page_at(self, offset: int) -> int | None:
        """The page, counted from 1, that holds the offset; None where the format has no pages."""
        return bisect_right(self.pages, offset) or None


@dataclass(frozen=True, slots=True)
class Passage:
    """A span of a Document, cut at sentence ends within one section; the unit of retrieval.

    ``section`` is the trail of headings as one line; ``page`` counts from 1, None where there are none.
    """

    doc_id: DocId
    start: int
    end: int
    section: str
    page: int | None

    @property
    def passage_id(self) -> str:
        """``doc_id#start-end``: names the place, not the content."""
        return f"{self.doc_id}#{self.start}-{self.end}"


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

    Sentences come best first. ``confidence`` is a calibrated probability, 0 to 1, that the documents
    answer the question: the greatest support of a sentence; None where it was not calibrated for the models in use.
    An abstention has no sentences and no citations, a
    ``reason``, and its hits.
    ``library`` names the generation and model the answer was made with. ``query`` is what the question was
    taken to mean: its ``text`` as searched, ``corrections`` of typed words, ``expansions`` by other names.
    ``signature`` is the library's, of all the rest but ``id``; None where the library cannot sign.
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


def document_to_dict(document: Document, passages: int) -> dict[str, Any]:
    """The documented JSON form of what is known of a document, without its text."""
    fields = (
        "doc_id source title authors journal year doi pmid pmcid url licence keywords kind encoding "
        "sha256 source_sha256"
    ).split()
    unread = {"unread_pages": list(document.unread_pages)}
    return {field: getattr(document, field) for field in fields} | {"passages": passages} | unread


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
