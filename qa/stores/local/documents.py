"""Read stored documents from the database of a library's folder and the originals beside it."""

import hashlib
from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager
from pathlib import Path

from qa.errors import LibraryDamagedError, NoOriginalError
from qa.records import ANYWHERE, DocId, Document, Passage, Scope
from qa.stores.base import Entry, Model, Vectors
from qa.stores.local import rows
from qa.stores.local.database import Database
from qa.stores.local.originals import Originals
from qa.stores.local.scoping import within
from qa.text.sentences import Span


class KeptDocuments:
    """Reads the documents of a folder; changes nothing."""

    def __init__(self, folder: Path, database: Database, originals: Originals) -> None:
        self._folder, self._database, self._originals = folder, database, originals

    @property
    def model(self) -> Model:
        """The model for which the library was made."""
        try:
            return Model(**self._database.fact("model"))
        except TypeError as error:
            raise LibraryDamagedError(
                f"the library {self._folder} does not say which model it has; move it away and run 'qa add' again."
            ) from error

    @property
    def generation(self) -> int:
        return self._database.generation

    def reading(self) -> AbstractContextManager[None]:
        return self._database.reading()

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
        """All that was stored of one document, except its original. UnknownDocumentError if there is none."""
        return rows.kept(self._database, doc_id).entry

    def vectors(self, keys: Collection[bytes]) -> Mapping[bytes, Vectors]:
        return rows.vectors(self._database, keys)

    def passages(self, doc_id: DocId) -> list[Passage]:
        found = self._database.execute(
            "SELECT start, stop, section, page FROM passages WHERE doc_id = ? ORDER BY start, stop", doc_id
        )
        return [Passage(doc_id, start, end, section, page) for start, end, section, page in found]

    def sentences(self, doc_id: DocId) -> list[Span]:
        found = self._database.execute("SELECT start, stop FROM sentences WHERE doc_id = ? ORDER BY start", doc_id)
        return [(start, end) for start, end in found]

    def copy_to(self, path: Path) -> None:
        """Copy the database as it is between two changes, with nothing left in a log."""
        self._database.copy_to(path)
