"""From a file to a Document.

A format is one file of this folder and one row of ``FORMATS``: what its files look like, and where its reader is,
a function from the file's bytes to a ``Reading``. The same bytes always give the same Document.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from pkgutil import resolve_name

from qa.errors import MissingPathError, UnreadableFileError, UnsupportedFormatError
from qa.readers.blocks import NotReadable, Reading, assemble
from qa.readers.isolation import parse_isolated
from qa.readers.sidecar import SIDECAR, described
from qa.records import Document
from qa.text import printable

Reader = Callable[[bytes], Reading]

_MARKDOWN = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*# \S.*?^#{2,6} \S", re.MULTILINE | re.DOTALL)
_PDF = re.compile(rb"\A.{0,1024}%PDF-", re.DOTALL)
_JATS = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!DOCTYPE\s+)?article\b", re.DOTALL
)
_HTML = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype html|html)\b", re.IGNORECASE | re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file. ``looks`` matches its first bytes, whatever the suffix; ``reader`` is loaded when used."""

    name: str
    suffixes: tuple[str, ...]
    reader: str
    looks: re.Pattern[bytes] | None = None


FORMATS: Sequence[Format] = (
    Format("PDF", (".pdf",), "qa.readers.pdf:read", looks=_PDF),
    Format("JATS", (".xml", ".nxml"), "qa.readers.jats:read", looks=_JATS),
    Format("HTML", (".html", ".htm", ".xhtml"), "qa.readers.html:read", looks=_HTML),
    Format("Markdown", (".md", ".markdown"), "qa.readers.markdown:read", looks=_MARKDOWN),
    Format("text", (".txt", ".text"), "qa.readers.plain:read"),
)
"""Asked in this order: a file is of the first format that it looks like, or else of its suffix's."""

MAX_FILE_BYTES = 50_000_000
MAX_TEXT_CHARACTERS = 20_000_000

__all__ = ["FORMATS", "MAX_FILE_BYTES", "SIDECAR", "described", "parse", "read", "read_bytes", "suffixes"]

_OPENING_BYTES = 65_536


def suffixes() -> list[str]:
    """The suffixes of the files that can be read, in order."""
    return sorted(suffix for known in FORMATS for suffix in known.suffixes)


def read(path: Path) -> Document:
    """Read the file at ``path``, with what its folder's ``sources.toml`` says of it.

    Raises MissingPathError, UnsupportedFormatError or UnreadableFileError, each naming the file.
    """
    data = read_bytes(path)
    try:
        reading = parse_isolated(data, _known_suffix(path))
    except NotReadable as error:
        raise UnreadableFileError(f"{path} {error.reason}", error.status) from error
    return assemble(
        reading.blocks,
        source=printable(path.name),
        data=data,
        metadata={**reading.fields, **described(path)},
        references=reading.references,
    )


def _known_suffix(path: Path) -> str:
    suffix = path.suffix.lower()
    if suffix not in suffixes():
        known = ", ".join(suffixes())
        raise UnsupportedFormatError(f"{path} is of a kind that Pincite does not read; it reads {known}.")
    return suffix


def parse(data: bytes, suffix: str) -> Reading:
    """The reading of a file's bytes in this process, by content first and suffix else.

    Raises NotReadable, or whatever the reader did not foresee: a hostile file belongs into a process of its own.
    """
    opening = data[:_OPENING_BYTES]
    looking = [known for known in FORMATS if known.looks and known.looks.search(opening)]
    named = [known for known in FORMATS if suffix in known.suffixes]
    reader: Reader = resolve_name((looking + named)[0].reader)
    reading = reader(data)
    blocks = [replace(block, text=_encodable(block.text)) for block in reading.blocks if block.text]
    if not blocks:
        raise NotReadable("malformed", "holds no text; give a file with words in it.")
    if sum(len(block.text) for block in blocks) > MAX_TEXT_CHARACTERS:
        limit = MAX_TEXT_CHARACTERS // 1_000_000
        raise NotReadable("too_big", f"has more than {limit} million characters of text; split it.")
    return replace(reading, blocks=blocks)


def _encodable(text: str) -> str:
    """The text with a question mark for each half of a character, which some PDFs hold."""
    return text.encode("utf-8", "replace").decode()


def read_bytes(path: Path) -> bytes:
    """The file's bytes, or a ReadError that says why not."""
    try:
        if not path.exists():
            raise MissingPathError(f"{path} does not exist; check the path.")
        if path.is_dir():
            raise UnreadableFileError(f"{path} is a folder, and a file is needed here; name a file in it.")
        if path.stat().st_size > MAX_FILE_BYTES:
            limit = MAX_FILE_BYTES // 1_000_000
            raise UnreadableFileError(f"{path} is larger than {limit} MB; split it, or leave it out.", "too_big")
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or "unknown error"
        raise UnreadableFileError(f"{path} cannot be read ({reason}); check its permissions.") from error
