"""Make PDFs with a table among prose, with or without rules, to compare its cells with what is read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO

from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT, MARGIN = 612.0, 792.0, 72.0
LEADING = 12.0
REGULAR, BOLD = "Times-Roman", "Times-Bold"

PROSE = (
    "The trial was open at four hospitals for two years and all of the patients gave their consent to it.",
    "Most of those who were asked took part, and the others did not differ from them in age or in stage.",
    "What follows was planned before the first patient was treated, and it has not been changed since then.",
    "None of the patients was lost to follow-up, so that all of them could be compared as they had been drawn.",
)


@dataclass(frozen=True)
class Put:
    """A text in the table, at ``x`` from its left and ``row`` baselines down; ``centred`` centres it on ``x``."""

    x: float
    row: float
    text: str
    bold: bool = False
    centred: bool = False


@dataclass(frozen=True)
class Rule:
    """A rule from ``x0`` to ``x1``, ``row`` baselines down. With ``to`` it is upright and ends ``to`` rows down."""

    x0: float
    x1: float
    row: float
    to: float | None = None


def page_of(
    caption: Sequence[str],
    puts: Iterable[Put],
    rules: Iterable[Rule] = (),
    *,
    canvas: Canvas | None = None,
    turned: bool = False,
) -> bytes:
    """A page of prose, a caption, a table and more prose. With ``canvas``, the page is added to it."""
    drawn, puts = BytesIO(), list(puts)
    page = canvas or Canvas(drawn, pagesize=(WIDTH, HEIGHT), invariant=True)
    if turned:
        page.translate(WIDTH, 0)
        page.rotate(90)
    top = (WIDTH if turned else HEIGHT) - MARGIN
    y = top if turned else _prose(page, top)
    page.setFont(REGULAR, 9)
    for line in caption:
        y -= LEADING
        page.drawString(MARGIN, y, line)
    y -= 1.5 * LEADING
    for put in puts:
        font = BOLD if put.bold else REGULAR
        page.setFont(font, 9)
        left = MARGIN + put.x - (stringWidth(put.text, font, 9) / 2 if put.centred else 0)
        page.drawString(left, y - put.row * LEADING, put.text)
    page.setLineWidth(0.5)
    for rule in rules:
        down = y + 0.75 * LEADING - rule.row * LEADING
        end = down if rule.to is None else y + 0.75 * LEADING - rule.to * LEADING
        page.line(MARGIN + rule.x0, down, MARGIN + rule.x1, end)
    if not turned:
        _prose(page, y - (max(put.row for put in puts) + 3) * LEADING)
    page.showPage()
    if canvas is None:
        page.save()
    return drawn.getvalue()


def _prose(page: Canvas, y: float) -> float:
    page.setFont(REGULAR, 11)
    for line in PROSE:
        page.drawString(MARGIN, y, line)
        y -= 14
    return y


def grid_of(
    rows: Sequence[Sequence[str]], places: Sequence[float], start: float = 0, *, bold: bool = False
) -> list[Put]:
    """Rows of texts at the columns' places, one baseline per row."""
    return [
        Put(x, start + number, text, bold)
        for number, row in enumerate(rows)
        for x, text in zip(places, row, strict=True)
        if text
    ]
