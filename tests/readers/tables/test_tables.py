"""qa.readers.tables.sentences and table_heads: cells become lines with their row and column heads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.readers.tables.grid import Cell
from qa.readers.tables.sentences import table_blocks
from qa.records import Mention
from qa.text.lines import collapse

HEAD = {"_": "indented", "*": "set_off", "#": "head"}


def cell(said: str | Cell) -> Cell:
    """A cell from "text", "*bold", "_indented" or "#head"; the rows and columns it spans follow after bars."""
    if isinstance(said, Cell):
        return said
    text, rows, columns = [*said.split("|"), "1", "1"][:3]
    looks = {HEAD[text[0]]: True} if text[:1] in HEAD else {}
    return Cell(text[1:] if looks else text, int(rows), int(columns), **looks)


def lines(*rows: list[str], heads: int = 1) -> list[str]:
    """The table's lines, without its name and without heads that stand alone."""
    blocks = table_blocks([[cell(said) for said in row] for row in rows], heads, "Table 1")
    return [block.text.removeprefix("Table 1").removeprefix(", ") for block in blocks if block.role == "table"]


def test_a_cell_stands_with_its_heads() -> None:
    assert lines(["", "n", "Age"], ["Placebo", "138", "65 ± 2"], ["IL-2", "12", "64"]) == [
        "row 'Placebo', column 'n': 138",
        "row 'Placebo', column 'Age': 65 ± 2",
        "row 'IL-2', column 'n': 12",
        "row 'IL-2', column 'Age': 64",
    ]


def test_heads_of_several_rows_stand_one_after_another() -> None:
    rows = [["", "Placebo|1|2", "P|2"], ["", "n", "%"], ["Men", "5", "50", "0.1"]]
    assert lines(*rows, heads=2) == [
        "row 'Men', column 'Placebo › n': 5",
        "row 'Men', column 'Placebo › %': 50",
        "row 'Men', column 'P': 0.1",
    ]


def test_a_cell_that_spans_rows_or_columns_is_one_line_with_the_heads_of_all() -> None:
    assert lines(["", "a", "b"], ["x", "1|2", "2"], ["y", "3"], ["z", "4|1|2"]) == [
        "rows 'x', 'y', column 'a': 1",
        "row 'x', column 'b': 2",
        "row 'y', column 'b': 3",
        "row 'z', columns 'a', 'b': 4",
    ]
    many = [["", *"abcdefghijklm"], ["x", "1|1|13"]]
    assert lines(*many) == ["row 'x', columns 'a' to 'm': 1"]


def test_the_first_column_may_part_into_the_second() -> None:
    assert lines(["", "", "n"], ["Sex|2", "Men", "5"], ["Women", "6"], ["Age", "", "60"]) == [
        "row 'Sex › Men', column 'n': 5",
        "row 'Sex › Women', column 'n': 6",
        "row 'Age', column 'n': 60",
    ]


def test_columns_marked_as_heads_are_heads() -> None:
    assert lines(["", "", "n"], ["#Sex", "#Men", "5"], ["#Age", "#All", "6"]) == [
        "row 'Sex › Men', column 'n': 5",
        "row 'Age › All', column 'n': 6",
    ]


def test_running_numbers_are_heads_with_the_names_beside_them() -> None:
    assert lines(["No.", "Sign", "n"], ["1", "Fever", "5"], ["2", "Cough", "6"]) == [
        "row '1', column 'Sign': Fever",
        "row '1 › Fever', column 'n': 5",
        "row '2', column 'Sign': Cough",
        "row '2 › Cough', column 'n': 6",
    ]
    assert lines(["Day", "Sign", "n"], ["1", "Fever", "5"], ["3", "Cough", "6"])[0] == "row '1', column 'Sign': Fever"


# ---------------------------------------------------------------- groups of rows


def test_a_row_of_one_cell_across_names_the_rows_below_it_until_the_next() -> None:
    assert lines(["", "n", "%"], ["Sex|1|3"], ["Men", "5", "50"], ["Race|1|3"], ["Black", "6", "60"]) == [
        "row 'Sex › Men', column 'n': 5",
        "row 'Sex › Men', column '%': 50",
        "row 'Race › Black', column 'n': 6",
        "row 'Race › Black', column '%': 60",
    ]


@pytest.mark.parametrize(("group", "member"), [("Sex", "_Men"), ("*Sex", "Men")], ids=["indented", "bold"])
def test_a_first_cell_alone_names_the_rows_that_look_as_its_own(group: str, member: str) -> None:
    after = "*Age" if group[0] == "*" else "Age"
    assert lines(["", "n"], ["All", "9"], [group, ""], [member, "5"], [after, "60"]) == [
        "row 'All', column 'n': 9",
        "row 'Sex › Men', column 'n': 5",
        "row 'Age', column 'n': 60",
    ]


def test_rows_with_an_empty_first_cell_are_those_of_the_group_above() -> None:
    rows = [["", "", "n", "%"], ["Age", "", "60", ""], ["Score|1|2"], ["", "E1", "7", ""], ["CRP", "", "54", ""]]
    assert lines(*rows)[1:] == ["row 'Score', column 2: E1", "row 'Score', column 'n': 7", "row 'CRP', column 'n': 54"]


def test_where_nothing_tells_which_rows_are_its_own_it_names_none() -> None:
    assert lines(["", "n"], ["All", "9"], ["Sex", ""], ["Men", "5"], ["Age", "60"]) == [
        "row 'All', column 'n': 9",
        ": Sex",
        "row 'Men', column 'n': 5",
        "row 'Age', column 'n': 60",
    ]


def test_where_the_first_row_names_a_group_all_rows_are_in_one() -> None:
    assert lines(["", "n"], ["Sex", ""], ["Men", "5"], ["Race", ""], ["Black", "6"]) == [
        "row 'Sex › Men', column 'n': 5",
        "row 'Race › Black', column 'n': 6",
    ]


def test_groups_stand_within_groups_and_one_without_rows_stands_alone() -> None:
    rows = [["", "n", "%"], ["Base|1|3"], ["Sex"], ["Men", "5", ""], ["Notes|1|3"], ["p < 0.05|1|3"]]
    assert lines(*rows) == ["row 'Base › Sex › Men', column 'n': 5", ": Notes", ": p < 0.05"]


def test_heads_that_come_again_hold_from_there() -> None:
    assert lines(["", "n"], ["Men", "5"], ["#Sex", "#Share"], ["Women", "50"], heads=1) == [
        "row 'Men', column 'n': 5",
        "row 'Women', column 'Share': 50",
        ": Sex",
    ]


# ---------------------------------------------------------------- tables without marked heads


def test_a_first_row_of_words_over_numbers_is_heads() -> None:
    assert lines(["Drug", "Dose"], ["IL-2", "5"], ["TNF", "6"], heads=0) == [
        "row 'IL-2', column 'Dose': 5",
        "row 'TNF', column 'Dose': 6",
    ]


def test_a_bold_first_row_is_heads_and_one_of_numbers_is_not() -> None:
    assert lines(["*Drug", "*Use"], ["IL-2", "often"], heads=0) == ["row 'IL-2', column 'Use': often"]
    assert lines(["Men", "5", "6"], ["Women", "6", "7"], heads=0)[:2] == [
        "row 'Men', column 2: 5",
        "row 'Men', column 3: 6",
    ]
    assert lines(["Aim", "To heal"], ["Site", "Rome"], heads=0) == ["row 'Aim': To heal", "row 'Site': Rome"]


def test_rows_and_columns_without_heads_are_numbered() -> None:
    assert lines(["", "a", ""], ["", "1", "2"], ["y", "3", "4"])[:2] == ["row 1, column 'a': 1", "row 1, column 3: 2"]


def test_a_table_of_one_column_is_its_cells() -> None:
    assert lines(["Rules"], ["One."], ["Two."]) == ["column 'Rules': One.", "column 'Rules': Two."]
    assert lines(["One."], ["Two."], heads=0) == [": One.", ": Two."]


def test_all_marked_as_heads_is_no_head() -> None:
    assert lines(["a", "1"], ["b", "2"], heads=2) == ["row 'a': 1", "row 'b': 2"]


# ---------------------------------------------------------------- long ones


def test_a_long_cell_is_written_sentence_by_sentence() -> None:
    sentences = [f"This is sentence number {number} of a very long cell." for number in range(12)]
    assert lines(["", "Said"], ["Roe", " ".join(sentences)]) == [
        f"row 'Roe', column 'Said': {one}" for one in sentences
    ]


def test_a_long_head_stands_once_by_itself_and_is_named_by_its_number() -> None:
    long = "w" * 151
    assert lines(["", long, "b"], ["x", "1", "2"], [long, "3", "4"]) == [
        f"column 2: {long}",
        "row 'x', column 2: 1",
        "row 'x', column 'b': 2",
        f"row 2: {long}",
        "row 2, column 2: 3",
        "row 2, column 'b': 4",
    ]


def test_a_table_of_very_many_cells_is_written_row_by_row() -> None:
    rows = [[f"r{number}", *(f"{number}.{column}" for column in range(10))] for number in range(101)]
    found = lines(["", *"abcdefghij"], *rows)
    assert len(found) == 101
    assert found[3].startswith("row 'r3', column 'a': 3.0; column 'b': 3.1; ")


# ---------------------------------------------------------------- what holds of any table


def test_mentions_move_with_the_words() -> None:
    rows = [
        [Cell(""), Cell("n")],
        [Cell("Roe [1]", mentions=(Mention(5, 6, "B1"),)), Cell("5 [2]", mentions=(Mention(3, 4, "B2"),))],
    ]
    (block,) = table_blocks(rows, 1, "Table 1")
    assert block.text == "Table 1, row 'Roe [1]', column 'n': 5 [2]"
    assert [(block.text[m.start : m.end], m.reference) for m in block.mentions] == [("1", "B1"), ("2", "B2")]


def test_head_cells_that_no_line_names_are_kept_and_not_quoted() -> None:
    first, *_ = table_blocks([[Cell("Drug"), Cell("n")], [Cell("IL-2"), Cell("5")]], 1, "Table 1")
    assert (first.text, first.role) == ("Table 1, head: Drug", "boilerplate")


NAMED = st.integers(0, 10**6).map(lambda number: f"w{number}")
CELLS = st.builds(
    Cell,
    st.one_of(NAMED, st.just("")),
    st.integers(1, 3),
    st.integers(1, 3),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)


@given(st.lists(st.lists(CELLS, max_size=4), max_size=5), st.integers(0, 5))
def test_no_word_of_any_table_is_lost_and_every_line_is_clean(rows: list[list[Cell]], marked: int) -> None:
    blocks = table_blocks(rows, marked, "Table 1")
    words = " ".join(block.text for block in blocks)
    assert all(cell.text in words for row in rows for cell in row)
    assert all(block.text == collapse(block.text) != "" for block in blocks)
