"""The one place that assembles: a folder with a library, and everything that can be asked of it."""

from qa.library.library import DEFAULT_PATH, WAIT_S, K, Library, build, open
from qa.library.proofs import Saved

__all__ = ["DEFAULT_PATH", "WAIT_S", "K", "Library", "Saved", "build", "open"]
