"""A PDF that would be drawn endlessly is refused before PDFium sees it."""

from io import BytesIO

import pytest
from pypdf import PdfReader

from qa.readers.blocks import NotReadable
from qa.readers.pdf.reader import read
from qa.readers.pdf.safety import check
from tests.support.hostile_forms import chain, own_form


@pytest.mark.parametrize("data", [own_form(), chain(30)], ids=["a form that draws itself", "2 to the 30 forms"])
def test_endless_forms_are_refused(data: bytes) -> None:
    with pytest.raises(NotReadable, match="forms within forms"):
        read(data)


def test_a_form_drawn_often_is_read() -> None:
    with pytest.raises(NotReadable, match="no text layer"):
        read(chain(3))


def test_a_page_that_cannot_be_looked_at_is_not_drawn() -> None:
    """pypdf sees a page with such a box as empty. PDFium would draw its form until memory runs out."""
    data = own_form()
    assert b"/MediaBox[0 0 9 9]" in data
    with pytest.raises(NotReadable, match="no text layer"):
        read(data.replace(b"/MediaBox[0 0 9 9]", b"/MediaBox[0 0 \x1c\xce]"))


@pytest.mark.parametrize("data", [own_form(), chain(30)], ids=["a form that draws itself", "2 to the 30 forms"])
def test_forms_are_counted_that_the_page_does_not_draw_as_pypdf_reads_it(data: bytes) -> None:
    page = b"/Contents 4 0 R"
    assert page in data
    undrawn = PdfReader(BytesIO(data.replace(page, b"/Kontents 4 0 R")))
    with pytest.raises(NotReadable, match="forms within forms"):
        check(undrawn)
