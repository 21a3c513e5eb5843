"""A document's rows: how an Entry is stored in the tables and read back."""

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from qa.errors import LibraryDamagedError, UnknownDocumentError
from qa.records import DocId, Document, Doubt, Mention, Passage, Reference, Section
from qa.stores.base import Entry, StoredPassage, StoredSentence, Vectors
from qa.stores.local.database import Database, Row, blob, from_blob, marks
from qa.text.abbreviations import abbreviations
from qa.text.sentences import is_fragment, leans_on_previous
from qa.text.terms import terms

_DOCUMENT = "doc_id, source, text, sha256, source_sha256, description"


@dataclass(frozen=True, slots=True)
class Kept:
    """All that is stored of one document: its entry, its passages' row numbers, its (path, fingerprint) pairs."""

    entry: Entry
    rows: Sequence[int]
    files: Sequence[tuple[str, str]]


def insert(
    database: Database, entry: Entry, files: Sequence[tuple[str, str]], rows: Sequence[int] | None = None
) -> None:
    """Store an entry in the tables, with its passages at the given row numbers or at new ones."""
    document = entry.document
    database.execute(
        f"INSERT INTO documents ({_DOCUMENT}, digest, abbreviations) VALUES (?, ?, ?, ?, ?, ?, '', ?)",
        document.doc_id,
        document.source,
        document.text,
        document.sha256,
        document.source_sha256,
        describe(document),
        json.dumps(abbreviations(document.text)),
    )
    _insert_passages(database, entry, rows or [None] * len(entry.passages))
    _insert_sentences(database, entry)
    database.execute_many("INSERT INTO files VALUES (?, ?, ?)", ((*file, document.doc_id) for file in files))


def _insert_passages(database: Database, entry: Entry, rows: Sequence[int | None]) -> None:
    title = " ".join(terms(entry.document.title or ""))
    keys = entry.passage_keys or [b""] * len(entry.passages)
    for row, passage, key, vector in zip(rows, entry.passages, keys, entry.passage_vectors, strict=True):
        ((inserted,),) = database.execute(
            "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING row",
            row,
            passage.doc_id,
            passage.start,
            passage.end,
            passage.section,
            passage.page,
            key,
            blob(vector),
        )
        database.execute(
            "INSERT INTO lexicon (rowid, title, section, body) VALUES (?, ?, ?, ?)",
            inserted,
            title,
            " ".join(terms(passage.section)),
            " ".join(terms(entry.document.text[passage.start : passage.end])),
        )


def _insert_sentences(database: Database, entry: Entry) -> None:
    doc_id, text = entry.document.doc_id, entry.document.text
    keys = entry.sentence_keys or [b""] * len(entry.sentences)
    database.execute_many(
        "INSERT INTO sentences VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (doc_id, start, end, *_form(text[start:end]), key, blob(vector))
            for (start, end), key, vector in zip(entry.sentences, keys, entry.sentence_vectors, strict=True)
        ),
    )


def _form(sentence: str) -> tuple[str, bool, bool]:
    return " ".join(terms(sentence)), leans_on_previous(sentence), is_fragment(sentence)


def delete(database: Database, doc_id: DocId) -> str | None:
    """Remove every row of a document. Returns the hash of its source file, None if there was none."""
    database.execute("DELETE FROM lexicon WHERE rowid IN (SELECT row FROM passages WHERE doc_id = ?)", doc_id)
    found = database.execute("DELETE FROM documents WHERE doc_id = ? RETURNING source_sha256", doc_id)
    return found[0][0] if found else None


def files_of(database: Database, doc_id: DocId) -> list[tuple[str, str]]:
    """The (path, fingerprint) pairs of a document, ordered by path."""
    found = database.execute("SELECT path, fingerprint FROM files WHERE doc_id = ? ORDER BY path", doc_id)
    return [(path, fingerprint) for path, fingerprint in found]


def document(database: Database, doc_id: DocId) -> Document:
    """One document. UnknownDocumentError if there is none."""
    found = database.execute(f"SELECT {_DOCUMENT} FROM documents WHERE doc_id = ?", doc_id)
    if not found:
        raise UnknownDocumentError(f"the library has no document {doc_id!r}; 'qa documents' lists them.")
    return restore(found[0])


def kept(database: Database, doc_id: DocId) -> Kept:
    """All that is stored of a document. UnknownDocumentError if there is none."""
    passages = database.execute(
        "SELECT row, start, stop, section, page, key, vector FROM passages WHERE doc_id = ? ORDER BY row", doc_id
    )
    sentences = database.execute(
        "SELECT start, stop, key, vector FROM sentences WHERE doc_id = ? ORDER BY start", doc_id
    )
    entry = Entry(
        document=document(database, doc_id),
        passages=[Passage(doc_id, *row[1:5]) for row in passages],
        passage_vectors=_matrix([row[6] for row in passages]),
        sentences=[(start, end) for start, end, _, _ in sentences],
        sentence_vectors=_matrix([row[3] for row in sentences]),
        passage_keys=[row[5] for row in passages],
        sentence_keys=[row[2] for row in sentences],
    )
    return Kept(entry, [row[0] for row in passages], files_of(database, doc_id))


def _matrix(blobs: Sequence[bytes]) -> Vectors:
    """Stored vectors as the rows of an array."""
    return np.stack([from_blob(stored) for stored in blobs]) if blobs else np.zeros((0, 0), np.float32)


def vectors(database: Database, keys: Collection[bytes]) -> dict[bytes, Vectors]:
    """The vectors stored under these keys; unknown keys are left out."""
    sql = "SELECT vector FROM passages WHERE key = ?1 UNION ALL SELECT vector FROM sentences WHERE key = ?1 LIMIT 1"
    found = {key: database.execute(sql, key) for key in set(keys) if key}
    return {key: from_blob(stored[0][0]) for key, stored in found.items() if stored}


def load(database: Database, rows: Collection[int]) -> list[StoredPassage]:
    """The passages of these rows with their sentences, ordered by row."""
    wanted = sorted(rows)
    with database.reading():
        sentences: dict[int, list[StoredSentence]] = {row: [] for row in wanted}
        for row, start, end, joined, leans, fragment, vector in database.execute(
            "SELECT p.row, s.start, s.stop, s.terms, s.leans, s.fragment, s.vector "
            "FROM passages p JOIN sentences s ON s.doc_id = p.doc_id AND s.start >= p.start AND s.stop <= p.stop "
            "AND s.start < p.stop "  # lets the index end there, and not at the document's end
            f"WHERE p.row IN ({marks(wanted)}) ORDER BY p.row, s.start",
            *wanted,
        ):
            sentences[row].append(
                StoredSentence(start, end, joined.split(), bool(leans), bool(fragment), from_blob(vector))
            )
        found = database.execute(
            "SELECT row, doc_id, start, stop, section, page, vector FROM passages "
            f"WHERE row IN ({marks(wanted)}) ORDER BY row",
            *wanted,
        )
    return [
        StoredPassage(row, Passage(DocId(doc_id), start, end, section, page), from_blob(vector), sentences[row])
        for row, doc_id, start, end, section, page, vector in found
    ]


_DESCRIBED = ("title", "authors", "journal", "year", "doi", "pmid", "pmcid", "url", "licence", "keywords", "kind")
_PARTS = {"sections": Section, "references": Reference, "mentions": Mention}
_NOTED = ("reader_version", "encoding", "doubts", "unread_pages")
"""Left out if empty, so that entries stored earlier keep their digest."""


def describe(document: Document) -> str:
    """The stored description of a document, beside its text and hashes, as JSON."""
    description = {name: getattr(document, name) for name in _DESCRIBED}
    parts = {name: [asdict(part) for part in getattr(document, name)] for name in _PARTS}
    noted = {name: said for name in _NOTED if (said := getattr(document, name)) not in (None, ())}
    if document.doubts:
        noted["doubts"] = [asdict(doubt) for doubt in document.doubts]
    return json.dumps(description | {"pages": document.pages} | parts | noted)


def restore(row: Row) -> Document:
    """The document in a row of (doc_id, source, text, sha256, source_sha256, description).

    Raises LibraryDamagedError if ``describe`` cannot have made the description.
    """
    doc_id, source, text, sha256, source_sha256, description = row
    try:
        fields = json.loads(description)
        for section in fields["sections"]:
            section["path"] = tuple(section["path"])
        fields |= {name: tuple(part(**found) for found in fields[name]) for name, part in _PARTS.items()}
        fields |= {name: tuple(fields[name]) for name in ("authors", "keywords", "pages")}
        fields["doubts"] = tuple(Doubt(**doubt) for doubt in fields.get("doubts", ()))
        fields["unread_pages"] = tuple(fields.get("unread_pages", ()))
        return Document(doc_id=doc_id, source=source, text=text, sha256=sha256, source_sha256=source_sha256, **fields)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise LibraryDamagedError(f"what is stored of {source} is damaged; run 'qa check' to mend it.") from error
