"""A second opinion on the signs of a PDF: what PDFium reads against the names that pypdf finds in the fonts.

PDFium tells what a character is by tables that a file's maker put beside the font, or by its code; a font of Type 1
also names each glyph that it holds ("prime", "Delta"). A character that is none of these was not drawn by that font,
whatever the tables say, and may be another sign on the page. Fonts of other kinds name nothing, so nothing is held
against them.
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
"""Disputed signs that are looked for in the text, at most: a file with more has a font that is wrong throughout."""
AROUND = 8
"""Characters before and after a disputed sign by which it is found in the text; one of both has to fit."""

_GLYPHS = re.compile(r"/([^/\s]+)")
_CODE = re.compile(r"u(?:ni)?([0-9A-F]{4,6})$")
_SAME = {"∆": "Δ", "\u2010": "-", "\u2011": "-", "\xad": "-"}
"""What fonts name by one name or another, and what is printed alike."""
_UNCOUNTED = frozenset("-[](){}^_\ufffd")
"""What the readers add at scripts and marks of references, take out at the ends of lines, or have for no sign."""


@dataclass(frozen=True, slots=True)
class Dispute:
    """A sign that its font does not name, with what stands around it on the page, both folded."""

    before: str
    sign: str
    after: str


def glyph_names(reader: PdfReader) -> Mapping[int, frozenset[str]]:
    """The folded characters that fonts name, by ``Piece.font``; of fonts all of whose names are known and believed.

    LimitReachedError of pypdf where a font asks for more than is safe.
    """
    found: dict[int, frozenset[str]] = {}
    silent: set[int] = set()
    for font in fonts_of(reader):
        name = str(font.get("/BaseFont", "/"))[1:].encode()
        key, signs = font_key(name), _signs(font)
        if signs_of(name, {}):  # its names are known to be wrong, and its signs from elsewhere
            signs = None
        if signs is None:
            silent.add(key)
        else:
            found[key] = found.get(key, frozenset()) | signs
    return {key: signs for key, signs in found.items() if key not in silent}


def disputes(pieces: Sequence[Piece], named: Mapping[int, frozenset[str]]) -> Iterator[Dispute]:
    """The signs of a page that are read otherwise than their fonts name them."""
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
    """The blocks, each with a doubt for what of it stands on pages whose text a program recognised."""
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
    """The characters of a text that are printed, ligatures and accents taken apart, scripts on the line.

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
    """Where the sign stands in the text, which has ``places`` for its characters; one side of it has to fit."""
    for before, after in ((dispute.before, ""), ("", dispute.after)):
        pattern = before + dispute.sign + after
        at = text.find(pattern) if len(before + after) == AROUND else -1
        while at >= 0:
            place = places[at + len(before)]
            yield place, place + 1
            at = text.find(pattern, at + 1)


# ---------------------------------------------------------------- what fonts name


def _signs(font: DictionaryObject) -> frozenset[str] | None:
    """The folded characters that a font names; None where it does not name them all."""
    if font.get("/Subtype") not in ("/Type1", "/MMType1"):
        return None
    names = _names(font)
    known = [_character(name) for name in names]
    if not names or not all(known):
        return None
    return frozenset(folded("".join(filter(None, known))))


def _names(font: DictionaryObject) -> list[str]:
    """The names of the glyphs that the file has of a font."""
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
    """What a glyph's name stands for by Adobe's rules, None for a name of somebody's own."""
    found = []
    for part in name.partition(".")[0].split("_"):
        code = _CODE.match(part)
        character = adobe_glyphs.get(f"/{part}") or (chr(int(code[1], 16)) if code else None)
        if character is None:
            return None
        found.append(character)
    return "".join(found)
