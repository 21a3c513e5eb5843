"""From a file to a Document.

A format is one row of ``FORMATS``, or of an installed package: what its files look like, and where its reader is, a
function from the file's bytes to a ``Reading``. The same bytes always give the same Document. Each name is loaded at
its first use.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qa.readers.blocks import Block, NotReadable, Reading
    from qa.readers.files import Source, document_of, load, parse, read
    from qa.readers.formats import FORMATS, Format, is_pdf, suffixes
    from qa.readers.sidecar import SIDECAR

__all__ = [
    "FORMATS",
    "SIDECAR",
    "Block",
    "Format",
    "NotReadable",
    "Reading",
    "Source",
    "document_of",
    "is_pdf",
    "load",
    "parse",
    "read",
    "suffixes",
]

_HOMES = {
    **dict.fromkeys(("Block", "NotReadable", "Reading"), "qa.readers.blocks"),
    **dict.fromkeys(("FORMATS", "Format", "is_pdf", "suffixes"), "qa.readers.formats"),
    "SIDECAR": "qa.readers.sidecar",
}


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(import_module(_HOMES.get(name, "qa.readers.files")), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
