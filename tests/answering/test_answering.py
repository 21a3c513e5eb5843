"""From search hits to an answer or an abstention, with the encoder that counts words."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from qa.answering.answer import Answering
from qa.library import Library
from qa.models.reader import Reading, Scores
from tests.support.models import WordEncoder, WordReader

LACKING = "In which year did IL-2 show efficacy in melanoma and renal cell carcinoma?"
PLAIN = "Did IL-2 show efficacy in melanoma and renal cell carcinoma?"


def test_a_refusal_says_that_the_detail_asked_for_is_missing(library: Library) -> None:
    assert library.ask(LACKING, threshold=0.999).reason == "missing_detail"
    assert library.ask(PLAIN, threshold=0.999).reason == "weak_evidence"


def test_a_missing_detail_lowers_the_confidence(library: Library) -> None:
    assert library.ask(LACKING).confidence < library.ask(PLAIN).confidence


def test_the_confidence_is_the_greatest_support(library: Library) -> None:
    answer = library.ask(PLAIN, threshold=0.01)
    assert answer.confidence == max(sentence.support or 0 for sentence in answer.sentences) > 0
    assert [one["support"] for one in answer.to_dict()["sentences"]] == [one.support for one in answer.sentences]


class Preferring(WordReader):
    """Scores sentences with the given words far higher than the others."""

    def __init__(self, words: str) -> None:
        self.words = words

    def read(self, passages: Sequence[Reading]) -> list[Scores]:
        return [np.array([12.0 * (self.words in said) - 6 for said in one.sentences], np.float32) for one in passages]


def test_a_first_sentence_with_far_less_support_than_another_is_not_shown(tmp_path: Path) -> None:
    (tmp_path / "heart.txt").write_text("The heart pumps blood. It is a muscle that the heart pumps blood with.")
    with Library(tmp_path / "library", encoder=WordEncoder(), reader=Preferring("muscle")) as library:
        library.add([tmp_path / "heart.txt"])
        found = [sentence.text for sentence in library.ask("What does the heart pump?").sentences]
        by_words = max(library.retrieve("What does the heart pump?").sentences, key=lambda one: one.first_stage)
    assert (by_words.start, found) == (0, ["It is a muscle that the heart pumps blood with."])


@pytest.mark.parametrize(("behind", "shown"), [(0.0, 1), (9.0, 3)])
def test_sentences_far_behind_the_first_are_not_shown(tmp_path: Path, behind: float, shown: int) -> None:
    (tmp_path / "heart.txt").write_text("The heart pumps blood. The heart pumps it always. The heart pumps well.")
    ways = Answering(behind=behind)
    with Library(tmp_path / "library", encoder=WordEncoder(), reader=Falling(), answering=ways) as library:
        library.add([tmp_path / "heart.txt"])
        answer = library.ask("What does the heart pump?", threshold=0.01)
    assert len(answer.sentences) == shown
    assert answer.confidence == max(one.support or 0 for one in answer.sentences)
    assert [one.support for one in answer.sentences] == sorted((one.support for one in answer.sentences), reverse=True)


class Falling(WordReader):
    """Scores each sentence of a passage 0.5 lower than the one before."""

    def read(self, passages: Sequence[Reading]) -> list[Scores]:
        return [1 - 0.5 * np.arange(len(one.sentences), dtype=np.float32) for one in passages]


def test_no_sentence_is_shown_below_the_threshold(tmp_path: Path) -> None:
    (tmp_path / "heart.txt").write_text("The heart pumps blood. The heart pumps it always. The heart pumps well.")
    with Library(tmp_path / "library", encoder=WordEncoder(), reader=Falling(), answering=FAR) as library:
        library.add([tmp_path / "heart.txt"])
        first, second, third = sorted(one.support or 0 for one in library.ask("What does the heart pump?").sentences)
        shown = library.ask("What does the heart pump?", threshold=(first + second) / 2).sentences
    assert sorted(one.support or 0 for one in shown) == [second, third]


class Liking(WordReader):
    """Gives every sentence the same score."""

    def __init__(self, log_odds: float) -> None:
        self.log_odds = log_odds

    def read(self, passages: Sequence[Reading]) -> list[Scores]:
        return [np.full(len(one.sentences), self.log_odds, np.float32) for one in passages]


@pytest.mark.parametrize(("log_odds", "reason"), [(-0.5, "off_corpus"), (3.0, None)])
def test_a_question_in_words_that_no_document_has_needs_more_support(
    tmp_path: Path, log_odds: float, reason: str | None
) -> None:
    (tmp_path / "heart.txt").write_text("The heart pumps blood. Muscles contract.")
    with Library(tmp_path / "library", encoder=WordEncoder(), reader=Liking(log_odds)) as library:
        library.add([tmp_path / "heart.txt"])
        assert library.ask("What does the heart pump?").reason is None
        assert library.ask("Is the museum painted?").reason == reason


def test_the_sentence_with_the_most_support_is_quoted_also_where_its_words_are_others(tmp_path: Path) -> None:
    (tmp_path / "heart.txt").write_text("The heart pumps blood. Muscles contract. Valves open.")
    with Library(tmp_path / "library", encoder=WordEncoder(), reader=Preferring("Muscles")) as library:
        library.add([tmp_path / "heart.txt"])
        answer = library.ask("What does the heart pump?")
        by_words = max(library.retrieve("What does the heart pump?").sentences, key=lambda one: one.first_stage)
    assert [sentence.text for sentence in answer.sentences] == ["Muscles contract."]
    assert answer.confidence == answer.sentences[0].support
    assert by_words.start == 0


def test_with_other_models_no_probability_is_said(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    known = library.ask(PLAIN)
    monkeypatch.setattr("qa.answering.support.FITTED_TO", frozenset({"3" * 64, WordReader.sha256}))
    answer = library.ask(PLAIN)
    assert [one.text for one in answer.sentences] == [one.text for one in known.sentences]
    assert (answer.confidence, {one.support for one in answer.sentences}) == (None, {None})
    assert library.verify(answer).stands


def test_a_threshold_of_zero_answers_also_without_the_detail(library: Library) -> None:
    answer = library.ask(LACKING, threshold=0)
    assert not answer.abstained
    assert answer.sentences


SAYS = "Interleukin 6 promotes the growth of tumors in mice. Fever was seen in a few of them."
DENIES = "Interleukin 6 does not promote the growth of tumours in mice [7]. They were fed as usual."
GROWTH = "Does interleukin 6 promote the growth of tumors in mice?"


def test_documents_that_contradict_each_other_are_not_answered_from(tmp_path: Path) -> None:
    with texts(tmp_path, a=SAYS, b=DENIES) as library:
        answer = library.ask(GROWTH, threshold=0.01)
        assert (answer.abstained, answer.reason, answer.sentences) == (True, "conflicting", ())
        assert {hit.source for hit in answer.hits} == {"a.txt", "b.txt"}  # both sides can be read
        assert library.ask(GROWTH, threshold=0).sentences


def test_a_text_beside_one_that_says_the_same_is_answered_from(tmp_path: Path) -> None:
    with texts(tmp_path, a=SAYS, b=SAYS.replace("Fever", "Rash")) as library:
        assert library.ask(GROWTH, threshold=0.01).sentences


# ---------------------------------------------------------------- choosing and quoting


FAR = Answering(behind=9.0)
"""Also shows sentences that score far below the first."""


def texts(folder: Path, **documents: str) -> Library:
    """A library of these texts; the keywords are the file names."""
    for name, text in documents.items():
        (folder / f"{name}.txt").write_text(text)
    library = Library(folder / "library", encoder=WordEncoder(), answering=FAR)
    library.add([folder / f"{name}.txt" for name in documents])
    return library


LEAN = "Aldesleukin treats renal carcinoma. However, its severe toxicity limits widespread clinical use. Fever is seen."


def test_a_leaning_sentence_brings_the_one_before_as_a_further_quote(tmp_path: Path) -> None:
    texts(tmp_path, a=LEAN).close()
    nearest = Answering(behind=0.0)
    with Library(tmp_path / "library", encoder=WordEncoder(), answering=nearest) as library:
        answer = library.ask("Which severe toxicity limits widespread clinical use?", threshold=0.0)
        first = answer.sentences[0]
        assert first.text.startswith("However")
        (number,) = first.context
        assert {c.number: c.quote for c in answer.citations}[number] == "Aldesleukin treats renal carcinoma."
        assert number not in {cited for sentence in answer.sentences for cited in sentence.citations}
        assert answer.to_dict()["sentences"][0]["context"] == [number]
        assert library.verify(answer).stands


def test_what_a_sentence_leans_on_is_not_brought_where_it_is_shown_itself(tmp_path: Path) -> None:
    with texts(tmp_path, a=LEAN) as library:
        answer = library.ask("Does severe toxicity limit the use of aldesleukin in renal carcinoma?", threshold=0.0)
    assert {"Aldesleukin treats renal carcinoma.", LEAN.split(". ")[1] + "."} <= {s.text for s in answer.sentences}
    assert all("context" not in sentence for sentence in answer.to_dict()["sentences"])


def test_context_and_merging_can_be_switched_off(tmp_path: Path) -> None:
    more = "Fever is a severe toxicity in clinical use. Severe toxicity limits every dose."
    again = "Aldesleukin treats renal carcinoma [2]. However its severe toxicity limits widespread clinical use [1]."
    with texts(tmp_path, a=f"{LEAN} {more}", b=again) as library:
        question = "What severe toxicity limits widespread clinical use?"
        off = replace(FAR, context=False, merge=False)
        answer, plain = (
            Library(library.path, encoder=WordEncoder(), answering=one).ask(question, threshold=0.0)
            for one in (FAR, off)
        )
    assert [len(sentence.citations) for sentence in answer.sentences[:1]] == [2]
    assert [len(sentence.citations) for sentence in plain.sentences[:2]] == [1, 1]
    assert any(sentence.context for sentence in answer.sentences)
    assert not any(sentence.context for sentence in plain.sentences)


def test_nearly_the_same_words_are_one_sentence_with_each_document_quoted_in_its_own(tmp_path: Path) -> None:
    one, other = (
        "Interleukin toxicity limits the clinical use.",
        "Moreover, interleukin toxicity limits clinical use [7].",
    )
    third = "Interleukin toxicity is severe in many patients."
    with texts(tmp_path, a=f"First things. {one}", b=f"Other things. {other} {third}") as library:
        answer = library.ask("What limits the clinical use of interleukin, toxicity?", threshold=0.0)
        first = answer.sentences[0]
        assert {c.quote for c in answer.citations if c.number in first.citations} == {one, other}
        assert first.text == answer.citations[0].quote
        assert third in {sentence.text for sentence in answer.sentences}  # it takes the place of the second
        assert library.verify(answer).stands


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ER−/PR+ tumors responded to interleukin therapy.", "ER+/PR− tumors responded to interleukin therapy."),
        ("Interleukin therapy acts on CD4+ tumors.", "Interleukin therapy acts on CD4− tumors."),
        ("Tumors grew on interleukin therapy (12%).", "Tumors grew on interleukin therapy (−12%)."),
    ],
)
def test_what_differs_in_a_sign_is_never_one_sentence_with_two_citations(tmp_path: Path, one: str, other: str) -> None:
    with texts(tmp_path, a=f"First things. {one}", b=f"Other things. {other}") as library:
        question = "Which tumors did interleukin therapy act on?"
        answer = library.ask(question, threshold=0.0)
        assert {sentence.text: len(sentence.citations) for sentence in answer.sentences} == {one: 1, other: 1}
        said = [[citation.quote for citation in cited] for _, cited in library.compare(question).speaking]
        assert sorted(said) == sorted([[one], [other]])
        form = answer.to_dict()
        form["sentences"] = [form["sentences"][0] | {"citations": [1, 2]}]
        assert not library.verify(form).stands


def test_each_thing_compared_is_spoken_of(tmp_path: Path) -> None:
    many = " ".join(f"IL-2 is compared for toxicity in trial {n}." for n in ("one", "two", "three", "four"))
    with texts(tmp_path, a=many, b="The toxicity of IL-15 is low.") as library:
        question = "Compare the toxicity of IL-2 and IL-15 in a trial."
        shown = library.ask(question, threshold=0.0).sentences
        three = Library(library.path, encoder=WordEncoder(), answering=Answering(several=3))
        assert shown[:3] == three.ask(question, threshold=0.0).sentences
    assert "The toxicity of IL-15 is low." in {sentence.text for sentence in shown}


def test_a_question_for_one_thing_has_three_sentences_at_most(tmp_path: Path) -> None:
    many = " ".join(f"IL-2 causes fever in trial {n}." for n in ("one", "two", "three", "four", "five", "six"))
    with texts(tmp_path, a=many) as library:
        assert len(library.ask("Why does IL-2 cause fever?", threshold=0.0).sentences) == 3
        assert len(library.ask("Which trials speak of fever by IL-2?", threshold=0.0).sentences) == 5
