"""Make PDFs from known text, so that the text read can be compared with it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO

from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.pdfmetrics import registerFont, stringWidth
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT, MARGIN, GUTTER = 612.0, 792.0, 72.0, 18.0

Item = tuple[str, str]
"""A kind ("title", "wide", "heading", "subheading" or "paragraph") and a text; title and wide span the columns."""

FONTS = {
    "title": ("Helvetica-Bold", 18.0),
    "wide": ("Times-Roman", 10.0),
    "heading": ("Helvetica-Bold", 13.0),
    "subheading": ("Helvetica-Bold", 11.0),
    "paragraph": ("Times-Roman", 10.0),
    "abstract": ("Times-Roman", 9.5),
}


@dataclass(frozen=True)
class Layout:
    """How to set the items. ``by_rows`` draws row by row across the columns, as some programs do."""

    columns: int = 1
    head: str = ""
    foot: str = ""
    page_numbers: bool = False
    line_numbers: bool = False
    hyphenate: bool = False
    indent: float = 12.0
    gap: float = 0.0
    justify: bool = False
    by_rows: bool = False
    depth: float = HEIGHT - 2 * MARGIN
    """The height of the text on a page."""


@dataclass
class _Drawn:
    x: float
    y: float
    text: str
    font: tuple[str, float]
    spacing: float = 0.0


@dataclass
class _Setter:
    """Places lines column by column, page by page."""

    layout: Layout
    pages: list[list[_Drawn]] = field(default_factory=lambda: [[]])
    column: int = 0
    top: float = HEIGHT - MARGIN
    y: float = HEIGHT - MARGIN

    @property
    def column_width(self) -> float:
        return (WIDTH - 2 * MARGIN - GUTTER * (self.layout.columns - 1)) / self.layout.columns

    def down(self, step: float) -> None:
        if self.y - step >= HEIGHT - MARGIN - self.layout.depth:
            self.y -= step
            return
        self.column += 1
        if self.column == self.layout.columns:
            self.pages.append([])
            self.column, self.top = 0, HEIGHT - MARGIN
        self.y = self.top - step

    def place(self, kind: str, text: str) -> None:
        font, size = FONTS[kind]
        wide = kind in ("title", "wide")
        room = WIDTH - 2 * MARGIN if wide else self.column_width
        indent = self.layout.indent if kind == "paragraph" else 0.0
        before = {"paragraph": self.layout.gap, "wide": 8.0}.get(kind, size)
        lines = list(wrapped(text, font, size, room, indent=indent, hyphenate=self.layout.hyphenate))
        for number, line in enumerate(lines):
            self.down(size * 1.2 + (before if number == 0 else 0.0))
            left = MARGIN + self.column * (self.column_width + GUTTER) + (indent if number == 0 else 0.0)
            free = room - (indent if number == 0 else 0.0) - stringWidth(line, font, size)
            full = self.layout.justify and number + 1 < len(lines)
            spacing = free / line.count(" ") if full and " " in line else 0.0
            self.pages[-1].append(_Drawn(left, self.y, line, (font, size), spacing))
        if wide:
            self.top = self.y - size


def wrapped(text: str, font: str, size: float, room: float, *, indent: float, hyphenate: bool) -> Iterator[str]:
    """The lines of a text. With ``hyphenate``, words of eight or more letters are broken to fill the lines."""
    line, words = "", text.split()
    free = room - indent
    while words:
        word = words.pop(0)
        longer = f"{line} {word}" if line else word
        if stringWidth(longer, font, size) <= free:
            line = longer
            continue
        cut = next((at for at in range(len(word) - 3, 3, -1) if _fits(f"{line} {word[:at]}-", font, size, free)), 0)
        if hyphenate and cut and word.isalpha() and len(word) >= 8:
            line, word = f"{line} {word[:cut]}-", word[cut:]
        yield line
        line, free = "", room
        words.insert(0, word)
    yield line


def _fits(line: str, font: str, size: float, room: float) -> bool:
    return bool(stringWidth(line, font, size) <= room)


def typeset(items: Sequence[Item], layout: Layout = Layout()) -> bytes:
    """A PDF of the items in the layout."""
    setter = _Setter(layout)
    for kind, text in items:
        setter.place(kind, text)
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=(WIDTH, HEIGHT), invariant=True)
    for number, drawn in enumerate(setter.pages, 1):
        _draw(canvas, drawn, layout, number)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _draw(canvas: Canvas, drawn: Sequence[_Drawn], layout: Layout, number: int) -> None:
    canvas.setFont("Times-Italic", 8)
    if layout.head:
        canvas.drawString(MARGIN, HEIGHT - 40, layout.head)
    if layout.foot:
        canvas.drawString(MARGIN, 36, layout.foot.replace("%d", str(number)))
    if layout.page_numbers:
        canvas.drawCentredString(WIDTH / 2, 36, str(number))
    if layout.line_numbers:
        for count, y in enumerate(sorted({line.y for line in drawn}, reverse=True), 1):
            canvas.drawRightString(MARGIN - 20, y, str(count))
    ordered = sorted(drawn, key=lambda line: (-line.y, line.x)) if layout.by_rows else drawn
    text = canvas.beginText()
    for line in ordered:
        text.setFont(*line.font)
        text.setWordSpace(line.spacing)
        text.setTextOrigin(line.x, line.y)
        text.textOut(line.text)
    canvas.drawText(text)


def lines_at(
    lines: Sequence[tuple[float, float, str]], font: str = "Times-Roman", size: float = 10.0, compress: bool = True
) -> bytes:
    """A PDF of one page with each text at its x and y. The font Vera, which comes with reportlab, has ligatures."""
    registerFont(TTFont("Vera", "Vera.ttf"))
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=(WIDTH, HEIGHT), invariant=True, pageCompression=int(compress))
    canvas.setFont(font, size)
    for x, y, text in lines:
        canvas.drawString(x, y, text)
    canvas.save()
    return buffer.getvalue()


def picture() -> bytes:
    """A PDF of one page that holds an image and no text."""
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=(WIDTH, HEIGHT), invariant=True)
    canvas.drawImage(ImageReader(Image.new("RGB", (8, 8), "white")), 72, 72, 400, 400)
    canvas.save()
    return buffer.getvalue()


def of_objects(objects: Sequence[bytes]) -> bytes:
    """A PDF of these objects, numbered from 1. The first is the catalogue."""
    data, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(data))
    return data + b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table) + end
