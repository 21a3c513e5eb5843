"""Check the rest of a library's folder: conversations, the last evaluation report, other files."""

from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

from qa.stores import kept_report
from qa.stores.conversations.store import FILE, Conversations
from qa.stores.findings import Findings

_PARTS = (
    *("library.sqlite", "library.sqlite-*", "library.damaged*", "documents", "originals", "snapshots"),
    *("SEAL", "REGISTER", "writer.lock", "signing.*", "conversations.*", ".report"),
)
"""Entries of a library's folder that a check reads, or that were set aside."""


def beside(folder: Path, *, writable: bool) -> Findings:
    """Check what is stored beside the documents. Repair the conversations if the folder is ``writable``.

    Raises ConversationError if conversations cannot be opened, or a newer Pincite has written them.
    """
    rest = Findings(missing=tuple(_report(folder)), unchecked=tuple(_unknown(folder)))
    if not (writable and (folder / FILE).exists()):
        return rest
    found = Conversations(folder / FILE).check()
    return rest + Findings(mended=found.mended, missing=tuple(f"of the conversations: {lost}" for lost in found.lost))


def _report(folder: Path) -> Iterator[str]:
    if fault := kept_report.fault(folder):
        yield f"the report of the last evaluation: {fault}; run 'qa eval' again to have one"


def _unknown(folder: Path) -> Iterator[str]:
    for path in sorted(folder.iterdir()):
        if not any(fnmatch(path.name, part) for part in _PARTS):
            yield path.name
