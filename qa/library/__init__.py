"""Assembles all parts: a folder with a library, and everything that can be done with it."""

from qa.library.library import DEFAULT_PATH, WAIT_S, K, Library, build, open
from qa.library.proofs import Saved

__all__ = ["DEFAULT_PATH", "WAIT_S", "K", "Library", "Saved", "build", "open"]
