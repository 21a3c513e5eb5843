"""The real default model, its check, and its manners."""

from pathlib import Path

import numpy as np
import pytest

from qa import encoders
from qa.encoders import DEFAULT_MODEL, CrossEncoderScorer, SentenceTransformerEncoder
from qa.errors import ModelError

# Of the official release of all-MiniLM-L6-v2.
PUBLISHED = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


@pytest.mark.model
def test_the_default_model_has_the_published_weights(model: SentenceTransformerEncoder) -> None:
    assert (model.name, model.sha256, model.dimension, model.max_tokens) == (DEFAULT_MODEL, PUBLISHED, 384, 254)


@pytest.mark.model
def test_vectors_have_unit_length_and_mean_something(model: SentenceTransformerEncoder) -> None:
    toxic, harmful, painting = model.encode(
        ["The drug is toxic.", "The medicine has harmful effects.", "The Mona Lisa is a painting."]
    )
    assert np.linalg.norm(toxic) == pytest.approx(1, abs=1e-5)
    assert toxic @ harmful > toxic @ painting + 0.2


@pytest.mark.model
def test_a_question_is_encoded_like_any_text_by_a_model_without_prompts(model: SentenceTransformerEncoder) -> None:
    question = "What is interleukin-2?"
    assert model.encode_question(question) == pytest.approx(model.encode([question])[0], abs=1e-6)


@pytest.mark.model
def test_nothing_is_encoded_to_no_vectors(model: SentenceTransformerEncoder) -> None:
    assert model.encode([]).shape == (0, 384)
    assert model.count_tokens([]) == []


@pytest.mark.model
def test_tokens_of_parts_add_up(model: SentenceTransformerEncoder) -> None:
    parts = ["IL-2 is toxic.", "TGF-β suppresses T cells."]
    assert sum(model.count_tokens(parts)) == model.count_tokens([" ".join(parts)])[0]


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
    """A cross-encoder of random weights, with the words of the default model."""
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
    found = CrossEncoderScorer(folder).score("What limits IL-2?", TEXTS)
    model, tokenizer = AutoModelForSequenceClassification.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    with torch.inference_mode():
        inputs = [tokenizer("What limits IL-2?", text, return_tensors="pt") for text in TEXTS]
        expected = [float(model(**one).logits) for one in inputs]
    assert found == pytest.approx(expected, abs=1e-4)
    assert len(set(expected)) == 3
    assert CrossEncoderScorer(folder).score("What limits IL-2?", []).shape == (0,)


@pytest.mark.model
def test_a_cross_encoder_that_gives_several_scores_is_refused(tmp_path: Path) -> None:
    scorer = CrossEncoderScorer(str(made_cross_encoder(tmp_path / "cross", scores=3)))
    with pytest.raises(ModelError, match="gives 3 scores"):
        scorer.score("What limits IL-2?", TEXTS)


@pytest.mark.model
def test_a_folder_that_holds_no_cross_encoder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot be loaded"):
        CrossEncoderScorer(str(tmp_path)).score("What limits IL-2?", TEXTS)
