"""When a passage or a sentence is right, and the relevance judgments (qrels) that follow from it.

Gold is an exact quote of a document, so that it outlives every change of chunking: which passages are
relevant is derived for each chunking anew. A text is right when it comes from the gold document and holds
at least half of the gold quote in one piece, or lies wholly inside the quote with at least 20 characters;
case, white space and hyphenation at line ends do not count.
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
"""The file name of a document, and a span of its canonical text."""

INSIDE_CHARACTERS = 20
"""A text that lies wholly inside a quote counts from this length on."""

_LINE_END_HYPHEN = re.compile(r"(\w)-\s+(\w)")
_SPACE = re.compile(r"\s+")

# ---------------------------------------------------------------- the criterion


@lru_cache(maxsize=65_536)  # a passage is held against many quotes
def normalised(text: str) -> str:
    """The text in lower case on one line, with words that a line end broke put together.

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

    Let n be that length, h = ceil(n / 2) and b = floor(n / 4), and cut the quote into blocks of b characters
    from its start. A common substring of at least h >= 2b characters that starts in the quote at s holds the
    whole block that starts at the first multiple of b from s on: that multiple is at most s + b - 1, so the
    block ends at most at s + 2b - 1 < s + h. A text without any block is thus turned away at once; the others
    are looked through for each window of h characters of the quote, one of which a longer substring holds.
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
    """Every place at which the text has the quote, runs of white space being one, in order.

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
    """Whether a text of the named document is right for a question with this gold."""
    return bool(covered(source, text, gold))


def covered(source: str, text: str, gold: Sequence[Gold]) -> list[int]:
    """The positions of the gold quotes that a text of the named document covers."""
    name = PurePath(source).name
    return [position for position, one in enumerate(gold) if one.source == name and covers(text, one.quote)]


# ---------------------------------------------------------------- judgments


def docno(place: Place) -> str:
    """What TREC files call a passage: ``source#start-end``, the source percent-encoded.

    >>> docno(("a review.txt", 10, 20))
    'a%20review.txt#10-20'
    """
    source, start, end = place
    return f"{encoded(source)}#{start}-{end}"


def encoded(name: str) -> str:
    """A name without white space or marks that TREC files could misread, percent-encoded."""
    return percent_encoded(name, safe="")


def place_of(number: str) -> Place:
    """The place that a docno names. EvaluationError for what is no docno of a passage."""
    found = re.fullmatch(r"([^#\s]+)#(\d+)-(\d+)", number)
    if found is None:
        raise EvaluationError(f"{number!r} names no passage; name it as FILE#START-END, in characters.")
    return unquote(found[1]), int(found[2]), int(found[3])


def judgments(gold: Sequence[Gold], passages: Iterable[tuple[str, str, str]]) -> dict[str, int]:
    """Docno to relevance, 0 or 1, of passages given as file name, docno and text.

    A gold quote that no passage covers becomes a relevant docno of its own, ``source#gold-1``, that no
    system can return, so that missing it counts.
    """
    found: dict[str, int] = {}
    reached: set[int] = set()
    for source, number, text in passages:
        right = covered(source, text, gold)
        reached.update(right)
        found[number] = int(bool(right))
    missed = [position for position in range(len(gold)) if position not in reached]
    return found | {f"{encoded(gold[position].source)}#gold-{position + 1}": 1 for position in missed}
