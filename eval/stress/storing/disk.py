"""A disk that records every write and flush. Part of ``powerloss.py``; needs root, loop devices and FUSE.

A file system in user space holds a single file, which a loop device turns into a disk. The kernel's ext4 runs on it as
on any disk, and its writes and flushes pass through here.
"""

import ctypes
import os
import shutil
import struct
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import ClassVar

NAME = b"disk"
PAGE = 4096
_ROOT, _FILE = 1, 2
_IN = struct.Struct("<IIQQIIIHH")
_OUT = struct.Struct("<IiQ")
_MAX_WRITE = 128 << 10
_FORGET, _DESTROY, _BATCH_FORGET = 2, 38, 42
_NOT_DONE = 38  # ENOSYS
_MISSING = 2  # ENOENT
TRIES, PAUSE_S = 50, 0.1
"""How often to try to unmount a busy mount, and the pause between tries."""
_LONG = 1 << 20
"""Seconds for which the kernel may cache facts about the file."""

Write = tuple[int, bytes]
"""Offset and bytes."""


@dataclass
class Disk:
    """The disk's first content, and the record: writes, and None for each flush."""

    first: bytes
    record: list[Write | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._now = bytearray(self.first)

    # the part of FUSE's protocol (Linux's include/uapi/linux/fuse.h) that one file needs

    def serve(self, descriptor: int) -> None:
        """Answer the kernel until the file system is unmounted."""
        while True:
            try:
                request = os.read(descriptor, _MAX_WRITE + PAGE)
            except OSError:
                return
            _, opcode, unique, node, *_ = _IN.unpack_from(request)
            if opcode in (_FORGET, _BATCH_FORGET):
                continue
            error, reply = self._reply(opcode, node, request[_IN.size :])
            os.write(descriptor, _OUT.pack(_OUT.size + len(reply), -error, unique) + reply)
            if opcode == _DESTROY:
                return

    def _reply(self, opcode: int, node: int, body: bytes) -> tuple[int, bytes]:
        """The error and the reply for a request."""
        answer = self._ANSWERS.get(opcode)
        return answer(self, node, body) if answer else (_NOT_DONE, b"")

    def _begin(self, node: int, body: bytes) -> tuple[int, bytes]:
        return 0, struct.pack("<IIIIHHIIHHI7I", 7, 31, PAGE, 0, 12, 9, _MAX_WRITE, 1, 0, 0, 0, *[0] * 7)

    def _look_up(self, node: int, body: bytes) -> tuple[int, bytes]:
        if body.rstrip(b"\0") != NAME:
            return _MISSING, b""
        return 0, struct.pack("<QQQQII", _FILE, 0, _LONG, _LONG, 0, 0) + self._attributes(_FILE)

    def _describe(self, node: int, body: bytes) -> tuple[int, bytes]:
        return 0, struct.pack("<QII", _LONG, 0, 0) + self._attributes(node)

    def _open(self, node: int, body: bytes) -> tuple[int, bytes]:
        return 0, struct.pack("<QII", 0, 0, 0)

    def _read(self, node: int, body: bytes) -> tuple[int, bytes]:
        _, offset, size = struct.unpack_from("<QQI", body)
        return 0, bytes(self._now[offset : offset + size])

    def _write(self, node: int, body: bytes) -> tuple[int, bytes]:
        _, offset, size = struct.unpack_from("<QQI", body)
        data = body[40 : 40 + size]
        self._now[offset : offset + size] = data
        self.record.append((offset, data))
        return 0, struct.pack("<II", size, 0)

    def _flush(self, node: int, body: bytes) -> tuple[int, bytes]:
        self.record.append(None)
        return 0, b""

    def _nothing(self, node: int, body: bytes) -> tuple[int, bytes]:
        return 0, b""

    _ANSWERS: ClassVar[dict[int, Callable[["Disk", int, bytes], tuple[int, bytes]]]] = {
        1: _look_up,
        3: _describe,
        14: _open,
        15: _read,
        16: _write,
        18: _nothing,  # release
        20: _flush,  # fsync
        25: _nothing,  # FUSE's "flush", which is close
        26: _begin,
        _DESTROY: _nothing,
    }

    def _attributes(self, node: int) -> bytes:
        mode, size = (0o40755, 0) if node == _ROOT else (0o100600, len(self._now))
        return struct.pack("<6Q10I", node, size, size // 512, 0, 0, 0, 0, 0, 0, mode, 1, 0, 0, 0, PAGE, 0)


@contextmanager
def mounted(disk: Disk, folder: Path) -> Iterator[Path]:
    """The disk's ext4, mounted in a folder while the block runs."""
    fuse, place = folder / "fuse", folder / "mounted"
    fuse.mkdir()
    place.mkdir()
    descriptor = os.open("/dev/fuse", os.O_RDWR)
    options = f"fd={descriptor},rootmode=40000,user_id=0,group_id=0".encode()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"disk", str(fuse).encode(), b"fuse", 0, options):
        raise OSError(ctypes.get_errno(), "FUSE cannot be mounted")
    serving = Thread(target=disk.serve, args=(descriptor,), daemon=True)
    serving.start()
    try:
        _run("mount", "-o", "loop", str(fuse / NAME.decode()), str(place))
        try:
            yield place
        finally:
            _unmount(place)
    finally:
        _unmount(fuse)
        serving.join(5)
        os.close(descriptor)


@contextmanager
def replayed(image: bytes, folder: Path) -> Iterator[Path]:
    """The image's ext4 with its journal played back, mounted while the block runs."""
    # A new file each time: a loop device may still hold the last one, and mount would use that.
    made = Path(tempfile.mkdtemp(dir=folder))
    file, place = made / "image", made / "replayed"
    file.write_bytes(image)
    place.mkdir()
    _run("mount", "-o", "loop", str(file), str(place))
    try:
        yield place
    finally:
        _unmount(place)
        shutil.rmtree(made)


def formatted(folder: Path, size: int) -> bytes:
    """An empty ext4 of that many bytes."""
    file = folder / "formatted"
    file.write_bytes(bytes(size))
    _run("mkfs.ext4", "-q", "-E", "nodiscard,lazy_itable_init=0,lazy_journal_init=0", str(file))
    return file.read_bytes()


def _unmount(place: Path) -> None:
    """Unmount, with retries while the kernel is still busy: a loop device ends a moment after its mount."""
    for left in reversed(range(TRIES)):
        try:
            return _run("umount", str(place))
        except OSError:
            if not left:
                raise
            time.sleep(PAUSE_S)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(f"{' '.join(command)}: {done.stderr.strip()}")
