"""qa.query.synonyms: the table shipped with Pincite, the form of tables, and handmade relations."""

from pathlib import Path

import pytest

from qa.errors import LibraryError
from qa.query.synonyms import FILE, builtin, key, parse, read, thesaurus

SAME = [["IL-2", "interleukin 2", "Proleukin"], ["PD-1", "CD279"]]
KINDS = [["PD-1", "nivolumab", "pembrolizumab"]]


@pytest.mark.parametrize(
    "names",
    [
        ("IL-2", "IL2", "IL 2", "il-2"),
        ("interleukin 2", "interleukin-2", "Interleukin-2"),
        ("PD-L1", "PDL1", "PD L1"),
        ("TGF-β", "TGFβ", "TGF-beta", "TGF beta"),
        ("IFN-γ", "IFN-gamma", "IFNγ"),
        ("CAR-T", "CART"),
        ("checkpoint inhibitor", "Checkpoint inhibitors"),
    ],
)
def test_spellings_of_a_name_have_one_key(names: tuple[str, ...]) -> None:
    assert len({key(name) for name in names}) == 1


def test_equal_names_find_each_other_and_a_kind_finds_what_is_wider_but_not_its_siblings() -> None:
    known = thesaurus(SAME, KINDS)
    assert known["il2"] == ("interleukin 2", "Proleukin")
    assert known["proleukin"] == ("IL-2", "interleukin 2")
    assert known["nivolumab"] == ("PD-1", "CD279")
    assert known["cd279"] == ("PD-1", "nivolumab", "pembrolizumab")
    assert "dupilumab" not in known


@pytest.mark.parametrize(
    ("asked", "other"),
    [
        ("aldesleukin", "IL-2"),
        ("CD274", "PD-L1"),
        ("nivolumab", "PD-1"),
        ("heart attack", "myocardial infarction"),
        ("IFNg", "interferon gamma"),
        ("TGFb", "TGF-beta"),
        ("CAR T cell", "CAR-T"),
        ("writer", "author"),
    ],
)
def test_the_table_knows(asked: str, other: str) -> None:
    assert other in thesaurus(*builtin())[key(asked)]


def test_every_name_of_the_table_has_a_key_of_its_own_in_its_group() -> None:
    for group in (*builtin()[0], *builtin()[1]):
        assert all(key(name) for name in group), group
        assert len(set(group)) == len(group), group


def test_a_library_s_own_table_adds_to_the_one_that_comes_with_pincite(tmp_path: Path) -> None:
    assert read(tmp_path) == builtin()
    (tmp_path / FILE).write_text('same = [["aspirin", "ASS"]]')
    same, kinds = read(tmp_path)
    assert (same[-1], kinds) == (["aspirin", "ASS"], list(builtin()[1]))


@pytest.mark.parametrize(
    "text", ["same = [", "same = 3", 'same = [["alone"]]', 'same = [["a", 1]]', 'other = [["b", "c"]]']
)
def test_a_table_of_another_form_is_named(tmp_path: Path, text: str) -> None:
    with pytest.raises(LibraryError, match="place"):
        parse(text, "place")
    (tmp_path / FILE).write_text(text)
    with pytest.raises(LibraryError, match=FILE):
        read(tmp_path)
