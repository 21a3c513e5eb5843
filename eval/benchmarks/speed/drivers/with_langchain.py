"""LangChain's ensemble of FAISS and BM25. The BM25 index is not kept; opening makes it anew from the passages."""

from pathlib import Path

from driver import K, drive
from langchain_classic.retrievers import EnsembleRetriever
from langchain_community.retrievers import BM25Retriever
from langchain_community.vectorstores import FAISS
from langchain_huggingface import HuggingFaceEmbeddings


class LangChain:
    def __init__(self, model: str) -> None:
        self._embeddings = HuggingFaceEmbeddings(model_name=model, model_kwargs={"local_files_only": True})

    def add(self, material: dict[str, list[str]], folder: Path) -> None:
        store = FAISS.from_texts(material["passages"], self._embeddings)
        BM25Retriever.from_texts(material["passages"])
        store.save_local(str(folder))

    def open(self, folder: Path) -> None:
        store = FAISS.load_local(str(folder), self._embeddings, allow_dangerous_deserialization=True)
        passages = [store.docstore.search(key) for key in store.index_to_docstore_id.values()]
        lexical = BM25Retriever.from_documents(passages, k=K)
        dense = store.as_retriever(search_kwargs={"k": K})
        self._retriever = EnsembleRetriever(retrievers=[lexical, dense], weights=[0.5, 0.5])

    def ask(self, question: str) -> list[str]:
        return [document.page_content for document in self._retriever.invoke(question)][:K]


if __name__ == "__main__":
    drive(LangChain)
