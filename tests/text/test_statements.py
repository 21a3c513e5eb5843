"""Which sentences say the same, and which sentence is the context of another."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.readers.files import read
from qa.records import Document
from qa.text.statements import antecedent, meaning, statement

SAME = [
    ("Tumours grow.", "Tumors grow."),
    ("The tumor grows [3, 4].", "Tumor grows"),
    ("Moreover, IL-2 activates T cells [12].", "IL-2 activates T-cells."),
    ("TGF-β suppresses immunity.", "tgf-β suppresses immunity"),
    ("They were randomised to IL-2.", "They were randomized to IL-2."),
    ("Interleukin limits the clinical use.", "Moreover, interleukin limits clinical use [7]."),
    ("However its toxicity limits use.", "However, its toxicity limits use [1]."),
    ("A change of (-12%) was seen.", "A change of (\u221212%) was seen."),
    ("The patients\u2019 ﬁrst dose was 5\u00a0µg.", "Patients' first dose was 5 \u03bcg."),
    ("It is a dose\u2013response study.", "It is a dose\u2010response study."),
    ("ER-/PR+ cells grow.", "ER\u2212/PR+ cells grow."),
]

DIFFERENT = [
    ("IL-2 is toxic.", "IL-2 is not toxic."),
    ("IL-2 is toxic.", "IL-15 is toxic."),
    ("IL-2 increases survival.", "IL-2 decreases survival."),
    ("It is given before surgery.", "It is given after surgery."),
    ("Of 12 patients 3 responded.", "Of 3 patients 12 responded."),
    ("Survival was 1.5 months.", "Survival was 15 months."),
    ("P was < 0.05.", "P was > 0.05."),
    ("It was kept at -5 degrees.", "It was kept at 5 degrees."),
    ("Half of them (50) responded.", "Half of them (40) responded."),
    ("ER−/PR+ tumors respond.", "ER+/PR− tumors respond."),
    ("CD4+ T cells are depleted.", "CD4− T cells are depleted."),
    ("CD4- T cells are depleted.", "CD4 T cells are depleted."),
    ("It rose in some (12%).", "It rose in some (−12%)."),
    ("IL-6 is ↑ in sepsis.", "IL-6 is ↓ in sepsis."),
    ("p53−/− mice survive.", "p53+/+ mice survive."),
    ("A→B was seen.", "B→A was seen."),
    ("It holds 10−3 cells.", "It holds 10^3 cells."),
    ("It holds 10⁵ cells.", "It holds 105 cells."),
    ("It holds 10⁻³ cells.", "It holds 10³ cells."),
    ("The hepatitis A vaccine works.", "The hepatitis vaccine works."),
    ("It was given with vitamin A.", "It was given with vitamin a day."),
    ("Overall survival was long.", "Survival was long."),
    ("Il2 is expressed in the spleen.", "IL2 is expressed in the spleen."),
    ("It took 5 µm of it.", "It took 5 µM of it."),
    ("The mean age was 65 [60-70].", "The mean age was 65 [50-80]."),
    ("The ratio was 1:2.", "The ratio was 2:1."),
    ("It did hold.", "It didn't hold."),
    ("They were treated.", "They were untreated."),
    ("P was ≤ 0.05.", "P was < 0.05."),
    ("It was 5 ± 2.", "It was 5 + 2."),
    ("TGF-α is raised.", "TGF-β is raised."),
    ("IL-2 is toxic?", "IL-2 is toxic."),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_what_differs_in_form_alone_says_the_same(one: str, other: str) -> None:
    assert statement(one) == statement(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_one_word_that_counts_makes_another_statement(one: str, other: str) -> None:
    assert statement(one) != statement(other)


@given(st.text(max_size=200))
def test_space_never_counts(text: str) -> None:
    assert statement(text) == statement(f"  {text}\n")


SIGNS = "+−±↑↓→←<>≤≥=≠~%‰°^/:×*#&|αβγδκμ⁰¹²³⁵⁻⁺₂₃"
FRAMES = ("The {} cells of patients grow.", "It was {}given.", "In mice {}12 mg were given", "Level of IL{}2 rose.")
signs = st.text(SIGNS, min_size=0, max_size=3)


@given(st.sampled_from(FRAMES), signs, signs)
def test_any_sign_counts(frame: str, one: str, other: str) -> None:
    assert (statement(frame.format(one)) == statement(frame.format(other))) is (one == other)


numbers = st.one_of(st.integers(0, 10**6).map(str), st.decimals(0, 1000, places=2).map(str))


@given(st.sampled_from(("Dose: {} mg.", "It fell by −{}.", "P < {}", "Of {} some died.")), numbers, numbers)
def test_any_number_counts(frame: str, one: str, other: str) -> None:
    assert (statement(frame.format(one)) == statement(frame.format(other))) is (one == other)


words = st.sampled_from(
    "not never no neither without nor mg µg g kg ml mL A B C D a an IL2 Il2 il2 p53 P53 TP53 CD4+ CD4− CD4 → ← ↑ ↓ "
    "p53−/− p53+/+ 1:2 2:1 5–10 5–20 10³ 10⁻³ 10^3 10−3 non-small small un-ionized ionized isn't is".split()
)


@given(st.lists(words, max_size=4), st.lists(words, max_size=4))
def test_any_word_counts_in_its_place(one: list[str], other: list[str]) -> None:
    first, second = (statement(" ".join(["Cells", *said, "grow."])) for said in (one, other))
    assert (first == second) is (one == other)


@pytest.fixture
def document(tmp_path: Path) -> Document:
    path = tmp_path / "a.txt"
    path.write_text(
        "IL-2 is one of the earliest cytokines studied. It stimulates T cells strongly. Patients respond well.\n\n"
        "This is the opening of another paragraph.\n"
    )
    return read(path)


def leans_on(document: Document, sentence: str) -> str | None:
    start = document.text.index(sentence)
    span = antecedent(document, start, start + len(sentence))
    return None if span is None else document.text[slice(*span)]


def test_a_leaning_sentence_has_the_one_before_it(document: Document) -> None:
    assert leans_on(document, "It stimulates T cells strongly.") == "IL-2 is one of the earliest cytokines studied."


def test_a_sentence_that_stands_has_none(document: Document) -> None:
    assert leans_on(document, "Patients respond well.") is None


def test_what_opens_a_paragraph_has_none(document: Document) -> None:
    assert leans_on(document, "This is the opening of another paragraph.") is None


@pytest.mark.parametrize(
    ("before", "same"),
    [
        ("IL-2 was given to some mice.", True),
        ("IL-2 was given to some mice [4].", True),
        ("IL-15 was.", False),
        ("", False),
    ],
)
def test_what_leans_says_the_same_only_after_the_same(tmp_path: Path, before: str, same: bool) -> None:
    said = "It was effective in most of them."
    for name, opening in (("a.txt", "IL-2 was given to some mice."), ("b.txt", before)):
        (tmp_path / name).write_text(f"{opening} {said} Nothing else was seen in {name}.")
    one, other = (read(tmp_path / name) for name in ("a.txt", "b.txt"))
    places = [(text, text.text.index(said), text.text.index(said) + len(said)) for text in (one, other)]
    assert (meaning(*places[0]) == meaning(*places[1])) is same
