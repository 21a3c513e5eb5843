"""The version of the readers that read a file, taken from its fingerprint."""

from collections.abc import Iterable

READING_VERSION = 12
"""Raised when readers change their output, so that files are read again."""

READ_NOW = f"{READING_VERSION}:"
"""The prefix of fingerprints of files that this version has read."""


def read_before(fingerprints: Iterable[str]) -> int:
    """How many of these files were read by an earlier version of the readers."""
    return sum(not fingerprint.startswith(READ_NOW) for fingerprint in fingerprints)
