"""HTML: the main content by trafilatura, and the metadata in the page's head.

trafilatura removes navigation, banners and footers. Boilerplate that it lets through is marked by ``frontmatter``.
Links and images are not followed.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from lxml import etree
from lxml import html as lxml_html
from trafilatura import extract

from qa.readers.blocks import Block, NotReadable, Reading
from qa.readers.captions import as_caption
from qa.readers.encoding import declared_encoding, decoded
from qa.readers.frontmatter import annotate, creative_commons, split_keywords
from qa.readers.html.scripts import fit_for_xml, write_out_scripts
from qa.readers.html.tables import Tables
from qa.text.lines import collapse

# The first of these names that the page has gives the field.
_META: Mapping[str, tuple[str, ...]] = {
    "title": ("citation_title", "dc.title", "og:title"),
    "authors": ("citation_author", "dc.creator", "author"),
    "journal": ("citation_journal_title", "prism.publicationname"),
    "year": ("citation_publication_date", "citation_date", "citation_online_date", "dc.date", "article:published_time"),
    "doi": ("citation_doi", "dc.identifier", "prism.doi"),
    "pmid": ("citation_pmid",),
    "url": ("citation_abstract_html_url", "og:url"),
    "keywords": ("citation_keywords", "keywords"),
    "licence": ("dc.rights", "citation_license"),
}
_LISTS = frozenset({"authors", "keywords"})
_ARTICLE_TYPES = frozenset({"ScholarlyArticle", "MedicalScholarlyArticle", "Article", "NewsArticle", "Report"})

_EXTRACTED = ("head", "p", "item", "row", "quote", "code")
_PLAIN = ("p", "li", "h1", "h2", "h3", "h4", "h5", "h6")

_SLIGHT = 300
"""Below this many characters of main content, an extractor loses the structure of the page."""

_XML_NAME = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_DOI = re.compile(r"\b10\.\d{4,9}/\S+")
_CC_ZERO = re.compile(r"creativecommons\.org/publicdomain/zero", re.IGNORECASE)


def read(data: bytes) -> Reading:
    """Read an HTML page. NotReadable if it holds no text."""
    found = decoded(data, declared_encoding(data))
    page = _parsed(found.text)
    fields = {**_head_fields(page), **found.fields}
    write_out_scripts(page)
    tables = Tables(page)
    for caption in list(page.iter("figcaption")):
        _move_out_of_figure(caption)
    main = extract(
        lxml_html.tostring(page, encoding="unicode"),
        output_format="xml",
        include_comments=False,
        include_tables=True,
        favor_recall=True,
        with_metadata=False,
    )
    blocks = list(_blocks(etree.fromstring(main))) if main else []
    if sum(len(block.text) for block in blocks) < _SLIGHT:
        blocks = list(_plain_blocks(page))
    judged, known = annotate(_with_tables(blocks, tables))
    return Reading(judged, {**known, **fields})


def _move_out_of_figure(caption: Any) -> None:
    """Keep the caption: trafilatura drops figures with their captions."""
    figure = next((above for above in caption.iterancestors("figure") if above.getparent() is not None), None)
    caption.tag = "p"
    if figure is not None:
        caption.drop_tree()  # leaves its tail to the figure
        caption.tail = None
        figure.addnext(caption)


def _parsed(text: str) -> Any:
    text = fit_for_xml(text)
    parser = lxml_html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        page = lxml_html.document_fromstring(text.encode(), parser=parser)
    except (etree.ParserError, ValueError) as error:
        raise NotReadable("malformed", f"cannot be read as HTML ({error}); save the page again.") from error
    for unseen in list(page.iter("script", "style", "noscript", "template")):
        if unseen.get("type") != "application/ld+json":
            unseen.drop_tree()
    for element in list(page.iter("*")):
        _name_as_xml(element)
    return page


def _name_as_xml(element: Any) -> None:
    """Drop tags and attributes whose names XML forbids. HTML allows nearly any name, but trafilatura writes XML."""
    named = {name: value for name, value in element.items() if _XML_NAME.fullmatch(name)}
    if len(named) < len(element.attrib):
        element.attrib.clear()  # lxml cannot delete an attribute whose name it cannot read
        element.attrib.update(named)
    if not _XML_NAME.fullmatch(element.tag):
        element.drop_tag()


def _blocks(document: Any) -> Iterator[Block]:
    """The blocks of trafilatura's XML, in order."""
    for element in document.iter(*_EXTRACTED):
        around = {above.tag for above in element.iterancestors(*_EXTRACTED)}
        if around and {element.tag, *around} != {"item"}:
            continue  # its words belong to the element around it
        if element.tag == "head":
            yield Block(_words(element), level=int((element.get("rend") or "h2")[1:]))
        elif element.tag == "row":
            yield Block(" | ".join(filter(None, map(_words, element.iterchildren("cell")))))
        elif element.tag == "item":
            yield Block(collapse(" ".join(_own_words(element, ("item",)))))
        else:
            yield Block(_words(element))


def _plain_blocks(page: Any) -> Iterator[Block]:
    """All paragraphs of a page too short for an extractor; if it has none, all its lines."""
    for around in list(page.iter("nav", "header", "footer", "aside")):
        around.drop_tree()
    if page.find(".//p") is None:
        yield from map(Block, map(collapse, page.text_content().split("\n")))
        return
    for element in page.iter(*_PLAIN):
        level = int(element.tag[1]) if element.tag[0] == "h" else 0
        yield Block(collapse("".join(_own_words(element, _PLAIN))), level=level)


def _with_tables(blocks: Sequence[Block], tables: Tables) -> list[Block]:
    """The blocks, with tables in their places and captions marked as captions."""
    shown: list[Block] = []
    for block in blocks:
        table = tables.blocks_of(block.text, shown)
        shown += [as_caption(block)] if table is None else table
    return shown


def _own_words(element: Any, apart: Collection[str]) -> Iterator[str]:
    """The words of an element, without those of inner elements that are blocks of their own."""
    yield element.text or ""
    for child in element:
        yield from (" ",) if child.tag in apart else _own_words(child, apart)
        yield child.tail or ""


def _words(element: Any) -> str:
    return collapse("".join(element.itertext()))


def _head_fields(page: Any) -> dict[str, Any]:
    said: dict[str, list[str]] = {}
    for meta in page.iter("meta"):
        name = (meta.get("name") or meta.get("property") or "").lower()
        said.setdefault(name, []).append(collapse(meta.get("content") or ""))
    fields: dict[str, Any] = _linked_data_fields(page)
    for field, names in _META.items():
        values = next((said[name] for name in names if any(said.get(name, ()))), None)
        if values:
            fields[field] = tuple(filter(None, values)) if field in _LISTS else values[0]
    return _tidy(fields)


def _linked_data_fields(page: Any) -> dict[str, Any]:
    """The fields in a JSON-LD description of an article; empty if there is no readable one."""
    for script in page.xpath('//script[@type="application/ld+json"]'):
        try:
            described = json.loads(script.text or "")
        except (ValueError, RecursionError):
            continue
        for item in _items(described):
            if item.get("@type") in _ARTICLE_TYPES:
                return {name: value for name, value in _article_fields(item).items() if value}
    return {}


def _items(described: Any) -> Iterator[dict[str, Any]]:
    """The items in a description: itself, or those of a list or graph."""
    if isinstance(described, list):
        for part in described:
            yield from _items(part)
    elif isinstance(described, dict):
        yield described
        yield from _items(described.get("@graph"))


def _article_fields(item: Mapping[str, Any]) -> dict[str, Any]:
    authors = item.get("author") or []
    names = [_name(author) for author in (authors if isinstance(authors, list) else [authors])]
    keywords = item.get("keywords") or []
    return {
        "title": _name(item.get("headline") or item.get("name")),
        "authors": tuple(filter(None, names)),
        "journal": _name(item.get("isPartOf")),
        "year": str(item.get("datePublished") or ""),
        "licence": _name(item.get("license")),
        "keywords": tuple(filter(None, map(_name, keywords if isinstance(keywords, list) else [keywords]))),
    }


def _name(thing: Any) -> str:
    name = thing.get("name") or thing.get("url") if isinstance(thing, dict) else thing
    return collapse(name) if isinstance(name, str) else ""


def _tidy(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields converted to the Document's types; values that do not fit are dropped."""
    tidy = {name: value for name, value in fields.items() if value and name not in ("year", "doi")}
    if year := _YEAR.search(fields.get("year", "")):
        tidy["year"] = int(year.group())
    if doi := _DOI.search(fields.get("doi", "")):
        tidy["doi"] = doi.group()
    licence = fields.get("licence", "")
    if named := "CC0" if _CC_ZERO.search(licence) else creative_commons(licence):
        tidy["licence"] = named
    if len(fields.get("keywords", ())) == 1:
        tidy["keywords"] = split_keywords(fields["keywords"][0])
    return tidy
