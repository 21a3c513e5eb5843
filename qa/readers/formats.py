"""The kinds of files that can be read: the built-in ones, and those that installed packages add.

A package adds one with an entry point in the group ``qa.readers`` that names a ``Format``; see docs/readers.md.
"""

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pkgutil import resolve_name

from qa.readers.blocks import NotReadable, Reading

Reader = Callable[[bytes], Reading]

GROUP = "qa.readers"

_MARKDOWN = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*# \S.*?^#{2,6} \S", re.MULTILINE | re.DOTALL)
_PDF = re.compile(rb"\A.{0,1024}%PDF-", re.DOTALL)
_JATS = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!DOCTYPE\s+)?article\b", re.DOTALL
)
_HTML = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype html|html)\b", re.IGNORECASE | re.DOTALL
)

_SUFFIX = re.compile(r"\.[^\s./\\]+")
_OPENING_BYTES = 65_536

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file. ``looks`` matches its first bytes, whatever the suffix; ``reader`` is loaded when used.

    ``package`` is filled in for a format that an installed package adds.
    """

    name: str
    suffixes: tuple[str, ...]
    reader: str
    looks: re.Pattern[bytes] | None = None
    package: str | None = None


FORMATS: Sequence[Format] = (
    Format("PDF", (".pdf",), "qa.readers.pdf.reader:read", looks=_PDF),
    Format("JATS", (".xml", ".nxml"), "qa.readers.jats.reader:read", looks=_JATS),
    Format("HTML", (".html", ".htm", ".xhtml"), "qa.readers.html.reader:read", looks=_HTML),
    Format("Markdown", (".md", ".markdown"), "qa.readers.markdown:read", looks=_MARKDOWN),
    Format("text", (".txt", ".text"), "qa.readers.plain:read"),
)
"""Tried in this order. A file has the first format whose content test it passes, else the format of its suffix."""


@cache
def formats() -> Sequence[Format]:
    """The built-in formats, then those of installed packages. A broken package is logged and left out."""
    known = list(FORMATS)
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: (_package(entry), entry.name)):
        try:
            known.append(_added(entry, known))
        except Exception as error:  # one broken package must not disable the others
            _log.warning(
                "the reader %r of the package %s is left out (%s: %s); mend or uninstall that package.",
                entry.name,
                _package(entry),
                type(error).__name__,
                " ".join(str(error).split()),
            )
    return tuple(known)


def _package(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist else entry.value


def _added(entry: EntryPoint, known: Sequence[Format]) -> Format:
    """The format that an entry point names. Raises whatever error the package causes."""
    added = entry.load()
    if not isinstance(added, Format) or not isinstance(added.suffixes, tuple) or not isinstance(added.reader, str):
        raise TypeError(f"{entry.value} is no qa.readers.formats.Format of a name, suffixes and a reader")
    if added.looks is not None and not isinstance(added.looks.pattern, bytes):
        raise TypeError(f"{entry.value} looks at text, where a file has bytes")
    for suffix in added.suffixes:
        if not _SUFFIX.fullmatch(suffix) or suffix != suffix.lower():
            raise ValueError(f"{suffix!r} is no suffix in lower case with its dot")
        for other in known:
            if suffix in other.suffixes:
                raise ValueError(f"{suffix} is read as {other.name} by {other.package or 'Pincite'} already")
    return replace(added, package=_package(entry))


def suffixes() -> list[str]:
    """The suffixes of all readable files, sorted."""
    return sorted(suffix for known in formats() for suffix in known.suffixes)


def format_of(data: bytes, suffix: str) -> Format:
    """The format of these bytes, by content first, then by suffix."""
    opening = data[:_OPENING_BYTES]
    looking = [known for known in formats() if known.looks and known.looks.search(opening)]
    named = [known for known in formats() if suffix in known.suffixes]
    if not looking + named:
        raise NotReadable("unsupported", f"ends in {suffix}, for which no reader is installed; install its package.")
    return (looking + named)[0]


def is_pdf(data: bytes) -> bool:
    """Whether these bytes look like a PDF."""
    return _PDF.match(data[:_OPENING_BYTES]) is not None


def reader_of(known: Format) -> Reader:
    """The function that reads files of this format. NotReadable if a package's reader cannot be loaded."""
    try:
        reader: Reader = resolve_name(known.reader)
    except Exception as error:
        if known.package is None:
            raise
        reason = f"is {known.name}, whose reader in the package {known.package} cannot be loaded"
        what = f"{type(error).__name__}: {' '.join(str(error).split())}"
        raise NotReadable("unsupported", f"{reason} ({what}); mend or uninstall that package.") from error
    return reader
