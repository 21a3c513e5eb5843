"""Superscripts and subscripts of a PDF, recognised by size and baseline, and never joined to a number."""

from io import BytesIO

import pytest
from reportlab.pdfgen.canvas import Canvas

from qa.readers.pdf.reader import read

Part = tuple[str, float, float]
"""A text, its size, and the height of its baseline above the line."""


def set_lines(*lines: list[Part]) -> bytes:
    """A one-page PDF with these lines; the parts of a line follow each other."""
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=(612, 792), invariant=True)
    for number, line in enumerate(lines):
        x = 72.0
        for text, size, rise in line:
            canvas.setFont("Helvetica", size)
            canvas.drawString(x, 700 - 14 * number + rise, text)
            x += canvas.stringWidth(text, "Helvetica", size)
    canvas.save()
    return buffer.getvalue()


def up(text: str) -> Part:
    return text, 6.5, 4.0


def down(text: str) -> Part:
    return text, 6.5, -2.0


def on(text: str) -> Part:
    return text, 10.0, 0.0


def text_of(*lines: list[Part]) -> str:
    return " ".join(block.text for block in read(set_lines(*lines)).blocks)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ([on("It held 10"), up("5"), on(" spores in all of them.")], "It held 10⁵ spores in all of them."),
        ([on("They breathe CO"), down("2"), on(" at night, too.")], "They breathe CO₂ at night, too."),
        ([on("There were 3 cm"), up("−3"), on(" of it left.")], "There were 3 cm⁻³ of it left."),
        ([on("The ion Ca"), up("2+"), on(" is needed here.")], "The ion Ca²⁺ is needed here."),
        ([on("It held 10"), ("8", 10.0, 3.3), on(" cells in a dish.")], "It held 10⁸ cells in a dish."),
        ([on("A factor x"), up("0.5"), on(" is in it, too.")], "A factor x^{0.5} is in it, too."),
        ([on("The highest C"), down("max"), on(" was seen late.")], "The highest Cₘₐₓ was seen late."),
    ],
)
def test_scripts_are_read_as_scripts(line: list[Part], expected: str) -> None:
    if "−" in line[1][0]:
        line = [line[0], up("-3"), line[2]]  # the standard fonts lack the minus sign
    assert text_of(line) == expected


def test_raised_numbers_after_words_are_marks_where_the_file_marks_references_so() -> None:
    lines = [
        [on("The first drug was toxic."), up("1"), on(" Nobody likes that.")],
        [on("The second one was better."), up("2,3"), on(" Patients lived.")],
        [on("The third held 10"), up("5"), on(" units of interleukin"), up("4"), on(" and no more.")],
        [on("The fourth was given twice."), up("5-7"), on(" It was safe.")],
    ]
    text = text_of(*lines)
    assert "toxic. [1] Nobody" in text
    assert "better. [2,3] Patients" in text
    assert "10⁵ units of interleukin [4] and" in text
    assert "twice. [5-7] It was" in text


def test_a_lone_raised_number_stays_a_script() -> None:
    assert "interleukin⁴ and" in text_of([on("The third unit of interleukin"), up("4"), on(" and no more.")])
