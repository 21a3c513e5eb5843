"""Pages as pictures: the right page, boxes on the right words, and an error sentence if it cannot be drawn."""

import threading
from collections.abc import Sequence
from io import BytesIO

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter

from eval.stress.reading.hostile_files import CATALOG, pdf, stream
from qa.errors import PageError
from qa.pages.drawing import MAX_PIXELS, WIDTH, draw
from qa.pages.pictures import LIMITS, Picture, Wanted, pages_of, wanted_of
from qa.pages.records import Box
from qa.readers.blocks import assemble
from qa.readers.files import parse
from qa.readers.isolation import Limits
from qa.records import Document
from tests.support.make_pdf import HEIGHT, Item, Layout, lines_at, of_objects, typeset
from tests.support.make_pdf import WIDTH as PAPER

SCALE = WIDTH / PAPER
PARAGRAPHS: Sequence[Item] = [
    (
        "paragraph",
        f"In trial {name} the responsiveness of immunotherapeutic combinations was unmistakably dependent "
        f"on hospitalisation and on {name} alone. Nothing else of {name} was reported by the investigators.",
    )
    for name in "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu".split()
]


def document_of(data: bytes) -> Document:
    reading = parse(data, ".pdf")
    return assemble(reading.blocks, source="a.pdf", data=data, metadata=reading.fields)


def shown(document: Document, data: bytes, quote: str) -> list[Picture]:
    """The pictures of the pages that contain the quote."""
    start = document.text.index(quote)
    return list(draw(data, wanted_of(document, start, start + len(quote))).pictures)


def turned(data: bytes, degrees: int) -> bytes:
    writer, buffer = PdfWriter(), BytesIO()
    for page in PdfReader(BytesIO(data)).pages:
        writer.add_page(page).rotate(degrees)
    writer.write(buffer)
    return buffer.getvalue()


def tinted(picture: Picture) -> Box:
    """The box around everything that is neither grey nor white."""
    image = Image.open(BytesIO(picture.image)).convert("HSV").getchannel("S").point(lambda value: 255 * (value > 60))
    box = image.getbbox()
    assert box is not None
    return box


def test_a_box_stands_where_the_words_were_set() -> None:
    data = lines_at([(72, 700, "Nothing is said here at all."), (72, 600, "Interleukin limits its own use.")])
    (picture,) = draw(data, [Wanted(1, "Interleukin limits its own use.")]).pictures
    ((left, top, right, bottom),) = picture.boxes
    assert (left, right) == (pytest.approx(72 * SCALE, abs=2), pytest.approx((72 + 125) * SCALE, abs=15))
    baseline = (HEIGHT - 600) * SCALE
    assert baseline - 12 * SCALE < top < baseline - 6 * SCALE
    assert baseline <= bottom < baseline + 5 * SCALE
    assert tinted(picture) == pytest.approx((left, top, right, bottom), abs=2)


def test_letters_stay_black_under_a_highlight() -> None:
    data = lines_at([(72, 600, "Interleukin limits its own use.")])
    (picture,) = draw(data, [Wanted(1, "Interleukin limits its own use.")]).pictures
    assert Image.open(BytesIO(picture.image)).crop(picture.boxes[0]).convert("L").getextrema()[0] < 40


@pytest.mark.parametrize(
    "layout",
    [
        Layout(),
        Layout(hyphenate=True, justify=True),
        Layout(columns=2, hyphenate=True),
        Layout(columns=2, by_rows=True),
    ],
    ids=["one column", "hyphens", "two columns", "two columns by rows"],
)
def test_every_sentence_gets_a_box_on_each_of_its_lines(layout: Layout) -> None:
    data = typeset(PARAGRAPHS, layout)
    document = document_of(data)
    for name in ("alpha", "delta", "mu"):
        (picture,) = shown(document, data, f"Nothing else of {name} was reported by the investigators.")
        assert 1 <= len(picture.boxes) <= 4
        assert all(abs((bottom - top) / SCALE - 11) < 3 for _, top, _, bottom in picture.boxes)


def test_a_sentence_over_a_page_break_is_highlighted_on_both_pages() -> None:
    data = typeset(PARAGRAPHS, Layout(depth=114))
    document = document_of(data)
    over = [
        text
        for _, text in PARAGRAPHS
        for at in [document.text.find(text)]
        if at >= 0 and document.page_at(at) != document.page_at(at + len(text) - 1)
    ]
    assert over
    for text in over:
        before, after = shown(document, data, text)
        assert after.number == before.number + 1
        assert before.boxes
        assert after.boxes


def test_on_a_turned_page_the_boxes_are_turned_too() -> None:
    upright = lines_at([(72, 600, "Interleukin limits its own use.")])
    wanted = [Wanted(1, "Interleukin limits its own use.")]
    (picture,) = draw(turned(upright, 90), wanted).pictures
    assert (picture.width, picture.height) == (WIDTH, pytest.approx(WIDTH * PAPER / HEIGHT, abs=1))
    scale = WIDTH / HEIGHT
    ((left, top, right, bottom),) = picture.boxes
    assert (top, bottom) == (pytest.approx(72 * scale, abs=2), pytest.approx((72 + 125) * scale, abs=12))
    assert left <= 600 * scale <= right
    assert tinted(picture) == pytest.approx((left, top, right, bottom), abs=2)


def test_a_quote_that_is_not_on_the_page_gets_no_box() -> None:
    data = lines_at([(72, 600, "Interleukin limits its own use.")])
    (picture,) = draw(data, [Wanted(1, "Interleukin extends its own use.")]).pictures
    assert picture.boxes == ()


def test_a_page_of_any_shape_is_a_picture_of_bounded_size() -> None:
    writer, buffer = PdfWriter(), BytesIO()
    for width, height in ((14_000, 14_000), (1, 14_000), (14_000, 1), (10, 10)):
        writer.add_blank_page(width, height)
    writer.write(buffer)
    for picture in draw(buffer.getvalue(), [Wanted(number) for number in (1, 2, 3, 4)]).pictures:
        assert 0 < picture.width * picture.height <= 1.01 * MAX_PIXELS


def test_the_words_of_a_span_are_parted_by_page() -> None:
    text = "One two three. Four five six."
    document = assemble([], source="a", data=b"", metadata={})
    document = Document(document.doc_id, "a.pdf", text, (), (0, 15, 15), "", "")
    assert wanted_of(document, 4, 7) == [Wanted(1, "two", "One ", " three. ")]
    assert wanted_of(document, 8, 19) == [Wanted(1, "three. ", "One two ", ""), Wanted(3, "Four", "", " five six.")]


# ---------------------------------------------------------------- in a separate process


@pytest.mark.isolated
def test_pages_come_from_a_process_of_its_own_as_they_were_drawn_there() -> None:
    data = typeset(PARAGRAPHS, Layout(depth=100))
    wanted = [Wanted(2, "Nothing else"), Wanted(99)]
    pages = pages_of(data, wanted)
    assert pages.count == len(PdfReader(BytesIO(data)).pages)
    assert pages == draw(data, wanted)


@pytest.mark.isolated
@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\n", b"no PDF at all", lines_at([(72, 600, "Words.")])[:400]])
def test_a_damaged_file_is_a_sentence(data: bytes) -> None:
    with pytest.raises(PageError, match=r"^The page is not shown as it is printed, as it cannot be drawn; [^.]*\.$"):
        pages_of(data, [Wanted(1)])


def endless() -> bytes:
    """A one-page PDF whose nested forms draw the next one ten times each, so drawing practically never ends."""
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</XObject<</F 5 0 R>>>>>>"
    forms = [
        stream(
            b"/F Do " * 10,
            b"/Type/XObject/Subtype/Form/BBox[0 0 600 800]/Resources<</XObject<</F %d 0 R>>>>" % (number + 1),
        )
        for number in range(5, 14)
    ]
    last = stream(b"0 0 600 800 re f " * 1000, b"/Type/XObject/Subtype/Form/BBox[0 0 600 800]")
    return pdf(CATALOG, b"<</Type/Pages/Kids[3 0 R]/Count 1>>", page, stream(b"/F Do"), *forms, last)


@pytest.mark.isolated
def test_a_page_without_end_is_a_sentence() -> None:
    with pytest.raises(PageError, match="takes too long to draw"):
        pages_of(endless(), [Wanted(1)], Limits(cpu_s=1, wall_s=20))  # with more, memory would run out first


@pytest.mark.isolated
def test_a_page_that_takes_too_much_memory_is_a_sentence() -> None:
    with pytest.raises(PageError, match="cannot be drawn"):
        pages_of(lines_at([(72, 600, "Words.")]), [Wanted(1)], Limits(memory_bytes=60_000_000))


def test_the_limits_are_those_of_a_short_wait() -> None:
    assert (LIMITS.cpu_s, LIMITS.wall_s, LIMITS.memory_bytes) == (8, 15, 1 << 30)


def test_whoever_comes_while_many_are_drawing_is_told_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.pages.pictures.PATIENCE_S", 0.01)
    drawing = threading.BoundedSemaphore(1)
    monkeypatch.setattr("qa.pages.pictures._drawing", drawing)
    with drawing, pytest.raises(PageError, match="load it again"):
        pages_of(b"", [Wanted(1)])


@pytest.mark.parametrize("matrix", ["1 0 0 1 100 600", "0 1 -1 0 300 100"], ids=["upright", "turned"])
def test_a_highlight_is_of_one_line_whatever_its_font_says_of_its_height(matrix: str) -> None:
    content = f"BT /F1 20 Tf {matrix} Tm (Interleukin) Tj ET".encode()
    data = of_objects(
        (
            b"<</Type /Catalog /Pages 2 0 R>>",
            b"<</Type /Pages /Kids [3 0 R] /Count 1>>",
            b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 5 0 R /Resources <</Font <</F1 4 0 R>>>>>>",
            b"<</Type /Font /Subtype /Type1 /BaseFont /Tall /FontDescriptor 6 0 R "
            b"/FirstChar 32 /LastChar 126 /Widths [%s]>>" % (b"500 " * 95),
            b"<</Length %d>>\nstream\n%s\nendstream" % (len(content), content),
            b"<</Type /FontDescriptor /FontName /Tall /Flags 32 /Ascent 2400 /Descent -1200 /StemV 80 "
            b"/CapHeight 700 /ItalicAngle 0 /FontBBox [-150 -1200 2400 2400]>>",
        )
    )
    [picture] = draw(data, [Wanted(1, quote="Interleukin")]).pictures
    [(left, top, right, bottom)] = picture.boxes
    assert min(right - left, bottom - top) < 1.4 * 20 * WIDTH / 612
