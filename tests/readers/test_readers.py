"""qa.readers: from a file to a Document, with the three built-in texts unchanged."""

import hashlib
import os
import socket
from pathlib import Path

import pytest

import qa.readers.files
from qa.errors import MissingPathError, ReadError, UnreadableFileError, UnsupportedFormatError
from qa.readers.files import load, read
from qa.records import Document
from tests.support.places import CORPUS

REVIEWS = sorted(CORPUS.glob("*.txt"))


def review(number: str) -> Document:
    (path,) = CORPUS.glob(f"{number}_*.txt")
    return read(path)


def section_names(document: Document) -> list[str]:
    return [section.name for section in document.sections]


def role_of(document: Document, words: str) -> str:
    """The role of the section with these words; they must occur exactly once."""
    assert document.text.count(words) == 1
    offset = document.text.index(words)
    (section,) = [s for s in document.sections if s.start <= offset and offset + len(words) <= s.end]
    return section.role


def section_of(document: Document, words: str) -> str:
    offset = document.text.index(words)
    (section,) = [s for s in document.sections if s.start <= offset < s.end]
    return section.name


# ---------------------------------------------------------------- the three reviews


@pytest.mark.parametrize("path", REVIEWS, ids=lambda path: path.name[:3])
def test_a_review_read_twice_is_the_same_document(path: Path) -> None:
    assert read(path) == read(path)


@pytest.mark.parametrize("path", REVIEWS, ids=lambda path: path.name[:3])
def test_a_review_is_named_by_the_hash_of_its_text_and_knows_its_file(path: Path) -> None:
    document = read(path)
    whole = hashlib.sha256(document.text.encode()).hexdigest()
    assert (document.doc_id, document.sha256) == (whole[:16], whole)
    assert document.source == path.name
    assert document.source_sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("path", REVIEWS, ids=lambda path: path.name[:3])
def test_a_review_has_its_sections_in_order_and_each_paragraph_on_one_line(path: Path) -> None:
    document = read(path)
    bounds = [bound for section in document.sections for bound in (section.start, section.end)]
    assert bounds == sorted(bounds)
    assert bounds[-1] <= len(document.text)
    assert document.pages == ()
    assert all(part == " ".join(part.split()) and part for part in document.text.split("\n\n"))


def test_review_000_is_read_as_markdown_for_what_it_holds() -> None:
    document = review("000")
    assert "**" not in document.text
    assert "#" not in document.text
    assert "\n\nAuthors: Xiaodong Wang, Junjie Wang," in document.text


def test_review_000_tells_its_bibliography() -> None:
    document = review("000")
    assert document.title == (
        "Rewiring tumor cytokine networks to enhance immune checkpoint blockade: "
        "mechanisms, engineering, and clinical translation"
    )
    assert document.authors == (
        "Xiaodong Wang",
        "Junjie Wang",
        "Qianqian Wang",
        "Gouping Ding",
        "Yiping Huang",
        "Yeqian Feng",
    )
    assert (document.doi, document.year) == ("10.1186/s13046-026-03656-z", 2026)
    assert (document.pmcid, document.url) == ("PMC12977407", "https://tomesphere.com/paper/PMC12977407")
    assert (document.journal, document.pmid, document.licence, document.keywords) == (None, None, None, ())


def test_review_000_is_an_abstract_in_sections() -> None:
    document = review("000")
    assert document.kind == "abstract"
    assert section_names(document) == [
        "",
        "TL;DR",
        "Contribution",
        "Key findings",
        "Abstract",
        "Linked entities",
        "Full-text entities",
        "Figures",
        "",
    ]
    assert section_of(document, "Neutralizing immunosuppressive mediators") == "Key findings"
    assert section_of(document, "These advances aim to convert “cold” tumors") == "Abstract"


def test_review_000_has_its_title_and_source_as_front_matter() -> None:
    document = review("000")
    words = ("Rewiring tumor cytokine networks", "Authors: Xiaodong Wang", "PMC · DOI:", "Source: https:")
    assert {role_of(document, line) for line in words} == {"front"}
    assert {section.role for section in document.sections} == {"front", "body"}


def test_review_003_says_nothing_of_itself() -> None:
    document = review("003")
    told = (document.title, document.journal, document.year, document.doi, document.pmid, document.pmcid, document.url)
    assert set(told) == {None}
    assert (document.authors, document.keywords, document.licence) == ((), (), None)
    assert document.label == "003_21a118f5011cff46.txt"


def test_review_003_is_a_full_text_under_its_headings() -> None:
    document = review("003")
    assert document.kind == "full text"
    assert section_names(document) == [
        "Abstract",
        "Introduction",
        "Introduction › Understanding cytokines in cancer immunotherapy",
        "Introduction › Key cytokines and their mechanisms of action",
        "Introduction › Recent advances in cytokine-based immunotherapy",
        "Introduction › Clinical applications and future directions",
        "Materials and Methods › Literature search strategy",
        "Materials and Methods › Selection criteria",
        "Materials and Methods › Data extraction",
        "Materials and Methods › Data synthesis",
        "Materials and Methods › Limitations",
        "Materials and Methods › Statistical analysis",
        "Materials and Methods › Ethical considerations",
        "Discussion",
        "Conclusion",
    ]
    assert {section.role for section in document.sections} == {"body"}


@pytest.mark.parametrize(
    ("words", "section"),
    [
        ("by leveraging the immune system’s inherent capability", "Abstract"),
        (
            "optimizing treatment regimens through personalized",
            "Introduction › Clinical applications and future directions",
        ),
        ("published up to [insert date range] were", "Materials and Methods › Literature search strategy"),
        (
            "(e.g., IL-2, IFNs, TNF) and their respective roles in enhancing anti-tumor immune responses.",
            "Materials and Methods › Data synthesis",
        ),
        ("by minimizing off-target effects.", "Discussion"),
        ("enhancing cytokine-mediated immune responses.", "Discussion"),
        ("resistance mechanisms and improving treatment outcomes.", "Conclusion"),
        ("advances in TNF-alpha delivery systems and combination", "Conclusion"),
    ],
)
def test_review_003_has_its_broken_lines_mended(words: str, section: str) -> None:
    document = review("003")
    assert document.text.count(words) == 1
    assert section_of(document, words) == section


def test_review_003_keeps_every_word_but_the_breaks() -> None:
    (path,) = CORPUS.glob("003_*.txt")
    # In this text each hyphen at a line's end belongs to its word, so only white space may differ.
    raw = path.read_text("utf-8").replace("\\", "")
    assert "".join(review("003").text.split()) == "".join(raw.split())


def test_review_004_tells_its_bibliography() -> None:
    document = review("004")
    assert document.title == (
        'The "Double-Edged Sword" Effect of Cytokines in Cancer: Coexisting Opportunities and Challenges'
    )
    assert document.authors == ("Yin", "Zhang", "Wang", "Liu", "Dai", "Yue")
    assert (document.journal, document.year, document.licence) == ("Front. Immunol.", 2025, "CC BY")
    assert document.keywords == (
        "Cytokines",
        "Cancer",
        "Tumor immune microenvironment",
        "immunecheckpoint blockade",
        "cancer therapy",
    )
    assert (document.doi, document.pmid, document.pmcid, document.url) == (None, None, None, None)


@pytest.mark.parametrize(
    ("words", "role"),
    [
        ("This article is part of the Research Topic", "boilerplate"),
        ("Select one of your emails", "boilerplate"),
        ("You have multiple emails registered with Frontiers:", "boilerplate"),
        ("Notify me on publication", "boilerplate"),
        ("Please enter your email address:", "boilerplate"),
        ("If you already have an account, please login", "boilerplate"),
        ("You don't have a Frontiers account ? You can register here", "boilerplate"),
        ("Disclaimer: All claims expressed in this article", "boilerplate"),
        ("MINI REVIEW article", "front"),
        ("Front. Immunol.", "front"),
        ("Sec. Cancer Immunity and Immunotherapy", "front"),
        ('The "Double-Edged Sword" Effect of Cytokines in Cancer', "front"),
        ("Provisionally accepted- 1Naval Medical University", "front"),
        ("2Anhui Medical University", "front"),
        ("Keywords: Cytokines, Cancer", "front"),
        ("Received: 08 Sep 2025; Accepted: 03 Nov 2025.", "front"),
        ("Copyright: © 2025 Yin, Zhang", "front"),
        ("* Correspondence: Liping Yue", "front"),
        ("As a key signaling molecule network in the tumor immune microenvironment", "body"),
        ("ultimately improving the prognosis of cancer patients.", "body"),
    ],
)
def test_review_004_tells_the_article_from_what_was_wrapped_around_it(words: str, role: str) -> None:
    assert role_of(review("004"), words) == role


def test_review_004_has_one_paragraph_of_body() -> None:
    document = review("004")
    (body,) = [section for section in document.sections if section.role == "body"]
    paragraph = document.text[body.start : body.end]
    assert paragraph.startswith("As a key signaling molecule network")
    assert paragraph.endswith("the prognosis of cancer patients.")
    assert "\n" not in paragraph


# ---------------------------------------------------------------- kinds of files


MARKDOWN = "# A fine title\n\n## Abstract\n\n**IL-2** works."


@pytest.mark.parametrize("name", ["a.txt", "a.text", "a.md", "a.markdown", "a.TXT", "a.Md"])
def test_markdown_is_read_as_such_whatever_its_suffix(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(MARKDOWN, "utf-8")
    assert read(path).text == "A fine title\n\nAbstract\n\nIL-2 works."


def test_a_byte_order_mark_does_not_hide_markdown(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(MARKDOWN, "utf-8-sig")
    assert read(path).title == "A fine title"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("# A note\n\n**IL-2** works.", id="one heading alone"),
        pytest.param("IL-2\n\n## Abstract\n\n**IL-2** works.", id="no title at the top"),
        pytest.param("#1 of all\n\n## Abstract\n\n**IL-2** works.", id="a number sign"),
    ],
)
def test_other_text_is_not_taken_for_markdown(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.txt"
    path.write_text(text, "utf-8")
    assert "**IL-2** works." in read(path).text


GERMAN = "Größere Tumoren schrumpften über mehrere Wochen; Müller und Söhne prüften die Wirkung für alle Fälle."
FRENCH = (
    "Les cytokines modifient la réponse immunitaire à la tumeur, même très tôt: naïve ou déjà activée, elle évolue."
)
ENGLISH = "The naïve T cells of Peña et al. responded to 5 µg/mL of the drug. "
QUOTED = "The tumor didn’t grow – “cold” as it was. "
GREEK = "Cytokines like TGF-β and IFN-γ act on naïve cells."


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        pytest.param(GREEK, "utf-8", id="UTF-8"),
        pytest.param(GREEK, "utf-8-sig", id="UTF-8 with its mark"),
        pytest.param(GREEK, "utf-16", id="UTF-16 with its mark"),
        pytest.param("\ufeff" + GREEK, "utf-16-be", id="UTF-16 big-endian with its mark"),
        pytest.param(GREEK, "utf-16-le", id="UTF-16 little-endian without its mark"),
        pytest.param(GREEK, "utf-32-be", id="UTF-32 big-endian without its mark"),
        pytest.param(GREEK, "utf-32", id="UTF-32 with its mark"),
        pytest.param(ENGLISH, "latin-1", id="Latin-1 English"),
        pytest.param("Cytokines act. " * 100 + ENGLISH, "latin-1", id="Latin-1 English at length"),
        pytest.param(QUOTED, "cp1252", id="Windows-1252 English"),
        pytest.param("Cytokines act. " * 100 + QUOTED, "cp1252", id="Windows-1252 English at length"),
        pytest.param(GERMAN, "latin-1", id="Latin-1 German"),
        pytest.param(FRENCH, "latin-1", id="Latin-1 French"),
    ],
)
def test_the_encoding_is_found(tmp_path: Path, text: str, encoding: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode(encoding))
    assert read(path).text == text.removeprefix("\ufeff").strip()


def test_the_sidecar_wins_over_what_the_file_says_of_itself(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("# A fine title\n\nAuthors: Jane Doe\n\n## Abstract\n\nIL-2 works.", "utf-8")
    entry = '[[source]]\nfile = "a.md"\ntitle = "Another"\nyear = 2025\nkind = "full text"\n'
    (tmp_path / "sources.toml").write_text(entry, "utf-8")
    document = read(path)
    assert (document.title, document.year, document.kind) == ("Another", 2025, "full text")
    assert document.authors == ("Jane Doe",)
    assert document.text.startswith("A fine title\n\n")


# ---------------------------------------------------------------- errors


def refusal(path: Path, kind: type[ReadError]) -> str:
    """Read a file that must be refused; return the message, one sentence that names the file."""
    with pytest.raises(ReadError) as caught:
        read(path)
    assert type(caught.value) is kind
    message = str(caught.value)
    assert message.startswith(f"{path} ")
    assert message.endswith(".")
    assert "\n" not in message
    return message.removeprefix(f"{path} ")


def test_a_path_where_nothing_is_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.txt", MissingPathError) == "does not exist; check the path."


def test_a_folder_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, UnreadableFileError).startswith("is a folder, and a file is needed here")


@pytest.mark.skipif(os.name == "nt", reason="Windows has none of these")
def test_what_is_no_file_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "zero.txt").symlink_to("/dev/zero")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "socket.txt"))
        for name in ("pipe.txt", "zero.txt", "socket.txt"):
            message = "is a device, a pipe or a socket, and a file is needed here; name a file."
            assert refusal(tmp_path / name, UnreadableFileError) == message


def test_a_file_that_cannot_be_opened_is_refused_with_the_reason(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 300 + ".txt")
    assert refusal(path, UnreadableFileError).startswith("cannot be read (File name too long)")


@pytest.mark.parametrize("name", ["a.docx", "a", "txt", ".txt"])
def test_an_unknown_suffix_is_refused_with_the_known_ones(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("IL-2 works.", "utf-8")
    message = refusal(path, UnsupportedFormatError)
    known = ".htm, .html, .markdown, .md, .nxml, .pdf, .text, .txt, .xhtml, .xml"
    assert message == f"is of a kind that Pincite does not read; it reads {known}."


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"PK\x03\x04\x14\x00\x06\x00", id="ZIP"),
        pytest.param(bytes(range(256)), id="all bytes"),
    ],
)
def test_content_that_is_not_text_is_refused_whatever_the_name(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    assert refusal(path, UnreadableFileError) == "is not text, whatever its name says; give a text file."


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"%PDF-1.7\n\x00\x01\x02\x03", "is damaged or no PDF"),
        (b"\n%PDF-1.7\nbroken", "is damaged or no PDF"),
    ],
    ids=["at once", "after a line"],
)
def test_a_pdf_is_read_as_one_whatever_the_name(tmp_path: Path, data: bytes, expected: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    assert refusal(path, UnreadableFileError).startswith(expected)


def test_a_page_is_read_as_one_whatever_the_name(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("<!DOCTYPE html>\n<html><body><p>IL-2 <b>works</b>.</p></body></html>")
    assert read(path).text == "IL-2 works."


@pytest.mark.parametrize("name", ["a.txt", "a.md"])
@pytest.mark.parametrize(
    "text", ["", " \n\n\t", "\ufeff", "---\n\n***\n"], ids=["empty", "blank", "mark", "decoration"]
)
def test_a_file_without_a_word_is_refused(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    assert refusal(path, UnreadableFileError) == "holds no text; give a file with words in it."


def test_a_file_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(qa.readers.files, "MAX_FILE_BYTES", 2_000_000)
    path = tmp_path / "a.txt"
    path.write_bytes(b"x" * 2_000_001)
    assert refusal(path, UnreadableFileError) == "is larger than 2 MB; split it, or leave it out."


def test_a_file_as_large_as_may_be_is_had(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(qa.readers.files, "MAX_FILE_BYTES", 5)
    path = tmp_path / "a.txt"
    path.write_bytes(b"IL-2.")
    assert load(path).data == b"IL-2."


def test_a_bad_sidecar_is_refused_by_its_own_name(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("IL-2 works.", "utf-8")
    (tmp_path / "sources.toml").write_text("[[source]", "utf-8")
    with pytest.raises(UnreadableFileError, match=r"sources\.toml cannot be read as \[\[source\]\] entries"):
        read(path)
