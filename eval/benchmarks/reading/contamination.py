"""Foreign text in the sentences that are read of a PDF: whether there is any, and of what kind."""

from collections.abc import Callable, Sequence

from eval.benchmarks.reading.twins import Twin, joined, tokens, unmarked

NOTICES = frozenset({"licensee", "copyright", "commons", "received"})


def contamination(sentence: str, twin: Twin) -> str:
    """The kind of foreign text in a sentence; empty if it is a sentence of the article."""
    forms = [tokens(sentence), tokens(unmarked(sentence))]
    texts = [*twin.variants, twin.captions]
    if any(joined(form) in text for form in forms for text in texts):
        return ""
    if stands_around_formulas(unmarked(sentence), twin):
        return ""
    parts = heading_and_rest(sentence)
    if parts and all(any(joined(tokens(unmarked(part))) in text for text in texts) for part in parts):
        return ""
    return kind_of(forms[1], twin, texts)


def heading_and_rest(sentence: str) -> list[str]:
    """Split a sentence into a heading at its start, which ends in a stop of its own, and the rest."""
    for stop in (". ", ": ", "—", "– ", "? "):
        head, found, rest = sentence.partition(stop)
        if found and 0 < len(head.split()) <= 10 and rest:
            return [head, rest]
    return []


def stands_around_formulas(sentence: str, twin: Twin) -> bool:
    """Whether a paragraph with formulas holds all words of the sentence outside formulas, in order."""
    words = [word for word in tokens(sentence) if word.isalpha() and len(word) > 3]
    return any(
        "\ue000" in text and words and _in_order_within(words, [word for word in tokens(text) if word.isalpha()])
        for text in twin.paragraphs
    )


def _in_order_within(words: Sequence[str], text: Sequence[str]) -> bool:
    rest = iter(text)
    return all(word in rest for word in words)


def kind_of(words: list[str], twin: Twin, texts: Sequence[str]) -> str:
    """The first kind that fits: the other part of the twin that shares its words, else how it differs."""
    grams = [joined(words[i : i + 4]) for i in range(max(1, len(words) - 3))]
    foreign = [gram for gram in grams if not any(gram in text for text in texts[:2])]
    paragraphs = [part for text in texts for part in text.split("\n")]
    squeezed = "".join(words)
    letters = joined([word for word in words if word.isalpha()])

    def shared(text: str) -> bool:
        return sum(gram in text for gram in foreign) >= 0.3 * max(1, len(foreign))

    def flows() -> bool:
        return any(joined(words) in f" {' '.join(text.split())} " for text in texts)

    signs: dict[str, Callable[[], bool]] = {
        "reference entries": lambda: shared(twin.references),
        "front matter": lambda: shared(twin.front) or bool(set(words) & NOTICES),
        "captions": lambda: shared(twin.captions),
        "table cells": lambda: shared(twin.tables),
        "back matter": lambda: shared(twin.back),
        "broken words": lambda: any(squeezed in part.replace(" ", "") for part in paragraphs),
        "numbers": lambda: any(letters in joined([w for w in part.split() if w.isalpha()]) for part in paragraphs),
        "running heads": lambda: any(set(tokens(title)) <= set(words) for title in twin.journal),
        "headings joined": flows,
        "spliced": lambda: any(halves(words, text) for text in texts[:2]),
    }
    return next((kind for kind, fits in signs.items() if fits()), "other")


def halves(words: list[str], text: str) -> bool:
    """Whether a sentence joins two pieces of the article that do not follow each other there."""
    return any(joined(words[:cut]) in text and joined(words[cut:]) in text for cut in range(2, len(words) - 1))
