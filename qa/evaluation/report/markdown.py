"""Text that Markdown shows as it is."""

import re

from markupsafe import Markup

_SPACE = re.compile(r"\s+")
_ENTITIES = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;"}

# Markup: anywhere; at the start of a line; and in text that Markdown would turn into a link.
_MARKS = re.compile(
    r"([\\`*_\[\]|~$#]|^\s*[-+=]|^\s*\d+[.)](?=\s|$)|:(?=//|[\w+-]+:)|(?<=www)\.|@(?=[\w-]+\.\w))", re.IGNORECASE
)


def literal(value: object) -> Markup:
    """The value on one line, with every character escaped that would be markup.

    >>> print(literal("a|b <i> *c* www.example.org (1) Success@5"))
    a\\|b &lt;i&gt; \\*c\\* www\\.example.org (1) Success@5
    >>> print(literal("1. one"), literal("- two"))
    1\\. one \\- two
    """
    if isinstance(value, Markup):
        return value
    line = _SPACE.sub(" ", str(value)).translate(_ENTITIES)
    return Markup(_MARKS.sub(lambda mark: f"{mark[0][:-1]}\\{mark[0][-1]}", line))
