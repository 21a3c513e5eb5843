"""Files to stored Documents: find, read, cut, encode, store; one transaction a document.

A file that cannot be read is an outcome with a reason, never the end of the work.
"""

import hashlib
import json
import os
from collections import Counter, deque
from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from qa.errors import MissingPathError, NothingReadableError, ReadError, UnknownDocumentError
from qa.errors import Status as Problem
from qa.indexing.chunking import DEFAULT_LIMITS, CountTokens, Limits, Sentence, passages, quotable_sentences
from qa.indexing.progress import Progress, Work
from qa.models.encoders import Encoder, Vectors
from qa.proof.citations import unread
from qa.readers.files import Source, document_of, load
from qa.readers.formats import is_pdf, suffixes
from qa.readers.ocr import recognition
from qa.readers.reading_version import READ_NOW, READING_VERSION
from qa.readers.sidecar import SIDECAR
from qa.records import DocId, Document, Passage
from qa.stores.base import Entry, Store
from qa.stores.local.store import Model
from qa.text.lines import printable
from qa.text.scripts import as_typed
from qa.text.sentences import leans_on_previous

AHEAD = 4
"""Files that are read and encoded at a time; more than most machines have cores for, as some are small."""

Status = Literal["added", "changed", "renamed", "unchanged", "removed", "failed"]
Landed = Callable[["Outcome"], None]
"""Called with the outcome of each file once it is durable."""

KnownVectors = Callable[[Collection[bytes]], Mapping[bytes, Vectors]]
"""Keys of texts to the vectors that the same model made of them before."""

# Files that speak about a folder rather than belong to what it collects.
_NOTES = ("readme", "license", "licence", "notice", "contributing", "changelog")


def _none_known(keys: Collection[bytes]) -> Mapping[bytes, Vectors]:
    return {}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file; ``problem`` and ``reason`` say why it failed, in a word and in a sentence.

    ``note`` is a sentence on how a file was read that is not certain.
    """

    path: Path
    status: Status
    doc_id: DocId | None = None
    passages: int = 0
    problem: Problem | None = None
    reason: str | None = None
    note: str | None = None


def find_files(paths: Sequence[Path]) -> list[Path]:
    """The files to read: those named, and those in the folders named that a reader knows, each once.

    Raises MissingPathError before anything is read, NothingReadableError for a folder without any.
    """
    for path in paths:
        if not os.path.lexists(path):
            raise MissingPathError(f"{path} does not exist; check the path.")
    found = [file for path in paths for file in (_files_in(path) if path.is_dir() else [path])]
    return list({file.resolve(): file for file in found}.values())


def skipped_kinds(paths: Sequence[Path]) -> dict[str, int]:
    """What ``find_files`` leaves out of the folders named: a suffix, or another kind, to how many files, most first.

    Hidden files and folders, and the folder's own ``sources.toml``, are no part of what a folder collects.
    """
    files = {file.resolve(): file for path in paths if path.is_dir() for file in _seen_in(path)}
    left = [file for file in files.values() if not _is_collected(file) and file.name != SIDECAR]
    return dict(Counter(sorted(map(_kind, left))).most_common())


def _kind(file: Path) -> str:
    if file.suffix.lower() in suffixes():
        return "README or the like"
    return printable(file.suffix.lower()) or "without a suffix"


def _seen_in(folder: Path) -> Iterator[Path]:
    """The files of a folder at any depth that are not hidden."""
    for root, _, names in os.walk(folder, onerror=_unlistable):
        for path in (Path(root, name) for name in names):
            if not any(part.startswith(".") for part in path.relative_to(folder).parts):
                yield path


def _files_in(folder: Path) -> list[Path]:
    found = sorted(filter(_is_collected, _seen_in(folder)))
    if not found:
        raise NothingReadableError(f"{folder} holds no file that Pincite reads; it reads {', '.join(suffixes())}.")
    return found


def _unlistable(error: OSError) -> None:
    raise ReadError(f"{error.filename} cannot be listed ({error.strerror}); check its permissions.") from error


def _is_collected(path: Path) -> bool:
    return path.suffix.lower() in suffixes() and path.name.lower().split(".")[0] not in _NOTES


def gone_places(paths: Sequence[Path], files: Sequence[Path], store: Store) -> list[str]:
    """The places within the folders named whose files are in the store and no longer there."""
    folders = [printable(str(path.resolve())) + os.sep for path in paths if path.is_dir()]
    present = {_place(file) for file in files}
    known = store.fingerprints().keys() - present
    return sorted(place for place in known if any(place.startswith(folder) for folder in folders))


@dataclass(frozen=True, slots=True)
class _Read:
    """A file as it was read: what it holds, and its document, None where it is as it was."""

    source: Source
    fingerprint: str
    document: Document | None


def add_files(
    files: Sequence[Path], store: Store, encoder: Encoder, progress: Progress, gone: Collection[str] = ()
) -> Iterator[Outcome]:
    """Bring each file's present content into the store, one outcome a file, and forget the ``gone`` places.

    The next files are read and encoded while one is stored; each is stored by itself, in their order. A file whose
    bytes and description are as they were is neither parsed nor encoded. A gone place is forgotten last, so that a file
    that was only renamed is not encoded again either.
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
            if document is None:
                _keep_original(read.source, store)
                yield Outcome(path, "unchanged")
                continue
            if _is_kept(document, store):
                renamed = not gone_set.isdisjoint(store.paths(document.doc_id))
                store.link(place, read.fingerprint, document.doc_id)
                _keep_original(read.source, store)
                yield Outcome(path, "renamed" if renamed else "unchanged", document.doc_id)
                continue
            work.at(done, "embedding")
            # None where the store had it until one of the files before this one was stored
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


def _ahead(
    files: Sequence[Path], known: Mapping[str, str], store: Store, encoder: Encoder
) -> Generator[tuple[Path, "Future[_Read]", "Future[Entry | None]"]]:
    """Each file with its reading and its embedding, which are under way for the next few of them."""

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
    """The document of a file with its vectors, None where the store has it."""
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
    """A file's name for good: where it is, as text."""
    return printable(str(path.resolve()))


def _keep_original(source: Source, store: Store) -> None:
    """Keep a PDF of which the library has the text alone, as one that was made by an earlier version has."""
    if is_pdf(source.data):
        store.keep_original(_place(source.path), source.data)


def _is_kept(document: Document, store: Store) -> bool:
    """Whether the store has this text under this description, from whatever file."""
    try:
        kept = store.document(document.doc_id)
    except UnknownDocumentError:
        return False
    return replace(kept, source=document.source, source_sha256=document.source_sha256) == document


def _fingerprint(source: Source) -> str:
    """Changes whenever the file, what its sidecar says of it, or the way of reading does; starts with that version.

    A PDF is read again once its pages can be recognised, as some of them may be without text.
    """
    recognised = ["recognised"] if is_pdf(source.data) and recognition.is_installed() else []
    description = json.dumps([READING_VERSION, source.described, *recognised], sort_keys=True)
    return READ_NOW + hashlib.sha256(hashlib.sha256(source.data).digest() + description.encode()).hexdigest()


def model_of(encoder: Encoder) -> Model:
    """What a library notes of the encoder that makes its vectors."""
    return Model(encoder.name, encoder.sha256, encoder.dimension, encoder.runtime)


def embed(
    document: Document, encoder: Encoder, known: KnownVectors = _none_known, limits: Limits = DEFAULT_LIMITS
) -> Entry:
    """The document cut into passages and sentences, with a vector for each.

    A passage is encoded under its title and headings, as far as the model's window has room for them; a
    sentence alone, or after the one before it where it leans on that and both fit. Superscripts are given as they
    are typed. What is ``known``, by the key of the very text, is not encoded again.
    """
    limits = replace(limits, tokens=min(limits.tokens, encoder.max_tokens * 4 // 5))

    def count_tokens(texts: Sequence[str]) -> list[int]:
        return encoder.count_tokens(list(map(as_typed, texts)))

    sentences = quotable_sentences(document, limits, count_tokens)
    cut = passages(document, sentences, limits)
    headers = _headers(document, cut, encoder.max_tokens - limits.tokens, count_tokens)
    headed = [as_typed(headers[passage.section] + document.text[passage.start : passage.end]) for passage in cut]
    in_context = list(map(as_typed, _in_context(document.text, sentences, encoder.max_tokens)))
    keys = [hashlib.sha256(text.encode()).digest() for text in (*headed, *in_context)]
    vectors = _vectors([*headed, *in_context], keys, encoder, known)
    return Entry(
        document=document,
        passages=cut,
        passage_vectors=vectors[: len(cut)],
        sentences=[(sentence.start, sentence.end) for sentence in sentences],
        sentence_vectors=vectors[len(cut) :],
        passage_keys=keys[: len(cut)],
        sentence_keys=keys[len(cut) :],
    )


def _vectors(texts: Sequence[str], keys: Sequence[bytes], encoder: Encoder, known: KnownVectors) -> Vectors:
    """A vector for each text, shape (len(texts), dimension), encoding only those that are not known."""
    found = dict(known(keys))
    new = {key: text for key, text in zip(keys, texts, strict=True) if key not in found}
    found |= zip(new, encoder.encode(list(new.values())), strict=True)
    return np.stack([found[key] for key in keys]) if keys else np.zeros((0, encoder.dimension), np.float32)


def _in_context(text: str, sentences: Sequence[Sentence], tokens: int) -> list[str]:
    contexts = []
    for before, sentence in zip([None, *sentences], sentences, strict=False):
        words = text[sentence.start : sentence.end]
        fits = before and before.section == sentence.section and before.tokens + sentence.tokens <= tokens
        if before and fits and leans_on_previous(words):
            words = f"{text[before.start : before.end]} {words}"
        contexts.append(words)
    return contexts


def _headers(document: Document, cut: Sequence[Passage], tokens: int, count_tokens: CountTokens) -> dict[str, str]:
    """Section to the title and headings put before its passages, within that many tokens."""
    headers = {}
    for section in {passage.section for passage in cut}:
        words = ". ".join(part for part in (document.title, section) if part).split()
        while words and count_tokens([" ".join(words) + "."])[0] > tokens:
            words.pop()
        headers[section] = " ".join(words) + ". " if words else ""
    return headers
