"""The XML twin of an article's PDF, folded so that a reader's output can be compared with it.

Texts are compared by their runs of letters and of digits, in lower case without accents, ligatures and signs.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from lxml import etree

from qa.text.scripts import subscript, superscript

_TOKEN = re.compile(r"\d+|[^\W\d_]+")
_MARKS = re.compile(r"\[[\d\s,;–—-]+\]|\([\d\s,;–—-]+\)|\^\{[^{}]*\}")
_FLOATS = frozenset({"fig", "fig-group", "table-wrap", "table-wrap-group", "supplementary-material", "media"})
_FORMULAS = frozenset({"disp-formula", "disp-formula-group", "inline-formula", "math", "tex-math", "inline-graphic"})
_BLOCKS = frozenset({"p", "title", "label", "td", "th", "tr", "sec", "list-item", "ref", "caption", "fn", "aff"})
_SCRIPT = re.compile(r"[\^_]\{([^{}]*)\}")
_ELL = re.compile(r"(?<=[μµ]g/)m1\b")
"""One publisher's XML has a one in "μg/ml" throughout."""
_COMMAND = re.compile(r"\\hack\{[^}]*\}")
"""A command of LaTeX that one publisher left in its XML."""
FORMULA = "\ue000"
"""Stands for a formula; formulas are not compared."""


def tokens(text: str) -> list[str]:
    """A text's folded runs of letters and of digits. Scripts belong to the word before them."""
    plain = _ELL.sub("ml", _SCRIPT.sub(r"\1", text).replace("º", "°"))
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", plain).casefold())
    return _TOKEN.findall("".join(letter for letter in folded if not unicodedata.combining(letter)))


def unmarked(text: str) -> str:
    """The text without numbers in brackets, which are reference marks."""
    return _MARKS.sub(" ", text)


def joined(words: list[str]) -> str:
    """Tokens as a string in which runs of tokens can be searched."""
    return f" {' '.join(words)} "


@dataclass(frozen=True)
class Script:
    """A superscript or subscript of the twin: the text before it in its paragraph, and its own text."""

    before: str
    text: str
    raised: bool
    is_mark: bool


class Twin:
    """An article's XML: its abstract and body, the parts around them, and its metadata."""

    def __init__(self, path: Path) -> None:
        root = etree.parse(path, etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True))
        self.article: Any = root.getroot()
        for element in self.article.iter("*"):
            element.tag = etree.QName(element).localname
        for other in self.article.xpath("sub-article | response"):
            self.article.remove(other)

    @cached_property
    def paragraphs(self) -> list[str]:
        """The paragraphs and headings of the abstracts and the body, without floats and formulas."""
        return [text for part in self._main for text in _paragraphs(part, _FLOATS) if text.strip()]

    @property
    def _main(self) -> list[Any]:
        return [*self.article.xpath("front//abstract"), *self.article.xpath("body")]

    @cached_property
    def words(self) -> list[str]:
        """The letter tokens of the body's paragraphs, without reference marks; "" for a formula."""
        return [
            word
            for text in self.paragraphs
            for number, part in enumerate(unmarked(text).split(FORMULA))
            for word in ([""] if number else []) + [word for word in tokens(part) if word.isalpha()]
        ]

    @cached_property
    def variants(self) -> list[str]:
        """The body, one paragraph a line, with reference marks and without."""
        bare = [text for part in self._main for text in _paragraphs(part, _FLOATS, without_marks=True) if text.strip()]
        return ["\n".join(joined(tokens(text)) for text in texts) for texts in (self.paragraphs, bare)]

    def of(self, path: str) -> str:
        """All text at the places of an XPath, folded."""
        return "\n".join(
            joined(tokens(text)) for part in self.article.xpath(path) for text in _paragraphs(part, frozenset())
        )

    @cached_property
    def references(self) -> str:
        return self.of("back//ref-list")

    @cached_property
    def captions(self) -> str:
        """The captions, each with its label before it, and again part by part."""
        whole = [
            "".join(_texts(part, frozenset({"table", "table-wrap-foot"})))
            for part in self.article.xpath("//fig | //table-wrap")
        ]
        parts = self.of("//fig | //table-wrap/caption | //table-wrap-foot | //supplementary-material")
        return "\n".join([*(joined(tokens(text)) for text in whole), parts])

    @cached_property
    def tables(self) -> str:
        return self.of("//table")

    @cached_property
    def front(self) -> str:
        return self.of("front/article-meta/*[not(self::abstract)] | front/journal-meta | front/notes")

    @cached_property
    def back(self) -> str:
        return self.of("back/*[not(self::ref-list)]")

    @cached_property
    def scripts(self) -> list[Script]:
        """The superscripts and subscripts of the abstracts and the body, outside of floats and formulas."""
        return [script for part in self._main for script in _scripts(part)]

    @property
    def title(self) -> str:
        found = self.article.find("front/article-meta/title-group/article-title")
        words = "".join(_texts(found, frozenset({"xref", "fn"}))) if found is not None else ""
        return " ".join(_COMMAND.sub("", words).split())

    @property
    def surnames(self) -> list[str]:
        path = "front/article-meta/contrib-group/contrib[@contrib-type='author']"
        return [
            "".join(name.itertext())
            for name in self.article.xpath(f"{path}/name/surname | {path}//string-name/surname")
        ]

    @property
    def years(self) -> set[int]:
        return {int(year) for year in self.article.xpath("front/article-meta/pub-date/year/text()")}

    @property
    def doi(self) -> str:
        return "".join(self.article.xpath("front/article-meta/article-id[@pub-id-type='doi']/text()")[:1])

    @property
    def journal(self) -> list[str]:
        names: list[str] = self.article.xpath(
            "front/journal-meta//journal-title/text() | front/journal-meta//abbrev-journal-title/text()"
        )
        return names


def _paragraphs(part: Any, skipped: frozenset[str], *, without_marks: bool = False) -> Iterator[str]:
    """The paragraphs of an element; each block element starts and ends one."""
    text = "".join(_texts(part, skipped, without_marks=without_marks))
    yield from (piece for piece in text.split("\n\n") if piece.strip())


def _texts(part: Any, skipped: frozenset[str], *, without_marks: bool = False) -> Iterator[str]:
    """The texts of an element in order, with an empty line around blocks and a sign for each formula."""
    if part.tag in _FORMULAS:
        yield FORMULA
    elif not (part.tag in skipped or (without_marks and _is_mark(part))):
        block = "\n\n" if part.tag in _BLOCKS else ""
        yield block + " ".join((part.text or "").split("\n"))
        for child in part:
            yield from _texts(child, skipped, without_marks=without_marks)
            yield (" ".join((child.tail or "").split("\n")))
        yield block


def _is_mark(part: Any) -> bool:
    """Whether an element is a number that refers to a reference."""
    if not (part.tag == "xref" and part.get("ref-type") == "bibr") and part.tag != "sup":
        return False
    if part.tag == "sup" and part.find(".//xref[@ref-type='bibr']") is None:
        return False
    return re.fullmatch(r"[\d\s,;.–—\[\]()-]*", "".join(part.itertext())) is not None


def _scripts(part: Any) -> Iterator[Script]:
    for raised in part.iter("sup", "sub"):
        above = {element.tag for element in raised.iterancestors()}
        text = "".join("".join(raised.itertext()).split())
        if not text or above & (_FLOATS | _FORMULAS | {"sup", "sub"}) or not _TOKEN.search(text):
            continue
        block = next(
            element for element in raised.iterancestors() if element.tag in ("p", "title", "sec", "abstract", "body")
        )
        before = "".join(_texts_before(block, raised))
        is_mark = _is_mark(raised) or "xref" in above
        yield Script(before.rpartition("\n\n")[2], text, raised.tag == "sup", is_mark)


def _texts_before(block: Any, wanted: Any) -> Iterator[str]:
    """The texts of a block before an element in it, with scripts in their canonical form."""
    yield block.text or ""
    for child in block:
        if child is wanted:
            return
        if any(element is wanted for element in child.iter()):
            yield from _texts_before(child, wanted)
            return
        text = "".join(child.itertext())
        yield superscript(text) if child.tag == "sup" else subscript(text) if child.tag == "sub" else text
        yield child.tail or ""
