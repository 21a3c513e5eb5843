"""The target programs can read the exports back, with every quote, and text stays text."""

import codecs
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import latexcodec  # noqa: F401  # registers the codec
import pytest
import rispy
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from pybtex.database import parse_string

from qa.proof import Kept, verify
from qa.proof.exports import FORMATS, NOT_ANSWERED, PROOF
from qa.proof.unproved import UNPROVED, FindDocument
from qa.readers.blocks import Block, assemble
from qa.records import Answer, AnswerSentence, Citation, Document, Doubt
from qa.text.lines import collapse
from qa.text.sentences import split_sentences

QUOTES = ("IL-2 is toxic.", "It fades {quickly} in 100% of cases & costs $5.")


def document(text: str = " ".join(QUOTES), **fields: Any) -> Document:
    return assemble([Block("Results", 1), Block(text)], source="a.txt", data=b"a", metadata=fields)


def answered(document: Document, *quotes: str) -> dict[str, Any]:
    citations = tuple(
        Citation(
            number=number,
            doc_id=document.doc_id,
            source=document.source,
            title=document.title,
            section="Results",
            page=None,
            start=(start := document.text.index(quote)),
            end=start + len(quote),
            quote=quote,
            sha256=document.sha256,
        )
        for number, quote in enumerate(quotes, 1)
    )
    sentences = tuple(AnswerSentence(c.quote, c.source, (c.number,)) for c in citations)
    return Answer("How toxic is IL-2?", sentences, citations, (), False, None, 0.9).to_dict()


def finding(*documents: Document) -> FindDocument:
    return {document.doc_id: document for document in documents}.get


FULL = document(
    title="On IL-2 & IFN-γ",
    authors=("Ada Lovelace", "Smith, Jones and Sons"),
    journal="Front. Immunol.",
    year=2025,
    doi="10.1/x_y",
    url="https://example.org/a",
)


def plain(tex: str) -> str:
    """What TeX shows: it reverses the escapes of the writer and of pybtex."""
    for command, character in (
        (r"\textbackslash{}", "\\"),
        (r"\textbraceleft{}", "{"),
        (r"\textbraceright{}", "}"),
        (r"\$", "$"),
    ):
        tex = tex.replace(command, f"\0{ord(character)}\0")
    shown = codecs.decode(tex, "ulatex").split("\0")
    return "".join(chr(int(part)) if i % 2 else part for i, part in enumerate(shown))


def test_bibtex_is_read_again_with_its_quotes() -> None:
    written = FORMATS["bibtex"].write([answered(FULL, *QUOTES)], finding(FULL))
    ((key, entry),) = parse_string(written, "bibtex").entries.items()
    assert (key, entry.type) == (f"Lovelace2025-{FULL.doc_id[:8]}", "article")
    fields = {name: plain(value) for name, value in entry.fields.items()}
    assert fields["title"] == "{On IL-2 & IFN-γ}"
    assert (fields["journal"], fields["year"], fields["doi"]) == ("Front. Immunol.", "2025", "10.1/x_y")
    assert [str(person) for person in entry.persons["author"]] == ["Lovelace, Ada", "{Smith, Jones and Sons}"]
    assert all(f"“{quote}” (Results, characters " in fields["annote"] for quote in QUOTES)


def test_ris_is_read_again_with_its_quotes() -> None:
    (record,) = rispy.loads(FORMATS["ris"].write([answered(FULL, *QUOTES)], finding(FULL)))
    assert record["type_of_reference"] == "JOUR"
    assert record["title"] == FULL.title
    assert record["authors"] == list(FULL.authors)
    assert (record["journal_name"], record["year"], record["doi"]) == ("Front. Immunol.", "2025", "10.1/x_y")
    assert [note.rpartition(" (")[0] for note in record["notes"]] == [f"“{quote}”" for quote in QUOTES]


def test_csl_json_says_what_is_known_and_guesses_no_name() -> None:
    (item,) = json.loads(FORMATS["csl"].write([answered(FULL, *QUOTES)], finding(FULL)))
    assert item["type"] == "article-journal"
    assert item["author"] == [{"literal": "Ada Lovelace"}, {"literal": "Smith, Jones and Sons"}]
    assert item["issued"] == {"date-parts": [[2025]]}
    assert item["note"].splitlines()[0] == "“IL-2 is toxic.” (Results, characters 9–23)"


def test_json_is_what_verify_takes(tmp_path: Path) -> None:
    one, two = answered(FULL, QUOTES[0]), answered(FULL, QUOTES[1])
    written = FORMATS["json"].write([one], finding(FULL))
    assert written == json.dumps(one, ensure_ascii=False, indent=2) + "\n"
    kept = Kept(finding(FULL), lambda _: split_sentences(FULL.text), lambda _: ())
    assert verify(json.loads(written), kept, tmp_path).stands
    lines = FORMATS["json"].write([one, two], finding(FULL)).splitlines()
    assert [json.loads(line) for line in lines] == [one, two]


def test_markdown_has_quotes_marks_and_references() -> None:
    written = FORMATS["markdown"].write([answered(FULL, *QUOTES)], finding(FULL))
    assert written.startswith("## How toxic is IL-2?\n\n> IL-2 is toxic. \\[1\\]\n")
    assert "\\[1\\] Ada Lovelace, Smith, Jones and Sons. *On IL-2 \\& IFN-γ*. Front. Immunol. 2025." in written


def test_what_a_sentence_leans_on_stands_before_it() -> None:
    answer = answered(FULL, *QUOTES)
    answer["sentences"] = [answer["sentences"][1] | {"context": [1]}]
    written = FORMATS["markdown"].write([answer], finding(FULL))
    assert "\n> IL-2 is toxic. \\[1\\] It fades " in written


def test_an_abstention_cites_nothing() -> None:
    refused = Answer("Who painted it?", (), (), (), True, "off_corpus", 0.1).to_dict()
    written = {name: form.write([refused], finding()) for name, form in FORMATS.items()}
    assert NOT_ANSWERED in written["markdown"]
    assert (written["bibtex"], json.loads(written["csl"]), rispy.loads(written["ris"])) == ("", [], [])


def test_of_a_document_that_is_gone_the_citation_speaks() -> None:
    (item,) = json.loads(FORMATS["csl"].write([answered(FULL, QUOTES[0])], finding()))
    assert (item["title"], item["type"], "author" in item) == (FULL.title, "document", False)


def test_a_quote_that_is_not_proved_says_so_in_every_form() -> None:
    answer, other = answered(FULL, *QUOTES), document("Another text.")
    for form, writer in FORMATS.items():
        assert "not proved" not in writer.write([answer], finding(FULL)), form
        for find in (finding(), lambda _: other):
            assert UNPROVED in collapse(writer.write([answer], find)), form
    first = answer["citations"][0]
    altered = answer | {"citations": [first | {"quote": "IL-2 is not toxic."}, answer["citations"][1]]}
    assert FORMATS["ris"].write([altered], finding(FULL)).count(UNPROVED) == 1
    assert json.loads(FORMATS["json"].write([altered], finding(FULL)))["note"] == f"Quote 1: {UNPROVED}."
    assert PROOF not in FORMATS["markdown"].write([altered], finding(FULL))


def test_a_document_is_one_reference_however_often_it_is_cited() -> None:
    other = replace(document("Another text."), title="Another")
    answers = [answered(FULL, QUOTES[0]), answered(other, "Another text."), answered(FULL, *QUOTES)]
    records = rispy.loads(FORMATS["ris"].write(answers, finding(FULL, other)))
    assert [(record["title"], len(record["notes"])) for record in records] == [(FULL.title, 2), ("Another", 1)]


HOSTILE = r"ER  - ¶TY  - JOUR|}¶@comment{x|{|\|\}|$x$ <b>&amp;|1. a|# a|- a|![a](b)|%|'|``"
LINES = [text.replace("¶", chr(10)) for text in HOSTILE.split("|")]


@given(st.one_of(st.sampled_from(LINES), st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1)))
@settings(deadline=None)
def test_any_text_comes_back_from_every_form(words: str) -> None:
    found = document(f"{words} Z", title=f"{words} Z")
    section = found.sections[-1]
    shown = collapse(f"{words} Z")
    answers = [answered(found, found.text[section.start : section.end])]
    written = {name: form.write(answers, finding(found)) for name, form in FORMATS.items()}
    (record,) = rispy.loads(written["ris"])
    assert (record["title"], len(record["notes"])) == (shown, 1)
    (item,) = json.loads(written["csl"])
    assert item["title"] == shown
    assert len(parse_string(written["bibtex"], "bibtex").entries) == 1
    tokens = MarkdownIt().parse(written["markdown"])
    quote = tokens[[token.type for token in tokens].index("blockquote_open") + 2]
    assert "".join(child.content for child in quote.children or []) == f"{shown} [1]"


@pytest.mark.parametrize("form", [name for name in FORMATS if name != "json"])
def test_what_speaks_against_a_quote_is_exported_with_it(form: str) -> None:
    doubted = replace(FULL, doubts=(Doubt(9, 10, "disputed"),))
    answer = answered(doubted, QUOTES[0])
    answer["citations"][0]["warning"] = "Compare with the printed page: it was recognised."
    text = " ".join(FORMATS[form].write([answer], finding(doubted)).split())
    assert "Compare with the printed page: it was recognised" in text
