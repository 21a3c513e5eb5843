"""What else lies in a library's folder: the conversations, the report of its last evaluation, and the rest."""

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
"""What the folder of a library has that a check reads, or that was set aside."""


def beside(folder: Path, *, writable: bool) -> Findings:
    """Check what is kept beside the documents, and mend the conversations if the folder is ``writable``.

    Raises ConversationError for conversations that cannot be had, or that a newer Pincite has written.
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
