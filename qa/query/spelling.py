"""What a misspelt word of a question was meant to be, among the words of the documents.

The distance is that of Damerau and Levenshtein: letters left out, put in, changed, or swapped with a neighbour.
"""

import re
from collections.abc import Callable, Iterator, Mapping

from qa.profile import profile

_WORD = re.compile(r"[^\W_]+")
_PROFILE = profile()["query"]

_SHORTEST: int = _PROFILE["corrected"]
"""Letters from which on a word is corrected; one error up to ``_LONG`` letters, two from there on."""
_LONG: int = _PROFILE["corrected_twice"]

_PREFIXES = ("re", "un", "non", "pre", "over", "under", "mis", "co", "de", "dis", "sub", "inter", "anti")
"""What makes a word that open text may not have of one that it has: redesigning is no slip of redefining."""


def correct(
    question: str,
    vocabulary: Mapping[str, int],
    known: Callable[[str], bool],
    everyday: Callable[[str], bool] = lambda word: False,
) -> tuple[str, dict[str, str]]:
    """The question with its misspelt words corrected, and each typed word with its correction.

    ``vocabulary`` maps the words of the documents, in lower case, to how common they are. A word that is
    ``known``, or made of one that is, and a name, is left as it was typed. A short word that one document alone
    has, and that is not ``everyday``, is likely a name: nothing is corrected to it.
    """
    corrections: dict[str, str] = {}
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
    """The words that may be misspelt: plain letters, and no capital but a sentence's first."""
    for match in _WORD.finditer(question):
        word, opens = match.group(), not question[: match.start()].strip(" \"'(")
        plain = word.isascii() and word.isalpha()
        if plain and len(word) >= _SHORTEST and (word.islower() or (opens and word.istitle())):
            yield word


def nearest(word: str, vocabulary: Mapping[str, int]) -> str | None:
    """The word of the vocabulary that is nearest by spelling, None if none is near.

    Of equally near ones that with the same first letter, as that is seldom mistyped, then the more common one.

    >>> nearest("resistence", {"resistance": 3, "persistence": 9, "residence": 5})
    'resistance'
    """
    from rapidfuzz import process  # few questions have a word to correct
    from rapidfuzz.distance import DamerauLevenshtein

    errors = 1 if len(word) < _LONG else 2
    near = {other for other in vocabulary if abs(len(other) - len(word)) <= errors and len(other) >= _SHORTEST}
    found = process.extract(word, near, scorer=DamerauLevenshtein.distance, score_cutoff=errors, limit=None)
    ranked = ((distance, other[0] != word[0], -vocabulary[other], other) for other, distance, _ in found)
    # Two errors, one of them in the first letter, make another word rather than a typo of this one.
    return min((rank for rank in ranked if not (rank[0] == 2 and rank[1])), default=(None,))[-1]
