"""The running text of JATS XML: inline markup to text, keeping superscripts, subscripts and reference marks.

Elements are lxml's, with namespaces removed from their names. Nothing recurses, so deep nesting is safe.
"""

import re
from collections.abc import Collection, Mapping
from html.entities import html5
from typing import Any

from lxml import etree

from qa.readers.jats.line import Bibliography, Line, Mark
from qa.readers.jats.math import MATH, Expand, Item, content, listed, scripted
from qa.readers.reference_marks import is_citation, is_number
from qa.text.lines import collapse
from qa.text.scripts import subscript, superscript

_HREF = "{http://www.w3.org/1999/xlink}href"
_NOTHING = re.compile("")
_SEPARATORS = re.compile(r"\s*[,;:.‐‑‒–—−-]?\s*")
_PUNCTUATION = re.compile(r"[\s,;:.]*")
_BARE_NUMBER = re.compile(r"\d{1,4}")
_LETTER = re.compile(r"[^\W\d_]")
_NOTES = frozenset({"fn", "table-fn", "other"})
_WORD_AHEAD = re.compile(r"[^\W\d_]{3}")
_AFTER_WORD = ".,;:!?)]”\"’'%"


def fill(line: Line, element: Any, apart: Collection[str] = ()) -> list[Any]:
    """Add the element's text to the line. Inner elements named in ``apart`` are left out and returned."""
    left: list[Any] = []
    expand = _INLINE.get(element.tag, content)
    items = (content if expand in (_spaced, _nothing) else expand)(element, line)[::-1]
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
            items += _INLINE.get(item.tag, content)(item, line)[::-1]
    return left


def plain(element: Any, apart: Collection[str] = ()) -> str:
    """The collapsed text of an element, empty for None. Elements named in ``apart`` are left out."""
    line = Line(Bibliography())
    if element is not None:
        fill(line, element, apart)
    return line.text


def hrefs(element: Any) -> list[str]:
    """The link addresses in the element and its descendants."""
    return [link for inner in element.iter("*") if (link := collapse(inner.get(_HREF, "")))]


def alternative(element: Any) -> list[Any]:
    """From several forms of the same thing, the one that reads best as text; empty if none has text."""
    forms = [child for child in element.iterchildren("*") if any(text.strip() for text in child.itertext())]
    names = ("math", "tex-math", "table")
    return sorted(forms, key=lambda form: names.index(form.tag) if form.tag in names else len(names))[:1]


def cites_by_raised_numbers(article: Any) -> bool:
    """Whether most of the article's links to references are raised; also true if it has no such links."""
    links = article.findall(".//xref[@ref-type='bibr']")
    return 2 * sum(map(_is_raised, links)) >= len(links)


def _is_raised(xref: Any) -> bool:
    return xref.find(".//sup") is not None or next(xref.iterancestors("sup"), None) is not None


# ---------------------------------------------------------------- what elements become


def _nothing(element: Any, line: Line) -> list[Item]:
    return []


def _spaced(element: Any, line: Line) -> list[Item]:
    return [" ", *content(element, line), " "]


def _entity(element: Any, line: Line) -> list[Item]:
    """A character named only in the DTD, read as HTML's name. Any other entity stays as written."""
    return [html5.get(f"{element.name};", element.text)]


def _alternatives(element: Any, line: Line) -> list[Item]:
    return list(alternative(element))


def _inline_formula(element: Any, line: Line) -> list[Item]:
    """A formula, followed by the space that the layout shows before the next word."""
    return [*content(element, line), *([" "] if _WORD_AHEAD.match(element.tail or "") else [])]


# ---------------------------------------------------------------- links, superscripts and subscripts


def _xref(element: Any, line: Line) -> list[Item]:
    if not _cites(element):
        return _footnote_mark(element, line) if element.get("ref-type") in _NOTES else content(element, line)
    if line.just_cited():
        line.add(" ")
    start: list[Mark] = []
    items = [
        lambda: start.append(line.mark()),
        *content(element, line),
        lambda: line.cite(start[0], element.get("rid", "")),
    ]
    within_mark = next(element.iterancestors("sup"), None) is not None
    return items if within_mark or not _needs_brackets(element, line) else _marked(items, line)


def _footnote_mark(xref: Any, line: Line) -> list[Item]:
    """A footnote link is raised, also if only a style sheet says so and it would otherwise run into a word."""
    text, items = _own_text(xref), content(xref, line)
    if _is_raised(xref) or not _runs_on(line.end()):
        return items
    if _BARE_NUMBER.fullmatch(text):
        return _marked(items, line)
    return scripted(items, line, superscript) if _LETTER.fullmatch(text) else items


def _cites(xref: Any) -> bool:
    return bool(xref.get("ref-type") == "bibr")


def _needs_brackets(xref: Any, line: Line) -> bool:
    """Whether a citation is raised, or is a number that would run into the word or number before it."""
    text = _own_text(xref)
    if text[:1] in ("[", "("):
        return False
    if xref.find(".//sup") is not None:
        return bool(text)
    return _BARE_NUMBER.fullmatch(text) is not None and (_runs_on(line.end()) or line.ends_in_mark(_SEPARATORS))


def _runs_on(before: str) -> bool:
    last = before[-1:]
    within_brackets = any(before.rfind(opens) > before.rfind(closes) for opens, closes in ("[]", "()"))
    return (last.isalnum() or (last != "" and last in _AFTER_WORD)) and not within_brackets


def _marked(items: list[Item], line: Line) -> list[Item]:
    return [line.open_mark, *items, line.close_mark]


def _superscript(element: Any, line: Line) -> list[Item]:
    """A raised citation becomes a reference mark; anything else raised becomes a superscript."""
    text, items = _own_text(element), content(element, line)
    if any(map(_cites, element.iterancestors("xref"))) or _PUNCTUATION.fullmatch(text):
        return items  # the link has already made the mark
    if _SEPARATORS.fullmatch(text) and line.ends_in_mark(_NOTHING):
        return items
    if _links(element) and (is_number(text) or any(map(_cites, element.iter("xref")))):
        return [" ", *items] if text[:1] in ("[", "(") else _marked(items, line)
    after = _text_after(element)
    if line.known.raised and is_citation(line.end(), text, after, len(line.known.references)):
        return _marked(items, line)
    label = not line.end() and _WORD_AHEAD.match(after)
    return [*scripted(items, line, superscript), *([" "] if label else [])]


def _subscript(element: Any, line: Line) -> list[Item]:
    items = content(element, line)
    return items if any(map(_cites, element.iter("xref"))) else scripted(items, line, subscript)


def _links(sup: Any) -> bool:
    return sup.find(".//xref") is not None or next(sup.iterancestors("xref"), None) is not None


def _own_text(element: Any) -> str:
    return collapse("".join(element.itertext()))


def _text_after(element: Any) -> str:
    """The first words directly after an element in its paragraph."""
    following = element.getnext()
    return element.tail or ("" if following is None else "".join(following.itertext()))


_INLINE: Mapping[Any, Expand] = {
    **MATH,
    etree.Entity: _entity,
    "xref": _xref,
    "sup": _superscript,
    "sub": _subscript,
    "alternatives": _alternatives,
    "inline-formula": _inline_formula,
    "name": listed(" "),
    **dict.fromkeys(
        "break mspace p title label list-item def-item term def td th tr attrib disp-formula".split(), _spaced
    ),
    **dict.fromkeys(
        "annotation annotation-xml object-id graphic inline-graphic alt-text long-desc index-term ref-list".split(),
        _nothing,
    ),
}
