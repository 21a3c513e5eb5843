"""The sentences shown, as two readers judge them: what is drawn, and how the judgments are counted."""

from pathlib import Path
from types import ModuleType

import pytest

from qa.library import Library


@pytest.fixture
def command() -> ModuleType:
    from eval.benchmarks.answers import shown

    return shown


def test_each_sentence_shown_is_a_form(command: ModuleType, library: Library) -> None:
    answer = library.ask("What limits the use of high-dose IL-2?")
    found = command.forms(answer)
    assert [one["sentence"] for one in found] == [one.text for one in answer.sentences]
    assert all(one["question"] == answer.question for one in found)
    (before,) = {one["before"] for one in found} - {""}
    assert before.startswith("IL-2, known for its ability to stimulate")


def test_two_readers_are_compared(command: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "first.tsv").write_text("1\tyes\n2\tyes\n3\tno\n4\tyes\n5\tyes\n")
    (tmp_path / "second.tsv").write_text("1\tyes\n2\tno\n3\tno\n4\tyes\n")
    first, second = (command.judgments(tmp_path / f"{name}.tsv") for name in ("first", "second"))
    # Of the four that both have judged the first says yes to 3/4, the second to 2/4; they agree on 3/4. By chance they
    # would on 3/4 × 2/4 + 1/4 × 2/4 = 1/2, so kappa is (3/4 - 1/2) / (1 - 1/2).
    assert command.report(first, second) == [
        "4 sentences; they bear on the question for the first reader 0.750, for the second 0.500",
        "for both 0.500, for either 0.750",
        "the two agree on 0.750, kappa 0.500",
    ]


def test_a_line_that_judges_nothing_is_an_error(command: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "first.tsv").write_text("1\tperhaps\n")
    with pytest.raises(ValueError, match="neither yes nor no: 1\tperhaps"):
        command.judgments(tmp_path / "first.tsv")
