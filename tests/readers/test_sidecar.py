"""qa.readers.sidecar: what sources.toml says about a file."""

from pathlib import Path
from typing import Any

import pytest

from qa.errors import UnreadableFileError
from qa.readers.sidecar import SIDECAR, described


@pytest.fixture
def review(tmp_path: Path) -> Path:
    """A file whose folder has no sidecar yet."""
    return tmp_path / "review.txt"


def describe(review: Path, toml: str) -> dict[str, Any]:
    (review.parent / SIDECAR).write_text(toml, "utf-8")
    return described(review)


def test_the_sidecar_has_the_documented_name() -> None:
    assert SIDECAR == "sources.toml"


def test_a_file_without_a_sidecar_is_not_described(review: Path) -> None:
    assert described(review) == {}


def test_every_field_is_taken_over_with_lists_as_tuples(review: Path) -> None:
    entry = """
        [[source]]
        file = "review.txt"
        title = "Größe"
        authors = ["Jane Doe", "Rick Roe"]
        journal = "J"
        year = 2025
        doi = "10.1000/x"
        pmid = "1"
        pmcid = "PMC1"
        url = "https://example.org"
        licence = "CC BY"
        keywords = []
        kind = "full text"
    """
    assert describe(review, entry) == {
        "title": "Größe",
        "authors": ("Jane Doe", "Rick Roe"),
        "journal": "J",
        "year": 2025,
        "doi": "10.1000/x",
        "pmid": "1",
        "pmcid": "PMC1",
        "url": "https://example.org",
        "licence": "CC BY",
        "keywords": (),
        "kind": "full text",
    }


def test_the_entry_of_the_file_is_found_among_others(review: Path) -> None:
    others = '[[source]]\nfile = "{}"\ntitle = "{}"\n'
    toml = "".join(others.format(name, name.upper()) for name in ("a.txt", "review.txt", "z.txt"))
    assert describe(review, toml) == {"title": "REVIEW.TXT"}


@pytest.mark.parametrize(
    "toml",
    ["", "# a note\n", '[[source]]\nfile = "other.txt"\ntitle = "T"\n', '[[source]]\ntitle = "of no file"\n'],
    ids=["empty", "comment", "another file", "no file"],
)
def test_a_sidecar_without_an_entry_for_the_file_describes_nothing(review: Path, toml: str) -> None:
    assert describe(review, toml) == {}


def test_a_folder_named_like_the_sidecar_describes_nothing(review: Path) -> None:
    (review.parent / SIDECAR).mkdir()
    assert described(review) == {}


@pytest.mark.parametrize(
    "field",
    [
        pytest.param('colour = "red"', id="unknown"),
        pytest.param('doc_id = "0123456789abcdef"', id="not a descriptive one"),
        pytest.param('year = "2025"', id="year in quotes"),
        pytest.param("year = true", id="year that is a truth value"),
        pytest.param("year = 2025.0", id="year with a fraction"),
        pytest.param("year = 2025-01-01", id="year that is a date"),
        pytest.param('authors = "Jane Doe"', id="authors as one string"),
        pytest.param("authors = [1, 2]", id="authors that are numbers"),
        pytest.param("title = 5", id="title that is a number"),
        pytest.param('kind = "novel"', id="unknown kind"),
    ],
)
def test_a_field_that_is_unknown_or_of_the_wrong_type_is_refused(review: Path, field: str) -> None:
    with pytest.raises(UnreadableFileError) as caught:
        describe(review, f'[[source]]\nfile = "review.txt"\n{field}\n')
    message = str(caught.value)
    assert str(review.parent / SIDECAR) in message
    assert "review.txt" in message
    assert field.split()[0] in message


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"[[source]", id="not TOML"),
        pytest.param(b'source = "review.txt"', id="a string"),
        pytest.param(b"source = 5", id="a number"),
        pytest.param(b'[source]\nfile = "review.txt"', id="a table in place of a list"),
        pytest.param(b'source = ["review.txt"]', id="a list of strings"),
        pytest.param(b'[[source]]\nfile = "M\xfcller.txt"', id="not UTF-8"),
    ],
)
def test_a_sidecar_that_is_not_of_the_documented_form_is_refused_by_its_name(review: Path, content: bytes) -> None:
    (review.parent / SIDECAR).write_bytes(content)
    with pytest.raises(UnreadableFileError) as caught:
        described(review)
    assert str(caught.value).startswith(f"{review.parent / SIDECAR} cannot be read as [[source]] entries (")
    assert str(caught.value).endswith("); mend it.")
