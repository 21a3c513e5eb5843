"""Answers from the library are told apart from answers that it did not give."""

import json
import os
import stat
import subprocess
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from shutil import copytree, which
from typing import Any

import pytest

from qa.faces import replies
from qa.library import Library
from qa.proof.signing import PRIVATE, PUBLIC, ensure_keys, mend_keys, renew_keys, sign, signature_of
from tests.support.models import WordEncoder
from tests.support.places import CORPUS

Form = dict[str, Any]
FORM: Form = {"id": "q1", "question": "Is β-IL toxic?", "confidence": 0.93, "hits": [{"score": 1.0}], "signature": None}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    ensure_keys(tmp_path)
    return tmp_path


def signed(folder: Path, form: Form = FORM) -> Form:
    return form | {"signature": sign(folder, form)}


def test_what_the_library_gave_is_said_to_be_given_by_it(folder: Path) -> None:
    found = signature_of(signed(folder), folder)
    assert (found.by, found.signed) == ("this library", True)
    assert found.words.startswith("Given by this library")


def test_the_same_answer_has_the_same_signature_whatever_its_id(folder: Path) -> None:
    assert sign(folder, FORM) == sign(folder, {**FORM, "id": None}) == sign(folder, dict(reversed(FORM.items())))


def test_a_number_may_come_back_as_another_program_writes_it(folder: Path) -> None:
    form = signed(folder)
    form["hits"] = [{"score": 1}]
    assert signature_of(form, folder).by == "this library"


CHANGES: dict[str, Callable[[Form], object]] = {
    "question": lambda form: form.update(question="Is β-IL safe?"),
    "homoglyph": lambda form: form.update(question=form["question"].replace("o", "\u043e")),
    "confidence": lambda form: form.update(confidence=0.94),
    "score": lambda form: form["hits"][0].update(score=0.9),
    "field added": lambda form: form.update(remark="proved"),
    "field left out": lambda form: form.pop("hits"),
    "value": lambda form: form["signature"].update(value=form["signature"]["value"][::-1]),
    "key": lambda form: form["signature"].update(key="00" * 32),
    "no value": lambda form: form["signature"].pop("value"),
    "another algorithm": lambda form: form["signature"].update(algorithm="none"),
    "no hexadecimal": lambda form: form["signature"].update(value="zz"),
    "a list": lambda form: form.update(signature=["Ed25519"]),
    "a word": lambda form: form.update(signature="given by this library"),
    "something more": lambda form: form["signature"].update(by="this library"),
    "number out of range": lambda form: form.update(confidence=2**70),
    "no text": lambda form: form.update(question="\ud800"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_whatever_is_changed_breaks_the_signature(folder: Path, change: Callable[[Form], object]) -> None:
    form = deepcopy(signed(folder))
    change(form)
    found = signature_of(form, folder)
    assert (found.by, found.signed) == ("altered", False)


@pytest.mark.parametrize("signature", [None, ...])
def test_what_nobody_signed_is_said_to_be_unsigned(folder: Path, signature: object) -> None:
    form = {name: value for name, value in FORM.items() if name != "signature"}
    found = signature_of(form if signature is ... else FORM, folder)
    assert (found.by, found.signed) == ("nobody", None)


def test_another_library_is_another(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other")
    ensure_keys(other)
    found = signature_of(signed(other), folder)
    assert (found.by, found.signed) == ("another", False)
    assert "not signed by this library" in found.words


def test_only_its_owner_may_read_the_private_key(folder: Path) -> None:
    if os.name != "nt":
        assert stat.S_IMODE((folder / PRIVATE).stat().st_mode) == 0o600


def test_a_library_keeps_its_keys(folder: Path) -> None:
    kept = {name: (folder / name).read_bytes() for name in (PRIVATE, PUBLIC)}
    ensure_keys(folder)
    assert mend_keys(folder) == []
    assert kept == {name: (folder / name).read_bytes() for name in (PRIVATE, PUBLIC)}


def test_a_public_key_that_is_lost_is_made_again(folder: Path) -> None:
    form, kept = signed(folder), (folder / PUBLIC).read_bytes()
    (folder / PUBLIC).unlink()
    ensure_keys(folder)
    assert (folder / PUBLIC).read_bytes() == kept
    assert signature_of(form, folder).by == "this library"


@pytest.mark.parametrize("place", range(0, 180, 7))
def test_a_flipped_bit_in_a_key_is_found_and_never_used(folder: Path, place: int) -> None:
    form = signed(folder)
    for name in (PUBLIC, PRIVATE):
        data = bytearray((folder / name).read_bytes())
        data[min(place, len(data) - 1)] ^= 4
        (folder / name).write_bytes(data)
        if name == PUBLIC:
            assert signature_of(form, folder).by == "another"
            assert mend_keys(folder) == [f"the library's key {PUBLIC}: it is not what was written"]
            assert signature_of(form, folder).by == "this library"
    assert sign(folder, FORM) is None
    ensure_keys(folder)
    assert sign(folder, FORM) is None  # a new key is made only on request
    assert "answers are not signed" in mend_keys(folder)[0]
    assert signature_of(form, folder).by == "this library"
    renew_keys(folder)
    assert signature_of(form, folder).by == "another"
    assert signature_of(signed(folder), folder).by == "this library"


def test_keys_of_two_pairs_are_found_out(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other")
    ensure_keys(other)
    (folder / PUBLIC).write_bytes((other / PUBLIC).read_bytes())
    assert "does not belong" in mend_keys(folder)[0]
    assert signature_of(signed(folder), folder).by == "this library"


@pytest.mark.skipif(which("openssl") is None, reason="needs openssl")
def test_openssl_proves_the_signature_too(folder: Path) -> None:
    """As docs/proof.md says: openssl reads the key file unchanged, and the signed message is canonical JSON."""
    form = signed(folder)
    said = '{"confidence":0.93,"hits":[{"score":1}],"question":"Is β-IL toxic?"}'
    (folder / "message").write_bytes(f"Pincite answer\n{said}".encode())
    (folder / "value").write_bytes(bytes.fromhex(form["signature"]["value"]))
    files = ["-inkey", folder / PUBLIC, "-in", folder / "message", "-sigfile", folder / "value"]
    subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-rawin", *files], check=True, capture_output=True)


# ---------------------------------------------------------------- by a library


def test_answers_and_refusals_are_signed_and_proved(library: Library) -> None:
    for question in ("What limits the use of high-dose IL-2?", "Who painted the Mona Lisa?"):
        form = json.loads(json.dumps(library.ask(question, threshold=0.3).to_dict()))
        proof = replies.proof([library.verify(form)])
        assert (proof["stands"], proof["signed"]) == (True, True)
        assert any(said.startswith("Given by this library") for said in proof["covers"])
        form["question"] = "What makes high-dose IL-2 safe?"
        proof = replies.proof([library.verify(form)])
        assert (proof["stands"], proof["signed"]) == (False, False)
        assert proof["problems"] == ["the answer: its signature does not fit: it was altered after it was given"]


def test_a_forged_refusal_without_signature_stands_for_nothing(library: Library) -> None:
    form = library.ask("What limits the use of high-dose IL-2?").to_dict()
    form |= {"abstained": True, "reason": "off_corpus", "sentences": [], "citations": [], "confidence": 0.01}
    assert not library.verify(form).stands
    proof = replies.proof([library.verify(form | {"signature": None})])
    assert (proof["stands"], proof["signed"]) == (True, None)
    assert any("It is not signed by this library" in said for said in proof["unproved"])


def test_an_answer_of_an_older_generation_is_still_given_by_the_library(library: Library, tmp_path: Path) -> None:
    form = library.ask("What limits the use of high-dose IL-2?").to_dict()
    (tmp_path / "more.txt").write_text("Aspirin is another matter, and has nothing to do with it.")
    library.add([tmp_path / "more.txt"])
    proof = replies.proof([library.verify(form)])
    assert (proof["stands"], proof["signed"]) == (True, True)


def test_a_library_made_before_there_were_keys_has_one_after_its_next_change(library: Library) -> None:
    for name in (PRIVATE, PUBLIC):
        (library.path / name).unlink()
    assert library.ask("Is IL-2 toxic?").signature is None
    library.remove("000_fe304fc8ed56550a.txt")
    assert library.ask("Is IL-2 toxic?").signature is not None


def test_a_library_that_may_not_be_signed_for_proves_its_owners_answers(
    library: Library, tmp_path: Path, words: WordEncoder
) -> None:
    form = library.ask("Is IL-2 toxic?").to_dict()
    copytree(library.path, tmp_path / "theirs")
    (tmp_path / "theirs" / PRIVATE).unlink()  # like unreadable, but also works as root
    with Library(tmp_path / "theirs", encoder=words) as theirs:
        assert theirs.ask("Is IL-2 toxic?").signature is None
        assert replies.proof([theirs.verify(form)])["signed"] is True


def test_a_damaged_key_is_said_by_check_and_renewed_when_asked_for(library: Library) -> None:
    form = library.ask("Is IL-2 toxic?").to_dict()
    (library.path / PRIVATE).write_bytes(b"")
    assert any(PRIVATE in said for said in library.check().mended)
    assert library.ask("Is IL-2 toxic?").signature is None
    assert any("made anew" in said for said in library.check(new_key=True).mended)
    assert library.check().mended == ()
    proof = replies.proof([library.verify(form)])
    assert (proof["stands"], proof["signed"]) == (True, False)
    assert any("not signed by this library" in said for said in proof["unproved"])


def test_the_corpus_is_told_with_the_file_and_the_readers_it_came_from(library: Library) -> None:
    from qa.readers.reading_version import READING_VERSION

    form = library.ask("What limits the use of high-dose IL-2?").to_dict()
    (said, *_) = replies.proof([library.verify(form)])["covers"]
    document = library.document(form["citations"][0]["doc_id"])
    assert (CORPUS / document.source).is_file()
    assert (
        f"which version {READING_VERSION} of the readers read from the file with SHA-256 {document.source_sha256}"
        in said
    )
