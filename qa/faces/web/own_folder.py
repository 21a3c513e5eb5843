"""A folder of this process that only its user may enter: for uploads, and for the address of its page."""

import atexit
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

from filelock import FileLock, Timeout

_PREFIX = "pincite-"
_LOCK = "lock"
_SETTLED_S = 60
"""The age, in seconds, by which a new folder is surely locked by its process."""


@cache
def process_folder() -> Path:
    """The folder of this process. Folders left by killed processes are removed."""
    _remove_left_over()
    made = Path(tempfile.mkdtemp(prefix=_PREFIX)).resolve()
    lock = FileLock(made / _LOCK)
    lock.acquire()
    atexit.register(_remove, made, lock)
    return made


def living_folders() -> Iterator[Path]:
    """The folders of this user's running processes; no other user can enter them."""
    for folder in _folders():
        if hasattr(os, "getuid") and folder.lstat().st_mode & 0o077:
            continue
        try:
            with FileLock(folder / _LOCK, timeout=0):
                pass
        except Timeout:
            yield folder
        except OSError:  # it was just removed
            continue


def _folders() -> Iterator[Path]:
    """The folders of the user's processes, living or not."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError):
            about = folder.lstat()
            mine = not hasattr(os, "getuid") or about.st_uid == os.getuid()
            if mine and (folder / _LOCK).is_file():
                yield folder


def _remove(folder: Path, lock: FileLock) -> None:
    lock.release()
    shutil.rmtree(folder, ignore_errors=True)


def _remove_left_over() -> None:
    for folder in _folders():
        with suppress(OSError, Timeout):  # in use
            if time.time() - folder.lstat().st_mtime > _SETTLED_S:
                with FileLock(folder / _LOCK, timeout=0):
                    pass
                shutil.rmtree(folder, ignore_errors=True)
