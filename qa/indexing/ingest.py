"""Files to stored Documents: read, cut, encode, store. Each document is one transaction.

A file that cannot be read gives an outcome with a reason; the others are still added.
"""

import hashlib
import json
import os
from collections import deque
from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence, Set
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from qa.errors import ReadError, UnknownDocumentError
from qa.errors import Status as Problem
from qa.indexing.embedding import embed
from qa.indexing.progress import Progress, Work
from qa.models.encoders import Encoder
from qa.proof.citations import unread
from qa.readers.files import Source, document_of, load
from qa.readers.formats import is_pdf
from qa.readers.ocr import recognition
from qa.readers.reading_version import READ_NOW, READING_VERSION
from qa.records import DocId, Document
from qa.stores.base import Entry, Store
from qa.text.lines import printable

AHEAD = 4
"""Files that are read and encoded at the same time; more than most machines have cores, as some files are small."""

Status = Literal["added", "changed", "renamed", "unchanged", "removed", "failed"]
Landed = Callable[["Outcome"], None]
"""Called with the outcome of each file once it is durable."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file. ``problem`` and ``reason`` say why it failed, in a word and in a sentence.

    ``note`` is a sentence on what is uncertain in how the file was read.
    """

    path: Path
    status: Status
    doc_id: DocId | None = None
    passages: int = 0
    problem: Problem | None = None
    reason: str | None = None
    note: str | None = None


def gone_places(paths: Sequence[Path], files: Sequence[Path], store: Store) -> list[str]:
    """The paths within the given folders that the store has and whose files no longer exist."""
    folders = [printable(str(path.resolve())) + os.sep for path in paths if path.is_dir()]
    present = {_place(file) for file in files}
    known = store.fingerprints().keys() - present
    return sorted(place for place in known if any(place.startswith(folder) for folder in folders))


@dataclass(frozen=True, slots=True)
class _Read:
    """A file as it was read. ``document`` is None if the file has not changed."""

    source: Source
    fingerprint: str
    document: Document | None


def add_files(
    files: Sequence[Path], store: Store, encoder: Encoder, progress: Progress, gone: Collection[str] = ()
) -> Iterator[Outcome]:
    """Bring each file's present content into the store, one outcome per file, and forget the ``gone`` paths.

    The next files are read and encoded while one is stored; they are stored one by one, in their order. A file whose
    bytes and description have not changed is neither parsed nor encoded. Gone paths are forgotten last, so that a
    renamed file is not encoded again either.
    """
    known, gone_set, work = dict(store.fingerprints()), set(gone), Work(files, progress)
    with closing(_ahead(files, known, store, encoder)) as ahead:
        for done, (path, reading, embedding) in enumerate(ahead):
            work.at(done, "reading")
            place = _place(path)
            try:
                read = reading.result()
            except ReadError as error:
                yield Outcome(path, "failed", problem=error.status, reason=str(error))
                continue
            document = read.document
            if document is None or _is_kept(document, store):
                yield _found_again(path, read, store, gone_set)
                continue
            work.at(done, "embedding")
            # None if the store had this document until an earlier file of this loop was stored
            entry = embedding.result() or embed(document, encoder, store.vectors)
            original = read.source.data if is_pdf(read.source.data) else None
            store.put(place, read.fingerprint, replace(entry, original=original))
            work.became(done, len(entry.passages))
            status: Status = "changed" if place in known else "added"
            yield Outcome(path, status, document.doc_id, len(entry.passages), note=_note(path, document))
    for place in gone:
        removed = store.forget(place)
        if removed is not None:
            yield Outcome(Path(place), "removed", removed)
    if files:
        work.at(len(files) - 1, "done")


def _found_again(path: Path, read: _Read, store: Store, gone: Set[str]) -> Outcome:
    """The outcome of a file whose text is in the store already. If it came from another path, this one is linked."""
    outcome = Outcome(path, "unchanged")
    if read.document is not None:
        doc_id = read.document.doc_id
        renamed = not gone.isdisjoint(store.paths(doc_id))
        store.link(_place(path), read.fingerprint, doc_id)
        outcome = Outcome(path, "renamed" if renamed else "unchanged", doc_id)
    _keep_original(read.source, store)
    return outcome


def _ahead(
    files: Sequence[Path], known: Mapping[str, str], store: Store, encoder: Encoder
) -> Generator[tuple[Path, "Future[_Read]", "Future[Entry | None]"]]:
    """Each file with the futures of its reading and its embedding. The next few files are worked on ahead."""

    def start(path: Path) -> tuple[Path, "Future[_Read]", "Future[Entry | None]"]:
        reading = readers.submit(_read, path, known)
        return path, reading, embedders.submit(_embedded, reading, store, encoder)

    readers, embedders = ThreadPoolExecutor(AHEAD), ThreadPoolExecutor(AHEAD)
    try:
        begun = deque(map(start, files[:AHEAD]))
        for path in files[AHEAD:]:
            yield begun.popleft()
            begun.append(start(path))
        yield from begun
    finally:
        for pool in (readers, embedders):
            pool.shutdown(cancel_futures=True)


def _read(path: Path, known: Mapping[str, str]) -> _Read:
    source = load(path)
    fingerprint = _fingerprint(source)
    if known.get(_place(path)) == fingerprint:
        return _Read(source, fingerprint, None)
    return _Read(source, fingerprint, replace(document_of(source), reader_version=READING_VERSION))


def _embedded(reading: "Future[_Read]", store: Store, encoder: Encoder) -> Entry | None:
    """The document of a file with its vectors; None if the store has it."""
    document = reading.result().document
    if document is None or _is_kept(document, store):
        return None
    return embed(document, encoder, store.vectors)


def _note(path: Path, document: Document) -> str | None:
    if document.encoding is not None:
        guess = "a guess; save it as UTF-8 if its letters look wrong."
        return f"{path} is not UTF-8 and was read as {document.encoding}, {guess}"
    said = unread(document)
    return f"{path}: {said} Install pincite[ocr] to have that recognised." if said else None


def _place(path: Path) -> str:
    """A file's absolute path as text, which identifies it in the store."""
    return printable(str(path.resolve()))


def _keep_original(source: Source, store: Store) -> None:
    """Keep the bytes of a PDF of which the library has only the text, as libraries of earlier versions do."""
    if is_pdf(source.data):
        store.keep_original(_place(source.path), source.data)


def _is_kept(document: Document, store: Store) -> bool:
    """Whether the store has this text with this description, from any file."""
    try:
        kept = store.document(document.doc_id)
    except UnknownDocumentError:
        return False
    return replace(kept, source=document.source, source_sha256=document.source_sha256) == document


def _fingerprint(source: Source) -> str:
    """A hash that changes with the file, with its entry in the sidecar, and with the version of the readers.

    It starts with that version. For PDFs it also changes when OCR is installed, as some pages may have no text.
    """
    recognised = ["recognised"] if is_pdf(source.data) and recognition.is_installed() else []
    description = json.dumps([READING_VERSION, source.described, *recognised], sort_keys=True)
    return READ_NOW + hashlib.sha256(hashlib.sha256(source.data).digest() + description.encode()).hexdigest()
