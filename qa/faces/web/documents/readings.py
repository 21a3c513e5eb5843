"""How a document was read, page by page: a PDF's printed page with a box around each block, and the blocks.

``/document/ID/reading?page=N`` shows one page, drawn on request, or the N-th part of a document without pages.
"""

from base64 import b64encode
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from qa.errors import NoOriginalError, PageError
from qa.faces.roles import LOOKS, Block, Look, ShownRole, blocks_of, in_words, is_quotable, kept_out, on_page
from qa.faces.web.documents.sources import Page
from qa.faces.web.rendering import render
from qa.pages.pictures import Box, Wanted, pages_of
from qa.proof.citations import warning
from qa.records import Document

if TYPE_CHECKING:
    from qa.library import Library

PART = 20_000
"""The characters shown at once of a document without pages, plus at most one block."""
LONGEST = 5_000
"""The most characters shown of one block; the document itself has the rest."""
_AROUND = 2
"""The pages on each side of the current one with a link, besides the first and the last."""

_NO_SUCH_PAGE = "The document has no such page."


@dataclass(frozen=True, slots=True)
class Shown:
    """A block as shown: its number on the page, its text there, and its boxes on the picture."""

    number: int
    role: ShownRole
    quotable: bool
    look: Look
    text: str
    cut: int
    """The number of characters not shown."""
    start: int
    warning: str | None = None
    """Why its words may differ from the printed page."""
    boxes: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """The address and the size in pixels of a page's picture."""

    address: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class View:
    """One page or part of how a document was read: its blocks, and its picture or why there is none."""

    number: int
    count: int
    unit: str
    shown: Sequence[Shown]
    sheet: Sheet | None
    problem: str | None

    @property
    def links(self) -> list[int | None]:
        """The pages to link to, None for a gap between them."""
        near = range(self.number - _AROUND, self.number + _AROUND + 1)
        pages = sorted({1, self.count, *(page for page in near if 1 <= page <= self.count)})
        after = {page: [None] if page + 1 < following else [] for page, following in pairwise(pages)}
        return [link for page in pages for link in (page, *after.get(page, []))]


def router(library: "Library") -> APIRouter:
    """The route of the report. It raises QAError, which the application shows."""
    routes = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)

    @routes.get("/document/{doc_id}/reading")
    def reading(doc_id: str, page: Page = None) -> str:
        document = library.document(doc_id)
        return _rendered(library, document, view(library, document, page or 1))

    return routes


def view(library: "Library", document: Document, number: int) -> View:
    """One page of a document, or one part of a document without pages, counted from 1."""
    blocks = blocks_of(document)
    count, unit = len(document.pages), "page"
    sheet, problem, boxes = None, None, dict[int, tuple[Box, ...]]()
    if count:
        found = on_page(document, blocks, number)
        if found:
            sheet, problem, boxes = _drawn(library, document, number, [text for _, text in found])
    else:
        parts = _parts(blocks)
        count, unit = len(parts), "part"
        found = [(one, document.text[one.start : one.end]) for part in parts[number - 1 : number] for one in part]
    shown = [
        _shown(place, block, text, warning(document, block.start, block.end), boxes.get(place, ()))
        for place, (block, text) in enumerate(found, 1)
    ]
    return View(number, count, unit, shown, sheet, problem if number <= count else _NO_SUCH_PAGE)


def _drawn(
    library: "Library", document: Document, number: int, texts: Sequence[str]
) -> tuple[Sheet | None, str | None, dict[int, tuple[Box, ...]]]:
    """The picture of a page, and the boxes of its blocks by number from 1; or why there are none."""
    try:
        pages = pages_of(library.contents.original(document.doc_id), [Wanted(number, blocks=tuple(texts))])
    except (NoOriginalError, PageError) as error:
        return None, str(error), {}
    for picture in pages.pictures:
        address = f"data:image/webp;base64,{b64encode(picture.image).decode()}"
        return Sheet(address, picture.width, picture.height), None, dict(enumerate(picture.blocks, 1))
    return None, _NO_SUCH_PAGE, {}


def _parts(blocks: Sequence[Block]) -> list[list[Block]]:
    """The blocks of a document without pages, in groups that are shown together."""
    parts: list[list[Block]] = []
    for block in blocks:
        if not parts or block.start - parts[-1][0].start >= PART:
            parts.append([])
        parts[-1].append(block)
    return parts


def _shown(number: int, block: Block, text: str, doubt: str | None, boxes: tuple[Box, ...]) -> Shown:
    cut = max(0, len(text) - LONGEST)
    look = LOOKS[block.role]
    return Shown(number, block.role, block.quotable, look, text[:LONGEST], cut, block.start, doubt, boxes)


def _rendered(library: "Library", document: Document, view: View) -> str:
    sentences = library.contents.sentence_counts().get(document.doc_id, 0)
    counts = Counter(block.role for block in blocks_of(document))
    return render(
        "reading.html.j2",
        root="../../",
        document=document,
        said=in_words(sentences, kept_out(document)),
        legend=[(role, look, is_quotable(role), counts[role]) for role, look in LOOKS.items() if counts[role]],
        doubted=sorted({number for doubt in document.doubts if (number := document.page_at(doubt.start))}),
        view=view,
    )
