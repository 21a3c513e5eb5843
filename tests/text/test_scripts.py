import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.text.scripts import as_typed, subscript, superscript, unscripted


@pytest.mark.parametrize(
    ("text", "raised"),
    [
        ("5", "⁵"),
        ("-3", "⁻³"),
        ("−3", "⁻³"),
        ("–3", "⁻³"),
        ("2+", "²⁺"),
        ("2 +", "²⁺"),
        ("n-1", "ⁿ⁻¹"),
        ("th", "ᵗʰ"),
        ("nd", "ⁿᵈ"),
        ("1–3", "^{1–3}"),
        ("1,2", "^{1,2}"),
        ("a,b", "^{a,b}"),
        ("−/−", "^{−/−}"),
        ("0.5", "^{0.5}"),
        ("C", "^{C}"),
        ("*", "*"),
        ("†", "†"),
        ("a*", "ᵃ*"),
        ("²", "²"),
        ("x²", "^{x²}"),
        (" 5 ", " ⁵ "),
        ("", ""),
        ("  ", "  "),
        ("two  words", "^{two  words}"),
    ],
)
def test_superscripts_are_unicode_or_marked(text: str, raised: str) -> None:
    assert superscript(text) == raised


@pytest.mark.parametrize(
    ("text", "lowered"),
    [
        ("2", "₂"),
        ("max", "ₘₐₓ"),
        ("0.5", "_{0.5}"),
        ("O₂", "_{O₂}"),
        ("min", "ₘᵢₙ"),
        ("b", "_{b}"),
        ("-1", "₋₁"),
        ("₂", "₂"),
        (" i ", " ᵢ "),
    ],
)
def test_subscripts_are_unicode_or_marked(text: str, lowered: str) -> None:
    assert subscript(text) == lowered


def test_every_character_folds_back_to_what_it_stands_for() -> None:
    for character in map(chr, range(0x21, 0x400)):
        for script in (superscript, subscript):
            if len(script(character)) == 1 and script(character) != character:
                meant = "−" if character in "-‐‑–" else character
                assert unicodedata.normalize("NFKC", script(character)) == meant


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("10⁵ spores", "10^5 spores"),
        ("10^{5} spores", "10^5 spores"),
        ("10^5", "10^5"),
        ("CO₂", "CO2"),
        ("CO_{2}", "CO2"),
        ("CO_2", "CO_2"),
        ("cm⁻³", "cm^-3"),
        ("Ca²⁺", "Ca^2+"),
        ("x^{a^{2}}", "x^a^2"),
        ("10ᵗʰ", "10^th"),
        ("{2} as it is", "{2} as it is"),
    ],
)
def test_scripts_are_taken_back_as_they_are_typed(text: str, plain: str) -> None:
    assert unscripted(text) == plain


def test_a_model_reads_what_is_raised_after_a_letter_on_the_line() -> None:
    assert as_typed("10⁵ and 25 kg/m², x^2 of CO₂") == "10^5 and 25 kg/m2, x2 of CO2"
    assert as_typed("x^2 as it was typed") == "x^2 as it was typed"


@given(st.text(alphabet="0123456789abcxyzABC.,;()+= βμ", min_size=1).map(str.strip).filter(bool))
def test_what_was_raised_or_lowered_is_taken_back_whole(text: str) -> None:
    without_space_at_signs = text.replace(" ", "")
    assert unscripted("1" + superscript(text)).replace(" ", "") == "1^" + without_space_at_signs
    assert unscripted("H" + subscript(text)).replace(" ", "") == "H" + without_space_at_signs
