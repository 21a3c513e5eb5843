"""Proofs: that quotes stand in the library's texts, and that the library gave the answer.

Each name is loaded at first use, as signing an answer needs none of the code that proves one.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qa.proof.checking import Verification, verify, verify_all
    from qa.proof.places import Kept, kept_in
    from qa.proof.saved import read_answers

__all__ = ["Kept", "Verification", "kept_in", "read_answers", "verify", "verify_all"]

_HOMES = {"Kept": "qa.proof.places", "kept_in": "qa.proof.places", "read_answers": "qa.proof.saved"}


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(import_module(_HOMES.get(name, "qa.proof.checking")), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
