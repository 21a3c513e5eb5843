"""Quotes checked against their source file by a method independent of the readers."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.faces import replies
from qa.library import Library
from qa.proof import extraction
from qa.proof.matching import match
from qa.proof.printed import SourceFile
from qa.readers.blocks import Block, Reading
from qa.readers.files import document_of, load, parse
from tests.support.models import WordEncoder

JATS = """<article><front><article-meta><title-group><article-title>On spores</article-title></title-group>
</article-meta></front><body><sec><title>Results</title><p>Mice were given 10<sup>5</sup> spores of the strain
each<xref ref-type="bibr" rid="r1"><sup>12</sup></xref>. The <italic>agr</italic> locus took up CO<sub>2</sub> in
all of the wells.<fn><p>A note stands in the way.</p></fn> They all survived it for weeks.</p></sec></body>
<back><ref-list><ref id="r1"><mixed-citation>A paper.</mixed-citation></ref></ref-list></back></article>"""
HTML = """<html><body><article><h1>On spores</h1><p>Mice were given 10<sup>5</sup> spores of the strain each.
The <i>agr</i> locus took up CO<sub>2</sub> in all of the wells. They all survived it for weeks.</p></article></body>
</html>"""
MARKDOWN = """# On spores

Mice were given 10<sup>5</sup> spores of the *strain* each.
The [agr](https://example.org) locus took up CO<sub>2</sub> in all of the wells. They all survived it for weeks.
"""
TEXT = "Mice were given 10⁵ spores of the strain, in anti-\nmicrobial wells."
FILES = {"a.xml": JATS, "a.html": HTML, "a.md": MARKDOWN, "a.txt": TEXT}


@pytest.mark.parametrize("quote", ["10⁵", "10^5", "10^{5}"])
def test_an_exponent_stands_however_it_is_written(quote: str) -> None:
    assert match(f"of {quote} spores.", "of 10^{5} spores.") == "there"


@pytest.mark.parametrize(
    ("quote", "words", "found"),
    [
        ("It held 105 spores in all.", "It held 10^{5} spores in all.", "scripts"),
        ("It held 10⁵ spores in all.", "It held 105 spores in all.", "scripts"),
        ("Their age was 6512 in all.", "Their age was 65^{12} in all.", "scripts"),
        ("Their age was 65 [12] in all.", "Their age was 65^{12} in all.", "there"),
        ("Their age was 65 [12, 13] in all.", "Their age was 65^{12},^{13} in all.", "there"),
        ("Their age was 65 [12] in all.", "Their age was 65 [13] in all.", "missing"),
        ("They took up CO2 in all.", "They took up CO_{2} in all.", "scripts"),
        ("They took up CO₂ in all.", "They took up CO_{2} in all.", "there"),
        ("It is not an “anti-tumor” drug.", 'It is not an "anti-\ntu-\nmor" drug .', "there"),
        ("The ﬁrst of them fell by −12%.", "The first of\xa0them fell by -12%.", "there"),
        ("It was 1.5 mg of the drug.", "It was 15 mg of the drug.", "missing"),
        ("It is toxic to all of them.", "It is not toxic to all of them.", "missing"),
        ("The sum x + y of both is never 0.", "The sum \ufffc of both is never 0.", "formula"),
        ("A sentence over the end of a column stands.", "of a column stands. A sentence over the end", "in two"),
    ],
)
def test_how_a_quote_stands_in_the_words(quote: str, words: str, found: str) -> None:
    assert match(quote, words) == found


@given(st.text(alphabet="ab5⁵ ^-–.\n\ufb01", max_size=40), st.text(alphabet="ab5 .\n", max_size=20))
def test_what_stands_there_is_found(within: str, around: str) -> None:
    quote = f"It {within} is."
    assert match(quote, f"{around}\n\n{quote}\n\n{around}") == "there"


def made(folder: Path, name: str, words: WordEncoder) -> Library:
    (folder / name).write_text(FILES[name])
    library = Library(folder / "library", encoder=words)
    library.add([folder / name])
    return library


@pytest.mark.parametrize("name", FILES)
def test_what_the_readers_make_of_a_file_stands_in_its_words(tmp_path: Path, words: WordEncoder, name: str) -> None:
    with made(tmp_path, name, words) as library:
        answer = library.ask("Which spores of the strain took up CO2 in wells, and survived for weeks?", threshold=0.0)
        result = library.verify(answer, [tmp_path / name])
    assert result.problems == ()
    assert result.unproved == ()
    way = "the characters" if name == "a.txt" else "the text"
    assert any(text.startswith(way) for text in result.texts), result.texts
    assert result.texts[f"the file {name}, read afresh"] == result.quotes > 0


def flattened(data: bytes, suffix: str) -> Reading:
    """The result of a reader that loses superscripts."""
    reading = parse(data, suffix)
    return Reading([Block(b.text.replace("⁵", "5"), b.level, b.role) for b in reading.blocks], reading.fields)


@pytest.mark.parametrize("name", ["a.xml", "a.html", "a.md"])
def test_a_reader_that_loses_an_exponent_is_found_out(
    tmp_path: Path, words: WordEncoder, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr("qa.readers.files.parse_isolated", flattened)
    with made(tmp_path, name, words) as library:
        answer = library.ask("How many spores of the strain were mice given?", threshold=0.0).to_dict()
        assert "105 spores" in answer["sentences"][0]["text"]
        assert library.verify(answer).stands
        (problem, *_) = library.verify(answer, [tmp_path / name]).problems
    assert problem.startswith("[1] “Mice were given 105 spores")
    assert "raised or lowered" in problem


def test_the_heads_and_the_text_of_a_cell_are_looked_for_each_by_itself(tmp_path: Path, words: WordEncoder) -> None:
    table = """<table-wrap><label>Table 2</label><table><thead><tr><th>Arm</th><th>Patients</th></tr></thead>
    <tbody><tr><td>Placebo</td><td>138</td></tr></tbody></table></table-wrap></sec></body>"""
    path = tmp_path / "a.xml"
    path.write_text(JATS.replace("</sec></body>", table))
    document = document_of(load(path))
    start = document.text.index("Table 2, row")
    quote = document.text[start:].partition("\n")[0]
    assert quote == "Table 2, row 'Placebo', column 'Patients': 138"
    citation = {"number": 1, "quote": quote, "start": start, "end": start + len(quote)}
    held = SourceFile(path, document.reader_version).held(citation, document)
    assert not held.problems
    assert "not which belong together" in " ".join(held.unproved)
    path.write_text(JATS.replace("</sec></body>", table.replace("138", "139")))
    assert SourceFile(path, document.reader_version).held(citation, document).problems


def test_words_that_no_file_has_together_are_found_out(
    tmp_path: Path, words: WordEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spliced(data: bytes, suffix: str) -> Reading:
        return Reading([Block("Mice were given the strain of all wells for many weeks.")], {})

    monkeypatch.setattr("qa.readers.files.parse_isolated", spliced)
    with made(tmp_path, "a.html", words) as library:
        answer = library.ask("Which strain were mice given?", threshold=0.0)
        (problem,) = library.verify(answer, [tmp_path / "a.html"]).problems
    assert "do not stand together" in problem


def test_another_version_of_the_readers_is_said_not_refused(
    tmp_path: Path, words: WordEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    with made(tmp_path, "a.html", words) as library:
        answer = library.ask("Which strain were mice given?", threshold=0.0)
        monkeypatch.setattr("qa.readers.reading_version.READING_VERSION", 99)
        monkeypatch.setattr(
            "qa.readers.files.parse_isolated", lambda data, suffix: Reading([Block("Nothing of it.")], {})
        )
        result = library.verify(answer, [tmp_path / "a.html"])
    assert result.stands
    assert any("version 99 of the readers makes another text" in said for said in result.unproved)


@pytest.mark.isolated
@pytest.mark.parametrize("name", ["a.xml", "a.txt"])
def test_foreign_files_are_read_in_a_process_of_their_own(tmp_path: Path, words: WordEncoder, name: str) -> None:
    with made(tmp_path, name, words) as library:
        answer = library.ask("Which spores of the strain were mice given?", threshold=0.0)
        proof = replies.proof([library.verify(answer, [tmp_path / name])])
    assert proof["stands"] is True
    assert any(f"({name})" in said for said in proof["covers"])
    assert json.dumps(proof)


# ---------------------------------------------------------------- PDF


def test_pdfium_finds_the_words_of_a_page_and_what_is_raised(tmp_path: Path) -> None:
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(tmp_path / "a.pdf"))
    text = canvas.beginText(72, 700)
    text.setFont("Helvetica", 12)
    text.textOut("Mice were given 10")
    text.setFont("Helvetica", 7)
    text.setRise(5)
    text.textOut("5")
    text.setFont("Helvetica", 12)
    text.setRise(0)
    text.textOut(" spores of the strain.")
    text.textLine("")
    text.textLine("They all survived it.")
    canvas.drawText(text)
    canvas.showPage()
    canvas.drawString(72, 700, "The second page.")
    canvas.save()
    found = extraction.words_of_pdf((tmp_path / "a.pdf").read_bytes(), [1, 2, 3])
    assert set(found) == {1, 2}
    assert "given 10^{5}" in found[1]
    assert "^{" not in found[2]
    assert match("Mice were given 10⁵ spores of the strain.", found[1]) == "there"
    assert match("Mice were given 105 spores of the strain.", found[1]) == "scripts"
    assert match("They all survived it.", found[1]) == "there"
