"""Which version of the readers read a file, as its fingerprint says."""

from collections.abc import Iterable

READING_VERSION = 12
"""Raised when the readers change what they make of a file, so that files are read again."""

READ_NOW = f"{READING_VERSION}:"
"""How fingerprints of files start that this version has read."""


def read_before(fingerprints: Iterable[str]) -> int:
    """How many files of these fingerprints were read by an earlier version of the readers."""
    return sum(not fingerprint.startswith(READ_NOW) for fingerprint in fingerprints)
