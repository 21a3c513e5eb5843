"""Reference lists and declarations are recognised by their form, with and without a heading."""

import pytest

from qa.readers.blocks import Block
from qa.readers.pdf.hyphens import Words, join
from qa.readers.pdf.sections import is_reference, part_sections

PROSE = (
    "The effect was seen in all of the patients who were treated with the drug in this trial, and it was larger than "
    "in those who had been given a placebo for the same time."
)
ENTRIES = [
    "1. Olsen IH, Sorensen JB. Temozolomide in carcinomas. Endocr Relat Cancer. 2016;23:759-767.",
    "2. Volante M, Birocco N, Gatti G, et al. Extrapulmonary small cell carcinoma. Hum Pathol. 2014;45:1-9.",
    "3. Doe J, Roe R. Interleukins and what becomes of them. J Immunol. 2001;7(2):33-40.",
    "4. Poe A, Loe B, Moe C. A study of cells. Cancer Lett. 1999;145:12-18.",
]


@pytest.mark.parametrize(
    "text",
    [
        *ENTRIES,
        "Aurbach, D., Lu, Z., Schechter, A. (2000). Prototype systems for batteries. Nature 407, 724–727.",
        "[3] Nijveldt, R.J.; van Nood, E. Flavonoids: A review. Am. J. Clin. Nutr. 2001, 74, 418-425.",
    ],
)
def test_entries_have_their_form(text: str) -> None:
    assert is_reference(text)


@pytest.mark.parametrize(
    "text", [PROSE, "In 2016, 23 of 45 patients lived (Olsen and Sorensen, 2016).", "Table 3: 1-4"]
)
def test_sentences_have_not(text: str) -> None:
    assert not is_reference(text)


def test_entries_without_a_heading_are_references() -> None:
    blocks = [Block(PROSE)] * 6 + [Block(entry) for entry in ENTRIES]
    assert part_sections(blocks) == ["body"] * 6 + ["references"] * 4


def test_a_heading_makes_what_follows_a_list_whatever_its_form() -> None:
    blocks = [*[Block(PROSE)] * 6, Block("References and Notes", level=1), Block(ENTRIES[0]), Block("see there, p. 5")]
    assert part_sections(blocks)[-2:] == ["references"] * 2


def test_declarations_are_parted_from_the_text() -> None:
    blocks = [*[Block(PROSE)] * 6, Block("Acknowledgements", level=1), Block(PROSE), Block("Funding: " + PROSE)]
    assert part_sections(blocks) == ["body"] * 7 + ["declared"] * 2


def test_what_follows_the_list_is_about_the_article() -> None:
    blocks = [*[Block(PROSE)] * 3, *[Block(entry) for entry in ENTRIES], Block(PROSE)]
    assert part_sections(blocks)[-1] == "declared"


# ---------------------------------------------------------------- hyphens


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["The treat-", "ment of cells"], "The treatment of cells"),
        (["a three-", "dimensional view"], "a three-dimensional view"),
        (["the p-", "value of it"], "the p-value of it"),
        (["the well-to-", "do of them"], "the well-to-do of them"),
        (["the new poli -", "cies and policies"], "the new policies and policies"),
        (["COVID-", "19 was new"], "COVID-19 was new"),
        (["a range of 5–", "7 days"], "a range of 5–7 days"),
    ],
)
def test_words_broken_at_line_ends_are_made_whole(lines: list[str], expected: str) -> None:
    text, starts = join(lines, Words([*lines, "a dimensional chart"]))
    assert text == expected
    assert starts[0] == 0
    assert len(starts) == len(lines)
