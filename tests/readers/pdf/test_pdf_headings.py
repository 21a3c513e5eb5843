"""The headings and paragraph ends of a PDF, recognised by type and spacing alone."""

from collections.abc import Sequence

import pytest

from qa.readers.pdf.characters import Piece
from qa.readers.pdf.headings import levels_of, worded
from qa.readers.pdf.hyphens import Words
from qa.readers.pdf.lines import Line
from qa.readers.pdf.paragraphs import paragraphs

LEFT, RIGHT, LEADING, SIZE = 50.0, 290.0, 12.0, 10.0
TEXT, OTHER = 1, 2
"""The font of the text, and another font."""


def line(
    text: str,
    y: float,
    *,
    x: float = LEFT,
    end: float = RIGHT,
    size: float = SIZE,
    font: int = TEXT,
    bold: bool = False,
) -> Line:
    pieces = [Piece(word, x, end, y, size, bold, font=font) for word in text.split()]
    return Line(text, x, end, y, size, bold, left=LEFT, right=RIGHT, column=1, pieces=pieces)


def levels(lines: Sequence[Line]) -> dict[str, int]:
    """Map the text of each paragraph to its level."""
    parts = worded(paragraphs(lines), Words(one.text for one in lines))
    return {part.text: level for part, level in zip(parts, levels_of(parts), strict=True)}


def article(heading: str, *, font: int, above: float, size: float = SIZE - 0.6) -> list[Line]:
    """Two paragraphs and a heading between them; ``above`` is its distance from the first."""
    first = [line("Patients were given the dose that they had been", 700 - LEADING * n) for n in range(6)]
    last = line("given before.", 700 - LEADING * 6, end=110)
    head = line(heading, last.y - above, end=150, size=size, font=font)
    rest = [line("Clusters were drawn by lot, and nobody knew of them", head.y - LEADING * n) for n in range(1, 6)]
    return [*first, last, head, *rest, line("before.", head.y - LEADING * 6, end=80)]


def test_a_line_in_another_font_with_more_space_above_it_than_below_heads_the_text() -> None:
    assert levels(article("Sample size", font=OTHER, above=2 * LEADING))["Sample size"] > 0
    assert levels(article("Garlic: a spice", font=OTHER, above=2 * LEADING))["Garlic: a spice"] > 0


@pytest.mark.parametrize(
    ("heading", "font", "above"),
    [
        pytest.param("Sample size", TEXT, 2 * LEADING, id="in the font of the text"),
        pytest.param("Sample size", OTHER, LEADING, id="with the usual space above it"),
        pytest.param("sample size", OTHER, 2 * LEADING, id="not worded as a heading"),
        pytest.param("Doe et al", OTHER, 2 * LEADING, id="a running head"),
    ],
)
def test_other_short_lines_do_not(heading: str, font: int, above: float) -> None:
    assert not any(levels(article(heading, font=font, above=above)).values())


def test_a_sub_heading_below_a_heading_needs_no_space_above_it() -> None:
    lines = article("Primary outcomes", font=OTHER, above=2 * LEADING + LEADING)
    place = next(number for number, one in enumerate(lines) if one.text == "Primary outcomes")
    lines.insert(place, line("Outcomes", lines[place].y + LEADING, end=100, size=SIZE + 1, font=OTHER, bold=True))
    found = levels(lines)
    assert found["Primary outcomes"] > found["Outcomes"] > 0


def test_indented_paragraphs_below_headings_are_not_taken_for_hanging_ones() -> None:
    lines: list[Line] = []
    for number in range(4):
        y = 700 - 100.0 * number
        lines += [
            line("Copaiba", y, end=100, bold=True, font=OTHER),
            line("Copaiba is an oil from the trunk of trees of the kind", y - 18, x=LEFT + 15),
            line("Copaifera that grow in the forests of the south, and", y - 30),
            line("is used there.", y - 42, end=110),
        ]
    assert [len(group) for group in paragraphs(lines)] == [1, 3] * 4


def test_the_items_of_a_lettered_list_are_parted() -> None:
    items = ["d. Serum, plasma, or hyperimmune serum", "e. Levamisole", "f. Leukotriene", "h. none of them"]
    lines = [line(item, 700 - LEADING * number) for number, item in enumerate(items)]
    assert [group[0].text for group in paragraphs(lines)] == items[:3]
