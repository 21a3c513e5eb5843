"""A Document to sentences, and sentences to Passages.

A passage is whole sentences of one section, at most as long as ``Limits`` and the model's window allow.
Neighbouring passages share one sentence. A sentence that is too long is cut at white space, so that nothing
is dropped and every span is still ``document.text[start:end]``.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from qa.records import EVIDENCE_ROLES, Document, Passage, Section
from qa.text.sentences import Span, section_sentences

CountTokens = Callable[[Sequence[str]], list[int]]


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a passage may be. ``words`` may be exceeded by one long sentence, the others never."""

    words: int = 120
    characters: int = 1190
    tokens: int = 200
    overlap: int = 1
    """Sentences shared between neighbouring passages."""


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence that may be quoted: its span in the Document's text, and its length in words and tokens."""

    start: int
    end: int
    section: Section
    words: int
    tokens: int


def quotable_sentences(document: Document, limits: Limits, count_tokens: CountTokens) -> list[Sentence]:
    """The sentences of the sections that may be evidence, in order."""
    placed = [
        (span, section)
        for section in document.sections
        if section.role in EVIDENCE_ROLES
        for span in _bounded(document.text, section, limits.characters)
    ]
    tokens = count_tokens([document.text[start:end] for (start, end), _ in placed])
    sentences = (_sentence(document.text, *place, cost) for place, cost in zip(placed, tokens, strict=True))
    return [piece for sentence in sentences for piece in _within_window(document.text, sentence, limits, count_tokens)]


def _bounded(text: str, section: Section, characters: int) -> Iterator[Span]:
    for start, end in section_sentences(text, section):
        yield from _cut(text, start, end, characters)


def _cut(text: str, start: int, end: int, characters: int) -> Iterator[Span]:
    """The span in pieces of at most that many characters, cut at white space if there is any."""
    while end - start > characters:
        space = text.rfind(" ", start + 1, start + characters + 1)
        stop = space if space > start else start + characters
        yield start, stop
        start = stop + (text[stop] == " ")
    if start < end:
        yield start, end


def _within_window(text: str, sentence: Sentence, limits: Limits, count_tokens: CountTokens) -> Iterator[Sentence]:
    """The sentence, halved until each piece fits the model's window."""
    start, end = sentence.start, sentence.end
    if sentence.tokens <= limits.tokens or end - start < 2:
        yield sentence
        return
    for piece in _cut(text, start, end, max(1, (end - start + 1) // 2)):
        (cost,) = count_tokens([text[piece[0] : piece[1]]])
        yield from _within_window(text, _sentence(text, piece, sentence.section, cost), limits, count_tokens)


def _sentence(text: str, span: Span, section: Section, tokens: int) -> Sentence:
    start, end = span
    return Sentence(start, end, section, len(text[start:end].split()), tokens)


def passages(document: Document, sentences: Sequence[Sentence], limits: Limits) -> list[Passage]:
    """Group the document's quotable sentences, in order, into passages."""
    found = []
    first = 0
    while first < len(sentences):
        last = _fill(sentences, first, limits)
        section = sentences[first].section
        start, end = sentences[first].start, sentences[last - 1].end
        found.append(Passage(document.doc_id, start, end, section.name, document.page_at(start)))
        first = _next_start(sentences, first, last, limits)
    return found


def _next_start(sentences: Sequence[Sentence], first: int, last: int, limits: Limits) -> int:
    """Where the passage after ``first:last`` starts, so that it shares sentences and adds at least one."""
    if last == len(sentences):
        return last
    overlap = 0 if sentences[first].section.role == "table" else limits.overlap  # lines of a table do not refer back
    shared = max(first + 1, last - overlap)
    return next(start for start in range(shared, last + 1) if _fill(sentences, start, limits) > last)


def _fill(sentences: Sequence[Sentence], first: int, limits: Limits) -> int:
    """One past the last sentence of the passage that starts with ``first``."""
    words = tokens = 0
    for position in range(first, len(sentences)):
        sentence = sentences[position]
        words += sentence.words
        tokens += sentence.tokens
        too_long = (
            words > limits.words or tokens > limits.tokens or sentence.end - sentences[first].start > limits.characters
        )
        if position > first and (too_long or sentence.section != sentences[first].section):
            return position
    return len(sentences)
