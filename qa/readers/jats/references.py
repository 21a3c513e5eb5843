"""The list of references of JATS XML: its entries, and the entry for each id.

Elements are lxml's, their names without namespaces.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any

from qa.readers.jats.line import Bibliography
from qa.readers.jats.text import cites_by_raised_numbers, hrefs, plain
from qa.records import Reference
from qa.text.lines import collapse

_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>]{1,300}")
_AFTER_DOI = ".,;:]}'\""
_PMID = re.compile(r"(?:\bPMID:?\s*|\bpubmed(?:\.ncbi\.nlm\.nih\.gov)?/)(\d{1,9})\b", re.IGNORECASE)

_CITATIONS = frozenset({"mixed-citation", "element-citation", "nlm-citation", "citation"})
_UNSAID = frozenset({"object-id", "pub-id"})

# How each part of a fully marked-up citation joins the text before it, and what closes it.
_NAMES = frozenset({"name", "string-name", "collab", "etal", "anonymous"})
_SENTENCE = (". ", "")
_JOINTS: Mapping[str, tuple[str, str]] = {
    **dict.fromkeys(_NAMES, (", ", "")),
    **dict.fromkeys(("year", "issue"), (" (", ")")),
    **dict.fromkeys(("volume", "month", "day", "suffix"), (" ", "")),
    "fpage": (": ", ""),
    "elocation-id": (": ", ""),
    "lpage": ("–", ""),
}


def bibliography(article: Any) -> Bibliography:
    """Every ``ref`` of the article, in order. One without an id is named ``ref-`` plus its number from 1."""
    references: list[Reference] = []
    places: dict[str, int] = {}
    for place, ref in enumerate(article.iter("ref")):
        citations = list(_citations(ref))
        references.append(_reference(ref, citations, collapse(ref.get("id", "")) or f"ref-{place + 1}"))
        for known in (references[-1].id, *(citation.get("id", "") for citation in citations)):
            places.setdefault(known, place)
    places.pop("", None)
    return Bibliography(tuple(references), places, bool(references) and cites_by_raised_numbers(article))


def _citations(ref: Any) -> Iterator[Any]:
    """The citations in one entry; of alternative forms, only the first."""
    for child in ref:
        if child.tag in _CITATIONS:
            yield child
        elif child.tag == "citation-alternatives":
            yield from islice(child.iterchildren("*"), 1)


def _reference(ref: Any, citations: Sequence[Any], name: str) -> Reference:
    text = " ".join(map(_citation, citations)) if citations else plain(ref, {"label"})
    identifier = partial(_identifier, ref, text)
    return Reference(name, text, plain(ref.find("label")) or None, identifier("doi", _DOI), identifier("pmid", _PMID))


def _citation(citation: Any) -> str:
    """The words of one citation, with the author's punctuation, else in a plain style of our own."""
    own = [citation.text or "", *(child.tail or "" for child in citation)]
    if any(text.strip() for text in own):
        return plain(citation, {"object-id"})
    text, named = "", True
    for part in _parts(citation):
        before, after = _JOINTS.get(part.tag, _SENTENCE) if named or part.tag not in _NAMES else _SENTENCE
        words = plain(part) or ("et al." if part.tag == "etal" else "")
        if words and part.tag not in _UNSAID:
            before = " " if before == ". " and text.endswith((".", "?", "!")) else before
            text += f"{before if text else before.strip(' ,.:–')}{words}{after}"
            named = part.tag in _NAMES
    return text


def _parts(citation: Any) -> Iterator[Any]:
    for child in citation:
        yield from child if child.tag == "person-group" else (child,)


def _identifier(ref: Any, text: str, kind: str, pattern: re.Pattern[str]) -> str | None:
    """The DOI or PMID that the entry marks up, links to or writes out, in this order; else None."""
    marked = [plain(inner) for inner in ref.iter(*_UNSAID) if inner.get("pub-id-type") == kind]
    if kind == "pmid" and marked:
        return marked[0]
    linked = [plain(link) for link in ref.iter("ext-link", "uri")] + hrefs(ref)
    found = next(filter(None, map(pattern.search, [*marked, *linked, text])), None)
    if found is None:
        return None
    return found[found.re.groups] if found.re.groups else bare_doi(found[0])


def bare_doi(text: str) -> str:
    """A DOI without the surrounding sentence's punctuation.

    >>> bare_doi("10.1016/S0140-6736(05)67.).")
    '10.1016/S0140-6736(05)67'
    """
    bare = text.rstrip(_AFTER_DOI)
    while bare.endswith(")") and bare.count(")") > bare.count("("):
        bare = bare[:-1].rstrip(_AFTER_DOI)
    return bare
