"""A seccomp filter that allows only the system calls of a program that computes and reads.

It lists what is allowed, because a list of what is forbidden is never complete. Every other call fails as if it did not
exist, as on an older kernel, which libraries can handle. A call with forbidden arguments is refused. The filter is the
classic BPF program of the kernel's Documentation/userspace-api/seccomp_filter.rst.
"""

import ctypes
import errno
import os
import platform
import struct
import sys
from collections.abc import Iterator, Mapping, Sequence

from qa.readers.sandbox.system import call, forbid_privileges

_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_SECCOMP = {"x86_64": 317, "aarch64": 277}
_SET_MODE_FILTER, _GET_ACTION_AVAIL, _ALL_THREADS = 1, 2, 1

_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_LOAD, _AND, _EQUAL, _RETURN = 0x20, 0x54, 0x15, 0x06
_NUMBER_AT, _ARCH_AT, _ARGUMENTS_AT = 0, 4, 16

ALLOWED: Mapping[str, tuple[int | None, int | None]] = {
    # bytes
    "read": (0, 63),
    "write": (1, 64),
    "readv": (19, 65),
    "writev": (20, 66),
    "pread64": (17, 67),
    "pwrite64": (18, 68),
    "lseek": (8, 62),
    "close": (3, 57),
    "close_range": (436, 436),
    "ioctl": (16, 29),
    "fcntl": (72, 25),
    "dup": (32, 23),
    "dup2": (33, None),
    "dup3": (292, 24),
    "fadvise64": (221, 223),
    # information about files
    "stat": (4, None),
    "lstat": (6, None),
    "fstat": (5, 80),
    "newfstatat": (262, 79),
    "statx": (332, 291),
    "statfs": (137, 43),
    "fstatfs": (138, 44),
    "access": (21, None),
    "faccessat": (269, 48),
    "faccessat2": (439, 439),
    "readlink": (89, None),
    "readlinkat": (267, 78),
    "getdents": (78, None),
    "getdents64": (217, 61),
    "getcwd": (79, 17),
    # memory
    "mmap": (9, 222),
    "munmap": (11, 215),
    "mprotect": (10, 226),
    "mremap": (25, 216),
    "madvise": (28, 233),
    "brk": (12, 214),
    "membarrier": (324, 283),
    "get_mempolicy": (239, 236),
    # threads
    "futex": (202, 98),
    "futex_waitv": (449, 449),
    "set_robust_list": (273, 99),
    "set_tid_address": (218, 96),
    "rseq": (334, 293),
    "sched_yield": (24, 124),
    "sched_getaffinity": (204, 123),
    "arch_prctl": (158, None),
    "exit": (60, 93),
    "exit_group": (231, 94),
    # waiting
    "pipe": (22, None),
    "pipe2": (293, 59),
    "eventfd2": (290, 19),
    "poll": (7, None),
    "ppoll": (271, 73),
    "select": (23, None),
    "pselect6": (270, 72),
    "epoll_create1": (291, 20),
    "epoll_ctl": (233, 21),
    "epoll_wait": (232, None),
    "epoll_pwait": (281, 22),
    "nanosleep": (35, 101),
    "clock_nanosleep": (230, 115),
    "restart_syscall": (219, 128),
    # signals to itself
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sigaltstack": (131, 132),
    # time and identity
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "gettimeofday": (96, 169),
    "time": (201, None),
    "times": (100, 153),
    "getrusage": (98, 165),
    "getrlimit": (97, 163),
    "sysinfo": (99, 179),
    "uname": (63, 160),
    "getrandom": (318, 278),
    "getpid": (39, 172),
    "getppid": (110, 173),
    "gettid": (186, 178),
    "getuid": (102, 174),
    "geteuid": (107, 175),
    "getgid": (104, 176),
    "getegid": (108, 177),
}
"""The call numbers on x86_64 and aarch64, from the kernel's headers."""

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_THREAD = 0x00010000  # CLONE_THREAD

GUARDED: Mapping[str, tuple[int | None, int | None, int, int, int | None]] = {
    "open": (2, None, 1, _WRITING, 0),
    "openat": (257, 56, 2, _WRITING, 0),
    "clone": (56, 220, 0, _THREAD, _THREAD),
    "prlimit64": (302, 261, 0, 0xFFFFFFFF, 0),
    "tgkill": (234, 131, 0, 0xFFFFFFFF, None),
}
"""Calls allowed only if the argument at the index, under the mask, has the value: for reading, for a thread, or for
this process itself (None: its number)."""


def is_available() -> bool:
    """Whether the kernel supports such a filter, and this processor's call numbers are known."""
    machine = platform.machine()
    if machine not in _AUDIT_ARCH or sys.maxsize < 1 << 32:
        return False
    action = ctypes.c_uint32(_ERRNO)
    try:
        return not call(_SECCOMP[machine], _GET_ACTION_AVAIL, 0, ctypes.addressof(action))
    except OSError:
        return False


def install() -> None:
    """Put this process, with all its threads, under the filter for good. OSError if it fails."""
    machine = platform.machine()
    code = b"".join(_program(machine))
    instructions = ctypes.create_string_buffer(code, len(code))
    program = ctypes.create_string_buffer(struct.pack("@HP", len(code) // 8, ctypes.addressof(instructions)))
    forbid_privileges()
    call(_SECCOMP[machine], _SET_MODE_FILTER, _ALL_THREADS, ctypes.addressof(program))


def _program(machine: str) -> Iterator[bytes]:
    column = list(_AUDIT_ARCH).index(machine)
    missing = _instruction(_RETURN, _ERRNO | errno.ENOSYS)
    yield from (_instruction(_LOAD, _ARCH_AT), _instruction(_EQUAL, _AUDIT_ARCH[machine], 1, 0), missing)
    yield _instruction(_LOAD, _NUMBER_AT)
    for numbers in ALLOWED.values():
        if (number := numbers[column]) is not None:
            yield from (_instruction(_EQUAL, number, 0, 1), _instruction(_RETURN, _ALLOW))
    for *guarded, index, mask, value in GUARDED.values():
        if (number := guarded[column]) is not None:
            check = _guard(index, mask, os.getpid() if value is None else value)
            yield from (_instruction(_EQUAL, number, 0, len(check)), *check)
    yield missing


def _guard(index: int, mask: int, value: int) -> Sequence[bytes]:
    """Allow if the argument's lower half has the value under the mask. The upper half has no meaning here."""
    return (
        _instruction(_LOAD, _ARGUMENTS_AT + 8 * index),
        _instruction(_AND, mask),
        _instruction(_EQUAL, value, 0, 1),
        _instruction(_RETURN, _ALLOW),
        _instruction(_RETURN, _ERRNO | errno.EPERM),
    )


def _instruction(code: int, operand: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, operand)
