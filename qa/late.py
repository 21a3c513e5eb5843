"""Imports modules only when they are first used, so that a question does not wait for modules that it does not need.

if TYPE_CHECKING:
    from qa import ingest
else:
    (ingest,) = late("qa.indexing.ingest")
"""

from importlib import import_module
from typing import Any


class _Late:
    """Stands for the module of this name and imports it at the first access."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(import_module(self._name), attribute)


def late(*names: str) -> list[Any]:
    """Stand-ins for the modules of these names, which are not imported yet.

    >>> textwrap, colorsys = late("textwrap", "colorsys")
    >>> textwrap.dedent("  so")
    'so'
    """
    return [_Late(name) for name in names]
