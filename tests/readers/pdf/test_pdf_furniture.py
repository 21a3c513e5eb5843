"""Running heads and feet are removed, on odd and even pages; text near them stays."""

from qa.readers.pdf.furniture import without_furniture
from qa.readers.pdf.lines import Line


def page(number: int, *texts: str) -> list[Line]:
    """A page with a head (worded differently on odd pages), its first lines, and more text below a gap."""
    head = f"{number + 100} Doe et al." if number % 2 else f"Toxic drugs {number + 100}"
    rows = [(head, 750.0), *((text, 720.0 - 13 * row) for row, text in enumerate(texts))]
    rows += [(f"Line {row} of this text goes on.", 660.0 - 13 * row) for row in range(20)]
    return [Line(text, 72, 300, y, 8, page=number) for text, y in rows]


def kept(pages: list[list[Line]]) -> list[list[str]]:
    return [[line.text for line in lines] for lines in without_furniture(pages)]


def test_heads_of_odd_and_even_pages_go() -> None:
    for lines in kept([page(number, f"First words of page {'abcdef'[number]}.") for number in range(1, 6)]):
        assert not any("Doe" in text or "Toxic" in text for text in lines)


def test_a_line_with_a_number_within_that_grows_with_the_pages_stays() -> None:
    texts = [f"{word} it from day {number} of cycle" for number, word in enumerate("abcde", 1)]
    for text, lines in zip(texts, kept([page(n, text) for n, text in enumerate(texts, 1)]), strict=True):
        assert lines[0] == text


def test_captions_at_the_top_of_pages_stay() -> None:
    assert all(f"Table {n}" in lines for n, lines in enumerate(kept([page(n, f"Table {n}") for n in range(1, 6)]), 1))


def test_numbers_of_lines_go_beside_formulas_and_a_note_in_the_margin() -> None:
    lines = [
        Line(f"A line of text that is long enough, {'abcdefghij'[n]}", 115, 480, 700 - 22 * n, 10) for n in range(10)
    ]
    lines += [Line(str(n + 1), 96, 101, 700 - 22 * n, 9) for n in range(10)]
    lines += [Line("x", 200 + 9 * n, 205 + 9 * n, 690 - 22 * n, 10) for n in range(6)]
    lines += [Line("side", 46, 60, 400 - 9 * n, 9) for n in range(4)]
    assert not any(line.text.isdigit() for line in without_furniture([lines])[0])


def test_the_first_lines_of_a_paragraph_stay_where_labels_of_pictures_recur_on_other_pages() -> None:
    pages = []
    for number in range(1, 5):
        label = ["(a)"] if number < 4 else ["where it all goes on, first", "and second, as well as third", "and last."]
        rows = [(text, 720.0 - 13 * row) for row, text in enumerate(label)]
        rows += [(f"Line {row} of this text goes on.", 640.0 - 13 * row) for row in range(20)]
        pages.append([Line(text, 72, 300, y, 8, page=number) for text, y in rows])
    assert kept(pages)[3][:3] == ["where it all goes on, first", "and second, as well as third", "and last."]
