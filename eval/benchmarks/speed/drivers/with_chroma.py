"""Chroma's collection with its sentence-transformers embedding function; on one machine it is dense only."""

from pathlib import Path

import chromadb
from chromadb.config import Settings
from chromadb.utils.embedding_functions import SentenceTransformerEmbeddingFunction
from driver import K, drive

NAME = "passages"


class Chroma:
    def __init__(self, model: str) -> None:
        self._embed = SentenceTransformerEmbeddingFunction(model_name=model)

    def add(self, material: dict[str, list[str]], folder: Path) -> None:
        passages = material["passages"]
        collection = self._client(folder).create_collection(NAME, embedding_function=self._embed)
        collection.add(ids=[str(number) for number in range(len(passages))], documents=passages)

    def open(self, folder: Path) -> None:
        self._collection = self._client(folder).get_collection(NAME, embedding_function=self._embed)

    def ask(self, question: str) -> list[str]:
        return self._collection.query(query_texts=[question], n_results=K)["documents"][0]

    def _client(self, folder: Path) -> chromadb.ClientAPI:
        return chromadb.PersistentClient(str(folder), Settings(anonymized_telemetry=False))


if __name__ == "__main__":
    drive(Chroma)
