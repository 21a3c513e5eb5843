"""Encoders, which turn texts into vectors, and readers over other cross-encoders than Pincite's own.

The default model is in the package, in 8-bit integers for onnxruntime; any other is run by sentence-transformers. Only
this module uses that library, and imports it only when such a model loads.

Nothing here reaches the network: models are read from the package, an installed package, a folder, or the local cache
of downloaded models.
"""

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from qa.errors import ModelError, ModelMismatchError
from qa.models.reader import Reading
from qa.models.runtime import WORDS, OnnxModel, each, marks, tokens, words_folder

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder, SentenceTransformer

Vectors = NDArray[np.float32]

DEFAULT_MODEL = WORDS

ENCODER = Path(__file__).parents[1] / "data" / "encoder.onnx"
ENCODER_SHA256 = "b60dcd1388755de52f512e5f1a47da9b7a9e79d9ec1b8795c124d98423358585"
"""Printed by ``eval/training/export_encoder.py``, which makes the file."""

_PUBLISHED = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""SHA-256 of the default model's published weights."""

_WEIGHTS = ("*.safetensors", "pytorch_model*.bin")
_BATCH = 32

_WINDOW = 256
"""Tokens that the default model reads, including the two that open and close every text; as in its package."""


class Encoder(Protocol):
    """Turns texts into vectors of length 1, so that the dot product is the cosine.

    ``name`` finds the model again; ``sha256`` is the hash of its weights; ``runtime`` says which software runs it;
    ``max_tokens`` is how many tokens of a text it reads: the rest would be dropped silently.
    """

    @property
    def name(self) -> str: ...
    @property
    def sha256(self) -> str: ...
    @property
    def runtime(self) -> str: ...
    @property
    def dimension(self) -> int: ...
    @property
    def max_tokens(self) -> int: ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """The float32 vectors of document texts, shape (len(texts), dimension), each of length 1."""

    def encode_question(self, question: str) -> Vectors:
        """The float32 vector of a question, shape (dimension,), of length 1."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens of each text, to compare with ``max_tokens``."""


def load_encoder(name: str = DEFAULT_MODEL) -> Encoder:
    """The Encoder of this name: that of the package, or a model of sentence-transformers. ModelError if none is."""
    return OnnxEncoder() if name == DEFAULT_MODEL else SentenceTransformerEncoder(name)


def mismatch(library: Path, made: str, model: str, *, earlier: bool = False) -> ModelMismatchError:
    """The error for a library that was embedded with the model ``made`` and is now asked with ``model``.

    ``earlier`` says that an earlier version of Pincite composed its vectors in another way.
    """
    said = f"with other weights than those of {model} (its model is {made}); use that model, or"
    if made == model and (earlier or model == DEFAULT_MODEL):
        said = "by an earlier version of Pincite;"
    again = f"embed anew with 'qa add --re-embed --model {model} --library {library}'"
    return ModelMismatchError(f"the library {library} was embedded {said} {again}.")


class OnnxEncoder:
    """The default model in 8-bit integers. A text always gets the same vector, in any batch, on any number of cores.

    Nothing is loaded before the first text; then ModelError if a file is missing or not the known one.
    """

    name = DEFAULT_MODEL
    runtime = "onnxruntime, 8 bits"
    dimension = 384
    max_tokens = _WINDOW - 2

    def __init__(self, path: Path = ENCODER, sha256: str = ENCODER_SHA256) -> None:
        self._model = OnnxModel(path, sha256)
        self.sha256 = sha256

    def encode(self, texts: Sequence[str]) -> Vectors:
        return np.stack(each(self.encode_question, texts)) if texts else np.zeros((0, self.dimension), np.float32)

    def encode_question(self, question: str) -> Vectors:
        opens, closes = marks()
        mean = self._model.run(input_ids=[opens, *tokens(question)[: self.max_tokens], closes]).mean(axis=0)
        vector: Vectors = mean / np.linalg.norm(mean)
        return vector

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(tokens(text)) for text in texts]


class SentenceTransformerEncoder:
    """An Encoder over any sentence-transformers model, by folder or cached name; also the default one, unquantised.

    If there is a GPU, it computes there in half precision. The constructor finds the model and checks its weights
    (ModelError if it is missing or they are not the known ones); the model itself is loaded at first use.
    """

    def __init__(self, name: str = DEFAULT_MODEL) -> None:
        self.name = name
        self._folder = _find(name)
        self.sha256 = _hash_weights(self._folder)
        if name == DEFAULT_MODEL and self.sha256 != _PUBLISHED:
            raise ModelError(
                f"the weights of {name} are not the published ones (SHA-256 {self.sha256[:12]}…); "
                f"reinstall the package {name}."
            )

    @cached_property
    def _model(self) -> "SentenceTransformer":
        model: SentenceTransformer = _loaded("SentenceTransformer", self.name, self._folder)
        return model

    @property
    def runtime(self) -> str:
        return "sentence-transformers" + (", 16 bits" if self._model.device.type == "cuda" else "")

    @property
    def dimension(self) -> int:
        return int(self._model.get_embedding_dimension() or 0)

    @property
    def max_tokens(self) -> int:
        # Two places are taken by the marks that open and close every text.
        return int(self._model.max_seq_length or 512) - 2

    def encode(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        return self._vectors(list(texts), None)

    def encode_question(self, question: str) -> Vectors:
        prompts = getattr(self._model, "prompts", None) or {}
        with _one_thread():
            vector: Vectors = self._vectors([question], "query" if prompts.get("query") else None)[0]
        return vector

    def _vectors(self, texts: list[str], prompt_name: str | None) -> Vectors:
        vectors = self._model.encode(
            texts,
            prompt_name=prompt_name,
            batch_size=_BATCH,
            normalize_embeddings=True,
            convert_to_numpy=True,
            show_progress_bar=False,
        )
        return np.asarray(vectors, np.float32)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        if not texts:
            return []
        encoded = self._model.tokenizer(list(texts), add_special_tokens=False, truncation=False, verbose=False)
        return [len(ids) for ids in encoded["input_ids"]]


class CrossEncoderReader:
    """A ``qa.models.reader.PassageReader`` over any cross-encoder of sentence-transformers, by folder or cached name.

    It reads each sentence of a passage alone with the question. Scores are the model's output before any activation. So
    ``reader_weight`` and ``passage_reader_weight`` of the Ranking must be chosen anew, and no answer has a confidence.
    ModelError at construction if the model is missing, and at first use if it does not give one score per pair.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._folder = _find(name)
        self.sha256 = _hash_weights(self._folder)

    @cached_property
    def _model(self) -> "CrossEncoder":
        model: CrossEncoder = _loaded("CrossEncoder", self.name, self._folder)
        if model.num_labels != 1:
            raise ModelError(f"{self.name} gives {model.num_labels} scores for a pair; give a cross-encoder with one.")
        return model

    def read(self, passages: Sequence[Reading]) -> list[Vectors]:
        """For each passage, a score of each sentence; higher is better."""
        return [self._scores([(one.question, sentence) for sentence in one.sentences]) for one in passages]

    def _scores(self, pairs: Sequence[tuple[str, str]]) -> Vectors:
        if not pairs:
            return np.zeros(0, np.float32)
        from torch.nn import Identity

        with _one_thread():
            scores = self._model.predict(
                list(pairs), batch_size=_BATCH, activation_fn=Identity(), convert_to_numpy=True, show_progress_bar=False
            )
        return np.asarray(scores, np.float32)


def _loaded(kind: str, name: str, folder: Path) -> Any:
    """A model of this kind, a class of sentence-transformers, read from its folder alone."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    # Imported only when a model is needed, as it takes seconds.
    import sentence_transformers
    import torch
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # type: ignore[no-untyped-call]  # its bar would break the face's own
    device, settings = ("cuda", {"dtype": torch.float16}) if torch.cuda.is_available() else ("cpu", {})
    try:
        return getattr(sentence_transformers, kind)(
            str(folder), device=device, local_files_only=True, model_kwargs=settings
        )
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise ModelError(f"the model {name} cannot be loaded ({error}); reinstall it, or give another.") from error


@contextmanager
def _one_thread() -> Iterator[None]:
    """Limit torch to one thread in the block.

    With more threads sums differ in their last bits, so an answer would depend on the number of cores. For one
    short text, one thread is as quick.
    """
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def _find(name: str) -> Path:
    if name == DEFAULT_MODEL:
        return words_folder()
    if Path(name).is_dir():
        return Path(name)
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, local_files_only=True))
    except (LocalEntryNotFoundError, HFValidationError, OSError) as error:
        raise ModelError(
            f"the model {name} is neither a folder nor in the local cache of models; "
            "give the folder that holds it, or leave it out for the one of Pincite."
        ) from error


def _hash_weights(folder: Path) -> str:
    files = sorted(path for pattern in _WEIGHTS for path in folder.glob(pattern))
    if not files:
        raise ModelError(f"{folder} holds no model weights; give a sentence-transformers model's folder.")
    digest = hashlib.sha256()
    for path in files:
        with path.open("rb") as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()
