"""Adding files to the store: which are found, the result of each, and what is encoded."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.errors import MissingPathError, NoOriginalError, NothingReadableError
from qa.indexing.embedding import embed, head
from qa.indexing.finding import find_files
from qa.indexing.ingest import Outcome, add_files
from qa.indexing.progress import Left, Progressed
from qa.readers.files import read
from qa.readers.reading_version import READING_VERSION
from qa.records import Document, Section
from qa.stores.base import Model, Vectors
from qa.stores.local.originals import ORIGINALS
from qa.stores.local.store import LocalStore
from tests.support.make_pdf import lines_at
from tests.support.models import WordEncoder

CATS = "The cat sleeps on the mat all day long.\n"
DOGS = "The dog runs in the park every morning.\n"
BIRDS = "The bird sings in the tree at dawn.\n"


class Recorder(WordEncoder):
    """Records every text it encodes; its limit of tokens can be set."""

    def __init__(self, max_tokens: int = WordEncoder.max_tokens) -> None:
        super().__init__()
        self.max_tokens = max_tokens
        self.texts: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.texts += texts
        return super().encode(texts)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "papers"
    made.mkdir()
    return made


@pytest.fixture
def store(tmp_path: Path, words: WordEncoder) -> Iterator[LocalStore]:
    model = Model(words.name, words.sha256, words.dimension)
    with closing(LocalStore.create(tmp_path / "library", model)) as made:
        yield made


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def silent(now: Progressed) -> None:
    """Report nothing."""


def add(files: Sequence[Path], store: LocalStore, encoder: WordEncoder) -> list[Outcome]:
    return list(add_files(files, store, encoder, silent))


def statuses(outcomes: Sequence[Outcome]) -> list[str]:
    return [outcome.status for outcome in outcomes]


def kept_texts(store: LocalStore) -> dict[str, str]:
    """Map the file name of every stored document to its text."""
    documents = [store.document(doc_id) for doc_id in store.document_ids()]
    return {document.source: document.text for document in documents}


# ---------------------------------------------------------------- which files


def test_a_missing_path_is_told_before_any_folder_is_looked_into(folder: Path) -> None:
    with pytest.raises(MissingPathError, match=r"gone\.txt"):
        find_files([folder, folder / "gone.txt"])


def test_a_folder_without_files_to_read_is_told(folder: Path) -> None:
    write(folder / "table.csv", "a,b")
    write(folder / "README.md", "notes")
    write(folder / ".hidden.txt", CATS)
    with pytest.raises(NothingReadableError, match=r"\.txt"):
        find_files([folder])


def test_files_in_folders_below_are_found_in_sorted_order(folder: Path) -> None:
    names = ["z.txt", "a.md", "m/b.TXT", "m/a.text", "m/deep/er/c.markdown", "b.docx", "c.csv", "d"]
    for name in names:
        write(folder / name, CATS)
    found = [str(path.relative_to(folder)) for path in find_files([folder])]
    assert found == ["a.md", "m/a.text", "m/b.TXT", "m/deep/er/c.markdown", "z.txt"]


def test_hidden_files_and_notes_are_passed_over_in_folders(folder: Path) -> None:
    for name in ("README.md", "readme.txt", "LICENSE.txt", "Licence.md", "NOTICE.txt", ".a.txt", ".git/b.txt"):
        write(folder / name, CATS)
    paper = write(folder / "paper.txt", CATS)
    assert find_files([folder]) == [paper]


def test_a_folder_whose_own_name_is_hidden_or_a_note_is_read_when_named(folder: Path) -> None:
    paper = write(folder / ".cache" / "README" / "paper.txt", CATS)
    assert find_files([folder / ".cache"]) == [paper]
    assert find_files([folder / ".cache" / "README"]) == [paper]


@pytest.mark.parametrize("name", ["README.md", "LICENSE.txt", "NOTICE", ".hidden.txt", "table.csv"])
def test_any_file_is_taken_when_it_is_named(folder: Path, name: str) -> None:
    file = write(folder / name, CATS)
    assert find_files([file]) == [file]


def test_each_file_is_found_once_however_often_it_is_named(folder: Path) -> None:
    first, second = write(folder / "a.txt", CATS), write(folder / "sub" / "b.txt", DOGS)
    roundabout = folder / "sub" / ".." / "a.txt"
    found = find_files([first, first, folder, folder / "sub", roundabout])
    assert [path.resolve() for path in found] == [first.resolve(), second.resolve()]


def test_a_link_to_a_file_is_that_file(folder: Path) -> None:
    file = write(folder / "a.txt", CATS)
    (folder / "b.txt").symlink_to(file)
    assert [path.resolve() for path in find_files([folder])] == [file.resolve()]


def test_a_link_to_nothing_fails_alone(folder: Path, store: LocalStore, words: WordEncoder) -> None:
    (folder / "a.txt").symlink_to(folder / "gone.txt")
    write(folder / "b.txt", CATS)
    outcomes = add(find_files([folder]), store, words)
    assert [(o.path.name, o.status) for o in outcomes] == [("a.txt", "failed"), ("b.txt", "added")]


# ---------------------------------------------------------------- the result of each


def test_new_files_are_added(folder: Path, store: LocalStore, words: WordEncoder) -> None:
    files = [write(folder / "a.txt", CATS), write(folder / "b.txt", DOGS)]
    outcomes = add(files, store, words)
    documents = [replace(read(file), reader_version=READING_VERSION) for file in files]
    assert outcomes == [
        Outcome(files[0], "added", documents[0].doc_id, 1),
        Outcome(files[1], "added", documents[1].doc_id, 1),
    ]
    assert [store.document(document.doc_id) for document in documents] == documents
    assert dict(store.index.passage_counts()) == {document.doc_id: 1 for document in documents}


def test_a_file_as_it_was_is_unchanged_and_not_encoded(folder: Path, store: LocalStore, words: WordEncoder) -> None:
    files = [write(folder / "a.txt", CATS), write(folder / "b.txt", DOGS)]
    add(files, store, words)
    encoded, generation = words.encoded, store.generation
    assert statuses(add(files, store, words)) == ["unchanged", "unchanged"]
    assert (words.encoded, store.generation) == (encoded, generation)


def test_a_file_with_other_content_is_changed_and_its_old_text_gone(
    folder: Path, store: LocalStore, words: WordEncoder
) -> None:
    file = write(folder / "a.txt", CATS)
    add([file], store, words)
    write(file, DOGS)
    (outcome,) = add([file], store, words)
    assert outcome == Outcome(file, "changed", read(file).doc_id, 1)
    assert kept_texts(store) == {"a.txt": DOGS.strip()}
    assert store.index.search_lexical(["cat"], 5) == {}
    assert len(store.index.search_lexical(["dog"], 5)) == 1


@pytest.mark.parametrize("copy", ["other/a.txt", "b.txt"], ids=["same name", "another name"])
def test_the_same_content_in_another_file_is_unchanged_and_not_encoded(
    folder: Path, store: LocalStore, words: WordEncoder, copy: str
) -> None:
    first, second = write(folder / "a.txt", CATS), write(folder / copy, CATS)
    add([first], store, words)
    encoded = words.encoded
    (outcome,) = add([second], store, words)
    assert outcome == Outcome(second, "unchanged", read(first).doc_id)
    assert words.encoded == encoded
    assert store.paths(read(first).doc_id) == sorted([str(first.resolve()), str(second.resolve())])
    assert statuses(add([first, second], store, words)) == ["unchanged", "unchanged"]


def test_the_same_content_in_two_files_goes_only_with_the_second_of_them(
    folder: Path, store: LocalStore, words: WordEncoder
) -> None:
    first, second = write(folder / "a.txt", CATS), write(folder / "other" / "a.txt", CATS)
    assert statuses(add([first, second], store, words)) == ["added", "unchanged"]
    write(first, DOGS)
    assert statuses(add([first, second], store, words)) == ["changed", "unchanged"]
    assert set(store.index.search_lexical(["cat"], 5).values()) != set()
    write(second, DOGS)
    assert statuses(add([first, second], store, words)) == ["unchanged", "unchanged"]
    assert kept_texts(store) == {"a.txt": DOGS.strip()}
    assert store.index.search_lexical(["cat"], 5) == {}


def test_two_files_that_swap_their_texts_are_both_kept(folder: Path, store: LocalStore, words: WordEncoder) -> None:
    first, second = write(folder / "a.txt", CATS), write(folder / "b.txt", DOGS)
    add([first, second], store, words)
    write(first, DOGS)
    write(second, CATS)
    assert len(add([first, second], store, words)) == 2
    kept = [store.document(doc_id).text for doc_id in store.document_ids()]
    assert sorted(kept) == [CATS.strip(), DOGS.strip()]


def test_a_text_moved_to_a_new_file_in_the_same_run_is_kept(
    folder: Path, store: LocalStore, words: WordEncoder
) -> None:
    first = write(folder / "a.txt", CATS)
    add([first], store, words)
    write(first, DOGS)
    second = write(folder / "b.txt", CATS)
    assert statuses(add([first, second], store, words)) == ["changed", "added"]
    assert kept_texts(store) == {"a.txt": DOGS.strip(), "b.txt": CATS.strip()}


MOVES = st.lists(
    st.lists(st.sampled_from([CATS, DOGS, BIRDS]), min_size=3, max_size=3).map(tuple), min_size=1, max_size=4
)


@settings(deadline=None, max_examples=15)
@given(runs=MOVES)
def test_after_each_run_exactly_the_texts_in_the_files_are_kept(
    tmp_path_factory: pytest.TempPathFactory, runs: list[tuple[str, ...]]
) -> None:
    words, folder = WordEncoder(), tmp_path_factory.mktemp("runs")
    with closing(LocalStore.create(folder / "library", Model("words", words.sha256, words.dimension))) as store:
        for texts in runs:
            files = [write(folder / name, text) for name, text in zip(("a.txt", "b.txt", "c.txt"), texts, strict=True)]
            assert "failed" not in statuses(add(files, store, words))
            kept = [store.document(doc_id).text for doc_id in store.document_ids()]
            assert sorted(kept) == sorted({text.strip() for text in texts})


def test_a_deleted_document_is_added_again(folder: Path, store: LocalStore, words: WordEncoder) -> None:
    file = write(folder / "a.txt", CATS)
    add([file], store, words)
    store.delete(read(file).doc_id)
    assert statuses(add([file], store, words)) == ["added"]
    assert kept_texts(store) == {"a.txt": CATS.strip()}


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("b.docx", b"%PDF-1.7", "does not read"),
        ("b.txt", b"", "no text"),
        ("b.txt", b" \n\n ", "no text"),
        ("b.txt", b"\x00\x01\x02 binary", "not text"),
    ],
)
def test_a_file_that_cannot_be_read_fails_with_a_reason_and_the_others_are_added(
    folder: Path, store: LocalStore, words: WordEncoder, name: str, content: bytes, reason: str
) -> None:
    files = [write(folder / "a.txt", CATS), folder / name, write(folder / "c.txt", DOGS)]
    files[1].write_bytes(content)
    outcomes = add(files, store, words)
    assert statuses(outcomes) == ["added", "failed", "added"]
    assert reason in (outcomes[1].reason or "")
    assert str(files[1]) in (outcomes[1].reason or "")
    assert kept_texts(store) == {"a.txt": CATS.strip(), "c.txt": DOGS.strip()}


def test_a_file_that_is_gone_or_a_folder_fails_and_the_others_are_added(
    folder: Path, store: LocalStore, words: WordEncoder
) -> None:
    (folder / "dir.txt").mkdir()
    files = [folder / "gone.txt", folder / "dir.txt", write(folder / "c.txt", DOGS)]
    assert statuses(add(files, store, words)) == ["failed", "failed", "added"]


def test_a_file_that_can_no_longer_be_read_keeps_what_was_read_of_it(
    folder: Path, store: LocalStore, words: WordEncoder
) -> None:
    file = write(folder / "a.txt", CATS)
    add([file], store, words)
    file.write_bytes(b"\x00")
    assert statuses(add([file], store, words)) == ["failed"]
    assert kept_texts(store) == {"a.txt": CATS.strip()}


@pytest.mark.skipif(sys.platform != "linux", reason="only there are file names bytes")
def test_a_file_whose_name_is_not_utf8_does_not_end_the_work(
    folder: Path, store: LocalStore, words: WordEncoder
) -> None:
    odd = Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.txt"))
    odd.write_text(CATS, "utf-8")
    files = [odd, write(folder / "z.txt", DOGS)]
    outcomes = add(files, store, words)
    assert statuses(outcomes)[1] == "added"
    assert DOGS.strip() in kept_texts(store).values()


def sidecar(folder: Path, *fields: str) -> None:
    write(folder / "sources.toml", "\n".join(["[[source]]", 'file = "a.txt"', *fields]))


def test_what_the_sidecar_says_anew_is_read_anew(folder: Path, store: LocalStore, words: WordEncoder) -> None:
    files = [write(folder / "a.txt", CATS), write(folder / "b.txt", DOGS)]
    add(files, store, words)
    sidecar(folder, 'title = "On Cats"', "year = 2019")
    assert statuses(add(files, store, words)) == ["changed", "unchanged"]
    document = store.document(read(files[0]).doc_id)
    assert (document.title, document.year) == ("On Cats", 2019)
    assert statuses(add(files, store, words)) == ["unchanged", "unchanged"]
    (folder / "sources.toml").unlink()
    assert statuses(add(files, store, words)) == ["changed", "unchanged"]
    assert store.document(document.doc_id).title is None


def test_a_broken_sidecar_fails_its_files_with_a_reason(folder: Path, store: LocalStore, words: WordEncoder) -> None:
    inside, outside = write(folder / "a.txt", CATS), write(folder / "other" / "b.txt", DOGS)
    sidecar(folder, "year = nineteen")
    outcomes = add([inside, outside], store, words)
    assert statuses(outcomes) == ["failed", "added"]
    assert "sources.toml" in (outcomes[0].reason or "")


def test_progress_tells_each_file_and_stage(folder: Path, store: LocalStore, words: WordEncoder) -> None:
    files = [write(folder / "a.txt", CATS), folder / "gone.txt", write(folder / "c.txt", DOGS)]
    add(files[2:], store, words)
    told: list[tuple[int, int, str, str]] = []
    list(add_files(files, store, words, lambda now: told.append((now.done, now.total, now.path.name, now.stage))))
    assert told == [
        (0, 3, "a.txt", "reading"),
        (0, 3, "a.txt", "embedding"),
        (1, 3, "gone.txt", "reading"),
        (2, 3, "c.txt", "reading"),
        (3, 3, "c.txt", "done"),
    ]


def test_progress_counts_passages_and_reckons_the_rest_from_the_sizes_of_files(
    folder: Path, store: LocalStore, words: WordEncoder
) -> None:
    files = [write(folder / f"{number}.txt", f"{CATS}\n\nIt is number {number}.") for number in range(4)]
    told: list[Progressed] = []
    outcomes = list(add_files(files, store, words, told.append))
    each = outcomes[0].passages
    assert [(one.passages, one.expected) for one in told if one.stage == "reading"] == [
        (0, None),
        *((n * each, 4 * each) for n in (1, 2, 3)),
    ]
    assert [one.share for one in told[::2]] == [0.0, 0.25, 0.5, 0.75, 1.0]
    assert told[-1].words("3.txt") == "writing the search index"


def test_the_time_that_is_left_is_said_in_round_words(monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter([100.0, 130.0, 130.0, 400.0])
    monkeypatch.setattr("qa.indexing.progress.monotonic", lambda: next(now))
    left = Left()
    assert [left.words(share) for share in (0.0, 0.5, 0.9, 0.05, 1.0)] == [
        "",
        "about 30 s left",
        "about 10 s left",
        "about 1 h 35 min left",
        "",
    ]


@pytest.mark.parametrize("ahead", [1, 2, 5])
def test_files_read_ahead_become_what_they_do_one_after_another(
    folder: Path, store: LocalStore, words: WordEncoder, ahead: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.indexing.ingest.AHEAD", ahead)
    texts = [CATS, DOGS, "", BIRDS, DOGS, f"{CATS}{BIRDS}"]
    files = [write(folder / f"{number}.txt", text) for number, text in enumerate(texts)]
    assert statuses(add(files, store, words)) == ["added", "added", "failed", "added", "unchanged", "added"]
    # The text of 0.txt moves to 3.txt. It is stored at first, but gone when it is 3.txt's turn.
    write(files[0], "The mouse hides.\n")
    write(files[3], CATS)
    assert statuses(add(files, store, words)) == ["changed", "unchanged", "failed", "changed", "unchanged", "unchanged"]
    kept = {store.document(doc_id).source: store.document(doc_id).text for doc_id in store.document_ids()}
    assert kept == {"0.txt": "The mouse hides.", "1.txt": DOGS.strip(), "3.txt": CATS.strip(), "5.txt": kept["5.txt"]}
    entries = {entry.document.source: entry for entry in map(store.entry, store.document_ids())}
    assert np.allclose(entries["3.txt"].passage_vectors[0], words.encode_question(CATS))


def test_the_next_file_is_encoded_before_the_present_one_is_stored(
    folder: Path, store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.indexing.ingest.AHEAD", 2)
    second = Event()

    class Signalling(WordEncoder):
        def encode(self, texts: Sequence[str]) -> Vectors:
            if "dog" in texts[0]:
                second.set()
            else:
                assert second.wait(60)
            return super().encode(texts)

    files = [write(folder / "a.txt", CATS), write(folder / "b.txt", DOGS)]
    assert statuses(add(files, store, Signalling())) == ["added", "added"]


def test_no_files_are_no_work(store: LocalStore, words: WordEncoder) -> None:
    assert add([], store, words) == []
    assert store.generation == 0


# ---------------------------------------------------------------- what is encoded


def made_document(title: str | None, *sections: tuple[tuple[str, ...], str]) -> Document:
    """A document with these sections, each given as its path of headings and its text."""
    text, placed = "", []
    for path, body in sections:
        start = len(text)
        text += body
        placed.append(Section(path, start, len(text)))
        text += "\n\n"
    return Document(
        doc_id="d" * 16,  # type: ignore[arg-type]
        source="a.txt",
        text=text.rstrip("\n"),
        sections=tuple(placed),
        pages=(),
        sha256="d" * 64,
        source_sha256="e" * 64,
        title=title,
    )


def test_each_sentence_is_encoded_alone_and_each_heading_once() -> None:
    encoder = Recorder()
    document = made_document(
        "On Cats", (("Results", "Sleep"), "Cats sleep a lot. Dogs run fast."), (("Results", "Sleep"), "Birds fly high.")
    )
    entry = embed(document, encoder)
    assert encoder.texts == [
        "Cats sleep a lot.",
        "Dogs run fast.",
        "Birds fly high.",
        "On Cats. Results › Sleep.",
    ]
    assert [(passage.start, passage.end, passage.section) for passage in entry.passages] == [
        (0, 32, "Results › Sleep"),
        (34, 49, "Results › Sleep"),
    ]
    assert entry.sentences == [(0, 17), (18, 32), (34, 49)]


@pytest.mark.parametrize(
    ("title", "path", "expected"),
    [
        (None, (), ""),
        ("On Cats", (), "On Cats."),
        (None, ("Results",), "Results."),
        ("On Cats", ("Results", "Sleep"), "On Cats. Results › Sleep."),
        ("CO₂", ("Dose",), "CO2. Dose."),
    ],
)
def test_the_head_has_the_title_and_the_headings_that_there_are(
    title: str | None, path: tuple[str, ...], expected: str
) -> None:
    encoder = Recorder()
    document = made_document(title, (path, "Cats sleep a lot."))
    assert head(document, document.sections[0].name) == expected
    embed(document, encoder)
    assert encoder.texts == ["Cats sleep a lot.", *([expected] if expected else [])]


class Compass(Recorder):
    """Each known text points along its own axis."""

    dimension = 4
    directions: ClassVar[dict[str, int]] = {"A b.": 0, "Cc dd ee ff.": 1, "Head.": 2}

    def encode(self, texts: Sequence[str]) -> Vectors:
        return np.eye(4, dtype=np.float32)[[self.directions[text] for text in texts]]


def test_a_passage_is_the_sum_of_its_sentences_by_their_tokens_and_of_its_head() -> None:
    entry = embed(made_document(None, (("Head",), "A b. Cc dd ee ff.")), Compass())
    # Sentences of two and four tokens: (2, 4) / sqrt(20). The head adds .6, so the sum has length sqrt(1.36).
    by_hand = np.array([2 / 20**0.5, 4 / 20**0.5, 0.6, 0.0]) / 1.36**0.5
    assert np.allclose(entry.passage_vectors, [by_hand], atol=1e-6)
    assert np.array_equal(entry.sentence_vectors, np.eye(4)[:2])
    without = embed(made_document(None, (("Head",), "A b. Cc dd ee ff.")), Compass(), head_weight=0.0)
    assert np.allclose(without.passage_vectors, [[2 / 20**0.5, 4 / 20**0.5, 0, 0]], atol=1e-6)


def test_a_sentence_that_leans_on_the_one_before_is_encoded_after_it() -> None:
    encoder = Recorder()
    embed(made_document(None, ((), "Cats sleep a lot. They also eat mice.")), encoder)
    assert encoder.texts == ["Cats sleep a lot.", "Cats sleep a lot. They also eat mice."]


def test_superscripts_are_encoded_as_they_are_typed() -> None:
    encoder = Recorder()
    embed(made_document("CO₂", (("Dose",), "10⁵ spores a m².")), encoder)
    assert encoder.texts == ["10^5 spores a m2.", "CO2. Dose."]


def test_the_same_text_is_encoded_once() -> None:
    encoder = Recorder()
    entry = embed(made_document(None, ((), "Cats sleep a lot.")), encoder)
    assert encoder.texts == ["Cats sleep a lot."]
    assert np.array_equal(entry.passage_vectors, entry.sentence_vectors)


def test_what_is_known_is_not_encoded_again() -> None:
    first, second = Recorder(), Recorder()
    before = embed(made_document("On Cats", (("Sleep",), "Cats sleep a lot. Dogs run fast.")), first)
    known = dict(zip(before.sentence_keys, -before.sentence_vectors, strict=True))
    after = embed(
        made_document("On Cats", (("Sleep",), "Cats sleep a lot. Birds fly high.")),
        second,
        lambda keys: {key: known[key] for key in keys if key in known},
    )
    assert second.texts == ["Birds fly high.", "On Cats. Sleep."]
    assert np.array_equal(after.sentence_vectors[0], known[before.sentence_keys[0]])


def test_of_a_changed_file_only_what_is_new_is_encoded(folder: Path, store: LocalStore, words: WordEncoder) -> None:
    sentences = [f"Cats sleep {n} hours a day." for n in range(9)]
    add([write(folder / "a.txt", " ".join(sentences))], store, words)
    sentences[4] = "Cats never sleep by night."
    words.encoded = 0
    (changed,) = add([write(folder / "a.txt", " ".join(sentences))], store, words)
    assert changed.status == "changed"
    assert words.encoded == 1


def test_a_leaning_sentence_is_encoded_alone_where_another_section_precedes_it() -> None:
    encoder = Recorder()
    embed(made_document(None, (("A",), "Cats sleep a lot."), (("B",), "They also eat mice.")), encoder)
    assert encoder.texts[:2] == ["Cats sleep a lot.", "They also eat mice."]


def test_a_leaning_sentence_is_encoded_alone_where_both_do_not_fit() -> None:
    encoder = Recorder(max_tokens=10)
    embed(made_document(None, ((), "One two three four five six. They eat seven mice now.")), encoder)
    assert encoder.texts[-2:] == ["One two three four five six.", "They eat seven mice now."]


LONG_SENTENCES = st.lists(st.integers(1, 60), min_size=1, max_size=12).map(
    lambda counts: " ".join("Word" + " word" * (count - 1) + "." for count in counts)
)
HEADINGS = st.lists(st.text("ab ", max_size=40), max_size=3).map(tuple)


@settings(deadline=None, max_examples=60)
@given(
    title=st.none() | st.text("xyz ", max_size=300),
    sections=st.lists(st.tuples(HEADINGS, LONG_SENTENCES), min_size=1, max_size=3),
    max_tokens=st.integers(5, 300),
)
def test_no_sentence_that_is_encoded_is_longer_than_the_window(
    title: str | None, sections: list[tuple[tuple[str, ...], str]], max_tokens: int
) -> None:
    encoder = Recorder(max_tokens)
    entry = embed(made_document(title, *sections), encoder)
    heads = {head(entry.document, passage.section) for passage in entry.passages}
    assert max(len(text.split()) for text in set(encoder.texts) - heads) <= max_tokens
    assert entry.passage_vectors.shape == (len(entry.passages), WordEncoder.dimension)
    assert entry.sentence_vectors.shape == (len(entry.sentences), WordEncoder.dimension)


@settings(deadline=None, max_examples=60)
@given(text=st.text(min_size=1, max_size=300), max_tokens=st.integers(5, 300))
def test_every_word_of_any_text_lies_in_a_passage_and_in_a_sentence(text: str, max_tokens: int) -> None:
    entry = embed(made_document(None, ((), text)), Recorder(max_tokens))
    kept = entry.document.text
    in_passages = {n for passage in entry.passages for n in range(passage.start, passage.end)}
    in_sentences = {n for start, end in entry.sentences for n in range(start, end)}
    visible = {n for n, character in enumerate(kept) if not character.isspace()}
    assert visible <= in_passages
    assert visible <= in_sentences
    assert len(entry.passage_vectors) == len(entry.passages)
    assert len(entry.sentence_vectors) == len(entry.sentences)


def test_vectors_are_in_the_order_of_their_passages_and_sentences() -> None:
    encoder = Recorder()
    text = " ".join(f"Number{n} is a thing with a number of its own here." for n in range(40))
    entry = embed(made_document(None, ((), text)), encoder)
    assert len(entry.passages) > 2
    for passage, vector in zip(entry.passages, entry.passage_vectors, strict=True):
        assert np.allclose(vector, encoder.encode_question(text[passage.start : passage.end]))
    for (start, end), vector in zip(entry.sentences, entry.sentence_vectors, strict=True):
        assert np.array_equal(vector, encoder.encode_question(text[start:end]))


@pytest.mark.parametrize("role", ["boilerplate", "references"])
def test_a_document_without_evidence_has_no_passages(role: str) -> None:
    document = Document(
        doc_id="d" * 16,  # type: ignore[arg-type]
        source="a.txt",
        text="Cats sleep a lot.",
        sections=(Section((), 0, 17, role),),  # type: ignore[arg-type]
        pages=(),
        sha256="d" * 64,
        source_sha256="e" * 64,
        title="On Cats",
    )
    entry = embed(document, Recorder())
    assert (list(entry.passages), list(entry.sentences)) == ([], [])
    assert entry.passage_vectors.shape == entry.sentence_vectors.shape == (0, WordEncoder.dimension)


def test_of_a_pdf_the_file_itself_is_kept_and_of_no_other(folder: Path, store: LocalStore, words: WordEncoder) -> None:
    pdf = lines_at([(72, 600, CATS.strip())])
    (folder / "cats.pdf").write_bytes(pdf)
    (folder / "named otherwise.txt").write_bytes(lines_at([(72, 600, BIRDS.strip())]))
    write(folder / "dogs.txt", DOGS)
    outcomes = {outcome.path.name: outcome.doc_id for outcome in add(find_files([folder]), store, words)}
    assert store.original(outcomes["cats.pdf"]) == pdf
    assert store.original(outcomes["named otherwise.txt"]).startswith(b"%PDF-")
    with pytest.raises(NoOriginalError):
        store.original(outcomes["dogs.txt"])


def test_adding_a_pdf_again_brings_back_what_was_not_kept_of_it(
    folder: Path, store: LocalStore, words: WordEncoder
) -> None:
    pdf = lines_at([(72, 600, CATS.strip())])
    (folder / "cats.pdf").write_bytes(pdf)
    (first,) = add(find_files([folder]), store, words)
    for original in (store._folder / ORIGINALS).iterdir():
        original.unlink()
    (again,) = add(find_files([folder]), store, words)
    assert (first.status, again.status) == ("added", "unchanged")
    assert store.original(first.doc_id) == pdf
