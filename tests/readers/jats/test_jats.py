"""qa.readers.jats.reader: JATS XML becomes blocks, fields, references and mentions."""

import doctest
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from qa.readers.blocks import Block, NotReadable, Reading, assemble
from qa.readers.jats import references
from qa.readers.jats.reader import read
from qa.records import Mention, Reference
from qa.text.lines import collapse
from qa.text.scripts import unscripted

REFS = "<ref-list><title>References</title>" + "".join(
    f'<ref id="B{number}"><label>{number}</label><mixed-citation>Work {number}.</mixed-citation></ref>'
    for number in range(1, 8)
)
NAMESPACES = 'xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:mml="http://www.w3.org/1998/Math/MathML"'


def article(front: str = "", body: str = "", back: str = "") -> Reading:
    parts = f"<front>{front}</front><body>{body}</body><back>{back}</back>"
    return read(f"<article {NAMESPACES}>{parts}</article>".encode())


def body(xml: str, back: str = "") -> list[Block]:
    """The blocks of an article's body, in a section named Dose."""
    blocks = article(body=f"<sec><title>Dose</title>{xml}</sec>", back=back).blocks
    assert blocks[0] == Block("Dose", level=1)
    return list(blocks[1:])


def texts(blocks: list[Block]) -> list[str]:
    return [block.text for block in blocks]


def cited(block: Block) -> list[tuple[str, str]]:
    return [(block.text[m.start : m.end], m.reference) for m in block.mentions]


def meta(xml: str) -> Reading:
    return article(f"<article-meta>{xml}</article-meta>")


# ---------------------------------------------------------------- running text


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        pytest.param("<italic>E. coli</italic> and <bold>IL-2</bold>", "E. coli and IL-2", id="italic and bold"),
        pytest.param("CO<sub>2</sub> at 10<sup>−4</sup>", "CO₂ at 10⁻⁴", id="sub and sup"),
        pytest.param("Ca<sup>2+</sup>, 25<sup>th</sup>, x<sup>a,b</sup>", "Ca²⁺, 25ᵗʰ, x^{a,b}", id="other sup"),
        pytest.param("V<sub>O<sub>2</sub>max</sub>", "V_{O₂max}", id="sub in sub"),
        pytest.param("10<sup><italic>5</italic></sup>", "10⁵", id="markup in sup"),
        pytest.param("10 <sup> 5 </sup>of 10<sup> 5</sup> and", "10 ⁵ of 10⁵ and", id="white space around sup"),
        pytest.param("<sup>14</sup>C-labelled", "¹⁴C-labelled", id="isotope"),
        pytest.param("<sup>1</sup>These authors", "¹ These authors", id="footnote's label"),
        pytest.param("10<sup>−</sup><sup>5</sup>", "10⁻⁵", id="sup after sup"),
        pytest.param("Roe<sup>*</sup> p = 0.05<sup>†</sup>", "Roe* p = 0.05†", id="signs of footnotes"),
        pytest.param("5<xref ref-type='table-fn' rid='t'><sup>a</sup></xref>", "5ᵃ", id="letter of a footnote"),
        pytest.param("65<xref ref-type='table-fn' rid='t'><sup>1</sup></xref>", "65 [1]", id="number of a footnote"),
        pytest.param("65<sup><xref ref-type='fn' rid='t'>1</xref></sup>", "65 [1]", id="number of a footnote, turned"),
        pytest.param("one<break/>two", "one two", id="break"),
        pytest.param("  a\n\t b  <italic> c</italic>  d ", "a b c d", id="white space"),
        pytest.param("see <ext-link xlink:href='http://x'>the site</ext-link>.", "see the site.", id="link"),
        pytest.param("<named-content>gene</named-content>s", "genes", id="named content"),
        pytest.param("<styled-content>a</styled-content>b", "ab", id="styled content"),
        pytest.param("<novelty>new <odd>words</odd></novelty>!", "new words!", id="unknown elements"),
        pytest.param("a<!-- not this --><?nor this?>b", "ab", id="comment and instruction"),
        pytest.param("&lt;p&gt; &#945;&amp;", "<p> α&", id="entities of XML"),
        pytest.param("<xref ref-type='fig' rid='f1'>Figure 1</xref>A", "Figure 1A", id="other reference"),
        pytest.param("see<inline-graphic/> this", "see this", id="picture"),
        pytest.param(
            "<inline-formula>x</inline-formula>was, <inline-formula>n</inline-formula>th",
            "x was, nth",
            id="word after a formula",
        ),
    ],
)
def test_inline_markup_goes_and_the_words_stay(xml: str, expected: str) -> None:
    assert body(f"<p>{xml}</p>") == [Block(expected)]


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        pytest.param("<tex-math>$x^2$</tex-math>", "x^2", id="LaTeX"),
        pytest.param(
            r"<tex-math>\documentclass{minimal}\usepackage{x}\begin{document}$$\alpha=1$$\end{document}</tex-math>",
            r"\alpha=1",
            id="LaTeX in its wrapper",
        ),
        pytest.param("<mml:math><mml:mi>x</mml:mi><mml:mo>=</mml:mo><mml:mn>1</mml:mn></mml:math>", "x=1", id="MathML"),
        pytest.param(
            "<mml:math><mml:mfrac><mml:mn>1</mml:mn><mml:mrow><mml:mi>a</mml:mi><mml:mi>b</mml:mi></mml:mrow>"
            "</mml:mfrac><mml:msqrt><mml:mn>2</mml:mn></mml:msqrt></mml:math>",
            "1/(ab)√(2)",
            id="fraction and root",
        ),
        pytest.param(
            "<mml:math><mml:mfenced><mml:mi>a</mml:mi><mml:mi>b</mml:mi></mml:mfenced>"
            "<mml:mfenced open='[' close=']' separators=''><mml:mi>c</mml:mi><mml:mi>d</mml:mi></mml:mfenced>"
            "</mml:math>",
            "(a,b)[cd]",
            id="brackets",
        ),
        *(
            pytest.param(f"<mml:math>{xml}</mml:math>", expected, id=f"MathML {expected}")
            for xml, expected in (
                ("<mml:msup><mml:mn>10</mml:mn><mml:mn>5</mml:mn></mml:msup>", "10⁵"),
                ("<mml:msub><mml:mi>x</mml:mi><mml:mi>i</mml:mi></mml:msub>", "xᵢ"),
                ("<mml:msubsup><mml:mi>x</mml:mi><mml:mn>1</mml:mn><mml:mn>2</mml:mn></mml:msubsup>", "x₁²"),
                (
                    "<mml:munderover><mml:mo>∑</mml:mo><mml:mrow><mml:mi>i</mml:mi><mml:mo>=</mml:mo><mml:mn>1</mml:mn>"
                    "</mml:mrow><mml:mi>n</mml:mi></mml:munderover><mml:mi>x</mml:mi>",
                    "∑ᵢ₌₁ⁿx",
                ),
                ("<mml:mover><mml:mi>x</mml:mi><mml:mo>¯</mml:mo></mml:mover>", "x̄"),
                ("<mml:mover><mml:mi>AB</mml:mi><mml:mo>→</mml:mo></mml:mover>", "AB^{→}"),
                (
                    "<mml:mmultiscripts><mml:mi>C</mml:mi><mml:mprescripts/><mml:none/><mml:mn>14</mml:mn>"
                    "</mml:mmultiscripts>",
                    "¹⁴C",
                ),
                ("<mml:mroot><mml:mi>x</mml:mi><mml:mn>3</mml:mn></mml:mroot>", "³√(x)"),
                (
                    "<mml:mtable><mml:mtr><mml:mtd><mml:mn>1</mml:mn></mml:mtd><mml:mtd><mml:mn>2</mml:mn></mml:mtd>"
                    "</mml:mtr><mml:mtr><mml:mtd><mml:mn>3</mml:mn></mml:mtd></mml:mtr></mml:mtable>",
                    "1 2; 3",
                ),
                ("<mml:msup/><mml:msub>x</mml:msub>", "x"),
            )
        ),
        pytest.param(
            "<alternatives><graphic/><mml:math><mml:mi>x</mml:mi></mml:math><tex-math>y</tex-math></alternatives>",
            "x",
            id="one of several forms",
        ),
        pytest.param(
            "<mml:math><mml:semantics><mml:mi>x</mml:mi><mml:annotation>noise</mml:annotation></mml:semantics></mml:math>",
            "x",
            id="annotation",
        ),
    ],
)
def test_a_formula_is_text(xml: str, expected: str) -> None:
    assert body(f"<p>for <inline-formula>{xml}</inline-formula>.</p>") == [Block(f"for {expected}.")]
    assert body(f"<disp-formula>{xml}<label>(1)</label></disp-formula>") == [Block(f"{expected} (1)")]


def test_a_formula_that_is_a_picture_goes_with_its_number() -> None:
    assert body("<disp-formula><graphic/><label>(1)</label></disp-formula><p>one</p>") == [Block("one")]


WORDS = st.lists(st.text("abcdefgxyz0123456789αβé-", min_size=1, max_size=6), min_size=1, max_size=12)
MARKUP = ["italic", "bold", "xref", "ext-link", "named-content", "unheard-of"]


@given(
    WORDS,
    st.lists(st.sampled_from(MARKUP), min_size=12, max_size=12),
    st.lists(st.booleans(), min_size=12, max_size=12),
)
def test_words_nested_in_inline_markup_come_in_order_and_none_is_lost(
    words: list[str], names: list[str], nested: list[bool]
) -> None:
    xml = ""
    for word, name, inner in zip(words, names, nested, strict=False):
        xml = f"<{name}>{xml} {word}</{name}>" if inner else f"{xml} <{name}>{word}</{name}>\n"
    assert body(f"<p>{xml}</p>") == [Block(" ".join(words))]


# ---------------------------------------------------------------- blocks


def test_sections_nest_and_their_titles_are_headings() -> None:
    reading = article(
        body="<sec><label>1.</label><title>Methods</title><p>a</p><sec><title>Mice <italic>in vivo</italic></title>"
        "<p>b</p><sec><title>Diet</title><p>c</p></sec></sec></sec><sec><title>Results</title><p>d</p></sec>"
    )
    assert reading.blocks == [
        Block("1. Methods", level=1),
        Block("a"),
        Block("Mice in vivo", level=2),
        Block("b"),
        Block("Diet", level=3),
        Block("c"),
        Block("Results", level=1),
        Block("d"),
    ]


def test_words_where_none_belong_are_kept() -> None:
    reading = article(body="<sec>one<title>Dose</title>two<p>three</p>four<fig><label>Fig 1</label>five</fig></sec>six")
    assert texts(list(reading.blocks)) == ["Dose", "one", "two", "three", "four", "Fig 1", "five", "six"]


def test_a_section_without_a_title_is_no_part_of_the_one_before() -> None:
    reading = article(body="<sec><title>One</title><p>a</p></sec><sec><p>b</p><sec><p>c</p></sec></sec>")
    assert reading.blocks == [Block("One", level=1), Block("a"), Block("Text", level=1), Block("b"), Block("c")]


def test_a_body_without_sections_is_no_part_of_the_abstract() -> None:
    reading = article("<article-meta><abstract><p>a</p></abstract></article-meta>", "<p>b</p>")
    assert reading.blocks == [Block("Abstract", level=1), Block("a"), Block("Text", level=1), Block("b")]


def test_abstracts_stand_under_their_titles() -> None:
    reading = meta(
        "<abstract><sec><title>Background</title><p>a</p></sec><sec><title>Findings</title><p>b</p></sec></abstract>"
        "<abstract abstract-type='summary'><title>Author Summary</title><p>c</p></abstract>"
        "<trans-abstract xml:lang='de'><p>d</p></trans-abstract>"
    )
    assert reading.blocks == [
        Block("Abstract", level=1),
        Block("Background", level=2),
        Block("a"),
        Block("Findings", level=2),
        Block("b"),
        Block("Author Summary", level=1),
        Block("c"),
        Block("Abstract", level=1),
        Block("d"),
    ]
    assert reading.fields == {"kind": "abstract"}


def test_each_item_of_a_list_is_a_paragraph() -> None:
    xml = (
        "<list><title>Steps</title><list-item><label>1.</label><p>one</p><p>more</p></list-item>"
        "<list-item><p>two</p><list><list-item><p>three</p></list-item></list></list-item></list>"
    )
    assert texts(body(xml)) == ["Steps", "1. one more", "two", "three"]


def test_quotes_boxes_and_unknown_blocks_keep_their_words() -> None:
    xml = (
        "<disp-quote><p>quoted</p><attrib>Someone</attrib></disp-quote>"
        "<boxed-text><label>Box 1</label><caption><title>Hints</title></caption><sec><title>First</title><p>boxed</p>"
        "</sec></boxed-text><odd><p>one</p><strange>two</strange></odd><odd>three <p>four</p></odd>"
        "<odd><italic>five</italic> <bold>six</bold></odd><p>after</p>"
    )
    expected = ["quoted", "Someone", "Box 1. Hints", "First", "boxed", "one", "two", "three four", "five six", "after"]
    blocks = body(xml)
    assert texts(blocks) == expected
    assert [(block.role, block.part) for block in blocks if block.role != "body"] == [("caption", "Box 1")]


TABLE = (
    "<table-wrap><object-id>doi:1</object-id><label>Table 1</label>"
    "<caption><title>Doses.</title><p>In mg.</p></caption>"
    "<alternatives><graphic/><table><thead><tr><th>Drug</th><th>Dose<break/>mg</th></tr></thead>"
    "<tbody><tr><td><bold>IL-2</bold></td><td>5</td></tr><tr><td/><td><p>6</p></td></tr><tr><td/><td/></tr></tbody>"
    "</table></alternatives><table-wrap-foot><fn><label>a</label><p>Daily.</p></fn></table-wrap-foot></table-wrap>"
)


TABLE_TEXTS = [
    "Table 1. Doses. In mg.",
    "Table 1, head: Drug",
    "Table 1, row 'IL-2', column 'Dose mg': 5",
    "Table 1, row 2, column 'Dose mg': 6",
    "a Daily.",
]


def test_a_table_is_its_caption_its_cells_with_their_heads_and_its_notes() -> None:
    blocks = body(TABLE)
    assert texts(blocks) == TABLE_TEXTS
    assert [block.role for block in blocks] == ["caption", "boilerplate", "table", "table", "note"]
    assert {block.part for block in blocks} == {"Table 1"}


def test_what_belongs_to_a_table_stands_in_sections_of_its_name() -> None:
    reading = article(body=f"<sec><title>Dose</title><p>a</p>{TABLE}<p>b</p></sec>")
    document = assemble(reading.blocks, source="a.xml", data=b"", metadata=reading.fields)
    assert [(section.name, section.role) for section in document.sections] == [
        ("Dose", "body"),
        ("Dose › Table 1", "caption"),
        ("", "boilerplate"),
        ("Dose › Table 1", "table"),
        ("Dose › Table 1", "note"),
        ("Dose", "body"),
    ]


def test_the_references_of_a_cell_and_of_its_heads_are_cited() -> None:
    xml = (
        f"<table><thead><tr><th>By</th><th>n</th></tr></thead><tbody><tr><td>Roe{xref('B1', '<sup>1</sup>')}</td>"
        f"<td>12{xref('B2', '<sup>2</sup>')}</td></tr></tbody></table>"
    )
    (head, cell) = body(xml, back=f"{REFS}</ref-list>")
    assert (head.text, cell.text) == ("Table, head: By", "Table, row 'Roe [1]', column 'n': 12 [2]")
    assert cited(cell) == [("1", "B1"), ("2", "B2")]


def test_several_tables_and_what_else_stands_in_a_wrapper_are_read() -> None:
    rows = "<tr><td>a</td><td>1</td></tr><tr><td>b</td><td>2</td></tr>"
    xml = (
        f"<table-wrap><label>Table 3:</label><table>{rows}</table><p>Between.</p><table>{rows}</table>"
        "<table-wrap-foot><p>One.</p><fn-group><fn><p>Two.</p><p>Three.</p></fn></fn-group></table-wrap-foot></table-wrap>"
    )
    cells = ["Table 3, row 'a': 1", "Table 3, row 'b': 2"]
    forms = f"<alternatives><graphic/><table>{rows}</table><table>{rows}</table></alternatives>"
    assert texts(body(f"<table-wrap><label>Table 3</label>{forms}</table-wrap>")) == ["Table 3", *cells, *cells]
    assert texts(body(xml)) == ["Table 3:", *cells, *cells, "One.", "Two. Three.", "Between."]


@pytest.mark.parametrize("name", ["fig", "supplementary-material"])
def test_a_figure_is_its_label_and_caption(name: str) -> None:
    caption = "<caption><title>Growth.</title><p>Of <italic>E. coli</italic>.</p><p>(PDF)</p></caption>"
    xml = f"<{name}><object-id>doi:1</object-id><label>Figure 1</label>{caption}<graphic/></{name}>"
    assert body(xml) == [Block("Figure 1. Growth. Of E. coli. (PDF)", role="caption", part="Figure 1")]


def test_what_is_displayed_in_a_paragraph_follows_it() -> None:
    xml = (
        "<p>Given:<disp-formula><tex-math>x</tex-math></disp-formula>we show<fn><label>1</label><p>A note.</p></fn> "
        "<list><list-item><p>item</p></list-item></list>"
        "<fig><label>Fig 1</label><caption><p>Growth.</p></caption></fig>"
        f"{TABLE}this.</p><p>Next.</p>"
    )
    assert texts(body(xml)) == [
        "Given: we show this.",
        "x",
        "1 A note.",
        "item",
        "Fig 1. Growth.",
        *TABLE_TEXTS,
        "Next.",
    ]


def test_back_matter_stands_under_its_own_titles() -> None:
    reading = article(
        body="<sec><title>Dose</title><p>a</p></sec>",
        back="<ack><p>thanks</p></ack><app-group><app><title>Proof</title><p>b</p></app></app-group>"
        "<fn-group><fn><p>c</p></fn></fn-group><notes><title>Data</title><p>d</p></notes>"
        "<glossary><def-list><def-item><term>IL</term><def><p>interleukin</p></def></def-item></def-list></glossary>"
        f"{REFS}</ref-list>",
    )
    assert reading.blocks[2:] == [
        Block("Acknowledgments", level=1),
        Block("thanks"),
        Block("Proof", level=1),
        Block("b"),
        Block("Notes", level=1),
        Block("c", role="note", part="Note"),
        Block("Data", level=1),
        Block("d"),
        Block("Glossary", level=1),
        Block("IL: interleukin"),
    ]


def test_floating_figures_come_last_and_sub_articles_not_at_all() -> None:
    xml = (
        "<article><body><sec><title>Dose</title><p>a</p></sec></body>"
        "<floats-group><fig><label>Fig 1</label><caption><p>b</p></caption></fig></floats-group>"
        "<sub-article><body><p>c</p></body></sub-article><response><body><p>d</p></body></response></article>"
    )
    assert read(xml.encode()).blocks == [
        Block("Dose", level=1),
        Block("a"),
        Block("Figures and tables", level=1),
        Block("Fig 1. b", role="caption", part="Fig 1"),
    ]


# ---------------------------------------------------------------- citations and references


def xref(rid: str, text: str) -> str:
    return f'<xref ref-type="bibr" rid="{rid}">{text}</xref>'


@pytest.mark.parametrize(
    ("xml", "text", "expected"),
    [
        pytest.param(f"a  {xref('B1', '[1]')}.", "a [1].", [("[1]", "B1")], id="after white space"),
        pytest.param(f"{xref('B1', ' Roe ')} said", "Roe said", [("Roe", "B1")], id="white space inside"),
        pytest.param(f"a{xref('B1', '<sup>1</sup>')}", "a [1]", [("1", "B1")], id="raised"),
        pytest.param(f"age 65<sup>{xref('B1', '1')}</sup>.", "age 65 [1].", [("1", "B1")], id="raised, turned"),
        pytest.param(f"age 65{xref('B1', '1')}.", "age 65 [1].", [("1", "B1")], id="not marked as raised"),
        pytest.param(
            f"toxic.<sup>{xref('B1', '1')},{xref('B3', '3')}</sup> Next",
            "toxic. [1,3] Next",
            [("1", "B1"), ("3", "B3")],
            id="several raised",
        ),
        pytest.param(
            f"a{xref('B3', '<sup>3</sup>')}<sup>–</sup>{xref('B5', '<sup>5</sup>')}<sup>,</sup>"
            f"{xref('B7', '<sup>7</sup>')}",
            "a [3–5,7]",
            [("3", "B3"), ("3–5", "B4"), ("5", "B5"), ("7", "B7")],
            id="raised one by one",
        ),
        pytest.param(
            f"a{xref('B3', '3')}–{xref('B4', '4')}, b", "a [3–4], b", [("3", "B3"), ("4", "B4")], id="range, unmarked"
        ),
        pytest.param(f"a<sup>[{xref('B3', '3')}]</sup>", "a [3]", [("3", "B3")], id="raised brackets"),
        pytest.param(f"[{xref('B1', '1')}{xref('B2', '2')}]", "[1 2]", [("1", "B1"), ("2", "B2")], id="side by side"),
        pytest.param(f"(see {xref('B2', '2')})", "(see 2)", [("2", "B2")], id="in brackets"),
        pytest.param(f"Roe{xref('B2', '')}<sup>{xref('B2', '')}</sup>", "Roe", [("", "B2")] * 2, id="raised nothing"),
        pytest.param(
            "age 65<sup>7</sup> and toxic.<sup>2</sup> Of 10<sup>5</sup> m<sup>2</sup>",
            "age 65 [7] and toxic. [2] Of 10⁵ m²",
            [],
            id="by place",
        ),
        pytest.param(
            f"a {xref('B1', '[1]')}. A factor of 65<sup>7</sup>",
            "a [1]. A factor of 65⁷",
            [("[1]", "B1")],
            id="no raised citations here",
        ),
        pytest.param(f"a {xref('B2 B3', '[2,3]')}", "a [2,3]", [("[2,3]", "B2"), ("[2,3]", "B3")], id="several ids"),
        pytest.param(f"a {xref('B9', '[9]')}", "a [9]", [], id="leads nowhere"),
        pytest.param(f"a {xref('B2', '')}b", "a b", [("", "B2")], id="empty"),
        pytest.param(
            f"a {xref('B3', '[3]')}–{xref('B6', '[6]')}",
            "a [3]–[6]",
            [("[3]", "B3"), ("[3]–[6]", "B4"), ("[3]–[6]", "B5"), ("[6]", "B6")],
            id="range",
        ),
        pytest.param(
            f"a [{xref('B3', '3')}-{xref('B5', '5')}, {xref('B7', '7')}]",
            "a [3-5, 7]",
            [("3", "B3"), ("3-5", "B4"), ("5", "B5"), ("7", "B7")],
            id="range in brackets",
        ),
        pytest.param(f"{xref('B3', 'Roe')}–{xref('B5', 'Doe')}", "Roe–Doe", [("Roe", "B3"), ("Doe", "B5")], id="names"),
        pytest.param(f"{xref('B3', '3')}–{xref('B5', '9')}", "3–9", [("3", "B3"), ("9", "B5")], id="other numbers"),
        pytest.param(f"{xref('B3', '3')} – x {xref('B5', '5')}", "3 – x 5", [("3", "B3"), ("5", "B5")], id="no range"),
    ],
)
def test_a_mention_is_the_marker_as_written(xml: str, text: str, expected: list[tuple[str, str]]) -> None:
    (block,) = body(f"<p>{xml}</p>", back=f"{REFS}</ref-list>")
    assert block.text == text
    assert cited(block) == expected


def test_headings_captions_cells_and_items_cite_too() -> None:
    xml = (
        f"<sec><title>On {xref('B1', '[1]')}</title><fig><label>Fig 1</label><caption><p>By {xref('B2', '[2]')}</p>"
        f"</caption></fig><table><tr><td>a </td><td> {xref('B3', '[3]')}</td></tr></table>"
        f"<list><list-item><p>{xref('B4', '[4]')}</p></list-item></list></sec>"
    )
    blocks = body(xml, back=f"{REFS}</ref-list>")
    assert texts(blocks) == ["On [1]", "Fig 1. By [2]", "Table, row 'a': [3]", "[4]"]
    assert blocks[0].level == 2
    assert [cited(block) for block in blocks] == [[(f"[{n}]", f"B{n}")] for n in range(1, 5)]


def test_the_offsets_of_mentions_hold_in_the_document() -> None:
    reading = article(
        body=f"<sec><title>Dose</title><p>x</p><p>a {xref('B1', '[1]')}</p></sec>", back=f"{REFS}</ref-list>"
    )
    document = assemble(
        reading.blocks, source="a.xml", data=b"", metadata=reading.fields, references=reading.references
    )
    assert document.text == "Dose\n\nx\n\na [1]"
    assert document.mentions == (Mention(11, 14, "B1"),)


@pytest.mark.parametrize(
    ("ref", "expected"),
    [
        pytest.param(
            "<ref id='r1'><label>1</label><mixed-citation>"
            "<name><surname>Roe</surname><given-names>R</given-names></name>, "
            "<etal>et al</etal>. (<year>1989</year>) <article-title>On <italic>E. coli</italic></article-title>. "
            "<comment>doi: <ext-link xlink:href='http://dx.doi.org/10.1000/x.1'>10.1000/x.1</ext-link></comment> "
            "<object-id pub-id-type='pmid'>123</object-id></mixed-citation></ref>",
            Reference("r1", "Roe R, et al. (1989) On E. coli. doi: 10.1000/x.1", "1", "10.1000/x.1", "123"),
            id="mixed",
        ),
        pytest.param(
            "<ref id='r1'><element-citation> <person-group>"
            "<name><surname>Roe</surname><given-names>R</given-names></name>"
            "<collab>The Group</collab><etal/></person-group> <year>2001</year> <article-title>Is it?</article-title>"
            "<source>BMJ</source><volume>322</volume><issue>7</issue><fpage>879</fpage><lpage>880</lpage>"
            "<pub-id pub-id-type='doi'>10.1000/(x)2</pub-id><pub-id pub-id-type='pmid'>45</pub-id>"
            "</element-citation></ref>",
            Reference("r1", "Roe R, The Group, et al. (2001). Is it? BMJ 322 (7): 879–880", None, "10.1000/(x)2", "45"),
            id="all markup",
        ),
        pytest.param(
            "<ref id='r1'><citation>Roe (see 10.1000/a(b)c). PMID: 77.</citation></ref>",
            Reference("r1", "Roe (see 10.1000/a(b)c). PMID: 77.", None, "10.1000/a(b)c", "77"),
            id="identifiers in the text",
        ),
        pytest.param(
            "<ref id='r1'><citation>Roe <ext-link xlink:href='https://pubmed.ncbi.nlm.nih.gov/78/'>PubMed</ext-link>"
            "<ext-link xlink:href='https://doi.org/10.1000/y'>link</ext-link></citation></ref>",
            Reference("r1", "Roe PubMedlink", None, "10.1000/y", "78"),
            id="identifiers in links",
        ),
        pytest.param(
            "<ref id='r1'><label>1</label><mixed-citation>a</mixed-citation><mixed-citation>b</mixed-citation></ref>",
            Reference("r1", "a b", "1"),
            id="two works in one",
        ),
        pytest.param(
            "<ref id='r1'><citation-alternatives><mixed-citation>a</mixed-citation><element-citation/>"
            "</citation-alternatives></ref>",
            Reference("r1", "a"),
            id="two forms of one",
        ),
        pytest.param(
            "<ref id='r1'><label>1</label><note><p>Private.</p></note></ref>",
            Reference("r1", "Private.", "1"),
            id="note",
        ),
        pytest.param("<ref><citation>a</citation></ref>", Reference("ref-1", "a"), id="no id"),
    ],
)
def test_an_entry_of_the_list_is_a_reference_and_no_block(ref: str, expected: Reference) -> None:
    reading = article(back=f"<ref-list><title>References</title><p>Read on.</p>{ref}</ref-list>")
    assert reading.references == (expected,)
    assert reading.blocks == []


def test_a_citation_may_name_the_work_within_an_entry() -> None:
    back = '<ref-list><ref id="r1"><mixed-citation id="r1a">a</mixed-citation></ref></ref-list>'
    (block,) = body(f"<p>{xref('r1a', '[1a]')}</p>", back=back)
    assert cited(block) == [("[1a]", "r1")]


def test_the_doctests_hold() -> None:
    assert doctest.testmod(references).failed == 0


# ---------------------------------------------------------------- fields and front matter


def test_what_the_article_says_of_itself() -> None:
    reading = article(
        "<journal-meta><journal-title>PLOS ONE</journal-title></journal-meta><article-meta>"
        "<article-id pub-id-type='doi'>10.1371/x</article-id><article-id pub-id-type='pmid'>12</article-id>"
        "<article-id pub-id-type='pmc'>34</article-id>"
        "<title-group><article-title>On <italic>E. coli</italic><xref ref-type='fn' rid='n'>*</xref></article-title>"
        "<subtitle>A trial</subtitle></title-group>"
        "<contrib-group><contrib contrib-type='author'><name><surname>Roe</surname><given-names>Rick</given-names>"
        "<suffix>Jr</suffix></name><xref>1</xref></contrib>"
        "<contrib contrib-type='author'><collab>The Group<contrib-group><contrib contrib-type='author'><name>"
        "<surname>Hid</surname></name></contrib></contrib-group></collab></contrib>"
        "<contrib contrib-type='editor'><name><surname>Ed</surname></name></contrib></contrib-group>"
        "<author-notes><fn><p>No competing interests.</p></fn></author-notes>"
        "<pub-date pub-type='collection'><year>2015</year></pub-date>"
        "<pub-date pub-type='epub'><day>28</day><month>12</month><year>2014</year></pub-date>"
        "<volume>9</volume><issue>1</issue><elocation-id>e1</elocation-id><self-uri xlink:href='http://x.org/1'/>"
        "<history><date date-type='received'><month>March</month><year>2013</year></date></history>"
        "<permissions><license xlink:href='http://creativecommons.org/licenses/by/4.0/'>"
        "<license-p>Open access.</license-p>"
        "</license></permissions>"
        "<kwd-group><kwd>frogs</kwd><kwd><italic>toads</italic></kwd></kwd-group>"
        "<kwd-group kwd-group-type='abbreviations'><kwd>IL</kwd></kwd-group>"
        "<funding-group><funding-statement>None.</funding-statement></funding-group>"
        "<custom-meta-group><custom-meta><meta-name>Data Availability</meta-name><meta-value>All here.</meta-value>"
        "</custom-meta></custom-meta-group></article-meta>",
        "<p>IL-2 works.</p>",
    )
    assert reading.fields == {
        "title": "On E. coli",
        "authors": ("Rick Roe Jr", "The Group"),
        "journal": "PLOS ONE",
        "year": 2014,
        "doi": "10.1371/x",
        "pmid": "12",
        "pmcid": "PMC34",
        "url": "http://x.org/1",
        "licence": "CC BY 4.0",
        "keywords": ("frogs", "toads"),
        "kind": "full text",
    }
    front = [block.text for block in reading.blocks if block.role == "front"]
    assert front == [
        "On E. coli",
        "A trial",
        "Authors: Rick Roe Jr, The Group",
        "Journal: PLOS ONE, volume 9, issue 1, e1",
        "Published: 28 December 2014; Received: March 2013",
        "Open access.",
        "Keywords: frogs, toads",
        "Funding: None.",
        "Data Availability: All here.",
        "No competing interests.",
    ]


def test_what_the_article_does_not_say_is_not_there() -> None:
    assert article() == Reading([], {}, ())
    assert meta("<title-group/><contrib-group/><pub-date/><permissions/>") == Reading([], {}, ())


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        ("<license xmlns:x='y' xlink:href='https://creativecommons.org/licenses/by-nc-nd/3.0/'/>", "CC BY-NC-ND 3.0"),
        ("<license>Under the Creative Commons Attribution License, which permits</license>", "CC BY"),
        ("<license>a Creative Commons Attribution-NonCommercial 4.0 License</license>", "CC BY-NC 4.0"),
        ("<license>the Creative Commons CC0 public domain dedication</license>", "CC0"),
        ("<license xlink:href='https://creativecommons.org/publicdomain/zero/1.0/'/>", "CC0"),
        (f"<license><license-p>All rights {'r' * 300}</license-p></license>", "All rights " + "r" * 189),
    ],
    ids=["address", "name", "terms in the name", "dedication", "address of the dedication", "other"],
)
def test_the_licence_is_named_briefly(xml: str, expected: str) -> None:
    assert meta(f"<permissions>{xml}</permissions>").fields == {"licence": expected}


def dated(attributes: str, year: int) -> str:
    return f"<pub-date {attributes}><year>{year}</year></pub-date>"


@pytest.mark.parametrize(
    ("dates", "year"),
    [
        (dated("pub-type='epub'", 2012) + dated("pub-type='epub'", 2011), 2011),
        (dated("pub-type='ppub'", 2010) + dated("pub-type='collection'", 2011), 2011),
        ("<pub-date date-type='pub' publication-format='electronic' iso-8601-date='2009-01-02'/>", 2009),
        (dated("pub-type='ppub'", 2010) + dated("pub-type='pmc-release'", 2008), 2010),
    ],
    ids=["earliest electronic", "issue before print", "other attributes", "print before the rest"],
)
def test_the_year_is_that_of_the_electronic_publication_where_given(dates: str, year: int) -> None:
    assert [value for name, value in meta(dates).fields.items() if name == "year"] == [year]


# ---------------------------------------------------------------- files that are not what they should be


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is not well-formed XML (Document is empty, line 1, column 1); repair it or get it anew."),
        (b"<html><body/></html>", "is XML, but its root is <html>; give a JATS <article>."),
    ],
    ids=["empty", "another kind"],
)
def test_other_files_are_refused_with_the_reason(data: bytes, reason: str) -> None:
    with pytest.raises(NotReadable) as caught:
        read(data)
    assert (caught.value.status, caught.value.reason) == ("malformed", reason)


LAUGHS = b"<!DOCTYPE article [<!ENTITY a0 'lol'>%s]>" % b"".join(
    b"<!ENTITY a%d '%s'>" % (number, b"&a%d;" % (number - 1) * 10) for number in range(1, 11)
)


@pytest.mark.parametrize(
    "data",
    [
        b"<article><body><p>one</body></article>",
        b"<article/>more",
        b"%PDF-1.7",
        b"<?xml version='1.0' encoding='nonsense'?><article/>",
        b"<article><body><p>&undefined;</p></body></article>",
        LAUGHS + b"<article><body><p id='&a10;'>one</p></body></article>",
        LAUGHS + b"<article><body><p>one &a10;</p></body></article>",
        b"<article>" + b"<sec>" * 300 + b"</sec>" * 300 + b"</article>",
    ],
    ids=[
        "crossed",
        "more after the end",
        "PDF",
        "encoding",
        "entity",
        "laughs in an attribute",
        "laughs in the text",
        "too deep",
    ],
)
def test_malformed_files_are_refused(data: bytes) -> None:
    with pytest.raises(NotReadable) as caught:
        read(data)
    assert caught.value.status == "malformed"


def test_entities_are_not_expanded_and_no_file_is_opened(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("the secret")
    head = f"<!DOCTYPE article [<!ENTITY x SYSTEM 'file://{tmp_path}/secret'>]>"
    xml = f"{head}<article><body><sec><title>T</title><p>a &x; b</p></sec></body></article>"
    assert texts(list(read(xml.encode()).blocks)) == ["T", "a &x; b"]
    short = b"<!DOCTYPE article [<!ENTITY x 'lol'>]><article><body><p>a &x; b</p></body></article>"
    assert texts(list(read(short).blocks)) == ["Text", "a &x; b"]


def test_a_character_that_only_the_dtd_names_is_that_character() -> None:
    xml = "<!DOCTYPE article SYSTEM 'JATS.dtd'><article><body><p>TGF-&beta;&nbsp;1</p></body></article>"
    assert texts(list(read(xml.encode()).blocks)) == ["Text", "TGF-β 1"]


def test_names_in_a_namespace_are_the_same_names() -> None:
    xml = "<article xmlns='https://jats.nlm.nih.gov/ns/archiving/1.3/'><body><p>a</p></body></article>"
    assert texts(list(read(xml.encode()).blocks)) == ["Text", "a"]


@pytest.mark.parametrize("name", ["sec", "italic", "list", "odd", "alternatives", "boxed-text", "fn", "p", "mfrac"])
def test_depth_costs_no_stack(name: str) -> None:
    depth = 250
    xml = f"<article><body><sec>{f'<{name}>' * depth}<p>deep</p>{f'</{name}>' * depth}</sec></body></article>"
    assert texts(list(read(xml.encode()).blocks))[-1] == "deep"


NAMES = (
    "sec title label p list list-item fig caption table-wrap table tr td fn disp-formula alternatives tex-math mfrac "
    "boxed-text def-item ref-list ref mixed-citation element-citation person-group xref abstract body back front odd"
).split()
TREES = st.recursive(
    st.sampled_from(["one ", " two", "[3]", "–", "&x;", ""]),
    lambda inner: st.builds(
        lambda name, parts: f"<{name} id='B1' rid='B1 B2' ref-type='bibr'>{''.join(parts)}</{name}>",
        st.sampled_from(NAMES),
        st.lists(inner, max_size=4),
    ),
    max_leaves=30,
)


@given(TREES, TREES, TREES)
def test_any_arrangement_of_elements_is_read(front: str, middle: str, back: str) -> None:
    head = "<!DOCTYPE article [<!ENTITY x 'y'>]>"
    parts = f"<front><article-meta>{front}</article-meta></front><body>{middle}</body><back>{back}</back>"
    reading = read(f"{head}<article>{parts}</article>".encode())
    for block in reading.blocks:
        assert block.text == collapse(block.text) != ""
        assert all(0 <= mention.start <= mention.end <= len(block.text) for mention in block.mentions)


# ---------------------------------------------------------------- real articles


@pytest.mark.shared
def test_the_articles_of_plos_are_read_as_their_xml_says(shared: Path) -> None:
    paths = sorted((shared / "data" / "plos-jats").glob("*.xml"))
    assert len(paths) == 61
    for path in paths:
        data = path.read_bytes()
        reading, own = read(data), etree.fromstring(data, etree.XMLParser(resolve_entities=False, remove_comments=True))
        meta = own.find("front/article-meta")
        authors = tuple(
            contrib.xpath("normalize-space(concat(name/given-names, ' ', name/surname, ' ', name/suffix))")
            or contrib.xpath("normalize-space(collab/text())")
            for contrib in meta.xpath("contrib-group/contrib[@contrib-type='author']")
        )
        title = meta.xpath("normalize-space(title-group/article-title)")
        assert unscripted(reading.fields["title"]).replace("^", "") == title
        assert reading.fields.get("authors", ()) == authors
        assert reading.fields["year"] == int(meta.xpath("pub-date[@pub-type='epub']/year")[0].text)
        assert reading.fields["doi"] == meta.xpath("string(article-id[@pub-id-type='doi'])")
        assert len(reading.references) == len(own.xpath("//ref"))
        everything = "\n".join(block.text for block in reading.blocks)
        assert not [ref for ref in reading.references if len(ref.text) >= 60 and ref.text in everything]
