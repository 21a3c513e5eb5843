"""Bytes to text."""

from charset_normalizer import from_bytes

from qa.readers.blocks import NotReadable

_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")

_WESTERN_SHARE = 0.1
"""A text with fewer bytes beyond ASCII that is not UTF-8 is Windows-1252, which guessing often misses."""


def decoded(data: bytes) -> str:
    """The text of a file, in whatever encoding it is. NotReadable where it is no text."""
    if data.startswith(_UTF16_MARKS):
        return data.decode("utf-16", errors="replace")
    if b"\x00" in data[:8192]:
        raise NotReadable("malformed", "is not text, whatever its name says; give a text file.")
    western = sum(byte > 0x7F for byte in data) < _WESTERN_SHARE * len(data)
    for encoding in ("utf-8-sig", "cp1252") if western else ("utf-8-sig",):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    guess = from_bytes(data).best()
    if guess is None:
        raise NotReadable("malformed", "is in no known text encoding; save it as UTF-8.")
    return str(guess)
