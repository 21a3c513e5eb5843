"""A Library as a LlamaIndex retriever. Needs the extra ``llama-index``."""

import asyncio

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from qa.faces.integrations import metadata
from qa.library import K, Library
from qa.records import ANYWHERE, Hit, Scope


class PinciteRetriever(BaseRetriever):
    """The ``k`` best passages within ``scope`` for a question, best first, verbatim.

    Each node has the passage as its text, its place as ``metadata``, and the name of that place as ``id_``. A higher
    score is better. Raises QAError, one sentence, if the question cannot be asked.
    """

    def __init__(self, library: Library, k: int = K, scope: Scope = ANYWHERE) -> None:
        self._library, self._k, self._scope = library, k, scope
        super().__init__()

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        hits = self._library.search(query_bundle.query_str, self._k, scope=self._scope)
        return [NodeWithScore(node=_node(hit), score=hit.score) for hit in hits]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return await asyncio.to_thread(self._retrieve, query_bundle)


def _node(hit: Hit) -> TextNode:
    return TextNode(id_=hit.passage.passage_id, text=hit.text, metadata=metadata(hit))
