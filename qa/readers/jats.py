"""JATS XML, as PLOS, PubMed Central and most publishers of journals give their articles.

The table ``_HANDLERS`` is the whole plan: what each element becomes. An element that it does not name is a
paragraph where it holds words of its own, else a container, so no words are lost with an unknown name.
What another text wraps in the same file (``sub-article``, ``response``: letters of reviewers) is left out.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from lxml import etree

from qa.readers.blocks import Block, NotReadable, Reading
from qa.readers.frontmatter import creative_commons
from qa.readers.jats_references import Bibliography, Line, alternative, bibliography, fill, hrefs, plain
from qa.text import collapse

Pending = list[tuple[Any, int]]
"""Elements still to be read, each with the level of a heading there; level 0 is where none may stand."""

Handler = Callable[[Any, int, Bibliography], tuple[list[Block], Pending]]
"""An element, its level and the references to its own blocks and what is to be read after them."""

Fields = dict[str, Any]

_MONTHS = "January February March April May June July August September October November December".split()
_CC_NAME = re.compile(
    r"Creative Commons Attribution(?P<NC>[\s-]+Non-?Commercial)?(?P<ND>[\s-]+No-?Deriv\w*)?"
    r"(?P<SA>[\s-]+Share-?Alike)?(?:[^.;]{0,40}?\b(?P<version>\d\.\d)\b)?",
    re.IGNORECASE,
)
_CC_ZERO = re.compile(
    r"publicdomain/zero|\bCC0\b|Creative Commons Public Domain|public domain dedication", re.IGNORECASE
)
_LICENCE_LENGTH = 200

_SURNAME_LAST = ("given-names", "surname", "suffix")
_FOOTNOTES = frozenset({"xref", "fn"})


def read(data: bytes) -> Reading:
    """The reading of a JATS XML file. Raises NotReadable where it is no well-formed XML or no article."""
    article = _parsed(data)
    references = bibliography(article)
    fields = _fields(article)
    blocks = [*_front(article, fields), *_blocks(article, references)]
    return Reading(blocks, fields, references.references)


def _parsed(data: bytes) -> Any:
    """The root of the article, without sub-articles, its elements' names without namespaces."""
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        reason = collapse(error.msg or "no XML")
        raise NotReadable("malformed", f"is not well-formed XML ({reason}); repair it or get it anew.") from error
    for element in root.iter("*"):
        element.tag = etree.QName(element).localname
    if root.tag != "article":
        raise NotReadable("malformed", f"is XML, but its root is <{root.tag}>; give a JATS <article>.")
    for wrapped in root.xpath("sub-article | response"):
        root.remove(wrapped)
    return root


# ---------------------------------------------------------------- what the article says of itself


def _fields(article: Any) -> Fields:
    """The Document's descriptive fields that the XML gives, and no others."""
    licence = article.find("front/article-meta//license")
    fields = {
        "title": plain(article.find("front/article-meta/title-group/article-title"), _FOOTNOTES),
        "authors": tuple(filter(None, map(_author, article.iterfind("front/article-meta/contrib-group/contrib")))),
        "journal": _first(article, _JOURNAL),
        "year": _year(article.findall("front/article-meta/pub-date")),
        "doi": _first(article, ("front/article-meta/article-id[@pub-id-type='doi']",)),
        "pmid": _first(article, ("front/article-meta/article-id[@pub-id-type='pmid']",)),
        "pmcid": re.sub(r"^(?=\d)", "PMC", _first(article, _PMCID)),
        "url": next((link for uri in article.iterfind("front/article-meta/self-uri") for link in _web(uri)), None),
        "licence": _licence(licence) if licence is not None else None,
        "keywords": tuple(filter(None, map(plain, article.xpath(_KEYWORDS)))),
        "kind": _kind(article),
    }
    return {name: value for name, value in fields.items() if value}


_JOURNAL = (
    "front/journal-meta//journal-title",
    "front/journal-meta//abbrev-journal-title",
    "front/journal-meta/journal-id[@journal-id-type='nlm-ta']",
)
_PMCID = tuple(f"front/article-meta/article-id[@pub-id-type='{kind}']" for kind in ("pmcid", "pmc"))
_KEYWORDS = "front/article-meta/kwd-group[not(contains(@kwd-group-type, 'abbrev'))]//*[self::kwd or self::compound-kwd]"


def _first(article: Any, paths: Sequence[str]) -> str:
    """The text at the first of the paths that has any, else an empty string."""
    return next(filter(None, (plain(article.find(path)) for path in paths)), "")


def _author(contrib: Any) -> str:
    """An author's name, given names first, or that of a group of authors; empty for other contributors."""
    if contrib.get("contrib-type") != "author":
        return ""
    for name in contrib.iter("name", "string-name", "collab"):
        parts = [plain(name.find(part)) for part in _SURNAME_LAST]
        return " ".join(filter(None, parts)) or plain(name, {*_FOOTNOTES, "contrib-group", "aff", "address"})
    return ""


def _year(dates: Sequence[Any]) -> int | None:
    """The year of publication: of the earliest electronic date, else of the issue, of print, of any date."""
    ranked = [
        (_date_rank(date), int(year[0]))
        for date in dates
        if (year := re.search(r"\d{4}", plain(date.find("year")) or date.get("iso-8601-date", "")))
    ]
    return min(ranked)[1] if ranked else None


def _date_rank(date: Any) -> int:
    kinds = (date.get("pub-type"), date.get("publication-format"), date.get("date-type"))
    orders = (("epub", "epub-ppub", "electronic"), ("collection",), ("ppub", "print", "pub"))
    return next((rank for rank, order in enumerate(orders) if any(kind in order for kind in kinds)), len(orders))


def _licence(licence: Any) -> str:
    """The short name of a Creative Commons licence, else the first words of the licence."""
    text = plain(licence)
    by_address = creative_commons(" ".join([*hrefs(licence), text]))
    if by_address:
        return by_address
    name = _CC_NAME.search(text)
    if name:
        terms = "-".join(["BY", *(term for term in ("NC", "ND", "SA") if name[term])])
        return f"CC {terms} {name['version'] or ''}".strip()
    return "CC0" if _CC_ZERO.search(" ".join([*hrefs(licence), text])) else text[:_LICENCE_LENGTH].strip()


def _web(uri: Any) -> list[str]:
    return [link for link in hrefs(uri) if link.startswith("http") and uri.get("content-type") != "pdf"]


def _kind(article: Any) -> str | None:
    if any(plain(paragraph) for paragraph in article.iterfind("body//p")):
        return "full text"
    return "abstract" if article.find("front/article-meta/abstract") is not None else None


# ---------------------------------------------------------------- front matter


def _front(article: Any, fields: Fields) -> list[Block]:
    """Title, authors, journal, dates, licence, keywords, funding and notes: a block each, if there."""
    meta = article.find("front/article-meta")
    if meta is None:
        return []
    lines = [
        fields.get("title", ""),
        plain(meta.find("title-group/subtitle"), _FOOTNOTES),
        _labelled("Authors", ", ".join(fields.get("authors", ()))),
        _labelled("Journal", ", ".join(filter(None, [fields.get("journal", ""), *_issue(meta)]))),
        "; ".join(_dates(meta)),
        *map(
            plain, meta.xpath("permissions/copyright-statement | permissions/license | copyright-statement | license")
        ),
        _labelled("Keywords", ", ".join(fields.get("keywords", ()))),
        *(_labelled("Funding", plain(said)) for said in meta.iterfind("funding-group/funding-statement")),
        *(
            _labelled(plain(said.find("meta-name")), plain(said.find("meta-value")))
            for said in meta.iter("custom-meta")
        ),
        *map(plain, meta.iterfind("author-notes/fn")),
    ]
    return [Block(line, role="front") for line in lines if line]


def _labelled(label: str, text: str) -> str:
    return f"{label}: {text}" if text else ""


def _issue(meta: Any) -> list[str]:
    """Volume, issue and pages, as far as they are given."""
    pages = "–".join(filter(None, (plain(meta.find(name)) for name in ("fpage", "lpage"))))
    volume, issue = (_worded(name, plain(meta.find(name))) for name in ("volume", "issue"))
    return [volume, issue, _worded("pages", pages), plain(meta.find("elocation-id"))]


def _worded(word: str, text: str) -> str:
    return f"{word} {text}" if text else ""


def _dates(meta: Any) -> Iterator[str]:
    """The date of publication that the year is taken from, then those of the history."""
    published = sorted(meta.iterfind("pub-date"), key=_date_rank)[:1]
    for date in (*published, *meta.iterfind("history/date")):
        kind = "published" if date.tag == "pub-date" else date.get("date-type", "date")
        said = plain(date.find("string-date")) or " ".join(filter(None, _day(date))) or date.get("iso-8601-date", "")
        if collapse(said):
            yield collapse(_labelled(kind.replace("-", " ").capitalize(), said))


def _day(date: Any) -> Iterator[str]:
    for name in ("day", "season", "month", "year"):
        said = plain(date.find(name))
        yield _MONTHS[int(said) - 1] if name == "month" and said.isdecimal() and 0 < int(said) < 13 else said


# ---------------------------------------------------------------- abstract, body and back


def _blocks(article: Any, references: Bibliography) -> Iterator[Block]:
    """The blocks of the abstracts, the body, the back matter and what floats, in this order."""
    parts = "front/article-meta/abstract | front/article-meta/trans-abstract | body | back | floats-group"
    pending: Pending = [(part, 1) for part in article.xpath(parts)][::-1]
    while pending:
        element, level = pending.pop()
        blocks, within = _HANDLERS.get(element.tag, _other)(element, level, references)
        yield from (block for block in blocks if block.text)
        pending += within[::-1]


def _all(elements: Iterable[Any], level: int) -> Pending:
    return [(element, level) for element in elements]


def _within(element: Any, *names: str) -> Iterator[Any]:
    """The children of other names; words between them, where none belong, come as paragraphs."""
    for text, child in zip([element.text, *(child.tail for child in element)], [*element, None], strict=True):
        if text and text.strip():
            yield _stray(text)
        if child is not None and child.tag not in names:
            yield child


def _stray(text: str) -> Any:
    paragraph = etree.Element("p")
    paragraph.text = text
    return paragraph


def _skipped(element: Any, level: int, references: Bibliography) -> tuple[list[Block], Pending]:
    return [], []


def _container(element: Any, level: int, references: Bibliography) -> tuple[list[Block], Pending]:
    return [], _all(_within(element), level)


def _body(element: Any, level: int, references: Bibliography) -> tuple[list[Block], Pending]:
    """A body without a heading of its own gets one, so that it is not taken for part of the abstract."""
    bare = len(element) and element[0].tag != "sec" and plain(element)
    return [Block("Text", level=level)] if bare else [], _all(_within(element), level)


def _titled(element: Any, level: int, references: Bibliography) -> tuple[list[Block], Pending]:
    """A heading, and one level below it what it stands over. On level 1 a part without a title gets one."""
    line, left = Line(references), list[Any]()
    for child in element.iterchildren("label", "title"):
        line.add(" ")
        left += fill(line, child, _APART)
    untitled = _DEFAULT_TITLES[element.tag] if level == 1 and plain(element) else ""
    title = line.text or untitled
    below = level + 1 if level and title else level
    heading = Block(title, level=level, mentions=tuple(line.mentions))
    return [heading], _all([*left, *_within(element, "label", "title")], below)


def _paragraph(element: Any, level: int, references: Bibliography) -> tuple[list[Block], Pending]:
    """One block of the running text; what is displayed within it follows."""
    line = Line(references)
    left = fill(line, element, _APART)
    return [_block(line)], _all(left, 0)


def _block(line: Line) -> Block:
    return Block(line.text, mentions=tuple(line.mentions))


def _captioned(element: Any, level: int, references: Bibliography) -> tuple[list[Block], Pending]:
    """Label and caption as one block, then the rest; headings within it would claim what comes after it."""
    line, left = Line(references), list[Any]()
    for child in element.iterchildren("label", "caption"):
        if line.text and not line.text.endswith((".", ":", "?", "!")) and plain(child):
            line.add(".")
        line.add(" ")
        left += fill(line, child, _APART)
    return [_block(line)], _all([*left, *_within(element, "label", "caption")], 0)


def _joined(separator: str) -> Handler:
    """A row of a table or an entry of a glossary: the parts in one block with the separator between them."""

    def handler(element: Any, level: int, references: Bibliography) -> tuple[list[Block], Pending]:
        line = Line(references)
        for place, part in enumerate(element):
            line.add(separator if place else "")
            fill(line, part)
        return [_block(line)] if plain(element) else [], []

    return handler


def _formula(element: Any, level: int, references: Bibliography) -> tuple[list[Block], Pending]:
    """A formula with its number; the number alone, where the formula is a picture, says nothing."""
    line = Line(references)
    fill(line, element)
    return [_block(line)] if plain(element, {"label"}) else [], []


def _alternatives(element: Any, level: int, references: Bibliography) -> tuple[list[Block], Pending]:
    return [], _all(alternative(element), level)


def _other(element: Any, level: int, references: Bibliography) -> tuple[list[Block], Pending]:
    """An unknown element: a container, unless words or inline markup stand directly in it."""
    own = [element.text or "", *(child.tail or "" for child in element)]
    inline = any(child.tag in _INLINE_NAMES for child in element) or not len(element)
    how = _paragraph if inline or any(text.strip() for text in own) else _container
    return how(element, level, references)


_DEFAULT_TITLES: Mapping[str, str] = {
    "abstract": "Abstract",
    "trans-abstract": "Abstract",
    "sec": "Text",
    "ack": "Acknowledgments",
    "app": "Appendix",
    "fn-group": "Notes",
    "notes": "Notes",
    "glossary": "Glossary",
    "bio": "Biography",
    "floats-group": "Figures and tables",
}

_HANDLERS: Mapping[Any, Handler] = {
    **dict.fromkeys(_DEFAULT_TITLES, _titled),
    **dict.fromkeys("p title list-item fn preformat code attrib verse-line tex-math math".split(), _paragraph),
    **dict.fromkeys("fig fig-group table-wrap supplementary-material boxed-text media".split(), _captioned),
    **dict.fromkeys("ref-list object-id graphic permissions alt-text long-desc sec-meta".split(), _skipped),
    **dict.fromkeys("list def-list disp-quote table table-wrap-foot disp-formula-group".split(), _container),
    "body": _body,
    "back": _container,
    "tr": _joined(" | "),
    "def-item": _joined(": "),
    "disp-formula": _formula,
    "alternatives": _alternatives,
}
"""What to make of each element of abstract, body and back; ``_other`` of those not named."""

_APART = frozenset(
    "fig fig-group table-wrap table-wrap-group table supplementary-material boxed-text media list def-list fn fn-group "
    "disp-quote disp-formula disp-formula-group preformat verse-group speech statement chem-struct-wrap sec".split()
)
"""What leaves the running text that it stands in, and follows it as blocks of its own."""

_INLINE_NAMES = frozenset(
    "italic bold sub sup sc underline overline strike monospace roman sans-serif xref ext-link uri email named-content "
    "styled-content inline-formula inline-graphic abbrev break".split()
) | {etree.Entity}
