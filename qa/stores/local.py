"""The default store, in one folder: SQLite is the truth, and the FAISS index is derived from it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path, PurePath
from uuid import uuid4

from filelock import FileLock, Timeout

from qa.errors import LibraryDamagedError, LibraryError, LibraryLockedError, UnknownDocumentError
from qa.records import DocId, Document, Passage
from qa.stores import Entry, Scores, StoredPassage, StoredSentence, Vectors
from qa.stores.database import Database, Row, blob, create_database, describe, from_blob, marks, restore
from qa.stores.dense import DenseIndex
from qa.text import is_fragment, leans_on_previous, terms

DATABASE = "library.sqlite"
SNAPSHOTS = "snapshots"
LOCK = "writer.lock"

_CREATION_S = 10.0
"""How long to wait for another process that is making the library."""
_LEXICAL_WEIGHTS = "0.5, 0.5, 1.0"  # title, section, body


@dataclass(frozen=True, slots=True)
class Model:
    """Which model embedded a library: how to find it, the hash of its weights, and its vectors' length."""

    name: str
    sha256: str
    dimension: int


class LocalStore:
    """A ``Store`` in one folder. Any number of readers; one writer at a time, held by a file lock."""

    def __init__(self, folder: Path) -> None:
        """Open the library of the folder. LibraryDamagedError if there is none that can be read."""
        self._folder = folder
        self._database = Database(folder / DATABASE)
        self._lock = FileLock(folder / LOCK)
        self._dense = DenseIndex(folder / SNAPSHOTS, self._database, self._lock)

    @classmethod
    def create(cls, folder: Path, model: Model) -> "LocalStore":
        """Open the library of the folder, making an empty one for this model where there is none."""
        if not cls.exists(folder):
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise _unwritable(folder, error) from error
            with _held(FileLock(folder / LOCK), folder, _CREATION_S):
                create_database(folder / DATABASE, {"model": asdict(model), "library": uuid4().hex})
        return cls(folder)

    @staticmethod
    def exists(folder: Path) -> bool:
        """Whether a library was ever made in the folder."""
        return (folder / DATABASE).exists()

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
    def generation(self) -> int:
        return self._database.generation

    def reading(self) -> AbstractContextManager[None]:
        return self._database.reading()

    def writer(self, wait_s: float) -> AbstractContextManager[None]:
        """Be the one writer; LibraryLockedError if another process still is after ``wait_s`` seconds."""
        return _held(self._lock, self._folder, wait_s)

    # ------------------------------------------------------------ changes

    def put(self, path: str, fingerprint: str, entry: Entry) -> None:
        doc_id = entry.document.doc_id
        with self._database.writing():
            self._forget(path)
            elsewhere = self._files(doc_id)
            self._delete_rows(doc_id)
            self._insert(entry, [*elsewhere, (path, fingerprint, doc_id)])

    def replace_all(self, entries: Sequence[Entry], model: Model) -> None:
        """Put these entries of the documents that are kept, embedded by another model, in one step."""
        with self._database.writing():
            for entry in entries:
                files = self._files(entry.document.doc_id)
                self._delete_rows(entry.document.doc_id)
                self._insert(entry, files)
            self._database.set_fact("model", asdict(model))
            self._database.set_fact("library", uuid4().hex)  # so that no older snapshot fits any more

    def _insert(self, entry: Entry, files: Sequence[Row]) -> None:
        document = entry.document
        self._database.execute(
            "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?)",
            document.doc_id,
            document.source,
            document.text,
            document.sha256,
            document.source_sha256,
            describe(document),
        )
        self._put_passages(entry)
        self._put_sentences(entry)
        self._database.execute_many("INSERT INTO files VALUES (?, ?, ?)", files)

    def _put_passages(self, entry: Entry) -> None:
        title = " ".join(terms(entry.document.title or ""))
        for passage, vector in zip(entry.passages, entry.passage_vectors, strict=True):
            ((row,),) = self._database.execute(
                "INSERT INTO passages (doc_id, start, stop, section, page, vector) VALUES (?, ?, ?, ?, ?, ?) "
                "RETURNING row",
                passage.doc_id,
                passage.start,
                passage.end,
                passage.section,
                passage.page,
                blob(vector),
            )
            body = entry.document.text[passage.start : passage.end]
            self._database.execute(
                "INSERT INTO lexicon (rowid, title, section, body) VALUES (?, ?, ?, ?)",
                row,
                title,
                " ".join(terms(passage.section)),
                " ".join(terms(body)),
            )

    def _put_sentences(self, entry: Entry) -> None:
        doc_id, text = entry.document.doc_id, entry.document.text
        self._database.execute_many(
            "INSERT INTO sentences VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                (doc_id, start, end, *_form(text[start:end]), blob(vector))
                for (start, end), vector in zip(entry.sentences, entry.sentence_vectors, strict=True)
            ),
        )

    def link(self, path: str, fingerprint: str, doc_id: DocId) -> None:
        with self._database.writing():
            self._forget(path, keep=doc_id)
            self._database.execute("INSERT INTO files VALUES (?, ?, ?)", path, fingerprint, doc_id)

    def forget(self, path: str) -> DocId | None:
        with self._database.writing():
            return self._forget(path)

    def _files(self, doc_id: DocId) -> list[Row]:
        return self._database.execute("SELECT path, fingerprint, doc_id FROM files WHERE doc_id = ?", doc_id)

    def _forget(self, path: str, keep: DocId | None = None) -> DocId | None:
        """Drop what the path held, and the document that no other path holds; the id of that document."""
        held = self._database.execute("DELETE FROM files WHERE path = ? RETURNING doc_id", path)
        for (doc_id,) in held:
            if doc_id == keep:
                continue
            if elsewhere := self.paths(doc_id):
                name = PurePath(elsewhere[0]).name
                self._database.execute("UPDATE documents SET source = ? WHERE doc_id = ?", name, doc_id)
            else:
                self._delete_rows(doc_id)
                return DocId(doc_id)
        return None

    def delete(self, doc_id: DocId) -> None:
        with self._database.writing():
            if not self._delete_rows(doc_id):
                raise _unknown(doc_id)

    def _delete_rows(self, doc_id: DocId) -> bool:
        self._database.execute("DELETE FROM lexicon WHERE rowid IN (SELECT row FROM passages WHERE doc_id = ?)", doc_id)
        return bool(self._database.execute("DELETE FROM documents WHERE doc_id = ? RETURNING doc_id", doc_id))

    # ------------------------------------------------------------ what is kept

    def fingerprints(self) -> Mapping[str, str]:
        return dict(self._database.execute("SELECT path, fingerprint FROM files"))

    def paths(self, doc_id: DocId) -> list[str]:
        return sorted(path for path, _, _ in self._files(doc_id))

    def document_ids(self) -> list[DocId]:
        return list(self.sources())

    def sources(self) -> Mapping[DocId, str]:
        return dict(self._database.execute("SELECT doc_id, source FROM documents ORDER BY source, doc_id"))

    def document(self, doc_id: DocId) -> Document:
        found = self._database.execute(
            "SELECT doc_id, source, text, sha256, source_sha256, description FROM documents WHERE doc_id = ?", doc_id
        )
        if not found:
            raise _unknown(doc_id)
        return restore(found[0])

    def passage_counts(self) -> Mapping[DocId, int]:
        return dict(self._database.execute("SELECT doc_id, count(*) FROM passages GROUP BY doc_id"))

    def passages(self, doc_id: DocId) -> list[Passage]:
        found = self._database.execute(
            "SELECT start, stop, section, page FROM passages WHERE doc_id = ? ORDER BY start, stop", doc_id
        )
        return [Passage(doc_id, start, end, section, page) for start, end, section, page in found]

    # ------------------------------------------------------------ search

    def search_dense(self, vector: Vectors, k: int, doc_ids: Collection[DocId] | None = None) -> Scores:
        return self._dense.search(vector, k, doc_ids)

    def search_lexical(self, terms: Sequence[str], k: int, doc_ids: Collection[DocId] | None = None) -> Scores:
        filtered, values = "", []
        if doc_ids is not None:
            filtered = f"AND rowid IN (SELECT row FROM passages WHERE doc_id IN ({marks(doc_ids)}))"
            values = sorted(doc_ids)
        return self._lexical(terms, f"{filtered} ORDER BY score DESC, rowid LIMIT {int(k)}", values)

    def score_lexical(self, terms: Sequence[str], rows: Collection[int]) -> Scores:
        return self._lexical(terms, f"AND rowid IN ({marks(rows)})", sorted(rows))

    def _lexical(self, terms: Sequence[str], rest: str, values: Sequence[object]) -> Scores:
        if not terms:
            return {}
        query = " OR ".join(f'"{term}"' for term in terms)
        sql = f"SELECT rowid, -bm25(lexicon, {_LEXICAL_WEIGHTS}) AS score FROM lexicon WHERE lexicon MATCH ? {rest}"
        return dict(self._database.execute(sql, query, *values))

    def document_frequencies(self, terms: Sequence[str]) -> Mapping[str, int]:
        sql = f"SELECT term, doc FROM lexicon_terms WHERE term IN ({marks(terms)})"
        return dict(self._database.execute(sql, *terms))

    def load(self, rows: Collection[int]) -> list[StoredPassage]:
        wanted = sorted(rows)
        with self.reading():
            sentences: dict[int, list[StoredSentence]] = {row: [] for row in wanted}
            for row, start, end, joined, leans, fragment, vector in self._database.execute(
                "SELECT p.row, s.start, s.stop, s.terms, s.leans, s.fragment, s.vector "
                "FROM passages p JOIN sentences s ON s.doc_id = p.doc_id AND s.start >= p.start AND s.stop <= p.stop "
                f"WHERE p.row IN ({marks(wanted)}) ORDER BY p.row, s.start",
                *wanted,
            ):
                sentences[row].append(
                    StoredSentence(start, end, joined.split(), bool(leans), bool(fragment), from_blob(vector))
                )
            found = self._database.execute(
                "SELECT row, doc_id, start, stop, section, page, vector FROM passages "
                f"WHERE row IN ({marks(wanted)}) ORDER BY row",
                *wanted,
            )
        return [
            StoredPassage(row, Passage(DocId(doc_id), start, end, section, page), from_blob(vector), sentences[row])
            for row, doc_id, start, end, section, page, vector in found
        ]

    def refresh_snapshot(self) -> None:
        """Write a new snapshot if the present one has grown stale. To be called by the writer."""
        self._dense.refresh()


def _unknown(doc_id: str) -> UnknownDocumentError:
    return UnknownDocumentError(f"the library has no document {doc_id!r}; 'qa documents' lists them.")


def _unwritable(folder: Path, error: OSError) -> LibraryError:
    return LibraryError(f"the library {folder} cannot be written ({error.strerror}); check its permissions.")


@contextmanager
def _held(lock: FileLock, folder: Path, wait_s: float) -> Iterator[None]:
    try:
        lock.acquire(timeout=wait_s)
    except Timeout as error:
        raise LibraryLockedError(
            f"another process is changing the library {folder}; wait until it is done and try again."
        ) from error
    except OSError as error:
        raise _unwritable(folder, error) from error
    try:
        yield
    finally:
        lock.release()


def _form(sentence: str) -> tuple[str, bool, bool]:
    return " ".join(terms(sentence)), leans_on_previous(sentence), is_fragment(sentence)
