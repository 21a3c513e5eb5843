"""System calls for which Python has no function."""

import ctypes
import os

_SET_NO_NEW_PRIVS = 38


def call(number: int, *arguments: int) -> int:
    """The result of the system call. OSError if it fails, or the C library cannot make system calls."""
    libc = ctypes.CDLL(None, use_errno=True)
    found = int(libc.syscall(ctypes.c_long(number), *map(ctypes.c_long, arguments)))
    if found < 0:
        _fail()
    return found


def forbid_privileges() -> None:
    """Let no started program gain more rights than this process. The kernel requires this before any lock."""
    nothing = (ctypes.c_ulong(0),) * 3
    if ctypes.CDLL(None, use_errno=True).prctl(_SET_NO_NEW_PRIVS, ctypes.c_ulong(1), *nothing):
        _fail()


def _fail() -> None:
    number = ctypes.get_errno()
    raise OSError(number, os.strerror(number))
