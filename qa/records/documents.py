"""Documents and their parts: what was read of a file, and the passages that it is cut into."""

from bisect import bisect_right
from dataclasses import dataclass
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


def document_to_dict(document: Document, passages: int) -> dict[str, Any]:
    """The documented JSON form of what is known of a document, without its text."""
    fields = (
        "doc_id source title authors journal year doi pmid pmcid url licence keywords kind encoding "
        "sha256 source_sha256"
    ).split()
    unread = {"unread_pages": list(document.unread_pages)}
    return {field: getattr(document, field) for field in fields} | {"passages": passages} | unread
