"""A folder with a library: changed, asked, and proved.

What is open of it is in ``opened``; what it holds beside its documents in ``contents``; its answers are proved and
exported by ``proofs``.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.answering.answer import DEFAULT_ANSWERING, THRESHOLD, Answerer, Answering
from qa.answering.support import is_calibrated
from qa.errors import LibraryError
from qa.indexing.corpus import CORPUS, builtin_corpus
from qa.indexing.progress import Progress, Progressed, silent
from qa.late import late
from qa.library.contents import Contents
from qa.library.opened import Opened
from qa.library.proofs import Proofs, Saved
from qa.models.encoders import Encoder
from qa.models.reader import OnnxReader, PassageReader
from qa.models.reranker import OnnxReranker, Reranker
from qa.proof.signing import mend_keys, renew_keys, sign
from qa.query import scopes
from qa.query.questions import checked_question
from qa.records import ANYWHERE, Answer, DocId, Document, Hit, Scope
from qa.retrieval.retriever import Retrieval, Retriever
from qa.retrieval.settings import DEFAULT_RANKING, Ranking
from qa.stores.base import Store
from qa.stores.findings import Findings

if TYPE_CHECKING:
    from qa.answering import comparison
    from qa.indexing import embedding, finding, ingest
    from qa.indexing.ingest import Landed, Outcome
    from qa.proof import Verification
    from qa.query import followups
    from qa.stores import checkup
else:
    checkup, comparison, followups = late("qa.stores.checkup", "qa.answering.comparison", "qa.query.followups")
    embedding, finding, ingest = late("qa.indexing.embedding", "qa.indexing.finding", "qa.indexing.ingest")

DEFAULT_PATH = "index"
K = 10
"""Passages that come with an answer."""
WAIT_S = 10.0
"""How long a change waits for another process that is changing the library."""


class Library(AbstractContextManager["Library"]):
    """Documents in a folder, searched and quoted.

    Nothing is written before the first change. A folder that holds no library yet can be added to, has no documents,
    and asking it is an error; only the default library, ``index``, is built from the built-in corpus at its first
    question. Errors are QAError, one sentence each.
    """

    def __init__(
        self,
        path: str | Path = DEFAULT_PATH,
        *,
        model: str | None = None,
        encoder: Encoder | None = None,
        ranking: Ranking = DEFAULT_RANKING,
        answering: Answering = DEFAULT_ANSWERING,
        scorer: Reranker | None = None,
        reader: PassageReader | None = None,
    ) -> None:
        """``model`` or ``encoder`` is for making a library; one that is there has its own model on record.

        ``ranking`` orders what is found, with ``scorer``; ``answering`` chooses what is quoted, with ``reader``. They
        are changed for comparison, as ``qa.evaluation`` does.
        """
        self.path = Path(path)
        self._ranking = ranking
        self._answering = answering
        self._scorer = scorer or OnnxReranker()
        self._reader = reader or OnnxReader()
        self._opened = Opened(self.path, model, encoder, ranking)
        self.contents = Contents(self._opened)
        self.proofs = Proofs(self._opened)

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the files. The library can be opened again at any time."""
        if self._opened.store:
            self._opened.store.close()

    @property
    def encoder(self) -> Encoder:
        """The model, found and checked at first use. ModelMismatchError if the library has another."""
        return self._opened.encoder

    def description(self) -> dict[str, Any]:
        """What an Answer says of the library it was made with; ``read_before`` only where there are such files."""
        return self._opened.description()

    # ------------------------------------------------------------ changes

    def add(
        self,
        paths: Sequence[str | Path],
        *,
        progress: Progress = silent,
        landed: "Landed" = silent,
        wait_s: float = WAIT_S,
    ) -> "list[Outcome]":
        """Add or update files and folders; one outcome a file, in the order of work.

        ``landed`` is called with each outcome as soon as it is durable: what it was told is not lost, whatever ends
        the process. A folder is synchronised: what was added from it and is no longer there is removed. A file that
        cannot be read is an outcome with a reason, and what was kept of it before stays. Raises
        MissingPathError or NothingReadableError before any work, LibraryLockedError if another process is
        still changing the library after ``wait_s`` seconds.
        """
        named = [Path(path) for path in paths]
        files = finding.find_files(named)
        encoder = self.encoder
        self._opened.make()
        with self._opened.writing(wait_s) as store:
            gone = ingest.gone_places(named, files, store)
            outcomes = []
            for outcome in ingest.add_files(files, store, encoder, progress, gone):
                landed(outcome)
                outcomes.append(outcome)
        return outcomes

    def remove(self, name: str, *, wait_s: float = WAIT_S) -> DocId:
        """Remove the document of this id, beginning of an id, or file name, and return its id."""
        with self._opened.writing(wait_s) as store:
            doc_id = self._opened.named(name)
            store.delete(doc_id)
        return doc_id

    def check(self, *, new_key: bool = False, wait_s: float = WAIT_S) -> Findings:
        """Read everything that is kept, mend what is damaged, and say what was mended and what is lost.

        Where it cannot be written, what is damaged is only said. With a ``new_key``, answers are signed with another;
        those given before are no longer signed by this library.
        """
        store = self._opened.existing
        found = store.check(wait_s) + checkup.beside(self.path, writable=store.is_writable)
        if not (store.is_writable or new_key):
            return found
        with self._opened.writing(wait_s):
            said = renew_keys(self.path) if new_key else mend_keys(self.path)
        return found + Findings(tuple(said))

    def reembed(self, model: str | None = None, *, progress: Progress = silent, wait_s: float = WAIT_S) -> int:
        """Embed every document anew with another model; the texts are kept. Returns how many."""
        store, encoder = self._opened.existing, self._opened.another_encoder(model)
        with self._opened.writing(wait_s):
            documents, known = self.documents(), embedding.known_to(store, encoder)
            entries = []
            for done, document in enumerate(documents):
                progress(Progressed(done, len(documents), Path(document.source), "embedding"))
                entries.append(embedding.embed(document, encoder, known))
            store.replace_all(entries, embedding.model_of(encoder))
        self._opened.take(encoder)
        return len(documents)

    def prepare(self, *, progress: Progress = silent) -> "list[Outcome]":
        """Build the default library if it was never filled; nothing for any other."""
        return build(self, progress=progress) if self.path == Path(DEFAULT_PATH) else []

    # ------------------------------------------------------------ questions

    def search(self, question: str, k: int = K, *, scope: Scope = ANYWHERE, expand: bool = True) -> list[Hit]:
        """The ``k`` best passages within the scope for a question, best first; raises as ``retrieve``."""
        return list(self.retrieve(question, k, scope=scope, expand=expand).hits)

    def retrieve(self, question: str, k: int = K, *, scope: Scope = ANYWHERE, expand: bool = True) -> Retrieval:
        """What an answer is chosen from: the ``k`` best passages, and all their sentences with their scores.

        Unless told not to ``expand``, typos are corrected and other names are looked for too. Raises
        QuestionError for an empty or overlong question, UnknownDocumentError and ScopeError for a scope that
        leaves nothing to ask.
        """
        (found,) = self._retrieved(checked_question(question), (k,), scope, expand)
        return found

    def ask(
        self,
        question: str,
        *,
        after: Sequence[str] = (),
        scope: Scope = ANYWHERE,
        threshold: float = THRESHOLD,
        question_id: str | None = None,
        expand: bool = True,
    ) -> Answer:
        """The sentences that answer a question, cited; or an abstention with the nearest passages.

        ``after`` has the earlier questions of the conversation, oldest first: what the question leaves to them
        is taken from them, and said in the answer's ``query`` as ``resolved``. ``threshold`` is the least
        confidence, 0 to 1, at which to answer; ``scope``, ``expand`` and errors as for ``retrieve``.
        """
        with self._to_ask().reading():
            asked, before = checked_question(question), [checked_question(one) for one in after]
            meant = followups.resolve(asked, before, self._opened.thesaurus) if before else None
            (found,) = self._retrieved(meant or asked, (K,), scope, expand)
            said = self._answered(found, threshold)
        query = {**said.query, "resolved": meant} if meant else said.query
        given = replace(said, id=question_id, question=asked, query=query)
        return replace(given, signature=sign(self.path, given.to_dict()))

    def compare(self, question: str, *, scope: Scope = ANYWHERE) -> "comparison.Comparison":
        """What each document within the scope says to a question, and which are silent; raises as ``retrieve``.

        Where ``ask`` would abstain, all are.
        """
        with (store := self._to_ask()).reading():
            few, many = self._retrieved(checked_question(question), (K, comparison.PASSAGES), scope, expand=True)
            within = store.document_ids(self._opened.with_ids(scope))
            answered = not self._answered(few, THRESHOLD).abstained
            return comparison.compare(many, answered, [store.document(doc_id) for doc_id in within])

    def _retrieved(self, question: str, counts: Sequence[int], scope: Scope, expand: bool) -> Sequence[Retrieval]:
        """What is found for a question: for each of these numbers, as many of the best passages."""
        ranking = self._ranking if expand else replace(self._ranking, spelling=False, expansion=0.0)
        with (store := self._to_ask()).reading():
            within, names = scopes.checked(self._opened.with_ids(scope), store), self._opened.thesaurus
        return Retriever(store, self.encoder, ranking, self._scorer, names).retrieve(question, counts, within)

    def _answered(self, found: Retrieval, threshold: float) -> Answer:
        """The answer that is chosen from what was found, not signed."""
        answerer = Answerer(self._reader, self._answering, is_calibrated(self.encoder, self._reader))
        return answerer.answer(found, self.description(), threshold)

    def _to_ask(self) -> Store:
        """The store; that of the default library is made from the built-in corpus if nothing was ever put into it."""
        self.prepare()
        return self._opened.existing

    # ------------------------------------------------------------ documents and proof

    def documents(self) -> list[Document]:
        """All documents, ordered by file name."""
        if (store := self._opened.store) is None:
            return []
        with store.reading():
            return [store.document(doc_id) for doc_id in store.document_ids()]

    def document(self, name: str) -> Document:
        """The document of this id, beginning of an id, or file name. UnknownDocumentError otherwise."""
        return self._opened.existing.document(self._opened.named(name))

    def verify(self, saved: Answer | Saved, sources: Sequence[str | Path] = ()) -> "Verification":
        """Prove an answer again against the stored documents, and against source files where given."""
        return self.proofs.verify_all([saved.to_dict() if isinstance(saved, Answer) else saved], sources)[0]


def build(library: Library, *, progress: Progress = silent) -> "list[Outcome]":
    """Fill a library that was never filled from the built-in corpus; nothing if it was."""
    if library.contents.generation:
        return []
    corpus = builtin_corpus()
    if corpus is None:
        here = f"there is no library at {library.path} and no folder {CORPUS} to build it from"
        raise LibraryError(f"{here}; run 'qa add PATH'.")
    return library.add([corpus], progress=progress)


def open(path: str | Path = DEFAULT_PATH, *, model: str | None = None, encoder: Encoder | None = None) -> Library:
    """Open the library in a folder; ``model`` names the model for a new one, ``encoder`` brings any other."""
    return Library(path, model=model, encoder=encoder)
