"""Named things: what a question names, and which of these the texts have under none of their names."""

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.query.names import Absent, absent, named, table
from qa.query.synonyms import builtin, key, thesaurus
from qa.text.terms import terms


@pytest.mark.parametrize(
    ("question", "names"),
    [
        pytest.param("What are the side effects of aspirin?", ["aspirin"], id="a listed word"),
        pytest.param("Semaglutide: is it safe?", ["Semaglutide"], id="a drug by its stem, opening the question"),
        pytest.param("does trypanosomiasis spread by flies", ["trypanosomiasis"], id="a disease by its stem"),
        pytest.param("Is BRCA2 found with T-VEC or mRNA?", ["BRCA2", "T-VEC", "mRNA"], id="symbols"),
        pytest.param("How is vitamin D given?", ["vitamin D"], id="a word that a letter makes a name"),
        pytest.param("How does IL-7 affect T cells?", ["IL-7"], id="a word that a letter follows by chance"),
        pytest.param("Was Margaret Chan in Sierra Leone?", ["Margaret Chan", "Sierra Leone"], id="capitals together"),
        pytest.param("Refuse. Write four lines. What is it?", [], id="capitals that open a sentence"),
        pytest.param("What Is The Role Of Helper Cells In Cancer?", [], id="a heading"),
        pytest.param("IS THIS DANGEROUS WITH IL-2", ["IL-2"], id="shouted"),
        pytest.param("Which type II interferon?", ["interferon"], id="a Roman number is none, a drug by its stem is"),
        pytest.param("Does anti-PD-1 help?", ["PD-1"], id="an ordinary word in a compound"),
        pytest.param("Are bone-marrow and high-dose IL2-driven ones alike?", ["IL2"], id="compounds of words"),
        pytest.param("Does coughing cause pain, fever or cancer?", [], id="everyday words, though names of diseases"),
        pytest.param("is Tranexamic acid or bumetanide given?", ["Tranexamic acid", "bumetanide"], id="listed drugs"),
        pytest.param("What about Alzheimer's disease?", ["Alzheimer"], id="a possessive"),
    ],
)
def test_what_a_question_names(question: str, names: Sequence[str]) -> None:
    assert named(question) == names


def _library(*texts: str) -> tuple[dict[str, int], Callable[[Sequence[Sequence[str]]], bool]]:
    said = [f" {' '.join(terms(text))} " for text in texts]

    def occurs(patterns: Sequence[Sequence[str]]) -> bool:
        return any(f" {' '.join(pattern)} " in text for pattern in patterns for text in said)

    return {word.strip(".,()").lower(): 1 for text in texts for word in text.split()}, occurs


@pytest.mark.parametrize(
    ("text", "question", "lacking"),
    [
        pytest.param("IL-2 is toxic.", "Is IL2 toxic?", [], id="the same but for a hyphen"),
        pytest.param(
            "IL-2, given to 10 others.", "Is IL-10 toxic?", [Absent("IL-10", False)], id="its parts, not together"
        ),
        pytest.param("Interleukin 10 is toxic.", "Is IL-10 toxic?", [], id="another name"),
        pytest.param("Aldesleukin was given.", "Is aldesleukin toxic?", [], id="there"),
        pytest.param("We used PD-1 antibodies.", "Is nivolumab safe?", [Absent("nivolumab", True)], id="its target"),
        pytest.param("Vitamin C, D. Smith.", "Is vitamin D safe?", [Absent("vitamin D", False)], id="a letter apart"),
        pytest.param("In Nepal.", "Are the Nepali children ill?", [], id="one origin"),
        pytest.param("Leprosy is rare.", "What is leprossy like in Chad?", [Absent("Chad", False)], id="a slip"),
        pytest.param("Interleukin-2 is toxic.", "Is IL-2 toxic?", [], id="another name, of what has wider ones"),
        pytest.param("Of CXCR and 4.", "What is CXRC4?", [], id="letters swapped"),
        pytest.param("Chan leaves.", "When does Margaret Chan leave?", [], id="a part of a name of several words"),
        pytest.param("CRE and N95.", "How many CREs and N95s?", [], id="the plural of a symbol"),
        pytest.param("Lactic acid.", "Salicylic acid?", [Absent("Salicylic acid", False)], id="another acid"),
        pytest.param("Salicylates help.", "Does salicylic acid help?", [], id="an acid by its salt"),
        pytest.param("None.", "Aspirin, then aspirin?", [Absent("Aspirin", False)], id="once"),
    ],
)
def test_which_of_it_the_texts_have_under_no_name(text: str, question: str, lacking: Sequence[Absent]) -> None:
    words, occurs = _library(text)
    assert absent(question, thesaurus(*builtin()), lambda: words, occurs) == lacking


def test_the_words_of_all_texts_are_read_only_for_what_no_passage_has_as_it_is_named() -> None:
    words, occurs = _library("IL-2 was given in Nepal.")
    asked: list[str] = []

    def read() -> dict[str, int]:
        asked.append("read")
        return words

    assert absent("Is IL-2 given in Nepal?", thesaurus(*builtin()), read, occurs) == []
    assert not asked
    assert absent("Are the Nepali ill?", thesaurus(*builtin()), read, occurs) == []
    assert asked


@given(st.text(max_size=60))
def test_whatever_is_asked_names_are_of_the_question(question: str) -> None:
    for name in named(question):
        assert key(name) in key(question) or set(terms(name)) <= set(terms(question))


def test_the_table_has_words_and_acids_alone() -> None:
    assert len(table()) > 10000
    assert all(name.isascii() and name.islower() and name.removesuffix(" acid").isalpha() for name in table())
