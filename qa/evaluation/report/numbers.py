"""Figures as the report prints them: no more digits than an evaluation supports, and a sign where it matters."""

import math

from qa.evaluation.results import Comparison, Estimate

NOTHING = "–"


def figure(value: float | None) -> str:
    """A share or a mean, without the leading zero.

    >>> figure(0.8732), figure(1.0), figure(-0.012), figure(None)
    ('.873', '1.000', '−.012', '–')
    """
    if value is None or not math.isfinite(value):
        return NOTHING
    digits = f"{abs(value):.3f}"
    sign = "−" if value < 0 and float(digits) else ""
    return sign + digits.removeprefix("0")


def signed(value: float) -> str:
    """A difference, always with its sign.

    >>> signed(0.12), signed(-0.012), signed(0.0001)
    ('+.120', '−.012', '.000')
    """
    return "+" * (round(value, 3) > 0) + figure(value)


def interval(estimate: Estimate | Comparison) -> str:
    """
    >>> interval(Estimate(0.873, 0.846, 0.898, 631))
    '[.846, .898]'
    """
    return f"[{figure(estimate.low)}, {figure(estimate.high)}]"


def p_value(p: float) -> str:
    """
    >>> p_value(0.0004), p_value(0.0321)
    ('p < .001', 'p = .032')
    """
    return "p < .001" if p < 0.001 else f"p = {figure(p)}"


def duration(seconds: float | None) -> str:
    """
    >>> duration(0.0324), duration(0.0056), duration(2.31)
    ('32 ms', '5.6 ms', '2.3 s')
    """
    if seconds is None or not math.isfinite(seconds):
        return NOTHING
    if seconds >= 0.9995:
        return f"{seconds:.1f} s"
    return f"{seconds * 1000:.{0 if seconds >= 0.00995 else 1}f} ms"


def percent(part: float, whole: float) -> str:
    """
    >>> percent(551, 631), percent(1, 631), percent(0, 631)
    ('87%', '<1%', '0%')
    """
    share = 100 * part / whole if whole else 0.0
    return "<1%" if 0 < share < 0.5 else f"{share:.0f}%"


def counted(number: int, noun: str, plural: str = "") -> str:
    """
    >>> counted(1, "question"), counted(1204, "question")
    ('1 question', '1,204 questions')
    """
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def shortened(text: str, length: int) -> str:
    """The text, cut to ``length`` characters if it is longer; for labels, whose full text stands elsewhere.

    >>> shortened("a very long name", 8)
    'a very …'
    """
    return text if len(text) <= length else text[: length - 1] + "…"
