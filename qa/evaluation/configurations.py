"""Configurations of Pincite to compare: a TOML table each, and the library that each needs.

    [dense]
    description = "the cosine of passage and question alone"
    ranking = { weights = { dense = 1.0 }, sentence_weights = { cosine = 1.0 }, passage_weight = 0.0 }

A key that a table leaves out has Pincite's default; ``docs/evaluation.md`` lists the keys.
"""

import hashlib
import json
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar, cast

from qa.answering.answer import DEFAULT_ANSWERING, THRESHOLD, Answering
from qa.errors import EvaluationError
from qa.evaluation.systems import LibrarySystem, System
from qa.indexing.chunking import DEFAULT_LIMITS, Limits
from qa.indexing.embedding import HEAD_WEIGHT, embed, model_of
from qa.indexing.progress import Progress, Progressed, silent
from qa.library import WAIT_S, Library
from qa.models.encoders import CrossEncoderReader, Encoder
from qa.records import DocId
from qa.retrieval.settings import DEFAULT_RANKING, SENTENCE_WEIGHTS, WEIGHTS, Ranking
from qa.stores.base import COMPOSITION
from qa.stores.local.store import LocalStore

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Configuration:
    """One system to evaluate: Pincite with these settings, or a user's own (``system``)."""

    name: str
    description: str = ""
    model: str | None = None
    """As for 'qa add --model'; None for the library's own."""
    passage: Limits = DEFAULT_LIMITS
    head_weight: float = HEAD_WEIGHT
    """The weight of title and headings in the vectors of passages."""
    ranking: Ranking = field(default_factory=Ranking)
    reader: str | None = None
    """A cross-encoder of sentence-transformers, by folder or cached name; None for Pincite's own reader."""
    answering: Answering = DEFAULT_ANSWERING
    threshold: float = THRESHOLD
    system: str | None = None
    """MODULE:NAME of a function or class that takes the Library and gives a System."""


def is_stored(configuration: Configuration) -> bool:
    """Whether a stored library has the passages and vectors of this configuration already."""
    return (configuration.passage, configuration.head_weight) == (DEFAULT_LIMITS, HEAD_WEIGHT)


DEFAULT = Configuration("full", "Pincite as it is")


def read_configurations(path: Path) -> list[Configuration]:
    """The configurations of a file, in its order. EvaluationError if it is not in the documented form."""
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise EvaluationError(f"{path} cannot be read as TOML ({error}); check the file.") from error
    if not tables:
        raise EvaluationError(f"{path} has no configuration; write a table for each, such as [dense].")
    return [_parsed(name, table, f"{path}, [{name}]") for name, table in tables.items()]


def _parsed(name: str, table: object, place: str) -> Configuration:
    given = dict(_checked(table, Configuration, place, leave_out="name"))
    if "passage" in given:
        given["passage"] = replace(DEFAULT_LIMITS, **_checked(given["passage"], Limits, place))
    if "ranking" in given:
        ranking = _checked(given["ranking"], Ranking, place)
        _checked_weights(ranking.get("weights", {}), WEIGHTS, place)
        _checked_weights(ranking.get("sentence_weights", {}), SENTENCE_WEIGHTS, place)
        given["ranking"] = replace(DEFAULT_RANKING, **ranking)
    if "answering" in given:
        given["answering"] = replace(DEFAULT_ANSWERING, **_checked(given["answering"], Answering, place))
    return Configuration(name=name, **given)


def _checked(table: object, record: type, place: str, leave_out: str = "") -> Mapping[str, Any]:
    """The table, if its keys are fields of the record and its values have the types of these fields."""
    known = {one.name: _kinds(one.type) for one in fields(record) if one.name != leave_out}
    if not isinstance(table, dict):
        raise EvaluationError(f"{place} is not a table; write it as one, with {', '.join(known)}.")
    for name, value in table.items():
        if name not in known or type(value) not in known[name]:
            raise EvaluationError(f"{place} has {name!r}, unknown or of the wrong type; known are {', '.join(known)}.")
    return table


def _kinds(declared: object) -> tuple[type, ...]:
    """The types that TOML may give for a field of this type; a table for a record."""
    if declared in (bool, int, float):
        return (int, float) if declared is float else (cast(type, declared),)
    return (str,) if "str" in str(declared) and "Mapping" not in str(declared) else (dict,)


def _checked_weights(weights: object, known: Mapping[str, float], place: str) -> None:
    numbers = isinstance(weights, dict) and all(isinstance(value, int | float) for value in weights.values())
    if not isinstance(weights, dict) or not numbers or not weights.keys() <= known.keys():
        raise EvaluationError(f"{place} has weights that are no table of numbers for {', '.join(known)}; mend them.")


def chosen(configurations: Sequence[Configuration], names: Sequence[str]) -> list[Configuration]:
    """The configurations with these names, in the order of the names; all if no name is given."""
    known = {one.name: one for one in configurations}
    missing = [name for name in names if name not in known]
    if missing:
        raise EvaluationError(f"there is no configuration {missing[0]!r}; there are {', '.join(known)}.")
    return [known[name] for name in names] or list(configurations)


def distinct(systems: Sequence[System]) -> list[System]:
    """The systems, if all have different names; EvaluationError otherwise."""
    names = [system.name for system in systems]
    twice = sorted(name for name in set(names) if names.count(name) > 1)
    if twice:
        raise EvaluationError(f"several systems are called {twice[0]!r}; rename one of them.")
    return list(systems)


# ---------------------------------------------------------------- libraries


def open_system(
    configuration: Configuration, library: Library, cache: Path, progress: Progress | None = None
) -> System:
    """The system of a configuration over the library's documents.

    If only the ranking differs, the stored library is used. Another model or other passages need a library
    of their own. It is made in ``cache`` from the stored texts, and found there the next time.
    """
    if configuration.system:
        return _brought(configuration, library)
    path, encoder = library.path, library.encoder
    if configuration.model not in (None, encoder.name):
        encoder = Library(cache / "none", model=configuration.model).encoder
    if encoder.sha256 != library.encoder.sha256 or not is_stored(configuration):
        path = remade(library, encoder, configuration, cache, progress or silent)
    reader = CrossEncoderReader(configuration.reader) if configuration.reader else None
    ranking, answering = configuration.ranking, configuration.answering
    opened = Library(path, encoder=encoder, ranking=ranking, answering=answering, reader=reader)
    return LibrarySystem(configuration.name, _described(configuration, encoder), opened, configuration.threshold)


def _described(configuration: Configuration, encoder: Encoder) -> str:
    """The description, and every setting that is not Pincite's default."""
    changed = {
        "model": encoder.name if configuration.model else None,
        "passage": _differences(configuration.passage, DEFAULT_LIMITS),
        "head_weight": None if configuration.head_weight == HEAD_WEIGHT else configuration.head_weight,
        "ranking": _differences(configuration.ranking, DEFAULT_RANKING),
        "reader": configuration.reader,
        "answering": _differences(configuration.answering, DEFAULT_ANSWERING),
        "threshold": None if configuration.threshold == THRESHOLD else configuration.threshold,
    }
    settings = json.dumps({name: value for name, value in changed.items() if value not in (None, {})})
    return "; ".join(part for part in (configuration.description, settings) if part and part != "{}")


def _differences(record: Any, usual: Any) -> dict[str, Any]:
    return {name: value for name, value in asdict(record).items() if value != getattr(usual, name)}


def remade(library: Library, encoder: Encoder, configuration: Configuration, cache: Path, progress: Progress) -> Path:
    """The folder of a library of the same documents, embedded by this encoder with the configuration's passages."""
    documents, limits, weight = library.documents(), configuration.passage, configuration.head_weight
    made_of = [[document.sha256 for document in documents], encoder.sha256, COMPOSITION, asdict(limits), weight]
    folder = cache / hashlib.sha256(json.dumps(made_of).encode()).hexdigest()[:16]
    store = LocalStore.create(folder, model_of(encoder))
    with store.writer(WAIT_S):
        kept: set[DocId] = set(store.document_ids())
        for done, document in enumerate(documents):
            if document.doc_id not in kept:
                source = Path(f"{document.source} for {configuration.name}")
                progress(Progressed(done, len(documents), source, "embedding"))
                store.put(document.doc_id, "", embed(document, encoder, limits=limits, head_weight=weight))
    store.close()
    return folder


def _brought(configuration: Configuration, library: Library) -> System:
    """A user's own system, imported as MODULE:NAME from the working directory or from what is installed."""
    module, _, name = str(configuration.system).partition(":")
    if "" not in sys.path:
        sys.path.insert(0, "")  # a console script does not search the working directory by itself
    try:
        make = getattr(import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise EvaluationError(
            f"the system {configuration.system!r} of [{configuration.name}] cannot be loaded ({error}); "
            "give it as MODULE:NAME, importable from here."
        ) from error
    system: System = make(library)
    system.name = configuration.name
    system.description = configuration.description or system.description
    return system
