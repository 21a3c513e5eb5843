"""JATS XML, the format of PLOS, PubMed Central and most journal publishers.

The table ``_HANDLERS`` says what each element becomes. An unnamed element is a paragraph if it directly holds words,
else a container. So unknown names lose no words. Other texts in the same file (``sub-article``, ``response``:
reviewers' letters) are left out.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from lxml import etree

from qa.readers.blocks import Block, NotReadable, Reading
from qa.readers.jats.front import fields_of, front_matter
from qa.readers.jats.line import Bibliography, Line
from qa.readers.jats.references import bibliography
from qa.readers.jats.text import alternative, fill, plain
from qa.readers.tables.markup import rows_of
from qa.readers.tables.sentences import table_blocks
from qa.records import Mention, Role
from qa.text.lines import collapse

Pending = list[tuple[Any, int]]
"""Elements still to be read, each with its heading level; at level 0 no heading is allowed."""

Handler = Callable[[Any, int, Bibliography], tuple[list[Block], Pending]]
"""(element, level, references) to (its own blocks, elements to read after them)."""

_NOTES = ("fn", "p", "attrib")


def read(data: bytes) -> Reading:
    """Read a JATS XML file. Raises NotReadable if it is not well-formed XML or not an article."""
    article = _parsed(data)
    references = bibliography(article)
    fields = fields_of(article)
    blocks = [*front_matter(article, fields), *_blocks(article, references)]
    return Reading(blocks, fields, references.references)


def _parsed(data: bytes) -> Any:
    """The root of the article, without sub-articles and with namespaces removed from element names."""
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


# ---------------------------------------------------------------- abstract, body and back


def _blocks(article: Any, references: Bibliography) -> Iterator[Block]:
    """The blocks of abstracts, body, back matter and floats, in this order."""
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
    """The children with other names. Stray words between them come as paragraphs."""
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
    """A body without a heading gets one, so that it is not read as part of the abstract."""
    bare = len(element) and element[0].tag != "sec" and plain(element)
    return [Block("Text", level=level)] if bare else [], _all(_within(element), level)


def _titled(element: Any, level: int, references: Bibliography) -> tuple[list[Block], Pending]:
    """A heading, then its content one level below. At level 1 a part without a title gets one."""
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
    """One block of running text; displayed elements inside it follow."""
    line = Line(references)
    left = fill(line, element, _APART)
    return [_block(line)], _all(left, 0)


def _block(line: Line, role: Role = "body", part: str = "") -> Block:
    return Block(line.text, role=role, part=part, mentions=tuple(line.mentions))


def _captioned(element: Any, level: int, references: Bibliography) -> tuple[list[Block], Pending]:
    """Label and caption as one block, then the rest. No headings inside: they would claim the text after them."""
    caption, left = _caption(element, references)
    return [caption], _all([*left, *_within(element, "label", "caption")], 0)


def _caption(element: Any, references: Bibliography) -> tuple[Block, list[Any]]:
    """Label and caption as one block, and the displayed elements inside them."""
    line, left = Line(references), list[Any]()
    for child in element.iterchildren("label", "caption"):
        if line.text and not line.text.endswith((".", ":", "?", "!")) and plain(child):
            line.add(".")
        line.add(" ")
        left += fill(line, child, _APART)
    return _block(line, "caption", _part(element)), left


def _part(element: Any) -> str:
    """The name of a figure, table or box: "Table 2"."""
    return plain(element.find("label")).rstrip(" .:") or _UNLABELLED.get(element.tag, "Figure")


def _table_wrap(element: Any, level: int, references: Bibliography) -> tuple[list[Block], Pending]:
    """Label and caption, the cells with their heads, the notes below, then anything else."""
    caption, left = _caption(element, references)
    name, blocks = caption.part, [caption]
    for child in _within(element, "label", "caption"):
        shown = (child.findall("table") or alternative(child)) if child.tag == "alternatives" else [child]
        for one in shown:
            if one.tag == "table":
                blocks += _cells(one, name, references)
            elif one.tag == "table-wrap-foot":
                blocks += _notes(one, name, references)
            else:
                left.append(one)
    return blocks, _all(left, 0)


def _table(element: Any, level: int, references: Bibliography) -> tuple[list[Block], Pending]:
    return _cells(element, _UNLABELLED["table"], references), []


def _cells(table: Any, name: str, references: Bibliography) -> list[Block]:
    def cell_of(element: Any) -> tuple[str, tuple[Mention, ...]]:
        line = Line(references)
        fill(line, element)
        return line.text, tuple(line.mentions)

    return table_blocks(*rows_of(table, cell_of), name)


def _notes(foot: Any, name: str, references: Bibliography) -> list[Block]:
    """The notes below a table, one block each."""
    lines = []
    for note in foot.iter(*_NOTES):
        around = next(note.iterancestors(*_NOTES, "table-wrap-foot"), foot)
        if around.tag == "table-wrap-foot":
            lines.append(Line(references))
            fill(lines[-1], note)
    return [_block(line, "note", name) for line in lines]


def _note(element: Any, level: int, references: Bibliography) -> tuple[list[Block], Pending]:
    """A footnote as one block; displayed elements inside it follow."""
    line = Line(references)
    left = fill(line, element, _APART)
    return [_block(line, "note", "Note")], _all(left, 0)


def _definition(element: Any, level: int, references: Bibliography) -> tuple[list[Block], Pending]:
    """A glossary entry as one block: the term and its meaning."""
    line = Line(references)
    for place, part in enumerate(element):
        line.add(": " if place else "")
        fill(line, part)
    return [_block(line)] if plain(element) else [], []


def _formula(element: Any, level: int, references: Bibliography) -> tuple[list[Block], Pending]:
    """A formula with its number. If the formula is a picture, the number alone says nothing."""
    line = Line(references)
    fill(line, element)
    return [_block(line)] if plain(element, {"label"}) else [], []


def _alternatives(element: Any, level: int, references: Bibliography) -> tuple[list[Block], Pending]:
    return [], _all(alternative(element), level)


def _other(element: Any, level: int, references: Bibliography) -> tuple[list[Block], Pending]:
    """An unknown element is a container, unless it directly holds words or inline markup."""
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

_UNLABELLED = {
    "table": "Table",
    "table-wrap": "Table",
    "boxed-text": "Box",
    "supplementary-material": "Supplementary material",
    "media": "Media",
}

_HANDLERS: Mapping[Any, Handler] = {
    **dict.fromkeys(_DEFAULT_TITLES, _titled),
    **dict.fromkeys("p title list-item preformat code attrib verse-line tex-math math".split(), _paragraph),
    **dict.fromkeys("fig fig-group supplementary-material boxed-text media".split(), _captioned),
    **dict.fromkeys("ref-list object-id graphic permissions alt-text long-desc sec-meta".split(), _skipped),
    **dict.fromkeys("list def-list disp-quote disp-formula-group".split(), _container),
    "body": _body,
    "back": _container,
    "table-wrap": _table_wrap,
    "table": _table,
    "fn": _note,
    "def-item": _definition,
    "disp-formula": _formula,
    "alternatives": _alternatives,
}
"""The handler of each element in abstract, body and back; ``_other`` handles the rest."""

_APART = frozenset(
    "fig fig-group table-wrap table-wrap-group table supplementary-material boxed-text media list def-list fn fn-group "
    "disp-quote disp-formula disp-formula-group preformat verse-group speech statement chem-struct-wrap sec".split()
)
"""Elements that are taken out of the running text and follow it as blocks of their own."""

_INLINE_NAMES = frozenset(
    "italic bold sub sup sc underline overline strike monospace roman sans-serif xref ext-link uri email named-content "
    "styled-content inline-formula inline-graphic abbrev break".split()
) | {etree.Entity}
