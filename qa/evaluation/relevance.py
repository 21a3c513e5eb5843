"""When a passage or a sentence is right, and the relevance judgments (qrels) that follow from it.

Gold is an exact quote of a document, so that it stays valid if the chunking changes; the relevant passages are
derived anew for each chunking. A text is right if it comes from the gold document and holds at least half of the
gold quote in one piece, or lies wholly inside the quote with at least 20 characters. Case, white space and
hyphenation at line ends do not count.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import PurePath
from urllib.parse import quote as percent_encoded
from urllib.parse import unquote

from qa.errors import EvaluationError
from qa.evaluation.results import Gold
from qa.records import Document, Question
from qa.text.sentences import Span

Qrels = dict[str, dict[str, int]]
"""Question id to docno to relevance, 0 or 1."""

Place = tuple[str, int, int]
"""A document's file name, and a span of its canonical text."""

INSIDE_CHARACTERS = 20
"""A text that lies wholly inside a quote must have this length."""

_LINE_END_HYPHEN = re.compile(r"(\w)-\s+(\w)")
_SPACE = re.compile(r"\s+")

# ---------------------------------------------------------------- the criterion


@lru_cache(maxsize=65_536)  # a passage is compared with many quotes
def normalised(text: str) -> str:
    """The text in lower case on one line, with words joined that a line end broke.

    >>> normalised("Anti-\\n tumour   EFFECT")
    'anti-tumour effect'
    """
    return _SPACE.sub(" ", _LINE_END_HYPHEN.sub(r"\1-\2", text)).strip().lower()


def covers(text: str, quote: str) -> bool:
    """Whether the text holds at least half of the quote in one piece, or lies wholly inside it.

    >>> covers("IL-2 is toxic at a high dose.", "toxic at a high dose in most patients")
    True
    """
    text, quote = normalised(text), normalised(quote)
    if not text or not quote:
        return False
    if quote in text or (len(text) >= INSIDE_CHARACTERS and text in quote):
        return True
    return shares_half(text, quote)


def shares_half(text: str, quote: str) -> bool:
    """Whether text and quote have a common substring of at least half of the quote's length.

    Let n be that length, h = ceil(n / 2) and b = floor(n / 4). Cut the quote into blocks of b characters from its
    start. Take a common substring of at least h >= 2b characters that starts in the quote at s. The first multiple
    of b from s on is at most s + b - 1, so the block that starts there ends at most at s + 2b - 1 < s + h: the
    substring holds this block whole. So a text without any block is rejected at once. In other texts each window
    of h characters of the quote is searched for; a longer common substring holds such a window.
    """
    half = (len(quote) + 1) // 2
    return _has_block(text, quote) and any(
        quote[start : start + half] in text for start in range(len(quote) - half + 1)
    )


def _has_block(text: str, quote: str) -> bool:
    block = len(quote) // 4
    return not block or any(quote[start : start + block] in text for start in range(0, len(quote) - block + 1, block))


# ---------------------------------------------------------------- gold


def spans(quote: str, text: str) -> list[Span]:
    """Every place at which the text has the quote, in order. Runs of white space match each other.

    >>> spans("a b", "a  b, a\\nb")
    [(0, 4), (6, 9)]
    """
    words = quote.split()
    if not words:
        return []
    return [match.span() for match in re.finditer(r"\s+".join(map(re.escape, words)), text)]


def resolved(question: Question, documents: Mapping[str, Document]) -> list[Gold]:
    """The gold quotes of a question with their places; ``documents`` has them by file name."""
    return [_resolved(PurePath(source).name, quote, documents) for source, quote in question.answers]


def _resolved(source: str, quote: str, documents: Mapping[str, Document]) -> Gold:
    found = spans(quote, documents[source].text) if source in documents else []
    if not found:
        return Gold(source, quote, None, None)
    (start, end), *others = found
    return Gold(source, quote, start, end, tuple(others))


def is_right(source: str, text: str, gold: Sequence[Gold]) -> bool:
    """Whether a text of the document ``source`` is right for a question with this gold."""
    return bool(covered(source, text, gold))


def covered(source: str, text: str, gold: Sequence[Gold]) -> list[int]:
    """The positions of the gold quotes that a text of the document ``source`` covers."""
    name = PurePath(source).name
    return [position for position, one in enumerate(gold) if one.source == name and covers(text, one.quote)]


# ---------------------------------------------------------------- judgments


def docno(place: Place) -> str:
    """The name of a passage in TREC files: ``source#start-end``, with the source percent-encoded.

    >>> docno(("a review.txt", 10, 20))
    'a%20review.txt#10-20'
    """
    source, start, end = place
    return f"{encoded(source)}#{start}-{end}"


def encoded(name: str) -> str:
    """The name percent-encoded, so that it has no white space or marks that break TREC files."""
    return percent_encoded(name, safe="")


def place_of(number: str) -> Place:
    """The place that a docno names. EvaluationError if it is not the docno of a passage."""
    found = re.fullmatch(r"([^#\s]+)#(\d+)-(\d+)", number)
    if found is None:
        raise EvaluationError(f"{number!r} names no passage; name it as FILE#START-END, in characters.")
    return unquote(found[1]), int(found[2]), int(found[3])


def judgments(gold: Sequence[Gold], passages: Iterable[tuple[str, str, str]]) -> dict[str, int]:
    """Docno to relevance, 0 or 1, of passages given as file name, docno and text.

    A gold quote that no passage covers becomes a relevant docno of its own, ``source#gold-1``. No system can
    return it, so it counts as missed.
    """
    found: dict[str, int] = {}
    reached: set[int] = set()
    for source, number, text in passages:
        right = covered(source, text, gold)
        reached.update(right)
        found[number] = int(bool(right))
    missed = [position for position in range(len(gold)) if position not in reached]
    return found | {f"{encoded(gold[position].source)}#gold-{position + 1}": 1 for position in missed}
