"""Bytes to text: round trips in several encodings, located damage, and recorded guesses."""

import codecs
import json

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from qa.faces.cli.options import DONE, MISTAKE
from qa.readers.blocks import NotReadable
from qa.readers.encoding import NO_ENCODING, NOT_TEXT, declared_encoding, decoded
from qa.readers.files import parse
from tests.faces.cli.test_cli import Cli, cli  # noqa: F401  # the fixture

GREEK = "Cytokines like TGF-β and IFN-γ act on naïve cells.\nThey do.\n"
RUSSIAN = "Интерлейкин-2 вызывает тяжёлые побочные эффекты при высоких дозах, и это мешает его применению в клинике.\n"
CHINESE = "白细胞介素-2在高剂量下具有毒性，这限制了其在临床上的应用。低剂量的耐受性较好，患者可以在家中接受治疗。\n"
JAPANESE = "インターロイキン2は高用量で毒性を示し、臨床での使用が制限される。低用量では忍容性が良好である。\n"
KOREAN = (
    "인터루킨-2는 고용량에서 독성이 있어 임상에서의 사용이 제한된다. 저용량은 더 잘 견딜 수 있다. 환자는 집에 머문다.\n"
)
ARABIC = "الإنترلوكين 2 سام بجرعات عالية وهذا يحد من استخدامه في العيادة. الجرعات المنخفضة أفضل تحملا.\n"
POLISH = "Interleukina-2 jest toksyczna w dużych dawkach, co ogranicza jej użycie w klinice. Małe dawki też są złe.\n"

SOUND = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn", "Co"]), min_size=1)
"""Ordinary text in any script."""


def refusal(data: bytes, declared: str | None = None) -> str:
    with pytest.raises(NotReadable) as refused:
        decoded(data, declared)
    assert refused.value.status == "malformed"
    return refused.value.reason


# ---------------------------------------------------------------- what is certain


@given(SOUND)
def test_utf_8_is_read_with_and_without_its_mark(text: str) -> None:
    assume(not text.startswith("\ufeff"))
    assert decoded(text.encode()) == decoded(codecs.BOM_UTF8 + text.encode())
    assert (decoded(text.encode()).text, decoded(text.encode()).guessed) == (text, None)


@given(SOUND, st.sampled_from(["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"]))
def test_utf_16_and_utf_32_are_read_by_their_mark(text: str, encoding: str) -> None:
    assume(not text.startswith("\ufeff"))
    found = decoded(("\ufeff" + text).encode(encoding))
    assert (found.text, found.guessed) == (text, None)


ASCII_LIKE = st.text(st.sampled_from("abc DEF 123 .,\n"), min_size=4)


@given(
    ASCII_LIKE, st.text(st.sampled_from("βγ中文é"), max_size=4), st.sampled_from(["16-le", "16-be", "32-le", "32-be"])
)
@example("a\n\n ", "", "16-be")
def test_utf_16_and_utf_32_are_known_without_their_mark(text: str, other: str, encoding: str) -> None:
    found = decoded((text + other + text).encode(f"utf-{encoding}"))
    assert (found.text, found.guessed) == (text + other + text, f"utf-{encoding}")


# ---------------------------------------------------------------- damage is located


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (
            GREEK.encode() + b"IL-2 \xff works.",
            "has 0xFF in line 3 (byte 69 of the file), after “cells. They do. IL-2”, which is no UTF-8 as the rest is; "
            "mend that place or get it anew.",
        ),
        (
            b"\xe9" + GREEK.encode(),
            "has 0xE9 in line 1 (byte 1 of the file), at the beginning, which is no UTF-8 as the rest is; "
            "mend that place or get it anew.",
        ),
        (
            "TGF-β".encode("utf-16-le").join([codecs.BOM_UTF16_LE, b"\x00"]),
            "has 0x00 in line 1 (byte 13 of the file), after “TGF-β”, which is no UTF-16 as the rest is; "
            "mend that place or get it anew.",
        ),
        (
            b"IL-2\x00 works well.",
            "has 0x00 in line 1 (byte 5 of the file), after “IL-2”, which is no UTF-8 as the rest is; "
            "mend that place or get it anew.",
        ),
    ],
    ids=["in the middle", "at the beginning", "cut UTF-16", "zero"],
)
def test_the_first_bad_byte_is_named_with_its_place(data: bytes, reason: str) -> None:
    assert refusal(data) == reason


@settings(deadline=None)
@given(st.data())
def test_a_bad_byte_in_utf_8_never_changes_the_rest(data: st.DataObject) -> None:
    """One bad byte must not change the encoding of the whole file; that once gave `TGF-Î²`."""
    sound = GREEK.encode()
    place = data.draw(st.integers(0, len(sound)))
    broken = sound[:place] + bytes([data.draw(st.sampled_from([0x80, 0xBF, 0xC0, 0xF8, 0xFF]))]) + sound[place:]
    assert f"has 0x{broken[place]:02X} in" in refusal(broken) or (place and sound[place - 1] > 0x7F)
    assert "which is no UTF-8" in refusal(broken)


# ---------------------------------------------------------------- other encodings


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (RUSSIAN, "koi8-r"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "iso8859-5"),
        (CHINESE, "gb18030"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc-jp"),
        (JAPANESE, "iso2022_jp"),
        (KOREAN, "euc-kr"),
        (ARABIC, "cp1256"),
        ("A café in Zürich – “naïve” – cost 5 µg/mL.\n", "cp1252"),
        ("a café", "cp1252"),
    ],
)
def test_another_encoding_is_guessed_and_noted(text: str, encoding: str) -> None:
    found = decoded(text.encode(encoding))
    assert found.text == text
    assert found.guessed is not None
    assert parse(text.encode(encoding), ".txt").fields["encoding"] == found.guessed


@pytest.mark.parametrize(
    "data", [POLISH.encode("cp1250"), POLISH.encode("iso8859-2"), "Na\u0095ve cells".encode("latin-1")]
)
def test_what_cannot_be_told_is_refused(data: bytes) -> None:
    assert refusal(data) == NO_ENCODING


@pytest.mark.parametrize("text", ["mean±SD was 5", "A×B crosses", "col·lecció", "it didn’t – “so” – 5 µg", "¿Qué?"])
def test_signs_that_belong_are_no_reason_to_refuse(text: str) -> None:
    assert decoded(f"{text} {'x' * 200}".encode("cp1252")).text.startswith(text)


@pytest.mark.parametrize(
    "data", [b"\x00", bytes(range(256)), b"PK\x03\x04\x14\x00\x06\x00", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"]
)
def test_what_is_no_text_is_refused(data: bytes) -> None:
    assert refusal(data) in (NOT_TEXT, NO_ENCODING)


@given(st.binary(max_size=200))
def test_any_bytes_are_text_or_refused(data: bytes) -> None:
    try:
        text = decoded(data).text
    except NotReadable:
        return
    text.encode("utf-8")


# ---------------------------------------------------------------- what a file declares


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        (b'<meta charset="latin1">', "cp1252"),
        (b"<meta http-equiv=Content-Type content='text/html; charset=GB2312'>", "gb18030"),
        (b'<?xml version="1.0" encoding="Shift_JIS"?>', "cp932"),
        (b"<META CHARSET=KOI8-R>", "koi8-r"),
        (b'<meta charset="utf-16">', "utf-8"),
        (b'<meta charset="base64">', None),
        (b'<meta charset="rot13">', None),
        (b'<meta charset="utf-7">', None),
        (b'<meta charset="no such">', None),
        (b"<p>charset=koi8-r</p>", None),
    ],
)
def test_the_encoding_that_a_head_declares(head: bytes, encoding: str | None) -> None:
    assert declared_encoding(head) == encoding


@pytest.mark.parametrize(
    ("text", "encoding"), [(RUSSIAN, "koi8-r"), (CHINESE, "gb2312"), (JAPANESE, "shift_jis"), (POLISH, "iso-8859-2")]
)
def test_a_page_is_read_as_it_declares(text: str, encoding: str) -> None:
    page = f'<html><head><meta charset="{encoding}"></head><body><p>{text}</p></body></html>'
    reading = parse(page.encode(encoding), ".html")
    assert text.strip() in "\n".join(block.text for block in reading.blocks)
    assert "encoding" not in reading.fields


def test_a_page_of_utf_8_that_declares_another_is_read_as_utf_8() -> None:
    reading = parse(f'<html><head><meta charset="latin1"></head><body><p>{GREEK}</p></body></html>'.encode(), ".html")
    assert "TGF-β and IFN-γ" in reading.blocks[0].text


def test_a_page_that_is_not_as_it_declares_is_refused() -> None:
    with pytest.raises(NotReadable, match=r"0xE9 in line 1 \(byte 27 of the file\).*no UTF-8"):
        parse(b"<html><meta charset=utf-8>\xe9</html>", ".html")


@pytest.mark.parametrize("encoding", ["iso-8859-5", "gb18030", "shift_jis", "utf-16", "koi8-r"])
def test_an_article_in_xml_is_read_as_it_declares(encoding: str) -> None:
    text = "Интерлейкин-2 toxic"
    article = f'<?xml version="1.0" encoding="{encoding}"?><article><body><p>{text}</p></body></article>'
    assert parse(article.encode(encoding), ".xml").blocks[-1].text == text


def test_an_article_in_xml_with_a_bad_byte_is_refused_with_its_place() -> None:
    article = "<article><body><p>TGF-β\nand ".encode() + b"\xe9 more</p></body></article>"
    with pytest.raises(NotReadable, match="line 2"):
        parse(article, ".xml")


# ---------------------------------------------------------------- how it is said


def test_a_guess_is_said_and_kept(cli: Cli) -> None:  # noqa: F811
    path = cli.folder.parent / "a.txt"
    path.write_bytes((RUSSIAN * 3).encode("koi8-r"))
    status, out, _ = cli("add", path, "--json")
    note = f"{path} is not UTF-8 and was read as koi8_r, a guess; save it as UTF-8 if its letters look wrong."
    assert (status, json.loads(out.splitlines()[0])["note"]) == (DONE, note)
    path.write_bytes((RUSSIAN * 4).encode("koi8-r"))
    assert cli("add", path)[2] == f"qa: {note}\n"
    (kept,) = json.loads(cli("documents", "--json")[1])
    assert kept["encoding"] == "koi8_r"


def test_a_bad_byte_is_said(cli: Cli) -> None:  # noqa: F811
    path = cli.folder.parent / "a.txt"
    path.write_bytes(GREEK.encode() + b"\xff")
    status, _, err = cli("add", path)
    assert status == MISTAKE
    assert err.startswith(f"qa: {path} has 0xFF in line 3 (byte 64 of the file), after")
