"""The reader: scores how well each sentence of a passage answers a question.

It reads the question once, together with the whole passage and its title and headings, and scores every sentence
in that context. It is fine-tuned from the default model (``eval/training/train_reader.py``) and kept in the package.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from qa.models.runtime import OnnxModel, each, marks, tokens

Scores = NDArray[np.float32]

READER = Path(__file__).parents[1] / "data" / "reader.onnx"
READER_SHA256 = "138f668e9a85da561593e9685deb457621901ed74945c89eae79acab13889e8a"
"""Printed by ``eval/training/train_reader.py``."""

MAX_TOKENS = 320
"""Tokens of question, headings and passage together. Sentences beyond that have the score of an empty one."""

QUESTION_SHARE = 4
HEAD_SHARE = 8
"""The question is cut to 1 / QUESTION_SHARE of the window, the headings to 1 / HEAD_SHARE."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One input of the reader: a question, a passage's title and headings (``head``), and its sentences in order."""

    question: str
    head: str
    sentences: Sequence[str]


class PassageReader(Protocol):
    """Scores the sentences of passages by reading each passage together with a question.

    ``sha256`` is the hash of its weights.
    """

    sha256: str

    def read(self, passages: Sequence[Reading]) -> list[Scores]:
        """For each passage, a score of each sentence: the log-odds that it answers, before calibration."""


class OnnxReader:
    """The PassageReader of the package, in 8-bit integers: the same scores at every run, on any number of cores.

    Nothing is loaded before the first reading; then ModelError if the file is missing or not the known one.
    """

    def __init__(self, path: Path = READER, sha256: str = READER_SHA256) -> None:
        self._model = OnnxModel(path, sha256)
        self.sha256 = sha256

    def read(self, passages: Sequence[Reading]) -> list[Scores]:
        return each(self._judged, passages)

    def _judged(self, passage: Reading) -> Scores:
        ids, types, parts = inputs(pieces(passage))
        return self._model.run(input_ids=ids, token_type_ids=types, parts=parts)


def pieces(passage: Reading) -> list[Sequence[int]]:
    """The tokens of the question, of the head, and of each sentence, cut to the window."""
    opens, closes = marks()
    asked = tokens(passage.question)[: MAX_TOKENS // QUESTION_SHARE]
    head = tokens(passage.head)[: MAX_TOKENS // HEAD_SHARE]
    found: list[Sequence[int]] = [[opens, *asked, closes], head]
    left = MAX_TOKENS - 1 - sum(map(len, found))
    for sentence in map(tokens, passage.sentences):
        found.append(sentence[: max(0, left)])
        left -= len(sentence)
    return found


def inputs(found: Sequence[Sequence[int]]) -> tuple[list[int], list[int], NDArray[np.float32]]:
    """The ids and the types of all tokens, and a matrix of weights, shape (1 + sentences, tokens).

    Its first row is the question's, the others the sentences'. A row has the weight of each token in the mean of that
    part; all are 0 for a sentence beyond the window.
    """
    ids = [token for part in found for token in part] + [marks()[1]]
    types = [0] * len(found[0]) + [1] * (len(ids) - len(found[0]))
    parts = np.zeros((len(found) - 1, len(ids)), np.float32)
    place = 0
    for number, part in enumerate(found):
        if number != 1 and part:  # the head is read, not judged
            parts[max(0, number - 1), place : place + len(part)] = 1 / len(part)
        place += len(part)
    return ids, types, parts
