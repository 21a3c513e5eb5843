"""Text recognition for PDF pages without text, if the extra ``pincite[ocr]`` is installed.

It runs in a process of its own (``qa.readers.ocr.worker``), sandboxed like every reader. A file is first read without
it, because most files need no recognition.
"""

from collections.abc import Callable
from importlib.util import find_spec

from qa.readers.blocks import NotReadable, Reading
from qa.readers.formats import is_pdf
from qa.readers.isolation import Limits, decoded, run_isolated

LIMITS = Limits(memory_bytes=3 << 30, cpu_s=1_800, wall_s=3_600)
"""RapidOCR 3.10 needs 1.9 GB of address space, and about 20 s of CPU time per full page on one thread."""

_NOTHING = "has no text layer, and no text was recognised on its pages; give a sharper scan."


def is_installed() -> bool:
    """Whether the extra is installed."""
    return find_spec("rapidocr") is not None


def recognising(data: bytes, parse: Callable[[], Reading]) -> Reading:
    """The reading that ``parse`` makes of a file, with pages without text recognised where possible.

    NotReadable says why there is no reading. If recognition fails or takes too long, a file with other text is read
    without it, and those pages are named.
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
