"""A Library as a LangChain retriever. Needs the extra ``langchain``."""

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever

from qa.faces.integrations import metadata
from qa.library import K, Library
from qa.records import ANYWHERE, Scope


class PinciteRetriever(BaseRetriever):
    """The ``k`` best passages within ``scope`` for a question, best first, verbatim.

    Each Document has the passage as ``page_content``, its place as ``metadata``, and the name of that place as ``id``.
    Raises QAError, one sentence, if the question cannot be asked.
    """

    library: Library
    k: int = K
    scope: Scope = ANYWHERE

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        hits = self.library.search(query, self.k, scope=self.scope)
        return [Document(hit.text, id=hit.passage.passage_id, metadata=metadata(hit)) for hit in hits]
