"""Text that Markdown shows as it is."""

import re

from markupsafe import Markup

_SPACE = re.compile(r"\s+")
_ENTITIES = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;"}

# What is read as a mark anywhere; at the start of a line; and within what would become a link of itself.
_MARKS = re.compile(
    r"([\\`*_\[\]|~$#]|^\s*[-+=]|^\s*\d+[.)](?=\s|$)|:(?=//|[\w+-]+:)|(?<=www)\.|@(?=[\w-]+\.\w))", re.IGNORECASE
)


def literal(value: object) -> Markup:
    """The value without line breaks, with every character that would be read as a mark made harmless.

    >>> print(literal("a|b <i> *c* www.example.org (1) Success@5"))
    a\\|b &lt;i&gt; \\*c\\* www\\.example.org (1) Success@5
    >>> print(literal("1. one"), literal("- two"))
    1\\. one \\- two
    """
    if isinstance(value, Markup):
        return value
    line = _SPACE.sub(" ", str(value)).translate(_ENTITIES)
    return Markup(_MARKS.sub(lambda mark: f"{mark[0][:-1]}\\{mark[0][-1]}", line))
