"""The default model in 8 bits, and other models: their checks and their behaviour."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qa.errors import ModelError
from qa.models import encoders
from qa.models.encoders import (
    DEFAULT_MODEL,
    CrossEncoderReader,
    OnnxEncoder,
    SentenceTransformerEncoder,
    load_encoder,
)
from qa.models.reader import Reading
from qa.models.runtime import tokenizer
from tests.support.places import ROOT

# From the official release of all-MiniLM-L6-v2.
PUBLISHED = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TOXIC = "IL-2 is limited by its severe toxicity."
LEANING = "However, it works in some patients."


@pytest.fixture(scope="module")
def full() -> SentenceTransformerEncoder:
    """The default model as published."""
    return SentenceTransformerEncoder()


# ---------------------------------------------------------------- the encoder of the package


@pytest.mark.model
def test_the_default_model_is_the_one_of_the_package(model: OnnxEncoder) -> None:
    assert isinstance(load_encoder(), OnnxEncoder)
    assert model.sha256 == hashlib.sha256(encoders.ENCODER.read_bytes()).hexdigest()
    assert (model.name, model.dimension, model.max_tokens) == (DEFAULT_MODEL, 384, 254)


@pytest.mark.model
def test_vectors_have_unit_length_and_mean_something(model: OnnxEncoder) -> None:
    toxic, harmful, painting = model.encode(
        ["The drug is toxic.", "The medicine has harmful effects.", "The Mona Lisa is a painting."]
    )
    assert np.linalg.norm(toxic) == pytest.approx(1, abs=1e-5)
    assert toxic @ harmful > toxic @ painting + 0.2


@pytest.mark.model
def test_in_8_bits_vectors_point_where_those_of_the_full_model_do(
    model: OnnxEncoder, full: SentenceTransformerEncoder
) -> None:
    texts = [TOXIC, LEANING, "The Mona Lisa is a painting.", f"{TOXIC} {LEANING} " * 20]
    cosines = np.einsum("ij,ij->i", model.encode(texts), full.encode(texts))
    assert cosines.min() > 0.98


@pytest.mark.model
def test_a_text_has_the_same_vector_bit_for_bit_in_any_company(model: OnnxEncoder) -> None:
    texts = [TOXIC, "No.", f"{TOXIC} {LEANING} " * 20, "α" * 3000, ""]
    alone = [model.encode([text])[0] for text in texts]
    assert np.array_equal(model.encode(texts), alone)
    assert np.array_equal(model.encode(texts[::-1]), alone[::-1])
    assert np.array_equal([model.encode_question(text) for text in texts], alone)


ENCODE = """
import hashlib, sys
from qa.models.encoders import OnnxEncoder
encoder = OnnxEncoder()
texts = [f"Sentence {n} says that IL-{n} is toxic{' at high doses' * n}." for n in range(12)]
print(hashlib.sha256(encoder.encode(texts).tobytes()).hexdigest())
assert not {"torch", "transformers", "sentence_transformers"} & sys.modules.keys()
"""


@pytest.mark.model
def test_vectors_are_the_same_on_one_core_and_on_all_in_fresh_processes() -> None:
    """Equal bit for bit, with any number of threads."""
    one_core = "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\n"
    runs = [one_core + ENCODE] if hasattr(os, "sched_setaffinity") else []
    found = {
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        for code in (*runs, ENCODE, ENCODE)
    }
    assert len(found) == 1


@pytest.mark.model
def test_a_vector_is_the_mean_of_what_the_model_makes_of_each_token(model: OnnxEncoder) -> None:
    read = model._model.run(input_ids=tokenizer().encode(TOXIC).ids)
    mean = read.mean(axis=0)
    assert model.encode_question(TOXIC) == pytest.approx(mean / np.linalg.norm(mean), abs=1e-6)


@pytest.mark.model
def test_what_stands_beyond_the_window_is_not_read(model: OnnxEncoder) -> None:
    window = " ".join(["toxic"] * model.max_tokens)
    assert np.array_equal(model.encode_question(f"{window} painting"), model.encode_question(window))


@pytest.mark.model
def test_nothing_is_encoded_to_no_vectors(model: OnnxEncoder) -> None:
    assert model.encode([]).shape == (0, 384)
    assert model.count_tokens([]) == []


@pytest.mark.model
def test_tokens_of_parts_add_up(model: OnnxEncoder, full: SentenceTransformerEncoder) -> None:
    parts = ["IL-2 is toxic.", "TGF-β suppresses T cells."]
    assert sum(model.count_tokens(parts)) == model.count_tokens([" ".join(parts)])[0]
    assert model.count_tokens(parts) == full.count_tokens(parts)


def test_another_file_in_the_place_of_the_encoder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "encoder.onnx").write_bytes(b"other weights")
    with pytest.raises(ModelError, match="not the published one"):
        OnnxEncoder(tmp_path / "encoder.onnx").encode_question("Why?")


# ---------------------------------------------------------------- other models


@pytest.mark.model
def test_by_sentence_transformers_a_question_is_encoded_like_any_text(full: SentenceTransformerEncoder) -> None:
    question = "What is interleukin-2?"
    assert (full.sha256, full.dimension, full.max_tokens) == (PUBLISHED, 384, 254)
    assert full.encode_question(question) == pytest.approx(full.encode([question])[0], abs=1e-6)
    assert full.encode([]).shape == (0, 384)
    assert full.count_tokens([]) == []


@pytest.mark.model
@pytest.mark.parametrize("has_gpu", [False, True])
def test_a_gpu_is_used_in_half_precision_where_there_is_one(has_gpu: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    asked: dict[str, Any] = {}

    class Model:
        def __init__(self, folder: str, device: str, **others: Any) -> None:
            asked.update(others, device=device)
            self.device = torch.device(device)

    monkeypatch.setattr("torch.cuda.is_available", lambda: has_gpu)
    monkeypatch.setattr("sentence_transformers.SentenceTransformer", Model)
    runtime = SentenceTransformerEncoder().runtime
    if has_gpu:
        assert (asked["device"], asked["model_kwargs"]) == ("cuda", {"dtype": torch.float16})
        assert runtime == "sentence-transformers, 16 bits"
    else:
        assert (asked["device"], asked["model_kwargs"]) == ("cpu", {})
        assert runtime == "sentence-transformers"


def test_other_weights_under_the_default_name_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"other weights")
    monkeypatch.setattr(encoders, "_find", lambda name: tmp_path)
    with pytest.raises(ModelError, match="not the published ones"):
        SentenceTransformerEncoder()


def test_a_folder_without_weights_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no model weights"):
        SentenceTransformerEncoder(str(tmp_path))


def test_a_folder_with_nonsense_for_weights_is_refused_when_it_loads(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"nonsense")
    with pytest.raises(ModelError, match="cannot be loaded"):
        _ = SentenceTransformerEncoder(str(tmp_path)).dimension


def test_a_name_that_is_nowhere_is_refused_without_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ModelError, match="neither a folder nor"):
        SentenceTransformerEncoder("nobody/no-such-model")


# ---------------------------------------------------------------- other cross-encoders

TEXTS = ["IL-2 is limited by its severe toxicity.", "The moon is made of rock.", "No."]


def made_cross_encoder(folder: Path, scores: int = 1) -> Path:
    """A cross-encoder with random weights and the vocabulary of the default model."""
    import torch
    from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

    torch.manual_seed(1)
    tokenizer = AutoTokenizer.from_pretrained(str(encoders._find(DEFAULT_MODEL)))
    shape = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    config = BertConfig(vocab_size=len(tokenizer), num_labels=scores, initializer_range=1.0, **shape)
    BertForSequenceClassification(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.mark.model
def test_a_cross_encoder_of_a_folder_scores_each_pair_as_its_model_does(tmp_path: Path) -> None:
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    folder = str(made_cross_encoder(tmp_path / "cross"))
    (found,) = CrossEncoderReader(folder).read([Reading("What limits IL-2?", "Title", TEXTS)])
    model, tokenizer = AutoModelForSequenceClassification.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    with torch.inference_mode():
        inputs = [tokenizer("What limits IL-2?", text, return_tensors="pt") for text in TEXTS]
        expected = [float(model(**one).logits) for one in inputs]
    assert found == pytest.approx(expected, abs=1e-4)
    assert len(set(expected)) == 3
    assert CrossEncoderReader(folder).read([]) == []
    assert CrossEncoderReader(folder).read([Reading("What limits IL-2?", "", [])])[0].shape == (0,)


@pytest.mark.model
def test_a_cross_encoder_that_gives_several_scores_is_refused(tmp_path: Path) -> None:
    reader = CrossEncoderReader(str(made_cross_encoder(tmp_path / "cross", scores=3)))
    with pytest.raises(ModelError, match="gives 3 scores"):
        reader.read([Reading("What limits IL-2?", "", TEXTS)])


@pytest.mark.model
def test_a_folder_that_holds_no_cross_encoder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(ModelError, match="cannot be loaded"):
        CrossEncoderReader(str(tmp_path)).read([Reading("What limits IL-2?", "", TEXTS)])
