"""The search index of a library's folder: FAISS for vectors, FTS5 for words, rows in SQLite."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

from qa.records import ANYWHERE, DocId, Scope
from qa.stores.base import Scores, StoredPassage, Vectors
from qa.stores.local import rows
from qa.stores.local.database import Database
from qa.stores.local.dense import DenseIndex
from qa.stores.local.lexical import LexicalIndex

_LETTERS = re.compile(r"[^\W\d_]+")


class LocalIndex:
    """A ``SearchIndex`` over one database."""

    def __init__(self, database: Database, dense: DenseIndex) -> None:
        self._database, self._dense = database, dense
        self._lexical = LexicalIndex(database)
        self._vocabulary: tuple[int, Mapping[str, int]] = (-1, {})
        """The vocabulary and its generation; read when a question first needs it."""
        self._abbreviations: tuple[int, list[tuple[str, str]]] = (-1, [])

    def size(self) -> int:
        with self._database.reading():
            return self._lexical.size()

    def sections(self) -> list[tuple[str, DocId]]:
        return [
            (name, doc_id) for name, doc_id in self._database.execute("SELECT DISTINCT section, doc_id FROM passages")
        ]

    def passage_counts(self) -> Mapping[DocId, int]:
        return dict(self._database.execute("SELECT doc_id, count(*) FROM passages GROUP BY doc_id"))

    def sentence_counts(self) -> Mapping[DocId, int]:
        count = "SELECT doc_id, count(*) FROM sentences INDEXED BY sentences_of_key GROUP BY doc_id"
        return dict(self._database.execute(count))  # by an index without vectors, so less is read

    def search_dense(self, vector: Vectors, k: int, scope: Scope = ANYWHERE) -> Scores:
        return self._dense.search(vector, k, scope)

    def search_lexical(self, terms: Sequence[str], k: int, scope: Scope = ANYWHERE) -> Scores:
        with self._database.reading():
            return self._lexical.search(terms, k, scope)

    def score_lexical(self, terms: Sequence[str], numbers: Collection[int]) -> Scores:
        with self._database.reading():
            return self._lexical.score(terms, numbers)

    def holds(self, terms: Sequence[str]) -> bool:
        return self._lexical.holds(terms)

    def document_frequencies(self, terms: Sequence[str]) -> Mapping[str, int]:
        with self._database.reading():
            return self._lexical.frequencies(terms)

    def vocabulary(self) -> Mapping[str, int]:
        generation = self._database.generation
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
        generation = self._database.generation
        if self._abbreviations[0] != generation:
            found = self._database.execute(
                "SELECT key, value FROM documents, json_each(documents.abbreviations) "
                "GROUP BY key, value ORDER BY count(*) DESC, key, value"
            )
            self._abbreviations = (generation, [(short, long) for short, long in found])
        return self._abbreviations[1]

    def load(self, numbers: Collection[int]) -> list[StoredPassage]:
        return rows.load(self._database, numbers)
