"""Symbol fonts, whose codes a PDF maps to letters, digits or nothing."""

from io import BytesIO

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject, NullObject, NumberObject

from qa.readers.pdf.signs import UNKNOWN, named_signs, signs_of


@pytest.mark.parametrize(
    ("font", "codes", "signs"),
    [
        (b"MathematicalPi-One", "1,", "+<"),
        (b"ABCDEF+Symbol", "mb", "μβ"),
        (b"LknvhrAdvPSMP13", "lDa", "μΔα"),
        (b"AdvPi1", "54", "<>"),
        (b"YmhqhjAdvTir_symb", "9", "×"),
        (b"AdvPS44A44B", "e", "–"),
        (b"AdvMT_SY", "¼", "="),
        (b"TeX_CM_Maths_Symbols", "\x00\x14", "−≤"),
    ],
)
def test_fonts_are_known_by_their_names(font: bytes, codes: str, signs: str) -> None:
    table = signs_of(font, {})
    assert table is not None
    assert "".join(table[ord(code)] for code in codes) == signs


def test_a_letter_of_a_font_of_signs_that_is_not_known_is_unknown_and_other_fonts_are_let_be() -> None:
    table = signs_of(b"AdvPSMP4", {})
    assert table is not None
    assert table[ord("Q")] == UNKNOWN
    assert signs_of(b"TimesNewRomanPSMT", {}) is None


def written(*fonts: tuple[str, list[int | str]]) -> PdfReader:
    writer = PdfWriter()
    page = writer.add_blank_page(100, 100)
    page[NameObject("/Resources")] = DictionaryObject(
        {
            NameObject("/Font"): DictionaryObject(
                {
                    NameObject(f"/F{number}"): DictionaryObject(
                        {
                            NameObject("/BaseFont"): NameObject(f"/{name}"),
                            NameObject("/Encoding"): DictionaryObject(
                                {
                                    NameObject("/Differences"): ArrayObject(
                                        NumberObject(one) if isinstance(one, int) else NameObject(one)
                                        for one in differences
                                    )
                                }
                            ),
                        }
                    )
                    for number, (name, differences) in enumerate(fonts)
                }
            )
        }
    )
    buffer = BytesIO()
    writer.write(buffer)
    return PdfReader(buffer)


def test_signs_are_told_by_the_numbers_that_name_their_glyphs() -> None:
    reader = written(
        ("ABCDEF+AdvP4C4E74", [1, "/C15", 3, "/C2", "/C0"]),
        ("AdvPSSym", [2, "/C211", "/C176"]),
        ("MathPi", [1, "/H9262", "/H11005", "/alpha"]),
        ("Plain", [65, "/A", 1, "/fi"]),
    )
    assert named_signs(reader) == {
        b"AdvP4C4E74": {1: "•", 3: "×", 4: "−"},
        b"AdvPSSym": {2: "©", 3: "°"},
        b"MathPi": {1: "μ", 2: "="},
    }
    assert signs_of(b"AdvP4C4E74", named_signs(reader)) == {
        **(signs_of(b"AdvP4C4E74", {}) or {}),
        1: "•",
        3: "×",
        4: "−",
    }


def test_two_fonts_of_one_name_that_differ_leave_a_sign_unknown() -> None:
    reader = written(("ABCDEF+Pi", [1, "/C15", "/C2"]), ("GHIJKL+Pi", [1, "/C0"]))
    assert named_signs(reader) == {b"Pi": {1: UNKNOWN, 2: "×"}}


def test_fonts_that_are_none_name_nothing() -> None:
    reader = written(("Pi", [1, "/C15"]))
    resources = reader.pages[0]["/Resources"]
    resources[NameObject("/Font")][NameObject("/Gone")] = IndirectObject(99, 0, reader)
    assert named_signs(reader) == {b"Pi": {1: "•"}}
    for damaged in (NullObject(), NumberObject(7), IndirectObject(99, 0, reader)):
        resources[NameObject("/Font")] = damaged
        assert named_signs(reader) == {}
        reader.pages[0][NameObject("/Resources")] = damaged
        assert named_signs(reader) == {}
