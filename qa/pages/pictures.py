"""Pages of a PDF as printed, with a quote's words highlighted.

``pages_of`` is the entry point: from the file's bytes and what is wanted to pictures. PDFium draws in a process of its
own, with limits, because files may be hostile. Only the picture in its output is trusted.
"""

import json
import threading
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import asdict
from itertools import pairwise
from typing import Any

from qa.errors import PageError
from qa.pages.records import Box, Pages, Picture, Wanted
from qa.readers.blocks import NotReadable
from qa.readers.isolation import Limits, run_isolated
from qa.records import Document

__all__ = ["Box", "Pages", "Picture", "Wanted", "pages_of", "wanted_of"]

LIMITS = Limits(cpu_s=8, wall_s=15, output_bytes=40_000_000)
"""Memory as for reading a file; a page that takes longer to draw is given up."""
MOST = 2
"""The most pages shown for one quote."""
MAX_QUOTE = 5_000
"""The most characters of a quote that is looked for."""
AROUND = 10_000
"""Characters before and after a quote that tell it apart from the same words elsewhere on the page."""
AT_ONCE = 2
PATIENCE_S = 10.0
"""How long to wait, in seconds, while the maximum number of others are drawing."""

_drawing = threading.BoundedSemaphore(AT_ONCE)


def wanted_of(document: Document, start: int, end: int) -> list[Wanted]:
    """The pages with a span of the document's text, at most two, each with its part of the words."""
    bounds = [*document.pages, len(document.text)]
    found = [
        _part(document.text, number, (max(start, low), min(end, high)), (low, high))
        for number, (low, high) in enumerate(pairwise(bounds), 1)
        if max(start, low) < min(end, high)
    ]
    return [wanted for wanted in found if wanted.quote][:MOST]


def _part(text: str, number: int, span: tuple[int, int], page: tuple[int, int]) -> Wanted:
    (start, end), (low, high) = span, page
    if end - start > MAX_QUOTE:
        return Wanted(number)
    before = text[max(low, start - AROUND) : start]
    return Wanted(number, text[start:end], before, text[end : min(high, end + AROUND)])


def pages_of(data: bytes, wanted: Sequence[Wanted], limits: Limits = LIMITS) -> Pages:
    """Pictures of pages of a PDF. PageError says in a sentence why there are none."""
    head = json.dumps([asdict(one) for one in wanted]).encode() + b"\n"
    if not _drawing.acquire(timeout=PATIENCE_S):
        raise PageError("The page is not shown as it is printed, as many others are being drawn; load it again.")
    try:
        form = json.loads(run_isolated("qa.pages.worker", [], head + data, limits))
    except NotReadable as error:
        slow = error.status == "too_slow"
        raise PageError(_refused("takes too long to draw" if slow else "cannot be drawn")) from error
    except ValueError as error:  # the process was ended while it wrote
        raise PageError(_refused("cannot be drawn")) from error
    finally:
        _drawing.release()
    if form is None:
        raise PageError(_refused("cannot be drawn"))
    return Pages(form["count"], tuple(_picture(one) for one in form["pictures"]))


def _refused(why: str) -> str:
    return f"The page is not shown as it is printed, as it {why}; open the PDF in another program."


def _picture(form: dict[str, Any]) -> Picture:
    blocks = tuple(map(_boxes, form["blocks"]))
    return Picture(**{**form, "image": b64decode(form["image"]), "boxes": _boxes(form["boxes"]), "blocks": blocks})


def _boxes(form: Sequence[Sequence[int]]) -> tuple[Box, ...]:
    return tuple((left, top, right, bottom) for left, top, right, bottom in form)
