"""What is asked of the pages of a PDF, and what comes back."""

from dataclasses import dataclass

Box = tuple[int, int, int, int]
"""Left, top, right and bottom in pixels of an image, y downwards."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The page of a ``number`` counted from 1, and a quote to look for on it, with the text before and after it there.

    An empty quote is not looked for. ``blocks`` are texts of the page of which each is to be placed on it, in reading
    order. A page that is not to be ``drawn`` is placed on alone, which is quick.
    """

    number: int
    quote: str = ""
    before: str = ""
    after: str = ""
    blocks: tuple[str, ...] = ()
    drawn: bool = True


@dataclass(frozen=True, slots=True)
class Picture:
    """A page as a WebP image of so many pixels; ``boxes`` are where its quote is, none where it was not found.

    ``blocks`` has of each block that was wanted the boxes that it fills, one for each column, none where it was not
    found. ``image`` is empty where none was to be drawn.
    """

    number: int
    image: bytes
    width: int
    height: int
    boxes: tuple[Box, ...]
    blocks: tuple[tuple[Box, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Pages:
    """How many pages a PDF has, and pictures of those that were wanted and that it has, in order."""

    count: int
    pictures: tuple[Picture, ...]
