"""Hostile files, made here: bombs, cycles, deep nesting, entities, wrong formats, odd names, nothing and too much."""

import gzip
import io
import zlib
from collections.abc import Callable, Mapping

from pypdf import PdfWriter

from qa.readers.files import MAX_FILE_BYTES

PROSE = "Interleukin-2 is toxic at high doses, and this limits its use in the clinic. "


def pdf(*objects: bytes, root: int = 1) -> bytes:
    """A PDF of these objects, numbered from 1, with a cross-reference table."""
    data, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer\n<</Size %d/Root %d 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, root, len(data))
    return data + b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table) + end


CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"


def stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (entries, len(content), content)


def flate(content: bytes, layers: int = 1) -> bytes:
    for _ in range(layers):
        content = zlib.compress(content, 9)
    return stream(content, b"/Filter[%s]" % (b"/FlateDecode" * layers))


def page_with(content: bytes, copies: int = 1) -> bytes:
    """A PDF with ``copies`` pages that share one content stream."""
    kids = b" ".join([b"3 0 R"] * copies)
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>"
    return pdf(CATALOG, b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, copies), page, content, FONT)


def text_operators(count: int) -> bytes:
    return b"BT /F 9 Tf " + b"1 0 0 1 50 700 Tm (toxic) Tj " * count + b"ET"


def own_form() -> bytes:
    """A PDF whose form draws itself."""
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>>>>>"
    form = stream(b"/X Do /X Do", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 5 0 R>>>>")
    return pdf(CATALOG, b"<</Type/Pages/Kids[3 0 R]/Count 1>>", page, stream(b"/X Do"), form)


def encrypted(password: str) -> bytes:
    writer, data = PdfWriter(), io.BytesIO()
    writer.add_blank_page(100, 100)
    writer.encrypt(password, algorithm="AES-256")
    writer.write(data)
    return data.getvalue()


def pages_tree(kids: bytes, count: int) -> bytes:
    return pdf(CATALOG, b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, count))


PDFS: Mapping[str, Callable[[], bytes]] = {
    "cut after its head": lambda: b"%PDF-1.7\n",
    "cut in half": lambda: (made := page_with(stream(text_operators(50))))[: len(made) // 2],
    "head alone repeated": lambda: b"%PDF-1.7\n" * 100_000,
    "random bytes": lambda: b"%PDF-1.7\n" + bytes((i * 7919 >> 3) & 255 for i in range(200_000)),
    "flate bomb": lambda: page_with(flate(b"\0" * 300_000_000)),
    "flate bomb in three layers": lambda: page_with(flate(b"\0" * 50_000_000, 3)),
    "spaces for 100 MB": lambda: page_with(flate(b" " * 100_000_000)),
    "arrays 100,000 deep": lambda: page_with(stream(b"[" * 100_000 + b"] TJ")),
    "dictionaries 50,000 deep": lambda: pdf(b"<</A" * 50_000),
    "arrays 50,000 deep in the catalog": lambda: pdf(b"<</Type/Catalog/Pages " + b"[" * 50_000),
    "pages that are their own parent": lambda: pages_tree(b"2 0 R", 1),
    "pages in a circle": lambda: pdf(CATALOG, b"<</Type/Pages/Kids[3 0 R]/Count 1>>", b"<</Type/Pages/Kids[2 0 R]>>"),
    "a catalog that is itself": lambda: pdf(b"1 0 R"),
    "a page that refers to itself": lambda: pdf(CATALOG, b"<</Type/Pages/Kids[3 0 R]/Count 1>>", b"3 0 R"),
    "two billion pages claimed": lambda: pages_tree(b"", 2_000_000_000),
    "minus one page": lambda: pages_tree(b"", -1),
    "5,000 pages": lambda: page_with(stream(text_operators(1)), 5_000),
    "a form that draws itself": own_form,
    "fonts without a description": lambda: page_with(stream(text_operators(5))).replace(FONT, b"<</Type/Font>>  "),
    "encrypted": lambda: encrypted("secret"),
    "encrypted with no password": lambda: encrypted(""),
    "an unknown filter": lambda: page_with(stream(b"abc", b"/Filter/Nonsense")),
    "a filter given a thousand times": lambda: page_with(stream(b"abc", b"/Filter[%s]" % (b"/ASCIIHexDecode" * 1000))),
    "a length of 10 to the 20": lambda: page_with(b"<</Length 100000000000000000000>>\nstream\nBT ET\nendstream"),
    "numbers of a million digits": lambda: page_with(stream(b"BT " + b"9" * 1_000_000 + b" 0 Td (a) Tj ET")),
    "text at infinity": lambda: page_with(stream(b"BT /F 9 Tf 1e308 0 0 1e308 1e308 1e308 Tm (a) Tj ET")),
    "a string without an end": lambda: page_with(stream(b"BT (" + b"a" * 1_000_000)),
    "a cross-reference far outside": lambda: pages_tree(b"", 0).replace(b"startxref\n", b"startxref\n9999999"),
    "a PDF that is a page too": lambda: b"<!doctype html><p>" + pages_tree(b"", 0),
    "a PDF after a thousand bytes": lambda: b" " * 1000 + pages_tree(b"", 0),
}
SLOW_PDFS: Mapping[str, Callable[[], bytes]] = {
    "20 pages that share 100,000 operators": lambda: page_with(flate(text_operators(100_000)), 20),
    "2,000 pages that share 5,000 operators": lambda: page_with(flate(text_operators(5_000)), 2_000),
    "a million operators": lambda: page_with(flate(text_operators(1_000_000))),
}

LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))


def article(body: str, declared: str = "") -> bytes:
    return f"<?xml version='1.0'?><!DOCTYPE article [{declared}]><article><body>{body}</body></article>".encode()


XMLS: Mapping[str, Callable[[], bytes]] = {
    "a billion laughs": lambda: article("<p>&a11;</p>", f'<!ENTITY a0 "ha">{LAUGHS}'),
    "quadratic expansion": lambda: article(f"<p>{'&a;' * 50_000}</p>", f'<!ENTITY a "{"ha" * 50_000}">'),
    "an entity of itself": lambda: article("<p>&a;</p>", '<!ENTITY a "&b;"><!ENTITY b "&a;">'),
    "an entity of a local file": lambda: article("<p>&a;</p>", '<!ENTITY a SYSTEM "file:///etc/hostname">'),
    "an entity from the network": lambda: article("<p>&a;</p>", '<!ENTITY a SYSTEM "http://127.0.0.1:9/a">'),
    "a parameter entity": lambda: article("<p>a</p>", '<!ENTITY % a SYSTEM "file:///etc/hostname"> %a;'),
    "an inclusion": lambda: article('<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/hostname"/>'),
    "elements 100,000 deep": lambda: article("<sec>" * 100_000),
    "elements 200 deep": lambda: article("<sec>" * 200 + f"<p>{PROSE}</p>" + "</sec>" * 200),
    "a million attributes": lambda: article("<p " + " ".join(f'a{n}=""' for n in range(200_000)) + "/>"),
    "an attribute of 20 MB": lambda: article(f'<p id="{"a" * 20_000_000}">{PROSE}</p>'),
    "a text of 30 MB": lambda: article(f"<p>{PROSE * 400_000}</p>"),
    "not closed": lambda: article("<p>a</p>")[:-10],
    "no article": lambda: b"<?xml version='1.0'?><svg/>",
    "in an unknown encoding": lambda: b"<?xml version='1.0' encoding='nonsense'?><article/>",
    "in UTF-7": lambda: b"<?xml version='1.0' encoding='UTF-7'?><article>+ADw-p+AD4-</article>",
    "with a zero byte": lambda: article("<p>a\0b</p>"),
}

HTMLS: Mapping[str, Callable[[], bytes]] = {
    "divisions 100,000 deep": lambda: b"<!doctype html>" + b"<div>" * 100_000 + PROSE.encode(),
    "lists 20,000 deep": lambda: b"<html><body>" + b"<ul><li>" * 20_000 + PROSE.encode(),
    "tables 5,000 deep": lambda: b"<html><body>" + b"<table><tr><td>" * 5_000 + PROSE.encode(),
    "an attribute of 20 MB": lambda: b"<html><body><p title='" + b"a" * 20_000_000 + b"'>" + PROSE.encode(),
    "linked data 50,000 deep": lambda: (
        b"<html><script type='application/ld+json'>" + b"[" * 50_000 + b"</script><p>a</p>"
    ),
    "a comment without an end": lambda: b"<html><!--" + b"a" * 5_000_000,
    "a million tags unclosed": lambda: b"<html><body>" + b"<b>" * 1_000_000,
    "only a script": lambda: b"<html><script>alert(1)</script></html>",
}


def many(count: int) -> dict[str, Callable[[], bytes]]:
    """Files of this many alike parts."""
    cited = '<xref ref-type="bibr" rid="b1">1</xref> '
    return {
        f"{count:,} paragraphs.xml": lambda: article(f"<p>{PROSE}</p>" * count),
        f"{count:,} cross-references.xml": lambda: article(f"<p>{cited * count}</p>"),
        f"{count // 2:,} paragraphs.html": lambda: b"<html><body>" + f"<p>{PROSE}</p>".encode() * (count // 2),
    }


TEXTS: Mapping[str, Callable[[], bytes]] = {
    "nothing.txt": lambda: b"",
    "zeros.txt": lambda: b"\0" * 1_000_000,
    "one line of 15 MB.txt": lambda: PROSE.encode() * 200_000,
    "one word of 10 MB.txt": lambda: b"a" * 10_000_000,
    "spaces of 10 MB.txt": lambda: b" " * 10_000_000 + b"a",
    "hyphens at a million line ends.txt": lambda: b"cyto-\n" * 1_000_000,
    "stops of 5 MB.txt": lambda: b". " * 2_500_000,
    "brackets of 5 MB.txt": lambda: b"[1] " * 1_250_000,
    "copyrights of 200 kB.txt": lambda: b"Copyright 2020 A, " * 11_000,
    "half a mark.txt": lambda: b"\xff\xfea",
    "a gzip file.txt": lambda: gzip.compress(PROSE.encode() * 100),
    "a zip file.txt": lambda: b"PK\x03\x04" + b"\0" * 100,
    "quotes 100,000 deep.md": lambda: b"# a\n\n" + b">" * 100_000 + b" a",
    "links 50,000 deep.md": lambda: b"# a\n\n" + b"[" * 50_000 + b"a" + b"](b)" * 50_000,
    "stars of 200 kB.md": lambda: b"# a\n\n" + b"*a **b " * 30_000,
    "lists 5,000 deep.md": lambda: b"# a\n\n" + b"".join(b" " * (2 * n) + b"- a\n" for n in range(3_000)),
    "a table of 10,000 columns.md": lambda: b"# a\n\n" + b"|a" * 10_000 + b"|\n" + b"|-" * 10_000 + b"|\n",
    "\u202etxt.exe\u202c.txt": lambda: PROSE.encode(),
    "‮a name of right to left‬.md": lambda: PROSE.encode(),
    "a" * 240 + ".txt": lambda: PROSE.encode(),
    "-rf.txt": lambda: PROSE.encode(),
    "too large.txt": lambda: b"a" * (MAX_FILE_BYTES + 1),
}


def cases(quick: bool) -> dict[str, Callable[[], bytes]]:
    """File name to what makes its bytes."""
    named = {f"{name}.pdf": make for name, make in PDFS.items()} | dict(TEXTS)
    named |= {f"{name}.xml": make for name, make in XMLS.items()}
    named |= {f"{name}.html": make for name, make in HTMLS.items()}
    if quick:
        return named | many(20_000)
    return named | many(200_000) | {f"{name}.pdf": make for name, make in SLOW_PDFS.items()}
