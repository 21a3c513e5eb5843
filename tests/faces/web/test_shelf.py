"""The documents on the page: which are listed, the result of each upload, and removal."""

from pathlib import Path

import pytest

from qa.faces.web.chat.examples import BUILT_IN, cached_examples, examples
from qa.faces.web.chat.shelf import add, remove, shelf
from qa.library import Library
from tests.support.models import WordEncoder
from tests.support.places import CORPUS

BUILT_IN_FILES = [path.name for path in CORPUS.iterdir()]


@pytest.fixture
def uploads(tmp_path: Path) -> list[str]:
    """The paths of a browser's uploads, each in its own folder."""
    made = {
        "good.txt": "The heart pumps blood through the body. It beats all day.",
        "empty.txt": "",
        "strange.xyz": "What is this?",
    }
    for name, text in made.items():
        (tmp_path / name.split(".")[0]).mkdir()
        (tmp_path / name.split(".")[0] / name).write_text(text)
    return [str(tmp_path / name.split(".")[0] / name) for name in made]


def test_the_shelf_names_every_document_with_what_is_known(library: Library) -> None:
    shown = shelf(library)
    assert [doc_id for _, doc_id in shown.choices] == [document.doc_id for document in library.documents()]
    facts = ("2025", "abstract", "CC BY", "6 passages", "004_eb4dd2e47999bcaa.txt")
    assert " · ".join(f"<bdi>{fact}</bdi>" for fact in facts) in shown.table
    assert shown.choices[0][0].endswith("clinical translation (2026)")
    assert (shown.years, shown.headings) == ([2025, 2026], library.contents.headings())


def test_each_upload_is_added_or_says_why_not_and_leaves_no_file(library: Library, uploads: list[str]) -> None:
    told: list[tuple[float, str]] = []
    shown = add(library, uploads, lambda done, doing: told.append((done, doing)))
    assert "good.txt: added, 1 passages." in shown.news
    assert "Not added: empty.txt holds no text" in shown.news
    assert "Not added: strange.xyz is of a kind that Pincite does not read" in shown.news
    assert len(shown.choices) == 4
    assert told[:2] == [(0.0, "reading good.txt (file 1 of 3)"), (0.0, "making good.txt searchable (file 1 of 3)")]
    assert told[-1][0] == 1.0
    assert not any(Path(upload).exists() for upload in uploads)
    assert not any(str(Path(upload).parent) in shown.news for upload in uploads)


def test_removing_says_what_was_removed_and_what_is_not_there(library: Library) -> None:
    document = library.documents()[0]
    shown = remove(library, [document.doc_id, document.doc_id])
    assert f"{document.label}: removed." in shown.news
    assert "the library has no document" in shown.news
    assert len(shown.choices) == 2


def test_the_built_in_texts_have_examples_of_their_own(library: Library) -> None:
    assert examples(library, BUILT_IN_FILES) == list(BUILT_IN)


def test_other_texts_give_questions_that_they_answer(tmp_path: Path) -> None:
    (tmp_path / "heart.md").write_text(
        "# How the heart pumps blood\n\n## Methods\n\nWe looked.\n\n## Beating of the heart\n\n"
        "Beating of the heart is known to be regular.\n"
    )
    with Library(tmp_path / "library", encoder=WordEncoder()) as library:
        library.add([tmp_path / "heart.md"])
        found = examples(library, BUILT_IN_FILES)
        assert "What is known about Beating of the heart?" in found
        assert not any("Methods" in question for question in found)
        assert not any(library.ask(question).abstained for question in found)


def test_examples_are_made_anew_when_the_library_changes(library: Library) -> None:
    made = cached_examples(library, BUILT_IN_FILES)
    assert made() == made() == list(BUILT_IN)
    for document in library.documents():
        library.remove(document.doc_id)
    assert made() == []


def test_an_empty_library_suggests_nothing(tmp_path: Path) -> None:
    with Library(tmp_path / "library", encoder=WordEncoder()) as library:
        assert examples(library, BUILT_IN_FILES) == []
