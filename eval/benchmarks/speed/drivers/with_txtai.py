"""txtai's hybrid of dense and BM25 over its own store."""

from pathlib import Path

from driver import K, drive
from txtai import Embeddings


class Txtai:
    def __init__(self, model: str) -> None:
        self._embeddings = Embeddings(path=model, content=True, hybrid=True)

    def add(self, material: dict[str, list[str]], folder: Path) -> None:
        self._embeddings.index(enumerate(material["passages"]))
        self._embeddings.save(str(folder))

    def open(self, folder: Path) -> None:
        self._embeddings.load(str(folder))

    def ask(self, question: str) -> list[str]:
        return [found["text"] for found in self._embeddings.search(question, K)]


if __name__ == "__main__":
    drive(Txtai)
