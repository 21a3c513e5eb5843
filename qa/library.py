"""The one place that assembles: a folder with a library, and everything that can be asked of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.answering.answer import DEFAULT_ANSWERING, THRESHOLD, Answering, answer
from qa.answering.description import described
from qa.answering.support import is_calibrated
from qa.errors import LibraryError, MissingLibraryError, ModelMismatchError
from qa.indexing.corpus import CORPUS, builtin_corpus
from qa.indexing.progress import Progress, Progressed, silent
from qa.late import late
from qa.models.encoders import DEFAULT_MODEL, Encoder, load_encoder, mismatch
from qa.models.reader import OnnxReader, PassageReader
from qa.models.reranker import OnnxReranker, Reranker
from qa.proof.signing import ensure_keys, mend_keys, renew_keys, sign
from qa.proof.unproved import Unproved, unproved
from qa.query import scopes, synonyms
from qa.query.questions import checked_question
from qa.query.synonyms import Thesaurus, thesaurus
from qa.readers import reading_version
from qa.records import ANYWHERE, Answer, DocId, Document, Hit, Passage, Question, Scope
from qa.retrieval.retriever import Retrieval, retrieve
from qa.retrieval.settings import DEFAULT_RANKING, Ranking
from qa.stores.findings import Findings
from qa.stores.local.store import LocalStore
from qa.text.lines import printable

if TYPE_CHECKING:
    from qa import proof
    from qa.answering import comparison
    from qa.indexing import embedding, finding, ingest
    from qa.indexing.ingest import Landed, Outcome
    from qa.proof import Verification, exports
    from qa.query import followups
    from qa.stores import checkup
else:
    checkup, comparison, exports = late("qa.stores.checkup", "qa.answering.comparison", "qa.proof.exports")
    followups, proof = late("qa.query.followups", "qa.proof")
    embedding, finding, ingest = late("qa.indexing.embedding", "qa.indexing.finding", "qa.indexing.ingest")

Saved = Mapping[str, Any]  # an answer in its JSON form

DEFAULT_PATH = "index"
K = 10
"""Passages that come with an answer."""
WAIT_S = 10.0
"""How long a change waits for another process that is changing the library."""


class Library:
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
        self._asked_model = encoder.name if encoder else model
        self._given_encoder = encoder
        self._encoder: Encoder | None = None
        self._names: tuple[int, Thesaurus] = (-1, Thesaurus())
        self._described: tuple[int, dict[str, Any]] = (-1, {})
        self._store: LocalStore | None = LocalStore(self.path) if LocalStore.exists(self.path) else None
        if self._store and self._asked_model not in (None, self._store.model.name):
            raise self._mismatch(str(self._asked_model))

    def __enter__(self) -> "Library":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @property
    def is_writable(self) -> bool:
        """Whether the library can be changed, and not only read."""
        return self._store is None or self._store.is_writable

    def close(self) -> None:
        """Let go of the files. The library can be opened again at any time."""
        if self._store:
            self._store.close()

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
        store = self._made_store(encoder)
        with self._writing(store, wait_s):
            gone = ingest.gone_places(named, files, store)
            outcomes = []
            for outcome in ingest.add_files(files, store, encoder, progress, gone):
                landed(outcome)
                outcomes.append(outcome)
        return outcomes

    def remove(self, name: str, *, wait_s: float = WAIT_S) -> DocId:
        """Remove the document of this id, beginning of an id, or file name, and return its id."""
        store = self._existing_store()
        with self._writing(store, wait_s):
            doc_id = self._named(name)
            store.delete(doc_id)
        return doc_id

    def check(self, *, new_key: bool = False, wait_s: float = WAIT_S) -> Findings:
        """Read everything that is kept, mend what is damaged, and say what was mended and what is lost.

        Where it cannot be written, what is damaged is only said. With a ``new_key``, answers are signed with another;
        those given before are no longer signed by this library.
        """
        found = (store := self._existing_store()).check(wait_s) + checkup.beside(self.path, writable=store.is_writable)
        if not (store.is_writable or new_key):
            return found
        with self._writing(store, wait_s):
            said = renew_keys(self.path) if new_key else mend_keys(self.path)
        return found + Findings(tuple(said))

    @contextmanager
    def _writing(self, store: LocalStore, wait_s: float) -> Iterator[None]:
        """Be the one writer of a library that can sign."""
        with store.writer(wait_s):
            ensure_keys(self.path)
            yield

    def reembed(self, model: str | None = None, *, progress: Progress = silent, wait_s: float = WAIT_S) -> int:
        """Embed every document anew with another model; the texts are kept. Returns how many."""
        store = self._existing_store()
        encoder = self._given_encoder or load_encoder(model or DEFAULT_MODEL)
        with self._writing(store, wait_s):
            documents = self.documents()
            entries = []
            for done, document in enumerate(documents):
                progress(Progressed(done, len(documents), Path(document.source), "embedding"))
                entries.append(embedding.embed(document, encoder))
            store.replace_all(entries, embedding.model_of(encoder))
        self._encoder, self._asked_model = encoder, encoder.name
        return len(documents)

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
        checked = checked_question(question)
        ranking = self._ranking if expand else replace(self._ranking, spelling=False, expansion=0.0)
        with (store := self._store_to_ask()).reading():
            within, names = scopes.checked(self._with_ids(scope), store), self._thesaurus(store)
        return retrieve(checked, store, self.encoder, k, within, ranking, names, self._scorer)

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
        with self._store_to_ask().reading():
            asked = checked_question(question)
            given = self._answered(asked, after, scope, threshold, question_id, expand)
        return replace(given, signature=sign(self.path, given.to_dict()))

    def _answered(
        self, asked: str, after: Sequence[str], scope: Scope, threshold: float, question_id: str | None, expand: bool
    ) -> Answer:
        """The answer, not signed; within one block of reading."""
        names, before = self._thesaurus(self._existing_store()), [checked_question(one) for one in after]
        meant = followups.resolve(asked, before, names) if before else None
        found = self.retrieve(meant or asked, scope=scope, expand=expand)
        given = answer(found, self._reader, self.description(), threshold, self._answering)
        query = {**given.query, "resolved": meant} if meant else given.query
        said = given if is_calibrated(self.encoder, self._reader) else given.without_confidence()
        return replace(said, id=question_id, question=asked, query=query)

    def compare(self, question: str, *, scope: Scope = ANYWHERE) -> "comparison.Comparison":
        """What each document within the scope says to a question, and which are silent; raises as ``retrieve``.

        Where ``ask`` would abstain, all are.
        """
        store = self._store_to_ask()
        with store.reading():
            abstained = self._answered(checked_question(question), (), scope, THRESHOLD, None, True).abstained
            found = self.retrieve(question, comparison.PASSAGES, scope=scope)
            within = store.document_ids(self._with_ids(scope))
            return comparison.compare(found, not abstained, [store.document(doc_id) for doc_id in within])

    def ask_all(
        self, questions: Iterable[Question], *, scope: Scope = ANYWHERE, expand: bool = True
    ) -> Iterator[Answer]:
        """An Answer for each question of a set, with its id, in order."""
        for question in questions:
            yield self.ask(question.question, scope=scope, question_id=question.id, expand=expand)

    def limits(self, scope: Scope) -> list[str]:
        """Each limit of a scope in words, none if it has none; with years, how many documents do not give theirs."""
        with (store := self._store_to_ask()).reading():
            return scopes.described(self._with_ids(scope), store)

    def headings(self) -> list[str]:
        """Headings to limit a question to, those of most documents first; at most ``qa.query.scopes.OFFERED``."""
        return scopes.headings(self._store.index.sections()) if self._store else []

    # ------------------------------------------------------------ documents and proof

    def documents(self) -> list[Document]:
        """All documents, ordered by file name."""
        if self._store is None:
            return []
        with self._store.reading():
            return [self._store.document(doc_id) for doc_id in self._store.document_ids()]

    def document(self, name: str) -> Document:
        """The document of this id, beginning of an id, or file name. UnknownDocumentError otherwise."""
        return self._existing_store().document(self._named(name))

    def original(self, name: str) -> bytes:
        """The bytes of the PDF that a document was read from. NoOriginalError where they are not to be had."""
        return self._existing_store().original(self._named(name))

    def _named(self, name: str) -> DocId:
        return scopes.named(name, self._store.sources() if self._store else {})

    def passage_counts(self) -> Mapping[DocId, int]:
        """How many passages each document has."""
        return self._store.index.passage_counts() if self._store else {}

    def sentence_counts(self) -> Mapping[DocId, int]:
        """How many sentences of each document may be quoted."""
        return self._store.index.sentence_counts() if self._store else {}

    def files(self, name: str) -> list[str]:
        """The paths of the files that a document was read from, as they were added."""
        return self._existing_store().paths(self._named(name))

    def passages(self) -> list[Passage]:
        """All passages, ordered by their documents' file names and their places."""
        if self._store is None:
            return []
        with self._store.reading():
            return [passage for doc_id in self._store.document_ids() for passage in self._store.passages(doc_id)]

    def verify(self, saved: Answer | Saved, sources: Sequence[str | Path] = ()) -> "Verification":
        """Prove an answer again against the stored documents, and against source files where given."""
        return self.verify_all([saved.to_dict() if isinstance(saved, Answer) else saved], sources)[0]

    def verify_all(self, saved: Sequence[Saved], sources: Sequence[str | Path] = ()) -> list["Verification"]:
        """Prove many answers in their JSON form; each source file is read once. AnswerFileError if there is none."""
        return proof.verify_all(saved, self._existing_store(), self.path, sources, reading_version.READING_VERSION)

    @property
    def generation(self) -> int:
        """Rises with every change of the documents; 0 where there are none yet."""
        return self._store.generation if self._store else 0

    def unproved(self, saved: Saved) -> Unproved:
        """Which quotes of an answer in its JSON form the library, as it is now, does not hold.

        Raises KeyError, TypeError or AttributeError for what is not in the form of an answer.
        """
        if self._store is None:
            return unproved(saved, lambda _: None)
        with self._store.reading():
            return unproved(saved, proof.kept_in(self._store).document)

    def export(self, answers: Sequence[Saved], form: str) -> str:
        """Answers in their JSON form in one that other programs read, one of ``qa.proof.exports.FORMATS``.

        Raises AnswerFileError for what is not in the form of an answer.
        """
        with self._existing_store().reading():
            return exports.export(answers, form, proof.kept_in(self._existing_store()).document)

    def description(self) -> dict[str, Any]:
        """What an Answer says of the library it was made with; ``read_before`` only where there are such files."""
        with (store := self._existing_store()).reading():
            if self._described[0] != store.generation:
                self._described = (store.generation, described(store))
            return dict(self._described[1])

    # ------------------------------------------------------------ parts

    @property
    def encoder(self) -> Encoder:
        """The model, found and checked at first use. ModelMismatchError if the library has another."""
        if self._encoder is None:
            name = self._store.model.name if self._store else self._asked_model or DEFAULT_MODEL
            encoder = self._given_encoder or load_encoder(name)
            if self._store and self._store.model.sha256 != encoder.sha256:
                raise self._mismatch(encoder.name)
            self._encoder = encoder
        return self._encoder

    def _thesaurus(self, store: LocalStore) -> Thesaurus:
        """Other names of things: from the tables, and from the abbreviations that the present documents define."""
        if self._names[0] != (generation := store.generation):
            same, kinds = synonyms.read(self.path) if self._ranking.synonyms else ([], [])
            defined = store.index.abbreviations() if self._ranking.abbreviations else []
            self._names = (generation, thesaurus([*same, *defined], kinds))
        return self._names[1]

    def _mismatch(self, model: str) -> ModelMismatchError:
        return mismatch(self.path, self._store.model.name if self._store else "?", model)

    def _made_store(self, encoder: Encoder) -> LocalStore:
        if self._store is None:
            self._store = LocalStore.create(self.path, embedding.model_of(encoder))
        return self._store

    def _existing_store(self) -> LocalStore:
        if self._store is None:
            raise MissingLibraryError(printable(str(self.path)))
        return self._store

    def _store_to_ask(self) -> LocalStore:
        """The store; that of the default library is made from the built-in corpus if nothing was ever put into it."""
        self.prepare()
        return self._existing_store()

    def prepare(self, *, progress: Progress = silent) -> "list[Outcome]":
        """Build the default library if it was never filled; nothing for any other."""
        return self.build(progress=progress) if self.path == Path(DEFAULT_PATH) else []

    def build(self, *, progress: Progress = silent) -> "list[Outcome]":
        """Fill a library that was never filled from the built-in corpus; nothing if it was."""
        if self._store is None and LocalStore.exists(self.path):
            self._store = LocalStore(self.path)
        if self._store and self._store.generation:
            return []
        corpus = builtin_corpus()
        if corpus is None:
            here = f"there is no library at {self.path} and no folder {CORPUS} to build it from"
            raise LibraryError(f"{here}; run 'qa add PATH'.")
        return self.add([corpus], progress=progress)

    def _with_ids(self, scope: Scope) -> Scope:
        return replace(scope, documents=[self._named(name) for name in scope.documents])


def open(path: str | Path = DEFAULT_PATH, *, model: str | None = None, encoder: Encoder | None = None) -> Library:
    """Open the library in a folder; ``model`` names the model for a new one, ``encoder`` brings any other."""
    return Library(path, model=model, encoder=encoder)
