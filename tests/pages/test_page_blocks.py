"""Blocks on their pages: each box encloses only its block's lines, in whatever order the lines come."""

from qa.pages.blocks import boxes_of
from qa.pages.drawing import WIDTH, draw
from qa.pages.pictures import Wanted
from qa.pages.records import Box
from tests.support.make_pdf import WIDTH as PAPER
from tests.support.make_pdf import Layout, lines_at, typeset

SCALE = WIDTH / PAPER


def line(text: str, left: int, top: int) -> tuple[str, list[Box]]:
    """A line in which each letter is 10 wide and 10 high."""
    return text, [(left + 10 * at, top, left + 10 * at + 10, top + 10) for at in range(len(text))]


def test_lines_in_another_order_belong_to_their_blocks() -> None:
    blocks = ["Running text goes on here. Short end.", "The other column has this."]
    lines = [
        line("runninghead", 0, 0),
        line("Theothercolumn", 300, 20),
        line("Runningtextgoes", 0, 20),
        line("onhere.", 0, 35),
        line("Shortend.", 0, 50),
        line("hasthis.", 300, 35),
    ]
    assert boxes_of(blocks, lines) == [[(0, 20, 150, 60)], [(300, 20, 440, 45)]]


def test_a_block_in_two_columns_has_a_box_in_each() -> None:
    lines = [line("Thefirstcolumn", 0, 700), line("endswithwords", 0, 715), line("thatgoonabove", 300, 20)]
    assert boxes_of(["The first column ends with words that go on above"], lines) == [
        [(0, 700, 140, 725), (300, 20, 430, 30)]
    ]


def test_a_heading_on_the_line_of_its_text_has_its_own_part_of_it() -> None:
    found = boxes_of(["Background", "Hearts pump blood."], [line("Background:Heartspumpblood.", 0, 0)])
    assert found == [[(0, 0, 100, 10)], [(110, 0, 260, 10)]]


def test_what_stands_there_twice_is_placed_only_where_that_is_certain() -> None:
    blocks = ["The same words twice", "First of all", "The same words twice"]
    apart = [line("Thesamewordstwice", 0, 0), line("number9", 0, 15)]
    assert boxes_of(["A beginning", *blocks], apart) == [[], [], [], []]
    assert boxes_of(blocks, [line("Firstofall", 0, 30), line("Thesamewordstwice", 0, 45)])[2] == [(0, 45, 170, 55)]
    assert boxes_of(blocks, [line("Thesamewordstwice", 0, 0), line("Firstofall", 0, 30)])[0] == [(0, 0, 170, 10)]


def test_nothing_is_placed_where_nothing_is() -> None:
    assert boxes_of([], [line("words", 0, 0)]) == []
    assert boxes_of(["words", "", "—"], []) == [[], [], []]


def test_boxes_are_where_the_words_were_set() -> None:
    data = lines_at([(72, 600, "Interleukin limits its own use."), (72, 300, "Hearts pump blood.")])
    wanted = Wanted(1, blocks=("Interleukin limits its own use.", "Hearts pump blood.", "Nothing of this"))
    (picture,) = draw(data, [wanted]).pictures
    ((first,), (second,), nothing) = picture.blocks
    assert nothing == ()
    for (left, top, right, bottom), y in ((first, 600), (second, 300)):
        assert abs(left - 72 * SCALE) < 3
        assert top < (792 - y) * SCALE < bottom + 1
        assert bottom - top < 30
        assert right < 300 * SCALE


def test_a_page_that_is_not_drawn_has_the_same_boxes_and_no_picture() -> None:
    data = typeset([("heading", "Results"), ("paragraph", "Hearts pump blood. " * 30)], Layout(columns=2, depth=200))
    blocks = ("Results", "Hearts pump blood. " * 30)
    (drawn,) = draw(data, [Wanted(1, blocks=blocks)]).pictures
    (placed,) = draw(data, [Wanted(1, blocks=blocks, drawn=False)]).pictures
    assert placed.image == b""
    assert (placed.blocks, placed.width, placed.height) == (drawn.blocks, drawn.width, drawn.height)
    assert len(drawn.blocks[0]) == 1
