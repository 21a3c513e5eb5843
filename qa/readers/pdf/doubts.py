"""Cross-check the signs of a PDF: what PDFium reads against the glyph names that pypdf finds in the fonts.

PDFium reads a character by tables that the file's maker added, or by its code. A Type 1 font also names each glyph that
it holds ("prime", "Delta"). A character that matches no glyph name was not drawn by that font and may look different on
the page. Other kinds of fonts name nothing, so they are not checked.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from pypdf import PdfReader
from pypdf._codecs.adobe_glyphs import adobe_glyphs
from pypdf.generic import ArrayObject, DictionaryObject, NameObject

from qa.readers.blocks import Block
from qa.readers.pdf.characters import Piece, font_key
from qa.readers.pdf.signs import dictionary, fonts_of, signs_of
from qa.records import Doubt

MOST_DISPUTES = 500
"""The most disputed signs looked for in the text. A file with more has a font that is wrong throughout."""
AROUND = 8
"""Characters before and after a disputed sign that locate it in the text; one side has to match."""

_GLYPHS = re.compile(r"/([^/\s]+)")
_CODE = re.compile(r"u(?:ni)?([0-9A-F]{4,6})$")
_SAME = {"∆": "Δ", "\u2010": "-", "\u2011": "-", "\xad": "-"}
"""Signs with several names, or that look alike in print."""
_UNCOUNTED = frozenset("-[](){}^_\ufffd")
"""Characters that readers add at scripts and reference marks, remove at line ends, or use for an unknown sign."""


@dataclass(frozen=True, slots=True)
class Dispute:
    """A sign that its font does not name, with the text around it on the page, both folded."""

    before: str
    sign: str
    after: str


def glyph_names(reader: PdfReader) -> Mapping[int, frozenset[str]]:
    """The folded characters that fonts name, by ``Piece.font``. Only fonts whose names are all known and trusted.

    Raises pypdf's LimitReachedError if a font needs more work than is safe.
    """
    found: dict[int, frozenset[str]] = {}
    silent: set[int] = set()
    for font in fonts_of(reader):
        name = str(font.get("/BaseFont", "/"))[1:].encode()
        key, signs = font_key(name), _signs(font)
        if signs_of(name, {}):  # its names are known to be wrong; its signs come from elsewhere
            signs = None
        if signs is None:
            silent.add(key)
        else:
            found[key] = found.get(key, frozenset()) | signs
    return {key: signs for key, signs in found.items() if key not in silent}


def disputes(pieces: Sequence[Piece], named: Mapping[int, frozenset[str]]) -> Iterator[Dispute]:
    """The signs of a page that are read differently from their fonts' names."""
    known = {font: signs | _UNCOUNTED for font, signs in named.items()}
    if all(piece.font not in known or known[piece.font].issuperset(folded(piece.text)) for piece in pieces):
        return
    letters = [(letter, piece.font) for piece in pieces for letter in folded(piece.text)]
    text = "".join(letter for letter, _ in letters)
    for place, (letter, font) in enumerate(letters):
        if font in known and letter not in known[font]:
            before, after = text[max(0, place - 2 * AROUND) : place], text[place + 1 : place + 1 + 2 * AROUND]
            yield Dispute(_counted(before)[-AROUND:], letter, _counted(after)[:AROUND])


def doubted(blocks: Sequence[Block], found: Iterable[Dispute]) -> list[Block]:
    """The blocks, each with a doubt where a disputed sign stands in it."""
    wanted = list(dict.fromkeys(found))[:MOST_DISPUTES]
    return [_doubted(block, wanted) for block in blocks] if wanted else list(blocks)


def recognised(blocks: Sequence[Block], pages: Mapping[int, float | None]) -> list[Block]:
    """The blocks, with a doubt for each part that is on a page with machine-recognised text."""
    found, page = list[Block](), 1
    for block in blocks:
        starts = [(0, page), *block.pages]
        ends = [start for start, _ in starts[1:]] + [len(block.text)]
        spans = [(start, end, number) for (start, number), end in zip(starts, ends, strict=True) if start < end]
        more = [Doubt(start, end, "recognised", pages[number]) for start, end, number in spans if number in pages]
        found.append(replace(block, doubts=(*block.doubts, *more)) if more else block)
        page = starts[-1][1]
    return found


@lru_cache(maxsize=65_536)
def folded(text: str) -> str:
    """The printed characters of a text: ligatures and accents split up, scripts set on the line.

    >>> folded("ﬁve 10⁵ µm")
    'five105μm'
    """
    letters = (_SAME.get(letter, letter) for letter in unicodedata.normalize("NFKD", text))
    return "".join(letter for letter in letters if not letter.isspace() and unicodedata.category(letter) != "Cf")


def _counted(text: str) -> str:
    return "".join(letter for letter in text if letter not in _UNCOUNTED)


def _doubted(block: Block, wanted: Sequence[Dispute]) -> Block:
    letters, places = [], []
    for place, character in enumerate(block.text):
        for letter in _counted(folded(character)):
            letters.append(letter)
            places.append(place)
    text = "".join(letters)
    spans = {span for dispute in wanted for span in _spans(dispute, text, places)}
    return replace(block, doubts=(*block.doubts, *(Doubt(*span, "disputed") for span in sorted(spans))))


def _spans(dispute: Dispute, text: str, places: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Where the sign is in the text, whose characters have these ``places``; one side of it has to match."""
    for before, after in ((dispute.before, ""), ("", dispute.after)):
        pattern = before + dispute.sign + after
        at = text.find(pattern) if len(before + after) == AROUND else -1
        while at >= 0:
            place = places[at + len(before)]
            yield place, place + 1
            at = text.find(pattern, at + 1)


# ---------------------------------------------------------------- what fonts name


def _signs(font: DictionaryObject) -> frozenset[str] | None:
    """The folded characters that a font names; None if some are unnamed."""
    if font.get("/Subtype") not in ("/Type1", "/MMType1"):
        return None
    names = _names(font)
    known = [_character(name) for name in names]
    if not names or not all(known):
        return None
    return frozenset(folded("".join(filter(None, known))))


def _names(font: DictionaryObject) -> list[str]:
    """The glyph names of a font in the file."""
    described = dictionary(font.get("/FontDescriptor")).get("/CharSet")
    if described:
        return [name for name in _GLYPHS.findall(str(described)) if name != ".notdef"]
    encoding = dictionary(font.get("/Encoding"))
    differences = encoding.get("/Differences")
    listed = differences.get_object() if differences is not None and "/BaseEncoding" not in encoding else None
    if not isinstance(listed, ArrayObject):
        return []
    return [str(name)[1:] for name in listed if isinstance(name, NameObject) and name != "/.notdef"]


def _character(name: str) -> str | None:
    """The character of a glyph name by Adobe's rules, None for a custom name."""
    found = []
    for part in name.partition(".")[0].split("_"):
        code = _CODE.match(part)
        character = adobe_glyphs.get(f"/{part}") or (chr(int(code[1], 16)) if code else None)
        if character is None:
            return None
        found.append(character)
    return "".join(found)
