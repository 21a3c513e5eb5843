"""Checks before PDFium draws a PDF: pages unpack to a safe size, and no form draws itself.

PDFium follows forms within forms to any depth, so a few bytes can cause endless work.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PdfReadError
from pypdf.generic import ArrayObject, DictionaryObject, NullObject, StreamObject

from qa.readers.blocks import NotReadable

MAX_FORMS = 5_000
"""How many forms a page may draw, counting nested forms each time."""

_TOO_MUCH = "draws more forms within forms than is safe; print it to a new PDF and add that."
_DRAWS = re.compile(rb"/([^\s/<>\[\](){}%]+)\s+Do\b")


def check(reader: PdfReader) -> frozenset[int]:
    """The indices of the pages that draw something, as pypdf reads them. PDFium should open only these.

    PDFium may still read a page that pypdf cannot, and that page is then unchecked. Raises NotReadable, or pypdf's
    LimitReachedError, if a page needs more work than is safe.
    """
    known: dict[int, int] = {}
    drawing = set()
    for number, page in enumerate(reader.pages):
        contents = _object(page.get("/Contents"))
        resources = _object(page.get("/Resources"))
        parts = contents if isinstance(contents, ArrayObject) else [contents]
        drawn = sum(_forms(_object(part), resources, known, ()) for part in parts)
        # PDFium may read contents that pypdf cannot, so all that the page could draw must be safe.
        if max(drawn, *(_with_forms(form, resources, known, ()) for form in _held(resources)), 0) > MAX_FORMS:
            raise NotReadable("too_big", _TOO_MUCH)
        if not isinstance(contents, NullObject):
            drawing.add(number)
    return frozenset(drawing)


def _forms(stream: Any, resources: Any, known: dict[int, int], within: tuple[int, ...]) -> int:
    """How many forms a stream of operators draws, including nested forms."""
    return sum(_with_forms(form, resources, known, within) for form in _drawn_by(stream, resources))


def _with_forms(form: StreamObject, resources: Any, known: dict[int, int], within: tuple[int, ...]) -> int:
    """A form and its nested forms. Names come from ``resources`` if the form has none of its own."""
    if id(form) in within:
        raise NotReadable("too_big", _TOO_MUCH)
    if id(form) not in known:
        own = _object(form.get("/Resources"))
        inner = own if isinstance(own, DictionaryObject) else resources
        known[id(form)] = 1 + _forms(form, inner, known, (*within, id(form)))
    return known[id(form)]


def _drawn_by(stream: Any, resources: Any) -> Iterator[StreamObject]:
    if not isinstance(stream, StreamObject):
        return
    data = b""
    with suppress(PdfReadError, ValueError, KeyError, TypeError, NotImplementedError):
        data = stream.get_data()
    objects = _objects(resources)
    for match in _DRAWS.finditer(data):
        yield from _form(objects.get(f"/{match[1].decode('latin-1')}"))


def _held(resources: Any) -> Iterator[StreamObject]:
    """The forms that these resources name."""
    for value in _objects(resources).values():
        yield from _form(value)


def _objects(resources: Any) -> DictionaryObject:
    objects = _object(resources.get("/XObject")) if isinstance(resources, DictionaryObject) else None
    return objects if isinstance(objects, DictionaryObject) else DictionaryObject()


def _form(value: Any) -> Iterator[StreamObject]:
    form = _object(value)
    if isinstance(form, StreamObject) and form.get("/Subtype") == "/Form":
        yield form


def _object(value: Any) -> Any:
    return NullObject() if value is None else value.get_object()
