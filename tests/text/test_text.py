"""qa.text: line breaks, sentences and search terms."""

import time
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qa.records import Section
from qa.text.lines import WRAP_LIMIT, collapse, is_wrapped, join_lines, vocabulary
from qa.text.sentences import is_fragment, leans_on_previous, section_sentences, split_sentences
from qa.text.terms import question_terms, question_words, terms

thorough = settings(max_examples=200, deadline=None)

# Text full of what the splitter looks at: stops, marks, brackets, abbreviations, line breaks.
_PIECES = ["e.g.", "et al.", "Fig.", "IL-2", "TGF-β", "0.5", ".", "...", "?", "!", "[6]", "[1, 2]", "(", ")", '"', "”"]
_PIECES += [
    " ",
    "  ",
    "\n",
    "\n\n",
    "\t",
    "\r",
    "\x0b",
    "\x1c",
    "\x85",
    "\u2028",
    "\xa0",
    "A",
    "b",
    "The",
    "word",
    "7",
    "Ω",
]
dense_text = st.lists(st.sampled_from(_PIECES), max_size=40).map("".join)
any_text = st.one_of(st.text(max_size=200), dense_text)

WHITE_SPACE = [chr(code) for code in range(0x3001) if chr(code).isspace()]


def joined(wrapped: str, elsewhere: str = "") -> str:
    """The wrapped lines joined to one, in a text that also has the words ``elsewhere``."""
    return join_lines(wrapped.split("\n"), vocabulary(f"{wrapped}\n\n{elsewhere}"))


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


# ---------------------------------------------------------------- collapse


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("  two \t words\n", "two words", id="runs of white space"),
        pytest.param("a\u200bb\u2060c\ufeffd", "abcd", id="marks without width"),
        pytest.param("a\x00b\x7fc", "abc", id="control characters"),
        pytest.param("a\x80b\x9bc\x85d", "abc d", id="control characters beyond ASCII"),
        pytest.param("10\xa0mg", "10 mg", id="a no-break space"),
        pytest.param("", "", id="nothing"),
        pytest.param(" \n\t ", "", id="white space alone"),
    ],
)
def test_collapse_leaves_one_clean_line(text: str, expected: str) -> None:
    assert collapse(text) == expected


@pytest.mark.parametrize("space", [pytest.param(space, id=f"U+{ord(space):04X}") for space in WHITE_SPACE])
def test_collapse_never_glues_words_that_white_space_parts(space: str) -> None:
    assert collapse(f"two{space}words") == "two words"


@thorough
@given(any_text)
def test_collapse_changes_nothing_the_second_time(text: str) -> None:
    once = collapse(text)
    assert collapse(once) == once
    assert "\n" not in once
    assert "  " not in once


# ---------------------------------------------------------------- vocabulary and join_lines


def test_the_vocabulary_holds_compounds_whole_and_in_parts() -> None:
    expected = {"anti-tumor", "anti", "tumor", "t", "cells"}
    assert vocabulary("Anti-tumor T cells, anti\u2010tumor.") == expected


def test_the_vocabulary_does_not_join_a_word_broken_over_two_lines() -> None:
    assert vocabulary("treat-\nment") == {"treat", "ment"}


@pytest.mark.parametrize(
    ("wrapped", "expected"),
    [
        pytest.param("enhancing anti-\ntumor responses", "enhancing anti-tumor responses", id="prefix anti"),
        pytest.param("minimizing off-\ntarget effects", "minimizing off-target effects", id="prefix off"),
        pytest.param("cytokine-\nmediated responses", "cytokine-mediated responses", id="two words"),
        pytest.param("advances in TNF-\nalpha delivery", "advances in TNF-alpha delivery", id="abbreviation"),
        pytest.param("doses of IL-\n2 rose", "doses of IL-2 rose", id="digit after the hyphen"),
        pytest.param("the PD-\nL1 axis", "the PD-L1 axis", id="capital after the hyphen"),
        pytest.param("grade 3-\nto 4 events", "grade 3-to 4 events", id="digit before the hyphen"),
        pytest.param("end-to-\nend design", "end-to-end design", id="compound of three"),
        pytest.param("cytokine\u2010\nmediated", "cytokine\u2010mediated", id="typographic hyphen"),
    ],
)
def test_a_hyphen_of_the_word_survives_the_line_break(wrapped: str, expected: str) -> None:
    assert joined(wrapped) == expected


@pytest.mark.parametrize(
    ("wrapped", "elsewhere", "expected"),
    [
        pytest.param("the treat-\nment of", "Treatment works.", "the treatment of", id="known in capitals"),
        pytest.param("in immuno-\ntherapy trials", "immunotherapy", "in immunotherapy trials", id="known"),
        pytest.param(
            "an over-\nall benefit", "overall", "an overall benefit", id="known although the half is a prefix"
        ),
        pytest.param("many pa\u2010\ntients", "patients", "many patients", id="typographic hyphen"),
    ],
)
def test_a_hyphen_within_a_word_known_from_elsewhere_goes(wrapped: str, elsewhere: str, expected: str) -> None:
    assert joined(wrapped, elsewhere) == expected


def test_a_compound_written_with_a_hyphen_elsewhere_keeps_it_although_the_word_exists_too() -> None:
    assert joined("a co-\noperation", "co-operation cooperation") == "a co-operation"


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        pytest.param("anti-", "tumor", "anti-tumor", id="prefix"),
        pytest.param("Non-", "small", "Non-small", id="prefix with a capital"),
        pytest.param("TNF-", "alpha", "TNF-alpha", id="abbreviation"),
        pytest.param("anti-IL-", "receptor", "anti-IL-receptor", id="abbreviation within a compound"),
        pytest.param("phase-", "2a", "phase-2a", id="number"),
        pytest.param("cell-", "PD1", "cell-PD1", id="name"),
    ],
)
def test_a_hyphen_after_a_prefix_or_by_a_name_stays_although_the_text_has_no_such_words(
    first: str, second: str, expected: str
) -> None:
    assert join_lines([first, second], frozenset()) == expected


def test_a_half_that_is_no_word_of_the_text_is_a_break_within_a_word() -> None:
    assert join_lines(["treat-", "ment"], frozenset({"treat"})) == "treatment"


@pytest.mark.parametrize(
    ("wrapped", "expected"),
    [
        pytest.param("immune\nsystem", "immune system", id="no hyphen"),
        pytest.param("doses -\nhigh ones", "doses - high ones", id="dash with a space"),
        pytest.param("doses–\nhigh", "doses– high", id="en dash"),
        pytest.param("treat-\n(ment)", "treat- (ment)", id="bracket after the hyphen"),
        pytest.param("one\n\n  \ntwo", "one two", id="empty lines"),
        pytest.param(" one \n two ", "one two", id="spaces at the ends"),
        pytest.param("pre-", "pre-", id="hyphen at the very end"),
    ],
)
def test_other_lines_are_joined_by_one_space(wrapped: str, expected: str) -> None:
    assert joined(wrapped) == expected


def test_no_lines_join_to_nothing() -> None:
    assert join_lines([], frozenset()) == ""


def test_a_word_over_many_lines_takes_as_long_as_it_is() -> None:
    begun = time.process_time()
    assert join_lines(["cyto-"] * 20_000, frozenset()) == "cyto-" * 20_000
    assert time.process_time() - begun < 10


words = st.text("abcxyzABC019", min_size=1, max_size=6)


@thorough
@given(st.lists(st.lists(words, min_size=1, max_size=5), max_size=6))
def test_lines_without_hyphens_keep_every_word_apart(lines: list[list[str]]) -> None:
    known = frozenset(first + second for first in "abc" for second in "abc")
    expected = [word for line in lines for word in line]
    assert join_lines([" ".join(line) for line in lines], known).split() == expected


@thorough
@given(words, words)
def test_two_words_of_a_text_are_never_glued(left: str, right: str) -> None:
    assert join_lines([f"{left}-", right], vocabulary(f"{left} {right}")) == f"{left}-{right}"


# ---------------------------------------------------------------- is_wrapped


RAGGED = [
    "Cancer immunotherapy has revolutionized cancer treatment by",
    "harnessing the power of the immune system to target and eliminate",
    "cancer cells. Among the various components involved in this approach,",
    "cytokines play a pivotal role in orchestrating immune responses against",
    "tumors.",
]

A_LINE_EACH = [
    "Front. Immunol.",
    "Sec. Cancer Immunity and Immunotherapy",
    "Select one of your emails",
    "You have multiple emails registered with Frontiers:",
    "Notify me on publication",
    "If you already have an account, please login",
]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param(RAGGED, True, id="ragged paragraph"),
        pytest.param(RAGGED[:2], True, id="two lines"),
        pytest.param(A_LINE_EACH, False, id="a paragraph each"),
        pytest.param([RAGGED[0]], False, id="one line"),
        pytest.param(["short", "x" * 50], True, id="the next word would not have fitted"),
        pytest.param(["short one", "a " * 25], False, id="the next word would have fitted"),
        pytest.param(["x" * WRAP_LIMIT, "y"], True, id="as wide as a page may be"),
        pytest.param(["x" * (WRAP_LIMIT + 1), "y"], False, id="wider than a page"),
    ],
)
def test_full_lines_make_a_wrapped_paragraph(lines: list[str], expected: bool) -> None:
    assert is_wrapped(lines) is expected


# ---------------------------------------------------------------- split_sentences


@thorough
@given(any_text)
@example("A [6] . B")
@example("\n.\n. \n")
def test_sentence_spans_are_ordered_disjoint_and_hold_every_character_once(text: str) -> None:
    spans = split_sentences(text)
    bounds = [bound for span in spans for bound in span]
    assert bounds == sorted(bounds)
    covered = [position for start, end in spans for position in range(start, end)]
    outside = set(range(len(text))) - set(covered)
    assert len(covered) == len(set(covered))
    assert all(text[position].isspace() for position in outside)


def test_the_sentences_of_a_section_are_at_their_places_in_the_text() -> None:
    text = "Title\n\nIt works. It is toxic.\n\nrow 'A. B': 5. C\n\nrow 'D': 6"
    start = text.index("row")
    body, table = Section((), 7, start - 2), Section((), start, len(text), "table")
    assert [text[slice(*span)] for span in section_sentences(text, body)] == ["It works.", "It is toxic."]
    assert [text[slice(*span)] for span in section_sentences(text, table)] == ["row 'A. B': 5. C", "row 'D': 6"]


@thorough
@given(any_text)
def test_sentences_are_not_empty_are_stripped_and_stay_on_their_line(text: str) -> None:
    for sentence in sentences(text):
        assert sentence
        assert sentence == sentence.strip()
        assert "\n" not in sentence


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Cytokines (e.g. IL-2) act here.", id="e.g."),
        pytest.param("Some, e.g., TNF act here.", id="e.g. with a comma"),
        pytest.param("Checkpoint inhibitors, i.e. PD-1 blockers, work.", id="i.e."),
        pytest.param("Doe et al. Found this first.", id="et al."),
        pytest.param("As Fig. 2 shows, doses rose.", id="Fig."),
        pytest.param("As (Figs. 2 and 3) show, doses rose.", id="Figs. in brackets"),
        pytest.param("IL-2 vs. IFN was compared.", id="vs."),
        pytest.param("Work by J. R. Doe followed.", id="initials"),
        pytest.param("The study of Dr. Doe was small.", id="Dr."),
        pytest.param("The U.S. Food and Drug Administration agreed.", id="U.S."),
        pytest.param("A dose of 0.5 mg was given.", id="decimal"),
        pytest.param("Grown in E. coli for a day.", id="species"),
        pytest.param("The index 2.5. was low", id="small letter after the stop"),
        pytest.param("Mutant KRAS G12D and IL-1.2 rose.", id="gene names"),
    ],
)
def test_a_stop_within_a_sentence_does_not_end_it(text: str) -> None:
    assert sentences(text) == [text]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param("IL-2 works.", "It is toxic.", id="stop"),
        pytest.param("Does IL-2 work?", "It does.", id="question"),
        pytest.param("It works!", "Truly.", id="exclamation"),
        pytest.param("It works...", "Truly.", id="ellipsis"),
        pytest.param('They said "it works."', "We agree.", id="closing quote"),
        pytest.param("(It works.)", "(So does this.)", id="brackets"),
        pytest.param("It rises [6] .", "Next comes this.", id="lone stop after a mark"),
        pytest.param("It rises. [4]", "Then it falls.", id="mark after the stop"),
        pytest.param("It rises.[5]", "Next comes this.", id="mark right after the stop"),
        pytest.param("It rises. [4, 5] [7–9]", "Then it falls.", id="many marks after the stop"),
        pytest.param("It rises [3].", "Then it falls.", id="mark before the stop"),
        pytest.param("The dose was 0.5.", "Then it rose to 1.5.", id="decimals"),
        pytest.param("They lack TP53.", "BRCA1 is intact.", id="gene names"),
        pytest.param("They lack IL-2.", "TGF-β is intact.", id="compounds"),
        pytest.param("They took it.", "5 of them fell ill.", id="number first"),
        pytest.param("They took it.", "“Cold” tumors were spared.", id="opening quote"),
        pytest.param("They took it.", "Ω-3 was spared.", id="Greek capital"),
        pytest.param("They took it.", "¹⁴C-labelled urea was spared.", id="isotope"),
    ],
)
def test_a_sentence_ends_where_the_next_begins(first: str, second: str) -> None:
    assert sentences(f"{first} {second}") == [first, second]


@pytest.mark.parametrize("gap", ["\n", "\n\n", " \n "])
def test_a_line_break_ends_a_sentence_without_a_stop(gap: str) -> None:
    assert sentences(f"a line of a list{gap}another e.g.{gap}The last") == [
        "a line of a list",
        "another e.g.",
        "The last",
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        pytest.param("It rises [6].", id="before the stop"),
        pytest.param("It rises [6] .", id="before a lone stop"),
        pytest.param("It rises.[5]", id="right after the stop"),
        pytest.param("It rises. [4]", id="after the stop"),
        pytest.param("It rises. [4, 5] [7–9]", id="many after the stop"),
    ],
)
@pytest.mark.parametrize("after", ["", " ", "\n\nThen it falls."])
def test_the_last_reference_mark_of_a_paragraph_stays_with_its_sentence(sentence: str, after: str) -> None:
    assert sentences(sentence + after)[0] == sentence


def test_no_sentence_begins_with_the_reference_mark_of_the_one_before() -> None:
    assert not any(sentence.startswith("[") for sentence in sentences("It rises. [4] β-catenin falls. It stays."))


@pytest.mark.parametrize("text", ["", " ", "\n \n"])
def test_white_space_has_no_sentences(text: str) -> None:
    assert split_sentences(text) == []


# ---------------------------------------------------------------- kinds of sentences


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        pytest.param("This review explores cytokines.", True, id="this"),
        pytest.param("Their integration is new.", True, id="their"),
        pytest.param("However, its severe toxicity limits it.", True, id="however"),
        pytest.param("Moreover IL-2 works.", True, id="moreover"),
        pytest.param("But these rose.", True, id="but these"),
        pytest.param("The latter rose.", True, id="the latter"),
        pytest.param("Cytokines act on this.", False, id="this later on"),
        pytest.param("Thistle extracts rose.", False, id="a word that begins with this"),
        pytest.param("The dose rose.", False, id="the dose"),
        pytest.param("Shear stress rose.", False, id="a word that begins with she"),
    ],
)
def test_a_sentence_leans_on_the_one_before_where_it_opens_by_pointing_back(sentence: str, expected: bool) -> None:
    assert leans_on_previous(sentence) is expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        pytest.param("MINI REVIEW article", True, id="label"),
        pytest.param("Cytokines in the treatment of cancer", True, id="title"),
        pytest.param("Jane Doe, Shanghai.", True, id="three words"),
        pytest.param("Cytokines mediate immune responses.", False, id="statement"),
        pytest.param("Do cytokines mediate responses?", False, id="question"),
        pytest.param("They said “it works.”", False, id="closing quote"),
        pytest.param("Cytokines mediate immune responses. [4, 5]", False, id="mark after the stop"),
        pytest.param("Cytokines mediate immune responses [6] .", False, id="lone stop"),
    ],
)
def test_a_fragment_is_too_short_or_not_finished(sentence: str, expected: bool) -> None:
    assert is_fragment(sentence) is expected


# ---------------------------------------------------------------- terms


@pytest.mark.parametrize(
    ("spellings", "shared"),
    [
        pytest.param(["IL-2", "IL2", "il\u20112", "IL–2"], "il2", id="IL-2"),
        pytest.param(["interleukin", "Interleukin-2", "interleukins"], "interleukin", id="interleukin"),
        pytest.param(["TGF-β", "TGFβ", "TGF-beta", "tgfbeta"], "tgfbeta", id="TGF-β"),
        pytest.param(["IFN-γ", "IFNγ", "IFN-gamma"], "ifngamma", id="IFN-γ"),
        pytest.param(["CAR-T", "CART", "CAR-T's"], "cart", id="CAR-T"),
        pytest.param(["NF-κB", "NFκB", "NF-kappaB"], "nfkappab", id="NF-κB"),
        pytest.param(["λ", "lambda"], "lambda", id="lambda"),
        pytest.param(["10⁵ spores", "10^5 spores", "10^{5}", "105", "1 × 10⁵", "2x10^5", "(10⁵)"], "105", id="10⁵"),
        pytest.param(["10⁻³", "10^-3", "10^{-3}", "10-3"], "103", id="10⁻³"),
        pytest.param(["CO₂", "CO2", "CO_2", "CO_{2}"], "co2", id="CO₂"),
        pytest.param(["kg/m²", "kg/m2", "kg/m^2"], "m2", id="kg/m²"),
        pytest.param(["cm⁻³", "cm-3", "cm^-3"], "cm3", id="cm⁻³"),
        pytest.param(["Ca²⁺", "Ca2+", "Ca^{2+}"], "ca2", id="Ca²⁺"),
        pytest.param(["p27ᴷⁱᵖ¹", "p27Kip1", "p27-Kip1"], "p27kip1", id="p27ᴷⁱᵖ¹"),
        pytest.param(["age 65 [12]", "65"], "65", id="reference mark"),
        pytest.param(["\ufb01brosis", "fibrosis"], "fibrosi", id="ligature"),
    ],
)
def test_spellings_of_one_name_share_a_term(spellings: list[str], shared: str) -> None:
    assert {spelling: shared in terms(spelling) for spelling in spellings} == dict.fromkeys(spellings, True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("PD-1/PD-L1", ["pd1", "pd", "pdl1", "pd", "l1"], id="a slash parts two compounds"),
        pytest.param("CAR-T", ["cart", "car"], id="a part of one letter goes"),
        pytest.param("patient's", ["patient"], id="possessive"),
        pytest.param("system’s", ["system"], id="typographic possessive"),
        pytest.param("TNF-alpha's", ["tnfalpha", "tnf", "alpha"], id="possessive of a compound"),
        pytest.param("IL-2's", ["il2", "il"], id="possessive of a name with a digit"),
        pytest.param("0.5 mg", ["0.5", "mg"], id="decimal"),
        pytest.param("version 1.2.3", ["version", "1.2.3"], id="number of three parts"),
        pytest.param("42", ["42"], id="number"),
        pytest.param("10⁵", ["105", "10"], id="power"),
        pytest.param("H₂O", ["h2o"], id="subscript"),
        pytest.param("The effects of it are in the cells", ["effect", "cell"], id="stop words"),
        pytest.param("treated treating treats", ["treat"] * 3, id="stems"),
        pytest.param("snake_case", ["snake", "case"], id="an underscore parts words"),
        pytest.param("CTLA4s", ["ctla4s"], id="a name with a digit is not stemmed"),
        pytest.param("ALS", ["als"], id="a short name is not stemmed"),
        pytest.param("... – (!)", [], id="no word"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_terms_are_folded_stemmed_and_in_order(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


@thorough
@given(st.text(max_size=80), st.text(max_size=80))
def test_terms_of_two_lines_are_those_of_each(first: str, second: str) -> None:
    assert terms(f"{first}\n{second}") == terms(first) + terms(second)


@thorough
@given(any_text)
def test_terms_hold_letters_and_digits_only_and_are_equal_for_equal_text(text: str) -> None:
    for term in terms(text):
        assert term.replace(".", "").isalnum()
    assert terms(unicodedata.normalize("NFC", text)) == terms(text)


# ---------------------------------------------------------------- question_terms


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        pytest.param("Which cytokines does IL-2 induce?", ["cytokin", "il2", "il", "induc"], id="question words go"),
        pytest.param("IL-2 or IL2?", ["il2", "il"], id="distinct"),
        pytest.param("Please describe IFN-γ.", ["ifngamma", "ifn", "gamma"], id="a request"),
        pytest.param("What is called 'known'?", ["call", "known"], id="only words that ask: what is left of them"),
        pytest.param("How long?", ["long"], id="a question word alone"),
        pytest.param("Why was this?", [], id="stop words alone"),
        pytest.param("?", [], id="no word"),
    ],
)
def test_question_terms_are_what_the_question_is_about(question: str, expected: list[str]) -> None:
    assert question_terms(question) == expected


def test_question_words_keep_the_terms_of_a_compound_together() -> None:
    assert question_words("What dose of IL-2 is toxic?") == [["dose"], ["il2", "il"], ["toxic"]]


@thorough
@given(any_text)
def test_question_terms_are_distinct_terms_of_the_question(question: str) -> None:
    found = question_terms(question)
    assert len(found) == len(set(found))
    assert set(found) <= set(terms(question))
