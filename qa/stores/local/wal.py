"""What SQLite's write-ahead log says of the pages that it holds (sqlite.org/fileformat2.html, section 4)."""

import os
from pathlib import Path

_HEADER = 32
_FRAME_HEADER = 24
_PAGE_SIZE_AT = 8


def written(log: Path) -> set[int]:
    """Where in the database the pages of a log belong: the place of each page's first byte.

    What an earlier use of the log has left at its end counts too: a few places too many do no harm.
    """
    try:
        descriptor = os.open(log, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    except FileNotFoundError:
        return set()
    with open(descriptor, "rb") as stream:
        header = stream.read(_HEADER)
        if len(header) < _HEADER:
            return set()
        page = int.from_bytes(header[_PAGE_SIZE_AT : _PAGE_SIZE_AT + 4], "big")
        places = set()
        for frame in range(_HEADER, log.stat().st_size, _FRAME_HEADER + page):
            stream.seek(frame)
            places.add((int.from_bytes(stream.read(4), "big") - 1) * page)
        return places
