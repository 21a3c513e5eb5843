"""qa.readers.pdf.tables: cells of made tables and of a real page are quoted with their heads or not at all."""

from io import BytesIO
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from qa.readers.pdf.reader import read
from tests.support.make_table import HEIGHT, PROSE, WIDTH, Put, Rule, grid_of, page_of

CAPTION = ("Table 2. Patients of the trial by arm.",)
PLACES = (0.0, 150.0, 250.0, 350.0)
HEADS = ("Arm", "Patients", "Age (years)", "Response")
ROWS = (
    ("Placebo", "138", "61.2 ± 9.8", "12%"),
    ("Interleukin-2", "140", "60.8 ± 9.9", "31%"),
    ("None", "12", "–", "8%"),
)
SIDES = (0.0, 420.0)


def cells(data: bytes) -> list[str]:
    return [block.text for block in read(data).blocks if block.role == "table"]


def evidence(data: bytes) -> str:
    return " ".join(block.text for block in read(data).blocks if block.role in ("body", "table", "note"))


def quoted(heads: tuple[str, ...], rows: tuple[tuple[str, ...], ...], name: str = "Table 2") -> list[str]:
    """The quotes expected for a plain table."""
    return [
        f"{name}, row '{label}', column '{head}': {text}"
        for label, *values in rows
        for head, text in zip(heads[1:], values, strict=True)
        if text
    ]


def ruled(rows: int, heads: int = 1) -> list[Rule]:
    return [Rule(*SIDES, 0), Rule(*SIDES, heads), Rule(*SIDES, heads + rows)]


def test_a_table_with_three_rules_is_quoted_cell_by_cell() -> None:
    data = page_of(CAPTION, [*grid_of([HEADS], PLACES), *grid_of(ROWS, PLACES, 1)], ruled(3))
    assert cells(data) == quoted(HEADS, ROWS)


def test_its_caption_is_a_passage_of_its_own_and_the_prose_around_it_stays_whole() -> None:
    data = page_of(CAPTION, [*grid_of([HEADS], PLACES), *grid_of(ROWS, PLACES, 1)], ruled(3))
    blocks = read(data).blocks
    assert [(block.text, block.part) for block in blocks if block.role == "caption"] == [(CAPTION[0], "Table 2")]
    body = " ".join(block.text for block in blocks if block.role == "body")
    assert body == " ".join([*PROSE, *PROSE])


def test_a_table_without_rules_is_known_by_its_columns_of_numbers() -> None:
    rows = tuple((label, *(value.replace("–", "4.5 ± 0.1") for value in values)) for label, *values in ROWS)
    data = page_of(CAPTION, [*grid_of([HEADS], PLACES, bold=True), *grid_of(rows, PLACES, 1)])
    assert cells(data) == quoted(HEADS, rows)


def test_a_head_over_several_columns_is_named_before_theirs() -> None:
    puts = [
        Put(270, 0, "Men", centred=True),
        *grid_of([("Arm", "", "n", "Age")], PLACES, 1),
        *grid_of(
            [("Placebo", "", "138", "61"), ("Interleukin-2", "", "140", "60"), ("None", "", "9", "58")], PLACES, 2
        ),
    ]
    puts = [put if put.text != "Men" else Put(305, 0, "Men", centred=True) for put in puts]
    data = page_of(CAPTION, puts, [Rule(*SIDES, 0), Rule(245, 420, 1), Rule(*SIDES, 2), Rule(*SIDES, 5)])
    assert cells(data)[:2] == [
        "Table 2, row 'Placebo', column 'Men › n': 138",
        "Table 2, row 'Placebo', column 'Men › Age': 61",
    ]


def test_cells_of_several_lines_between_rules_are_one() -> None:
    puts = [
        *grid_of([("Arm", "Patients", "What was given", "")], PLACES),
        *grid_of([("Placebo", "138", "Saline, once a day,", ""), ("", "", "for eight weeks", "")], PLACES, 1),
        *grid_of([("Interleukin-2", "140", "Infusions of the drug", ""), ("", "", "and of saline", "")], PLACES, 3),
    ]
    data = page_of(CAPTION, puts, [Rule(*SIDES, row) for row in (0, 1, 3, 5)])
    assert cells(data) == [
        "Table 2, row 'Placebo', column 'Patients': 138",
        "Table 2, row 'Placebo', column 'What was given': Saline, once a day, for eight weeks",
        "Table 2, row 'Interleukin-2', column 'Patients': 140",
        "Table 2, row 'Interleukin-2', column 'What was given': Infusions of the drug and of saline",
    ]


def test_a_label_in_the_middle_of_the_rows_that_it_is_of_is_named_with_each() -> None:
    puts = [
        *grid_of([("Arm", "Sex", "Patients", "")], PLACES),
        Put(0, 1.5, "Placebo"),
        *grid_of([("", "Women", "60", ""), ("", "Men", "78", "")], PLACES, 1),
        Put(0, 3.5, "Interleukin-2"),
        *grid_of([("", "Women", "71", ""), ("", "Men", "69", "")], PLACES, 3),
    ]
    whole = [Rule(*SIDES, row) for row in (0, 1, 3, 5)]
    data = page_of(CAPTION, puts, [*whole, Rule(145, 420, 2), Rule(145, 420, 4)])
    assert "Table 2, row 'Placebo › Men', column 'Patients': 78" in cells(data)
    assert "Table 2, row 'Interleukin-2 › Women', column 'Patients': 71" in cells(data)


def test_indented_rows_are_named_with_their_group() -> None:
    rows = (("Tumour", "", "", ""), ("  Skin", "", "", ""), ("  Lung", "", "", ""), ("All", "150", "61", "20%"))
    puts = [
        *grid_of([HEADS], PLACES),
        *grid_of([("Tumour", "", "", ""), ("", "90", "60", "22%"), ("", "60", "62", "18%"), rows[3]], PLACES, 1),
        Put(12, 2, "Skin"),
        Put(12, 3, "Lung"),
    ]
    found = cells(page_of(CAPTION, puts, ruled(4)))
    assert "Table 2, row 'Tumour › Skin', column 'Patients': 90" in found
    assert "Table 2, row 'All', column 'Patients': 150" in found


def test_notes_under_a_table_are_no_cells_of_it() -> None:
    note = "Values are means with their standard deviations. All of them were rounded once."
    puts = [*grid_of([HEADS], PLACES), *grid_of(ROWS, PLACES, 1), Put(0, 4, note)]
    found = cells(page_of(CAPTION, puts, [*ruled(3), Rule(*SIDES, 5)]))
    assert found == quoted(HEADS, ROWS)


def test_a_continued_table_keeps_its_name() -> None:
    drawn = BytesIO()
    canvas = Canvas(drawn, pagesize=(WIDTH, HEIGHT), invariant=True)
    first = [*grid_of([HEADS], PLACES), *grid_of(ROWS[:2], PLACES, 1)]
    page_of(CAPTION, first, ruled(2), canvas=canvas)
    page_of(
        ("Table 2 (continued)",),
        [*grid_of([HEADS], PLACES), *grid_of(ROWS[2:] * 2, PLACES, 1)],
        ruled(2),
        canvas=canvas,
    )
    canvas.save()
    found = cells(drawn.getvalue())
    assert found == quoted(HEADS, (*ROWS[:2], *ROWS[2:] * 2))


def test_a_table_on_its_side_is_read_as_an_upright_one() -> None:
    data = page_of(CAPTION, [*grid_of([HEADS], PLACES), *grid_of(ROWS, PLACES, 1)], ruled(3), turned=True)
    assert cells(data) == quoted(HEADS, ROWS)


def test_a_table_whose_columns_are_not_sure_is_left_out() -> None:
    askew = [
        Put(x + 37 * (row % 3) * (x > 0), row + 1, text)
        for row in range(6)
        for x, text in zip(PLACES, ROWS[row % 3], strict=True)
    ]
    data = page_of(CAPTION, [*grid_of([HEADS], PLACES), *askew], ruled(6))
    assert cells(data) == []
    assert "138" not in evidence(data)


def test_lines_that_may_be_rows_or_not_are_not_guessed() -> None:
    """A cell's two lines stand above and below the middle of their row, and no rule separates the rows."""
    puts = [
        *grid_of([HEADS], PLACES),
        *[Put(150, row + shift, text) for row in (1.5, 3.5) for shift, text in ((-0.5, "12 to"), (0.5, "14"))],
        *grid_of([("Placebo", "", "61", "12%")], PLACES, 1.5),
        *grid_of([("None", "", "60", "31%")], PLACES, 3.5),
    ]
    assert cells(page_of(CAPTION, puts, [Rule(*SIDES, 0), Rule(*SIDES, 1), Rule(*SIDES, 5)])) == []


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.decimals(0, 999, places=1), min_size=3, max_size=3), min_size=2, max_size=7))
def test_every_number_is_quoted_in_its_row_and_column(numbers: list[list[object]]) -> None:
    rows = tuple((f"Group {chr(65 + at)}", *map(str, row)) for at, row in enumerate(numbers))
    data = page_of(CAPTION, [*grid_of([HEADS], PLACES), *grid_of(rows, PLACES, 1)], ruled(len(rows)))
    assert cells(data) == quoted(HEADS, rows)


def test_the_tables_of_a_real_page() -> None:
    """tests/readers/pdf/pages/README.md names its source."""
    found = cells((Path(__file__).parent / "pages" / "PMC2803133-5.pdf").read_bytes())
    assert "Table 2, row 'Organ weight (g/kgbw) › heart', column 'group › HC': 3.33 ± 0.09" in found
    assert "Table 2, row 'AI', column 'group › Normal': 0.9 ± 0.1ᵃ" in found
    assert "Table 4, row 'Heart › CAT (μmole/min/mg protein)', column 'group › HC + EO': 6.80 ± 0.49ᵃ" in found
    assert len(found) == 21 + 15 + 24
