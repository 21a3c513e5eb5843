"""From a file to a Document.

A format is one file of this folder and one row of ``FORMATS``: a suffix, and a function from decoded text
to blocks and fields. The same bytes always give the same Document.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from charset_normalizer import from_bytes

from qa.errors import MissingPathError, UnreadableFileError, UnsupportedFormatError
from qa.readers.blocks import Block, assemble
from qa.readers.frontmatter import Fields
from qa.readers.markdown import read_markdown
from qa.readers.plain import read_plain
from qa.readers.sidecar import SIDECAR, described
from qa.records import Document
from qa.text import printable

Reader = Callable[[str], tuple[list[Block], Fields]]

FORMATS: Mapping[str, Reader] = {
    ".txt": read_plain,
    ".text": read_plain,
    ".md": read_markdown,
    ".markdown": read_markdown,
}

MAX_FILE_BYTES = 50_000_000

__all__ = ["FORMATS", "MAX_FILE_BYTES", "SIDECAR", "described", "read", "read_bytes"]

_WESTERN_SHARE = 0.1
"""A text with fewer bytes beyond ASCII that is not UTF-8 is Windows-1252, which guessing often misses."""

_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")

_MARKDOWN_TITLE = re.compile(r"\A\s*# \S")
_MARKDOWN_HEADING = re.compile(r"^#{2,6} \S", re.MULTILINE)


def read(path: Path) -> Document:
    """Read the file at ``path``, with what its folder's ``sources.toml`` says of it.

    Raises MissingPathError, UnsupportedFormatError or UnreadableFileError, each naming the file.
    """
    data = read_bytes(path)
    reader = FORMATS.get(path.suffix.lower())
    if reader is None:
        known = ", ".join(sorted(FORMATS))
        raise UnsupportedFormatError(f"{path} is of a kind that Pincite does not read; it reads {known}.")
    text = _decoded(path, data)
    if reader is read_plain and _is_markdown(text):
        reader = read_markdown
    blocks, fields = reader(text)
    if not any(block.text for block in blocks):
        raise UnreadableFileError(f"{path} holds no text; give a file with words in it.")
    return assemble(blocks, source=printable(path.name), data=data, metadata=fields | described(path))


def read_bytes(path: Path) -> bytes:
    """The file's bytes, or a ReadError that says why not."""
    try:
        if not path.exists():
            raise MissingPathError(f"{path} does not exist; check the path.")
        if path.is_dir():
            raise UnreadableFileError(f"{path} is a folder, and a file is needed here; name a file in it.")
        if path.stat().st_size > MAX_FILE_BYTES:
            limit = MAX_FILE_BYTES // 1_000_000
            raise UnreadableFileError(f"{path} is larger than {limit} MB; split it, or leave it out.")
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or "unknown error"
        raise UnreadableFileError(f"{path} cannot be read ({reason}); check its permissions.") from error


def _decoded(path: Path, data: bytes) -> str:
    if b"\x00" in data[:8192] and not data.startswith(_UTF16_MARKS):
        raise UnreadableFileError(f"{path} is not text, whatever its name says; give a text file.")
    if data.startswith(_UTF16_MARKS):
        return data.decode("utf-16", errors="replace")
    western = sum(byte > 0x7F for byte in data) < _WESTERN_SHARE * len(data)
    for encoding in ("utf-8-sig", "cp1252") if western else ("utf-8-sig",):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    guess = from_bytes(data).best()
    if guess is None:
        raise UnreadableFileError(f"{path} is in no known text encoding; save it as UTF-8.")
    return str(guess)


def _is_markdown(text: str) -> bool:
    return bool(_MARKDOWN_TITLE.match(text) and _MARKDOWN_HEADING.search(text))
