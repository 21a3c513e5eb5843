"""A PDF's pages as pictures beside its text, with links to the next pages and to the file."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qa.errors import NoOriginalError, PageError
from qa.pages.pictures import Pages, Wanted, pages_of, wanted_of
from qa.records import Citation, Document

if TYPE_CHECKING:
    from qa.library import Library

_NOT_FOUND = "The sentence could not be found on this picture with certainty, so nothing is highlighted."
_NO_SUCH_PAGE = "The PDF has no such page."


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page: the address of its picture, a description, and a note if needed."""

    number: int
    address: str
    width: int
    height: int
    description: str
    note: str | None


@dataclass(frozen=True, slots=True)
class Printed:
    """Pages of a PDF, or the ``problem`` in a sentence. ``kept`` says whether the file can be opened."""

    sheets: tuple[Sheet, ...]
    count: int
    problem: str | None = None
    kept: bool = True

    @property
    def previous(self) -> int | None:
        return self.sheets[0].number - 1 or None if self.sheets else None

    @property
    def next(self) -> int | None:
        return self.sheets[-1].number + 1 if self.sheets and self.sheets[-1].number < self.count else None


def printed(
    library: "Library", document: Document, place: Citation | None, at: int, page: int | None
) -> Printed | None:
    """The requested page, or those of ``place``, or the one at an offset; None if it never was a PDF."""
    if not document.pages:
        return None
    try:
        data = library.contents.original(document.doc_id)
    except NoOriginalError as error:
        was_pdf = document.source.lower().endswith(".pdf")
        return (
            Printed((), 0, f"Its pages cannot be shown as they are printed: {error}", kept=False) if was_pdf else None
        )
    wanted = _wanted(document, place, at, page)
    try:
        return _printed(document, pages_of(data, wanted), wanted)
    except PageError as error:
        return Printed((), 0, str(error))


def _wanted(document: Document, place: Citation | None, at: int, page: int | None) -> Sequence[Wanted]:
    quoted = wanted_of(document, place.start, place.end) if place else []
    if page is None:
        return quoted or [Wanted(document.page_at(at) or 1)]
    return [wanted for wanted in quoted if wanted.number == page] or [Wanted(page)]


def _printed(document: Document, pages: Pages, wanted: Sequence[Wanted]) -> Printed:
    quotes = {one.number: one.quote for one in wanted}
    sheets = []
    for picture in pages.pictures:
        highlighted = ", with the words of the sentence highlighted" if picture.boxes else ""
        sheets.append(
            Sheet(
                picture.number,
                f"data:image/webp;base64,{b64encode(picture.image).decode()}",
                picture.width,
                picture.height,
                f"Page {picture.number} of {document.source} as it is printed{highlighted}",
                _NOT_FOUND if quotes[picture.number] and not picture.boxes else None,
            )
        )
    return Printed(tuple(sheets), pages.count, None if sheets else _NO_SUCH_PAGE)
