"""``qa documents FILE --reading``: what it prints, its JSON, and its message if the file has changed."""

import json
from pathlib import Path

import pytest

from qa.errors import PageError
from qa.faces import readings
from qa.faces.cli.main import run
from qa.faces.cli.options import DONE, MISTAKE
from qa.library import Library
from qa.readers.reading_version import READING_VERSION
from qa.stores.local.originals import ORIGINALS
from tests.readers.pdf.test_pdf_doubts import pdf as pdf_with_sign
from tests.support.make_pdf import HEIGHT, MARGIN, WIDTH, Layout, typeset
from tests.support.models import WordEncoder
from tests.support.places import CORPUS

SENTENCES = ["Interleukin-2 is limited by its toxicity.", "Hearts pump blood through the body of a human."]
PDF = typeset([("paragraph", sentence) for sentence in SENTENCES], Layout(depth=14.0))
HTML = """<html><body><h1>On \x1b[2Jhearts</h1><p>Hearts pump blood. They beat all day.</p>
<h2>References</h2><p>1. Ann A. On lungs. 2001.</p><p>2. Bob B. On livers. 2002.</p></body></html>"""


class Reported:
    """Runs ``qa documents`` on a library of a PDF and an HTML page, and returns its output."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self._capsys = folder, capsys

    def __call__(self, *arguments: object) -> tuple[int, str, str]:
        status = run(["documents", *map(str, arguments)])
        printed = self._capsys.readouterr()
        return status, printed.out, printed.err

    def json(self, *arguments: object) -> dict[str, object]:
        status, out, err = self(*arguments, "--reading", "--json")
        assert (status, err) == (DONE, "")
        form: dict[str, object] = json.loads(out)
        return form


@pytest.fixture
def reported(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Reported:
    monkeypatch.setattr("qa.library.opened.load_encoder", WordEncoder)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.pdf").write_bytes(PDF)
    (tmp_path / "b.html").write_text(HTML)
    with Library("index") as library:
        library.add(["a.pdf", "b.html"])
    return Reported(tmp_path, capsys)


def test_blocks_are_printed_by_page_with_role_verdict_and_first_words(reported: Reported) -> None:
    status, out, err = reported("a.pdf", "--reading")
    assert (status, err) == (DONE, "")
    assert out.splitlines()[1:] == [
        "",
        "── page 1 ──",
        f" B body        ✓ quotable  {SENTENCES[0]}",
        "",
        "── page 2 ──",
        f" B body        ✓ quotable  {SENTENCES[1]}",
        "",
        " B body        ✓ quotable  text: 2 blocks",
        "2 sentences may be quoted.",
    ]


def test_what_is_kept_out_is_said_and_what_a_terminal_obeys_is_written_out(reported: Reported) -> None:
    out = reported("b.html", "--reading")[1]
    assert " R references  – kept out  1. Ann A. On lungs. 2001." in out
    assert " R references  – kept out  list of references: 2 blocks" in out
    assert out.endswith("3 sentences may be quoted, 2 blocks kept out: references 2.\n")
    assert "\x1b" not in out


def test_the_json_has_each_block_with_its_place_and_its_box(reported: Reported) -> None:
    form = reported.json("a.pdf")
    with Library("index") as library:
        document = library.document("a.pdf")
    assert (form["doc_id"], form["source"], form["sha256"]) == (document.doc_id, "a.pdf", document.sha256)
    assert (form["kept"], form["note"], form["pages"], form["sentences"]) == (True, None, 2, 2)
    first, second = form["blocks"]  # type: ignore[misc]
    assert set(first) == {"role", "quotable", "start", "end", "page", "box", "boxes", "words", "warning"}
    assert document.text[second["start"] : second["end"]] == second["words"] == SENTENCES[1]
    assert (second["role"], second["quotable"], second["page"]) == ("body", True, 2)
    left, top, right, bottom = second["box"]
    assert left == pytest.approx((MARGIN + 12) / WIDTH, abs=0.01)
    assert top < (MARGIN + 12) / HEIGHT < bottom + 0.002
    assert right < 0.6
    assert second["boxes"] == [{"page": 2, "box": second["box"]}]


def test_words_that_may_not_be_what_was_printed_say_why(reported: Reported) -> None:
    (reported.folder / "doubted.pdf").write_bytes(pdf_with_sign("/CharSet (/prime/minus)"))
    status, out, _ = reported("doubted.pdf", "--reading")
    said = "Compare with the printed page: another way to read the file has another sign for “0”."
    first, second = out.splitlines()[3:5]
    assert first == " F front       ✓ quotable  Interleukin two was given at 38 180"
    assert (status, second.strip()) == (DONE, f"! {said}")
    warnings = [block["warning"] for block in reported.json("doubted.pdf")["blocks"]]  # type: ignore[attr-defined]
    assert warnings[0] == said
    assert set(warnings[1:]) <= {None}
    assert "printed page" not in reported("a.pdf", "--reading")[1]


def test_a_document_without_pages_has_no_boxes(reported: Reported) -> None:
    form = reported.json("b.html")
    assert (form["pages"], form["kept_out"], form["sentences"]) == (None, {"references": 2}, 3)
    assert [(block["page"], block["box"], block["boxes"]) for block in form["blocks"]] == [(None, None, [])] * 5  # type: ignore[attr-defined]


def test_a_document_is_named_by_id_name_or_path(reported: Reported) -> None:
    form = reported.json("a.pdf")
    assert reported.json(str(form["doc_id"])[:6]) == reported.json(reported.folder / "a.pdf") == form


def test_a_file_in_no_library_is_read_as_it_is_now(reported: Reported) -> None:
    (reported.folder / "new.md").write_text("# Title\n\nWords that were never added. And more of them.\n")
    status, out, err = reported("new.md", "--reading")
    assert (status, err) == (DONE, "qa: new.md is not in the library; this is what is read of it now.\n")
    assert "Words that were never added." in out
    form = reported.json("new.md")
    assert (form["kept"], form["sentences"]) == (False, 2)
    with Library("index") as library:
        assert len(library.documents()) == 2


def test_a_file_that_has_changed_or_gone_is_said_and_what_is_kept_is_shown(reported: Reported) -> None:
    (reported.folder / "b.html").write_text("<p>Other words altogether.</p>")
    changed = "b.html has changed since it was added; this is what the library keeps of it, and 'qa add' reads it anew."
    for name in ("b.html", reported.folder / "b.html", reported.json("b.html")["doc_id"]):
        form = reported.json(name)
        assert (form["kept"], form["note"], form["sentences"]) == (True, changed, 3)
    (reported.folder / "b.html").unlink()
    gone = "b.html is no longer where it was when it was added; this is what the library keeps of it."
    for name in ("b.html", reported.folder / "elsewhere" / "b.html"):
        status, out, err = reported(name, "--reading")
        assert (status, err) == (DONE, f"qa: {gone}\n")
        assert "Hearts pump blood." in out


def test_a_reading_by_an_earlier_version_is_said(reported: Reported, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.faces.readings.READING_VERSION", READING_VERSION + 1)
    assert reported.json("a.pdf")["note"] == (
        "a.pdf was read by an earlier version; 'qa add' with the same file reads it anew."
    )


def test_without_the_file_there_are_no_boxes(reported: Reported) -> None:
    for original in (reported.folder / "index" / ORIGINALS).iterdir():
        original.unlink()
    assert [block["box"] for block in reported.json("a.pdf")["blocks"]] == [None, None]  # type: ignore[attr-defined]


def test_pages_that_cannot_be_looked_through_leave_the_others_their_boxes(
    reported: Reported, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages_of = readings.pages_of

    def refuses(data: bytes, wanted: list[readings.Wanted]) -> object:
        if wanted[0].number == 1:
            raise PageError("The page is not shown.")
        return pages_of(data, wanted)

    monkeypatch.setattr(readings, "PAGES_AT_ONCE", 1)
    monkeypatch.setattr(readings, "pages_of", refuses)
    first, second = reported.json("a.pdf")["blocks"]  # type: ignore[misc]
    assert first["box"] is None
    assert second["box"] is not None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--reading"], "Name a document or a file with --reading"),
        (["nowhere.pdf", "--reading"], "there is no file 'nowhere.pdf', and the library has no document"),
        (["nowhere.pdf"], "the library has no document 'nowhere.pdf'"),
        (["broken.pdf", "--reading"], "broken.pdf is damaged or no PDF"),
        (["a.xyz", "--reading"], "a.xyz is of a kind that Pincite does not read"),
    ],
)
def test_what_cannot_be_shown_is_one_sentence(reported: Reported, arguments: list[str], said: str) -> None:
    (reported.folder / "broken.pdf").write_bytes(b"%PDF-1.7 and nothing else")
    (reported.folder / "a.xyz").write_text("words")
    status, out, err = reported(*arguments)
    assert (status, out, err.count("\n")) == (MISTAKE, "", 1)
    assert said in err


def test_without_any_library_a_file_is_read_and_none_is_made(reported: Reported) -> None:
    (reported.folder / "index").rename(reported.folder / "away")
    assert reported("a.pdf", "--reading")[0] == DONE
    status, _, err = reported("nowhere.pdf", "--reading")
    assert (status, err.split(", and")[0]) == (MISTAKE, "qa: there is no file 'nowhere.pdf'")
    assert not (reported.folder / "index").exists()


def test_the_list_says_how_much_of_each_may_be_quoted(reported: Reported) -> None:
    lines = reported()[1].splitlines()
    assert lines[2].strip() == "2 sentences may be quoted"
    assert lines[5].strip() == "3 sentences may be quoted, 2 blocks kept out: references 2"
    assert reported("b.html")[1].endswith("references 2\n1 documents\n")
    (one,) = json.loads(reported("b.html", "--json")[1])
    assert (one["sentences"], one["kept_out"]) == (3, {"references": 2})


def test_a_long_pdf_is_placed_page_by_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    organs = [f"The organ {name} of the body does what its name says." for name in "abcdefghijklmnopqrstuvwxy"]
    (tmp_path / "long.pdf").write_bytes(typeset([("paragraph", organ) for organ in organs], Layout(depth=14.0)))
    asked: list[int] = []
    pages_of = readings.pages_of
    monkeypatch.setattr(
        readings, "pages_of", lambda data, wanted: (asked.append(len(wanted)), pages_of(data, wanted))[1]
    )
    with Library(tmp_path / "library", encoder=WordEncoder()) as library:
        form = readings.to_dict(readings.read_as(str(tmp_path / "long.pdf"), library))
    assert asked == [10, 10, 5]
    assert [block["page"] for block in form["blocks"] if block["box"]] == list(range(1, 26))


def test_the_built_in_texts_are_read_with_all_their_roles(tmp_path: Path) -> None:
    with Library(tmp_path / "library", encoder=WordEncoder()) as library:
        form = readings.to_dict(readings.read_as(str(CORPUS / "000_fe304fc8ed56550a.txt"), library))
    assert {block["role"] for block in form["blocks"]} >= {"body", "heading"}
