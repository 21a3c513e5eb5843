"""System calls that Python has no function for."""

import ctypes
import os

_SET_NO_NEW_PRIVS = 38


def call(number: int, *arguments: int) -> int:
    """What the system call gives. OSError where it fails, or the C library has no way to make one."""
    libc = ctypes.CDLL(None, use_errno=True)
    found = int(libc.syscall(ctypes.c_long(number), *map(ctypes.c_long, arguments)))
    if found < 0:
        _fail()
    return found


def forbid_privileges() -> None:
    """No program that this process starts gets more rights than it has; the kernel wants that before any lock."""
    nothing = (ctypes.c_ulong(0),) * 3
    if ctypes.CDLL(None, use_errno=True).prctl(_SET_NO_NEW_PRIVS, ctypes.c_ulong(1), *nothing):
        _fail()


def _fail() -> None:
    number = ctypes.get_errno()
    raise OSError(number, os.strerror(number))
