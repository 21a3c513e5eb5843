"""Words as search terms: folded, stemmed, without stop words. English only."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import Stemmer

from qa.text.scripts import unscripted
from qa.text.variants import american

_GREEK = {
    unicodedata.lookup(f"GREEK SMALL LETTER {name}"): name.lower()
    for name in (
        "ALPHA BETA GAMMA DELTA EPSILON ZETA ETA THETA IOTA KAPPA LAMDA MU NU XI OMICRON PI RHO SIGMA TAU "
        "UPSILON PHI CHI PSI OMEGA"
    ).split()
}
_GREEK["λ"] = "lambda"
_GREEK_TABLE = str.maketrans(_GREEK)
# A joint of a compound: a hyphen or apostrophe, or the mark of a superscript or subscript: 10^-5, CO_2.
_JOINT = re.compile(r"[-\u2010\u2011\u2013'’]|\^[-\u2212+]?|_(?=\d)")
_COMPOUND = re.compile(rf"\d+(?:\.\d+)+|[^\W_]+(?:(?:{_JOINT.pattern})[^\W_]+)*")
_TIMES = re.compile(r"(?<=\d) ?[x×·] ?(?=10\^)")

_STOP_WORDS = frozenset(
    "a about after all also am an and any are as at be because been before being between both but by can "
    "could did do does doing during each for from further had has have having he her here hers him his how "
    "i if in into is it its itself just me more most my no nor not now of off on once only or other our "
    "ours out over own s same she should so some such t than that the their theirs them then there these "
    "they this those through to too under until up very was we were what when where which while who whom "
    "whose why will with would you your yours may might us via et al ie eg".split()
)
# Words that only ask and do not say what the question is about.
_QUESTION_WORDS = frozenset(
    "what which who whom whose when where why how many much long often is are was were do does did can "
    "could will would should may might there any some tell me please describe explain give list name "
    "mean means meant called known".split()
)


def terms(text: str) -> list[str]:
    """The search terms of a text, in order: folded, stemmed, without stop words.

    British spellings become American ones. Greek letters are spelled out. A compound gives itself joined, then its
    parts, so that IL-2 matches IL2, and TGF-β matches TGFβ and TGF-beta. Superscripts and subscripts are joined too:
    10⁵ matches 10^5 and 105, CO₂ matches CO2. Names with digits are never stemmed.

    >>> terms("The toxicities of IL-2 and TGF-β")
    ['toxic', 'il2', 'il', 'tgfbeta', 'tgf', 'beta']
    """
    return [term for word in _words(text) for term in word]


def question_words(question: str) -> list[list[str]]:
    """The search terms of a question, word by word, without the words that only ask.

    A compound is one word of several terms: itself joined, and its parts.

    >>> question_words("How toxic is high-dose IL-2?")
    [['toxic'], ['highdos', 'high', 'dose'], ['il2', 'il']]
    """
    asked = " ".join(word for word in question.split() if word.lower().strip("?,.!:;\"'") not in _QUESTION_WORDS)
    return _words(asked) or _words(question)


def tells(word: str) -> bool:
    """Whether a word says what a question is about, and does not only ask.

    >>> tells("dose"), tells("which")
    (True, False)
    """
    return word.lower() not in _STOP_WORDS | _QUESTION_WORDS


def question_terms(question: str) -> list[str]:
    """The distinct search terms of a question, in order, without the words that only ask.

    >>> question_terms("How many patients were treated?")
    ['patient', 'treat']
    """
    return list(dict.fromkeys(term for word in question_words(question) for term in word))


def _words(text: str) -> list[list[str]]:
    folded = unicodedata.normalize("NFKC", unscripted(text)).lower().translate(_GREEK_TABLE)
    if "^" in folded:
        folded = _TIMES.sub(" ", folded)
    words = (list(dict.fromkeys(_terms_of(match.group()))) for match in _COMPOUND.finditer(folded))
    return [word for word in words if word]


def _terms_of(compound: str) -> Iterator[str]:
    parts = _JOINT.split(compound)
    if len(parts) == 1:
        if compound not in _STOP_WORDS:
            yield stem(compound)
        return
    if parts[-1] == "s":  # the possessive
        yield from _terms_of("-".join(parts[:-1]))
        return
    yield stem("".join(parts))
    for part in parts:
        if len(part) > 1 and part not in _STOP_WORDS:
            yield stem(part)


@lru_cache(maxsize=1)
def _stemmer() -> Stemmer.Stemmer:
    return Stemmer.Stemmer("english")


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """A lower-case word without its English ending; short words and words with digits stay as they are.

    >>> stem("toxicities"), stem("il2")
    ('toxic', 'il2')
    """
    if len(word) < 4 or not word.isalpha():
        return word
    stemmed: str = _stemmer().stemWord(american(word))
    return stemmed
