"""Where documents, passages and vectors are kept and searched.

A ``DocumentStore`` keeps documents by their ids, a ``SearchIndex`` finds their passages by vectors and by words. A
``Store`` is both, with the one writer and the check that a library needs. ``LocalStore`` is the default implementation.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from qa.records import ANYWHERE, DocId, Document, Passage, Scope
from qa.stores.findings import Findings
from qa.text.sentences import Span

Vectors = NDArray[np.float32]

Scores = dict[int, float]
"""Row number to score, higher is better."""


COMPOSITION = 2
"""Counts the ways in which the vectors of a library have been made; those of two ways cannot be compared."""


@dataclass(frozen=True, slots=True)
class Model:
    """Which model embedded a library: how to find it, the hash of its weights, its vectors' length, what computed."""

    name: str
    sha256: str
    dimension: int
    runtime: str = "sentence-transformers"
    """As ``Encoder.runtime``; there was no other before it was noted."""
    composition: int = 1
    """In which way, as ``COMPOSITION`` counts them; there was one before it was noted."""


@dataclass(frozen=True, slots=True)
class Entry:
    """All that is kept of one document, put in one transaction.

    ``passage_vectors`` has shape (len(passages), dimension), ``sentence_vectors`` likewise. A key names the
    text that a vector was made from, so that the vector is found again; without keys none is. ``original`` has the
    bytes of the file where its pages can be shown, and is not read back with the rest.
    """

    document: Document
    passages: Sequence[Passage]
    passage_vectors: Vectors
    sentences: Sequence[Span]
    sentence_vectors: Vectors
    passage_keys: Sequence[bytes] = ()
    sentence_keys: Sequence[bytes] = ()
    original: bytes | None = None


@dataclass(frozen=True, slots=True)
class StoredSentence:
    """A quotable sentence as found again: its span, search terms and vector, and its form.

    ``leans`` and ``fragment`` are what ``qa.text`` says of its wording.
    """

    start: int
    end: int
    terms: Sequence[str]
    leans: bool
    fragment: bool
    vector: Vectors


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage as found again, with its vector and the quotable sentences within it, in order."""

    row: int
    passage: Passage
    vector: Vectors
    sentences: Sequence[StoredSentence]


class DocumentStore(Protocol):
    """Documents by their ids, and the files that they were found in.

    Reads within one ``reading()`` block see one generation. Every change raises ``generation`` by one
    and is durable when the call returns. A Scope names its documents by their ids.
    """

    @property
    def generation(self) -> int: ...

    def reading(self) -> AbstractContextManager[None]:
        """A block whose reads all see the same generation."""

    def put(self, path: str, fingerprint: str, entry: Entry) -> None:
        """Keep a document found at ``path``, replacing it if it is kept.

        What only that path held goes; what other paths hold too is named after the first of them.
        """

    def link(self, path: str, fingerprint: str, doc_id: DocId) -> None:
        """Note that a document whose text is already kept was found at ``path`` too."""

    def forget(self, path: str) -> DocId | None:
        """Note that a path is gone. The id of the document that went with it, None if another path has it."""

    def delete(self, doc_id: DocId) -> None:
        """Remove a document with all that was derived from it. UnknownDocumentError if there is none."""

    def keep_original(self, path: str, data: bytes) -> None:
        """Keep the bytes that the document found at ``path`` was read from, if they are and are not kept yet."""

    def original(self, doc_id: DocId) -> bytes:
        """The bytes of the file that a document was read from. NoOriginalError where they are not to be had."""

    def fingerprints(self) -> Mapping[str, str]:
        """Path to fingerprint of every file that was put."""

    def paths(self, doc_id: DocId) -> list[str]:
        """The paths at which a document was found."""

    def sources(self) -> Mapping[DocId, str]:
        """The file name of every document by its id, ordered by file name."""

    def document_ids(self, scope: Scope = ANYWHERE) -> list[DocId]:
        """The ids of all documents, or of those with a passage within the scope, ordered by file name."""

    def document(self, doc_id: DocId) -> Document:
        """One document. UnknownDocumentError if there is none."""

    def vectors(self, keys: Collection[bytes]) -> Mapping[bytes, Vectors]:
        """The vectors that were put under these keys; keys of none are left out."""

    def passages(self, doc_id: DocId) -> list[Passage]:
        """The passages of a document in order, none if there is no such document."""

    def sentences(self, doc_id: DocId) -> list[Span]:
        """The spans of the sentences of a document that may be quoted, in order, none if there is no such document."""


class SearchIndex(Protocol):
    """Passages by their rows, and scores for them, higher is better; no ranking policy.

    A row number names one stored passage and is never used twice. Every change of the documents shows at once.
    """

    def size(self) -> int:
        """How many passages there are."""

    def sections(self) -> list[tuple[str, DocId]]:
        """Each name of a section that has a passage, once with each document that has it."""

    def passage_counts(self) -> Mapping[DocId, int]:
        """How many passages each document has."""

    def sentence_counts(self) -> Mapping[DocId, int]:
        """How many sentences of each document may be quoted; a document without any is left out."""

    def search_dense(self, vector: Vectors, k: int, scope: Scope = ANYWHERE) -> Scores:
        """The ``k`` passages within the scope of greatest cosine with ``vector``, shape (dimension,)."""

    def search_lexical(self, terms: Sequence[str], k: int, scope: Scope = ANYWHERE) -> Scores:
        """The ``k`` passages within the scope of greatest BM25 score for any of the terms."""

    def score_lexical(self, terms: Sequence[str], rows: Collection[int]) -> Scores:
        """The BM25 score of the given rows that hold any of the terms."""

    def holds(self, terms: Sequence[str]) -> bool:
        """Whether any passage has any of the terms, or runs of terms."""

    def document_frequencies(self, terms: Sequence[str]) -> Mapping[str, int]:
        """In how many passages each term occurs; terms that occur in none are left out."""

    def vocabulary(self) -> Mapping[str, int]:
        """The words of the documents, in lower case and of letters alone, by how many documents hold each."""

    def abbreviations(self) -> list[tuple[str, str]]:
        """The (short form, long form) pairs that documents define, those defined by the most documents first."""

    def load(self, rows: Collection[int]) -> list[StoredPassage]:
        """The passages of these rows with their sentences, ordered by row."""


class Store(DocumentStore, Protocol):
    """What a library is assembled with: its documents, their index, and the one writer."""

    @property
    def index(self) -> SearchIndex: ...

    @property
    def model(self) -> Model:
        """The model that the vectors are of."""

    @property
    def is_writable(self) -> bool:
        """Whether it could be written when it was opened."""

    def writer(self, wait_s: float) -> AbstractContextManager[None]:
        """Be the one writer; LibraryLockedError if another process still is after ``wait_s`` seconds."""

    def replace_all(self, entries: Sequence[Entry], model: Model) -> None:
        """Put these entries of the documents that are kept, embedded by another model, in one step."""

    def check(self, wait_s: float) -> Findings:
        """Read everything that is kept, mend what is damaged where that can be, and say what was found."""

    def close(self) -> None:
        """Let go of the files."""
