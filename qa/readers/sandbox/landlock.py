"""Landlock lets a process give up file access without any privilege (Linux 5.13 and later).

The kernel's Documentation/userspace-api/landlock.rst describes the calls and the numbers.
"""

import ctypes
import os
from collections.abc import Iterable

from qa.readers.sandbox.system import call, forbid_privileges

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION = 1  # LANDLOCK_CREATE_RULESET_VERSION
_PATH_BENEATH = 1  # LANDLOCK_RULE_PATH_BENEATH

_READ_FILE, _READ_DIR = 1 << 2, 1 << 3

_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
"""The number of file rights by Landlock version; all are removed. A later version has those of the last."""
_TCP = 0b11  # bind and connect, from version 4
_SCOPES = 0b11  # abstract Unix sockets and signals, from version 6


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scopes", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32))


def version() -> int:
    """The kernel's Landlock version; 0 if it is missing or switched off."""
    try:
        return call(_CREATE_RULESET, 0, 0, _VERSION)
    except OSError:
        return 0


def allow_reading(paths: Iterable[str]) -> None:
    """From now on, only files at or below these paths can be opened, and only for reading. OSError if it fails."""
    known = version()
    files = (1 << _FILE_RIGHTS[min(known, max(_FILE_RIGHTS))]) - 1
    wanted = _Ruleset(files, _TCP if known >= 4 else 0, _SCOPES if known >= 6 else 0)
    ruleset = call(_CREATE_RULESET, ctypes.addressof(wanted), 8 * (1 + (known >= 4) + (known >= 6)), 0)
    try:
        for path in paths:
            _allow(ruleset, path)
        forbid_privileges()
        call(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str) -> None:
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        rule = _Beneath(_READ_FILE | (_READ_DIR if os.path.isdir(path) else 0), place)
        call(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.addressof(rule), 0)
    finally:
        os.close(place)
