"""Questions that compare things, or ask for several answers."""

import pytest

from qa.query.parts import asks_for_several, compared


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("Compare IL-2 and IL-15 in melanoma.", ["IL-2", "IL-15"]),
        ("IFN-alpha versus IFN-gamma: different uses?", ["IFN-alpha", "IFN-gamma"]),
        ("Which is limited more by toxicity, IL-2, TNF-alpha or IL-15?", ["IL-2", "TNF-alpha", "IL-15"]),
        ("Is IL-2 used in melanoma?", []),
        ("Who wrote it?", []),
    ],
)
def test_what_is_joined_or_set_against_each_other_is_compared(question: str, parts: list[str]) -> None:
    assert [part.text for part in compared(question)] == parts


@pytest.mark.parametrize(
    "question",
    [
        "Which cytokines are neutralized?",
        "List the principles of combination therapy.",
        "What are the main side effects of IL-2?",
        "What do the reviews say about TNF?",
        "Which article speaks of biomarkers?",
        "Does survival differ between IL-2 and IL-15?",
    ],
)
def test_lists_comparisons_and_questions_of_several_texts_ask_for_several(question: str) -> None:
    assert asks_for_several(question)


@pytest.mark.parametrize(
    "question", ["What is IL-2?", "What are viroporins?", "What limits the use of high-dose IL-2?", "Is TNF toxic?"]
)
def test_other_questions_ask_for_one_answer(question: str) -> None:
    assert not asks_for_several(question)
