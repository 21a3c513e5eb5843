"""Answers that a library gave: proved again, and exported."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.late import late
from qa.library.opened import Opened
from qa.proof.unproved import Unproved, unproved
from qa.readers import reading_version

if TYPE_CHECKING:
    from qa import proof
    from qa.proof import Verification, exports
else:
    exports, proof = late("qa.proof.exports", "qa.proof")

Saved = Mapping[str, Any]
"""An answer in its JSON form."""


class Proofs:
    """Holds saved answers against the documents of a library."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened

    def verify_all(self, saved: Sequence[Saved], sources: Sequence[str | Path] = ()) -> list["Verification"]:
        """Prove many answers in their JSON form; each source file is read once. AnswerFileError if there is none."""
        store, folder = self._opened.existing, self._opened.path
        return proof.verify_all(saved, store, folder, sources, reading_version.READING_VERSION)

    def unproved(self, saved: Saved) -> Unproved:
        """Which quotes of an answer in its JSON form the library, as it is now, does not hold.

        Raises KeyError, TypeError or AttributeError for what is not in the form of an answer.
        """
        if (store := self._opened.store) is None:
            return unproved(saved, lambda _: None)
        with store.reading():
            return unproved(saved, proof.kept_in(store).document)

    def export(self, answers: Sequence[Saved], form: str) -> str:
        """Answers in their JSON form in one that other programs read, one of ``qa.proof.exports.FORMATS``.

        Raises AnswerFileError for what is not in the form of an answer.
        """
        with (store := self._opened.existing).reading():
            return exports.export(answers, form, proof.kept_in(store).document)
