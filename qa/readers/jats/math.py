"""MathML and LaTeX to text in one line: a/b, √(x), x², Σ_{i=1}^{n}.

A handler returns what replaces an element: strings, elements still to be read, and functions to call in passing.
"""

from collections.abc import Callable, Mapping
from typing import Any

from qa.readers.jats.line import Line, Start
from qa.text.scripts import subscript, superscript

Item = Any
"""Something still to be added to a line: a string, an element, or a function to call in passing."""

Expand = Callable[[Any, Line], list[Item]]

_LATEX_BEGIN, _LATEX_END = r"\begin{document}", r"\end{document}"

# Maps an accent over one character to Unicode's combining character.
_ACCENTS = {
    **dict.fromkeys("¯‾−–-_ˉ", "\u0304"),
    **dict.fromkeys("^ˆ", "\u0302"),
    **dict.fromkeys("~˜∼", "\u0303"),
    **dict.fromkeys("˙.", "\u0307"),
    **dict.fromkeys("→⃗", "\u20d7"),
}


def content(element: Any, line: Line) -> list[Item]:
    """The element's text and children, in order."""
    items: list[Item] = [element.text or ""]
    for child in element:
        items += (child, child.tail or "")
    return items


def scripted(items: list[Item], line: Line, script: Callable[[str], str]) -> list[Item]:
    """The items as a superscript or subscript."""
    start: list[Start] = []
    return [lambda: start.append(line.start()), *items, lambda: line.script(start[0], script)]


def latex(element: Any, line: Line) -> list[Item]:
    """The formula of a LaTeX document."""
    source = "".join(element.itertext())
    body = source.partition(_LATEX_BEGIN)[2].rpartition(_LATEX_END)[0]
    return [(body or source).strip().strip("$")]


def _fraction(element: Any, line: Line) -> list[Item]:
    """Numerator and denominator with an explicit stroke: 1/2, (a+b)/c."""
    items: list[Item] = []
    for child in element:
        stroke = "/" if items else ""
        items += (f"{stroke}(", child, ")") if len(child) > 1 else (stroke, child)
    return items


def _root(element: Any, line: Line) -> list[Item]:
    return ["√(", *content(element, line), ")"]


def _nth_root(element: Any, line: Line) -> list[Item]:
    base, *index = element
    return [*scripted(index, line, superscript), "√(", base, ")"]


def _fenced(element: Any, line: Line) -> list[Item]:
    items: list[Item] = [element.get("open", "(")]
    for child in element:
        items += (element.get("separators", ",")[:1], child) if len(items) > 1 else (child,)
    return [*items, element.get("close", ")")]


def _attached(*scripts: Callable[[str], str]) -> Expand:
    """A base, then each further child as a superscript or subscript."""

    def expand(element: Any, line: Line) -> list[Item]:
        base, *attached = element
        pairs = zip(attached, scripts, strict=False)
        return [base, *(item for child, script in pairs for item in scripted([child], line, script))]

    return expand


def _over(element: Any, line: Line) -> list[Item]:
    """An accent over one character joins it; anything else above becomes a superscript."""
    base, *above = element
    accent = _ACCENTS.get("".join("".join(child.itertext()) for child in above).strip())
    if accent and len("".join(base.itertext()).strip()) == 1:
        return [base, accent]
    return [base, *scripted(above, line, superscript)]


def _scripts(element: Any, line: Line) -> list[Item]:
    """A base with pairs of subscripts and superscripts after it; those after ``mprescripts`` come before it."""
    children = list(element)
    names = [child.tag for child in children]
    cut = names.index("mprescripts") if "mprescripts" in names else len(children)
    base, after, before = children[:1], children[1:cut], children[cut + 1 :]
    return [*_alternating(before, line), *base, *_alternating(after, line)]


def _alternating(children: list[Any], line: Line) -> list[Item]:
    return [
        item
        for place, child in enumerate(children)
        if child.tag not in ("none", "mprescripts")
        for item in scripted([child], line, superscript if place % 2 else subscript)
    ]


def listed(separator: str) -> Expand:
    """The children with a separator between them: cells and rows of a matrix."""

    def expand(element: Any, line: Line) -> list[Item]:
        return [item for child in element for item in (separator, child)][1:]

    return expand


def _whole(expand: Expand) -> Expand:
    """The handler for complete elements; an element that lacks children gives its content."""
    return lambda element, line: (expand if len(element) else content)(element, line)


MATH: Mapping[Any, Expand] = {
    "tex-math": latex,
    **{
        name: _whole(expand)
        for name, expand in {
            "mfrac": _fraction,
            "msqrt": _root,
            "mroot": _nth_root,
            "mfenced": _fenced,
            "msup": _attached(superscript),
            "msub": _attached(subscript),
            "msubsup": _attached(subscript, superscript),
            "munder": _attached(subscript),
            "munderover": _attached(subscript, superscript),
            "mover": _over,
            "mmultiscripts": _scripts,
            "mtable": listed("; "),
            "mtr": listed(" "),
            "mlabeledtr": listed(" "),
        }.items()
    },
}
"""The handlers of formula elements; others give their content."""
