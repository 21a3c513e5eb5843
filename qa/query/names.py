"""Things that a question names, and which of them a library does not have under any name.

A name is recognised by its form (IL-10, BRCA2, Madagascar), by the ending of its kind (pembrolizumab, arthritis), or
by a table of names (leprosy). Words that are common in open text are not names: a text may say the same in other
words.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import takewhile

from qa.profile import profile
from qa.query.background import background
from qa.query.groups import forms
from qa.query.spelling import nearest, swaps
from qa.query.synonyms import Thesaurus, key
from qa.text.terms import stem, tells

FILE = "names.txt"
"""Made by ``eval/training/names.py``."""

COMMON: float = profile()["query"]["common"]
"""A word in more than this share of the paragraphs of open text is an everyday word, even if it names a disease."""

_TOKEN = re.compile(r"[^\W_]+(?:[-\u2010\u2011\u2013'’][^\W_]+)*")
_POSSESSIVE = re.compile(r"['’]s$")
_HYPHENS = re.compile(r"[-\u2010\u2011\u2013]")
_ROMAN = re.compile(r"[IVX]+")
_LETTERED = re.compile(r"(?:vitamin|hepatitis|influenza|immunoglobulin|apolipoprotein|factor|coenzyme) [A-Z]", re.I)
"""A word that becomes a name with a letter after it."""
_WITHIN = re.compile(r"[^\W_][^.?!:]*$")
"""The text before a word that does not open a sentence."""
_LONGEST_SYMBOL = 6
"""A word of capitals is a symbol up to this many letters; a longer one is only emphasis."""
_LEAST_START = 4
"""The fewest first letters by which two words count as related."""

# Endings of drug names: "The use of stems in the selection of International Nonproprietary Names (INN) for
# pharmaceutical substances", WHO, 2018; then endings of names of diseases and germs.
_STEMS = re.compile(
    r"\w{3,}(?:mab|nib|tide|vir|vastatin|cillin|mycin|azole|olol|pril|sartan|gliptin|gliflozin|prazole|caine|azepam|azolam|"
    r"floxacin|cycline|setron|triptan|lukast|parib|ciclib|rafenib|limus|parin|xaban|gatran|platin|taxel|rubicin|dronate|"
    r"olone|profen|formin|dipine|pamil|zosin|thiazide|barbital|oxetine|tidine|terol|tropium|sulfan|trexate|vudine|"
    r"fungin|bactam|oxamine|leucel|kinra|cept|leukin|feron|"
    r"itis|oma|emia|osis|iasis|pathy|virus|coccus|bacter|ella)s?"
)

Occurs = Callable[[Sequence[Sequence[str]]], bool]
"""Whether some passage has any of these runs of search terms, without other terms between."""


Words = Callable[[], Mapping[str, int]]
"""The words of all texts, in lower case, to how many texts hold each."""


@dataclass(frozen=True, slots=True)
class Absent:
    """A thing that the question names and the library does not; ``name`` is as typed."""

    name: str
    related: bool
    """Whether the library has a name that is a step wider or narrower: PD-1 for pembrolizumab."""


def absent(question: str, others: Thesaurus, words: Words, occurs: Occurs) -> list[Absent]:
    """The things that the question names and the library has under no name, each once.

    ``words`` gives the words of all texts, in lower case; it is called only for a name that no passage has. A name
    that starts like one of these words, or is near one by spelling, counts as a form or a typo of that word.
    """
    found = []
    for name in {key(name): name for name in reversed(named(question)) if key(name)}.values():
        same, also = others.same.get(key(name), ()), others.get(key(name), ())
        if not _is_there(name, [one for one in also if key(one) in same], words, occurs):
            found.append(Absent(name, _any([one for one in also if key(one) not in same], occurs)))
    return found[::-1]


def named(question: str) -> list[str]:
    """The things that a question names, in order.

    >>> named("Does IL-10 or vitamin D help children in Madagascar with leprosy?")
    ['IL-10', 'vitamin D', 'Madagascar', 'leprosy']
    """
    matches = list(_TOKEN.finditer(question))
    tokens = [_POSSESSIVE.sub("", match.group()) for match in matches]
    opening = {i for i, match in enumerate(matches) if not _WITHIN.search(question[: match.start()])}
    if question.isupper() or any(_is_of_heading(token) for i, token in enumerate(tokens) if i not in opening):
        tokens = [token if any(map(str.isdigit, token)) else token.lower() for token in tokens]
    found, place = [], 0
    while place < len(tokens):
        taken = _name_at(tokens, place, place in opening)
        if name := _without_words(" ".join(taken)):
            found.append(name)
        place += max(1, len(taken))
    return found


def _is_of_heading(token: str) -> bool:
    """Whether an ordinary word has a capital, as in a heading. Then capitals do not mark names."""
    return len(token) > 1 and token.istitle() and not tells(token)


def _name_at(tokens: Sequence[str], place: int, opens: bool) -> Sequence[str]:
    """The words of the name that starts there; none if none does. The capital that ``opens`` a sentence is ignored."""
    pair = " ".join(tokens[place : place + 2])
    if _LETTERED.fullmatch(pair) or (" " in pair and pair.lower() in table()):
        return tokens[place : place + 2]
    if _is_listed(tokens[place]) or _is_symbol(tokens[place]):
        return [tokens[place]]
    run = list(takewhile(_has_capital, tokens[place:])) if not opens else []
    return run if any(background().share(stem(token.lower())) <= COMMON for token in run) else []


def _has_capital(token: str) -> bool:
    return len(token) > 2 and token[0].isupper() and tells(token)


def _is_symbol(token: str) -> bool:
    """Whether it is written as a symbol: letters with digits, or with several capitals."""
    capitals = sum(character.isupper() for character in token)
    digits = any(character.isdigit() for character in token)
    shouted = token.isalpha() and token.isupper() and len(token) > _LONGEST_SYMBOL
    return capitals > (0 if digits else 1) and not _ROMAN.fullmatch(token) and not shouted


def _is_listed(token: str) -> bool:
    """Whether it names a drug, a disease or a germ, by the table or by its ending."""
    word = token.lower()
    if not word.isalpha() or background().share(stem(word)) > COMMON:
        return False
    return not table().isdisjoint((word, word.removesuffix("s"))) or bool(_STEMS.fullmatch(word))


def _without_words(name: str) -> str:
    """A compound without its ordinary words, "PD-1" for "anti-PD-1"; empty if no name is left."""
    parts = _HYPHENS.split(name)
    kept = [part for part in parts if len(part) < 3 or not part.islower()]
    if " " in name or len(parts) in (1, len(kept)):
        return name
    rest = "-".join(kept)
    return rest if _is_symbol(rest) else ""


def _is_there(name: str, also: Sequence[str], words: Words, occurs: Occurs) -> bool:
    if _any([name, *also], occurs):
        return True
    parts = [] if _LETTERED.fullmatch(name) else name.lower().split()
    if name.lower() in table():
        parts = parts[:1]  # "acid" alone does not show that "folic acid" is there
    slips = _swaps if _is_symbol(name) else _starts_or_slips
    return bool(parts) and any(part in words() or slips(part, words()) for part in parts)


def _starts_or_slips(word: str, words: Mapping[str, int]) -> bool:
    """Whether a word starts like a word of the texts, Nepali like Nepal, or may be a typo of one."""
    start = word[: max(_LEAST_START, len(word) - 2)]
    return any(other.startswith(start) for other in words) or nearest(word, words) is not None


def _swaps(symbol: str, words: Mapping[str, int]) -> bool:
    """Whether a symbol of the texts has the same letters with two neighbours swapped: CXRC4, CXCR4."""
    letters = "".join(filter(str.isalpha, symbol))
    return len(letters) >= _LEAST_START and any(other in words for other in swaps(letters))


def _any(names: Sequence[str], occurs: Occurs) -> bool:
    """Whether a passage has one of the names, or the singular of a symbol among them."""
    single = [name.removesuffix("s") for name in names if _is_symbol(name)]
    every = dict.fromkeys([*names, *single])
    return occurs([pattern for name in every for pattern in (*forms(name), (key(name),)) if "".join(pattern)])


@cache
def table() -> frozenset[str]:
    """The names that come with Pincite, in lower case, read once."""
    return frozenset(files("qa.data").joinpath(FILE).read_text("utf-8").splitlines())
