"""The Library: a folder of documents that can be changed and asked, and whose answers can be proved.

``opened`` holds its store and models; ``contents`` tells what it holds besides documents; ``proofs`` proves and exports
its answers.
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
"""Passages returned with an answer."""
WAIT_S = 10.0
"""Seconds that a change waits for another process that is changing the library."""


class Library(AbstractContextManager["Library"]):
    """Documents in a folder, searched and quoted.

    Nothing is written before the first change. A folder without a library can be added to; it has no documents, and
    asking it is an error. Only the default library, ``index``, is built from the built-in corpus at its first
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
        reader: PassageReader | None = None,
    ) -> None:
        """``model`` or ``encoder`` is for a new library; an existing one has its own model on record.

        ``ranking`` and ``reader`` order what is found; ``answering`` chooses what is quoted. They are there for
        comparisons, as in ``qa.evaluation``.
        """
        self.path = Path(path)
        self._ranking = ranking
        self._answering = answering
        self._reader = reader or OnnxReader()
        self._opened = Opened(self.path, model, encoder, ranking)
        self.contents = Contents(self._opened)
        self.proofs = Proofs(self._opened)

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the files. The library can be opened again at any time."""
        if self._opened.store:
            self._opened.store.close()

    @property
    def encoder(self) -> Encoder:
        """The model, found and checked at first use. ModelMismatchError if the library has another."""
        return self._opened.encoder

    def description(self) -> dict[str, Any]:
        """An Answer's description of its library; ``read_before`` only if an earlier version read some files."""
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
        """Add or update files and folders; one outcome per file, in the order of work.

        ``landed`` is called with each outcome as soon as it is durable, so that a crash does not lose it. A folder is
        synchronised: documents whose files are no longer there are removed. A file that cannot be read gives an
        outcome with a reason; its earlier version stays. Raises MissingPathError or NothingReadableError before any
        work, LibraryLockedError if another process is still changing the library after ``wait_s`` seconds.
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
        """Remove the document with this id, beginning of an id, or file name, and return its id."""
        with self._opened.writing(wait_s) as store:
            doc_id = self._opened.named(name)
            store.delete(doc_id)
        return doc_id

    def check(self, *, new_key: bool = False, wait_s: float = WAIT_S) -> Findings:
        """Read everything that is stored, mend damage, and report what was mended and what is lost.

        If the library cannot be written, damage is only reported. With ``new_key``, later answers are signed with
        another key; earlier ones then no longer count as signed by this library.
        """
        store = self._opened.existing
        found = store.check(wait_s) + checkup.beside(self.path, writable=store.is_writable)
        if not (store.is_writable or new_key):
            return found
        with self._opened.writing(wait_s):
            said = renew_keys(self.path) if new_key else mend_keys(self.path)
        return found + Findings(tuple(said))

    def reembed(self, model: str | None = None, *, progress: Progress = silent, wait_s: float = WAIT_S) -> int:
        """Embed every document anew with another model; the texts are kept. Returns the number of documents."""
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
        """Build the default library if it was never filled. Does nothing for any other library."""
        return build(self, progress=progress) if self.path == Path(DEFAULT_PATH) else []

    # ------------------------------------------------------------ questions

    def search(self, question: str, k: int = K, *, scope: Scope = ANYWHERE, expand: bool = True) -> list[Hit]:
        """The ``k`` best passages within the scope for a question, best first. Raises the errors of ``retrieve``."""
        return list(self.retrieve(question, k, scope=scope, expand=expand).hits)

    def retrieve(self, question: str, k: int = K, *, scope: Scope = ANYWHERE, expand: bool = True) -> Retrieval:
        """The material for an answer: the ``k`` best passages, and all their sentences with their scores.

        With ``expand``, typos are corrected and other names are searched for too. Raises QuestionError for an
        empty or overlong question, UnknownDocumentError and ScopeError for a scope that leaves nothing to search.
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

        ``after`` has the earlier questions of the conversation, oldest first. A follow-up is completed from them; the
        completed question is ``resolved`` in the answer's ``query``. ``threshold`` is the least confidence, 0 to 1, at
        which to answer. ``scope``, ``expand`` and errors are as for ``retrieve``.
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
        """What each document within the scope says to a question, and which say nothing.

        If ``ask`` would abstain, all say nothing. Raises the errors of ``retrieve``.
        """
        with (store := self._to_ask()).reading():
            few, many = self._retrieved(checked_question(question), (K, comparison.PASSAGES), scope, expand=True)
            within = store.document_ids(self._opened.with_ids(scope))
            answered = not self._answered(few, THRESHOLD).abstained
            return comparison.compare(many, answered, [store.document(doc_id) for doc_id in within])

    def _retrieved(self, question: str, counts: Sequence[int], scope: Scope, expand: bool) -> Sequence[Retrieval]:
        """One Retrieval for each of ``counts``, with that many best passages."""
        ranking = self._ranking if expand else replace(self._ranking, spelling=False, expansion=0.0)
        with (store := self._to_ask()).reading():
            within, names = scopes.checked(self._opened.with_ids(scope), store), self._opened.thesaurus
        return Retriever(store, self.encoder, ranking, self._reader, names).retrieve(question, counts, within)

    def _answered(self, found: Retrieval, threshold: float) -> Answer:
        """The answer from what was found, not signed yet."""
        fitted = self._ranking.read > 0 and is_calibrated(self.encoder, self._reader)
        answerer = Answerer(self._answering, fitted)
        return answerer.answer(found, self.description(), threshold)

    def _to_ask(self) -> Store:
        """The store. The default library is first built from the built-in corpus if it was never filled."""
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
        """The document with this id, beginning of an id, or file name. UnknownDocumentError if none or several fit."""
        return self._opened.existing.document(self._opened.named(name))

    def verify(self, saved: Answer | Saved, sources: Sequence[str | Path] = ()) -> "Verification":
        """Check an answer against the stored documents, and against source files if given."""
        return self.proofs.verify_all([saved.to_dict() if isinstance(saved, Answer) else saved], sources)[0]


def build(library: Library, *, progress: Progress = silent) -> "list[Outcome]":
    """Fill a library from the built-in corpus. Does nothing if it was ever filled."""
    if library.contents.generation:
        return []
    corpus = builtin_corpus()
    if corpus is None:
        here = f"there is no library at {library.path} and no folder {CORPUS} to build it from"
        raise LibraryError(f"{here}; run 'qa add PATH'.")
    return library.add([corpus], progress=progress)


def open(path: str | Path = DEFAULT_PATH, *, model: str | None = None, encoder: Encoder | None = None) -> Library:
    """Open the library in a folder. For a new one, ``model`` names the model; ``encoder`` gives any other Encoder."""
    return Library(path, model=model, encoder=encoder)
