"""An unsigned answer is proved by asking again."""

import json
from pathlib import Path
from typing import Any

import pytest

from qa.faces import replies
from qa.faces.asking_again import asked_again
from qa.library import Library

ANSWERED, REFUSED = "What limits the use of high-dose IL-2?", "Who painted the Mona Lisa?"


def proved(library: Library, form: dict[str, Any]) -> dict[str, Any]:
    return asked_again(library, [form], replies.proof([library.verify(form)]))


def unsigned(library: Library, question: str) -> dict[str, Any]:
    form: dict[str, Any] = json.loads(json.dumps(library.ask(question).to_dict()))
    return form | {"signature": None}


@pytest.mark.parametrize("question", [ANSWERED, REFUSED])
def test_what_the_library_still_says_is_proved(library: Library, question: str) -> None:
    form = unsigned(library, question)
    proof = proved(library, form)
    said = "Asked again: it abstains still." if form["abstained"] else "Asked again: the same answer."
    assert proof["stands"] is True
    assert proof["covers"][-1] == said


def test_a_forged_refusal_is_found_out(library: Library) -> None:
    form = unsigned(library, ANSWERED)
    assert not form["abstained"]
    form |= {"abstained": True, "reason": "off_corpus", "sentences": [], "citations": []}
    assert replies.proof([library.verify(form)])["stands"] is True
    proof = proved(library, form)
    assert (proof["stands"], proof["problems"]) == (
        False,
        ["the answer: asked again, of all documents, it answers now"],
    )


@pytest.mark.parametrize("changed", [{"question": REFUSED}, {"confidence": 0.999}])
def test_another_question_or_confidence_is_found_out(library: Library, changed: dict[str, Any]) -> None:
    proof = proved(library, unsigned(library, ANSWERED) | {"query": {}} | changed)
    assert (proof["stands"], len(proof["problems"])) == (False, 1)


def test_of_another_generation_it_is_unproved(library: Library, tmp_path: Path) -> None:
    form = unsigned(library, REFUSED)
    (tmp_path / "more.txt").write_text("The Mona Lisa was painted by Leonardo da Vinci, as all of them know.")
    library.add([tmp_path / "more.txt"])
    proof = proved(library, form)
    assert proof["stands"] is True
    assert "the library has changed since" in proof["unproved"][-1]
