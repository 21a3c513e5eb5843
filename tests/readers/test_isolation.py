"""Reading in a separate process: the result is the same, and the limits hold."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.errors import UnreadableFileError
from qa.readers.blocks import Block, NotReadable, Reading
from qa.readers.files import parse, read
from qa.readers.isolation import Limits, from_form, parse_isolated, to_form
from qa.records import Mention, Reference
from tests.support.places import CORPUS

pytestmark = pytest.mark.isolated

HTML = b"<html><body><p>IL-2 is toxic at high doses, which limits its use in the clinic.</p></body></html>"

texts = st.text(max_size=20)
optional = st.none() | texts
blocks = st.builds(
    Block,
    texts,
    st.integers(0, 6),
    st.sampled_from(["body", "front", "boilerplate", "references"]),
    st.lists(st.tuples(st.integers(0, 9), st.integers(1, 9)), max_size=2).map(tuple),
    st.lists(st.builds(Mention, st.integers(0, 9), st.integers(0, 9), texts), max_size=2).map(tuple),
)
readings = st.builds(
    Reading,
    st.lists(blocks, max_size=4),
    st.fixed_dictionaries(
        {}, optional={"title": texts, "year": st.integers(1900, 2100), "authors": st.just(("A", "B"))}
    ),
    st.lists(st.builds(Reference, texts, texts, optional, optional, optional), max_size=2).map(tuple),
)


@settings(deadline=None)
@given(readings)
def test_a_reading_survives_its_json_form(reading: Reading) -> None:
    assert from_form(to_form(reading)) == reading


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*.txt")), ids=lambda path: path.name[:3])
def test_the_process_reads_what_this_one_reads(path: Path) -> None:
    data = path.read_bytes()
    assert parse_isolated(data, ".txt") == parse(data, ".txt")


def test_a_page_is_read_in_the_process_too() -> None:
    assert parse_isolated(HTML, ".html") == parse(HTML, ".html")


def test_what_a_reader_refuses_keeps_its_status_and_reason() -> None:
    with pytest.raises(NotReadable) as here:
        parse(b" \n", ".txt")
    with pytest.raises(NotReadable) as there:
        parse_isolated(b" \n", ".txt")
    assert there.value.args == here.value.args


def test_wall_time_ends_the_process() -> None:
    with pytest.raises(NotReadable) as refused:
        parse_isolated(HTML, ".html", Limits(wall_s=0.01))
    assert refused.value.status == "too_slow"


def test_processor_time_ends_the_process() -> None:
    # A large text with lines as long as sentences keeps the reader busy for far longer than a second.
    data = b"Cytokines act on tumors in many ways that depend on the dose.\n\n" * 300_000
    with pytest.raises(NotReadable) as refused:
        parse_isolated(data, ".txt", Limits(cpu_s=1))
    assert refused.value.status == "too_slow"


def test_memory_is_limited() -> None:
    with pytest.raises(NotReadable) as refused:
        parse_isolated(b"word " * 4_000_000, ".txt", Limits(memory_bytes=120_000_000))
    assert refused.value.status in ("too_big", "malformed")


def test_output_is_limited() -> None:
    with pytest.raises(NotReadable):
        parse_isolated(b"A sentence of a text.\n\n" * 1000, ".txt", Limits(output_bytes=1000))


def test_more_text_than_can_be_kept_is_too_big(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.readers.files.MAX_TEXT_CHARACTERS", 10)
    with pytest.raises(NotReadable) as refused:
        parse(b"More than ten characters.", ".txt")
    assert refused.value.status == "too_big"


def test_a_file_is_read_in_a_process_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text("IL-2 is toxic.")
    monkeypatch.setattr("qa.readers.files.parse", None)  # this process can no longer parse
    assert read(tmp_path / "a.txt").text == "IL-2 is toxic."


def test_the_status_reaches_the_caller(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\x00\x01")
    with pytest.raises(UnreadableFileError) as refused:
        read(tmp_path / "a.txt")
    assert refused.value.status == "malformed"


def test_a_module_in_the_working_folder_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('run from the working folder')")
    monkeypatch.chdir(tmp_path)
    assert parse_isolated(b"IL-2 is toxic.", ".txt").blocks
