"""The command line's contract: what is printed to which stream, the JSON, and the exit statuses."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import pytest

from qa.faces.cli import main
from qa.faces.cli.main import run
from qa.faces.cli.options import DONE, MISTAKE, NO
from qa.readers import sandbox
from qa.stores.local.schema import DATABASE
from qa.stores.local.store import SNAPSHOTS, LocalStore
from tests.support.models import WordEncoder
from tests.support.places import CORPUS, ROOT

ANSWERED = "What limits the use of high-dose IL-2?"
REFUSED = "Who painted the Mona Lisa?"

ANSWER_KEYS = set("id question query abstained reason confidence sentences citations hits library signature".split())
CITATION_KEYS = set("number doc_id source title section page start end quote sha256 warning".split())
SENTENCE_KEYS = {"text", "source", "citations", "support"}
HIT_KEYS = {
    "rank",
    "score",
    "scores",
    "doc_id",
    "source",
    "title",
    "section",
    "page",
    "start",
    "end",
    "text",
    "warning",
}


class Cli:
    """Runs commands on the default library in this process, with the encoder that counts words."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capsys = capsys

    def __call__(self, command: str, *arguments: object) -> tuple[int, str, str]:
        """Return exit status, standard output, standard error."""
        status = run([command, *map(str, arguments)])
        printed = self._capsys.readouterr()
        return status, printed.out, printed.err


@pytest.fixture
def cli(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    monkeypatch.setattr("qa.library.opened.load_encoder", WordEncoder)
    monkeypatch.chdir(tmp_path)
    return Cli(tmp_path / "index", capsys)


def one_sentence(error: str) -> bool:
    return error.startswith("qa: ") and error.count("\n") == 1 and "Traceback" not in error


def last_line(out: str) -> Any:
    return json.loads(out.splitlines()[-1])


# ---------------------------------------------------------------- asking


def test_an_answer_as_json_has_exactly_the_keys_of_the_contract(cli: Cli) -> None:
    status, out, _ = cli("ask", ANSWERED, "--json")
    answer = json.loads(out)
    assert status == DONE
    assert set(answer) == ANSWER_KEYS
    assert (answer["question"], answer["abstained"], answer["reason"]) == (ANSWERED, False, None)
    assert all(set(citation) == CITATION_KEYS for citation in answer["citations"])
    assert all(set(hit) == HIT_KEYS for hit in answer["hits"])
    assert all(
        set(sentence) - {"context"} == {"text", "source", "citations", "support"} for sentence in answer["sentences"]
    )
    assert {"dense", "lexical"} <= set(answer["hits"][0]["scores"])
    assert {"generation", "model"} <= set(answer["library"])
    assert 0 <= answer["confidence"] <= 1
    assert [hit["rank"] for hit in answer["hits"]] == list(range(1, len(answer["hits"]) + 1))
    assert all(len(hit["text"]) <= 1200 for hit in answer["hits"])


def test_an_abstention_has_status_1_a_reason_and_hits(cli: Cli) -> None:
    status, out, _ = cli("ask", REFUSED, "--json")
    answer = json.loads(out)
    assert status == NO
    assert (answer["abstained"], answer["sentences"], answer["citations"]) == (True, [], [])
    assert isinstance(answer["reason"], str)
    assert answer["hits"]


def test_a_readable_answer_has_marks_and_references(cli: Cli) -> None:
    status, out, _ = cli("ask", ANSWERED)
    assert status == DONE
    assert "[1]\n" in out
    assert "\n[1] 003_21a118f5011cff46.txt. " in out
    assert "characters " in out


def test_a_readable_abstention_shows_the_nearest_passages(cli: Cli) -> None:
    status, out, _ = cli("ask", REFUSED)
    assert status == NO
    assert out.startswith("Mona Lisa does not occur in these documents.\n\nNo answer: What the question asks about ")
    assert "The nearest passages:" in out


def test_the_first_question_builds_the_library_and_the_second_does_not(cli: Cli) -> None:
    assert "from the built-in corpus" in cli("ask", ANSWERED)[2]
    assert cli("ask", ANSWERED)[2] == ""


def test_search_prints_hits_in_the_form_of_the_contract(cli: Cli) -> None:
    status, out, _ = cli("search", "cytokine toxicity", "-k", 3, "--json")
    hits = json.loads(out)
    assert (status, len(hits)) == (DONE, 3)
    assert all(set(hit) == HIT_KEYS for hit in hits)
    assert cli("search", "cytokine toxicity")[1].startswith("1. ")


def test_a_question_can_be_kept_to_one_document(cli: Cli) -> None:
    hits = json.loads(cli("search", "cytokines", "--document", "004_eb4dd2e47999bcaa.txt", "--json")[1])
    assert {hit["source"] for hit in hits} == {"004_eb4dd2e47999bcaa.txt"}


def test_a_question_can_be_kept_to_years_and_sections(cli: Cli) -> None:
    limits = ("--since", 2025, "--until", 2026, "--section", "abstract", "--section", "findings")
    status, out, _ = cli("search", "cytokines", *limits, "--json")
    assert (status, {hit["section"] for hit in json.loads(out)}) == (DONE, {"Abstract", "Key findings"})
    assert cli("search", "cytokines", "--since", 2026)[1].startswith(
        "Asked of: published since 2026 (1 document without a year left out).\n\n1. "
    )
    assert "Asked of: sections abstract." in cli("ask", ANSWERED, "--section", "abstract")[1]


@pytest.mark.parametrize("command", ["search", "ask"])
@pytest.mark.parametrize(
    ("limits", "told"),
    [
        (
            ("--section", "apocrypha"),
            "qa: no section has 'apocrypha' in its headings; choose another, such as Abstract",
        ),
        (
            ("--since", 2027),
            "qa: nothing is left to ask of: published since 2027 (1 document without a year left out).",
        ),
        (("--since", 2026, "--until", 2025), "qa: no document can be published 2026–2025; "),
        (("--since", "MMXX"), "qa: Invalid value for '--since'"),
    ],
)
def test_limits_that_leave_nothing_are_a_mistake(cli: Cli, command: str, limits: tuple[object, ...], told: str) -> None:
    status, out, err = cli(command, ANSWERED, *limits)
    assert (status, out) == (MISTAKE, "")
    assert err.splitlines()[-1].startswith(told)


def test_a_file_of_questions_is_kept_to_limits(cli: Cli, tmp_path: Path) -> None:
    questions = tmp_path / "questions.jsonl"
    questions.write_text(json.dumps({"id": "q1", "question": ANSWERED}))
    answer = json.loads(cli("ask", "--questions", questions, "--since", 2026)[1])
    assert {hit["source"] for hit in answer["hits"]} == {"000_fe304fc8ed56550a.txt"}


def test_a_higher_threshold_refuses_more(cli: Cli, tmp_path: Path) -> None:
    asked = tmp_path / "asked.jsonl"
    asked.write_text(json.dumps({"id": "a", "question": ANSWERED}) + "\n")
    for command in (["ask", ANSWERED, "--json"], ["ask", "--questions", asked]):
        sure, unsure = (json.loads(cli(*command, "--threshold", least)[1]) for least in (1, 0))
        assert (sure["abstained"], unsure["abstained"]) == (True, False)
    assert cli("ask", ANSWERED, "--threshold", 2)[0] == 2


def test_a_file_of_questions_gives_an_answer_a_line_with_its_id(cli: Cli, tmp_path: Path) -> None:
    questions = tmp_path / "questions.jsonl"
    lines = [{"id": "q1", "question": ANSWERED}, {"id": 7, "question": REFUSED}]
    questions.write_text("\n".join(map(json.dumps, lines)) + "\n")
    status, out, _ = cli("ask", "--questions", questions)
    answers = [json.loads(line) for line in out.splitlines()]
    assert status == DONE
    assert [(answer["id"], answer["abstained"]) for answer in answers] == [("q1", False), ("7", True)]
    single = json.loads(cli("ask", ANSWERED, "--json")[1])
    assert answers[0] | {"id": None} == single


@pytest.mark.parametrize("question", ["", "   ", "why " * 2500], ids=["empty", "blank", "10,000 characters"])
def test_a_bad_question_is_one_sentence_and_status_2(cli: Cli, question: str) -> None:
    status, out, err = cli("ask", question, "--json")
    assert (status, out) == (MISTAKE, "")
    assert one_sentence(err)
    assert not cli.folder.exists()


@pytest.mark.parametrize(
    "content", ["", "no json\n", '{"id": 1}\n', '{"id": 1, "question": ""}\n', "[]\n"], ids=str.__repr__
)
def test_a_bad_file_of_questions_is_one_sentence_and_status_2(cli: Cli, tmp_path: Path, content: str) -> None:
    (tmp_path / "questions.jsonl").write_text(content)
    status, out, err = cli("ask", "--questions", tmp_path / "questions.jsonl")
    assert (status, out) == (MISTAKE, "")
    assert one_sentence(err)


# ---------------------------------------------------------------- changing


def test_add_counts_what_became_of_each_file(cli: Cli) -> None:
    status, out, _ = cli("add", CORPUS, "--json")
    report = last_line(out)
    assert status == DONE
    assert {name: report[name] for name in ("added", "changed", "unchanged", "failed")} == {
        "added": 3,
        "changed": 0,
        "unchanged": 0,
        "failed": 0,
    }
    assert report["library"]["documents"] == 3
    assert last_line(cli("add", CORPUS, "--json")[1])["unchanged"] == 3


def test_add_as_json_is_a_line_a_file_and_a_last_line_with_them_all(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "bad.txt").write_bytes(b"\x00" * 100)
    status, out, err = cli("add", CORPUS, tmp_path / "bad.txt", "--json")
    *files, report = map(json.loads, out.splitlines())
    assert (status, err) == (NO, "")
    assert [file["status"] for file in files] == ["added"] * 3 + ["failed"]
    assert all(set(file) == {"path", "status", "doc_id", "passages", "problem", "reason", "note"} for file in files)
    assert report["files"] == files


LISTENER = """
import sys
import qa.indexing.ingest, qa.library, qa.readers.files
from tests.support.models import WordEncoder
qa.library.opened.load_encoder, qa.readers.files.parse_isolated = WordEncoder, qa.readers.files.parse
embed = qa.indexing.ingest.embed
def slow(document, *rest):
    if document.source == "b.txt":
        sys.stdin.readline()  # until it is told to go on
    return embed(document, *rest)
qa.indexing.ingest.embed = slow
from qa.faces.cli.main import run
sys.exit(run(sys.argv[1:]))
"""


@pytest.fixture
def adding(tmp_path: Path) -> Iterator[Any]:
    """Starts ``qa add`` of two texts. The second text waits until a line is sent to the process."""
    texts, started = tmp_path / "texts", []
    texts.mkdir()
    (texts / "a.txt").write_text("A sentence about interleukins and their receptors.")
    (texts / "b.txt").write_text("Another sentence about interferons and their receptors.")

    def start(*options: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", LISTENER, "add", str(texts), "--library", str(tmp_path / "library"), *options]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        started.append(subprocess.Popen(command, cwd=ROOT, text=True, **pipes))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("options", [(), ("--json",)], ids=["for people", "json"])
def test_each_file_is_said_as_it_lands_and_is_there_after_a_kill(
    adding: Any, tmp_path: Path, options: tuple[str, ...]
) -> None:
    process = adding(*options)
    line = process.stdout.readline()  # the second file still waits
    assert (json.loads(line)["status"] if options else line.split()[0]) == "added"
    process.kill()
    process.wait()
    with closing(LocalStore(tmp_path / "library")) as store:
        assert list(store.sources().values()) == ["a.txt"]


def test_what_is_added_is_added_though_nobody_listens_any_more(adding: Any, tmp_path: Path) -> None:
    process = adding()
    process.stdout.readline()
    process.stdout.close()
    _, errors = process.communicate("go on\n", timeout=60)
    assert (process.returncode, errors) == (DONE, "")
    with closing(LocalStore(tmp_path / "library")) as store:
        assert list(store.sources().values()) == ["a.txt", "b.txt"]


def test_documents_are_listed_and_removed(cli: Cli) -> None:
    cli("add", CORPUS)
    listed = json.loads(cli("documents", "--json")[1])
    assert [document["year"] for document in listed] == [2026, None, 2025]
    assert "Double-Edged" in cli("documents")[1]
    assert cli("remove", listed[0]["doc_id"])[0] == DONE
    assert len(json.loads(cli("documents", "--json")[1])) == 2


@pytest.mark.parametrize("command", [("documents",), ("search", "What is IL-2?"), ("check",)])
def test_files_read_by_an_earlier_version_are_told_until_they_are_added_again(
    cli: Cli, tmp_path: Path, command: tuple[str, ...]
) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text("# On dose\n\n## Methods\n\nMice had 10<sup>5</sup> spores of IL-2 each.")
    (tmp_path / "docs" / "b.txt").write_text("Plain text stays what it was, and speaks of IL-2.")
    with pytest.MonkeyPatch.context() as earlier:
        earlier.setattr("qa.indexing.ingest.READ_NOW", "")
        cli("add", tmp_path / "docs")
    told = (
        "qa: 2 files of this library were read by an earlier version; run 'qa add' with the same folders to read anew."
    )
    assert told in cli(*command)[2]
    assert json.loads(cli("ask", "IL-2?", "--json")[1])["library"]["read_before"] == 2
    assert "earlier version" not in cli("add", tmp_path / "docs")[2]
    assert "earlier version" not in cli(*command)[2]
    assert "read_before" not in json.loads(cli("ask", "IL-2?", "--json")[1])["library"]


def test_a_check_says_what_it_mended(cli: Cli) -> None:
    cli("add", CORPUS)
    assert cli("check")[1].startswith("All that is kept is sound.\n")
    assert cli("check")[1].endswith(f"{sandbox.held()}\n")
    assert json.loads(cli("check", "--json")[1])["readers"] == asdict(sandbox.held())
    copy = next((cli.folder / "documents").glob("*.copy"))
    copy.write_bytes(copy.read_bytes()[:-1])
    (source,) = (one["source"] for one in json.loads(cli("documents", "--json")[1]) if one["doc_id"] == copy.stem)
    status, out, _ = cli("check")
    assert (status, out.split(":")[0]) == (DONE, f"mended the copy of document {source} ({copy.stem})")
    assert json.loads(cli("check", "--json")[1])["mended"] == []


def test_a_check_names_what_is_lost(cli: Cli) -> None:
    cli("add", CORPUS)
    copy = next((cli.folder / "documents").glob("*.copy"))
    copy.write_bytes(copy.read_bytes()[:-1])
    with closing(sqlite3.connect(cli.folder / "library.sqlite")) as connection:
        connection.execute("UPDATE documents SET text = 'other'")
        connection.commit()
    (cli.folder / "SEAL").unlink()
    status, _, err = cli("check")
    assert status == NO
    assert f"({copy.stem}) is lost" in err
    assert cli("check")[0] == DONE
    assert len(json.loads(cli("documents", "--json")[1])) == 2


def test_documents_of_no_default_library_are_none(cli: Cli) -> None:
    assert cli("documents", "--json")[:2] == (DONE, "[]\n")
    assert not cli.folder.exists()


NEED_A_LIBRARY = {
    "ask": ["ask", ANSWERED],
    "ask a file": ["ask", "--questions", "questions.jsonl"],
    "search": ["search", ANSWERED],
    "documents": ["documents"],
    "check": ["check"],
    "remove": ["remove", "a.txt"],
    "verify": ["verify", "answer.json"],
    "export": ["export", "answer.json"],
    "eval": ["eval", "questions.jsonl"],
    "serve": ["serve", "--port", "0"],
    "mcp": ["mcp"],
    "questions check": ["questions", "check", "questions.jsonl"],
    "questions draft": ["questions", "draft", "--out", "set.jsonl"],
    "questions judge": ["questions", "judge", "questions.jsonl"],
}


@pytest.mark.parametrize("arguments", NEED_A_LIBRARY.values(), ids=NEED_A_LIBRARY)
@pytest.mark.parametrize("place", ["nowhere", "a folder of something else", "a file"])
def test_a_library_that_is_named_and_not_there_is_a_mistake(
    cli: Cli, tmp_path: Path, arguments: list[str], place: str
) -> None:
    (tmp_path / "questions.jsonl").write_text(json.dumps({"id": "q1", "question": ANSWERED}))
    (tmp_path / "answer.json").write_text("[]")
    (tmp_path / "a folder of something else").mkdir()
    (tmp_path / "a file").touch()
    before = sorted(tmp_path.rglob("*"))
    status, out, err = cli(*arguments, "--library", place)
    assert (status, out) == (MISTAKE, "")
    assert err == f"qa: there is no library at {place}; make one with 'qa add PATH --library {place}'.\n"
    assert sorted(tmp_path.rglob("*")) == before


def test_adding_makes_the_library_that_is_named(cli: Cli) -> None:
    assert cli("add", CORPUS, "--library", "new/one")[0] == DONE
    assert cli("documents", "--library", "new/one")[1].endswith("3 documents\n")
    assert not cli.folder.exists()


def test_a_named_library_that_nothing_was_added_to_is_not_filled_from_the_corpus(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text(" ")
    assert cli("add", "empty.txt", "--library", "new")[0] == MISTAKE
    status, out, _ = cli("ask", ANSWERED, "--json", "--library", "new")
    assert (status, json.loads(out)["reason"]) == (NO, "empty_library")


@pytest.mark.parametrize("command", ["ask", "search"])
def test_a_question_without_quotation_marks_is_told_so(cli: Cli, command: str) -> None:
    status, _, err = cli(command, "What", "is", "IL-2?")
    assert (status, err) == (
        MISTAKE,
        f"qa: Put the question in quotation marks: qa {command} \"What is IL-2?\". See 'qa --help'.\n",
    )


def test_what_is_left_out_of_a_folder_is_said_by_kind_and_number(cli: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "mixed"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.txt").write_text("A sentence about interleukins and their receptors.")
    for name in ("data.csv", "deep/more.CSV", "picture.png", "README.md", "Makefile", ".hidden.csv", "sources.toml"):
        (folder / name).touch()
    status, _, err = cli("add", folder)
    assert status == DONE
    assert err == "qa: skipped in folders: 2 .csv, 1 .png, 1 README or the like, 1 without a suffix.\n"
    assert last_line(cli("add", folder, "--json")[1])["skipped"] == {
        ".csv": 2,
        ".png": 1,
        "README or the like": 1,
        "without a suffix": 1,
    }
    assert cli("add", folder / "a.txt")[2] == ""


BAD_PATHS = {
    "missing": lambda folder: folder / "nowhere.txt",
    "nothing readable": lambda folder: folder / "pictures",
    "not text": lambda folder: folder / "binary.txt",
    "unknown kind": lambda folder: folder / "pictures" / "a.png",
    "no words": lambda folder: folder / "empty.txt",
}


@pytest.mark.parametrize("kind", BAD_PATHS)
def test_a_path_that_cannot_be_added_is_one_sentence_and_status_2(cli: Cli, tmp_path: Path, kind: str) -> None:
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "a.png").write_bytes(b"\x89PNG")
    (tmp_path / "binary.txt").write_bytes(bytes(range(256)))
    (tmp_path / "empty.txt").write_text(" \n\n")
    cli("add", CORPUS)
    path = BAD_PATHS[kind](tmp_path)
    status, _, err = cli("add", path)
    assert status == MISTAKE
    assert one_sentence(err)
    assert str(path) in err
    assert len(json.loads(cli("documents", "--json")[1])) == 3


def test_one_bad_file_among_good_ones_is_named_and_the_others_are_added(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text("A sentence about interleukins and their receptors.")
    (tmp_path / "bad.txt").write_bytes(b"\x00" * 100)
    status, out, err = cli("add", tmp_path / "good.txt", tmp_path / "bad.txt")
    assert status == NO
    assert one_sentence(err)
    assert "bad.txt" in err
    (failed,) = last_line(cli("add", tmp_path / "bad.txt", "--json")[1])["files"]
    assert (failed["status"], failed["problem"]) == ("failed", "malformed")
    assert "1 added, 0 changed, 0 renamed, 0 unchanged, 0 removed, 1 failed" in out


def test_a_library_of_another_model_is_one_sentence_and_can_be_embedded_anew(cli: Cli) -> None:
    cli("add", CORPUS)
    status, _, err = cli("add", CORPUS, "--model", "other")
    assert status == MISTAKE
    assert one_sentence(err)
    assert "--re-embed" in err
    assert cli("add", "--re-embed", "--model", "other")[0] == DONE
    assert json.loads(cli("ask", ANSWERED, "--json")[1])["library"]["model"] == "other"


def test_a_truncated_faiss_file_is_repaired_with_the_same_answer(cli: Cli) -> None:
    before = cli("ask", ANSWERED, "--json")[1]
    (snapshot,) = (cli.folder / SNAPSHOTS).glob("*.faiss")
    whole = snapshot.read_bytes()
    snapshot.write_bytes(whole[: len(whole) // 2])
    assert cli("ask", ANSWERED, "--json")[:2] == (DONE, before)
    (repaired,) = (cli.folder / SNAPSHOTS).glob("*.faiss")
    assert len(repaired.read_bytes()) == len(whole)


def test_a_locked_library_is_one_sentence_and_keeps_what_it_has(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli("add", CORPUS)
    (tmp_path / "new.txt").write_text("A new text about interleukins.")
    monkeypatch.setattr("qa.library.Library.add.__kwdefaults__", {**_add_defaults(), "wait_s": 0.05})
    with LocalStore(cli.folder).writer(0):
        status, _, err = cli("add", tmp_path / "new.txt")
        assert status == MISTAKE
        assert one_sentence(err)
        assert cli("ask", ANSWERED)[0] == DONE
    assert cli("add", tmp_path / "new.txt")[0] == DONE


def _add_defaults() -> dict[str, Any]:
    from qa.library import Library

    return dict(Library.add.__kwdefaults__ or {})


def test_a_file_that_is_no_database_is_one_sentence(cli: Cli) -> None:
    cli.folder.mkdir()
    (cli.folder / DATABASE).write_bytes(b"no database" * 1000)
    status, _, err = cli("ask", ANSWERED)
    assert status == MISTAKE
    assert one_sentence(err)


@pytest.mark.parametrize(
    "arguments",
    [["remove", "nonsense"], ["verify", "nowhere.json"], ["eval", "nowhere.jsonl"], ["ask"], ["add"], ["search", ""]],
)
def test_other_mistakes_are_one_sentence_and_status_2(cli: Cli, arguments: list[str]) -> None:
    cli("add", CORPUS)
    status, _, err = cli(*arguments)
    assert status == MISTAKE
    assert one_sentence(err)


@pytest.mark.parametrize("arguments", [["nonsense"], ["ask", "--nonsense"], ["search", "x", "-k", "0"]])
def test_a_wrong_call_is_one_sentence_and_status_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == MISTAKE
    assert one_sentence(capsys.readouterr().err)


# ---------------------------------------------------------------- proving


@pytest.mark.parametrize("form", ["markdown", "bibtex", "ris", "csl", "json"])
def test_a_saved_answer_is_exported_as_asking_prints_it(cli: Cli, tmp_path: Path, form: str) -> None:
    saved = tmp_path / "answer.json"
    saved.write_text(cli("ask", ANSWERED, "--json")[1], "utf-8")
    status, exported, _ = cli("export", saved, "--format", form)
    assert (status, exported) == (DONE, cli("ask", ANSWERED, "--format", form)[1])
    assert "toxicity limits widespread use" in exported


def test_what_is_no_answer_is_not_exported(cli: Cli, tmp_path: Path) -> None:
    cli("ask", ANSWERED)
    (tmp_path / "no.json").write_text('{"question": "What?"}')
    status, out, error = cli("export", tmp_path / "no.json")
    assert (status, out) == (MISTAKE, "")
    assert one_sentence(error)


def test_a_form_goes_with_one_question_alone(cli: Cli) -> None:
    status, _, error = cli("ask", ANSWERED, "--format", "ris", "--json")
    assert (status, one_sentence(error)) == (MISTAKE, True)


def test_verify_accepts_a_saved_answer_and_names_a_changed_quote(cli: Cli, tmp_path: Path) -> None:
    saved = tmp_path / "answer.json"
    saved.write_text(cli("ask", ANSWERED, "--json")[1], "utf-8")
    status, out, _ = cli("verify", saved, "--source", CORPUS / "003_21a118f5011cff46.txt")
    assert status == DONE
    assert "quotes stand" in out
    answer = json.loads(saved.read_text("utf-8"))
    answer["citations"][0]["quote"] = answer["citations"][0]["quote"].replace("e", "a", 1)
    saved.write_text(json.dumps(answer), "utf-8")
    status, out, _ = cli("verify", saved)
    assert status == NO
    assert out.startswith("[1] “")


# ---------------------------------------------------------------- as a process


def test_a_reader_of_the_output_may_leave_early(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "qa", "documents"]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.close()
    _, errors = process.communicate(timeout=60)
    assert errors == b""


def test_help_names_every_command_of_the_contract(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == DONE
    shown = capsys.readouterr().out
    for command in ("add", "remove", "documents", "search", "ask", "verify", "eval", "serve", "check"):
        assert f"\n  {command} " in shown


def test_the_list_of_commands_says_what_each_says_of_itself() -> None:
    for name, (_, said) in main._COMMANDS.items():
        command = main.commands.get_command(click.Context(main.commands), name)
        assert command
        assert " ".join((command.help or "").split("\n\n")[0].split()) == said, name


def test_the_console_script_is_the_module(tmp_path: Path) -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "qa", "documents", "--json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(shown.stdout) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_under_the_output_is_one_sentence(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "qa", "documents"]
    with open("/dev/full", "w") as full:
        done = subprocess.run(command, cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == MISTAKE
    assert one_sentence(done.stderr)
    assert "No space left" in done.stderr


def test_what_was_understood_is_said_in_one_line_unless_told_not_to_expand(cli: Cli) -> None:
    for command in ("ask", "search"):
        out = cli(command, "cytokine limitiations")[1]
        assert out.startswith("Searched for limitations (typed: limitiations)")
        assert "Searched for" not in cli(command, "cytokine limitiations", "--no-expand")[1]


def test_earlier_questions_are_given_oldest_first_and_what_was_meant_is_said(cli: Cli) -> None:
    after = ("--after", "Is IFN-alpha used in lymphoma?", "--after", "And in melanoma?")
    _, out, _ = cli("ask", "what about IL-2?", *after)
    assert out.startswith("Taken to mean: Is IL-2 used in melanoma?")
    answer = json.loads(cli("ask", "what about IL-2?", *after, "--json")[1])
    assert (answer["question"], answer["query"]["resolved"]) == ("what about IL-2?", "Is IL-2 used in melanoma?")


def test_earlier_questions_are_for_one_question_not_for_a_file(cli: Cli, tmp_path: Path) -> None:
    status, _, error = cli("ask", "--questions", tmp_path / "none.jsonl", "--after", "Why?")
    assert status == MISTAKE
    assert one_sentence(error)
    assert "--after" in error
