"""The rules for reading any bytes: the result is a sound Document, or a refusal that a reader meant.

``fault_of`` takes a file's way through the reading process: the border that turns exceptions into statuses, the JSON
form, the Document. An exception that the border had to catch is also a fault, as the reader did not foresee it, except
running out of memory or stack. Shared by the fuzzing, its short form and the replay of its findings.
"""

import hashlib
import re
import traceback
from collections.abc import Iterator
from dataclasses import fields
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

import qa.readers.files
from qa.readers.blocks import NotReadable, assemble
from qa.readers.isolation import decoded, encoded
from qa.readers.sidecar import is_field
from qa.readers.worker import Unforeseen, parse_guarded
from qa.records import BLOCK_SEPARATOR, Document, Role
from qa.text.lines import collapse

OWN = str(Path(qa.readers.files.__file__).parent.parent)
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_DESCRIPTIVE = [field.name for field in fields(Document) if is_field(field.name, "a") or is_field(field.name, ["a"])]


def fault_of(data: bytes, suffix: str) -> str | None:
    """The fault in reading these bytes, in one line that names the place; None if there is none."""
    try:
        reading = decoded(encoded(parse_guarded(data, suffix)))
        metadata = reading.fields
        document = assemble(
            reading.blocks, source=f"a{suffix}", data=data, metadata=metadata, references=reading.references
        )
    except NotReadable as refusal:
        return _unmeant(refusal)
    except Exception as error:
        return _described(error)
    return next(_broken(document, data), None)


def _unmeant(refusal: NotReadable) -> str | None:
    """The exception behind a refusal, if no reader foresaw it or if it arose in Pincite's own code."""
    cause = refusal.__cause__
    if cause is None or isinstance(cause, MemoryError | RecursionError):
        return None
    own = traceback.extract_tb(cause.__traceback__)[-1].filename.startswith(OWN)
    return _described(cause) if own or isinstance(refusal, Unforeseen) else None


def _described(error: BaseException) -> str:
    """An exception's kind, where it arose, and where Pincite called the code that raised it."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename.startswith(OWN)]
    places = dict.fromkeys(f"{_place(frame.filename)}:{frame.name}" for frame in (*own[-1:], frames[-1]))
    return f"{type(error).__name__} in {', '.join(places)}"


def _place(filename: str) -> str:
    """The path in the package of a Pincite module, as several share a name; the name of any other."""
    path = Path(filename)
    return path.relative_to(OWN).as_posix() if filename.startswith(OWN) else path.name


# ---------------------------------------------------------------- what every Document keeps to


def _broken(document: Document, data: bytes) -> Iterator[str]:
    yield from (f"text: {problem}" for problem in _unsound_text(document))
    yield from (f"sections: {problem}" for problem in _unsound_sections(document))
    yield from (f"places: {problem}" for problem in _unsound_places(document))
    yield from (f"description: {problem}" for problem in _unsound_description(document))
    if document.source_sha256 != hashlib.sha256(data).hexdigest():
        yield "the hash of the bytes is another's"


def _unsound_text(document: Document) -> Iterator[str]:
    text = document.text
    if _UNFIT.search(text.replace(BLOCK_SEPARATOR, "")):
        yield "holds a control character or half a character"
        return
    if not text or any(part != collapse(part) or not part for part in text.split(BLOCK_SEPARATOR)):
        yield "a paragraph is empty or not collapsed"
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    if (document.sha256, document.doc_id) != (sha256, sha256[:16]):
        yield "the hash is another's"


def _unsound_sections(document: Document) -> Iterator[str]:
    text = document.text
    if any(first.end > second.start for first, second in pairwise(document.sections)):
        yield "overlap or out of order"
    for section in document.sections:
        if not 0 <= section.start < section.end <= len(text):
            yield "out of range"
        elif text[section.start : section.end].strip() != text[section.start : section.end]:
            yield "white space at an end"
        if section.role not in get_args(Role):
            yield f"of the role {section.role}"
        if not all(section.path):
            yield "under an empty heading"


def _unsound_places(document: Document) -> Iterator[str]:
    pages, size = document.pages, len(document.text)
    if list(pages) != sorted(pages) or not all(0 <= page < size for page in pages):
        yield "pages out of order or range"
    if not all(0 <= mention.start <= mention.end <= size for mention in document.mentions):
        yield "mentions out of range"
    starts = [mention.start for mention in document.mentions]
    if starts != sorted(starts):
        yield "mentions out of order"
    if not {mention.reference for mention in document.mentions} <= {known.id for known in document.references}:
        yield "a mention of no reference"


def _unsound_description(document: Document) -> Iterator[str]:
    for name in _DESCRIPTIVE:
        value: Any = getattr(document, name)
        if value is not None and not is_field(name, value):
            yield f"{name} is of another form"
        for said in (value,) if isinstance(value, str) else value if isinstance(value, tuple) else ():
            if not said or said != collapse(said) or _UNFIT.search(said):
                yield f"{name} is empty, not collapsed or holds a control character"
    if document.year is not None and not 0 <= document.year <= 9999:
        yield "a year of no four digits"
    for known in document.references:
        said = [known.id, known.text, known.label or "", known.doi or "", known.pmid or ""]
        if not known.id or any(map(_UNFIT.search, said)):
            yield "a reference without an id, or with a control character"


# ---------------------------------------------------------------- the smallest bytes with the same fault


def minimised(data: bytes, suffix: str, tries: int = 1_000) -> bytes:
    """Bytes with the same fault, without most of the irrelevant ones."""
    fault, step = fault_of(data, suffix), max(1, len(data) // 2)
    while step:
        at = 0
        while at < len(data) and tries:
            shorter, tries = data[:at] + data[at + step :], tries - 1
            if fault_of(shorter, suffix) == fault:
                data = shorter
            else:
                at += step
        step //= 2
    return data
