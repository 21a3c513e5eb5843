"""Write the default model as ONNX in 8-bit integers, as ``qa/models/encoders.py`` reads it.

    python -m eval.training.export_encoder [--out FILE] [--texts FOLDER]

The printed SHA-256 goes into ``qa/models/encoders.py``. With --texts the vectors of that folder's files, cut into runs
of 120 words, are compared with those of the full model, and their cosines are printed.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from transformers import AutoModel

from eval.training import onnx_files
from eval.training.onnx_files import sha256
from qa.models.encoders import ENCODER, OnnxEncoder, SentenceTransformerEncoder
from qa.models.runtime import words_folder

WORDS = 120
TEXTS = 200


class TokenModel(nn.Module):
    """The token vectors of texts that have one length and one type and need no mask."""

    def __init__(self) -> None:
        super().__init__()
        self.body = AutoModel.from_pretrained(str(words_folder()), attn_implementation="eager")
        self.body.pooler = None

    def forward(self, input_ids: Tensor) -> Tensor:
        vectors: Tensor = self.body(
            input_ids=input_ids,
            attention_mask=torch.ones_like(input_ids),
            token_type_ids=torch.zeros_like(input_ids),
        ).last_hidden_state
        return vectors


def export(out: Path) -> None:
    """Write the model in 8 bits."""
    example = torch.arange(1000, 1034).reshape(2, 17)
    axes = {"input_ids": {0: "texts", 1: "tokens"}, "vectors": {0: "texts", 1: "tokens"}}
    onnx_files.export(TokenModel(), {"input_ids": example}, "vectors", axes, out)


def compare(encoder: OnnxEncoder, folder: Path) -> None:
    """Print the cosines of the vectors with those of the full model."""
    words = " ".join(path.read_text("utf-8") for path in sorted(folder.glob("*.txt"))).split()
    texts = [" ".join(words[first : first + WORDS]) for first in range(0, len(words), WORDS)][:TEXTS]
    cosines = np.einsum("ij,ij->i", encoder.encode(texts), SentenceTransformerEncoder().encode(texts))
    print(f"{len(texts)} texts, cosine with the full model: mean {cosines.mean():.4f}, least {cosines.min():.4f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=ENCODER)
    parser.add_argument("--texts", type=Path)
    arguments = parser.parse_args()
    export(arguments.out)
    made = sha256(arguments.out)
    print(f'ENCODER_SHA256 = "{made}"')
    if arguments.texts:
        compare(OnnxEncoder(arguments.out, made), arguments.texts)


if __name__ == "__main__":
    main()
