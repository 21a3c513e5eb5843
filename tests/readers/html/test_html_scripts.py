import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import html as lxml_html

from qa.readers.html.scripts import write_out_scripts, written_out


def text_of(inner: str) -> str:
    page = lxml_html.fragment_fromstring(inner, create_parent="div")
    write_out_scripts(page)
    return str(page.text_content())


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        pytest.param("10<sup>5</sup> of CO<sub>2</sub>", "10⁵ of CO₂", id="sup and sub"),
        pytest.param("x<sup>a<sub>1</sub></sup>", "x^{a₁}", id="nested"),
        pytest.param("<b>10</b><sup><i>-5</i></sup>!", "10⁻⁵!", id="among markup"),
        pytest.param('65<sup><a href="#b">12</a></sup>.', "65 [12].", id="link raised"),
        pytest.param('65<a href="#b"><sup>12</sup></a>.', "65 [12].", id="link around"),
        pytest.param('65<sup>[<a href="#b">12</a>]</sup>.', "65 [12].", id="brackets"),
        pytest.param('65<sup><a href="#b">[12]</a></sup><sup><a href="#b">[13]</a></sup>', "65 [12] [13]", id="two"),
        pytest.param(
            '65<sup><a href="#b">1</a></sup><sup>,</sup><sup><a href="#c">2</a></sup>',
            "65 [1], [2]",
            id="comma between",
        ),
        pytest.param('5<sup><a href="#n">a</a></sup> Roe<sup>*</sup>', "5ᵃ Roe*", id="signs of footnotes"),
        pytest.param("in <b>tissue</b><sup>3</sup> of 65<sup>4</sup>", "in tissue [3] of 65 [4]", id="by place"),
        pytest.param("as said [1] of 65<sup>4</sup>", "as said [1] of 65⁴", id="no raised citations here"),
        pytest.param("<p>a</p><p><sup>14</sup>C</p>", "a¹⁴C", id="isotope at the start"),
        pytest.param("<math><msup><mi>x</mi><mn>2</mn></msup></math>", "x²", id="formula"),
        pytest.param(
            '<span class="katex"><span class="katex-mathml"><math><semantics><msup><mi>x</mi><mn>2</mn></msup>'
            '<annotation>x^2</annotation></semantics></math></span><span class="katex-html">x2</span></span> is',
            "x² is",
            id="formula drawn twice",
        ),
        pytest.param("a<sup></sup>b<sub> </sub>c", "ab c", id="empty"),
    ],
)
def test_scripts_marks_and_formulas_are_text(html: str, expected: str) -> None:
    assert text_of(html) == expected


@pytest.mark.parametrize("unfit", ["&#1", "&#11;", "&#x0B;", "&#0000000012;", "&#xFFFE;", "&&#1;#1;", "&#xD800;"])
def test_a_character_by_its_number_that_no_tree_can_hold_is_a_space(unfit: str) -> None:
    text = str(written_out(f"<sup>b{unfit}</sup>").text_content())
    assert text.startswith(("ᵇ ", "^{b"))
    assert not {*text} & {"\x01", "\x0b", "\x0c", "\ufffe"}


@example("&#1")
@given(st.text(alphabet="abc12 .,[]()<>&;/supxlink=#'\"\x00\x01\x0b\ud800", max_size=60))
def test_any_piece_of_html_is_written_out(html: str) -> None:
    assert written_out(f"<sup>{html}</sup>").find(".//sup") is None
