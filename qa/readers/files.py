"""From a file to a Document.

Each format is one row of ``FORMATS``, built in or added by an installed package. A row says what the files look like
and where the reader is. A reader turns a file's bytes into a ``Reading``. The same bytes always give the same Document.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from qa.errors import MissingPathError, UnreadableFileError, UnsupportedFormatError
from qa.readers.blocks import NotReadable, Reading, assemble
from qa.readers.formats import Format, Reader, format_of, reader_of, suffixes
from qa.readers.isolation import parse_isolated
from qa.readers.ocr.recognition import recognising
from qa.readers.sidecar import described, is_field
from qa.records import Document
from qa.text.lines import printable

MAX_FILE_BYTES = 50_000_000
MAX_TEXT_CHARACTERS = 20_000_000


@dataclass(frozen=True, slots=True)
class Source:
    """A file as it was at one moment: its bytes, and what ``sources.toml`` in its folder says about it."""

    path: Path
    data: bytes
    described: Mapping[str, Any]


def load(path: Path) -> Source:
    """Load the file at ``path``. Raises MissingPathError or UnreadableFileError, each naming the file."""
    return Source(path, _read_bytes(path), described(path))


def read(path: Path) -> Document:
    """The document of the file at ``path``: ``load``, then ``document_of``."""
    return document_of(load(path))


def document_of(source: Source) -> Document:
    """Read a loaded file. Raises UnsupportedFormatError or UnreadableFileError, each naming the file."""
    path = source.path
    try:
        suffix = _known_suffix(path)
        reading = recognising(source.data, lambda: parse_isolated(source.data, suffix))
    except NotReadable as error:
        raise UnreadableFileError(f"{path} {error.reason}", error.status) from error
    return assemble(
        reading.blocks,
        source=printable(path.name),
        data=source.data,
        metadata={**reading.fields, **source.described},
        references=reading.references,
    )


def _known_suffix(path: Path) -> str:
    suffix = path.suffix.lower()
    if suffix not in suffixes():
        known = ", ".join(suffixes())
        raise UnsupportedFormatError(f"{path} is of a kind that Pincite does not read; it reads {known}.")
    return suffix


def parse(data: bytes, suffix: str, reader: Reader | None = None) -> Reading:
    """Read a file's bytes in this process. The default reader is chosen by content, then by suffix.

    Raises NotReadable, or anything that the reader did not foresee. Parse a hostile file in a process of its own.
    """
    known = format_of(data, suffix)
    reading = (reader or reader_of(known))(data)
    if known.package is not None:
        _check(reading, known)
    blocks = [replace(block, text=_encodable(block.text)) for block in reading.blocks if block.text]
    if not blocks:
        raise NotReadable("malformed", "holds no text; give a file with words in it.")
    if sum(len(block.text) for block in blocks) > MAX_TEXT_CHARACTERS:
        limit = MAX_TEXT_CHARACTERS // 1_000_000
        raise NotReadable("too_big", f"has more than {limit} million characters of text; split it.")
    return replace(reading, blocks=blocks, fields={name: _encodable(said) for name, said in reading.fields.items()})


def _check(reading: Any, known: Format) -> None:
    """NotReadable if a package's reader returns something that cannot become a Document."""
    unfit = [] if isinstance(reading, Reading) else [type(reading).__name__]
    unfit += [name for name, value in getattr(reading, "fields", {}).items() if not is_field(name, value)]
    if unfit:
        reason = f"is {known.name}, whose reader in the package {known.package} gives no Reading that holds"
        raise NotReadable("unsupported", f"{reason} ({', '.join(unfit)}); report that to its makers.")


def _encodable(said: Any) -> Any:
    """Replace unpaired surrogates in all text by question marks. PDFs and JSON may hold them."""
    if isinstance(said, tuple):
        return tuple(map(_encodable, said))
    return said.encode("utf-8", "replace").decode() if isinstance(said, str) else said


def _read_bytes(path: Path) -> bytes:
    """The file's bytes, or a ReadError that says why they cannot be read."""
    try:
        if not path.exists():
            raise MissingPathError(f"{path} does not exist; check the path.")
        if path.is_dir():
            raise UnreadableFileError(f"{path} is a folder, and a file is needed here; name a file in it.")
        if not path.is_file():  # reading it might block, or never end
            raise UnreadableFileError(
                f"{path} is a device, a pipe or a socket, and a file is needed here; name a file."
            )
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
        if len(data) > MAX_FILE_BYTES:
            limit = MAX_FILE_BYTES // 1_000_000
            raise UnreadableFileError(f"{path} is larger than {limit} MB; split it, or leave it out.", "too_big")
        return data
    except OSError as error:
        reason = error.strerror or "unknown error"
        raise UnreadableFileError(f"{path} cannot be read ({reason}); check its permissions.") from error
