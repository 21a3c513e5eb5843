"""Temporary conversations, for a library that cannot be written: they last as long as the process."""

import shutil
import tempfile
import weakref
from pathlib import Path

from qa.stores.conversations.store import FILE, Conversation, Conversations


class PassingConversations(Conversations):
    """Conversations in a folder of their own, which is removed with them."""

    are_kept = False

    def __init__(self) -> None:
        folder = tempfile.mkdtemp(prefix="pincite-")
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        super().__init__(Path(folder) / FILE)


class VisitorsConversations(PassingConversations):
    """For visitors who share only the page: each conversation is found by its address and never listed."""

    def latest(self, count: int, skip: int = 0) -> list[Conversation]:
        """An empty list."""
        return []

    def count(self) -> int:
        """Always 0."""
        return 0
