"""The reranker: scores how well a sentence answers a question.

It reads both together, which separate vectors cannot do. It is fine-tuned from the default model
(``eval/training/train_scorer.py``) and kept in the package.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from qa.models.runtime import OnnxModel, each, tokenizer

Scores = NDArray[np.float32]

SCORER = Path(__file__).parents[1] / "data" / "scorer.onnx"
SCORER_SHA256 = "43196d8342df4f4b15acd553ea452cb8e9b82535eb2e0222b8de851ad477cd7d"
"""Printed by ``eval/training/train_scorer.py``."""

MAX_TOKENS = 104
"""Tokens of a pair. A longer pair loses the end of its text, and of its question if that takes more than half."""


class Reranker(Protocol):
    """Scores sentences by reading each together with the question; higher is better."""

    def score(self, question: str, texts: Sequence[str]) -> Scores:
        """A score for each text, shape (len(texts),). Only differences between texts for one question mean anything."""


class OnnxReranker:
    """The Reranker of the package, in 8-bit integers: the same scores at every run, on any number of cores.

    Nothing is loaded before the first score; then ModelError if the file is missing or not the known one.
    """

    def __init__(self, path: Path = SCORER, sha256: str = SCORER_SHA256) -> None:
        self._model = OnnxModel(path, sha256)

    def score(self, question: str, texts: Sequence[str]) -> Scores:
        def read(text: str) -> float:
            pair = tokenizer(MAX_TOKENS).encode(question, text)
            return float(
                self._model.run(input_ids=pair.ids, attention_mask=pair.attention_mask, token_type_ids=pair.type_ids)
            )

        return np.array(each(read, texts), np.float32)
