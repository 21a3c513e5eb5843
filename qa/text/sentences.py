"""Where sentences end, which refer back to the sentence before, and which are not statements."""

import re
from collections.abc import Iterator

from qa.records import Section

Span = tuple[int, int]

_ABBREVIATIONS = frozenset(
    "al approx ca cf dr eds eg ie inc incl jr ltd mr mrs ms prof resp sp spp sr st subsp viz vs "
    "e.g i.e a.k.a u.s u.k ph.d m.d b.i.d t.i.d i.v i.p s.c p.o".split()
)
# Characters looked at before and after a stop, so that a line of megabytes costs no more.
_LOOK_BACK = 64
_LOOK_AHEAD = 8
# Abbreviations only before a number; before a word the same letters end a sentence.
_NUMBERED_ABBREVIATIONS = frozenset(
    "ch eq eqs ext fig figs no nos nr p pp ref refs sec supp suppl tab var vol vols".split()
)
_SENTENCE_END = re.compile(
    r"""[.!?]+["'”’)\]]*            # the stop, with what closes after it
        (?:\s*\[[\d,;\s–-]+\])*+     # reference marks set after the stop: ". [4, 5]" or ".[4]"
        (?=\s+["'“‘(\[]*[A-Z0-9Α-Ω⁰¹²³⁴-⁹]) # what starts the next sentence""",
    re.VERBOSE,
)
_LONE_STOP = re.compile(r"(?<=[\])])\s+\.(?=\s+[\"'“‘(\[]*[A-Z0-9Α-Ω⁰¹²³⁴-⁹])")
_LINE = re.compile(r"[^\n]+")
_BEFORE_STOP = re.compile(r"[^\s(\[\"“‘]+$")


def split_sentences(text: str) -> list[Span]:
    """The spans of a text's sentences, in order, without the white space around them.

    Line breaks end sentences too. Every character that is not white space is in exactly one span.

    >>> text = "IL-2 works (e.g. in melanoma) [3] . It is toxic."
    >>> [text[a:b] for a, b in split_sentences(text)]
    ['IL-2 works (e.g. in melanoma) [3] .', 'It is toxic.']
    """
    return [span for line in _LINE.finditer(text) for span in _sentences_of_line(text, line.start(), line.end())]


def section_sentences(text: str, section: Section) -> list[Span]:
    """The spans of the sentences of a section of the text, in order. In a table each line is a sentence."""
    words = text[section.start : section.end]
    by_line = section.role == "table"
    spans = [line.span() for line in _LINE.finditer(words)] if by_line else split_sentences(words)
    return [(section.start + start, section.start + end) for start, end in spans]


def _sentences_of_line(text: str, start: int, end: int) -> Iterator[Span]:
    begin = start
    for stop in sorted({*_stops(text, start, end), end}):
        piece = text[begin:stop]
        if piece.strip():
            yield begin + len(piece) - len(piece.lstrip()), begin + len(piece.rstrip())
        begin = stop


def _stops(text: str, start: int, end: int) -> Iterator[int]:
    for match in _SENTENCE_END.finditer(text, start, end):
        before = text[max(start, match.start() - _LOOK_BACK) : match.start()]
        if not _is_abbreviation(before, match.group(), text[match.end() : match.end() + _LOOK_AHEAD]):
            yield match.end()
    yield from (match.end() for match in _LONE_STOP.finditer(text, start, end))


def _is_abbreviation(before: str, stop: str, after: str) -> bool:
    if not stop.startswith(".") or stop.startswith(".."):
        return False
    word = _BEFORE_STOP.search(before)
    if word is None:
        return False
    bare = word.group().strip(",;")
    if bare.isdigit():  # the number of a list's item, at the start of its line
        return len(before) < _LOOK_BACK and before.strip() == bare
    initial = len(bare) == 1 and bare.isalpha() and bare.isupper()
    numbered = bare.lower() in _NUMBERED_ABBREVIATIONS and after.lstrip()[:1].isdigit()
    return bare.lower() in _ABBREVIATIONS or initial or numbered


_LEANING = re.compile(
    r"(?:(?:but|and|however|moreover|furthermore|additionally|in addition|nevertheless|similarly|in contrast|"
    r"thus|therefore|hence|consequently),?\s+)*"
    r"(?:this|that|these|those|it|its|they|their|them|such|he|she|both|the (?:latter|former)|one of these)\b|"
    r"(?:however|moreover|furthermore|additionally|in addition|nevertheless|similarly|in contrast|thus|"
    r"therefore|hence|consequently)\b",
    re.IGNORECASE,
)
_FINISHED = re.compile(r"[.!?][\"'”’)\]]*(?:\s*\[[^\]]*\])*(?:\s+\.)?$")
_STATEMENT_WORDS = 4


def leans_on_previous(sentence: str) -> bool:
    """Whether the sentence opens by referring back, so that the sentence before says what it is about.

    >>> leans_on_previous("However, its severe toxicity limits widespread use.")
    True
    """
    return _LEANING.match(sentence) is not None


def is_fragment(sentence: str) -> bool:
    """Whether this is a title, a label or a list of names and not a statement.

    >>> is_fragment("MINI REVIEW article")
    True
    """
    return len(sentence.split()) < _STATEMENT_WORDS or _FINISHED.search(sentence) is None
