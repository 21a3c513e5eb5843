"""Proves and exports answers that a library gave."""

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
    """Checks saved answers against the documents of a library."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened

    def verify_all(self, saved: Sequence[Saved], sources: Sequence[str | Path] = ()) -> list["Verification"]:
        """Check answers in their JSON form; each source file is read once. AnswerFileError if there is no answer."""
        store, folder = self._opened.existing, self._opened.path
        return proof.verify_all(saved, store, folder, sources, reading_version.READING_VERSION)

    def unproved(self, saved: Saved) -> Unproved:
        """The quotes of an answer in its JSON form that the library does not hold any more.

        Raises KeyError, TypeError or AttributeError if it is not in the form of an answer.
        """
        if (store := self._opened.store) is None:
            return unproved(saved, lambda _: None)
        with store.reading():
            return unproved(saved, proof.kept_in(store).document)

    def export(self, answers: Sequence[Saved], form: str) -> str:
        """Answers, given in their JSON form, in a form of ``qa.proof.exports.FORMATS`` for other programs.

        Raises AnswerFileError if one is not in the form of an answer.
        """
        with (store := self._opened.existing).reading():
            return exports.export(answers, form, proof.kept_in(store).document)
