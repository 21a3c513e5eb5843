"""Changes to a library, told before and after each, and the examination after an interrupted change.

Shared by ``kill.py`` and ``faults.py``. A document follows from its number, and its vectors are hashes of words, so the
expected content of a library is known without a model.
"""

import json
import logging
import random
import time
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from qa.indexing.embedding import embed, model_of
from qa.models.encoders import Vectors
from qa.readers.blocks import Block, assemble
from qa.records import Document, Scope
from qa.stores.base import Entry, Model
from qa.stores.local.database import Database
from qa.stores.local.schema import DATABASE
from qa.stores.local.store import LocalStore
from qa.text.terms import terms

DIMENSION = 384
"""As in the default model, so that snapshots have its size."""
PATHS = 40
EVERYTHING = 10**6
FILLING = 10**9
"""Documents from this number on fill a library and are not changed."""
SAMPLE = 20
"""Filling documents checked in an examination."""


class HashEncoder:
    """Counts terms on axes chosen by their checksums, scaled to length 1. Another salt makes another model."""

    max_tokens, dimension, runtime = 256, DIMENSION, "hashes"

    def __init__(self, salt: int = 0) -> None:
        self.salt = salt
        self.name, self.sha256 = f"hash-{salt}", f"{salt:064x}"

    def encode(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self.encode_question(text) for text in texts]) if texts else np.zeros((0, DIMENSION), "f4")

    def encode_question(self, question: str) -> Vectors:
        vector = np.zeros(DIMENSION, np.float32)
        for term in terms(question) or [""]:
            vector[zlib.crc32(term.encode(), self.salt) % DIMENSION] += 1
        return vector / np.float32(np.linalg.norm(vector))

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]


def model(salt: int = 0) -> Model:
    return model_of(HashEncoder(salt))


def document(number: int) -> Document:
    """A different document for every number, whose length depends on the number."""
    sentences = [
        f"Interleukin {number} acts on receptor {number * 31 + i} of cell {i}." for i in range(number % 60 + 1)
    ]
    return assemble([Block(" ".join(sentences))], source=f"{number}.txt", data=b"", metadata={})


@lru_cache(maxsize=500)
def entry(number: int, salt: int = 0) -> Entry:
    return embed(document(number), HashEncoder(salt))


def fill(store: LocalStore, passages: int) -> None:
    """Put documents until the library holds that many passages. The caller must be the writer."""
    held, number = 0, FILLING
    while held < passages:
        made = entry(number)
        store.put(f"/{number}", str(number), made)
        held, number = held + len(made.passages), number + 1
    store.settle()


# ---------------------------------------------------------------- changes


class Change(NamedTuple):
    """``kind`` is put, link, forget, delete or reembed; ``number`` is the document's, or the model's salt."""

    kind: str
    path: str = ""
    number: int = 0


@dataclass
class Kept:
    """The expected content of a library: the document number at each path, and the model's salt."""

    files: dict[str, int] = field(default_factory=dict)
    salt: int = 0

    @property
    def numbers(self) -> set[int]:
        return set(self.files.values())

    @property
    def changeable(self) -> list[str]:
        return sorted(path for path, number in self.files.items() if number < FILLING)

    def after(self, change: Change) -> "Kept":
        kind, path, number = change
        if kind == "reembed":
            return Kept(self.files, number)
        if kind == "delete":
            return Kept({p: n for p, n in self.files.items() if n != number}, self.salt)
        others = {p: n for p, n in self.files.items() if p != path}
        return Kept(others if kind == "forget" else others | {path: number}, self.salt)


def found(store: LocalStore) -> Kept:
    """The content that a library reports."""
    with store.reading():
        files = {path: int(fingerprint) for path, fingerprint in store.fingerprints().items()}
        return Kept(files, int(store.model.name.removeprefix("hash-")))


def some_change(chance: random.Random, kept: Kept, number: int, kind: str | None = None) -> Change:
    """A random possible change, or one of a kind. The number is new, so that its document is new."""
    paths = kept.changeable
    kind = kind or chance.choices(["put", "forget", "link", "delete"], [60, 25, 10, 5])[0]
    if kind == "reembed":
        return Change(kind, number=kept.salt + 1)
    if kind == "put" or not paths:
        return Change("put", f"/{chance.randrange(PATHS)}", number)
    path = chance.choice(paths)
    if kind == "link":
        return Change(kind, f"/{chance.randrange(PATHS)}", kept.files[path])
    return Change(kind, path, kept.files[path])


def make(change: Change, store: LocalStore, kept: Kept) -> None:
    kind, path, number = change
    if kind == "put":
        store.put(path, str(number), entry(number, kept.salt))
    elif kind == "link":
        store.link(path, str(number), document(number).doc_id)
    elif kind == "forget":
        store.forget(path)
    elif kind == "delete":
        store.delete(document(number).doc_id)
    else:
        store.replace_all([entry(kept_number, number) for kept_number in sorted(kept.numbers)], model(number))


def tell(change: Change, store: LocalStore, kept: Kept) -> Kept:
    """Make the change and refresh the snapshot; print a line before and after."""
    print("begin", json.dumps(change), flush=True)
    make(change, store, kept)
    store.settle()
    print("done", json.dumps(change), flush=True)
    return kept.after(change)


# ---------------------------------------------------------------- examination


@dataclass
class Tally:
    """The acknowledged changes, and the problems found."""

    kept: Kept = field(default_factory=Kept)
    acknowledged: int = 0
    rebuilt: int = 0
    """Unfinished snapshots that were rebuilt, which is normal."""
    altered: bool = False
    """Whether the library was altered, and so must say so."""
    slowest_s: float = 0.0
    problems: list[str] = field(default_factory=list)

    def hear(self, lines: Iterable[str]) -> Change | None:
        """Read a worker's lines. Returns the change under way at their end."""
        pending = None
        for line in lines:
            kind, _, told = line.partition(" ")
            if kind not in ("begin", "done") or not line.endswith("\n"):
                continue
            change = Change(*json.loads(told))
            pending = change if kind == "begin" else None
            if kind == "done":
                self.acknowledged += 1
                self.kept = self.kept.after(change)
        return pending


def examine(folder: Path, pending: Change | None, tally: Tally) -> None:
    """Open the library: it must hold what was acknowledged, with or without the pending change, whole."""
    began = time.monotonic()
    try:
        with _rebuilds_counted(tally), closing(LocalStore.create(folder, model())) as store:
            store.index.search_dense(HashEncoder().encode_question("interleukin"), 10)
            store.index.search_lexical(["interleukin"], 10)
            tally.slowest_s = max(tally.slowest_s, time.monotonic() - began)
            kept = found(store)
            if kept not in (tally.kept, tally.kept.after(pending) if pending else None):
                tally.problems.append(f"acknowledged were {tally.kept}, then {pending} began, found are {kept}")
            tally.kept = kept
            for number in _looked_at(kept):
                tally.problems += wrong(store, entry(number, kept.salt))
        tally.problems += unsound(folder)
    except Exception as error:  # any exception is a finding
        tally.problems.append(f"{type(error).__name__}: {error}")


def _looked_at(kept: Kept) -> set[int]:
    filling = sorted(number for number in kept.numbers if number >= FILLING)
    return {kept.files[path] for path in kept.changeable} | set(random.sample(filling, min(SAMPLE, len(filling))))


def wrong(store: LocalStore, expected: Entry) -> list[str]:
    """How a stored document differs from what was put. Its file name may be that of any path that holds it."""
    doc_id, source = expected.document.doc_id, expected.document.source
    problems = []
    if replace(store.document(doc_id), source=source) != expected.document:
        problems.append(f"{source} has another text")
    scores = store.index.search_dense(expected.passage_vectors[0], EVERYTHING, Scope([doc_id]))
    stored = store.index.load(scores)
    if [passage.passage for passage in stored] != list(expected.passages):
        problems.append(f"{source} is there in part")
    vectors = np.stack([passage.vector for passage in stored]) if stored else np.zeros((0, DIMENSION))
    if not np.array_equal(vectors, expected.passage_vectors):
        problems.append(f"{source} has other vectors")
    sentences = {(sentence.start, sentence.end) for passage in stored for sentence in passage.sentences}
    if sentences != set(expected.sentences):
        problems.append(f"{source} has other sentences")
    word = terms(expected.document.text)[:1]
    if not set(store.index.search_lexical(word, EVERYTHING, Scope([doc_id]))) <= scores.keys():
        problems.append(f"{source} is in the lexical index under other rows")
    if len(store.index.score_lexical(sorted(set(terms(expected.document.text))), scores)) != len(expected.passages):
        problems.append(f"{source} is not whole in the lexical index")
    return problems


def unsound(folder: Path) -> list[str]:
    """Problems of the whole database: its pages, its indexes, or orphaned rows."""
    with closing(Database(folder / DATABASE)) as database:
        checks = {
            "the database fails its integrity check": database.execute("PRAGMA integrity_check") != [("ok",)],
            "rows are left of a document that is gone": database.execute("PRAGMA foreign_key_check") != [],
            "the lexical index holds other rows than there are passages": database.execute(
                "SELECT count(*) FROM lexicon_docsize WHERE id NOT IN (SELECT row FROM passages)"
                " UNION ALL SELECT count(*) FROM passages WHERE row NOT IN (SELECT id FROM lexicon_docsize)"
            )
            != [(0,), (0,)],
            "a document is there without a file": database.execute(
                "SELECT count(*) FROM documents WHERE doc_id NOT IN (SELECT doc_id FROM files)"
            )
            != [(0,)],
        }
        database.execute("INSERT INTO lexicon (lexicon) VALUES ('integrity-check')")  # raises if it fails
    return [problem for problem, is_so in checks.items() if is_so]


@contextmanager
def _rebuilds_counted(tally: Tally) -> Iterator[None]:
    """A block that counts rebuilt snapshots, and takes any other warning of the library as a problem."""

    def heard(record: logging.LogRecord) -> None:
        if record.name == "qa.stores.local.dense":
            tally.rebuilt += 1
        elif not tally.altered:
            tally.problems.append(f"the library says that {record.getMessage()}")

    handler = logging.Handler(logging.WARNING)
    handler.emit = heard  # type: ignore[method-assign]
    logging.getLogger("qa").addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger("qa").removeHandler(handler)


def numbers(seed: int) -> Iterator[int]:
    """Document numbers that no other seed has."""
    return iter(range(seed * 10_000, (seed + 1) * 10_000))
