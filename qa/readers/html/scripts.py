"""Turn superscripts, subscripts, reference marks and formulas of HTML into text, in the tree itself.

Whatever extracts the words afterwards then gets them in the right form.
"""

import re
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from qa.readers.jats.text import plain
from qa.readers.reference_marks import is_citation, is_number
from qa.text.scripts import subscript, superscript

_NO_XML = {
    **dict.fromkeys([*range(9), *range(0xE, 0x1C), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF]),
    **dict.fromkeys([0xB, 0xC, *range(0x1C, 0x20)], " "),
}
_REFERENCE = re.compile(r"&#(?:[xX]0*([0-9a-fA-F]{1,6})|0*([0-9]{1,7}));?")

_BRACKETED = re.compile(r"\[[^\[\]]*\]|\([^()]*\)")
_SEPARATOR = re.compile(r"\s*[,;‐‑‒–—−-]?\s*")
_BRACKETED_NUMBER = re.compile(r"\[\d{1,3}(?:[\s,;–-]+\d{1,3})*\]")
_OPENING = frozenset(" ([{")
INLINE = frozenset("a abbr b bdi bdo cite code em font i mark q s small span strong sub sup time tt u var wbr".split())
"""Elements that are inline, within a line of text."""
_LOOK_BACK = 200
_LOOK_AHEAD = 8


def fit_for_xml(text: str) -> str:
    """HTML without the characters that XML, and so lxml, cannot hold. Those that are white space become a space.

    A character written by its number becomes a space too.
    """
    return _REFERENCE.sub(_fit_reference, text.translate(_NO_XML))


def _fit_reference(reference: re.Match[str]) -> str:
    hexadecimal, decimal = reference.groups()
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    return " " if code in _NO_XML else reference[0]  # a space, because the rest might form a new reference


def written_out(fragment: str) -> Any:
    """The tree of a piece of HTML, with superscripts, subscripts, reference marks and formulas as text."""
    parent = lxml_html.fragment_fromstring(fit_for_xml(fragment), create_parent="div")
    write_out_scripts(parent)
    return parent


def write_out_scripts(page: Any) -> None:
    """Replace every ``sup``, ``sub`` and ``math`` of the page by text."""
    for drawn in page.xpath("//*[contains(@class, 'katex-html')]"):
        _replace(drawn, "")  # a second, visual copy of the same formula
    for formula in list(page.iter("math")):
        _replace(formula, plain(formula))
    by_place = _may_cite_by_place(page)
    for _, element in list(etree.iterwalk(page, events=("end",), tag=("sup", "sub"))):
        _replace(element, _raised(element, by_place) if element.tag == "sup" else subscript(_words(element)))


def _may_cite_by_place(page: Any) -> bool:
    """Whether raised numbers without links may be citations. They are not if the page cites in brackets."""
    linked = any(is_number(_words(sup)) and _is_linked(sup) for sup in page.iter("sup"))
    return linked or _BRACKETED_NUMBER.search(page.text_content()) is None


def _raised(sup: Any, by_place: bool) -> str:
    words = _words(sup)
    text, before, linked = words.strip(), _before(sup), _is_linked(sup)
    apart = " " if before and before[-1] not in _OPENING else ""
    if _SEPARATOR.fullmatch(text) and before.endswith("]"):
        return words
    if linked and _BRACKETED.fullmatch(text):
        return apart + text
    if is_number(text) and (linked or (by_place and is_citation(before, text, _after(sup)))):
        return f"{apart}[{text}]"
    return superscript(words)


def _words(element: Any) -> str:
    return str(element.text_content())


def _is_linked(sup: Any) -> bool:
    return sup.find(".//a[@href]") is not None or any(above.get("href") for above in sup.iterancestors("a"))


def _before(element: Any) -> str:
    """The words before an element in its paragraph, back to the previous element."""
    while element is not None:
        previous, above = element.getprevious(), element.getparent()
        words = (above.text if above is not None else "") if previous is None else previous.tail or _words(previous)
        if words or previous is not None or above is None or above.tag not in INLINE:
            return (words or "")[-_LOOK_BACK:]
        element = above
    return ""


def _after(element: Any) -> str:
    following = element.getnext()
    return (element.tail or ("" if following is None else _words(following)))[:_LOOK_AHEAD]


def _replace(element: Any, text: str) -> None:
    element.tail = text + (element.tail or "")
    element.drop_tree()
