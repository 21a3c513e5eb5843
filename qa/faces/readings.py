"""How a file was read: the stored document of a library, or a new reading now, block by block.

This has the record and its JSON form. ``qa.faces.cli.reading`` prints it; ``qa.faces.web.documents.readings`` shows it.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.errors import MissingLibraryError, NoOriginalError, PageError, UnknownDocumentError
from qa.faces.roles import Block, blocks_of, kept_out, on_page
from qa.pages.pictures import Box, Picture, Wanted, pages_of
from qa.proof.citations import warning
from qa.readers.files import document_of, load
from qa.readers.formats import is_pdf
from qa.readers.reading_version import READING_VERSION
from qa.records import EVIDENCE_ROLES, Document
from qa.text.lines import collapse, printable
from qa.text.sentences import section_sentences

if TYPE_CHECKING:
    from qa.library import Library

FIRST_WORDS = 80
"""The number of first characters that identify a block in a report."""
PAGES_AT_ONCE = 10
"""The pages searched in one process, under the limits of ``qa.pages``."""

_NOT_KEPT = "{} is not in the library; this is what is read of it now."
_CHANGED = "{} has changed since it was added; this is what the library keeps of it, and 'qa add' reads it anew."
_GONE = "{} is no longer where it was when it was added; this is what the library keeps of it."
_BEFORE = "{} was read by an earlier version; 'qa add' with the same file reads it anew."


@dataclass(frozen=True, slots=True)
class Read:
    """How a file was read. ``note`` says in a sentence what in the file may have changed since.

    ``sentences`` is the number of quotable ones. ``data`` is the bytes of a PDF, None if not available.
    """

    document: Document
    kept: bool
    note: str | None
    sentences: int
    data: bytes | None


def read_as(name: str, library: "Library") -> Read:
    """How a document (id, beginning of an id, or file name) or the file at this path was read.

    Raises ReadError if a file cannot be read, UnknownDocumentError if there is neither.
    """
    path = Path(name)
    if path.is_file():
        return _of_file(path, library)
    try:
        document = library.document(path.name or name)
    except (MissingLibraryError, UnknownDocumentError) as error:
        raise UnknownDocumentError(f"there is no file {name!r}, and {error}") from error
    return _of_document(document, library, _changed(document, library))


def _of_file(path: Path, library: "Library") -> Read:
    source = load(path)
    sha256 = hashlib.sha256(source.data).hexdigest()
    named = [document for document in library.documents() if document.source == printable(path.name)]
    same = [document for document in named if document.source_sha256 == sha256]
    if same or named:
        document = (same or named)[0]
        return _of_document(document, library, None if same else _CHANGED.format(document.source))
    document = document_of(source)
    data = source.data if is_pdf(source.data) else None
    return Read(document, False, _NOT_KEPT.format(document.source), _sentences(document), data)


def _of_document(document: Document, library: "Library", note: str | None) -> Read:
    if note is None and document.reader_version != READING_VERSION:
        note = _BEFORE.format(document.source)
    try:
        data = library.contents.original(document.doc_id)
    except NoOriginalError:
        data = None
    return Read(document, True, note, library.contents.sentence_counts().get(document.doc_id, 0), data)


def _changed(document: Document, library: "Library") -> str | None:
    """How a document's files have changed since they were added; None if one is unchanged."""
    there = [path for path in map(Path, library.contents.files(document.doc_id)) if path.is_file()]
    if any(hashlib.sha256(load(path).data).hexdigest() == document.source_sha256 for path in there):
        return None
    return (_CHANGED if there else _GONE).format(document.source)


def _sentences(document: Document) -> int:
    """The number of quotable sentences in a document that is in no library."""
    quotable = (section for section in document.sections if section.role in EVIDENCE_ROLES)
    return sum(len(section_sentences(document.text, section)) for section in quotable)


# ---------------------------------------------------------------- as JSON


def to_dict(read: Read) -> dict[str, Any]:
    """The documented JSON form. Boxes are located on the pages of a PDF if its bytes are available."""
    document, blocks = read.document, blocks_of(read.document)
    boxes = _boxes(read, blocks)
    return {
        "doc_id": document.doc_id,
        "source": document.source,
        "title": document.title,
        "sha256": document.sha256,
        "source_sha256": document.source_sha256,
        "kept": read.kept,
        "note": read.note,
        "pages": len(document.pages) or None,
        "unread_pages": list(document.unread_pages),
        "sentences": read.sentences,
        "kept_out": kept_out(document),
        "blocks": [_block(document, block, boxes.get(block.start, [])) for block in blocks],
    }


def _block(document: Document, block: Block, boxes: Sequence[tuple[int, list[float]]]) -> dict[str, Any]:
    return {
        "role": block.role,
        "quotable": block.quotable,
        "start": block.start,
        "end": block.end,
        "page": block.page,
        "box": next((box for page, box in boxes if page == block.page), None),
        "boxes": [{"page": page, "box": box} for page, box in boxes],
        "words": first_words(document.text[block.start : block.end]),
        "warning": warning(document, block.start, block.end),
    }


def first_words(text: str, length: int = FIRST_WORDS) -> str:
    """The start of a text on one line, cut between words."""
    words = collapse(text[: 4 * length])
    return words if len(words) <= length else words[:length].rsplit(" ", 1)[0] + " …"


def _boxes(read: Read, blocks: Sequence[Block]) -> dict[int, list[tuple[int, list[float]]]]:
    """For each block found on its pages, by its start: its boxes, each with its page."""
    found: dict[int, list[tuple[int, list[float]]]] = {}
    if read.data is None:
        return found
    for picture, parts in _placed(read.document, blocks, read.data):
        for (block, _), boxes in zip(parts, picture.blocks, strict=True):
            shares = [(picture.number, _shares(box, picture)) for box in boxes]
            found[block.start] = found.get(block.start, []) + shares
    return found


def _placed(
    document: Document, blocks: Sequence[Block], data: bytes
) -> Iterator[tuple[Picture, list[tuple[Block, str]]]]:
    """Each page with its blocks located on it; pages that cannot be searched are left out."""
    parts = {number: on_page(document, blocks, number) for number in range(1, len(document.pages) + 1)}
    wanted = [
        Wanted(number, blocks=tuple(text for _, text in parts[number]), drawn=False)
        for number in parts
        if parts[number]
    ]
    for first in range(0, len(wanted), PAGES_AT_ONCE):
        try:
            pictures = pages_of(data, wanted[first : first + PAGES_AT_ONCE]).pictures
        except PageError:  # the boxes are then unknown, which the JSON form can express
            continue
        yield from ((picture, parts[picture.number]) for picture in pictures)


def _shares(box: Box, picture: Picture) -> list[float]:
    """Left, top, right and bottom as fractions of the page's width and height."""
    sides = (picture.width, picture.height) * 2
    return [round(edge / side, 4) for edge, side in zip(box, sides, strict=True)]
