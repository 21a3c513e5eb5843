"""The words of a file, extracted independently of the readers, with superscripts and subscripts marked.

Must run in a process of its own (``qa.proof.worker``), as the file may be hostile. Raised text is ``^{…}``, lowered
text ``_{…}``, and a formula the one character ``FORMULA``.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lxml import etree
from lxml import html as lxml_html
from markdown_it import MarkdownIt

from qa.proof.matching import FORMULA
from qa.readers.encoding import decoded

_SCRIPTS = {"sup": "^", "sub": "_"}
_FORMULAS = frozenset("math tex-math inline-graphic graphic disp-formula".split())
_UNSEEN = frozenset("script style template head object-id alt-text long-desc".split())
_APART = frozenset(
    "fn fig fig-group table-wrap table-wrap-group boxed-text supplementary-material media list def-list disp-quote "
    "figure figcaption table aside sub-article response".split()
)
"""Elements that may stand inside a sentence of the file; their words are put after it."""

_RAISED_BY = 0.15
"""A raised character stands at least this far above the baseline before it, in units of that line's size."""
_SMALLER = 0.9
"""The greatest size of a raised character, as a share of the line's size."""
_CHARACTERS = 200_000
"""Characters read of a page, at most."""


def words_of_pdf(data: bytes, pages: Sequence[int]) -> dict[int, str]:
    """PDFium's characters of the pages, counted from 1. Raises whatever PDFium raises for a bad file."""
    import pypdfium2 as pdfium

    with pdfium.PdfDocument(data) as document:
        return {number: _page_words(document[number - 1]) for number in pages if 0 < number <= len(document)}


def _page_words(page: Any) -> str:
    import pypdfium2.raw as raw

    text = page.get_textpage()
    words, line = [], _Line()
    for index in range(min(text.count_chars(), _CHARACTERS)):
        character = chr(raw.FPDFText_GetUnicode(text, index))
        words.append(f"^{{{character}}}" if line.raises(text, index, character, raw) else character)
    return "".join(words)


class _Line:
    """The baseline and size of the line, as known from the characters so far."""

    def __init__(self) -> None:
        self._base = self._size = math.inf
        self._right = -math.inf

    def raises(self, text: Any, index: int, character: str, raw: Any) -> bool:
        """Whether the character is a raised number or sign; if it is not raised, it sets the line's baseline."""
        import ctypes

        if character.isspace():
            return False
        x, y = ctypes.c_double(), ctypes.c_double()
        raw.FPDFText_GetCharOrigin(text, index, x, y)
        _, bottom, right, top = text.get_charbox(index)
        size, height = raw.FPDFText_GetFontSize(text, index), top - bottom
        size = size if size > 1 else height
        near = abs(x.value - self._right) < self._size / 2
        up = y.value - self._base
        above = near and size <= _SMALLER * self._size and _RAISED_BY * self._size < up < self._size
        self._right = right
        if not above:
            self._base, self._size = y.value, size
        return above and (character.isdigit() or character in "+-\u2212\u2013")


def words_of_jats(data: bytes) -> str:
    """All text nodes of an XML file in order; LxmlError if it is not XML."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    root = etree.fromstring(data, parser)
    for element in root.iter("*"):
        element.tag = etree.QName(element).localname
    return _words(root)


def words_of_html(data: bytes) -> str:
    """All text nodes of an HTML page in order."""
    return _words_of_page(decoded(data).text)


def words_of_markdown(data: bytes) -> str:
    """The words of a Markdown file, rendered as HTML."""
    return _words_of_page(MarkdownIt("commonmark").enable("table").render(decoded(data).text))


def words_of_text(data: bytes) -> str:
    """The words of a text file."""
    return decoded(data).text


def _words_of_page(text: str) -> str:
    printable = "".join(character for character in text if character >= " " or character in "\n\t")
    return _words(lxml_html.fromstring(printable.encode() or b"<p></p>", parser=lxml_html.HTMLParser(encoding="utf-8")))


def _words(root: Any) -> str:
    pending, parts = [root], list[str]()
    while pending:
        later: list[Any] = []
        parts += _content(pending.pop(0), later)
        parts.append("\n")
        pending = later + pending
    return "".join(parts)


def _content(root: Any, later: list[Any]) -> Iterator[str]:
    """The words of an element. Elements that stand apart within it are added to ``later``."""
    steps: list[Any] = [root]
    while steps:
        step = steps.pop()
        if isinstance(step, str):
            yield step
        elif step is not root and step.tag in _APART:
            later.append(step)
        elif step.tag in _FORMULAS:
            yield FORMULA
        elif step.tag not in _UNSEEN and isinstance(step.tag, str):
            steps += reversed(_opened(step))


def _opened(element: Any) -> list[Any]:
    mark = _SCRIPTS.get(element.tag)
    inside: list[Any] = [element.text or ""]
    for child in element:
        inside += [child, child.tail or ""]
    if mark:
        return [f"{mark}{{", *inside, "}"]
    return inside


WAYS: Mapping[str, tuple[str, Any]] = {
    "JATS": ("the text of the XML itself", words_of_jats),
    "HTML": ("the text of the page itself", words_of_html),
    "Markdown": ("the text of the file itself", words_of_markdown),
    "text": ("the characters of the file itself", words_of_text),
}
"""The name of a format to what is read, in words, and the function that reads it."""
PDF_WAY = "the characters that PDFium finds on its page"
