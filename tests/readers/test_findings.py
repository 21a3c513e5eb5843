"""Files that fuzzing found, and similar ones: each gives a valid Document or an intended refusal."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eval.stress.reading.fuzz_seeds import SEEDS
from eval.stress.reading.fuzz_words import SUFFIXES, TOKENS
from eval.stress.reading.soundness import fault_of, minimised
from tests.support.places import ROOT

FINDINGS = sorted((ROOT / "tests" / "readers" / "findings").iterdir())


@pytest.mark.parametrize("path", FINDINGS, ids=lambda path: path.name)
def test_a_finding_stays_mended(path: Path) -> None:
    assert fault_of(path.read_bytes(), path.suffix) is None


@pytest.mark.parametrize("name", SEEDS)
def test_the_seeds_of_the_fuzzing_are_sound(name: str) -> None:
    assert [fault_of(data, SUFFIXES[name]) for data in SEEDS[name]()] == [None] * len(SEEDS[name]())


some = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize("name", SEEDS)
@some
@given(st.data())
def test_words_of_a_format_in_any_order_are_read_or_refused(name: str, data: st.DataObject) -> None:
    word = st.sampled_from(TOKENS[name]) | st.text(max_size=8).map(lambda text: text.encode()) | st.binary(max_size=4)
    assert fault_of(b"".join(data.draw(st.lists(word, max_size=40))), SUFFIXES[name]) is None


@pytest.mark.parametrize("name", SEEDS)
@some
@given(st.data())
def test_a_file_with_words_put_in_is_read_or_refused(name: str, data: st.DataObject) -> None:
    changed = data.draw(st.sampled_from(SEEDS[name]()))
    for word in data.draw(st.lists(st.sampled_from(TOKENS[name]), max_size=4)):
        start = data.draw(st.integers(0, len(changed)))
        changed = changed[:start] + word + changed[start + data.draw(st.integers(0, 20)) :]
    assert fault_of(changed, SUFFIXES[name]) is None


# ---------------------------------------------------------------- the judge notices


def test_an_exception_that_no_reader_foresaw_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.readers.plain.read_plain", None)
    assert fault_of(b"IL-2 works.", ".txt") == "TypeError in readers/plain.py:read"


def test_an_exception_of_our_own_behind_a_refusal_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.readers.pdf.reader.lay_out", None)
    assert fault_of(SEEDS["pdf"]()[0], ".pdf") == "TypeError in readers/pdf/reader.py:_reading"


@pytest.mark.parametrize(("data", "suffix"), [(b"", ".txt"), (b"%PDF-", ".pdf"), (b"<article", ".xml")])
def test_a_refusal_that_a_reader_meant_is_no_fault(data: bytes, suffix: str) -> None:
    assert fault_of(data, suffix) is None


def test_an_unsound_text_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.readers.plain.collapse", lambda text: text)
    assert fault_of("two\x9b words".encode(), ".txt") == "text: holds a control character or half a character"


def test_what_does_not_matter_for_a_fault_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.readers.plain.collapse", lambda text: text)
    assert minimised("a word or two \x9b and more".encode(), ".txt") == "\x9ba".encode()
