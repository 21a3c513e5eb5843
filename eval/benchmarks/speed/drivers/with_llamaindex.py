"""LlamaIndex's vector store (FAISS) and BM25 retriever (bm25s), with relative score fusion."""

from pathlib import Path

import faiss
from driver import K, drive
from llama_index.core import Settings, StorageContext, VectorStoreIndex, load_index_from_storage
from llama_index.core.llms import MockLLM
from llama_index.core.retrievers import QueryFusionRetriever
from llama_index.core.schema import TextNode
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.retrievers.bm25 import BM25Retriever
from llama_index.vector_stores.faiss import FaissVectorStore

DIMENSION = 384
BATCH = 32
"""As for the others; its own default is 10."""


class LlamaIndex:
    def __init__(self, model: str) -> None:
        Settings.llm = MockLLM()
        Settings.embed_model = HuggingFaceEmbedding(model_name=model, embed_batch_size=BATCH)

    def add(self, material: dict[str, list[str]], folder: Path) -> None:
        nodes = [TextNode(text=text) for text in material["passages"]]
        storage = StorageContext.from_defaults(vector_store=FaissVectorStore(faiss.IndexFlatIP(DIMENSION)))
        VectorStoreIndex(nodes, storage_context=storage)
        storage.persist(str(folder))
        BM25Retriever.from_defaults(nodes=nodes, similarity_top_k=min(K, len(nodes))).persist(str(folder / "bm25"))

    def open(self, folder: Path) -> None:
        store = FaissVectorStore.from_persist_dir(str(folder))
        index = load_index_from_storage(StorageContext.from_defaults(vector_store=store, persist_dir=str(folder)))
        legs = [index.as_retriever(similarity_top_k=K), BM25Retriever.from_persist_dir(str(folder / "bm25"))]
        self._retriever = QueryFusionRetriever(
            legs, mode="relative_score", similarity_top_k=K, num_queries=1, use_async=False
        )

    def ask(self, question: str) -> list[str]:
        return [found.node.get_content() for found in self._retriever.retrieve(question)]


if __name__ == "__main__":
    drive(LlamaIndex)
