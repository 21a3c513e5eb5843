"""Training examples for the reader, a question and a passage each, and the cutting of passages."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from zlib import crc32

from eval.training.questions import Written
from qa.text.sentences import split_sentences

WORDS = 60, 90, 120, 150
"""Most words of a passage, about, chosen by question: passages are short and long in use, too."""


@dataclass(frozen=True)
class Passage:
    """A question and the sentences read with it; ``answers`` are the positions of those that answer it."""

    question: str
    sentences: Sequence[str]
    answers: Collection[int]
    group: str
    head: str = ""
    """Title and headings before it."""
    name: str = ""
    """What the written question is about, for passages of articles."""


def windows(
    sentences: Sequence[str], answers: Collection[int], most: int = max(WORDS)
) -> list[tuple[list[str], list[int]]]:
    """The sentences in passages of at most ``most`` words (a longer sentence stands alone), each with its answers."""
    found: list[tuple[list[str], list[int]]] = []
    words = most + 1
    for position, sentence in enumerate(sentences):
        cost = len(sentence.split())
        if words + cost > most:
            found.append(([], []))
            words = 0
        words += cost
        if position in answers:
            found[-1][1].append(len(found[-1][0]))
        found[-1][0].append(sentence)
    return found


def sentences_of(text: str) -> list[str]:
    return [" ".join(text[start:end].split()) for start, end in split_sentences(text)]


def holding(sentences: Sequence[str], quotes: Iterable[str]) -> list[int]:
    """Positions of sentences that hold a quote, or are part of one."""
    plain = [" ".join(quote.split()) for quote in quotes]
    return [i for i, one in enumerate(sentences) if any(quote and (quote in one or one in quote) for quote in plain)]


def windowed(one: Passage, every: bool = False) -> Iterator[Passage]:
    """The windows with an answer, or the first if none has one; all if ``every``."""
    parts = windows(one.sentences, one.answers, WORDS[crc32(one.question.encode()) % len(WORDS)])
    kept = parts if every else [part for part in parts if part[1]] or parts[:1]
    for sentences, answers in kept:
        yield replace(one, sentences=sentences, answers=answers)


def on_texts(asked: Iterable[Written], texts: Mapping[str, tuple[str, Sequence[str]]]) -> Iterator[Passage]:
    for one in asked:
        head, sentences = texts[one.about]
        right = holding(sentences, [quote for _, quote in one.question.answers])
        yield from windowed(Passage(one.question.question, sentences, right, one.about, head))
