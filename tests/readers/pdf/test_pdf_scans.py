"""Pages without text are reported, and OCR text is marked. The files are made from known text."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from qa.faces.cli import terminal
from qa.faces.cli.main import run
from qa.faces.web.chat.shelf import shelf
from qa.library import Library
from qa.readers.blocks import assemble
from qa.readers.files import parse
from qa.records import Document
from tests.readers.pdf.test_pdf_hidden import ARTICLE, PICTURE, RECOGNISED, SEEN, pdf
from tests.support.make_pdf import HEIGHT, WIDTH
from tests.support.models import WordEncoder

PAGE = ("Interleukin two is toxic at high doses.", "It was given to patients in the clinic of the north.")


def made(*pages: str, head: str = "") -> bytes:
    """A PDF with one page per given kind: "text", "picture", "blank", "white" (a white box) or "rule" (only a line)."""
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=(WIDTH, HEIGHT), invariant=True)
    for number, kind in enumerate(pages, 1):
        canvas.setFont("Times-Roman", 10)
        if kind == "picture":
            canvas.drawImage(ImageReader(Image.new("RGB", (8, 8), "grey")), 0, 0, WIDTH, HEIGHT)
        if kind == "white":
            canvas.setFillColorRGB(1, 1, 1)
            canvas.rect(0, 0, WIDTH, HEIGHT, stroke=0, fill=1)
            canvas.setFillColorRGB(0, 0, 0)
        for row in range(20 if kind == "text" else 0):
            canvas.drawString(72, HEIGHT - 100 - 12 * row, f"{PAGE[row % 2]} This is line {row} of page {number}.")
        if head:
            canvas.drawString(72, HEIGHT - 40, head)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def read(data: bytes) -> Document:
    reading = parse(data, ".pdf")
    return assemble(reading.blocks, source="a.pdf", data=data, metadata=reading.fields)


@pytest.mark.parametrize(
    ("pages", "unread"),
    [
        pytest.param(("text", "text"), (), id="all text"),
        pytest.param(("text", "picture", "text", "picture"), (2, 4), id="pictures alone"),
        pytest.param(("text", "blank", "white", "text"), (), id="blank pages show nothing"),
    ],
)
def test_a_page_without_text_is_named(pages: tuple[str, ...], unread: tuple[int, ...]) -> None:
    assert read(made(*pages)).unread_pages == unread


def test_a_scan_under_a_running_head_is_no_page_of_text() -> None:
    assert read(made("text", "text", "picture", "picture", head="Journal of Cells 2020")).unread_pages == (3, 4)


def test_text_that_a_program_recognised_on_a_scan_is_doubted_whole() -> None:
    document = read(pdf(PICTURE + RECOGNISED))
    place = document.text.index(SEEN)
    kinds = {doubt.kind for doubt in document.doubts if doubt.start <= place and place + len(SEEN) <= doubt.end}
    assert kinds == {"recognised"}
    assert read(pdf(ARTICLE)).doubts == ()


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    path = tmp_path / "scan.pdf"
    path.write_bytes(made("text", "picture"))
    return path


SAID = "Page 2 holds no text and was not read."


def test_adding_names_pages_without_text_and_the_library_remembers(
    scan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Library(tmp_path / "library", encoder=WordEncoder()) as library:
        (outcome,) = library.add([scan])
        terminal.print_landed(outcome)
        assert f"{scan}: {SAID} Install pincite[ocr]" in capsys.readouterr().err
        assert terminal.landed(outcome)["note"] == outcome.note
        assert SAID in shelf(library).table
    with Library(tmp_path / "library", encoder=WordEncoder()) as again:
        assert again.documents()[0].unread_pages == (2,)
    monkeypatch.setattr("qa.library.opened.load_encoder", WordEncoder)
    assert run(["documents", "--library", str(tmp_path / "library")]) == 0
    assert SAID in capsys.readouterr().out
