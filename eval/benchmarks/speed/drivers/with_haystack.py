"""Haystack's in-memory store, kept in a file; BM25 and dense, with reciprocal rank fusion."""

from pathlib import Path

from driver import K, drive
from haystack import Document
from haystack.components.joiners import DocumentJoiner
from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack_integrations.components.embedders.sentence_transformers import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)


class Haystack:
    def __init__(self, model: str) -> None:
        self._model = model

    def add(self, material: dict[str, list[str]], folder: Path) -> None:
        embedder = SentenceTransformersDocumentEmbedder(model=self._model, progress_bar=False, local_files_only=True)
        embedder.warm_up()
        store = InMemoryDocumentStore(embedding_similarity_function="cosine")
        store.write_documents(embedder.run([Document(content=text) for text in material["passages"]])["documents"])
        folder.mkdir()
        store.save_to_disk(str(folder / "store.json"))

    def open(self, folder: Path) -> None:
        store = InMemoryDocumentStore.load_from_disk(str(folder / "store.json"))
        self._embedder = SentenceTransformersTextEmbedder(model=self._model, progress_bar=False, local_files_only=True)
        self._embedder.warm_up()
        self._lexical, self._dense = InMemoryBM25Retriever(store, top_k=K), InMemoryEmbeddingRetriever(store, top_k=K)
        self._joiner = DocumentJoiner("reciprocal_rank_fusion", top_k=K)

    def ask(self, question: str) -> list[str]:
        legs = [
            self._lexical.run(question)["documents"],
            self._dense.run(self._embedder.run(question)["embedding"])["documents"],
        ]
        return [document.content for document in self._joiner.run(legs)["documents"]]


if __name__ == "__main__":
    drive(Haystack)
