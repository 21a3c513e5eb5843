"""The one place that assembles: a folder with a library, and everything that can be asked of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from qa import scopes
from qa.answering import DEFAULT_ANSWERING, THRESHOLD, Answering, answer
from qa.comparison import Comparison, compare
from qa.encoders import DEFAULT_MODEL, Encoder, SentenceTransformerEncoder
from qa.errors import LibraryError, ModelMismatchError, UnknownDocumentError
from qa.expansion import synonyms
from qa.expansion.followups import resolve
from qa.expansion.synonyms import Thesaurus, thesaurus
from qa.exports import FindDocument, export
from qa.ingest import Outcome, Progress, add_files, embed, find_files, gone_places
from qa.questions import checked_question
from qa.readers import read
from qa.records import ANYWHERE, Answer, DocId, Document, Hit, Passage, Question, Scope
from qa.retrieval import DEFAULT_RANKING, Ranking, Retrieval, retrieve
from qa.scorers import OnnxScorer, PairScorer
from qa.stores.local import LocalStore, Model
from qa.stores.mending import Findings
from qa.verification import Verification, verify

DEFAULT_PATH = "index"
CORPUS = "corpus"
K = 10
"""Passages that come with an answer."""
COMPARED = 50
"""Passages that a comparison of documents looks at."""
WAIT_S = 10.0
"""How long a change waits for another process that is changing the library."""


@cache
def _version() -> str:
    return version("pincite")  # read from a file, which no question should wait for


def _no_progress(done: int, total: int, path: Path, stage: str) -> None:
    """Report nothing."""


class Library:
    """Documents in a folder, searched and quoted.

    Nothing is written before the first change. A library that was never made is built from the built-in
    corpus at its first question. Errors are QAError, one sentence each.
    """

    def __init__(
        self,
        path: str | Path = DEFAULT_PATH,
        *,
        model: str | None = None,
        encoder: Encoder | None = None,
        ranking: Ranking = DEFAULT_RANKING,
        answering: Answering = DEFAULT_ANSWERING,
        scorer: PairScorer | None = None,
    ) -> None:
        """``model`` or ``encoder`` is for making a library; one that is there has its own model on record.

        ``ranking`` orders what is found, ``answering`` chooses what is quoted; to be changed for comparison, as
        ``qa.evaluation`` does. ``scorer`` reads pairs if ``ranking`` gives it any; that of the package if none is
        given.
        """
        self.path = Path(path)
        self._ranking = ranking
        self._answering = answering
        self._scorer = scorer or OnnxScorer()
        self._asked_model = encoder.name if encoder else model
        self._given_encoder = encoder
        self._encoder: Encoder | None = None
        self._names: tuple[int, Thesaurus] = (-1, {})
        self._store: LocalStore | None = LocalStore(self.path) if LocalStore.exists(self.path) else None
        if self._store and self._asked_model not in (None, self._store.model.name):
            raise self._mismatch(str(self._asked_model))

    def __enter__(self) -> "Library":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the files. The library can be opened again at any time."""
        if self._store:
            self._store.close()

    # ------------------------------------------------------------ changes

    def add(
        self, paths: Sequence[str | Path], *, progress: Progress = _no_progress, wait_s: float = WAIT_S
    ) -> list[Outcome]:
        """Add or update files and folders; one outcome a file, in the order of work.

        A folder is synchronised: what was added from it and is no longer there is removed. A file that
        cannot be read is an outcome with a reason, and what was kept of it before stays. Raises
        MissingPathError or NothingReadableError before any work, LibraryLockedError if another process is
        still changing the library after ``wait_s`` seconds.
        """
        named = [Path(path) for path in paths]
        files = find_files(named)
        encoder = self.encoder
        store = self._made_store(encoder)
        with store.writer(wait_s):
            gone = gone_places(named, files, store)
            outcomes = list(add_files(files, store, encoder, progress, gone))
        return outcomes

    def remove(self, name: str, *, wait_s: float = WAIT_S) -> DocId:
        """Remove the document of this id, beginning of an id, or file name, and return its id."""
        store = self._existing_store()
        with store.writer(wait_s):
            doc_id = self._named(name)
            store.delete(doc_id)
        return doc_id

    def check(self, *, wait_s: float = WAIT_S) -> Findings:
        """Read everything that is kept, mend what is damaged, and say what was mended and what is lost."""
        return self._existing_store().check(wait_s)

    def reembed(self, model: str | None = None, *, progress: Progress = _no_progress, wait_s: float = WAIT_S) -> int:
        """Embed every document anew with another model; the texts are kept. Returns how many."""
        store = self._existing_store()
        encoder = self._given_encoder or SentenceTransformerEncoder(model or DEFAULT_MODEL)
        with store.writer(wait_s):
            documents = self.documents()
            entries = []
            for done, document in enumerate(documents):
                progress(done, len(documents), Path(document.source), "embedding")
                entries.append(embed(document, encoder))
            store.replace_all(entries, Model(encoder.name, encoder.sha256, encoder.dimension))
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
        store = self._store_to_ask()
        ranking = self._ranking if expand else replace(self._ranking, spelling=False, expansion=0.0)
        with store.reading():
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
        store = self._store_to_ask()
        with store.reading():
            asked = checked_question(question)
            meant = resolve(asked, [checked_question(one) for one in after], self._thesaurus(store))
            found = self.retrieve(meant or asked, scope=scope, expand=expand)
            return answer(found, self.description(), threshold, question_id, asked if meant else None, self._answering)

    def compare(self, question: str, *, scope: Scope = ANYWHERE) -> Comparison:
        """What each document within the scope says to a question, and which are silent; raises as ``retrieve``.

        Where ``ask`` would abstain, all are.
        """
        store = self._store_to_ask()
        with store.reading():
            abstained = self.ask(question, scope=scope).abstained
            found = self.retrieve(question, COMPARED, scope=scope)
            within = store.document_ids(self._with_ids(scope))
            return compare(found, not abstained, [store.document(doc_id) for doc_id in within])

    def ask_all(
        self, questions: Iterable[Question], *, scope: Scope = ANYWHERE, expand: bool = True
    ) -> Iterator[Answer]:
        """An Answer for each question of a set, with its id, in order."""
        for question in questions:
            yield self.ask(question.question, scope=scope, question_id=question.id, expand=expand)

    def limits(self, scope: Scope) -> list[str]:
        """Each limit of a scope in words, none if it has none; with years, how many documents do not give theirs."""
        store = self._store_to_ask()
        with store.reading():
            return scopes.described(self._with_ids(scope), store)

    def headings(self) -> list[str]:
        """Headings to limit a question to, those of most documents first; at most ``qa.scopes.OFFERED``."""
        return scopes.headings(self._store.sections()) if self._store else []

    # ------------------------------------------------------------ documents and proof

    def documents(self) -> list[Document]:
        """All documents, ordered by file name."""
        if self._store is None:
            return []
        store = self._store
        with store.reading():
            return [store.document(doc_id) for doc_id in store.document_ids()]

    def document(self, name: str) -> Document:
        """The document of this id, beginning of an id, or file name. UnknownDocumentError otherwise."""
        return self._existing_store().document(self._named(name))

    def original(self, name: str) -> bytes:
        """The bytes of the PDF that a document was read from. NoOriginalError where they are not to be had."""
        return self._existing_store().original(self._named(name))

    def _named(self, name: str) -> DocId:
        sources = self._store.sources() if self._store else {}
        found = [doc_id for doc_id, source in sources.items() if name in (doc_id, source)] or [
            doc_id for doc_id in sources if name and doc_id.startswith(name)
        ]
        if len(found) == 1:
            return found[0]
        if found:
            raise UnknownDocumentError(f"{name!r} names {len(found)} documents; give an id: {', '.join(found)}.")
        raise UnknownDocumentError(f"the library has no document {name!r}; 'qa documents' lists them.")

    def passage_counts(self) -> Mapping[DocId, int]:
        """How many passages each document has."""
        return self._store.passage_counts() if self._store else {}

    def passages(self) -> list[Passage]:
        """All passages, ordered by their documents' file names and their places."""
        if self._store is None:
            return []
        with self._store.reading():
            return [passage for doc_id in self._store.document_ids() for passage in self._store.passages(doc_id)]

    def verify(self, saved: Answer | Mapping[str, Any], sources: Sequence[str | Path] = ()) -> Verification:
        """Prove an answer again against the stored documents, and against source files where given."""
        form = saved.to_dict() if isinstance(saved, Answer) else saved
        return self.verify_all([form], sources)[0]

    def verify_all(self, saved: Sequence[Mapping[str, Any]], sources: Sequence[str | Path] = ()) -> list[Verification]:
        """Prove many answers in their JSON form; each source file is read once."""
        reread = [read(Path(source)) for source in sources]
        with self._existing_store().reading():
            find = self._finding()
            return [verify(form, find, reread) for form in saved]

    def export(self, answers: Sequence[Mapping[str, Any]], form: str) -> str:
        """Answers in their JSON form in one that other programs read, one of ``qa.exports.FORMATS``.

        Raises AnswerFileError for what is not in the form of an answer.
        """
        with self._existing_store().reading():
            return export(answers, form, self._finding())

    def _finding(self) -> FindDocument:
        """The way to a document by its id, None where there is none; to be used inside one block of reading."""
        store = self._existing_store()
        kept = set(store.document_ids())

        @cache
        def find(doc_id: str) -> Document | None:
            return store.document(DocId(doc_id)) if doc_id in kept else None

        return find

    def description(self) -> dict[str, Any]:
        """What an Answer says of the library it was made with."""
        store = self._existing_store()
        counts, model = store.passage_counts(), store.model
        return {
            "generation": store.generation,
            "model": model.name,
            "model_sha256": model.sha256,
            "documents": len(store.document_ids()),
            "passages": sum(counts.values()),
            "pincite": _version(),
        }

    # ------------------------------------------------------------ parts

    @property
    def encoder(self) -> Encoder:
        """The model, found and checked at first use. ModelMismatchError if the library has another."""
        if self._encoder is None:
            name = self._store.model.name if self._store else self._asked_model or DEFAULT_MODEL
            encoder = self._given_encoder or SentenceTransformerEncoder(name)
            if self._store and self._store.model.sha256 != encoder.sha256:
                raise self._mismatch(encoder.name)
            self._encoder = encoder
        return self._encoder

    def _thesaurus(self, store: LocalStore) -> Thesaurus:
        """Other names of things: from the tables, and from the abbreviations that the present documents define."""
        generation = store.generation
        if self._names[0] != generation:
            same, kinds = synonyms.read(self.path) if self._ranking.synonyms else ([], [])
            defined = store.abbreviations() if self._ranking.abbreviations else []
            self._names = (generation, thesaurus([*same, *defined], kinds))
        return self._names[1]

    def _mismatch(self, model: str) -> ModelMismatchError:
        made = self._store.model.name if self._store else "?"
        return ModelMismatchError(
            f"the library {self.path} was embedded with other weights than those of {model} (its model is {made}); "
            f"use that model, or embed anew with 'qa add --re-embed --model {model} --library {self.path}'."
        )

    def _made_store(self, encoder: Encoder) -> LocalStore:
        if self._store is None:
            model = Model(encoder.name, encoder.sha256, encoder.dimension)
            self._store = LocalStore.create(self.path, model)
        return self._store

    def _existing_store(self) -> LocalStore:
        if self._store is None:
            raise LibraryError(f"there is no library at {self.path}; make one with 'qa add PATH'.")
        return self._store

    def _store_to_ask(self) -> LocalStore:
        """The store; made from the built-in corpus if nothing was ever put into it."""
        self.build()
        return self._existing_store()

    def build(self, *, progress: Progress = _no_progress) -> list[Outcome]:
        """Fill a library that was never filled from the built-in corpus; nothing if it was."""
        if self._store is None and LocalStore.exists(self.path):
            self._store = LocalStore(self.path)
        if self._store and self._store.generation:
            return []
        corpus = builtin_corpus()
        if corpus is None:
            raise LibraryError(
                f"there is no library at {self.path} and no folder {CORPUS} to build it from; run 'qa add PATH'."
            )
        return self.add([corpus], progress=progress)

    def _with_ids(self, scope: Scope) -> Scope:
        return replace(scope, documents=[self._named(name) for name in scope.documents])


def builtin_corpus() -> Path | None:
    """The folder ``corpus`` here, or else the one that Pincite's source tree brings along."""
    places = (Path(CORPUS), Path(__file__).resolve().parent.parent / CORPUS)
    return next((place for place in places if place.is_dir()), None)


def open(path: str | Path = DEFAULT_PATH, *, model: str | None = None, encoder: Encoder | None = None) -> Library:
    """Open the library in a folder; one that is not there yet is made when it is first used.

    ``model`` names the sentence-transformers model for a new library; ``encoder`` brings any other.
    """
    return Library(path, model=model, encoder=encoder)
