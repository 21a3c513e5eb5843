"""The reports as files: text stays text, links have targets, colours can be told apart, figures are present."""

import dataclasses
import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import lxml.html
import pytest
from markdown_it import MarkdownIt

from qa.evaluation.report import compare, comparison_html, comparison_markdown, report_html, report_markdown
from qa.evaluation.report.markdown import literal
from qa.evaluation.results import Evaluation
from tests.support.make_evaluation import compared, evaluation

HOSTILE = (
    "</style></svg></title><script>document.title='owned'</script><img src=//x.example/y onerror=alert(1)> "
    "${x} {{ 7*7 }} {% raw %} \"'> *a* _b_ `c` # [d](javascript:e) ![f](//x) | &lt; <!-- \\ \u202eRTL\u2069 العربية "
    "https://x.example www.x.example @x :x: $x$ ~~x~~ " + "long" * 200
)

TAGS = set(
    "html head meta link title style body a header p h1 h2 h3 h4 h5 nav ul li main section div dl dt dd figure svg "
    "desc line rect text path polyline circle figcaption details summary table caption thead tbody tr th td small span "
    "mark cite bdi blockquote ol footer".split()
)


def poisoned(value: Any) -> Any:
    """The value with hostile text in every string that a user, a document or a system provides."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in dataclasses.fields(value) if field.name not in ("verdict", "seconds", "size")]
        return dataclasses.replace(value, **{name: poisoned(getattr(value, name)) for name in names})
    if isinstance(value, Mapping):
        return {poisoned(key): poisoned(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return tuple(map(poisoned, value))
    if isinstance(value, str):  # long strings keep their length, so highlights keep their place
        return HOSTILE + value[len(HOSTILE) :] if len(value) > len(HOSTILE) else value + HOSTILE
    return value


def changed(before: Evaluation, after: Evaluation) -> Any:
    measures = before.systems[0].summary
    return compare(before, after, [compared(before.systems[0], after.systems[0], name) for name in measures])


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    before, after = evaluation(40), evaluation(40, quality=1.8)
    bad, worse = poisoned(before), poisoned(after)
    return {
        "report": report_html(before),
        "comparison": comparison_html(changed(before, after)),
        "hostile report": report_html(bad),
        "hostile comparison": comparison_html(changed(bad, worse)),
    }


PAGES = ("report", "comparison", "hostile report", "hostile comparison")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_holds_known_elements_and_loads_nothing(pages: dict[str, str], name: str) -> None:
    tree = lxml.html.document_fromstring(pages[name])
    assert {element.tag for element in tree.iter() if isinstance(element.tag, str)} <= TAGS
    attributes = [(key, value) for element in tree.iter() for key, value in element.attrib.items()]
    assert not [key for key, _ in attributes if key.startswith("on") or key in ("src", "srcset", "style", "action")]
    assert {value[0] for key, value in attributes if key == "href" and value != "data:,"} == {"#"}
    assert "default-src 'none'" in pages[name].partition("<title>")[0]


@pytest.mark.parametrize("name", PAGES[2:])
def test_hostile_text_is_shown_as_text(pages: dict[str, str], name: str) -> None:
    tree = lxml.html.document_fromstring(pages[name])
    shown = tree.text_content()
    assert shown.count(HOSTILE) > 100
    assert all(HOSTILE[:100] in "".join(mark.itertext()) for mark in tree.findall(".//title")[:1])


@pytest.mark.parametrize("name", PAGES)
def test_every_link_leads_to_one_place(pages: dict[str, str], name: str) -> None:
    tree = lxml.html.document_fromstring(pages[name])
    ids = [str(value) for value in tree.xpath("//@id")]
    assert len(ids) == len(set(ids))
    wanted = {str(value)[1:] for value in tree.xpath("//a/@href")}
    labels = {part for value in tree.xpath("//@aria-labelledby") for part in str(value).split()}
    assert wanted | labels <= set(ids)


def test_every_question_has_a_place(pages: dict[str, str]) -> None:
    ids = {str(value) for value in lxml.html.document_fromstring(pages["report"]).xpath("//@id")}
    assert {f"q-{result.id}" for result in evaluation(40).systems[0].questions} <= ids


@pytest.mark.parametrize("name", PAGES[:2])
def test_headings_leave_no_level_out(pages: dict[str, str], name: str) -> None:
    tree = lxml.html.document_fromstring(pages[name])
    levels = [int(element.tag[1]) for element in tree.iter("h1", "h2", "h3", "h4", "h5")]
    assert levels[0] == 1
    assert all(level <= before + 1 for before, level in pairwise(levels))


@pytest.mark.parametrize("name", PAGES[:2])
def test_every_drawing_is_named_described_and_has_its_figures(pages: dict[str, str], name: str) -> None:
    figures = lxml.html.document_fromstring(pages[name]).findall(".//figure")
    assert figures
    for figure in figures:
        drawing = figure.find("svg")
        assert drawing.get("role") == "img"
        assert drawing.findtext("title")
        assert drawing.findtext("desc")
        assert figure.findall(".//details//tbody/tr")


def test_all_plots_are_there(pages: dict[str, str]) -> None:
    shown = [figure.findtext("h3") for figure in lxml.html.document_fromstring(pages["report"]).findall(".//figure")]
    assert shown == [
        "What became of the questions",
        "Pincite against others in Success@5",
        "Pincite against others in Sentence@1",
        "Success@5 by kind of question",
        "Sentence@1 by kind of question",
        "Rank of the first right passage",
        "Risk and coverage",
        "Calibration of Pincite",
        "Time of one question",
    ]


def test_places_in_a_drawing_lie_within_it(pages: dict[str, str]) -> None:
    for drawing in lxml.html.document_fromstring(pages["report"]).findall(".//figure/svg"):
        width, height = map(float, drawing.get("viewbox").split()[2:])
        for shape in drawing.iter("line", "rect", "text", "circle"):
            x, y = float(shape.get("x") or shape.get("x1") or 0), float(shape.get("y") or shape.get("y1") or 0)
            assert -2 <= x <= width
            assert -2 <= y <= height


# ---------------------------------------------------------------- Markdown


def rendered(markdown: str) -> Any:
    return lxml.html.fromstring(
        f"<div>{MarkdownIt('gfm-like', {'html': True, 'linkify': False}).render(markdown)}</div>"
    )


@pytest.mark.parametrize("poison", [False, True], ids=["plain", "hostile"])
def test_markdown_shows_text_as_text(poison: bool) -> None:
    before, after = evaluation(40), evaluation(40, quality=1.8)
    if poison:
        before, after = poisoned(before), poisoned(after)
    for markdown in (report_markdown(before), comparison_markdown(changed(before, after))):
        tree = rendered(markdown)
        tags = {element.tag for element in tree.iter()}
        assert tags <= set("div h1 h2 h3 h4 p ul li strong table thead tbody tr th td mark".split())
        assert (HOSTILE in tree.text_content()) == poison
        assert not re.search(r"^\|", tree.text_content(), re.MULTILINE)  # no table was rendered as text


def test_markdown_holds_what_the_page_holds() -> None:
    made = evaluation(40)
    tree = rendered(report_markdown(made))
    page = lxml.html.document_fromstring(report_html(made))
    shown = {" ".join(cell.text_content().split()) for cell in tree.iter("td", "th")}
    figures = {" ".join(cell.text_content().split()) for cell in page.xpath("//figure//td")}
    assert figures <= shown
    failed = [
        result
        for result in made.systems[0].questions
        if result.verdict not in ("right", "right later", "rightly refused")
    ]
    assert len(tree.findall("h4")) == len(failed)


@pytest.mark.parametrize(
    "text", ["# a", "1. a", "- a", "+ a", "= a", "> a", "a_b_c", "a\nb", "**a**", "&amp;", "\\*", "3) x"]
)
def test_text_is_literal_in_markdown(text: str) -> None:
    shown = rendered(str(literal(text)))
    assert [element.tag for element in shown] == ["p"]
    assert shown.text_content().strip() == text.replace("\n", " ")


# ---------------------------------------------------------------- colours


def luminance(colour: str) -> float:
    """Relative luminance as defined by WCAG 2.2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_colours_have_the_contrast_that_wcag_asks_for(pages: dict[str, str], theme: int) -> None:
    block = re.findall(r":root \{(.*?)\}", pages["report"], re.DOTALL)[theme]
    colours = dict(re.findall(r"--([\w-]+): (#\w{6})", block))
    ground = colours["ground"]
    text = "ink quiet link right later refused sentence low not-found silent false".split()
    assert {name: contrast(colours[name], ground) for name in text if contrast(colours[name], ground) < 4.5} == {}
    assert contrast(colours["quiet"], colours["panel"]) >= 4.5
    assert contrast(colours["hit-ink"], colours["hit"]) >= 4.5
    assert contrast(colours["ink"], colours["missed"]) >= 4.5
    drawn = ["axis", "missed-line", *(f"s{series}" for series in range(6))]
    assert {name for name in drawn if contrast(colours[name], ground) < 3} == set()


def test_no_least_difference_is_given_where_no_question_differs() -> None:
    made = evaluation(6, systems=["Pincite", "BM25"])
    same = dataclasses.replace(
        made, comparisons=tuple(dataclasses.replace(c, detectable=0.0) for c in made.comparisons)
    )
    rows = [line for line in report_markdown(same).splitlines() if "Pincite against BM25 |" in line]
    assert rows
    assert all(line.endswith("| – |") for line in rows)
