"""Things that a question names, and which of them occur nowhere in a library, under none of their names.

A thing is known by its form (IL-10, BRCA2, Madagascar), by the stem that its kind of name has (pembrolizumab,
leprosy, arthritis), or by a table of names. Words that open text uses all the time are no names: a text may say
the same in others.
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
from qa.query.spelling import nearest
from qa.query.synonyms import Thesaurus, key
from qa.text.terms import stem, tells

FILE = "names.txt"
"""Made by ``eval/training/names.py``."""

COMMON: float = profile()["query"]["common"]
"""Share of the paragraphs of open text from which on a word is everyday, though it may name a disease."""

_TOKEN = re.compile(r"[^\W_]+(?:[-\u2010\u2011\u2013'’][^\W_]+)*")
_POSSESSIVE = re.compile(r"['’]s$")
_HYPHENS = re.compile(r"[-\u2010\u2011\u2013]")
_ROMAN = re.compile(r"[IVX]+")
_LETTERED = re.compile(r"(?:vitamin|hepatitis|influenza|immunoglobulin|apolipoprotein|factor|coenzyme) [A-Z]", re.I)
"""A word of which a letter makes a name."""
_WITHIN = re.compile(r"[^\W_][^.?!:]*$")
"""What stands before a word that opens no sentence."""
_LONGEST_SYMBOL = 6
"""Letters up to which a word in capitals alone is a symbol, not shouted."""
_LEAST_START = 4
"""Letters that words of one origin have in common at least."""

# How names of drugs end by their kind: "The use of stems in the selection of International Nonproprietary Names (INN)
# for pharmaceutical substances", WHO, 2018; then how those of diseases and germs do.
_STEMS = re.compile(
    r"\w{3,}(?:mab|nib|tide|vir|vastatin|cillin|mycin|azole|olol|pril|sartan|gliptin|gliflozin|prazole|caine|azepam|azolam|"
    r"floxacin|cycline|setron|triptan|lukast|parib|ciclib|rafenib|limus|parin|xaban|gatran|platin|taxel|rubicin|dronate|"
    r"olone|profen|formin|dipine|pamil|zosin|thiazide|barbital|oxetine|tidine|terol|tropium|sulfan|trexate|vudine|"
    r"fungin|bactam|oxamine|leucel|kinra|cept|"
    r"itis|oma|emia|osis|iasis|pathy|virus|coccus|bacter|ella)s?"
)

Occurs = Callable[[Sequence[Sequence[str]]], bool]
"""Whether some passage has any of these runs of search terms, one term right after another."""


Words = Callable[[], Mapping[str, int]]
"""The words of all texts, in lower case, by how many texts hold each."""


@dataclass(frozen=True, slots=True)
class Absent:
    """A thing that the question names and the library does not, as it was typed."""

    name: str
    related: bool
    """Whether the library names what is a step wider or narrower: PD-1 for pembrolizumab."""


def absent(question: str, others: Thesaurus, words: Words, occurs: Occurs) -> list[Absent]:
    """The things that the question names and the library does not, under none of their names, each once.

    ``words`` gives the words of all texts, in lower case; it is asked only for what no passage has as it is named. A
    word that one of these starts like, or that is near one by spelling, is taken for a form or a slip of that.
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
    """Whether it has a capital that a running text would not give it, so that other capitals say nothing either."""
    return len(token) > 1 and token.istitle() and not tells(token)


def _name_at(tokens: Sequence[str], place: int, opens: bool) -> Sequence[str]:
    """The words of the name that starts there, none if none does; a capital that ``opens`` a sentence says nothing."""
    if _LETTERED.fullmatch(" ".join(tokens[place : place + 2])):
        return tokens[place : place + 2]
    if " ".join(tokens[place : place + 2]).lower() in table():
        return tokens[place : place + 2]
    if _is_listed(tokens[place]) or _is_symbol(tokens[place]):
        return [tokens[place]]
    run = list(takewhile(_has_capital, tokens[place:])) if not opens else []
    return run if any(background().share(stem(token.lower())) <= COMMON for token in run) else []


def _has_capital(token: str) -> bool:
    return len(token) > 2 and token[0].isupper() and tells(token)


def _is_symbol(token: str) -> bool:
    """Whether it is written as one: letters with digits, or with several capitals."""
    capitals = sum(character.isupper() for character in token)
    digits = any(character.isdigit() for character in token)
    shouted = token.isalpha() and token.isupper() and len(token) > _LONGEST_SYMBOL
    return capitals > (0 if digits else 1) and not _ROMAN.fullmatch(token) and not shouted


def _is_listed(token: str) -> bool:
    """Whether it is a word that names a drug, a disease or a germ."""
    word = token.lower()
    if not word.isalpha() or background().share(stem(word)) > COMMON:
        return False
    return not table().isdisjoint((word, word.removesuffix("s"))) or bool(_STEMS.fullmatch(word))


def _without_words(name: str) -> str:
    """A compound without the ordinary words in it, "PD-1" of "anti-PD-1"; empty where nothing of a name is left."""
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
        parts = parts[:1]  # of "folic acid" the acid alone says nothing
    slips = _swaps if _is_symbol(name) else _starts_or_slips
    return bool(parts) and any(part in words() or slips(part, words()) for part in parts)


def _starts_or_slips(word: str, words: Mapping[str, int]) -> bool:
    """Whether a word starts like one of the texts, Nepali like Nepal, or may be a slip of one."""
    start = word[: max(_LEAST_START, len(word) - 2)]
    return any(other.startswith(start) for other in words) or nearest(word, words) is not None


def _swaps(symbol: str, words: Mapping[str, int]) -> bool:
    """Whether the letters of a symbol are those of one of the texts, two neighbours swapped: CXRC4, CXCR4."""
    letters = "".join(filter(str.isalpha, symbol))
    swapped = (letters[:i] + letters[i + 1] + letters[i] + letters[i + 2 :] for i in range(len(letters) - 1))
    return len(letters) >= _LEAST_START and any(other in words for other in swapped if other != letters)


def _any(names: Sequence[str], occurs: Occurs) -> bool:
    """Whether a passage has one of the names, or the symbol of which one is the plural."""
    single = [name.removesuffix("s") for name in names if _is_symbol(name)]
    every = dict.fromkeys([*names, *single])
    return occurs([pattern for name in every for pattern in (*forms(name), (key(name),)) if "".join(pattern)])


@cache
def table() -> frozenset[str]:
    """The names that come with Pincite, in lower case, read once."""
    return frozenset(files("qa.data").joinpath(FILE).read_text("utf-8").splitlines())
