"""Text recognition for the pages of a PDF that hold no text, where the extra ``pincite[ocr]`` is installed.

It runs in a process of its own (``qa.readers.ocr.worker``), locked in like every reader. A file is read without
it first, as most have nothing to recognise.
"""

from collections.abc import Callable
from importlib.util import find_spec

from qa.readers.blocks import NotReadable, Reading
from qa.readers.formats import is_pdf
from qa.readers.isolation import Limits, decoded, run_isolated

LIMITS = Limits(memory_bytes=3 << 30, cpu_s=1_800, wall_s=3_600)
"""RapidOCR 3.10 takes 1.9 GB of addresses, and some 20 s of processor time a full page on one thread."""

_NOTHING = "has no text layer, and no text was recognised on its pages; give a sharper scan."


def is_installed() -> bool:
    """Whether the extra is there."""
    return find_spec("rapidocr") is not None


def recognising(data: bytes, parse: Callable[[], Reading]) -> Reading:
    """What ``parse`` makes of a file's bytes, with its pages without text recognised where that can be had.

    NotReadable says why there is none. Where recognition breaks or takes too long, a file that has other text is read
    without it, and names those pages.
    """
    try:
        reading = parse()
    except NotReadable as error:
        if error.status != "no_text_layer" or not (is_pdf(data) and is_installed()):
            raise
        return _recognised(data)
    if reading.fields.get("unread_pages") and is_pdf(data) and is_installed():
        try:
            return _recognised(data)
        except NotReadable:
            return reading
    return reading


def _recognised(data: bytes) -> Reading:
    try:
        return decoded(run_isolated("qa.readers.ocr.worker", [], data, LIMITS))
    except NotReadable as error:
        raise (NotReadable(error.status, _NOTHING) if error.status == "no_text_layer" else error) from error
