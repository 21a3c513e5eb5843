"""The seeds for fuzzing each format: small files, made here."""

from collections.abc import Callable, Mapping
from io import BytesIO

from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, NameObject, StreamObject

from eval.stress.reading.hostile_files import article, encrypted, own_form, page_with, stream
from tests.support.make_pdf import HEIGHT, MARGIN, Item, Layout, lines_at, picture, typeset

PROSE = "High-dose IL-2 is toxic, and this limits its use in the clinic. Interferon-γ acts on naïve T cells [1, 2]."
ITEMS: list[Item] = [
    ("title", "Cytokines in the clinic"),
    ("heading", "Introduction"),
    ("paragraph", PROSE.replace("γ", "gamma") * 3),
    ("subheading", "1.1 Doses"),
    ("paragraph", "• an item of a list. " * 12),
    ("heading", "References"),
    ("paragraph", "[1] Doe J. A title. J Immunol 2020; 10.1000/182."),
]

# ---------------------------------------------------------------- files


def pdfs() -> list[bytes]:
    layouts = (Layout(), Layout(columns=2, justify=True, hyphenate=True, head="A head", page_numbers=True))
    ends = [(MARGIN, HEIGHT - 100 - 12 * row, f"{row} A line of text that ends here.") for row in range(12)]
    operators = (
        b"BT /F 9 Tf 14 TL 50 700 Td (IL-2) Tj T* [(is) -250 (tox) 20 (ic)] TJ 2 Tc 3 Tw 1 0 0 1 50 600 Tm (at) ' ET",
        b'q 0 1 -1 0 300 300 cm BT /F 12 Tf 3 Tr 90 Tz 5 Ts 0 -14 TD (up the page) Tj ET Q BT 1 2 (words) " ET',
        b"/P <</MCID 0>> BDC BT /F 9 Tf <0048> Tj (\\050a\\) \\\n b) Tj ET EMC BI /W 1 /H 1 /BPC 8 ID a EI",
    )
    made = [typeset(ITEMS, layout) for layout in layouts]
    made += [_inflated(data) for data in made]
    made += [lines_at(ends, compress=False), lines_at(ends[:3], font="Helvetica-Bold", size=18, compress=False)]
    made += [page_with(stream(content)) for content in operators] + [own_form(), encrypted(""), picture()]
    return [*made, _with_fonts(made[-6])]


def _inflated(data: bytes) -> bytes:
    """The PDF with uncompressed pages, so that changing a byte changes an operator."""
    writer, made = PdfWriter(clone_from=BytesIO(data)), BytesIO()
    for page in writer.pages:
        opened = DecodedStreamObject()
        content = page["/Contents"].get_object()
        assert isinstance(content, StreamObject)
        opened.set_data(content.get_data())
        page[NameObject("/Contents")] = writer._add_object(opened)
    writer.write(made)
    return made.getvalue()


def _with_fonts(data: bytes) -> bytes:
    """The PDF with other kinds of fonts: composite, with widths, an encoding and a map to Unicode."""
    fonts = (
        b"<</Type/Font/Subtype/Type0/BaseFont/A/Encoding/Identity-H/DescendantFonts[<</Type/Font/Subtype/CIDFontType2"
        b"/BaseFont/A/DW 500/W[1[400 500]3 9 250]/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>>>]"
        b"/ToUnicode 6 0 R>>\nendobj\n6 0 obj\n"
    )
    cmap = (
        b"1 begincodespacerange <0000> <ffff> endcodespacerange 1 beginbfchar <0048> <0049> endbfchar "
        b"2 beginbfrange <0001> <0009> <0041> <0010> <0011> [<0061> <d83dde00>] endbfrange"
    )
    simple = (
        b"<</Type/Font/Subtype/TrueType/BaseFont/A-Bold/FirstChar 40/LastChar 42/Widths[1 2 3]/Encoding<</Type/Encoding"
        b"/BaseEncoding/WinAnsiEncoding/Differences[65/alpha/B 70/uni0041]>>/FontDescriptor<</MissingWidth 300>>>>"
    )
    plain = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    return data.replace(plain, fonts + stream(cmap)) + data.replace(plain, simple)


def jats() -> list[bytes]:
    """Articles that together use most of the reader's JATS features."""
    meta = (
        "<journal-meta><journal-title>J</journal-title></journal-meta><article-meta>"
        "<article-id pub-id-type='doi'>10.1000/1</article-id><article-id pub-id-type='pmc'>12</article-id>"
        "<title-group><article-title>A <italic>title</italic></article-title><subtitle>b</subtitle></title-group>"
        "<contrib-group><contrib contrib-type='author'><name><surname>Doe</surname><given-names>J</given-names></name>"
        "</contrib><contrib contrib-type='author'><collab>Group</collab></contrib></contrib-group>"
        "<pub-date pub-type='epub'><day>1</day><month>2</month><year>2020</year></pub-date>"
        "<pub-date iso-8601-date='2021-01-02'/><volume>1</volume><issue>2</issue><fpage>3</fpage><lpage>4</lpage>"
        "<history><date date-type='received'><string-date>May 2019</string-date></date></history>"
        "<permissions><copyright-statement>© 2020</copyright-statement><license xmlns:xlink='http://www.w3.org/1999/"
        "xlink' xlink:href='https://creativecommons.org/licenses/by/4.0/'><license-p>Creative Commons Attribution 4.0"
        "</license-p></license></permissions><self-uri xlink:href='http://a.b' xmlns:xlink='http://www.w3.org/1999/xlink"
        "'/><abstract><p>IL-2 works.</p></abstract><kwd-group><kwd>a</kwd></kwd-group><funding-group>"
        "<funding-statement>f</funding-statement></funding-group><custom-meta-group><custom-meta><meta-name>n"
        "</meta-name><meta-value>v</meta-value></custom-meta></custom-meta-group></article-meta>"
    )
    bodies = (
        f"<sec><label>1</label><title>Methods</title><p>{PROSE} <xref ref-type='bibr' rid='r1'>[1]</xref>–<xref "
        "ref-type='bibr' rid='r3'>[3]</xref>.</p><sec><title>T<fn><p>n</p></fn></title><p>a</p></sec></sec>",
        "<p>a<fig><label>Fig. 1</label><caption><title>C</title><p>d</p></caption></fig>b<list><list-item><p>i</p>"
        "</list-item></list></p>stray<table-wrap><table><tr><td>1</td><td><p>2</p></td></tr></table></table-wrap>",
        "<p><inline-formula><alternatives><tex-math>\\begin{document}$x$\\end{document}</tex-math><math><mfrac><mi>a</mi>"
        "<mrow><mi>b</mi><mi>c</mi></mrow></mfrac><msqrt><mi>d</mi></msqrt><mfenced open='['><mi>e</mi><mi>f</mi>"
        "</mfenced></math></alternatives></inline-formula></p><disp-formula><label>(1)</label><mml:math xmlns:mml='m'/>"
        "</disp-formula><def-list><def-item><term>IL</term><def><p>interleukin</p></def></def-item></def-list>",
    )
    references = "".join(
        f"<ref id='r{number}'><label>{number}</label>{citation}</ref>"
        for number, citation in enumerate(
            (
                "<element-citation><person-group><name><surname>Doe</surname><given-names>J</given-names></name><etal/>"
                "</person-group><article-title>A title?</article-title><source>J</source><year>2020</year><volume>1"
                "</volume><fpage>2</fpage><lpage>3</lpage><pub-id pub-id-type='doi'>10.1/2</pub-id></element-citation>",
                "<mixed-citation>Roe R. A title. PMID: 123. 10.1000/3).</mixed-citation>",
                "<citation-alternatives><nlm-citation>a</nlm-citation><citation>b</citation></citation-alternatives>",
            ),
            1,
        )
    )
    back = f"<back><ack><p>Thanks.</p></ack><app><title>A</title></app><ref-list>{references}</ref-list></back>"
    whole = [f"<article><front>{meta}</front><body>{body}</body>{back}</article>".encode() for body in bodies]
    entity = article("<p>&a; &alpha; &nonsense;</p>", '<!ENTITY a "b">')
    utf16 = "<?xml version='1.0' encoding='utf-16'?><article><body><p>a</p></body></article>".encode("utf-16")
    return [*whole, entity, utf16, f"<article><sub-article/><body><p>{PROSE}</p></body>{back}</article>".encode()]


def htmls() -> list[bytes]:
    head = (
        "<title>T</title><meta name='citation_title' content='A title'><meta name='citation_author' content='Doe, J'>"
        "<meta property='article:published_time' content='2020-01-02'><meta name='citation_doi' content='10.1000/1'>"
        "<meta name='keywords' content='a, b'><meta name='dc.rights' content='creativecommons.org/licenses/by/4.0'>"
        '<script type="application/ld+json">{"@graph":[{"@type":"Article","headline":"H","author":[{"name":"N"},"M"],'
        '"datePublished":"2021","keywords":["k"],"isPartOf":{"name":"J"},"license":{"url":"u"}}]}</script>'
    )
    prose = f"<p>{PROSE}</p>" * 4
    bodies = (
        f"<nav>menu</nav><main><h1>A title</h1><h2>Abstract</h2>{prose}<figure><img><figcaption>Figure 1.</figcaption>"
        f"</figure><ul><li>one<li><p>two</p></ul><table><tr><th>a<td>b</table><blockquote>q</blockquote></main>",
        f"<article><header>h</header><pre>c\nd</pre>{prose}<dl><dt>t<dd>d</dl><h3>References</h3><ol><li>r</ol></article>",
        "a line<br>another\nline",
        "<p>one<p>two<table><tr><td><table><tr><td>deep</table></table><figure><p>f<figcaption>c</figure>",
        f"<div class=comments>{prose}</div><aside>s</aside><footer>f</footer><template><p>t</p></template>",
    )
    return [f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode() for body in bodies]


def markdowns() -> list[bytes]:
    return [
        text.encode()
        for text in (
            f"# A title\n\nAuthors: J. Doe, R. Roe\n\n## Abstract\n\n**{PROSE}**\n\n### 1.1 More\n\n- a\n  - b\n1. c\n",
            f"{PROSE}\n===\n\n| a | b |\n|---|:-:|\n| 1 | `2` |\n\n> quote\n> > deeper\n\n```python\nx = 1\n\ny\n```\n",
            "# a\n\n<div>\n<script>x</script><p>words</p>\n</div>\n\n[l](u 't') ![i *m*](u) <a:b> a<br>\\\nc\n\n[r]: u",
            "## b\n\n    code\n\n***\n\n&amp; &#0; \\* ~~s~~ __u__ ``c ` d`` [x][r]\n\n## References\n\n1. Doe\n",
        )
    ]


def plains() -> list[bytes]:
    front = "A title of an article\n\nAuthors: J. Doe; R. Roe\nReceived: 1 May 2020\nDOI: 10.1000/1.\n© 2020 Doe\n"
    wrapped = (
        "The tumor treat-\nment with high-dose IL-2 was toxic, and anti-\ntumor responses were seen in some.\n" * 3
    )
    page = "You have multiple emails\nShare this\nKeywords: a, b\nFront. Immunol.\nSec. Cancer\nLicense: CC BY 4.0\n"
    texts = (
        front + "\nAbstract: " + PROSE,
        f"Introduction\n{wrapped}\n\f1.2 Methods\n\n{PROSE}\n\nReferences\n[1] D",
        page,
    )
    return [
        *(text.encode() for text in texts),
        texts[0].encode("utf-16"),
        texts[1].encode("cp1252", "ignore"),
        "Größere Tumoren — 细胞因子 цитокины".encode(),
        "цитокины действуют на опухоль и снижают дозу".encode("koi8-r"),
        b"\x1b$B%5%$%H\x1b(B",
    ]


SEEDS: Mapping[str, Callable[[], list[bytes]]] = {
    "pdf": pdfs,
    "jats": jats,
    "html": htmls,
    "markdown": markdowns,
    "plain": plains,
}
