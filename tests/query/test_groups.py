"""qa.query.groups: which question words have alternatives, and the match of a text with one of them."""

from hypothesis import given
from hypothesis import strategies as st

from qa.query.groups import Group, forms, groups, occurring, restated
from qa.query.synonyms import thesaurus

KNOWN = thesaurus([["IL-2", "interleukin 2"], ["tumor microenvironment", "TME"], ["tumor", "neoplasm"]])


def test_the_longest_name_is_taken_and_shown_as_typed() -> None:
    (one,) = [group for group in groups("What is the Tumor microenvironment?", KNOWN) if "TME" in group.alternatives]
    assert (one.words, one.terms) == ("Tumor microenvironment", ("tumor", "microenviron"))
    assert not any("neoplasm" in group.alternatives for group in groups("tumor microenvironment", KNOWN))


def test_neighbours_may_be_written_as_one_word() -> None:
    (pair,) = [group for group in groups("PD L1", {}) if group.alternatives]
    assert (pair.terms, dict(pair.alternatives)) == (("pd", "l1"), {"pdl1": (("pdl1",),)})


def test_a_name_has_the_forms_that_texts_give_it() -> None:
    assert forms("TME") == (("tme",),)
    assert forms("interleukin 2") == (("interleukin", "2"),)
    assert forms("TGF-beta 1") == (("tgfbeta", "tgf", "beta", "1"), ("tgfbeta", "1"), ("tgf", "beta", "1"))
    assert forms("CAR-T") == (("cart",),)  # "car" alone is another word


def test_only_alternatives_whose_terms_all_occur_are_kept() -> None:
    (kept,) = occurring(groups("IL-2 in neoplasms", KNOWN), lambda terms: {t: 1 for t in terms if t in ("tumor", "2")})
    assert (kept.words, list(kept.alternatives)) == ("neoplasms", ["tumor"])


def test_an_alternative_is_restated_in_the_words_of_the_question() -> None:
    group = Group("TME", ("tme",), {"tumor microenvironment": (("tumor", "microenviron"),)})
    assert restated(["the", "tumor", "microenviron", "is"], [group]) == ["the", "tme", "is"]
    apart = ["tumor", "and", "microenviron"]
    assert restated(apart, [group]) is apart


@given(st.lists(st.sampled_from("abc"), max_size=12))
def test_a_text_without_the_alternative_is_itself(text: list[str]) -> None:
    group = Group("x", ("x",), {"a b": (("a", "b"),)})
    said = restated(text, [group])
    assert " ".join(said) == " ".join(text).replace("a b", "x")
    assert ("x" in said) == (said is not text)
