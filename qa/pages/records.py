"""Requests for pages of a PDF, and the results."""

from dataclasses import dataclass

Box = tuple[int, int, int, int]
"""Left, top, right and bottom in pixels of an image, y downwards."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A page ``number`` from 1, and a quote to look for on it, with the text before and after the quote.

    An empty quote is not looked for. ``blocks`` are texts to locate on the page, in reading order. A page that is not
    ``drawn`` is only searched, which is quick.
    """

    number: int
    quote: str = ""
    before: str = ""
    after: str = ""
    blocks: tuple[str, ...] = ()
    drawn: bool = True


@dataclass(frozen=True, slots=True)
class Picture:
    """A page as a WebP image and its size in pixels. ``boxes`` locate the quote, empty if it was not found.

    ``blocks`` has the boxes of each requested block, one for each column, empty if it was not found. ``image`` is empty
    if none was requested.
    """

    number: int
    image: bytes
    width: int
    height: int
    boxes: tuple[Box, ...]
    blocks: tuple[tuple[Box, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Pages:
    """The number of pages in a PDF, and pictures of the requested pages that exist, in order."""

    count: int
    pictures: tuple[Picture, ...]
