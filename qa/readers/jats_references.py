"""The running text of JATS XML: inline markup to text, the citations within it, and the references they name.

Elements are lxml's, their names without namespaces. Nothing here recurses, so depth costs no stack.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from html.entities import html5
from itertools import islice
from typing import Any

from lxml import etree

from qa.records import Mention, Reference
from qa.text import collapse

Item = Any
"""What is still to be added to a line: a string, an element, or a function to call in passing."""

Mark = tuple[int, int]
"""A place in a line: how many parts and how many characters come before it."""

_NUMBER = re.compile(r"[\[(]?(\d{1,6})[\])]?")
_WIDEST_RANGE = 100  # a file must not multiply its own size
_DASH = re.compile(r"[\])]?\s*[-‐‑‒–—−]\s*[\[(]?")
_LATEX_BEGIN, _LATEX_END = r"\begin{document}", r"\end{document}"
_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>]{1,300}")
_AFTER_DOI = ".,;:]}'\""
_PMID = re.compile(r"(?:\bPMID:?\s*|\bpubmed(?:\.ncbi\.nlm\.nih\.gov)?/)(\d{1,9})\b", re.IGNORECASE)
_HREF = "{http://www.w3.org/1999/xlink}href"


# ---------------------------------------------------------------- a line of text with its citations


@dataclass(frozen=True, slots=True)
class Bibliography:
    """An article's references in their order, and where among them each id of the XML leads."""

    references: tuple[Reference, ...] = ()
    places: Mapping[str, int] = field(default_factory=dict)

    def cited(self, rids: str) -> list[int]:
        """The places that ids, separated by spaces, lead to; ids that lead nowhere are left out."""
        return [self.places[rid] for rid in rids.split() if rid in self.places]


class Line:
    """Text that collapses its white space as it grows, so that the places of citations hold in the result."""

    def __init__(self, known: Bibliography) -> None:
        self.mentions: list[Mention] = []
        self._known = known
        self._parts: list[str] = []
        self._length = 0
        self._space = False
        self._last: tuple[Mark, Mark, int] | None = None

    @property
    def text(self) -> str:
        """What was added, collapsed as by ``collapse``."""
        return "".join(self._parts)

    def add(self, text: str) -> None:
        """Append text; white space at its ends counts as one space with what is beside it."""
        inner = collapse(f"|{text}|")[1:-1]  # the bars keep the spaces at the ends
        words = inner.strip()
        if words:
            space = " " if self._parts and (self._space or inner[0] == " ") else ""
            self._parts.append(space + words)
            self._length += len(space) + len(words)
        self._space = inner.endswith(" ") if words else self._space or bool(inner)

    def mark(self) -> Mark:
        """The present end of the line."""
        return len(self._parts), self._length

    def cite(self, start: Mark, rids: str) -> None:
        """What was added since ``start`` cites the references that the ids lead to."""
        end, places = self.mark(), self._known.cited(rids)
        if len(self._parts) > start[0] and self._parts[start[0]].startswith(" "):
            start = start[0], start[1] + 1
        if places:
            self._cite_between(start, places[0])
            self._mention(start, end, places)
            self._last = start, end, places[-1]

    def _cite_between(self, start: Mark, place: int) -> None:
        """In "[3]–[7]", where the numbers agree with the list, the whole range cites what lies between.

        Call before the mention of the second of the two is added: ``start`` is where its marker starts.
        """
        if self._last is None:
            return
        first, end, previous = self._last
        numbers = [_NUMBER.fullmatch(self._since(*span).strip()) for span in ((first, end), (start, self.mark()))]
        if all(numbers) and _DASH.fullmatch(self._since(end, start).strip()):
            low, high = (int(number[1]) for number in numbers if number)
            if high - low == place - previous <= _WIDEST_RANGE:
                self._mention(first, self.mark(), range(previous + 1, place))

    def _since(self, start: Mark, end: Mark) -> str:
        return "".join(self._parts[start[0] : end[0]])

    def _mention(self, start: Mark, end: Mark, places: Sequence[int]) -> None:
        self.mentions += [Mention(start[1], end[1], self._known.references[place].id) for place in places]


# ---------------------------------------------------------------- inline markup


def fill(line: Line, element: Any, apart: Collection[str] = ()) -> list[Any]:
    """Add the element's text to the line; return what within it has one of the names ``apart``, left out."""
    left: list[Any] = []
    expand = _INLINE.get(element.tag, _content)
    items = (_content if expand in (_spaced, _nothing) else expand)(element, line)[::-1]
    while items:
        item = items.pop()
        if isinstance(item, str):
            line.add(item)
        elif callable(item):
            item()
        elif item.tag in apart:
            left.append(item)
            line.add(" ")
        else:
            items += _INLINE.get(item.tag, _content)(item, line)[::-1]
    return left


def plain(element: Any, apart: Collection[str] = ()) -> str:
    """The collapsed text of an element, empty for None; names ``apart`` are left out."""
    line = Line(Bibliography())
    if element is not None:
        fill(line, element, apart)
    return line.text


def hrefs(element: Any) -> list[str]:
    """The addresses that the element and those within it link to."""
    return [link for inner in element.iter("*") if (link := collapse(inner.get(_HREF, "")))]


def alternative(element: Any) -> list[Any]:
    """The one of several forms of the same thing that reads best as text; empty where none has text."""
    forms = [child for child in element.iterchildren("*") if any(text.strip() for text in child.itertext())]
    names = ("tex-math", "math", "table")
    return sorted(forms, key=lambda form: names.index(form.tag) if form.tag in names else len(names))[:1]


def _content(element: Any, line: Line) -> list[Item]:
    items: list[Item] = [element.text or ""]
    for child in element:
        items += (child, child.tail or "")
    return items


def _nothing(element: Any, line: Line) -> list[Item]:
    return []


def _spaced(element: Any, line: Line) -> list[Item]:
    return [" ", *_content(element, line), " "]


def _entity(element: Any, line: Line) -> list[Item]:
    """A character that only the DTD names; the names are HTML's. Any other entity stays as written."""
    return [html5.get(f"{element.name};", element.text)]


def _alternatives(element: Any, line: Line) -> list[Item]:
    return list(alternative(element))


def _parts_spaced(element: Any, line: Line) -> list[Item]:
    return [item for child in element for item in (" ", child)][1:]


def _xref(element: Any, line: Line) -> list[Item]:
    if element.get("ref-type") != "bibr":
        return _content(element, line)
    start: list[Mark] = []
    return [
        lambda: start.append(line.mark()),
        *_content(element, line),
        lambda: line.cite(start[0], element.get("rid", "")),
    ]


def _latex(element: Any, line: Line) -> list[Item]:
    source = "".join(element.itertext())
    body = source.partition(_LATEX_BEGIN)[2].rpartition(_LATEX_END)[0]
    return [(body or source).strip().strip("$")]


def _fraction(element: Any, line: Line) -> list[Item]:
    """Numerator and denominator with the stroke that only the layout shows: 1/2, (a+b)/c."""
    items: list[Item] = []
    for child in element:
        stroke = "/" if items else ""
        items += (f"{stroke}(", child, ")") if len(child) > 1 else (stroke, child)
    return items


def _root(element: Any, line: Line) -> list[Item]:
    return ["√(", *_content(element, line), ")"]


def _fenced(element: Any, line: Line) -> list[Item]:
    items: list[Item] = [element.get("open", "(")]
    for child in element:
        items += (element.get("separators", ",")[:1], child) if len(items) > 1 else (child,)
    return [*items, element.get("close", ")")]


Expand = Callable[[Any, Line], list[Item]]
_INLINE: Mapping[Any, Expand] = {
    etree.Entity: _entity,
    "xref": _xref,
    "alternatives": _alternatives,
    "tex-math": _latex,
    "mfrac": _fraction,
    "msqrt": _root,
    "mfenced": _fenced,
    "name": _parts_spaced,
    **dict.fromkeys(
        "break mspace p title label list-item def-item term def td th tr attrib disp-formula".split(), _spaced
    ),
    **dict.fromkeys(
        "annotation annotation-xml object-id graphic inline-graphic alt-text long-desc index-term ref-list".split(),
        _nothing,
    ),
}


# ---------------------------------------------------------------- the list of references

_CITATIONS = frozenset({"mixed-citation", "element-citation", "nlm-citation", "citation"})
_UNSAID = frozenset({"object-id", "pub-id"})

# How a part of a citation that is all markup joins what stands before it, and what closes it.
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
    """Every ``ref`` of the article, in order; one without an id is named ``ref-`` and its number from 1."""
    references: list[Reference] = []
    places: dict[str, int] = {}
    for place, ref in enumerate(article.iter("ref")):
        citations = list(_citations(ref))
        references.append(_reference(ref, citations, collapse(ref.get("id", "")) or f"ref-{place + 1}"))
        for known in (references[-1].id, *(citation.get("id", "") for citation in citations)):
            places.setdefault(known, place)
    places.pop("", None)
    return Bibliography(tuple(references), places)


def _citations(ref: Any) -> Iterator[Any]:
    """The citations of one entry, and of several forms of the same the first."""
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
    """The words of one citation, as punctuated by its author, or else in a plain style of our own."""
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
    """The DOI or PMID that the entry marks, links to or writes out, in this order; else None."""
    marked = [plain(inner) for inner in ref.iter(*_UNSAID) if inner.get("pub-id-type") == kind]
    if kind == "pmid" and marked:
        return marked[0]
    linked = [plain(link) for link in ref.iter("ext-link", "uri")] + hrefs(ref)
    found = next(filter(None, map(pattern.search, [*marked, *linked, text])), None)
    if found is None:
        return None
    return found[found.re.groups] if found.re.groups else bare_doi(found[0])


def bare_doi(text: str) -> str:
    """A DOI without the punctuation of the sentence around it.

    >>> bare_doi("10.1016/S0140-6736(05)67.).")
    '10.1016/S0140-6736(05)67'
    """
    bare = text.rstrip(_AFTER_DOI)
    while bare.endswith(")") and bare.count(")") > bare.count("("):
        bare = bare[:-1].rstrip(_AFTER_DOI)
    return bare
