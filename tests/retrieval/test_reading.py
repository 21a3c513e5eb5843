"""Reading: which passages are read and with which words, and how that changes the order of hits and sentences."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from qa.library import Library
from qa.models.reader import Reading, Scores
from qa.retrieval.settings import Ranking
from tests.support.models import WordEncoder

QUESTION = "What limits the use of high-dose IL-2?"


class LengthReader:
    """A PassageReader that scores long sentences higher, and records what it read."""

    sha256 = "3" * 64

    def __init__(self) -> None:
        self.seen: list[Reading] = []

    def read(self, passages: Sequence[Reading]) -> list[Scores]:
        self.seen += passages
        return [np.array([len(sentence) for sentence in one.sentences], np.float32) for one in passages]


def asked(library: Library, words: WordEncoder, reader: LengthReader, **settings: float) -> Library:
    return Library(library.path, encoder=words, ranking=Ranking(**settings), reader=reader)  # type: ignore[arg-type]


def test_the_first_passages_are_read_once_each_under_their_headings(library: Library, words: WordEncoder) -> None:
    plain, reader = library.retrieve(QUESTION, 4), LengthReader()
    with asked(library, words, reader, read=4) as again:
        again.retrieve(QUESTION)
    assert len(reader.seen) == 4
    for hit, read in zip(plain.hits, reader.seen, strict=True):
        assert read.head == ". ".join(part for part in (hit.title, hit.passage.section) if part)
        assert " ".join(read.sentences).split() == hit.text.split()


def test_it_raises_the_sentences_that_it_likes_and_keeps_what_it_made_of_them(
    library: Library, words: WordEncoder
) -> None:
    reader = LengthReader()
    with asked(library, words, reader, read=3, reader_weight=100.0) as again:
        found = again.retrieve(QUESTION)
    lengths = {len(sentence) for one in reader.seen for sentence in one.sentences}
    read = [one for one in found.sentences if one.log_odds is not None]
    assert {one.log_odds for one in read} == lengths
    assert [one.log_odds for one in read[:3]] == sorted(lengths, reverse=True)[:3]
    assert found.sentences[: len(read)] == read
    assert {one.rank for one in read} <= {1, 2, 3}


def test_hits_follow_their_best_sentence_and_fewer_hits_are_the_same_hits(library: Library, words: WordEncoder) -> None:
    with asked(library, words, LengthReader(), read=6, passage_reader_weight=100.0) as again:
        ten, three, twelve = (again.search(QUESTION, k) for k in (10, 3, 12))
    assert three == ten[:3] == twelve[:3]
    gains = [hit.scores["reader"] for hit in ten]
    assert gains[0] == max(gains) > 0 == gains[-1]
    assert [hit.score for hit in twelve] == sorted((hit.score for hit in twelve), reverse=True)


def test_reading_none_orders_nothing(library: Library, words: WordEncoder) -> None:
    reader = LengthReader()
    with asked(library, words, reader, read=0) as again:
        found = again.retrieve(QUESTION)
    assert not reader.seen
    assert not any("reader" in hit.scores for hit in found.hits)
    assert all(one.log_odds is None for one in found.sentences)
    plain = library.retrieve(QUESTION)
    assert [one.place for one in found.sentences] == [one.place for one in plain.sentences]


@pytest.mark.parametrize(
    ("text", "asked_of_it"),
    [
        ("Aldesleukin is toxic. It is given.", "Is aldesleukin toxic?"),
        ("IL-2 is toxic. It is given.", "Is IL-2 toxic?"),
    ],
)
def test_the_question_calls_a_thing_as_the_text_does(
    tmp_path: Path, words: WordEncoder, text: str, asked_of_it: str
) -> None:
    (tmp_path / "a.txt").write_text(text)
    reader = LengthReader()
    with Library(tmp_path / "library", encoder=words, reader=reader) as library:
        library.add([tmp_path / "a.txt"])
        library.ask("Is aldesleukin toxic?")
    (read,) = reader.seen
    assert read.question.lower() == asked_of_it.lower()
