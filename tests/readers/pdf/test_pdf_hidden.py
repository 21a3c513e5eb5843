"""Invisible text in a PDF is not read: each way to hide a sentence, with visible text for comparison."""

import zlib
from pathlib import Path

import pytest

from qa.errors import UnreadableFileError
from qa.library import Library
from qa.readers.files import read
from tests.support.make_pdf import of_objects
from tests.support.models import WordEncoder

SEEN = "Interleukin two is toxic at high doses in the clinic."
HIDDEN = "Interleukin two cures every patient at high doses."

LINES = b"\n".join(
    b"1 0 0 1 72 %d Tm (Line %d of the article tells of cytokines that act on tumors and cells.) Tj"
    % (640 - 14 * row, row)
    for row in range(6)
)
ARTICLE = b"BT /F1 11 Tf 0 g 1 0 0 1 72 700 Tm (%s) Tj\n%s ET" % (SEEN.encode(), LINES)


def pdf(content: bytes, box: bytes = b"", off: bool = False) -> bytes:
    """A PDF of one page, 612 by 792 points, with this content: font F1, state A0 without alpha, image I, layer L."""
    layers = b"/OCProperties <</OCGs [7 0 R] /D <</Order [7 0 R] %s>>>>" % (b"/OFF [7 0 R]" if off else b"")
    pixel = zlib.compress(bytes([90, 90, 90]))
    resources = (
        b"/Font <</F1 4 0 R>> /ExtGState <</A0 <</ca 0 /CA 0>>>> /XObject <</I 6 0 R /X 8 0 R>> "
        b"/Properties <</L 7 0 R>>"
    )
    form = b"BT /F1 11 Tf 1 g 1 0 0 1 0 0 Tm (%s) Tj ET" % HIDDEN.encode()
    objects = (
        b"<</Type /Catalog /Pages 2 0 R %s>>" % layers,
        b"<</Type /Pages /Kids [3 0 R] /Count 1>>",
        b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] %s /Contents 5 0 R /Resources <<%s>>>>"
        % (box, resources),
        b"<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>",
        b"<</Length %d>>\nstream\n%s\nendstream" % (len(content), content),
        b"<</Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceRGB /BitsPerComponent 8 "
        b"/Filter /FlateDecode /Length %d>>\nstream\n%s\nendstream" % (len(pixel), pixel),
        b"<</Type /OCG /Name (A layer)>>",
        b"<</Type /XObject /Subtype /Form /BBox [0 0 612 792] /Resources <</Font <</F1 4 0 R>>>> /Length %d>>\n"
        b"stream\n%s\nendstream" % (len(form), form),
    )
    return of_objects(objects)


def text(before: bytes = b"0 g", place: bytes = b"72 660", size: bytes = b"11", after: bytes = b"") -> bytes:
    """The hidden sentence, drawn after these operators in its own graphics state."""
    return b"q %s BT /F1 %s Tf 1 0 0 1 %s Tm (%s) Tj ET Q %s" % (before, size, place, HIDDEN.encode(), after)


WAYS = {
    "white": text(b"1 g"),
    "almost white": text(b".97 .98 .96 rg"),
    "white in a form": b"q 1 0 0 1 72 660 cm /X Do Q",
    "black on black": b"q 0 g 60 650 400 30 re f Q " + text(b"0 g"),
    "without ink": text(b"3 Tr"),
    "only to clip": text(b"7 Tr"),
    "without alpha": text(b"/A0 gs"),
    "a stroke without alpha": text(b"1 Tr /A0 gs"),
    "tiny": text(size=b"1.5"),
    "tiny by the matrix": text(b".1 0 0 .1 72 660 cm", place=b"0 0"),
    "left of the page": text(place=b"-900 660"),
    "above the page": text(place=b"72 900"),
    "clipped away": text(b"0 0 10 10 re W n"),
    "covered": text(after=b"q 1 g 60 650 480 30 re f Q"),
    "covered in black": text(after=b"q 0 g 60 650 480 30 re f Q"),
}


def written(folder: Path, content: bytes, **options: object) -> Path:
    path = folder / "a.pdf"
    path.write_bytes(pdf(content, **options))  # type: ignore[arg-type]
    return path


@pytest.mark.parametrize("hidden", WAYS.values(), ids=WAYS.keys())
def test_what_nobody_sees_is_not_read(tmp_path: Path, hidden: bytes) -> None:
    found = read(written(tmp_path, ARTICLE + b"\n" + hidden)).text
    assert SEEN in found
    assert "cures" not in found


def test_what_is_beyond_the_crop_box_is_not_read(tmp_path: Path) -> None:
    found = read(written(tmp_path, ARTICLE + text(place=b"72 30"), box=b"/CropBox [0 100 612 792]")).text
    assert SEEN in found
    assert "cures" not in found


def test_a_layer_that_is_off_is_not_read(tmp_path: Path) -> None:
    content = ARTICLE + b" /OC /L BDC " + text() + b" EMC"
    assert "cures" not in read(written(tmp_path, content, off=True)).text
    assert HIDDEN in read(written(tmp_path, content)).text


VISIBLE = {
    "as it is": text(),
    "white on a dark box": b"q 0 0 .5 rg 60 650 480 30 re f Q " + text(b"1 g"),
    "white on a rounded shape": b"q 0 0 .5 rg 60 650 m 540 650 l 560 665 l 540 690 l 60 690 l h f Q " + text(b"1 g"),
    "white on a picture": b"q 480 0 0 30 60 650 cm /I Do Q " + text(b"1 g"),
    "grey": text(b".6 g"),
    "small print": text(size=b"5"),
    "outlined": text(b"1 Tr"),
    "within its clip": text(b"60 640 480 60 re W n"),
    "on a rule": text(after=b"q 0 g 60 663 480 .5 re f Q"),
    "under what shines through": text(after=b"q /A0 gs 1 g 60 650 480 30 re f Q"),
    "on a light box": b"q .9 g 60 650 480 30 re f Q " + text(),
    "on a box that is covered": b"q 0 g 60 650 480 30 re f 1 g 60 650 480 30 re f Q " + text(),
}


@pytest.mark.parametrize("seen", VISIBLE.values(), ids=VISIBLE.keys())
def test_what_is_seen_is_read(tmp_path: Path, seen: bytes) -> None:
    assert HIDDEN in read(written(tmp_path, ARTICLE + b"\n" + seen)).text


PICTURE = b"q 612 0 0 792 0 0 cm /I Do Q "
RECOGNISED = ARTICLE.replace(b"0 g", b"3 Tr")


def test_the_text_that_was_recognised_on_a_scanned_page_is_read(tmp_path: Path) -> None:
    assert SEEN in read(written(tmp_path, PICTURE + RECOGNISED)).text


def test_so_it_is_under_a_stamp_that_is_seen(tmp_path: Path) -> None:
    stamp = b" BT /F1 8 Tf 0 Tr 1 0 0 1 72 20 Tm (Downloaded today) Tj ET"
    assert SEEN in read(written(tmp_path, PICTURE + RECOGNISED + stamp)).text


def test_text_without_ink_beside_text_with_ink_is_not_read_on_a_picture_either(tmp_path: Path) -> None:
    found = read(written(tmp_path, PICTURE + ARTICLE + text(b"3 Tr"))).text
    assert SEEN in found
    assert "cures" not in found


def test_text_without_ink_alone_is_no_text(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError) as refused:
        read(written(tmp_path, RECOGNISED))
    assert refused.value.status == "no_text_layer"


def test_what_nobody_sees_is_neither_found_nor_quoted(tmp_path: Path) -> None:
    path = written(tmp_path, ARTICLE + text(b"1 g"))
    with Library(tmp_path / "index", encoder=WordEncoder()) as library:
        library.add([path])
        answer = library.ask("What cures every patient at high doses?")
    assert "cures" not in str([hit.text for hit in answer.hits]) + str([one.text for one in answer.sentences])
