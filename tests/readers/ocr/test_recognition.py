"""Text from OCR: where its words are placed, when a file is read again with OCR, and a whole scan."""

import re
import socket
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import pypdfium2 as pdfium
import pytest
import reportlab
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from qa.errors import UnreadableFileError
from qa.library import Library
from qa.readers import isolation
from qa.readers.blocks import Block, NotReadable, Reading
from qa.readers.files import read
from qa.readers.ocr import recognition
from qa.readers.ocr.recogniser import recogniser, words_of
from qa.readers.pdf import reader
from qa.readers.pdf.characters import Piece
from tests.support.make_pdf import HEIGHT, WIDTH
from tests.support.models import WordEncoder

needs_ocr = pytest.mark.skipif(
    not recognition.is_installed(), reason="text recognition is not installed: pip install 'pincite[ocr]'"
)

SCANNED = (
    "Interleukin fifteen was given to patients",
    "at a dose of 10 mg per day. It was not toxic.",
    "No patient died of it in the first year.",
)
TYPED = "Interleukin two is toxic at high doses."
FONT = Path(reportlab.__file__).parent / "fonts" / "Vera.ttf"


def scanned(lines: Sequence[str], dots: int = 200) -> Image.Image:
    """A picture of a page with these lines, like a scan."""
    scale = dots / 72
    picture = Image.new("L", (int(WIDTH * scale), int(HEIGHT * scale)), "white")
    font = ImageFont.truetype(str(FONT), int(11 * scale))
    for row, line in enumerate(lines):
        ImageDraw.Draw(picture).text((72 * scale, (100 + 16 * row) * scale), line, fill=0, font=font)
    return picture


def made(*pages: Image.Image | str) -> bytes:
    """A PDF in which each page is a picture, or ten lines of a text."""
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=(WIDTH, HEIGHT), invariant=True)
    for page in pages:
        if isinstance(page, str):
            for row in range(10):
                canvas.drawString(72, HEIGHT - 100 - 14 * row, page)
        else:
            canvas.drawImage(ImageReader(page), 0, 0, WIDTH, HEIGHT)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    path = tmp_path / "scan.pdf"
    path.write_bytes(made(TYPED, scanned(SCANNED)))
    return path


# ---------------------------------------------------------------- without the recogniser


def test_words_stand_where_their_share_of_the_line_is() -> None:
    pieces = words_of([("ab cd", 100.0, 200.0, 150.0, 210.0)], 792.0)
    assert [(piece.text, piece.x0, piece.x1) for piece in pieces] == [("ab", 100.0, 120.0), ("cd", 130.0, 150.0)]
    assert {(piece.y, piece.size) for piece in pieces} == {(792.0 - 210.0 + 2.2, 7.8)}


def test_lines_of_nearly_the_same_height_are_of_one_size() -> None:
    heights = {"a": 10.0, "b": 10.5, "c": 11.5, "D": 30.0}
    boxes = [(text, 0.0, 100.0, 9.0, 100.0 + height) for text, height in heights.items()]
    sizes = [piece.size for piece in words_of(boxes, 792.0)]
    assert sizes[0] == sizes[1] == sizes[2] < sizes[3]
    assert words_of([], 792.0) == []


def test_only_pages_without_text_are_recognised_and_no_more_than_the_most(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def recognise(page: object) -> tuple[list[Piece], float]:
        asked.append(page)
        return [
            Piece(word, 72 + 50 * i, 120 + 50 * i, 600, 10) for i, word in enumerate(SCANNED[len(asked)].split())
        ], 0.75

    picture = scanned([], dots=20)
    monkeypatch.setattr(reader, "MOST_PAGES", 2)
    reading = reader.read(made(picture, TYPED, picture, picture), recognise)
    assert len(asked) == 2
    assert reading.fields["unread_pages"] == (4,)
    doubts = [(block.text, doubt.kind, doubt.confidence) for block in reading.blocks for doubt in block.doubts]
    assert doubts == [(line, "recognised", 0.75) for line in SCANNED[1:]]


READING = Reading([Block("Text.")], {"unread_pages": (2,)})
AGAIN = Reading([Block("Text."), Block("Recognised.")])
SCAN = NotReadable("no_text_layer", "has no text layer.")


@pytest.mark.parametrize(
    ("first", "again", "installed", "expected"),
    [
        pytest.param(READING, AGAIN, True, AGAIN, id="pages are recognised"),
        pytest.param(READING, AGAIN, False, READING, id="not without the extra"),
        pytest.param(Reading([Block("Text.")]), AGAIN, True, Reading([Block("Text.")]), id="nothing to recognise"),
        pytest.param(READING, NotReadable("too_slow", "is slow."), True, READING, id="too slow: the rest is read"),
        pytest.param(SCAN, AGAIN, True, AGAIN, id="all is recognised"),
        pytest.param(SCAN, AGAIN, False, "has no text layer.", id="no text, and no extra"),
        pytest.param(SCAN, SCAN, True, "has no text layer, and no text was recognised", id="nothing was recognised"),
        pytest.param(SCAN, NotReadable("too_slow", "is slow."), True, "is slow.", id="no text, and too slow"),
        pytest.param(NotReadable("encrypted", "is locked."), AGAIN, True, "is locked.", id="another refusal"),
    ],
)
def test_a_file_is_read_again_where_there_is_something_to_recognise(
    first: Reading | NotReadable,
    again: Reading | NotReadable,
    installed: bool,
    expected: Reading | str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def parse() -> Reading:
        if isinstance(first, NotReadable):
            raise first
        return first

    monkeypatch.setattr(recognition, "is_installed", lambda: installed)
    monkeypatch.setattr(recognition, "run_isolated", lambda *_: isolation.encoded(again))
    if isinstance(expected, Reading):
        assert recognition.recognising(b"%PDF-1.7", parse) == expected
    else:
        with pytest.raises(NotReadable, match=re.escape(expected)):
            recognition.recognising(b"%PDF-1.7", parse)


def test_without_the_extra_a_scan_is_refused_in_a_sentence_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "scan.pdf").write_bytes(made(scanned(SCANNED)))
    with pytest.raises(UnreadableFileError, match=r"has no text layer; install pincite\[ocr\]") as refused:
        read(tmp_path / "scan.pdf")
    assert refused.value.status == "no_text_layer"


def test_a_file_is_added_anew_once_the_extra_is_there(
    scan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Library(tmp_path / "library", encoder=WordEncoder()) as library:
        assert [outcome.status for outcome in (*library.add([scan]), *library.add([scan]))] == ["added", "unchanged"]
        again = isolation.encoded(
            reader.read(scan.read_bytes(), lambda _: ([Piece("Recognised", 72, 130, 600, 10)], 0.9))
        )
        monkeypatch.setattr(recognition, "is_installed", lambda: True)
        monkeypatch.setattr(recognition, "run_isolated", lambda *_: again)
        (outcome,) = library.add([scan])
        assert (outcome.status, outcome.note) == ("changed", None)
        assert [document.text.split()[-1] for document in library.documents()] == ["Recognised"]


# ---------------------------------------------------------------- with it


@needs_ocr
@pytest.mark.isolated
def test_a_scanned_page_is_read_quoted_with_its_warning_and_proved(scan: Path, tmp_path: Path) -> None:
    with Library(tmp_path / "library", encoder=WordEncoder()) as library:
        (outcome,) = library.add([scan])
        (document,) = library.documents()
        assert (outcome.note, document.unread_pages) == (None, ())
        assert document.text.endswith(" ".join(SCANNED))
        answer = library.ask("At what dose was interleukin fifteen given to patients?", threshold=0)
        (cited,) = [citation for citation in answer.citations if SCANNED[0] in citation.quote]
        assert cited.page == 2
        said = (
            r"Compare with the printed page: a program recognised these words in a picture of it, at a confidence of "
        )
        assert re.fullmatch(rf"{said}0\.9\d\.", cited.warning or "")
        proof = library.verify(answer, [scan])
        assert proof.stands
        assert any("were recognised in a picture of the page" in told for told in proof.unproved)


@needs_ocr
@pytest.mark.isolated
def test_a_picture_without_letters_holds_no_text(tmp_path: Path) -> None:
    (tmp_path / "grey.pdf").write_bytes(made(Image.new("L", (60, 80), "grey")))
    with pytest.raises(UnreadableFileError, match="no text was recognised on its pages"):
        read(tmp_path / "grey.pdf")


@needs_ocr
@pytest.mark.isolated
def test_the_recogniser_opens_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a connection was asked for")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    with pdfium.PdfDocument(made(scanned(SCANNED[:1], dots=100))) as document:
        words, confidence = recogniser()(document[0])
    assert " ".join(word.text for word in words) == SCANNED[0]
    assert 0.5 < confidence <= 1
