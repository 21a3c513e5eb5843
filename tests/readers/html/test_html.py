"""qa.readers.html.reader: the article of a web page, without the rest of the page."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.readers.blocks import Block, NotReadable, assemble
from qa.readers.html.reader import read

HEAD = """
<title>Cytokines in cancer | Journal of Examples</title>
<meta name="citation_title" content="Cytokines in cancer: a review">
<meta name="citation_author" content="Doe, Jane"><meta name="citation_author" content="Roe, Rick">
<meta name="citation_doi" content="doi:10.1000/xyz.5"><meta name="citation_journal_title" content="Journal of Examples">
<meta name="citation_publication_date" content="2021/03/04"><meta name="citation_pmid" content="12345678">
"""
LINKED = """<script type="application/ld+json">{"@graph": [{"@type": "WebSite"}, {"@type": "ScholarlyArticle",
"headline": "Linked", "author": [{"name": "Ann Poe"}], "datePublished": "2020-01-02", "keywords": ["IL-2", "TNF"],
"license": "https://creativecommons.org/licenses/by/4.0/", "isPartOf": {"name": "Journal of Links"}}]}</script>"""
BODY = """
<nav><a href="/">Home</a> <a href="/journals">Journals</a> <a href="/login">Log in</a></nav>
<article><h1>Cytokines in cancer: a review</h1>
<h2>Abstract</h2>
<p>Interleukin-2 (IL-2) is a cytokine with CO<sub>2</sub> and <i>in vivo</i> effects [<a href="#r1">1</a>]. It is toxic
at high doses, and this limits its use in the clinic.</p>
<h2>1. Introduction</h2>
<p>Tumor necrosis factor &amp; interferon gamma act on tumors. They do so in ways that depend on the dose.</p>
<h3>1.1 History</h3>
<p>The history of cytokines is long, and it is told here in a paragraph of its own.</p>
<ul><li>The first point is about cytokines.</li><li>The second is not.</li></ul>
<table><tr><th>Drug</th><th>Dose</th></tr><tr><td>IL-2</td><td>600,000 IU/kg</td></tr></table>
<figure><img src="x.png" alt=""><figcaption>Figure 1. The network of cytokines in a tumor.</figcaption></figure>
<h2>References</h2><ol><li id="r1">Smith J. Interleukins. Nature 2001.</li></ol></article>
<footer>Copyright of the publisher. <a href="/privacy">Privacy policy</a></footer>
<script>alert("not a word of this")</script>
"""


def page(head: str = "", body: str = BODY) -> bytes:
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode()


def outline(data: bytes) -> list[tuple[int, str]]:
    return [(block.level, block.text) for block in read(data).blocks]


def test_the_article_is_read_in_order_without_the_page_around_it() -> None:
    assert outline(page()) == [
        (0, "Cytokines in cancer: a review"),
        (2, "Abstract"),
        (
            0,
            "Interleukin-2 (IL-2) is a cytokine with CO₂ and in vivo effects [1]. "
            "It is toxic at high doses, and this limits its use in the clinic.",
        ),
        (2, "1. Introduction"),
        (0, "Tumor necrosis factor & interferon gamma act on tumors. They do so in ways that depend on the dose."),
        (3, "1.1 History"),
        (0, "The history of cytokines is long, and it is told here in a paragraph of its own."),
        (0, "The first point is about cytokines."),
        (0, "The second is not."),
        (0, "Table, head: Drug"),
        (0, "Table, row 'IL-2', column 'Dose': 600,000 IU/kg"),
        (0, "Figure 1. The network of cytokines in a tumor."),
        (2, "References"),
        (0, "Smith J. Interleukins. Nature 2001."),
    ]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<ul><li>one<ul><li>two<ul><li>three</li></ul></li></ul></li></ul>", ["one", "two", "three"]),
        ("<ul><li><p>one</p><p>two</p></li><li><blockquote>three</blockquote></li></ul>", ["one two", "three"]),
        ("<table><tr><td>one</td><td><ul><li>two</li></ul></td></tr></table>", ["one | two"]),
        ("<p>one <code>two</code> three</p>", ["one two three"]),
    ],
    ids=["lists in lists", "blocks in items", "a list in a cell", "code in a line"],
)
def test_what_stands_within_another_is_read_once(html: str, expected: list[str]) -> None:
    (above, below) = ("Cytokines act on tumors in ways that depend on the dose.", "They have done so for long.")
    paragraphs = [f"{count}. {text}" for text in (above, below) for count in range(1, 6)]
    first, last = ("".join(f"<p>{text}</p>" for text in part) for part in (paragraphs[:5], paragraphs[5:]))
    texts = [text for _, text in outline(page(body=f"<article>{first}{html}{last}</article>"))]
    assert texts == [*paragraphs[:5], *expected, *paragraphs[5:]]


def test_references_are_no_evidence() -> None:
    reading = read(page())
    document = assemble(reading.blocks, source="a.html", data=b"", metadata=reading.fields)
    (references,) = [section for section in document.sections if section.role == "references"]
    assert document.text[references.start : references.end] == "Smith J. Interleukins. Nature 2001."


def test_the_head_tells_the_bibliography() -> None:
    assert read(page(HEAD)).fields == {
        "title": "Cytokines in cancer: a review",
        "authors": ("Doe, Jane", "Roe, Rick"),
        "journal": "Journal of Examples",
        "year": 2021,
        "doi": "10.1000/xyz.5",
        "pmid": "12345678",
    }


def test_linked_data_tells_what_the_head_does_not() -> None:
    assert read(page(LINKED)).fields == {
        "title": "Linked",
        "authors": ("Ann Poe",),
        "journal": "Journal of Links",
        "year": 2020,
        "licence": "CC BY 4.0",
        "keywords": ("IL-2", "TNF"),
    }
    both = read(page(LINKED + HEAD)).fields
    assert (both["title"], both["year"], both["licence"]) == ("Cytokines in cancer: a review", 2021, "CC BY 4.0")


@pytest.mark.parametrize(
    "script",
    ["[" * 50_000, "{", "3", "null", '"text"', '[{"@type": "Person"}]', '{"@graph": 3}'],
    ids=["deep", "open", "number", "nothing", "text", "person", "no graph"],
)
def test_linked_data_that_is_none_is_left_alone(script: str) -> None:
    head = f'<script type="application/ld+json">{script}</script>'
    assert read(page(head)).fields == {"title": "Cytokines in cancer: a review"}


def test_descriptions_without_words_or_with_odd_ones_are_none() -> None:
    head = """<meta name="citation_author"><meta name="citation_author" content="Doe, Jane">
    <script type="application/ld+json">{"@type": "Article", "headline": "a\\u0000b",
    "keywords": ["\\u0000", 5, "c\\u009b", {"name": "d"}]}</script>"""
    assert read(page(head, "<p>IL-2 is toxic.</p>")).fields == {
        "title": "ab",
        "authors": ("Doe, Jane",),
        "keywords": ("c", "d"),
    }


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<p>IL-2 is toxic.</p>", ["IL-2 is toxic."]),
        ("IL-2 is toxic.<br>\nSo is TNF.", ["IL-2 is toxic.", "So is TNF."]),
        ("<h2>IL-2</h2><p>It is toxic.</p><ul><li>Very.</li></ul>", ["IL-2", "It is toxic.", "Very."]),
        ("<o:p>IL-2 <l<>is toxic</l<> at <b a\x99='1' {=2 c>high</b> doses.</o:p>", ["IL-2 is toxic at high doses."]),
        ("<p>I\x06L-2<figure><figcaption>is\x0btoxic.</figcaption>\x1cVery.</figure>", ["IL-2 Very.", "is toxic."]),
        ("<p>IL-2 <!-- not a word -->is<?not a word?> toxic.", ["IL-2 is toxic."]),
        ("<ul><li><p>One</p> and<ul><li>C<sub>2</sub></ul>more</ul><p>a", ["and more", "One", "C₂", "a"]),
    ],
    ids=[
        "a paragraph",
        "bare lines",
        "a short page",
        "names that are none of XML",
        "control characters",
        "comments",
        "blocks in blocks",
    ],
)
def test_a_slight_page_keeps_its_words(body: str, expected: list[str]) -> None:
    assert [block.text for block in read(page(body=body)).blocks if block.text] == expected


@pytest.mark.parametrize("data", [b"", b"  \n", b"\x00\x01\x02"], ids=["nothing", "blank", "bytes"])
def test_what_is_no_page_is_refused(data: bytes) -> None:
    with pytest.raises(NotReadable):
        read(data)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text("abcdefgh ", min_size=3, max_size=30).filter(str.strip), min_size=1, max_size=6))
def test_no_paragraph_of_a_plain_page_is_lost(paragraphs: list[str]) -> None:
    words = [f"Interleukin {' '.join(paragraph.split())} number {i}." for i, paragraph in enumerate(paragraphs)]
    found = [block for block in read(page(body="".join(f"<p>{w}</p>" for w in words))).blocks if block.text]
    assert [block.text for block in found] == words
    assert all(isinstance(block, Block) for block in found)
