"""The lock of a library's one writer. The lock package is imported at its first use: questions take no lock."""

from contextlib import AbstractContextManager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from filelock import BaseFileLock


class Taken(Exception):
    """Somebody else has the lock."""


class Lock:
    """A lock on a file, between processes and between threads. Its holder may take it again."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @cached_property
    def _lock(self) -> "BaseFileLock":
        from filelock import FileLock

        return FileLock(self._path)

    def acquire(self, wait_s: float = 0) -> AbstractContextManager[object]:
        """Take the lock until the block ends or ``release`` is called.

        Raises Taken if somebody else still has it after ``wait_s`` seconds, OSError if the file cannot be locked.
        """
        from filelock import Timeout

        try:
            return self._lock.acquire(timeout=wait_s)
        except Timeout as error:
            raise Taken from error

    def release(self) -> None:
        self._lock.release()
