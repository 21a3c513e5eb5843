"""Small documents to put into a store, the expected content of the store, and oracles for its searches."""

import hashlib
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import strategies as st

from qa.errors import UnknownDocumentError
from qa.records import ANYWHERE, DocId, Document, Doubt, DoubtKind, Passage, Scope, Section
from qa.stores.base import Entry, Scores, Store, Vectors
from qa.text.sentences import Span

DIMENSION = 8
EVERYTHING = 10_000
ROLES = ("body", "front", "boilerplate", "references")


def make_document(text: str, source: str = "a.txt", **fields: Any) -> Document:
    """A Document of one section, unless the fields say otherwise."""
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    whole = (Section((), 0, len(text)),)
    given_fields = {"sections": whole, "pages": (), "sha256": sha256, "source_sha256": "5" * 64} | fields
    return Document(doc_id=DocId(sha256[:16]), source=source, text=text, **given_fields)


def lines_of(text: str) -> list[Span]:
    """The spans of the lines of a text."""
    spans, start = [], 0
    for line in text.split("\n"):
        spans.append((start, start + len(line)))
        start += len(line) + 1
    return spans


def unit_vectors(count: int, seed: int, dimension: int = DIMENSION) -> Vectors:
    """Random vectors of length 1, the same for the same seed."""
    drawn = np.random.default_rng(seed).normal(size=(count, dimension))
    vectors: Vectors = (drawn / np.linalg.norm(drawn, axis=1, keepdims=True)).astype(np.float32)
    return vectors


def make_entry(document: Document, dimension: int = DIMENSION, section: str = "") -> Entry:
    """An Entry in which each line of the document is a passage and a sentence, with vectors made from its text."""
    spans = lines_of(document.text)
    seed = int(document.sha256[:8], 16)
    return Entry(
        document=document,
        passages=[Passage(document.doc_id, start, end, section, None) for start, end in spans],
        passage_vectors=unit_vectors(len(spans), seed, dimension),
        sentences=spans,
        sentence_vectors=unit_vectors(len(spans), seed + 1, dimension),
        passage_keys=[f"passage {document.text[start:end]}".encode() for start, end in spans],
        sentence_keys=[f"sentence {document.text[start:end]}".encode() for start, end in spans],
    )


def entry_of(text: str, source: str = "a.txt") -> Entry:
    return make_entry(make_document(text, source))


def some_entries(count: int, first: int = 0) -> list[Entry]:
    """Different documents of three lines each."""
    return [entry_of(f"p53 n{n}\ntnf n{n}\nrna n{n}", f"{n:03}.txt") for n in range(first, first + count)]


YEARS = (None, 2015, 2018, 2021)
HEADINGS = (
    "",
    "Abstract",
    "Results › Safety of IL-2",
    "3. RESULTS AND DISCUSSION",
    "Conclusions",
    "Outlook › Concluding remarks",
    "Methods › Result measures",
)


def varied_entries(count: int, first: int = 0) -> list[Entry]:
    """Documents like ``some_entries``, some with a year and some without, each line in its own section."""
    varied = []
    for n, entry in enumerate(some_entries(count, first), first):
        sections = (HEADINGS[(n + i) % len(HEADINGS)] for i in range(len(entry.passages)))
        passages = [replace(one, section=section) for one, section in zip(entry.passages, sections, strict=True)]
        varied.append(replace(entry, document=replace(entry.document, year=YEARS[n % len(YEARS)]), passages=passages))
    return varied


def put_all(store: Store, entries: Sequence[Entry]) -> None:
    for entry in entries:
        store.put(f"/{entry.document.source}", "f", entry)


def by_passage(store: Store, scores: Scores) -> list[tuple[str, float]]:
    """Passage ids and scores of the rows found, in the order found."""
    ids = {stored.row: stored.passage.passage_id for stored in store.index.load(scores.keys())}
    return [(ids[row], score) for row, score in scores.items()]


def lies_within(entry: Entry, passage: Passage, scope: Scope) -> bool:
    """Whether a passage is within the scope, computed without a search index."""
    year = entry.document.year
    return (
        (not scope.documents or entry.document.doc_id in scope.documents)
        and (scope.since is None or (year is not None and scope.since <= year))
        and (scope.until is None or (year is not None and year <= scope.until))
        and (
            not scope.sections or any(bare(asked) and bare(asked) <= bare(passage.section) for asked in scope.sections)
        )
    )


def bare(heading: str) -> set[str]:
    """The words of a test heading, without stop words, numbers and endings."""
    return {re.sub("(s|ions?|ing)$", "", word) for word in re.findall("[a-z]+[a-z0-9-]*", heading.lower())} - {
        "and",
        "of",
    }


def brute_force(entries: Sequence[Entry], vector: Vectors, k: int, scope: Scope = ANYWHERE) -> list[tuple[str, float]]:
    """The k passages with the highest inner product, each computed separately in double precision."""
    scored = [
        (passage.passage_id, float(np.dot(stored.astype(np.float64), vector.astype(np.float64))))
        for entry in entries
        for passage, stored in zip(entry.passages, entry.passage_vectors, strict=True)
        if lies_within(entry, passage, scope)
    ]
    return sorted(scored, key=lambda pair: -pair[1])[:k]


def assert_dense_is_exact(store: Store, entries: Sequence[Entry], k: int = 5, scope: Scope = ANYWHERE) -> None:
    """Check for several questions that dense search equals a comparison with every passage of ``entries``."""
    for question in unit_vectors(5, seed=99):
        expected = brute_force(entries, question, k, scope)
        found = by_passage(store, store.index.search_dense(question, k, scope))
        assert [passage_id for passage_id, _ in found] == [passage_id for passage_id, _ in expected]
        assert [score for _, score in found] == pytest.approx([score for _, score in expected], abs=1e-5)


Columns = tuple[Sequence[str], ...]


def bm25(rows: Mapping[str, Columns], query: Sequence[str], weights: Sequence[float] = (1.0,)) -> dict[str, float]:
    """BM25 with k1 1.2 and b 0.75 as SQLite defines it. A row has one list of terms per column."""
    size = {row: sum(map(len, columns)) for row, columns in rows.items()}
    average = sum(size.values()) / len(rows)
    scores: dict[str, float] = {}
    for term in query:
        holders = [row for row, columns in rows.items() if any(term in column for column in columns)]
        idf = math.log((len(rows) - len(holders) + 0.5) / (len(holders) + 0.5))
        for row in holders:
            often = sum(w * list(column).count(term) for w, column in zip(weights, rows[row], strict=True))
            part = often * 2.2 / (often + 1.2 * (0.25 + 0.75 * size[row] / average))
            scores[row] = scores.get(row, 0.0) + max(idf, 1e-6) * part
    return scores


def ranked(scores: Mapping[str, float]) -> list[tuple[str, float]]:
    return sorted(scores.items(), key=lambda pair: -pair[1])


def assert_same_scores(found: Sequence[tuple[str, float]], expected: Sequence[tuple[str, float]]) -> None:
    assert [row for row, _ in found] == [row for row, _ in expected]
    assert [score for _, score in found] == pytest.approx([score for _, score in expected], abs=1e-6)


def all_rows(store: Store) -> set[int]:
    return set(store.index.search_dense(unit_vectors(1, seed=0)[0], EVERYTHING))


State = tuple[Any, ...]


def state(store: Store) -> State:
    """Everything visible of a store."""
    rows = all_rows(store)
    return (
        store.generation,
        [store.document(doc_id) for doc_id in store.document_ids()],
        dict(store.fingerprints()),
        dict(store.index.passage_counts()),
        [(stored.row, stored.passage, stored.vector.tobytes()) for stored in store.index.load(rows)],
        [
            [(s.start, s.end, tuple(s.terms), s.leans, s.fragment, s.vector.tobytes()) for s in stored.sentences]
            for stored in store.index.load(rows)
        ],
        store.index.search_lexical(["p53", "tnf", "rna", "il2"], EVERYTHING),
    )


class Kept:
    """The expected content of a store, in two dictionaries."""

    def __init__(self) -> None:
        self.entries: dict[DocId, Entry] = {}
        self.files: dict[str, tuple[str, DocId]] = {}

    def forget(self, path: str, keep: DocId | None = None) -> None:
        _, held = self.files.pop(path, (None, None))
        if held is None or held == keep:
            return
        entry = self.entries.pop(held)
        if elsewhere := self.paths(held):
            name = elsewhere[0].strip("/")
            self.entries[held] = replace(entry, document=replace(entry.document, source=name))

    def put(self, path: str, fingerprint: str, entry: Entry) -> None:
        self.forget(path)
        self.entries[entry.document.doc_id] = entry
        self.files[path] = (fingerprint, entry.document.doc_id)

    def link(self, path: str, fingerprint: str, doc_id: DocId) -> None:
        self.forget(path, keep=doc_id)
        self.files[path] = (fingerprint, doc_id)

    def delete(self, doc_id: DocId) -> None:
        del self.entries[doc_id]
        self.files = {path: file for path, file in self.files.items() if file[1] != doc_id}

    def paths(self, doc_id: DocId) -> list[str]:
        return sorted(path for path, (_, held) in self.files.items() if held == doc_id)


def assert_holds(store: Store, kept: Kept) -> None:
    documents = sorted((entry.document for entry in kept.entries.values()), key=lambda d: (d.source, d.doc_id))
    assert store.document_ids() == [document.doc_id for document in documents]
    assert [store.document(document.doc_id) for document in documents] == documents
    assert dict(store.fingerprints()) == {path: fingerprint for path, (fingerprint, _) in kept.files.items()}
    assert dict(store.index.passage_counts()) == {i: len(entry.passages) for i, entry in kept.entries.items()}
    assert store.index.size() == sum(len(entry.passages) for entry in kept.entries.values())
    assert dict(store.index.sentence_counts()) == {i: len(entry.sentences) for i, entry in kept.entries.items()}
    for doc_id, entry in kept.entries.items():
        assert store.passages(doc_id) == sorted(entry.passages, key=lambda passage: (passage.start, passage.end))
    assert all(store.paths(doc_id) == kept.paths(doc_id) for doc_id in kept.entries)


TEXTS = ("rna p53", "rna\ntnf tnf", "il2 rna\np53\ntnf", "p53 p53 il2")
PATHS = ("/a.txt", "/b.txt", "/c.txt")


def apply_change(change: tuple[str, str, str], store: Store, kept: Kept) -> int:
    """Make the change in both; return the expected rise of the generation."""
    kind, path, text = change
    entry = entry_of(text, path.strip("/"))
    doc_id = entry.document.doc_id
    if kind != "put" and doc_id not in kept.entries:
        with pytest.raises(UnknownDocumentError):
            store.delete(doc_id)
        return 0
    if kind == "put":
        store.put(path, text, entry)
        kept.put(path, text, entry)
    elif kind == "link":
        store.link(path, text, doc_id)
        kept.link(path, text, doc_id)
    else:
        store.delete(doc_id)
        kept.delete(doc_id)
    return 1


TEXT = st.text(max_size=60)
OFFSETS = st.integers(0, 10**6)


def documents() -> st.SearchStrategy[Document]:
    """A strategy for documents with any text, description, sections and pages."""
    optional = st.none() | TEXT
    many = st.lists(TEXT, max_size=3).map(tuple)
    sections = st.builds(Section, many, OFFSETS, OFFSETS, st.sampled_from(ROLES))
    kinds = st.sampled_from(get_args(DoubtKind))
    doubts = st.builds(Doubt, OFFSETS, OFFSETS, kinds, st.none() | st.floats(0, 1))
    return st.builds(
        make_document,
        TEXT,
        TEXT,
        sections=st.lists(sections, max_size=3).map(tuple),
        pages=st.lists(OFFSETS, max_size=3).map(tuple),
        source_sha256=TEXT,
        title=optional,
        authors=many,
        journal=optional,
        year=st.none() | st.integers(),
        doi=optional,
        pmid=optional,
        pmcid=optional,
        url=optional,
        licence=optional,
        keywords=many,
        kind=st.sampled_from([None, "abstract", "full text"]),
        doubts=st.lists(doubts, max_size=3).map(tuple),
        unread_pages=st.lists(st.integers(1, 2000), max_size=3).map(tuple),
    )
