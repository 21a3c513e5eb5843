"""qa.readers.pdf.reader: the text read from a PDF is the text that was put in."""

import random
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter
from reportlab.pdfgen.canvas import Canvas

from qa.readers.blocks import Block, NotReadable, assemble
from qa.readers.pdf.reader import read
from qa.records import Document
from tests.support.make_pdf import HEIGHT, MARGIN, Item, Layout, lines_at, picture, typeset

TITLE = "Cytokines in the treatment of cancer"
ABSTRACT = (
    "Cytokines shape the immune response against tumors in many ways. Interleukin-2 was the first of them to be "
    "given to patients with melanoma at a high dose, and some of these patients live free of disease to this day."
)
WORDS = (
    "tumor cell response dose patient antibody growth signal receptor immune therapy trial effect median survival "
    "treatment blood marrow skin lung the of in with and by"
).split()


def prose(seed: int, sentences: int = 5) -> str:
    """A paragraph of random sentences that do not repeat."""
    chosen = random.Random(seed)
    return " ".join(
        " ".join([chosen.choice(["Cytokines", "Doses", "Patients"]), *chosen.choices(WORDS, k=chosen.randint(6, 20))])
        + "."
        for _ in range(sentences)
    )


ARTICLE: list[Item] = [
    ("title", TITLE),
    ("wide", "Jane Doe, Rick Roe"),
    ("wide", ABSTRACT),
    ("heading", "Introduction"),
    *[("paragraph", prose(seed)) for seed in range(8)],
    ("subheading", "Dose and route"),
    *[("paragraph", prose(seed)) for seed in range(8, 18)],
    ("heading", "Conclusion"),
    ("paragraph", prose(18)),
]
TEXTS = [text for _, text in ARTICLE]


def document_of(data: bytes) -> Document:
    reading = read(data)
    return assemble(reading.blocks, source="article.pdf", data=data, metadata=reading.fields)


# ---------------------------------------------------------------- reading order, paragraphs, headings


@pytest.mark.parametrize(
    "layout",
    [
        pytest.param(Layout(), id="one column"),
        pytest.param(Layout(columns=2), id="two columns"),
        pytest.param(Layout(columns=3, hyphenate=True), id="three columns, hyphens"),
        pytest.param(Layout(columns=2, by_rows=True, justify=True, hyphenate=True), id="two columns drawn by rows"),
        pytest.param(Layout(hyphenate=True, justify=True), id="one column, hyphens, justified"),
        pytest.param(Layout(indent=0, gap=5), id="paragraphs set apart by space"),
        pytest.param(Layout(depth=300, columns=2), id="many pages"),
        pytest.param(
            Layout(head="Journal of Cytokines", foot="Volume 3, page %d", page_numbers=True, depth=300), id="feet"
        ),
        pytest.param(Layout(columns=2, head="Doe and Roe", page_numbers=True), id="two columns with heads"),
        pytest.param(Layout(line_numbers=True, depth=400), id="line numbers"),
    ],
)
def test_each_paragraph_is_read_whole_and_in_order(layout: Layout) -> None:
    reading = read(typeset(ARTICLE, layout))
    assert [block.text for block in reading.blocks] == TEXTS
    assert reading.fields["title"] == TITLE
    assert [(block.text, block.level) for block in reading.blocks if block.level] == [
        ("Introduction", 1),
        ("Dose and route", 2),
        ("Conclusion", 1),
    ]
    assert [block.role for block in reading.blocks[:2]] == ["front", "front"]


def test_pages_are_those_that_the_words_stand_on() -> None:
    data = typeset(ARTICLE, Layout(depth=260))
    document = document_of(data)
    pages = [page.extract_text().split() for page in PdfReader(BytesIO(data)).pages]
    assert len(document.pages) == len(pages) >= 3
    for number, words in enumerate(pages, 1):
        start = document.pages[number - 1]
        assert document.text[start:].split()[: len(words)] == words
        assert document.page_at(start) == number


def test_a_page_that_starts_within_a_broken_word_starts_at_its_second_half() -> None:
    text = "The patients got a treatment at last, and the treat"
    writer = PdfWriter()
    for lines in (
        [(MARGIN, 700.0, "The patients got a treatment at last, and the treat-")],
        [(MARGIN, 700.0, "ment was well tolerated by all of the patients in it.")],
    ):
        writer.append(BytesIO(lines_at(lines)))
    buffer = BytesIO()
    writer.write(buffer)
    [block] = read(buffer.getvalue()).blocks
    assert block.text == f"{text}ment was well tolerated by all of the patients in it."
    assert block.pages == ((0, 1), (len(text), 2))


def test_ligatures_become_letters_and_other_letters_stay() -> None:
    lines = [(MARGIN, 700.0, "The ﬁrst ﬂow of 5 µm is as it was.")]
    [block] = read(lines_at(lines, font="Vera")).blocks
    assert block.text == "The first flow of 5 µm is as it was."


@pytest.mark.parametrize(
    ("gap", "words"), [(0.08, "of milks from several species"), (0.0, "ofmilksfromseveralspecies")]
)
def test_words_of_condensed_type_are_told_apart_by_narrow_spaces(gap: float, words: str) -> None:
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=(612, 792), invariant=True)
    x = MARGIN
    for word in ["Electrophoresis", *words.split(), "was", "done."]:
        text = canvas.beginText(x, 700)
        text.setFont("Helvetica", 10)
        text.setHorizScale(70)
        text.textOut(word)
        canvas.drawText(text)
        x += 0.7 * canvas.stringWidth(word, "Helvetica", 10) + 10 * (gap if word in words else 0.25)
    canvas.save()
    [block] = read(buffer.getvalue()).blocks
    assert words in block.text


def test_a_sentence_before_the_first_long_paragraph_is_evidence_and_names_and_notices_are_not() -> None:
    items: list[Item] = [
        ("title", TITLE),
        ("paragraph", "Jane Doe, Rick Roe"),
        ("paragraph", "Received 5 May 2020 by the editors of it."),
        ("paragraph", "Aspirin lowers fever in most of the adults."),
        ("paragraph", prose(1)),
        ("paragraph", prose(2)),
    ]
    roles = {block.text: block.role for block in read(typeset(items, Layout(gap=8))).blocks}
    assert roles["Aspirin lowers fever in most of the adults."] == "body"
    assert roles["Jane Doe, Rick Roe"] == "front"
    assert roles["Received 5 May 2020 by the editors of it."] != "body"


def test_every_part_of_an_abstract_in_slightly_smaller_type_is_evidence() -> None:
    parts = [
        f"{opening} it was {word} that the doses which had been given to the patients were low, and that they did not "
        "harm any of them in the weeks that followed. This is what was expected, as the doses had been low before, and "
        "it is what others have found in patients who were given as much of it as these were. Those who were given more"
        " of it were harmed by what they had been given, and that is why the trial was not one of doses that were high."
        for opening, word in (("At first", "known"), ("In trials", "tried"), ("At last", "found"))
    ]
    named = zip(("Background", "Methods", "Results"), parts, strict=True)
    items: list[Item] = [("title", TITLE)]
    items += [item for name, part in named for item in (("subheading", name), ("abstract", part))]
    items += [("heading", "Introduction"), *[("paragraph", prose(seed)) for seed in range(12)]]
    roles = {block.text: block.role for block in read(typeset(items, Layout(indent=0, gap=8))).blocks}
    assert [roles[part] for part in parts] == ["body"] * 3


def test_a_bare_number_within_the_text_stays() -> None:
    lines = [(MARGIN, 700.0, "The number of the patients was"), (MARGIN, 688.0, "42"), (MARGIN, 676.0, "in the end.")]
    assert "42" in " ".join(block.text for block in read(lines_at(lines)).blocks)


@pytest.mark.parametrize("raised", [0.0, 5.0])
def test_numbers_of_lines_go_under_a_head_that_starts_before_them_and_beside_formulas(raised: float) -> None:
    lines = [(MARGIN - 40, 778.0 - 12 * n, f"Manuscript under review for it, {'abcd'[n]}.") for n in range(4)]
    lines += [(MARGIN - 30, 700.0 - 22 * n + raised, str(n + 1)) for n in range(9)]
    lines += [(MARGIN + 10, 700.0 - 22 * n, f"The patients got a treatment number {n}, which") for n in range(9)]
    lines += [(MARGIN + 60, 700.0 - 22 * 4 - 8, "x = y")]
    text = " ".join(block.text for block in read(lines_at(lines)).blocks)
    assert all(f"treatment number {n}, which" in text for n in range(9))
    assert not any(f" {n + 1} The patients" in f" {text}" for n in range(9))


def test_a_numbered_list_is_no_margin_of_line_numbers() -> None:
    lines = [(MARGIN, 700.0 - 24 * n, str(n + 1)) for n in range(8)]
    lines += [(MARGIN + 20, 700.0 - 12 * n, f"Entry line {n} of the list.") for n in range(16)]
    text = " ".join(block.text for block in read(lines_at(lines)).blocks)
    assert all(f"{n + 1} Entry line {2 * n}" in text for n in range(8))


def test_text_at_the_edges_that_recurs_but_is_not_set_apart_stays() -> None:
    items: list[Item] = [("paragraph", "The same words stand on each of the pages.")] * 12
    blocks = read(typeset(items, Layout(depth=36))).blocks
    assert " ".join(block.text for block in blocks).count("The same words") == 12


# ---------------------------------------------------------------- what the file says of itself


def described(title: str, author: str = "") -> bytes:
    writer = PdfWriter()
    writer.append(BytesIO(typeset([("paragraph", prose(1)), ("paragraph", prose(2))])))
    writer.add_metadata({"/Title": title, "/Author": author})
    buffer = BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def test_the_title_and_authors_of_the_description_are_taken_where_the_text_has_none() -> None:
    fields = read(described("Cytokines and cancer", "Jane Doe, Rick Roe")).fields
    assert fields == {"title": "Cytokines and cancer", "authors": ("Jane Doe", "Rick Roe")}


@pytest.mark.parametrize("title", ["untitled", "Microsoft Word - review final.doc", "my paper.tex", "scan0001", ""])
def test_what_is_no_title_is_not_taken_for_one(title: str) -> None:
    assert "title" not in read(described(title)).fields


def test_the_doi_of_the_first_page_is_found() -> None:
    foot = "J. Cytokines 3 (2024), https://doi.org/10.1234/jc.2024.5-6."
    assert read(typeset(ARTICLE, Layout(foot=foot))).fields["doi"] == "10.1234/jc.2024.5-6"


def test_of_several_dois_none_is_guessed() -> None:
    items: list[Item] = [("paragraph", f"{prose(1)} See 10.1234/a1 and 10.1234/b2 for the data.")]
    assert "doi" not in read(typeset(items)).fields


# ---------------------------------------------------------------- files that cannot be read


def encrypted(password: str) -> bytes:
    writer = PdfWriter()
    writer.append(BytesIO(typeset(ARTICLE)))
    writer.encrypt(password, owner_password="owner", algorithm="RC4-128")
    buffer = BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def test_a_file_that_opens_without_a_password_is_read() -> None:
    assert [block.text for block in read(encrypted("")).blocks] == TEXTS


@pytest.mark.parametrize(
    ("data", "status"),
    [
        pytest.param(encrypted("secret"), "encrypted", id="password"),
        pytest.param(picture(), "no_text_layer", id="only a picture"),
        pytest.param(lines_at([]), "no_text_layer", id="empty page"),
        pytest.param(lines_at([(300.0, 36.0, "1")]), "no_text_layer", id="only a page number"),
        pytest.param(b"", "malformed", id="no bytes"),
        pytest.param(b"%PDF-1.7\n", "malformed", id="only a head"),
        pytest.param(b"not a PDF at all", "malformed", id="other bytes"),
    ],
)
def test_what_cannot_be_read_has_a_status_and_says_what_to_do(data: bytes, status: str) -> None:
    with pytest.raises(NotReadable) as raised:
        read(data)
    assert raised.value.status == status
    assert raised.value.reason.endswith(".")
    assert ";" in raised.value.reason


def test_too_many_pages_are_too_big(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.readers.pdf.reader.MAX_PAGES", 1)
    with pytest.raises(NotReadable, match="too_big"):
        read(typeset(ARTICLE))


def test_too_much_text_is_too_big(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.readers.pdf.reader.MAX_TEXT_BYTES", 1_000)
    with pytest.raises(NotReadable, match="too_big"):
        read(typeset(ARTICLE))


def test_a_stream_that_unpacks_to_more_than_is_safe_is_too_big() -> None:
    writer = PdfWriter()
    writer.append(BytesIO(lines_at([(MARGIN, 700.0, "Some text.")])))
    page = writer.pages[0]
    contents = page.get_contents()
    assert contents is not None
    contents.set_data(contents.get_data() + b" " * 21_000_000)
    page.replace_contents(contents)
    page.compress_content_streams()
    buffer = BytesIO()
    writer.write(buffer)
    with pytest.raises(NotReadable, match="too_big"):
        read(buffer.getvalue())


def reads_or_refuses(data: bytes) -> None:
    try:
        document = document_of(data)
    except NotReadable:
        return
    assert document.text


PLAIN = lines_at([(MARGIN, 700.0 - 12 * n, line) for n, line in enumerate(prose(1).split(" of "))], compress=False)
SMALL = typeset(ARTICLE[:6], Layout(columns=2))


@pytest.mark.parametrize("share", [0.05, 0.2, 0.4, 0.6, 0.8, 0.9, 0.97, 0.995])
def test_a_file_cut_short_is_read_or_refused(share: float) -> None:
    reads_or_refuses(SMALL[: int(len(SMALL) * share)])


@pytest.mark.parametrize("data", [SMALL, PLAIN], ids=["packed", "not packed"])
def test_files_with_damaged_bytes_are_read_or_refused(data: bytes) -> None:
    chosen = random.Random(0)
    for _ in range(200):
        damaged = bytearray(data)
        for _ in range(chosen.choice([1, 3, 30])):
            damaged[chosen.randrange(len(damaged))] = chosen.randrange(256)
        reads_or_refuses(bytes(damaged))


def test_text_that_stands_nowhere_is_refused() -> None:
    data = lines_at([(MARGIN, HEIGHT / 2, "Some text.")], compress=False)
    assert b"1 0 0 1 0 0 cm" in data
    with pytest.raises(NotReadable):
        read(data.replace(b"1 0 0 1 0 0 cm", (b"9" * 12 + b" 0 0 1 0 0 cm ") * 26))


# ---------------------------------------------------------------- awkward files of other makers


@pytest.mark.shared
def test_awkward_files_have_the_status_that_they_should(shared: Path) -> None:
    expected = {"imagemagick-images.pdf": "no_text_layer", "libreoffice-writer-password.pdf": "encrypted"}
    for path in sorted((shared / "data" / "pdf").glob("*.pdf")):
        try:
            read(path.read_bytes())
            status = "ok"
        except NotReadable as error:
            status = error.status
        assert (path.name, status) == (path.name, expected.get(path.name, "ok"))


def test_where_there_is_nothing_but_short_sentences_they_are_the_text() -> None:
    sentences = ["Interleukin-2 is limited by its toxicity.", "Sargramostim restores the marrow of patients."]
    reading = read(typeset([("paragraph", sentence) for sentence in sentences], Layout(depth=14.0)))
    assert [(block.text, block.role) for block in reading.blocks] == [(sentence, "body") for sentence in sentences]


@pytest.mark.shared
def test_two_columns_of_another_maker_are_read_one_after_the_other(shared: Path) -> None:
    reading = read((shared / "data" / "pdf" / "multicolumn.pdf").read_bytes())
    text = "\n".join(block.text for block in reading.blocks)
    assert reading.blocks[4].text == "This is a sample document with two columns filled with Lorem Ipsum text."
    assert "Donec vehicula augue eu neque. Pellentesque habitant morbi tristique senectus et netus" in text
    assert "Quisque ullamcorper placerat ipsum. Cras nibh. Morbi vel justo vitae lacus tincidunt ultrices." in text
    assert next(block for block in reading.blocks if block.level) == Block("Abstract", level=1)


@pytest.mark.shared
def test_the_ligatures_of_another_maker_become_letters(shared: Path) -> None:
    text = " ".join(block.text for block in read((shared / "data" / "pdf" / "crazyones-pdfa.pdf").read_bytes()).blocks)
    assert "The ones who see things differently. " in text
    assert "The misfits. The rebels. The troublemakers. " in text
