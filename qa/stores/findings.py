"""What a check of a library found."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from qa.records import DocId


@dataclass(frozen=True, slots=True)
class Findings:
    """What a check found: what was mended, in words; the documents that could not be, and their names.

    ``missing`` has in words what is lost beside documents, and costs no answer; ``damaged`` what was left as it is,
    since the library cannot be written; ``unchecked`` names what is in its folder and no part of it.
    """

    mended: tuple[str, ...] = ()
    lost: tuple[DocId, ...] = ()
    names: Mapping[DocId, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    damaged: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()

    def __add__(self, other: "Findings") -> "Findings":
        return Findings(
            (*self.mended, *other.mended),
            (*self.lost, *other.lost),
            {**self.names, **other.names},
            (*self.missing, *other.missing),
            (*self.damaged, *other.damaged),
            (*self.unchecked, *other.unchecked),
        )

    def named(self, doc_id: DocId) -> str:
        """A lost document by its file name, where that is known, and its id."""
        return f"{self.names[doc_id]} ({doc_id})" if doc_id in self.names else doc_id


SOUND = Findings()
