"""A question understood for an index: its corrections, its terms and their weights, and what the index lacks."""

from collections.abc import Collection, Sequence

import pytest

from qa.query.analysis import Query, understand
from qa.query.synonyms import builtin, thesaurus
from qa.text.terms import terms
from tests.support.models import WordEncoder


class Index:
    """The parts of a SearchIndex that a question is understood by, over a few texts."""

    def __init__(self, *texts: str) -> None:
        self._words = [text.lower().split() for text in texts]
        self._terms = [terms(text) for text in texts]

    def document_frequencies(self, wanted: Collection[str]) -> dict[str, int]:
        counts = {term: sum(term in text for text in self._terms) for term in wanted}
        return {term: count for term, count in counts.items() if count}

    def vocabulary(self) -> dict[str, int]:
        return {word: sum(word in text for text in self._words) for text in self._words for word in text}

    def size(self) -> int:
        return len(self._terms)

    def holds(self, runs: Sequence[str]) -> bool:
        return any(f" {run} " in f" {' '.join(text)} " for run in runs for text in self._terms)


INDEX = Index("interleukin receptors block CXCR4 signals", "interleukin and aldesleukin", "blood of IL-2 mice")


def understood(question: str, *, spelling: bool = True, prior: float = 0.0) -> Query:
    found = thesaurus(*builtin())
    return understand(question, INDEX, WordEncoder(), prior=prior, spelling=spelling, thesaurus=found)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("question", "corrections"),
    [
        pytest.param(
            "what do interlukin recpetors do", {"interlukin": "interleukin", "recpetors": "receptors"}, id="typos"
        ),
        pytest.param("CXRC4 blockade", {"CXRC4": "CXCR4"}, id="a symbol"),
        pytest.param("interleukin of patients", {}, id="known to the texts, or to open text"),
        pytest.param("interreceptors", {}, id="a known word with a prefix"),
    ],
)
def test_typos_are_corrected_whatever_they_begin_with(question: str, corrections: dict[str, str]) -> None:
    assert understood(question).corrections == corrections
    assert understood(question, spelling=False).corrections == {}


def test_the_terms_of_a_compound_share_its_weight() -> None:
    query = understood("IL-2 in blood")
    assert list(query.terms) == ["il2", "il", "blood"]
    # "il2", "il" and "blood" are each in one of three texts: alike but for the share of two in a compound.
    weights = query.term_weights
    assert weights["il2"] == weights["il"] == pytest.approx(weights["blood"] / 2)


def test_what_the_index_has_under_no_name_counts_as_lacking() -> None:
    assert understood("interleukin").oov_share == 0.0
    assert understood("proleukin").oov_share == 0.0  # a name of aldesleukin
    assert understood("zzyzx").oov_share == 1.0
    assert [one.name for one in understood("Is aspirin in the blood?").absent] == ["aspirin"]


def test_terms_of_open_text_count_beside_the_librarys_own() -> None:
    alone, smoothed = understood("blood signals").term_weights, understood("blood signals", prior=100.0).term_weights
    assert alone["blood"] == alone["signal"]
    assert smoothed["blood"] < smoothed["signal"]  # the more common one in open text
