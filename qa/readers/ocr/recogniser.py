"""RapidOCR recognises text in the picture of a page. Its models come in its package: nothing is downloaded.

Run it in a process of its own (``qa.readers.ocr.worker``): the file may be hostile.
"""

import os
import statistics
from collections.abc import Callable, Sequence
from typing import Any

import pypdfium2 as pdfium

from qa.readers.pdf.characters import Piece

MOST_PAGES = 50
"""The most pages recognised in one file, so that they fit into the time; the others stay unread."""

SCALE = 200 / 72
"""Pixels per point, at 200 dots an inch, as usual for scans."""
MOST_PIXELS = 20_000_000
"""The most pixels of a page: A2 at 200 dots an inch."""

_DESCENT = 0.22
"""The share of a recognised line's height below its baseline. Times and Helvetica descend .21 of their size."""
_ALIKE = 0.2
"""Line heights this close to the median are taken as one size, because recognised boxes are not exact."""

Recognised = tuple[list[Piece], float]
"""The words of a page, and the confidence of recognition, 0 to 1."""
Recognise = Callable[[pdfium.PdfPage], Recognised]


def recogniser() -> Recognise:
    """A function that recognises the text of a page, with its models loaded. Needs the extra."""
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # read when onnxruntime is imported
    from rapidocr import RapidOCR

    runtime = "EngineConfig.onnxruntime"
    engine = RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.use_cls": False,  # pages are upright
            "Rec.rec_batch_num": 1,  # so that a line's result does not depend on other lines
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
    """Left, top, right and bottom of a four-cornered box."""
    xs, ys = [corner[0] for corner in box], [corner[1] for corner in box]
    return min(xs), min(ys), max(xs), max(ys)


def words_of(lines: Sequence[tuple[str, float, float, float, float]], height: float) -> list[Piece]:
    """The words of recognised lines as pieces. A line is (text, left, top, right, bottom), in points from the top left.

    A word's position in its line is estimated from its share of the line's characters.
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
