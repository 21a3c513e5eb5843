import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.readers.tables.grid import Cell, distinct, expanded


def texts(rows: list[list[Cell]]) -> list[str]:
    return [" ".join(cell.text or "." for cell in row) for row in expanded(rows)]


def test_a_cell_stands_at_every_place_that_it_spans() -> None:
    rows = [
        [Cell("a", rows=2), Cell("b", columns=2)],
        [Cell("c"), Cell("d", rows=2)],
        [Cell("e"), Cell("f")],
    ]
    assert texts(rows) == ["a b b", "a c d", "e f d"]


def test_short_rows_are_filled_and_spans_end_with_the_table() -> None:
    assert texts([[Cell("a", rows=9), Cell("b")], [], [Cell("c"), Cell("d", columns=2)]]) == [
        "a b . .",
        "a . . .",
        "a c d d",
    ]
    assert texts([]) == []


def test_spans_cannot_multiply_the_size_of_a_file() -> None:
    rows = [[Cell("a", rows=9_999, columns=9_999) for _ in range(50)] for _ in range(50)]
    assert sum(cell.text == "a" for row in expanded(rows) for cell in row) <= 21 * 2_500


def test_distinct_cells_are_those_with_text_once_each() -> None:
    a, empty, other = Cell("a"), Cell(""), Cell("a")
    assert distinct([a, a, empty, other]) == [a, other]


@pytest.mark.parametrize(
    "text", ["5", "0.5", "−3", "12 (4.5%)", "1.2 ± 0.3", "<0.001", "10–20", "–", "NS", "n/a", "5*"]
)
def test_numbers_are_numeric(text: str) -> None:
    assert Cell(text).numeric


@pytest.mark.parametrize("text", ["Dose", "IL-2", "5 mg", "n = 5 patients"])
def test_words_are_not(text: str) -> None:
    assert not Cell(text).numeric


CELLS = st.builds(Cell, st.sampled_from("abc"), rows=st.integers(1, 4), columns=st.integers(1, 4))


@given(st.lists(st.lists(CELLS, max_size=5), max_size=6))
def test_every_cell_lies_on_the_grid_and_the_grid_is_a_rectangle(rows: list[list[Cell]]) -> None:
    grid = expanded(rows)
    assert len(grid) == len(rows)
    assert len({len(row) for row in grid}) <= 1
    assert {id(cell) for row in rows for cell in row} <= {id(cell) for row in grid for cell in row}
