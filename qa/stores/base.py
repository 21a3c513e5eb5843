"""The interfaces for storing and searching documents, passages and vectors.

A ``DocumentStore`` keeps documents by id. A ``SearchIndex`` finds their passages by vectors and by words. A ``Store``
is both, with the one writer and the check of a library. ``LocalStore`` is the default implementation.
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
"""The version of how a library's vectors are made; vectors of different versions cannot be compared."""


@dataclass(frozen=True, slots=True)
class Model:
    """The model that embedded a library: how to find it, its weights' hash, the vector length, the runtime."""

    name: str
    sha256: str
    dimension: int
    runtime: str = "sentence-transformers"
    """As ``Encoder.runtime``. The default was the only one before this was recorded."""
    composition: int = 1
    """The version of how vectors are made, see ``COMPOSITION``. It was 1 before this was recorded."""


@dataclass(frozen=True, slots=True)
class Entry:
    """All that is stored of one document, put in one transaction.

    ``passage_vectors`` has shape (len(passages), dimension), ``sentence_vectors`` likewise. A key names the text of a
    vector, so that the vector can be found again; without keys none can. ``original`` has the file's bytes if its pages
    can be shown; it is not read back with the rest.
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
    """A quotable sentence as stored: its span, search terms, vector and form.

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
    """A passage as stored, with its vector and its quotable sentences, in order."""

    row: int
    passage: Passage
    vector: Vectors
    sentences: Sequence[StoredSentence]


class DocumentStore(Protocol):
    """Documents by id, and the files in which they were found.

    Reads within one ``reading()`` block see one generation. Every change raises ``generation`` by one and is durable
    when the call returns. A Scope names documents by id.
    """

    @property
    def generation(self) -> int: ...

    def reading(self) -> AbstractContextManager[None]:
        """A block whose reads all see the same generation."""

    def put(self, path: str, fingerprint: str, entry: Entry) -> None:
        """Store a document found at ``path``, replacing it if it is already stored.

        A document that only this path held is removed. One that other paths hold is named after the first of them.
        """

    def link(self, path: str, fingerprint: str, doc_id: DocId) -> None:
        """Note that a document already stored was also found at ``path``."""

    def forget(self, path: str) -> DocId | None:
        """Note that a path is gone. Returns the id of the document removed with it, None if another path has it."""

    def delete(self, doc_id: DocId) -> None:
        """Remove a document with everything derived from it. UnknownDocumentError if there is none."""

    def keep_original(self, path: str, data: bytes) -> None:
        """Keep the file bytes of the document at ``path``, if they match it and are not kept yet."""

    def original(self, doc_id: DocId) -> bytes:
        """The file bytes from which a document was read. NoOriginalError if they are not available."""

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
        """The vectors that were put under these keys; unknown keys are left out."""

    def passages(self, doc_id: DocId) -> list[Passage]:
        """The passages of a document in order, none if there is no such document."""

    def sentences(self, doc_id: DocId) -> list[Span]:
        """The spans of a document's quotable sentences in order, none if there is no such document."""


class SearchIndex(Protocol):
    """Passages by row, and their scores (higher is better). It makes no ranking decisions.

    A row number names one stored passage and is never used twice. Document changes are visible at once.
    """

    def size(self) -> int:
        """How many passages there are."""

    def sections(self) -> list[tuple[str, DocId]]:
        """Each section name that has a passage, once for each document that has it."""

    def passage_counts(self) -> Mapping[DocId, int]:
        """How many passages each document has."""

    def sentence_counts(self) -> Mapping[DocId, int]:
        """The number of quotable sentences of each document; a document without any is left out."""

    def search_dense(self, vector: Vectors, k: int, scope: Scope = ANYWHERE) -> Scores:
        """The ``k`` passages within the scope with the highest cosine to ``vector``, shape (dimension,)."""

    def search_lexical(self, terms: Sequence[str], k: int, scope: Scope = ANYWHERE) -> Scores:
        """The ``k`` passages within the scope with the highest BM25 score for any of the terms."""

    def score_lexical(self, terms: Sequence[str], rows: Collection[int]) -> Scores:
        """The BM25 scores of those given rows that hold any of the terms."""

    def holds(self, terms: Sequence[str]) -> bool:
        """Whether any passage has any of the terms or runs of terms."""

    def document_frequencies(self, terms: Sequence[str]) -> Mapping[str, int]:
        """The number of passages with each term; terms in no passage are left out."""

    def vocabulary(self) -> Mapping[str, int]:
        """The documents' words, lower case and letters only, with the number of documents that hold each."""

    def abbreviations(self) -> list[tuple[str, str]]:
        """The (short form, long form) pairs that documents define, most frequently defined first."""

    def load(self, rows: Collection[int]) -> list[StoredPassage]:
        """The passages of these rows with their sentences, ordered by row."""


class Store(DocumentStore, Protocol):
    """The parts of a library: its documents, their index, and the one writer."""

    @property
    def index(self) -> SearchIndex: ...

    @property
    def model(self) -> Model:
        """The model that made the vectors."""

    @property
    def is_writable(self) -> bool:
        """Whether it was writable when it was opened."""

    def writer(self, wait_s: float) -> AbstractContextManager[None]:
        """Be the one writer; LibraryLockedError if another process still is after ``wait_s`` seconds."""

    def replace_all(self, entries: Sequence[Entry], model: Model) -> None:
        """Replace the entries of all stored documents, embedded by another model, in one step."""

    def check(self, wait_s: float) -> Findings:
        """Read everything stored, repair damage where possible, and report what was found."""

    def close(self) -> None:
        """Close the files."""
