"""The open parts of a library, each loaded at first use: its store, its encoder, and its thesaurus."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.answering.description import described
from qa.errors import MissingLibraryError
from qa.late import late
from qa.models.encoders import DEFAULT_MODEL, Encoder, load_encoder, mismatch
from qa.proof.signing import ensure_keys
from qa.query import scopes, synonyms
from qa.query.synonyms import Thesaurus, thesaurus
from qa.records import DocId, Scope
from qa.retrieval.settings import Ranking
from qa.stores.base import COMPOSITION, Store
from qa.stores.local.store import LocalStore
from qa.text.lines import printable

if TYPE_CHECKING:
    from qa.indexing import embedding
else:
    (embedding,) = late("qa.indexing.embedding")


class Opened:
    """The open parts of a library. There is no store before the first change makes one."""

    def __init__(self, path: Path, model: str | None, encoder: Encoder | None, ranking: Ranking) -> None:
        """``model`` or ``encoder`` is for a new library. ModelMismatchError if an existing one has another model."""
        self.path = path
        self._ranking = ranking
        self._asked_model = encoder.name if encoder else model
        self._given_encoder = encoder
        self._encoder: Encoder | None = None
        self._names: tuple[int, Thesaurus] = (-1, Thesaurus())
        self._described: tuple[int, dict[str, Any]] = (-1, {})
        self.store: Store | None = None
        self.look()
        if self.store and self._asked_model not in (None, self.store.model.name):
            raise mismatch(path, self.store.model.name, str(self._asked_model))

    def look(self) -> None:
        """Open the store, if there is one by now."""
        if self.store is None and LocalStore.exists(self.path):
            self.store = LocalStore(self.path)

    @property
    def existing(self) -> Store:
        """The store. MissingLibraryError if there is none."""
        if self.store is None:
            raise MissingLibraryError(printable(str(self.path)))
        return self.store

    def make(self) -> Store:
        """The store, made for the encoder if there is none."""
        if self.store is None:
            self.store = LocalStore.create(self.path, embedding.model_of(self.encoder))
        return self.store

    @property
    def encoder(self) -> Encoder:
        """The model, found and checked at first use. ModelMismatchError if the library has another."""
        if self._encoder is None:
            name = self.store.model.name if self.store else self._asked_model or DEFAULT_MODEL
            encoder = self._given_encoder or load_encoder(name)
            made = self.store.model if self.store else None
            earlier = made is not None and made.composition != COMPOSITION
            if made and (earlier or made.sha256 != encoder.sha256):
                raise mismatch(self.path, made.name, encoder.name, earlier=earlier)
            self._encoder = encoder
        return self._encoder

    def another_encoder(self, model: str | None) -> Encoder:
        """The encoder to embed everything anew with: the one that was given, else the model of that name."""
        return self._given_encoder or load_encoder(model or DEFAULT_MODEL)

    def take(self, encoder: Encoder) -> None:
        """Use this encoder from now on. The store has been embedded with it."""
        self._encoder, self._asked_model = encoder, encoder.name

    @contextmanager
    def writing(self, wait_s: float) -> Iterator[Store]:
        """Hold the write lock of the library, and make sure that it has keys to sign with."""
        with (store := self.existing).writer(wait_s):
            ensure_keys(self.path)
            yield store

    @property
    def thesaurus(self) -> Thesaurus:
        """Other names: from the tables, and from the abbreviations that the present documents define."""
        if self._names[0] != (generation := self.existing.generation):
            same, kinds = synonyms.read(self.path) if self._ranking.synonyms else ([], [])
            defined = self.existing.index.abbreviations() if self._ranking.abbreviations else []
            self._names = (generation, thesaurus([*same, *defined], kinds))
        return self._names[1]

    def description(self) -> dict[str, Any]:
        """An Answer's description of its library."""
        with (store := self.existing).reading():
            if self._described[0] != store.generation:
                self._described = (store.generation, described(store))
            return dict(self._described[1])

    def named(self, name: str) -> DocId:
        """The id of the document with this id, beginning of an id, or file name; UnknownDocumentError otherwise."""
        return scopes.named(name, self.store.sources() if self.store else {})

    def with_ids(self, scope: Scope) -> Scope:
        """The scope with its documents named by their ids."""
        return replace(scope, documents=[self.named(name) for name in scope.documents])
