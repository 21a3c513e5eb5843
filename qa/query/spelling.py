"""Corrects misspelt words of a question to words of the documents.

The distance is that of Damerau and Levenshtein: letters left out, added, changed, or swapped with a neighbour.
"""

import re
from collections.abc import Callable, Iterator, Mapping

from qa.profile import profile

_WORD = re.compile(r"[^\W_]+")
_PROFILE = profile()["query"]

_SHORTEST: int = _PROFILE["corrected"]
"""Shorter words are not corrected. Words below ``_LONG`` letters may have one error, others two."""
_LONG: int = _PROFILE["corrected_twice"]

_SYMBOL = 3
"""Letters that a symbol with digits must have at least for two of its characters to be taken for swapped."""

_PREFIXES = ("re", "un", "non", "pre", "over", "under", "mis", "co", "de", "dis", "sub", "inter", "anti")
"""A known word after one of these is no typo, even if open text lacks it: redesigning is not made redefining."""


def correct(
    question: str,
    vocabulary: Mapping[str, int],
    known: Callable[[str], bool],
    everyday: Callable[[str], bool] = lambda word: False,
) -> tuple[str, dict[str, str]]:
    """The question with its misspelt words corrected, and each typed word to its correction.

    ``vocabulary`` maps the words of the documents, in lower case, to how common they are. These stay as typed:
    ``known`` words, known words with a prefix, and names. Of a symbol such as CXRC4, two swapped characters are
    corrected. Nothing is corrected to a short word that only one document has and that is not ``everyday``, as it is
    probably a name.
    """
    corrections: dict[str, str] = {}
    for symbol in filter(_mixes_digits, _WORD.findall(question)):
        if not known(symbol) and (unswapped := next(filter(known, swaps(symbol)), None)):
            corrections[symbol] = unswapped
    for typed in _candidates(question):
        if typed not in corrections and not known(typed) and not _is_derived(typed.lower(), known):
            meant = nearest(typed.lower(), vocabulary)
            if meant is not None and (len(meant) >= _LONG or vocabulary[meant] > 1 or everyday(meant)):
                corrections[typed] = meant
    text = _WORD.sub(lambda match: corrections.get(match.group(), match.group()), question)
    return text, corrections


def _is_derived(word: str, known: Callable[[str], bool]) -> bool:
    rests = (word.removeprefix(prefix) for prefix in _PREFIXES if word.startswith(prefix))
    return any(len(rest) >= _SHORTEST and known(rest) for rest in rests)


def _candidates(question: str) -> Iterator[str]:
    """The words that may be misspelt: only plain letters, and no capital except at the start of the question."""
    for match in _WORD.finditer(question):
        word, opens = match.group(), not question[: match.start()].strip(" \"'(")
        plain = word.isascii() and word.isalpha()
        if plain and len(word) >= _SHORTEST and (word.islower() or (opens and word.istitle())):
            yield word


def _mixes_digits(word: str) -> bool:
    letters = sum(map(str.isalpha, word))
    return _SYMBOL <= letters < len(word) and word.isascii()


def swaps(symbol: str) -> Iterator[str]:
    """The symbol with two different neighbouring characters swapped, in each way: CXCR4 among those of CXRC4."""
    for i in range(len(symbol) - 1):
        if symbol[i] != symbol[i + 1]:
            yield symbol[:i] + symbol[i + 1] + symbol[i] + symbol[i + 2 :]


def nearest(word: str, vocabulary: Mapping[str, int]) -> str | None:
    """The word of the vocabulary that is nearest by spelling; None if none is near.

    Among equally near words, one with the same first letter is preferred, as that is seldom mistyped; then the more
    common one.

    >>> nearest("resistence", {"resistance": 3, "persistence": 9, "residence": 5})
    'resistance'
    """
    from rapidfuzz import process  # few questions have a word to correct
    from rapidfuzz.distance import DamerauLevenshtein

    errors = 1 if len(word) < _LONG else 2
    near = {other for other in vocabulary if abs(len(other) - len(word)) <= errors and len(other) >= _SHORTEST}
    found = process.extract(word, near, scorer=DamerauLevenshtein.distance, score_cutoff=errors, limit=None)
    ranked = ((distance, other[0] != word[0], -vocabulary[other], other) for other, distance, _ in found)
    # With two errors, one of them in the first letter, it is probably another word and not a typo.
    return min((rank for rank in ranked if not (rank[0] == 2 and rank[1])), default=(None,))[-1]
