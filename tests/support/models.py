"""Models whose vectors and scores can be computed by hand."""

from collections.abc import Sequence
from threading import RLock
from typing import ClassVar

import numpy as np

from qa.models.encoders import Vectors
from qa.models.reader import Reading, Scores
from qa.text.terms import question_terms, terms


class WordEncoder:
    """A text's vector counts its search terms, scaled to length 1. Each term has an axis, in order of first use.

    So the cosine of two texts is their share of common terms. A text without terms lies alone on the last
    axis. A token is a word.
    """

    sha256 = "0" * 64
    runtime = "words"
    dimension = 2048
    max_tokens = 256

    _axes: ClassVar[dict[str, int]] = {}  # shared, so another instance can read an older library
    _lock: ClassVar[RLock] = RLock()  # several threads encode files

    def __init__(self, name: str = "words") -> None:
        self.name = name
        self.encoded = 0

    def encode(self, texts: Sequence[str]) -> Vectors:
        with self._lock:
            self.encoded += len(texts)
        vectors = [self.encode_question(text) for text in texts]
        return np.stack(vectors) if vectors else np.zeros((0, self.dimension), np.float32)

    def encode_question(self, question: str) -> Vectors:
        vector = np.zeros(self.dimension, np.float32)
        with self._lock:
            for term in terms(question):
                vector[self._axes.setdefault(term, len(self._axes)) % (self.dimension - 1)] += 1
        if not vector.any():
            vector[-1] = 1
        return vector / np.linalg.norm(vector)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]


class WordReader:
    """A PassageReader that scores all sentences alike: by the share of the question's terms that the best passage has.

    So it orders nothing, and tells questions apart.
    """

    sha256 = "1" * 64

    def read(self, passages: Sequence[Reading]) -> list[Scores]:
        share = max(map(term_share, passages), default=0.0)
        return [np.full(len(one.sentences), 6 * share - 3, np.float32) for one in passages]


def term_share(passage: Reading) -> float:
    """The share of the question's terms that the passage has."""
    asked = set(question_terms(passage.question))
    said = terms(" ".join([passage.head, *passage.sentences]))
    return len(asked.intersection(said)) / len(asked) if asked else 0.0
