"""Strings made to break a page. Rules make them, none is copied from a list; a seed gives the same ones."""

from collections.abc import Callable, Sequence
from itertools import cycle, islice
from random import Random

MAX_CHARACTERS = 400

_WORDS = "interleukin cytokine dose β IL-2 naïve Müller 腫瘍 опухоль ورم גידול เนื้องอก ट्यूमर 종양 cafe\u0301".split()
_TAGS = (
    "b i p a img svg math table td script style iframe template details input form bdo plaintext xmp textarea".split()
)
_ATTRIBUTES = "href src style onclick onload class id title dir xmlns data-x".split()
_NAMES = "amp lt gt quot apos nbsp copy notin zwj rlm hellip NotEqualTilde".split()
_COMMANDS = "frac sqrt alpha mathbb usepackage begin end left right input def newcommand unicode x41".split()
_SPACES = " \t\n\r\v\f\x85\xa0\u1680\u2002\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
_BIDI = "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_INVISIBLE = (
    "\u00ad\u034f\u115f\u17b4\u180e\u200b\u200c\u200d\u2060\u2061\u2063\u3164\ufe0e\ufe0f\ufeff\uffa0\U000e0041"
)
_SCRIPTS = ((0x5D0, 0x5EA), (0x621, 0x64A), (0x905, 0x939), (0xE01, 0xE2E), (0x1100, 0x1112), (0x4E00, 0x9FFF))
_ASTRAL = ((0x10000, 0x1005D), (0x1D400, 0x1D7FF), (0x1F300, 0x1F64F), (0x20000, 0x2A6DF), (0xE0100, 0xE01EF))
_ODD = ((0xE000, 0xF8FF), (0xFDD0, 0xFDEF), (0xFFF9, 0xFFFD), (0xF0000, 0xFFFFD), (0x378, 0x379), (0xFFFE, 0xFFFF))
_PEOPLE = "\U0001f468\U0001f469\U0001f9d1\U0001f467\U0001f466\U0001f44d\U0001f91d"


def _some(random: Random, made: Callable[[], str], most: int = 8, between: str = "") -> str:
    return between.join(made() for _ in range(random.randint(1, most)))


def _within(random: Random, ranges: Sequence[tuple[int, int]]) -> str:
    return chr(random.randint(*random.choice(ranges)))


def _word(random: Random) -> str:
    return random.choice(_WORDS)


def markup(random: Random) -> str:
    def piece() -> str:
        tag, attribute, word = random.choice(_TAGS), random.choice(_ATTRIBUTES), _word(random)
        quote = random.choice(["", "'", '"', "`"])
        forms = (
            f"<{tag}>",
            f"</{tag}>",
            f"<{tag} {attribute}={quote}{word}{quote}>",
            f"<{tag}/{attribute}",
            f"<!--{word}",
        )
        return random.choice([*forms, f"<{word}", "<", ">", "]]>", f"<?{tag}?>", f"<![CDATA[{word}]]>", "-->", word])

    return _some(random, piece, 8, random.choice(["", " "]))


def markdown(random: Random) -> str:
    def piece() -> str:
        word, mark = _word(random), random.choice(["*", "_", "**", "`", "```", "~~", "==", "^", "~", "|", "||", ":"])
        forms = (
            f"{mark}{word}{mark}",
            f"[{word}](#{word})",
            f"![{word}](x)",
            f"[{word}]: x",
            f"<{word}@x.y>",
            f"[^{word}]",
        )
        starts = (
            "# ",
            "> ",
            "- ",
            "1. ",
            "+ ",
            "    ",
            "---",
            "===",
            "\n\n",
            "| a | b |",
            "- [x] ",
            "@",
            "www.x.y",
            "\\",
        )
        return random.choice([*forms, *starts, mark, word])

    return _some(random, piece, 9, random.choice(["", " ", "\n"]))


def formulas(random: Random) -> str:
    def piece() -> str:
        command, word = random.choice(_COMMANDS), _word(random)
        around = random.choice([("$", "$"), ("$$", "$$"), ("\\(", "\\)"), ("\\[", "\\]"), ("\\begin{x}", "\\end{x}")])
        return random.choice([f"{around[0]}\\{command}{{{word}}}{around[1]}", f"\\{command}", "$5 and $6", "\\$", word])

    return _some(random, piece, 6, " ")


def templates(random: Random) -> str:
    around = ("{{}}", "${}", "{%%}", "<%%>", "#{}", "{##}", "{}", "[[]]", "%()s", "`${}`", "{{{}}}", "@{}")

    def piece() -> str:
        pair, inner = random.choice(around), random.choice(["7*7", "self", "x|safe", "this", "0", _word(random)])
        half = len(pair) // 2
        return pair[:half] + inner + pair[half:]

    return _some(random, piece, 6, random.choice(["", " "]))


def entities(random: Random) -> str:
    def piece() -> str:
        name, end = random.choice(_NAMES), random.choice([";", ""])
        number = random.choice([0, 9, 10, 13, 38, 60, 128, 160, 0x202E, 0xD800, 0x110000])
        return random.choice(
            [f"&{name}{end}", f"&#{number}{end}", f"&#x{number:x}{end}", "&", "&amp;amp;", _word(random)]
        )

    return _some(random, piece)


def escapes(random: Random) -> str:
    pieces = [
        "\\",
        "\\n",
        "\\u202e",
        "\\x00",
        "%00",
        "%2e%2e/",
        "'",
        '"',
        "`",
        "''",
        "\\'",
        "\\\\",
        "\u2018",
        "../",
        "c:\\",
    ]
    return _some(random, lambda: random.choice([*pieces, _word(random)]), 12)


def directions(random: Random) -> str:
    return _some(random, lambda: random.choice([*_BIDI, _word(random), " ", "(a]", "1/2"]), 14)


def marks(random: Random) -> str:
    def piece() -> str:
        base = random.choice(["a", "e", "Z", "0", " ", "\u25cc", "ก", "ב", "한", _word(random)])
        return base + _some(random, lambda: _within(random, ((0x300, 0x36F), (0x20D0, 0x20F0), (0x5B0, 0x5BD))), 12)

    return _some(random, piece, 6)


def invisible(random: Random) -> str:
    return _some(random, lambda: random.choice([*_INVISIBLE, _word(random), "a", " "]), 14)


def astral(random: Random) -> str:
    return _some(random, lambda: _within(random, _ASTRAL), 20)


def odd(random: Random) -> str:
    return _some(random, lambda: random.choice([_within(random, _ODD), _word(random)]), 12)


def emoji(random: Random) -> str:
    def piece() -> str:
        person = random.choice(_PEOPLE)
        flag = "".join(chr(random.randint(0x1F1E6, 0x1F1FF)) for _ in range(random.randint(1, 3)))
        family = "\u200d".join(random.choice(_PEOPLE) for _ in range(random.randint(2, 4)))
        toned = person + chr(random.randint(0x1F3FB, 0x1F3FF))
        key = random.choice("0123456789#*") + "\ufe0f\u20e3"
        return random.choice([person, flag, family, toned, key, "\u2764\ufe0f", "\u2764\ufe0e", "\u200d"])

    return _some(random, piece, 10, random.choice(["", " "]))


def scripts(random: Random) -> str:
    return _some(random, lambda: _some(random, lambda: _within(random, _SCRIPTS), 9), 6, " ")


def long_words(random: Random) -> str:
    return (_word(random) * MAX_CHARACTERS)[: random.randint(120, MAX_CHARACTERS)]


def spaces(random: Random) -> str:
    def gap() -> str:
        return _some(random, lambda: random.choice(_SPACES), 6)

    words = _some(random, lambda: _word(random) + gap(), 6)
    return random.choice(["", gap()]) + words


def controls(random: Random) -> str:
    return _some(random, lambda: random.choice([_within(random, ((0, 0x1F), (0x7F, 0x9F))), _word(random)]), 12)


KINDS = (
    markup,
    markdown,
    formulas,
    templates,
    entities,
    escapes,
    directions,
    marks,
    invisible,
    astral,
    odd,
    emoji,
    scripts,
    long_words,
    spaces,
    controls,
)


def torture_strings(count: int, seed: int) -> list[str]:
    """This many different strings, of every kind in turn; every third has one of another kind after it.

    Each has at least one visible character, as others cannot be asked or be a name.
    """
    random = Random(seed)
    made: dict[str, None] = {}
    for number, kind in enumerate(islice(cycle(KINDS), 20 * count)):
        text = kind(random)
        if number % 3 == 0:
            text += random.choice(KINDS)(random)
        if any(character.isprintable() and character != " " for character in text):
            made[text[: 2 * MAX_CHARACTERS]] = None
        if len(made) == count:
            break
    return list(made)
