"""The scope of a question: checked, put into words, and offered as choices."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from qa.errors import ScopeError, UnknownDocumentError
from qa.records import SECTION_SEPARATOR, DocId, Scope
from qa.stores.base import Store
from qa.stores.local.scoping import YEARS
from qa.text.lines import collapse
from qa.text.terms import terms

OFFERED = 20
"""Headings offered, at most."""
_NAMED = 8
"""Headings that an error names, at most."""

_NUMBERING = re.compile(r"^\W*(?:\d+(?:\.\d+)*|[IVX]+)[.:)]?\s+")


def named(name: str, sources: Mapping[DocId, str]) -> DocId:
    """The document with this id, beginning of an id, or file name; UnknownDocumentError if none or several fit."""
    found = [doc_id for doc_id, source in sources.items() if name in (doc_id, source)] or [
        doc_id for doc_id in sources if name and doc_id.startswith(name)
    ]
    if len(found) == 1:
        return found[0]
    if found:
        raise UnknownDocumentError(f"{name!r} names {len(found)} documents; give an id: {', '.join(found)}.")
    raise UnknownDocumentError(f"the library has no document {name!r}; 'qa documents' lists them.")


def checked(scope: Scope, store: Store) -> Scope:
    """The scope, if it leaves anything to search. Its documents are named by ids; years are replaced by documents.

    Raises ScopeError for years that no document can have, a section that no document has, and limits that leave no
    passage.
    """
    years = [year for year in (scope.since, scope.until) if year is not None]
    if years != sorted(years) or not all(YEARS[0] <= year <= YEARS[1] for year in years):
        raise ScopeError(f"no document can be {_published(scope)}; give years of four digits, the earlier one first.")
    for section in scope.sections:
        if not store.document_ids(Scope(sections=[section])):
            raise ScopeError(f"no section has {collapse(section)!r} in its headings; {_known(store)}.")
    if not (scope.dated or scope.sections):
        return scope
    left = store.document_ids(scope)
    if not left:
        raise ScopeError(f"nothing is left to ask of: {'; '.join(described(scope, store))}. Ask with fewer limits.")
    return Scope(left, sections=scope.sections)  # finding years is slow, and each search would do it again


def _known(store: Store) -> str:
    offered = headings(store.index.sections())[:_NAMED]
    return f"choose another, such as {', '.join(offered)}" if offered else "the documents have no headings"


def described(scope: Scope, store: Store) -> list[str]:
    """Each limit in words. With years, also how many documents have none. The scope names documents by ids."""
    words = [store.document(DocId(doc_id)).label for doc_id in scope.documents]
    if scope.dated:
        undated = _undated(scope, store)
        left_out = f" ({undated} {'document' if undated == 1 else 'documents'} without a year left out)"
        words.append(f"{_published(scope)}{left_out if undated else ''}")
    if scope.sections:
        words.append(f"sections {', '.join(map(collapse, scope.sections))}")
    return words


def _published(scope: Scope) -> str:
    if scope.since == scope.until:
        return f"published in {scope.since}"
    if scope.until is None:
        return f"published since {scope.since}"
    return f"published until {scope.until}" if scope.since is None else f"published {scope.since}–{scope.until}"


def _undated(scope: Scope, store: Store) -> int:
    """How many documents would be in the scope but have no year."""
    anyway, dated = replace(scope, since=None, until=None), replace(scope, since=YEARS[0], until=None)
    return len(store.document_ids(anyway)) - len(store.document_ids(dated))


def headings(sections: Iterable[tuple[str, DocId]]) -> list[str]:
    """The ``OFFERED`` headings that most documents have, most frequent first; if equal, the outer level first.

    Numbering, case and endings make no difference. If a word of a heading is itself a heading elsewhere, the longer
    one counts as the shorter: "Results and discussion" counts as "Results" and as "Discussion", which find it too.
    """
    holders: dict[tuple[str, ...], set[DocId]] = defaultdict(set)
    spellings: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    levels: dict[tuple[str, ...], int] = {}
    named: dict[str, set[DocId]] = defaultdict(set)
    for name, doc_id in sections:
        named[name].add(doc_id)
    for name, doc_ids in named.items():
        for level, heading in enumerate(_NUMBERING.sub("", part) for part in name.split(SECTION_SEPARATOR)):
            if key := tuple(terms(heading)):
                holders[key] |= doc_ids
                spellings[key][collapse(heading)] += len(doc_ids)
                levels[key] = min(level, levels.get(key, level))
    for key in [key for key in holders if len(key) > 1]:
        if alone := [(term,) for term in key if (term,) in holders]:
            found = holders.pop(key)
            for word in alone:
                holders[word] |= found
    labels = {key: min(spellings[key].items(), key=lambda one: (-one[1], one[0]))[0] for key in holders}
    order = sorted(holders, key=lambda key: (-len(holders[key]), levels[key], labels[key]))
    return [labels[key] for key in order[:OFFERED]]
