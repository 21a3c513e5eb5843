"""A character that its font does not name is marked as doubtful. The files are handmade, so the truth is known."""

from collections.abc import Sequence
from io import BytesIO

import pytest
from pypdf import PdfReader

from qa.readers.blocks import Block, assemble
from qa.readers.files import parse
from qa.readers.pdf.characters import Piece
from qa.readers.pdf.doubts import Dispute, disputes, doubted, folded, glyph_names, recognised
from qa.records import Document, Doubt
from tests.support.make_pdf import of_objects

SENTENCE = "Interleukin two was given at 38 18"
REST = "to patients in the clinic of the north, as all of them were told before."
LINES = "".join(
    f"1 0 0 1 72 {660 - 14 * row} Tm (Line {row} tells of cytokines that act on cells.) Tj " for row in range(5)
)


def pdf(descriptor: str = "", more: str = "", sign: str = "0") -> bytes:
    """A page whose second font, a subset, draws one sign after 38 18. The arguments describe that font."""
    content = (
        f"BT /F1 11 Tf 1 0 0 1 72 700 Tm ({SENTENCE}) Tj /F2 11 Tf ({sign}) Tj "
        f"/F1 11 Tf 1 0 0 1 72 686 Tm ({REST}) Tj {LINES} ET"
    ).encode()
    objects = (
        b"<</Type /Catalog /Pages 2 0 R>>",
        b"<</Type /Pages /Kids [3 0 R] /Count 1>>",
        b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 5 0 R "
        b"/Resources <</Font <</F1 4 0 R /F2 6 0 R>>>>>>",
        b"<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>",
        b"<</Length %d>>\nstream\n%s\nendstream" % (len(content), content),
        f"<</Type /Font /Subtype /Type1 /BaseFont /ABCDEF+Signs {more} /FontDescriptor 7 0 R>>".encode(),
        f"<</Type /FontDescriptor /FontName /ABCDEF+Signs /Flags 4 {descriptor}>>".encode(),
    )
    return of_objects(objects)


def read(data: bytes) -> Document:
    reading = parse(data, ".pdf")
    return assemble(reading.blocks, source="a.pdf", data=data, metadata=reading.fields)


def test_a_sign_that_its_font_does_not_name_is_doubted_where_it_stands() -> None:
    document = read(pdf("/CharSet (/prime/minus)"))
    (doubt,) = document.doubts
    assert (document.text[: doubt.start][-5:], document.text[doubt.start : doubt.end]) == ("38 18", "0")
    assert doubt.kind == "disputed"


@pytest.mark.parametrize(
    ("descriptor", "more"),
    [
        pytest.param("/CharSet (/prime/zero)", "", id="named"),
        pytest.param("/CharSet (/prime/C14)", "", id="a name of somebody's own may be anything"),
        pytest.param("", "", id="no names at all"),
        pytest.param("", "/Encoding <</Differences [48 /zero]>>", id="named by its code"),
        pytest.param("", "/Encoding <</BaseEncoding /WinAnsiEncoding /Differences [50 /prime]>>", id="others besides"),
    ],
)
def test_a_sign_is_not_doubted(descriptor: str, more: str) -> None:
    assert read(pdf(descriptor, more)).doubts == ()


def test_what_a_font_names_is_known_by_its_name_without_the_mark_of_a_subset() -> None:
    reader = PdfReader(BytesIO(pdf("/CharSet (/prime/f_i/uni03B2/A.sc/.notdef)")))
    assert glyph_names(reader) == {hash(b"Signs"): frozenset("′fiβA")}


def test_a_font_whose_names_are_known_to_be_wrong_is_not_believed() -> None:
    data = pdf("/CharSet (/five/six)")
    assert len(glyph_names(PdfReader(BytesIO(data)))) == 1
    assert glyph_names(PdfReader(BytesIO(data.replace(b"ABCDEF+Signs", b"AdvEls-ent4 ")))) == {}


def pieces(*texts: tuple[str, int]) -> Sequence[Piece]:
    return [Piece(text, 0, 1, 0, 10, font=font) for text, font in texts]


def test_a_dispute_has_what_stands_around_it() -> None:
    found = list(disputes(pieces(("heated to 60", 1), ("C", 2), ("for a day", 1)), {2: frozenset("°")}))
    assert found == [Dispute("atedto60", "C", "foraday")]
    assert not list(disputes(pieces(("β", 1), ("-", 2), ("\ufffd", 2)), {1: frozenset("β"), 2: frozenset("°")}))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("It was heated to 60C and no more", id="what is before it fits"),
        pytest.param("Then 5C for a day or two", id="what is after it fits"),
        pytest.param("It was heated to 60^{C} for a day or two", id="both, and the readers took it for raised"),
    ],
)
def test_a_disputed_sign_is_found_by_either_side(text: str) -> None:
    (block,) = doubted([Block(text)], [Dispute("atedto60", "C", "foradayo")])
    assert [text[doubt.start : doubt.end] for doubt in block.doubts] == ["C"]


def test_what_is_like_neither_side_is_not_doubted() -> None:
    blocks = [Block("Vitamin C for all"), Block("It was heated to 60K for a day")]
    assert doubted(blocks, [Dispute("atedto60", "C", "foradayo")]) == blocks


def test_folding_takes_apart_what_is_printed_alike() -> None:
    assert folded("ﬂow of 5 × 10⁻³ ∆T") == "flowof5×10−3ΔT"


def test_a_sign_that_the_file_does_not_name_is_doubted_but_not_the_dot_of_an_item() -> None:
    text = "\ufffd First item: dried at 60 \ufffdC. \ufffd Second item, of 5 \ufffd 10 cells"
    (first, second) = assemble([Block(text)], source="a.pdf", data=b"", metadata={}).doubts
    assert first == Doubt(text.index("\ufffdC"), text.index("\ufffdC") + 1, "unnamed")
    assert text[second.start :].startswith("\ufffd 10 cells")


def test_what_stands_on_a_recognised_page_is_doubted_and_nothing_else() -> None:
    blocks = [
        Block("First page.", pages=((0, 1),)),
        Block("From the first to the second.", pages=((15, 2),)),
        Block("All on the second."),
        Block("On the third.", pages=((0, 3),)),
    ]
    found = recognised(blocks, {2: 0.9})
    assert [block.text[doubt.start : doubt.end] for block in found for doubt in block.doubts] == [
        "to the second.",
        "All on the second.",
    ]
    assert {doubt.confidence for block in found for doubt in block.doubts} == {0.9}
    assert recognised(blocks, {}) == blocks
