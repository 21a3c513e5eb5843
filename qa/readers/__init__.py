"""From a file to a Document.

Each format is one row of ``FORMATS``, built in or added by an installed package. A row says what the files look like
and where the reader is. A reader turns a file's bytes into a ``Reading``. The same bytes always give the same Document.
Each name here is loaded at its first use.
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
