"""PDFs whose forms draw other forms."""

from tests.support.make_pdf import of_objects

CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
PAGES = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>>>>>"


def own_form() -> bytes:
    """A PDF whose form draws itself twice."""
    return of_objects([CATALOG, PAGES, PAGE, _stream(b"/X Do"), _form(5)])


def chain(length: int) -> bytes:
    """A PDF in which each form draws the next one twice."""
    forms = [_form(number + 1) for number in range(5, 5 + length)]
    last = _stream(b"0 0 m", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]")
    return of_objects([CATALOG, PAGES, PAGE, _stream(b"/X Do"), *forms, last])


def _form(drawn: int) -> bytes:
    resources = b"/Resources<</XObject<</X %d 0 R>>>>" % drawn
    return _stream(b"/X Do /X Do", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]" + resources)


def _stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<</Length %d%s>>\nstream\n%s\nendstream" % (len(content), entries, content)
