"""Symbol fonts: the true signs of codes that the file takes for letters, digits or nothing.

Typesetters' symbol fonts rarely say what they draw. The "<" of "P < 0.05" is a "5" of the font AdvPi1. The "μ" of "20
μl" is an "l" of AdvPSMP13. A minus is the code 2, whose glyph is named "C0". The tables follow the published encodings
(Adobe's Symbol, TeX's CMSY and MSAM, Linotype's Mathematical Pi). Advent's fonts have none, so theirs were found by
comparison with the XML of articles set in them."""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PdfReadError
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject

UNKNOWN = "\ufffd"
"""Stands for a sign that is printed but that the file does not name."""
SYMBOLS = {
    0xF000 + code: sign
    for codes, signs in (
        (range(0x20, 0x40), " !∀#∃%&∋()∗+,−./0123456789:;<=>?"),
        (range(0x41, 0x5B), "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ"),
        (range(0x61, 0x7B), "αβχδεφγηιϕκλμνοπθρστυϖωξψζ"),
        ((0xA2, 0xA3, 0xA5, 0xB0, 0xB1, 0xB2, 0xB3, 0xB4, 0xB7, 0xB9, 0xBB), "′≤∞°±″≥×•≠≈"),
        ((0xAB, 0xAC, 0xAD, 0xAE, 0xAF, 0x7E, 0xD2, 0xD3, 0xD4), "↔←↑→↓∼®©™"),
    )
    for code, sign in zip(codes, signs, strict=True)
}
"""The private-use characters by which programs write Adobe's font Symbol."""
_CMSY = dict(
    zip(
        (0, 1, 2, 3, 4, 6, 7, 14, 15, 17, 20, 21, 24, 25, 28, 29, 32, 33, 34, 35, 36, 47, 48, 49, 106, 121, 122),
        "−·×∗÷±∓°•≡≤≥∼≈≪≫←→↑↓↔∝′∞|†‡",
        strict=True,
    )
)
"""TeX's symbols. The circle (14) is a degree unless it is raised."""
_PI = dict(
    zip(
        (11001, 11002, 11003, 11004, 11005, 11006, 11011, 11021, 11022, 11032, 11033, 11349, 11350, 9004),
        "+−×÷=±∼<>′″≤≥Δ",
        strict=True,
    )
) | dict(zip(range(9251, 9268), "αβγδεζηθικλμνξοπρ", strict=True))
_GLYPH = re.compile(r"/(C|H)(\d{1,5})$")
_SUBSET = re.compile(rb"^[A-Z]{6}\+")
_MOST_OBJECTS = 5_000
"""The most fonts and forms of a file that are examined; as many as a page may draw (``safety``)."""


def _only(codes: str, signs: str) -> dict[int, str]:
    """A font with signs only: any other letter or digit is unknown."""
    return dict.fromkeys(range(0x21, 0x7F), UNKNOWN) | dict(zip(map(ord, codes), signs, strict=True))


_GREEK = _only("abcdefghijklmnopqrstuvwxCDGHKNPRUWX", "αβγδεζηθικλμνξοπρστυφχψωΓΔΗΘΛΞΠΣΦΨΩ")
"""The Greek letters in alphabetical order."""
_MATH = dict(zip(map(ord, "¼þðÞ½0"), "=+()[′", strict=True))
_FONTS: tuple[tuple[re.Pattern[bytes], Mapping[int, str]], ...] = (
    (re.compile(rb"MathematicalPi-One", re.IGNORECASE), _only("123456,.", "+−×÷=±<>")),
    (
        re.compile(rb"(?:^|\+)Symbol(?:MT)?$"),
        _only("", "") | {code - 0xF000: sign for code, sign in SYMBOLS.items() if code < 0xF080},
    ),
    (re.compile(rb"AdvPSMP1[03]$|AdvGreek"), _GREEK),
    (re.compile(rb"AdvPSMP4$"), _only("P\\", "≥<")),
    (re.compile(rb"AdvPi1$"), _only("45678+*DmdObagpstLlFkS", "><×−°±∼ΔμδΩβαγπστΛλΦκΣ")),
    (re.compile(rb"AdvTir_symb$"), _only("9=?BC", "×=+≤≥")),
    (re.compile(rb"AdvPS44A44B$"), _only("eD", "–+")),
    (re.compile(rb"AdvEls-ent4$"), _only("or", "<≤")),
    (re.compile(rb"AdvEls-ent5$"), _only("Z", "≥")),
    (re.compile(rb"AdvPSMSAM10$"), _only("6>", "≤≥")),
    (re.compile(rb"(?:^|\+)MTMI$"), {ord("1"): "Δ"}),
    (re.compile(rb"TeX_CM_Maths_Symbols$"), _CMSY | _MATH),
    (re.compile(rb"AdvP4C4E74$|AdvMT_?SY$|AdvMacMthSyN?$"), _MATH),
    (re.compile(rb"(?:^|\+)(?:CMB?SY\d+|MTSYN?)$"), {ord("0"): "′"}),
    (re.compile(rb"Pi\d*$|MathematicalPi", re.IGNORECASE), _only("", "")),
)
"""Symbol fonts by name, with the signs of their codes; other codes stay as in the file."""

Named = Mapping[bytes, Mapping[int, str]]


def signs_of(font: bytes, named: Named) -> Mapping[int, str] | None:
    """The signs of a font's codes, if the file takes them for something else."""
    table = next((table for pattern, table in _FONTS if pattern.search(font)), None)
    own = named.get(_SUBSET.sub(b"", font))
    return {**(table or {}), **own} if own else table


def named_signs(reader: PdfReader) -> Named:
    """For each font whose glyph names are numbers, the signs of its control codes."""
    found: dict[bytes, dict[int, str]] = {}
    unsure: set[tuple[bytes, int]] = set()
    for font in fonts_of(reader):
        name = _SUBSET.sub(b"", str(font.get("/BaseFont", "/"))[1:].encode())
        for code, sign in _differences(font, name):
            if found.setdefault(name, {}).setdefault(code, sign) != sign:
                unsure.add((name, code))
    for name, code in unsure:
        found[name][code] = UNKNOWN
    return found


def fonts_of(reader: PdfReader) -> Iterator[DictionaryObject]:
    """The fonts of the pages and of the forms drawn on them, each once."""
    waiting: list[Any] = [page.get("/Resources") for page in reader.pages]
    seen: set[int] = set()
    while waiting and len(seen) < _MOST_OBJECTS:
        resources = dictionary(waiting.pop())
        for entry in dictionary(resources.get("/Font")).values():
            font = dictionary(entry)
            if id(font) not in seen:
                seen.add(id(font))
                yield font
        for entry in dictionary(resources.get("/XObject")).values():
            form = dictionary(entry)
            if id(form) not in seen and form.get("/Subtype") == "/Form":
                seen.add(id(form))
                waiting.append(form.get("/Resources"))


def dictionary(said: Any) -> DictionaryObject:
    """The dictionary that a part of a PDF is or refers to; empty if it is damaged or no dictionary."""
    found = _resolved(said)
    return found if isinstance(found, DictionaryObject) else DictionaryObject()


def _resolved(said: Any) -> Any:
    with suppress(PdfReadError, ValueError, KeyError, TypeError):  # a damaged part names nothing
        return said.get_object() if said is not None else None
    return None


def _differences(font: DictionaryObject, name: bytes) -> Iterator[tuple[int, str]]:
    """The control codes of a font, and the signs of their glyph names."""
    listed = _resolved(dictionary(font.get("/Encoding")).get("/Differences"))
    code = 0
    for entry in listed if isinstance(listed, ArrayObject) else ():
        if isinstance(entry, NumberObject):
            code = int(entry)
        elif isinstance(entry, NameObject):
            sign = _sign(str(entry), name)
            if sign and code < 0x20:
                yield code, sign
            code += 1


def _sign(glyph: str, font: bytes) -> str | None:
    """The sign of a glyph whose name is its code in Symbol, TeX's symbols or Mathematical Pi."""
    match = _GLYPH.match(glyph)
    if match is None:
        return None
    number = int(match[2])
    if match[1] == "H":
        return _PI.get(number)
    return SYMBOLS.get(0xF000 + number) if font.endswith(b"Sym") else _CMSY.get(number)
