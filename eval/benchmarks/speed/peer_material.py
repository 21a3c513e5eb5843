"""Write the material for the engines of ``peers.py`` as JSON: passages, files, a warm-up part, questions.

python -m eval.benchmarks.speed.peer_material DATA OUT FILES QUESTIONS
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from eval.benchmarks.answers.encoding import headed
from qa.indexing.embedding import embed
from qa.indexing.finding import find_files
from qa.models.encoders import OnnxEncoder, Vectors
from qa.models.runtime import words_folder
from qa.readers.files import read

FEW = 3


def passages_of(file: Path) -> list[str]:
    """The passages of a file, each with its title and headings."""
    return list(headed(embed(read(file), Unencoding())))


class Unencoding:
    """The default encoder, except that its vectors are zeros."""

    def __init__(self) -> None:
        self._encoder = OnnxEncoder()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._encoder, name)

    def encode(self, texts: Sequence[str]) -> Vectors:
        return np.zeros((len(texts), self._encoder.dimension), np.float32)


def main() -> None:
    data, out, files, questions = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    chosen = [str(file) for file in find_files([data / "articles"])[:files]]
    passages = [text for file in chosen for text in passages_of(Path(file))]
    short = out.with_name("few.txt")
    short.write_text("\n\n".join(passages[:FEW]), "utf-8")
    asked = [json.loads(line)["question"] for line in (data / "questions.jsonl").read_text("utf-8").splitlines()]
    material = {
        "model": str(words_folder()),
        "few": {"passages": passages[:FEW], "files": [str(short)]},
        "all": {"passages": passages, "files": chosen},
        "count": len(passages),
        "questions": asked[:questions],
    }
    out.write_text(json.dumps(material), "utf-8")


if __name__ == "__main__":
    main()
