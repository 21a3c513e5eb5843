"""Documents, their parts, and the passages that they are cut into."""

from bisect import bisect_right
from dataclasses import dataclass
from typing import Any, Literal, NewType

DocId = NewType("DocId", str)

Role = Literal["body", "front", "caption", "table", "note", "boilerplate", "references"]
"""What a section holds. Quotable: "body", running text; "front", such as title, authors and dates; "caption", of a
figure or table; "table", its cells, each on a line with its heads; "note", a footnote. Never quotable: "boilerplate",
text that a web page or publisher put around the article; "references", the list of references."""

Kind = Literal["abstract", "full text"]

DoubtKind = Literal["unnamed", "disputed", "recognised"]
"""Why a text may differ from the printed page: the file does not name a sign; two ways of reading the file differ on
a sign; the text was recognised in a picture of the page."""

EVIDENCE_ROLES: frozenset[Role] = frozenset({"body", "front", "caption", "table", "note"})

BESIDE_ROLES: frozenset[Role] = frozenset({"caption", "table", "note"})
"""Roles of text beside the running text. The path of its section ends in what it belongs to: "Results › Table 2"."""

SECTION_SEPARATOR = " › "
BLOCK_SEPARATOR = "\n\n"
"""Separates the blocks of a ``Document.text``: paragraphs, headings, captions and the like."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of ``Document.text`` under one heading. The heading itself is in no section.

    ``path`` has the headings above it, outermost first; it is empty before the first heading. The path of a caption,
    table or note ends in what it belongs to, such as "Table 2".
    """

    path: tuple[str, ...]
    start: int
    end: int
    role: Role = "body"

    @property
    def name(self) -> str:
        """The headings of ``path`` on one line; empty before the first heading."""
        return SECTION_SEPARATOR.join(self.path)


@dataclass(frozen=True, slots=True)
class Reference:
    """One entry of an article's list of references: its text, and the identifiers in it."""

    id: str
    text: str
    label: str | None = None
    doi: str | None = None
    pmid: str | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """A span of ``Document.text`` that cites a Reference of the same document. ``reference`` is its id."""

    start: int
    end: int
    reference: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """A span of ``Document.text`` that may differ from the printed page, and why.

    ``confidence``, 0 to 1, is how sure the text recognition was; None if not known.
    """

    start: int
    end: int
    kind: DoubtKind
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """The text of one file in canonical form, and what is known about the text.

    ``sha256`` is the hash of ``text`` in UTF-8; ``doc_id`` is its beginning, so equal texts are one document.
    ``source`` is the file's name, ``source_sha256`` the hash of its bytes. The fields from ``title`` to ``keywords``
    are those that the file, or ``sources.toml`` beside it, gives; others are None or empty, never guessed. ``kind``
    says whether the text is only an article's abstract or its full text. ``pages`` has the offset at which each page
    starts; it is empty if the format has no pages. ``references`` and ``mentions`` are filled if the format marks
    them. ``reader_version`` is the version of the readers that read the file; None if not noted. ``encoding`` is set
    only if the encoding of a text file had to be guessed. ``doubts`` are in text order. ``unread_pages`` are pages,
    counted from 1, that show something but have no text.
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
        """The name to show to a person: the title, or the file name if there is no title."""
        return self.title or self.source

    def page_at(self, offset: int) -> int | None:
        """The number of the page, from 1, that holds the offset; None if the format has no pages."""
        return bisect_right(self.pages, offset) or None


@dataclass(frozen=True, slots=True)
class Passage:
    """A span of a Document within one section, cut at sentence ends. Retrieval finds passages.

    ``section`` has the headings above it on one line. ``page`` counts from 1; None if the format has no pages.
    """

    doc_id: DocId
    start: int
    end: int
    section: str
    page: int | None

    @property
    def passage_id(self) -> str:
        """``doc_id#start-end``: it identifies the place, not the content."""
        return f"{self.doc_id}#{self.start}-{self.end}"


def document_to_dict(document: Document, passages: int) -> dict[str, Any]:
    """The documented JSON form of a document's description, without its text. ``passages`` is their number."""
    fields = (
        "doc_id source title authors journal year doi pmid pmcid url licence keywords kind encoding "
        "sha256 source_sha256"
    ).split()
    unread = {"unread_pages": list(document.unread_pages)}
    return {field: getattr(document, field) for field in fields} | {"passages": passages} | unread
