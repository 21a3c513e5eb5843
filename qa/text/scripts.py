"""Superscripts and subscripts in plain text, so that 10⁵ never reads as 105.

If Unicode has every character raised or lowered, those are used (10⁵, CO₂, cm⁻³, Ca²⁺). Otherwise they are marked as
in TeX: ``x^{0.5}``, ``V_{O₂}``. ``unscripted`` puts them back on the line, only for comparing and searching.
"""

import re
from functools import lru_cache

_PLAIN = "0123456789+−=()"
_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾"
_LOWERED = "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎"

# Only letters that Unicode has raised or lowered and whose compatibility form is the same letter again.
_SUPERSCRIPTS = dict(
    zip(
        _PLAIN + "abcdefghijklmnoprstuvwxyz" + "ABDEGHIJKLMNOPRTUVW" + "βγδθφχ",
        _RAISED + "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ" + "ᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂ" + "ᵝᵞᵟᶿᵠᵡ",
        strict=True,
    )
)
_SUBSCRIPTS = dict(zip(_PLAIN + "aehijklmnoprstuvx" + "βγρφχ", _LOWERED + "ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ" + "ᵦᵧᵨᵩᵪ", strict=True))

# Signs that stand above the line anyway, so that raising them changes nothing.
_HIGH = frozenset("*∗†‡§¶#°º′″‴'’\"®©™•")

_DASH = re.compile(r"(?<!\d)[-\u2010\u2011\u2013]|[-\u2010\u2011\u2013](?!\d)")  # between digits it may be a range
_AROUND_SIGN = re.compile(r"\s*([+\u2212=])\s*")

_SUPERSCRIPT_RUN = re.compile(f"[{re.escape(''.join(_SUPERSCRIPTS.values()))}]+")
_MARKED = re.compile(r"([\^_])\{([^{}\n]*)\}")
_AFTER_LETTER = re.compile(r"(?<=[^\W\d_])\^")
_DEEPEST = 4
"""Levels of nested marked scripts that are put back on the line; no real formula has more."""


def superscript(text: str) -> str:
    """The text raised: in Unicode's characters, or marked if one of them is missing.

    White space at its ends stays outside. Signs that stand above the line anyway (*, †, °) stay as they are; a hyphen
    or dash that means minus becomes a minus.

    >>> "10" + superscript("-5"), "Ca" + superscript("2+"), "25" + superscript("th"), "x" + superscript("0.5")
    ('10⁻⁵', 'Ca²⁺', '25ᵗʰ', 'x^{0.5}')
    """
    return _scripted(text, _SUPERSCRIPTS, "^")


def subscript(text: str) -> str:
    """The text lowered: in Unicode's characters, or marked if one of them is missing; as ``superscript``.

    >>> "CO" + subscript("2"), "C" + subscript("max"), "FEV" + subscript("1.0")
    ('CO₂', 'Cₘₐₓ', 'FEV_{1.0}')
    """
    return _scripted(text, _SUBSCRIPTS, "_")


def _scripted(text: str, characters: dict[str, str], mark: str) -> str:
    words = text.strip()
    start = text.index(words)
    return text[:start] + _word_scripted(words, characters, mark) + text[start + len(words) :]


def _word_scripted(words: str, characters: dict[str, str], mark: str) -> str:
    given = frozenset(characters.values()) | _HIGH
    if all(character in given for character in words):
        return words
    signed = _AROUND_SIGN.sub(r"\1", _DASH.sub("−", words))
    if all(character in characters or character in _HIGH for character in signed):
        return "".join(characters.get(character, character) for character in signed)
    return f"{mark}{{{words}}}"


@lru_cache(maxsize=1)
def _as_plain() -> dict[int, str]:
    """Every raised or lowered character to its plain one; a minus becomes a hyphen, as people type it."""
    scripts = [*_SUPERSCRIPTS.items(), *_SUBSCRIPTS.items()]
    return {ord(script): "-" if plain == "−" else plain for plain, script in scripts}


def unscripted(text: str) -> str:
    """The text as people type it: superscripts after ``^``, subscripts on the line.

    >>> unscripted("10⁻⁵ mol of CO₂, x^{0.5}, V_{O₂}")
    '10^-5 mol of CO2, x^0.5, VO2'
    """
    for _ in range(_DEEPEST):
        text, count = _MARKED.subn(lambda found: (found[1] if found[1] == "^" else "") + found[2], text)
        if not count:
            break
    if text.isascii():
        return text
    raised = _SUPERSCRIPT_RUN.sub(lambda found: f"^{found[0]}", text)
    return raised.translate(_as_plain())


def as_typed(text: str) -> str:
    """The text as models read it best: ``unscripted``, but without ``^`` after a letter.

    >>> as_typed("10⁵ cells, 25 kg/m²")
    '10^5 cells, 25 kg/m2'
    """
    plain = unscripted(text)
    return text if plain == text else _AFTER_LETTER.sub("", plain)
