"""qa.indexing.chunking: from a Document to sentences, and from sentences to passages."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa.indexing.chunking import CountTokens, Limits, Sentence, passages, quotable_sentences
from qa.readers.blocks import Block, assemble
from qa.readers.files import read
from qa.records import EVIDENCE_ROLES, Document, Passage, Role
from tests.support.places import CORPUS

LIMITS = Limits()
SMALL = Limits(words=12, characters=80, tokens=10)


def count_words(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]


def count_letters(texts: Sequence[str]) -> list[int]:
    """Count one token per character except white space, as for a script that the model does not know."""
    return [len("".join(text.split())) for text in texts]


def document_of(*blocks: Block) -> Document:
    return assemble(blocks, source="made.txt", data=b"", metadata={})


def sentence_of(words: int, length: int = 4) -> str:
    """A sentence with this number of words of this length; it has words * (length + 1) characters."""
    return " ".join(["W".ljust(length, "o")] * words) + "."


def cut(document: Document, limits: Limits = LIMITS, count_tokens: CountTokens = count_words) -> list[Passage]:
    return passages(document, quotable_sentences(document, limits, count_tokens), limits)


def cut_into(limits: Limits, *sentences: str) -> list[str]:
    """The passage texts of one paragraph with these sentences."""
    document = document_of(Block(" ".join(sentences)))
    return texts(document, cut(document, limits))


def texts(document: Document, spans: Sequence[Sentence] | Sequence[Passage]) -> list[str]:
    return [document.text[span.start : span.end] for span in spans]


# ---------------------------------------------------------------- properties of any document

short_sentences = st.lists(st.text("abc", min_size=1, max_size=9), min_size=1, max_size=15).map(
    lambda words: " ".join(words).capitalize() + "."
)
long_sentences = st.integers(1, 300).map(sentence_of)
unbroken = st.integers(1, 2_500).map("x".__mul__)
paragraphs = st.lists(st.one_of(short_sentences, long_sentences, unbroken), min_size=1, max_size=6).map(" ".join)
blocks = st.one_of(
    st.builds(Block, paragraphs, role=st.sampled_from(["body", "body", *get_args(Role)])),
    st.builds(Block, paragraphs),
    st.builds(Block, st.sampled_from(["Results", "Toxicity", "References"]), level=st.integers(1, 3)),
)
documents = st.lists(blocks, max_size=8).map(lambda made: document_of(*made))
any_limits = st.sampled_from([LIMITS, SMALL])
any_count = st.sampled_from([count_words, count_letters])

thorough = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@thorough
@given(documents, any_limits, any_count)
def test_each_passage_lies_in_one_section_that_may_be_evidence(
    document: Document, limits: Limits, count_tokens: CountTokens
) -> None:
    for passage in cut(document, limits, count_tokens):
        (home,) = [s for s in document.sections if s.start <= passage.start < passage.end <= s.end]
        assert home.role in EVIDENCE_ROLES
        assert (passage.section, passage.doc_id, passage.page) == (home.name, document.doc_id, None)


@thorough
@given(documents, any_limits, any_count)
def test_no_passage_passes_the_limits_of_characters_and_tokens(
    document: Document, limits: Limits, count_tokens: CountTokens
) -> None:
    cut_texts = texts(document, cut(document, limits, count_tokens))
    assert all(0 < len(text) <= limits.characters for text in cut_texts)
    assert all(tokens <= limits.tokens for tokens in count_tokens(cut_texts))


@thorough
@given(documents, any_limits, any_count)
def test_a_passage_of_more_than_one_sentence_keeps_to_the_aimed_words(
    document: Document, limits: Limits, count_tokens: CountTokens
) -> None:
    alone = set(texts(document, quotable_sentences(document, limits, count_tokens)))
    for text in texts(document, cut(document, limits, count_tokens)):
        assert len(text.split()) <= limits.words or text in alone


@thorough
@given(documents, any_limits, any_count)
def test_each_quotable_sentence_lies_whole_in_one_or_two_passages(
    document: Document, limits: Limits, count_tokens: CountTokens
) -> None:
    found = cut(document, limits, count_tokens)
    for sentence in quotable_sentences(document, limits, count_tokens):
        holders = [p for p in found if p.start <= sentence.start and sentence.end <= p.end]
        assert len(holders) in (1, 2)


@thorough
@given(documents, any_limits, any_count)
def test_neighbours_share_at_most_one_sentence_and_none_holds_another(
    document: Document, limits: Limits, count_tokens: CountTokens
) -> None:
    sentences = quotable_sentences(document, limits, count_tokens)
    for first, second in pairwise(cut(document, limits, count_tokens)):
        assert first.start < second.start
        assert first.end < second.end
        assert sum(second.start <= sentence.start < first.end for sentence in sentences) <= 1


@thorough
@given(documents, any_limits, any_count)
def test_the_passages_drop_nothing_of_the_evidence_and_hold_nothing_else(
    document: Document, limits: Limits, count_tokens: CountTokens
) -> None:
    evidence = {i for s in document.sections if s.role in EVIDENCE_ROLES for i in range(s.start, s.end)}
    held = {i for passage in cut(document, limits, count_tokens) for i in range(passage.start, passage.end)}
    assert held <= evidence
    assert all(document.text[i].isspace() for i in evidence - held)


@thorough
@given(documents, any_limits, any_count)
def test_quotable_sentences_are_in_order_disjoint_and_count_what_they_cost(
    document: Document, limits: Limits, count_tokens: CountTokens
) -> None:
    sentences = quotable_sentences(document, limits, count_tokens)
    assert all(first.end <= second.start for first, second in pairwise(sentences))
    quoted = texts(document, sentences)
    assert [sentence.words for sentence in sentences] == count_words(quoted)
    assert [sentence.tokens for sentence in sentences] == count_tokens(quoted)


# ---------------------------------------------------------------- sentences


def test_only_body_and_front_matter_are_quotable() -> None:
    document = document_of(
        Block("A title", role="front"),
        Block("Notify me.", role="boilerplate"),
        Block("Results", level=1),
        Block("IL-2 works. It is toxic."),
        Block("References", level=1),
        Block("Doe J. A trial. 2019."),
    )
    found = quotable_sentences(document, LIMITS, count_words)
    assert texts(document, found) == ["A title", "IL-2 works.", "It is toxic."]
    assert [sentence.section.name for sentence in found] == ["", "Results", "Results"]


def test_a_document_without_evidence_has_no_sentences_and_no_passages() -> None:
    document = document_of(Block("Results", level=1), Block("Notify me.", role="boilerplate"))
    assert quotable_sentences(document, LIMITS, count_words) == []
    assert cut(document) == []


def test_a_sentence_as_long_as_a_passage_may_be_stays_whole() -> None:
    assert cut_into(LIMITS, "x" * 1_190) == ["x" * 1_190]


def test_a_word_that_is_one_character_too_long_is_cut_there() -> None:
    assert cut_into(LIMITS, "x" * 1_191) == ["x" * 1_190, "x"]


def test_a_long_sentence_is_cut_at_the_last_white_space_that_leaves_it_short_enough() -> None:
    limits = Limits(words=100, characters=11, tokens=100, overlap=0)
    assert cut_into(limits, "aaaa bbbbb cc dddddddd e") == ["aaaa bbbbb", "cc dddddddd", "e"]


@pytest.mark.parametrize(
    "sentence",
    [
        pytest.param(" ".join(["word"] * 1_000), id="words"),
        pytest.param("x" * 5_000, id="one word"),
        pytest.param(" ".join(["word"] * 200) + " " + "x" * 4_000, id="words and one long word"),
    ],
)
@pytest.mark.parametrize("count_tokens", [count_words, count_letters])
def test_a_sentence_of_5_000_characters_without_a_stop_is_cut_with_nothing_dropped(
    sentence: str, count_tokens: CountTokens
) -> None:
    document = document_of(Block(sentence))
    found = cut(document, LIMITS, count_tokens)
    pieces = texts(document, found)
    assert all(len(piece) <= 1_190 for piece in pieces)
    assert all(tokens <= 200 for tokens in count_tokens(pieces))
    held = {i for passage in found for i in range(passage.start, passage.end)}
    assert {document.text[i] for i in set(range(len(sentence))) - held} <= {" "}


def test_a_sentence_that_passes_the_window_of_the_model_is_halved() -> None:
    limits = Limits(words=100, characters=1_000, tokens=4, overlap=0)
    # 29 characters, so halves of at most 15: "aaa bbb ccc ddd" has exactly 15, and four words
    assert cut_into(limits, "aaa bbb ccc ddd eee fff ggg h") == ["aaa bbb ccc ddd", "eee fff ggg h"]


# ---------------------------------------------------------------- passages


@pytest.mark.parametrize(
    ("limits", "sentences", "expected"),
    [
        pytest.param(LIMITS, [(60, 4), (60, 4)], ["01"], id="just the aimed words"),
        pytest.param(LIMITS, [(60, 4), (61, 4)], ["0", "1"], id="a word too many"),
        pytest.param(LIMITS, [(11, 53), (7, 84)], ["01"], id="just 1,190 characters"),
        pytest.param(LIMITS, [(11, 53), (4, 148)], ["0", "1"], id="a character too many"),
        pytest.param(Limits(tokens=10), [(5, 4), (5, 4)], ["01"], id="just the tokens"),
        pytest.param(Limits(tokens=10), [(5, 4), (6, 4)], ["0", "1"], id="a token too many"),
        pytest.param(LIMITS, [(50, 4)] * 4, ["01", "12", "23"], id="one sentence shared"),
        pytest.param(LIMITS, [(40, 4)] * 5, ["012", "234"], id="one of three shared"),
        pytest.param(LIMITS, [(70, 4)] * 3, ["0", "1", "2"], id="no room to share"),
        pytest.param(LIMITS, [(60, 4), (60, 4), (100, 4)], ["01", "2"], id="what is shared would stand alone"),
        pytest.param(LIMITS, [(10, 4), (150, 4), (10, 4)], ["0", "1", "2"], id="a sentence beyond the aim"),
        pytest.param(Limits(overlap=0), [(50, 4)] * 4, ["01", "23"], id="nothing shared on request"),
    ],
)
def test_sentences_are_grouped_up_to_the_limits(
    limits: Limits, sentences: list[tuple[int, int]], expected: list[str]
) -> None:
    made = [sentence_of(words, length) for words, length in sentences]
    assert cut_into(limits, *made) == [" ".join(made[int(i)] for i in group) for group in expected]


def test_a_passage_may_run_over_paragraphs_of_a_section_but_not_over_a_heading() -> None:
    document = document_of(
        Block("Results", level=1), Block("One."), Block("Two."), Block("Toxicity", level=2), Block("Three.")
    )
    found = cut(document)
    assert texts(document, found) == ["One.\n\nTwo.", "Three."]
    assert [passage.section for passage in found] == ["Results", "Results › Toxicity"]


def test_no_sentence_is_shared_over_a_heading() -> None:
    full = sentence_of(60)
    document = document_of(Block("A", level=1), Block(f"{full} {full}"), Block("B", level=1), Block(full))
    assert texts(document, cut(document)) == [f"{full} {full}", full]


def test_a_passage_is_on_the_page_where_it_starts() -> None:
    sentence = sentence_of(70)  # 350 characters
    document = replace(document_of(Block(" ".join([sentence] * 3))), pages=(0, 351, 400))
    assert [passage.page for passage in cut(document)] == [1, 2, 3]


def test_a_passage_names_its_document_and_its_span() -> None:
    document = document_of(Block("Results", level=1), Block("IL-2 works."))
    assert cut(document) == [Passage(document.doc_id, 9, 20, "Results", None)]


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*.txt")), ids=lambda path: path.name[:3])
def test_the_reviews_are_cut_whole_and_the_same_each_time(path: Path) -> None:
    document = read(path)
    found = cut(document)
    held = {i for passage in found for i in range(passage.start, passage.end)}
    evidence = {i for s in document.sections if s.role in EVIDENCE_ROLES for i in range(s.start, s.end)}
    assert held <= evidence
    assert all(document.text[i].isspace() for i in evidence - held)
    assert found == cut(document)


# ---------------------------------------------------------------- tables and captions


def test_each_line_of_a_table_is_one_sentence_and_its_passages_share_none() -> None:
    cells = [f"Table 2, row 'A. B', column 'n. C': {number}. Done" for number in range(30)]
    document = document_of(*(Block(cell, role="table", part="Table 2") for cell in cells))
    assert texts(document, quotable_sentences(document, LIMITS, count_words)) == cells
    assert "\n\n".join(texts(document, cut(document))) == document.text


def test_a_caption_a_table_and_its_notes_are_passages_apart_from_the_text_around_them() -> None:
    document = document_of(
        Block("Results", level=1),
        Block("Doses rose."),
        Block("Table 2. Doses.", role="caption", part="Table 2"),
        Block("Table 2, row 'IL-2', column 'n': 5", role="table", part="Table 2"),
        Block("In mg.", role="note", part="Table 2"),
        Block("They fell."),
    )
    found = cut(document)
    assert texts(document, found) == [
        "Doses rose.",
        "Table 2. Doses.",
        "Table 2, row 'IL-2', column 'n': 5",
        "In mg.",
        "They fell.",
    ]
    assert [passage.section for passage in found] == ["Results", *["Results › Table 2"] * 3, "Results"]
