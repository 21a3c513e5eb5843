import pytest

from qa.readers.html.reader import read

PROSE = "Interleukin-2 is a cytokine that acts on many cells, and this sentence is here to be taken for prose. " * 4
ROWS = "<tr><th>Drug</th><th>n</th></tr><tr><td>Placebo</td><td>138</td></tr><tr><td>IL-2</td><td>12</td></tr>"
CELLS = ["row 'Placebo', column 'n': 138", "row 'IL-2', column 'n': 12"]


def lines(*parts: str) -> list[tuple[str, str]]:
    """Read a page of these parts with prose around them. Return role and text of each block, without the prose."""
    inner = "".join(f"{part}<p>{PROSE}</p>" for part in parts)
    page = f"<html><body><article><h1>On doses</h1><h2>Results</h2><p>{PROSE}</p>{inner}</article></body></html>"
    blocks = read(page.encode()).blocks
    return [(b.role, b.text) for b in blocks if b.role in ("caption", "table") or "row" in b.text]


@pytest.mark.parametrize(
    "table",
    [
        f"<table><caption>Table 1. Doses<sup>a</sup> of <i>it</i>.</caption>{ROWS}</table>",
        f"<div class='wrap'><p>Table 1. Doses<sup>a</sup> of <i>it</i>.</p><div><table>{ROWS}</table></div></div>",
        f"<figure><figcaption>Table 1. Doses<sup>a</sup> of <i>it</i>.</figcaption><table>{ROWS}</table></figure>",
    ],
    ids=["caption", "paragraph", "figure"],
)
def test_a_table_stands_in_its_place_with_its_caption(table: str) -> None:
    expected = [("caption", "Table 1. Dosesᵃ of it."), *(("table", f"Table 1, {cell}") for cell in CELLS)]
    assert sorted(lines(table)) == sorted(expected)


def test_tables_keep_their_own_names_and_their_order() -> None:
    found = lines(f"<p>Table 1. One.</p><table>{ROWS}</table>", f"<table>{ROWS.replace('138', '139')}</table>")
    assert found == [
        ("caption", "Table 1. One."),
        ("table", "Table 1, row 'Placebo', column 'n': 138"),
        ("table", "Table 1, row 'IL-2', column 'n': 12"),
        ("table", "Table, row 'Placebo', column 'n': 139"),
        ("table", "Table, row 'IL-2', column 'n': 12"),
    ]


def test_breaks_and_blocks_in_a_cell_part_its_words() -> None:
    rows = (
        "<tr><td>a<br>b</td><td><p>c</p><p>d</p></td></tr><tr><td>e<sub>2</sub></td><td><ul><li>f</li></ul></td></tr>"
    )
    assert lines(f"<table>{rows}</table>") == [("table", "Table, row 'a b': c d"), ("table", "Table, row 'e₂': f")]


def test_a_table_that_lays_out_the_page_is_no_table() -> None:
    layout = f"<table><tr><td><h3>Aside</h3></td><td>{PROSE}</td></tr><tr><td>{PROSE}</td><td>{PROSE}</td></tr></table>"
    assert lines(layout) == []
