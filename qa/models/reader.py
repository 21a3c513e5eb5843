"""A question and a passage to how well each sentence of the passage answers the question.

The reader reads the question together with the whole passage under its title and headings, once, and judges every
sentence of it in that context. It is a small fine-tuning of the default model
(``eval/training/train_reader.py``), kept in the package.
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
READER_SHA256 = "0eb9d57f71b1aa31150ef5b82ac31232d5bfcafa222431e31607b9feb17ccac8"
"""Printed by ``eval/training/train_reader.py``."""

MAX_TOKENS = 320
"""Of question, headings and passage together; sentences that lie beyond have the score of an empty one."""

QUESTION_SHARE = 4
HEAD_SHARE = 8
"""The question is cut to this part of the window, and the headings to that."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What is read at once: a question, and the sentences of a passage in their order, under its title and headings."""

    question: str
    head: str
    sentences: Sequence[str]


class PassageReader(Protocol):
    """What judges the sentences of passages by reading each passage together with a question.

    ``sha256`` is the hash of its weights.
    """

    sha256: str

    def read(self, passages: Sequence[Reading]) -> list[Scores]:
        """For each passage a score of each of its sentences: the log-odds that it answers, before calibration."""


class OnnxReader:
    """The PassageReader of the package, in 8-bit integers: the same scores at every run, on any number of cores.

    Nothing is loaded before the first reading. ModelError where the file is missing or not the known one.
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
    """The tokens of the question, of the head, then of each sentence, as far as the window has room for them."""
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
    """The ids and types of all tokens, and of shape (1 + sentences, tokens) the shares of question and sentences.

    A row has for each token what it counts in the mean of that part; all 0 for a sentence beyond the window.
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
