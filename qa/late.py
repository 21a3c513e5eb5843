"""Modules that are imported when something of them is first used, so that a question waits for none that it needs not.

if TYPE_CHECKING:
    from qa import ingest
else:
    (ingest,) = late("qa.indexing.ingest")
"""

from importlib import import_module
from typing import Any


class _Late:
    """Stands for a module of this name."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(import_module(self._name), attribute)


def late(*names: str) -> list[Any]:
    """The modules of these names, not imported yet.

    >>> textwrap, colorsys = late("textwrap", "colorsys")
    >>> textwrap.dedent("  so")
    'so'
    """
    return [_Late(name) for name in names]
