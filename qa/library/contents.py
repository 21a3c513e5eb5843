"""What a library holds besides the documents themselves."""

from collections.abc import Mapping

from qa.library.opened import Opened
from qa.query import scopes
from qa.records import DocId, Passage, Scope


class Contents:
    """Files, passages and headings of a library's documents; empty if there is no library yet."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened

    @property
    def generation(self) -> int:
        """Rises with every change of the documents; 0 if there is no library yet."""
        self._opened.look()  # another process may have made it
        return self._opened.store.generation if self._opened.store else 0

    @property
    def is_writable(self) -> bool:
        """Whether the library can be changed, not only read."""
        return self._opened.store is None or self._opened.store.is_writable

    def passages(self) -> list[Passage]:
        """All passages, ordered by the file names of their documents, then by position."""
        if (store := self._opened.store) is None:
            return []
        with store.reading():
            return [passage for doc_id in store.document_ids() for passage in store.passages(doc_id)]

    def passage_counts(self) -> Mapping[DocId, int]:
        """How many passages each document has."""
        return self._opened.store.index.passage_counts() if self._opened.store else {}

    def sentence_counts(self) -> Mapping[DocId, int]:
        """How many sentences of each document may be quoted."""
        return self._opened.store.index.sentence_counts() if self._opened.store else {}

    def files(self, name: str) -> list[str]:
        """The paths, as they were added, of the files that a document was read from."""
        return self._opened.existing.paths(self._opened.named(name))

    def original(self, name: str) -> bytes:
        """The bytes of the PDF that a document was read from. NoOriginalError if they are not kept or have changed."""
        return self._opened.existing.original(self._opened.named(name))

    def headings(self) -> list[str]:
        """Headings that a question can be limited to, most frequent first; at most ``qa.query.scopes.OFFERED``."""
        return scopes.headings(self._opened.store.index.sections()) if self._opened.store else []

    def limits(self, scope: Scope) -> list[str]:
        """Each limit of a scope in words; empty if it has none. With years, also how many documents have no year."""
        with (store := self._opened.existing).reading():
            return scopes.described(self._opened.with_ids(scope), store)
