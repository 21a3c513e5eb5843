"""The default store, in one folder: SQLite is the truth, and the FAISS index is derived from it."""

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path, PurePath
from uuid import uuid4

from qa.errors import LibraryDamagedError, LibraryError, LibraryLockedError, NoOriginalError
from qa.records import ANYWHERE, DocId, Document, Passage, Scope
from qa.stores.base import Entry, Scores, StoredPassage, Vectors
from qa.stores.files import make_folder
from qa.stores.local import originals, rows, seal
from qa.stores.local.database import Database
from qa.stores.local.dense import DenseIndex
from qa.stores.local.lexical import LexicalIndex
from qa.stores.local.locking import Lock, Taken
from qa.stores.local.originals import ORIGINALS, Originals
from qa.stores.local.recovery import enrolment, mending, settling, visiting
from qa.stores.local.recovery.findings import SOUND, Findings
from qa.stores.local.schema import DATABASE, create_database
from qa.stores.local.scoping import within
from qa.stores.local.snapshots import SNAPSHOTS
from qa.text.sentences import Span

LOCK = "writer.lock"

_CREATION_S = 10.0
"""How long to wait for another process that is making the library."""
_LETTERS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Model:
    """Which model embedded a library: how to find it, the hash of its weights, its vectors' length, what computed."""

    name: str
    sha256: str
    dimension: int
    runtime: str = "sentence-transformers"
    """As ``Encoder.runtime``; there was no other before it was noted."""


class LocalStore:
    """A ``Store`` in one folder. Any number of readers; one writer at a time, held by a file lock."""

    def __init__(self, folder: Path) -> None:
        """Open the library of the folder, mending it if need be. LibraryDamagedError if there is none to be had."""
        self._folder = folder
        self._lock = Lock(folder / LOCK)
        self._database, self._findings = _opened(folder, self._lock)
        self._originals = Originals(folder / ORIGINALS)
        self._untidy, self._aligned = False, True
        self._dropped: list[tuple[DocId, str]] = []
        """The originals of what the present change deletes."""
        self._broken: seal.Seal | None = None
        """The seal that fitted before the present writer's first change."""
        self._vocabulary: tuple[int, Mapping[str, int]] = (-1, {})
        """The generation whose words they are; read when a question first needs them."""
        self._abbreviations: tuple[int, list[tuple[str, str]]] = (-1, [])
        self._lexical = LexicalIndex(self._database)
        self._dense = DenseIndex(folder / SNAPSHOTS, self._database, self._lock)

    @classmethod
    def create(cls, folder: Path, model: Model) -> "LocalStore":
        """Open the library of the folder, making an empty one for this model where there is none."""
        if not cls.exists(folder):
            try:
                make_folder(folder)
            except OSError as error:
                raise _unwritable(folder, error) from error
            with _held(Lock(folder / LOCK), folder, _CREATION_S):
                create_database(folder / DATABASE, {"model": asdict(model), "library": uuid4().hex})
        return cls(folder)

    @staticmethod
    def exists(folder: Path) -> bool:
        """Whether a library was ever made in the folder."""
        return mending.exists(folder)

    @property
    def model(self) -> Model:
        """The model that the library was made for."""
        try:
            return Model(**self._database.fact("model"))
        except TypeError as error:
            raise LibraryDamagedError(
                f"the library {self._folder} does not say which model it has; move it away and run 'qa add' again."
            ) from error

    def close(self) -> None:
        self._database.close()

    @property
    def is_writable(self) -> bool:
        """Whether it could be written when it was opened."""
        return self._database.writable

    @property
    def generation(self) -> int:
        return self._database.generation

    def reading(self) -> AbstractContextManager[None]:
        return self._database.reading()

    @contextmanager
    def writer(self, wait_s: float) -> Iterator[None]:
        """Be the one writer; LibraryLockedError if another process still is after ``wait_s`` seconds."""
        if not self.is_writable:
            raise LibraryError(f"the library {self._folder} cannot be written; make its folder writable, or copy it.")
        with _held(self._lock, self._folder, wait_s):
            self._broken = None
            yield
            self.settle()  # after a failure the next opening does so

    def check(self, wait_s: float) -> Findings:
        """Read everything that is kept and mend what is damaged; what the opening mended is told too, once.

        What cannot be written is not mended; the damage is told. Raises LibraryDamagedError if there is nothing to
        mend it from.
        """
        if not self.is_writable:
            return visiting.check(self._folder, self._database)
        with self.writer(wait_s):
            try:
                found = mending.check(self._database, self._folder) + Findings(tuple(self._dense.check()))
            except OSError as error:
                raise _unwritable(self._folder, error) from error
            opening, self._findings = self._findings, SOUND
            return opening + found

    # ------------------------------------------------------------ changes

    @contextmanager
    def _changing(self) -> Iterator[set[DocId]]:
        """One durable change; the block adds the ids of the documents it touches, whose copies follow."""
        aligned, self._aligned = self._aligned, False
        self._dropped.clear()
        try:
            self._break_seal()
            with self._database.writing():
                touched: set[DocId] = set()
                yield touched
                for doc_id in sorted(touched):
                    settling.record(self._database, self._folder, doc_id)
                enrolment.note(self._database, self._folder, touched)
            for key in self._dropped:
                if not originals.is_original(self._database, *key):
                    self._originals.remove(*key)
        except OSError as error:
            raise _unwritable(self._folder, error) from error
        self._aligned = aligned  # a change that failed may have left a copy behind

    def _break_seal(self) -> None:
        if broken := seal.remove(self._folder):
            self._broken = broken
            self._database.written.clear()

    def put(self, path: str, fingerprint: str, entry: Entry) -> None:
        doc_id = entry.document.doc_id
        with self._changing() as touched:
            self._forget(path, touched)
            elsewhere = rows.files_of(self._database, doc_id)
            self._delete(doc_id, touched)
            rows.insert(self._database, entry, [*elsewhere, (path, fingerprint)])
            touched.add(doc_id)
            if entry.original is not None:
                self._originals.write(doc_id, entry.original)

    def replace_all(self, entries: Sequence[Entry], model: Model) -> None:
        """Put these entries of the documents that are kept, embedded by another model, in one step."""
        with self._changing() as touched:
            self._database.set_fact("model", asdict(model))
            self._database.set_fact("library", uuid4().hex)  # so that no older snapshot fits any more
            for entry in entries:
                files = rows.files_of(self._database, entry.document.doc_id)
                self._delete(entry.document.doc_id, touched)
                rows.insert(self._database, entry, files)

    def link(self, path: str, fingerprint: str, doc_id: DocId) -> None:
        with self._changing() as touched:
            self._forget(path, touched, keep=doc_id)
            self._database.execute("INSERT INTO files VALUES (?, ?, ?)", path, fingerprint, doc_id)
            touched.add(doc_id)

    def forget(self, path: str) -> DocId | None:
        with self._changing() as touched:
            return self._forget(path, touched)

    def _forget(self, path: str, touched: set[DocId], keep: DocId | None = None) -> DocId | None:
        """Drop what the path held, and the document that no other path holds; the id of that document."""
        held = self._database.execute("DELETE FROM files WHERE path = ? RETURNING doc_id", path)
        for (doc_id,) in held:
            touched.add(doc_id)
            if doc_id == keep:
                continue
            if elsewhere := self.paths(doc_id):
                name = PurePath(elsewhere[0]).name
                self._database.execute("UPDATE documents SET source = ? WHERE doc_id = ?", name, doc_id)
            else:
                self._delete(doc_id, touched)
                return DocId(doc_id)
        return None

    def delete(self, doc_id: DocId) -> None:
        with self._changing() as touched:
            if not self._delete(doc_id, touched):
                rows.document(self._database, doc_id)  # which says that there is none

    def _delete(self, doc_id: DocId, touched: set[DocId]) -> bool:
        touched.add(doc_id)
        removed = rows.delete(self._database, doc_id)
        if removed is None:
            return False
        self._untidy = True
        self._dropped.append((doc_id, removed))
        return True

    def keep_original(self, path: str, data: bytes) -> None:
        sha256 = hashlib.sha256(data).hexdigest()
        for (doc_id,) in self._database.execute("SELECT doc_id FROM files WHERE path = ?", path):
            if originals.is_original(self._database, doc_id, sha256) and not self._originals.has(doc_id, sha256):
                try:
                    self._originals.write(doc_id, data)
                    enrolment.align(self._database, self._folder)
                except OSError as error:
                    raise _unwritable(self._folder, error) from error

    def settle(self) -> None:
        """Bring up to date what is derived from the documents, and seal the library.

        Done whenever a writer ends; to be called by a writer that goes on for long.
        """
        if seal.read(self._folder) is None:
            self._dense.refresh()
            broken, self._broken = self._broken, None
            settling.settle(self._database, self._folder, tidy=self._untidy, aligned=self._aligned, broken=broken)
            self._untidy, self._aligned = False, True

    def index(self) -> None:
        """Make the search index, unless the present one will do."""
        self._dense.refresh()

    def copy_to(self, path: Path) -> None:
        """Copy the database as it is between two changes, with nothing left in a log."""
        self._database.copy_to(path)

    # ------------------------------------------------------------ what is kept

    def digests(self) -> dict[DocId, str]:
        """The digest of each document's copy."""
        return dict(self._database.execute("SELECT doc_id, digest FROM documents"))

    def fingerprints(self) -> Mapping[str, str]:
        return dict(self._database.execute("SELECT path, fingerprint FROM files"))

    def paths(self, doc_id: DocId) -> list[str]:
        return [path for path, _ in rows.files_of(self._database, doc_id)]

    def document_ids(self, scope: Scope = ANYWHERE) -> list[DocId]:
        if not scope.limited:
            return list(self.sources())
        condition, values = within(scope)
        chosen = f"doc_id IN (SELECT doc_id FROM passages WHERE {condition})"
        found = self._database.execute(f"SELECT doc_id FROM documents WHERE {chosen} ORDER BY source, doc_id", *values)
        return [doc_id for (doc_id,) in found]

    def sections(self) -> list[tuple[str, DocId]]:
        return [
            (name, doc_id) for name, doc_id in self._database.execute("SELECT DISTINCT section, doc_id FROM passages")
        ]

    def sources(self) -> Mapping[DocId, str]:
        return dict(self._database.execute("SELECT doc_id, source FROM documents ORDER BY source, doc_id"))

    def document(self, doc_id: DocId) -> Document:
        return rows.document(self._database, doc_id)

    def original(self, doc_id: DocId) -> bytes:
        document = self.document(doc_id)
        data = self._originals.read(doc_id, document.source_sha256)
        if data is None:
            raise NoOriginalError(f"the library has not kept the file {document.source}; add it again.")
        if hashlib.sha256(data).hexdigest() != document.source_sha256:
            raise NoOriginalError(
                f"the library's copy of {document.source} is no longer the file that was added; "
                "run 'qa check', then add the file again."
            )
        return data

    def entry(self, doc_id: DocId) -> Entry:
        """All that was put of one document, but for its original. UnknownDocumentError if there is none."""
        return rows.kept(self._database, doc_id).entry

    def vectors(self, keys: Collection[bytes]) -> Mapping[bytes, Vectors]:
        return rows.vectors(self._database, keys)

    def size(self) -> int:
        with self.reading():
            return self._lexical.size()

    def passage_counts(self) -> Mapping[DocId, int]:
        return dict(self._database.execute("SELECT doc_id, count(*) FROM passages GROUP BY doc_id"))

    def sentence_counts(self) -> Mapping[DocId, int]:
        count = "SELECT doc_id, count(*) FROM sentences INDEXED BY sentences_of_key GROUP BY doc_id"
        return dict(self._database.execute(count))  # by the index, which has no vectors to be read past

    def passages(self, doc_id: DocId) -> list[Passage]:
        found = self._database.execute(
            "SELECT start, stop, section, page FROM passages WHERE doc_id = ? ORDER BY start, stop", doc_id
        )
        return [Passage(doc_id, start, end, section, page) for start, end, section, page in found]

    def sentences(self, doc_id: DocId) -> list[Span]:
        found = self._database.execute("SELECT start, stop FROM sentences WHERE doc_id = ? ORDER BY start", doc_id)
        return [(start, end) for start, end in found]

    # ------------------------------------------------------------ search

    def search_dense(self, vector: Vectors, k: int, scope: Scope = ANYWHERE) -> Scores:
        return self._dense.search(vector, k, scope)

    def search_lexical(self, terms: Sequence[str], k: int, scope: Scope = ANYWHERE) -> Scores:
        with self.reading():
            return self._lexical.search(terms, k, scope)

    def score_lexical(self, terms: Sequence[str], numbers: Collection[int]) -> Scores:
        with self.reading():
            return self._lexical.score(terms, numbers)

    def holds(self, terms: Sequence[str]) -> bool:
        return self._lexical.holds(terms)

    def document_frequencies(self, terms: Sequence[str]) -> Mapping[str, int]:
        with self.reading():
            return self._lexical.frequencies(terms)

    def vocabulary(self) -> Mapping[str, int]:
        generation = self.generation
        if self._vocabulary[0] != generation:
            found = Counter(word for text in self._texts() for word in set(_LETTERS.findall(text.lower())))
            self._vocabulary = (generation, found)
        return self._vocabulary[1]

    def _texts(self) -> Iterator[str]:
        """The text of each document, one in memory at a time."""
        for (doc_id,) in self._database.execute("SELECT doc_id FROM documents"):
            for (text,) in self._database.execute("SELECT text FROM documents WHERE doc_id = ?", doc_id):
                yield text

    def abbreviations(self) -> list[tuple[str, str]]:
        generation = self.generation
        if self._abbreviations[0] != generation:
            found = self._database.execute(
                "SELECT key, value FROM documents, json_each(documents.abbreviations) "
                "GROUP BY key, value ORDER BY count(*) DESC, key, value"
            )
            self._abbreviations = (generation, [(short, long) for short, long in found])
        return self._abbreviations[1]

    def load(self, numbers: Collection[int]) -> list[StoredPassage]:
        return rows.load(self._database, numbers)


def _opened(folder: Path, lock: Lock) -> tuple[Database, Findings]:
    if visiting.is_visited(folder):
        return visiting.opened(folder), SOUND
    return mending.open_sound(folder, lock)


def _unwritable(folder: Path, error: OSError) -> LibraryError:
    place = error.filename2 or error.filename
    why = f"{error.strerror}: {place}" if place and Path(place) != folder else error.strerror
    return LibraryError(f"the library {folder} cannot be written ({why}); check free disk space and permissions.")


@contextmanager
def _held(lock: Lock, folder: Path, wait_s: float) -> Iterator[None]:
    try:
        lock.acquire(wait_s)
    except Taken as error:
        raise LibraryLockedError(
            f"another process is changing the library {folder}; wait until it is done and try again."
        ) from error
    except OSError as error:
        raise _unwritable(folder, error) from error
    try:
        yield
    finally:
        lock.release()
