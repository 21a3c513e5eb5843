"""Files to stored Documents: find, read, cut, encode, store; one transaction a document.

A file that cannot be read is an outcome with a reason, never the end of the work.
"""

import hashlib
import json
import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from qa.chunking import DEFAULT_LIMITS, CountTokens, Limits, Sentence, passages, quotable_sentences
from qa.encoders import Encoder, Vectors
from qa.errors import MissingPathError, NothingReadableError, ReadError, UnknownDocumentError
from qa.errors import Status as Problem
from qa.readers import Source, document_of, is_pdf, load, suffixes
from qa.records import DocId, Document, Passage
from qa.stores import Entry, Store
from qa.text import leans_on_previous, printable

READING_VERSION = 2
"""Raised when the readers change what they make of a file, so that files are read again."""

Status = Literal["added", "changed", "renamed", "unchanged", "removed", "failed"]
Stage = Literal["reading", "embedding", "done"]
Progress = Callable[[int, int, Path, Stage], None]
"""Called with the files done, the files in all, the present file and its stage."""

KnownVectors = Callable[[Collection[bytes]], Mapping[bytes, Vectors]]
"""Keys of texts to the vectors that the same model made of them before."""

# Files that speak about a folder rather than belong to what it collects.
_NOTES = ("readme", "license", "licence", "notice", "contributing", "changelog")


def _none_known(keys: Collection[bytes]) -> Mapping[bytes, Vectors]:
    return {}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file; ``problem`` and ``reason`` say why it failed, in a word and in a sentence."""

    path: Path
    status: Status
    doc_id: DocId | None = None
    passages: int = 0
    problem: Problem | None = None
    reason: str | None = None


def find_files(paths: Sequence[Path]) -> list[Path]:
    """The files to read: those named, and those in the folders named that a reader knows, each once.

    Raises MissingPathError before anything is read, NothingReadableError for a folder without any.
    """
    for path in paths:
        if not os.path.lexists(path):
            raise MissingPathError(f"{path} does not exist; check the path.")
    found = [file for path in paths for file in (_files_in(path) if path.is_dir() else [path])]
    return list({file.resolve(): file for file in found}.values())


def _files_in(folder: Path) -> list[Path]:
    found = sorted(
        Path(root, name)
        for root, folders, names in os.walk(folder, onerror=_unlistable)
        for name in names
        if _is_collected(Path(root, name).relative_to(folder))
    )
    if not found:
        raise NothingReadableError(f"{folder} holds no file that Pincite reads; it reads {', '.join(suffixes())}.")
    return found


def _unlistable(error: OSError) -> None:
    raise ReadError(f"{error.filename} cannot be listed ({error.strerror}); check its permissions.") from error


def _is_collected(path: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.parts)
    is_note = path.name.lower().split(".")[0] in _NOTES
    return path.suffix.lower() in suffixes() and not hidden and not is_note


def gone_places(paths: Sequence[Path], files: Sequence[Path], store: Store) -> list[str]:
    """The places within the folders named whose files are in the store and no longer there."""
    folders = [printable(str(path.resolve())) + os.sep for path in paths if path.is_dir()]
    present = {_place(file) for file in files}
    known = store.fingerprints().keys() - present
    return sorted(place for place in known if any(place.startswith(folder) for folder in folders))


def add_files(
    files: Sequence[Path], store: Store, encoder: Encoder, progress: Progress, gone: Collection[str] = ()
) -> Iterator[Outcome]:
    """Bring each file's present content into the store, one outcome a file, and forget the ``gone`` places.

    A file whose bytes and description are as they were is neither parsed nor encoded. A gone place is
    forgotten last, so that a file that was only renamed is not encoded again either.
    """
    known, gone_set = dict(store.fingerprints()), set(gone)
    for done, path in enumerate(files):
        progress(done, len(files), path, "reading")
        place = _place(path)
        try:
            source = load(path)
            fingerprint = _fingerprint(source)
            if known.get(place) == fingerprint:
                _keep_original(source, store)
                yield Outcome(path, "unchanged")
                continue
            document = document_of(source)
        except ReadError as error:
            yield Outcome(path, "failed", problem=error.status, reason=str(error))
            continue
        if _is_kept(document, store):
            renamed = not gone_set.isdisjoint(store.paths(document.doc_id))
            store.link(place, fingerprint, document.doc_id)
            _keep_original(source, store)
            yield Outcome(path, "renamed" if renamed else "unchanged", document.doc_id)
            continue
        progress(done, len(files), path, "embedding")
        original = source.data if is_pdf(source.data) else None
        entry = replace(embed(document, encoder, store.vectors), original=original)
        store.put(place, fingerprint, entry)
        yield Outcome(path, "changed" if place in known else "added", document.doc_id, len(entry.passages))
    for place in gone:
        removed = store.forget(place)
        if removed is not None:
            yield Outcome(Path(place), "removed", removed)
    if files:
        progress(len(files), len(files), files[-1], "done")


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
    """Changes whenever the file, what its sidecar says of it, or the way of reading does."""
    description = json.dumps([READING_VERSION, source.described], sort_keys=True)
    return hashlib.sha256(hashlib.sha256(source.data).digest() + description.encode()).hexdigest()


def embed(
    document: Document, encoder: Encoder, known: KnownVectors = _none_known, limits: Limits = DEFAULT_LIMITS
) -> Entry:
    """The document cut into passages and sentences, with a vector for each.

    A passage is encoded under its title and headings, as far as the model's window has room for them; a
    sentence alone, or after the one before it where it leans on that and both fit. What is ``known``, by the
    key of the very text, is not encoded again.
    """
    limits = replace(limits, tokens=min(limits.tokens, encoder.max_tokens * 4 // 5))
    sentences = quotable_sentences(document, limits, encoder.count_tokens)
    cut = passages(document, sentences, limits)
    headers = _headers(document, cut, encoder.max_tokens - limits.tokens, encoder.count_tokens)
    headed = [headers[passage.section] + document.text[passage.start : passage.end] for passage in cut]
    in_context = _in_context(document.text, sentences, encoder.max_tokens)
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
