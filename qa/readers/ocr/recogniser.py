"""RapidOCR, which recognises the text of a page in its picture. Its models come in its package: it fetches nothing.

To be run in a process of its own (``qa.readers.ocr.worker``): the file may be hostile.
"""

import os
import statistics
from collections.abc import Callable, Sequence
from typing import Any

import pypdfium2 as pdfium

from qa.readers.pdf.characters import Piece

MOST_PAGES = 50
"""Pages of a file that are recognised, at most, so that they fit into the time; the others stay unread."""

SCALE = 200 / 72
"""Pixels a point, of 200 dots an inch, as scans for recognition are made."""
MOST_PIXELS = 20_000_000
"""Of a page, at most: one of A2 at 200 dots an inch."""

_DESCENT = 0.22
"""Of the height of a recognised line, what is below its baseline: Times and Helvetica go down by .21 of their size."""
_ALIKE = 0.2
"""Lines whose heights differ by no more than this from the middle one are of one size; their boxes are not exact."""

Recognised = tuple[list[Piece], float]
"""The words of a page, and how sure the recogniser is, 0 to 1."""
Recognise = Callable[[pdfium.PdfPage], Recognised]


def recogniser() -> Recognise:
    """What recognises the text of a page, with its models loaded. Needs the extra."""
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # read when onnxruntime is imported
    from rapidocr import RapidOCR

    runtime = "EngineConfig.onnxruntime"
    engine = RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.use_cls": False,  # pages stand upright
            "Rec.rec_batch_num": 1,  # so that what a line is read as does not depend on its company
            f"{runtime}.enable_cpu_mem_arena": True,
            f"{runtime}.intra_op_num_threads": 1,
            f"{runtime}.inter_op_num_threads": 1,
        }
    )
    return lambda page: _read(page, engine)


def _read(page: pdfium.PdfPage, engine: Any) -> Recognised:
    width, height = page.get_size()
    scale = min(SCALE, (MOST_PIXELS / max(1.0, width * height)) ** 0.5)
    pixels = page.render(scale=scale, may_draw_forms=False, rev_byteorder=False).to_numpy()
    found = engine(pixels[:, :, :3] if pixels.ndim == 3 else pixels)
    if found.txts is None:
        return [], 0.0
    lines = [
        (text, *(float(edge) / scale for edge in _edges(box)))
        for text, box in zip(found.txts, found.boxes, strict=True)
    ]
    return words_of(lines, height), statistics.fmean(map(float, found.scores))


def _edges(box: Any) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of a box of four corners."""
    xs, ys = [corner[0] for corner in box], [corner[1] for corner in box]
    return min(xs), min(ys), max(xs), max(ys)


def words_of(lines: Sequence[tuple[str, float, float, float, float]], height: float) -> list[Piece]:
    """The words of recognised lines (text, left, top, right, bottom, in points from the page's top left) as pieces.

    Where a word stands in its line is told by its share of the line's characters.
    """
    middle = statistics.median(bottom - top for _, _, top, _, bottom in lines) if lines else 0.0
    pieces = []
    for text, left, top, right, bottom in lines:
        tall = bottom - top
        tall = middle if abs(tall - middle) <= _ALIKE * middle else tall
        share = (right - left) / max(1, len(text))
        start = 0
        for word in text.split():
            start = text.index(word, start)
            end = start + len(word)
            x0, x1 = left + share * start, left + share * end
            pieces.append(Piece(word, x0, x1, height - bottom + _DESCENT * tall, round(tall * (1 - _DESCENT), 2)))
            start = end
    return pieces
