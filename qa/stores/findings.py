"""The results of a check of a library."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from qa.records import DocId


@dataclass(frozen=True, slots=True)
class Findings:
    """Results of a check: what was repaired, in words, and documents that could not be, with their names.

    ``missing`` says in words what is lost beside documents; this costs no answer. ``damaged`` is left as it is, because
    the library is not writable. ``unchecked`` names files in its folder that are no part of it.
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
        """A lost document by its id, and by its file name if known."""
        return f"{self.names[doc_id]} ({doc_id})" if doc_id in self.names else doc_id


SOUND = Findings()
