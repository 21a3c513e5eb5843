"""qa.evaluation.report.excerpts: what is highlighted, compared with cases by hand and a simple oracle."""

from hypothesis import given
from hypothesis import strategies as st

from qa.evaluation.report.excerpts import Piece, anchor, case, cut
from qa.evaluation.results import Found, Gold
from tests.evaluation.test_report_changes import result

TEXT = "High-dose IL-2 is toxic. Low-dose IL-2 is not. IL-15 is milder."


def found(start: int, end: int, right: bool = False, source: str = "a.txt") -> Found:
    return Found(source, "Results", TEXT[start:end], start, end, right)


def marked(pieces: list[Piece]) -> list[str]:
    return [piece.text for piece in pieces if piece.marked]


spans = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=4)


@given(st.integers(0, 30), st.text(max_size=20), spans)
def test_pieces_are_the_text_and_marked_where_a_span_is(start: int, text: str, spans: list[tuple[int, int]]) -> None:
    pieces = cut(text, start, start + len(text), spans)
    assert "".join(piece.text for piece in pieces) == text
    flags = [piece.marked for piece in pieces for _ in piece.text]
    assert flags == [any(low <= start + at < high for low, high in spans) for at in range(len(text))]


def test_a_text_unlike_its_offsets_is_not_marked() -> None:
    assert cut("IL-2", 0, 9, [(0, 4)]) == [Piece("IL-2", marked=False)]


def test_gold_words_are_marked_in_what_was_found_and_missed_words_in_the_gold() -> None:
    gold = Gold("a.txt", TEXT[10:45], 10, 45)
    shown = case(result("q", "right", 1, gold=(gold,), hits=(found(0, 24, right=True), found(47, 64))))
    assert marked(list(shown.hits[0].pieces)) == ["IL-2 is toxic."]
    assert marked(list(shown.hits[1].pieces)) == []
    assert marked(list(shown.wanted[0].pieces)) == [" Low-dose IL-2 is not"]


def test_the_place_of_a_gold_quote_is_told() -> None:
    gold = Gold("a.txt", TEXT[10:23], 10, 23)
    hits = (found(47, 64), found(0, 24, right=True))
    other = found(0, 24, source="b.txt")

    def where(*hits: Found) -> str:
        return case(result("q", "right", gold=(gold,), hits=hits)).wanted[0].where

    assert where(*hits) == "Passage 2 holds it."
    assert (
        where(*hits[:1])
        == "No passage found holds it; other passages of this document were found, the first at rank 1."
    )
    assert where(other) == "None of the 1 passages found is of this document."
    assert where() == "No passage was found."


def test_words_that_stand_in_several_places_are_marked_in_each() -> None:
    gold = Gold("a.txt", "IL-2 is", 10, 17, others=((34, 41),))
    shown = case(result("q", "right", 1, gold=(gold,), hits=(found(47, 64), found(25, 46, right=True))))
    assert [marked(list(hit.pieces)) for hit in shown.hits] == [[], ["IL-2 is"]]
    assert marked(list(shown.wanted[0].pieces)) == []
    assert shown.wanted[0].where == "Passage 2 holds it."


def test_of_several_places_the_one_found_most_of_says_what_was_missed() -> None:
    gold = Gold("a.txt", "IL-2 is", 10, 17, others=((34, 41),))
    shown = case(result("q", "not retrieved", gold=(gold,), hits=(found(0, 11), found(25, 37))))
    assert marked(list(shown.wanted[0].pieces)) == ["2 is"]
    assert shown.wanted[0].where.startswith("No passage found holds it;")


def test_a_quote_that_no_document_holds_is_missed_whole() -> None:
    (wanted,) = case(result("q", "not retrieved", gold=(Gold("a.txt", "gone", None, None),))).wanted
    assert (marked(list(wanted.pieces)), wanted.where) == (
        ["gone"],
        "The document does not hold these words, so no system can find them.",
    )


def test_the_first_passages_and_the_right_one_are_shown() -> None:
    hits = tuple(found(0, 24, right=rank == 7) for rank in range(1, 11))
    assert [hit.rank for hit in case(result("q", "ranked low", 7, hits=hits)).hits] == [1, 2, 3, 7]


def test_an_anchor_can_stand_in_an_address() -> None:
    assert anchor("c581") == "q-c581"
    assert anchor('a "b"') != anchor('a "c"')
    assert anchor('a "b"').replace("-", "").isalnum()
