"""The pages that SQLite's write-ahead log holds (sqlite.org/fileformat2.html, section 4)."""

import os
from pathlib import Path

_HEADER = 32
_FRAME_HEADER = 24
_PAGE_SIZE_AT = 8


def written(log: Path) -> set[int]:
    """The database offset of each page in a log: the page's first byte.

    Leftovers of an earlier use at the log's end are included: a few extra offsets do no harm.
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
