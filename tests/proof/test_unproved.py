"""Which parts of a stored answer are still true: the same words, at their place, in the stored text."""

from dataclasses import replace

import pytest

from qa.library import Library
from qa.proof.unproved import Unproved, stands, unproved
from qa.records import Document

ANSWERED = "What limits the use of high-dose IL-2?"


def test_all_of_a_new_answer_is_proved(library: Library) -> None:
    for question in (ANSWERED, "Who painted the Mona Lisa?"):
        assert not library.proofs.unproved(library.ask(question, threshold=0.0).to_dict())


def test_without_its_documents_nothing_is_proved(library: Library) -> None:
    answer = library.ask(ANSWERED, threshold=0.0).to_dict()
    found = unproved(answer, lambda _: None)
    assert found.sentences == frozenset(range(len(answer["sentences"])))
    assert found.citations == {citation["number"] for citation in answer["citations"]}
    assert found.hits == {hit["rank"] for hit in answer["hits"]}


def test_each_part_is_held_against_the_words_that_stand_there(library: Library) -> None:
    answer = library.ask(ANSWERED, threshold=0.0).to_dict()
    first, *others = answer["citations"]
    moved = answer | {"citations": [first | {"start": first["start"] + 1}, *others]}
    assert library.proofs.unproved(moved) == Unproved(frozenset({0}), frozenset({1}))
    said, *rest = answer["sentences"]
    assert library.proofs.unproved(answer | {"sentences": [said | {"text": "IL-2 is harmless."}, *rest]}) == Unproved(
        frozenset({0})
    )
    hit, *more = answer["hits"]
    assert library.proofs.unproved(answer | {"hits": [hit | {"text": "x"}, *more]}) == Unproved(hits=frozenset({1}))


@pytest.mark.parametrize("change", [{"sha256": "0" * 64}, {"text": "IL-3 is toxic."}])
def test_another_text_proves_nothing(library: Library, change: dict[str, str]) -> None:
    document: Document = library.documents()[0]
    quote, sha256 = document.text[:20], document.sha256
    assert stands(quote, 0, 20, sha256, document)
    assert not stands(quote, 0, 20, sha256, replace(document, **change))
    assert not stands(quote, 0, 20, "0" * 64, document)
    assert not stands(quote, 1, 21, sha256, document)
    assert not stands(quote, 0, 20, sha256, None)
