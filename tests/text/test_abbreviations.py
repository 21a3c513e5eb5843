"""qa.text.abbreviations: definitions of the kinds that Schwartz and Hearst give, and text without one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.text.abbreviations import abbreviations, long_form


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("in the tumor microenvironment (TME).", {"TME": "tumor microenvironment"}, id="initials"),
        pytest.param("Interleukin-2 (IL-2) is", {"IL-2": "Interleukin-2"}, id="letters within a word and a digit"),
        pytest.param("heat shock transcription factor (HSF)", {"HSF": "heat shock transcription factor"}, id="a gap"),
        pytest.param(
            "the CXCR4 (C-X-C motif chemokine receptor 4)", {"CXCR4": "C-X-C motif chemokine receptor 4"}, id="turned"
        ),
        pytest.param("natural killer (NK, or killer) cells", {"NK": "natural killer"}, id="more in the brackets"),
        pytest.param("as shown (Figure 2)", {}, id="a reference to a figure"),
        pytest.param("patients (not all) of these", {}, id="a remark"),
        pytest.param("a dose (XYZ) of it", {}, id="letters that do not fit"),
        pytest.param("IL-2 (IL-2)", {}, id="the same"),
        pytest.param("no antigen. (TME)", {}, id="a sentence between"),
        pytest.param("type one (TO) and text overall (TO)", {"TO": "type one"}, id="the first definition counts"),
    ],
)
def test_definitions_are_found(text: str, expected: dict[str, str]) -> None:
    assert abbreviations(text) == expected


@given(st.lists(st.text("abcdefgh", min_size=3, max_size=8), min_size=2, max_size=5))
def test_initials_of_words_are_found_in_them(words: list[str]) -> None:
    long = long_form("".join(word[0] for word in words).upper(), " ".join(words))
    assert long is None or " ".join(words).endswith(long)
