"""Sentences as statements: which say the same, and which refer back to the sentence before.

Answering and proof both use these functions, so that merged and added sentences can be proved again.
"""

import re
import unicodedata

from qa.records import Document
from qa.text.lines import collapse
from qa.text.sentences import Span, is_fragment, leans_on_previous, split_sentences
from qa.text.variants import american

# ---------------------------------------------------------------- variants of one sign

_SIGNS = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u02bc", "'"),
        **dict.fromkeys("\u201c\u201d", '"'),
        **dict.fromkeys("\u2010\u2011", "-"),
        "\u00b5": "\u03bc",  # micro, as the Greek letter
        "\u2126": "\u03a9",  # ohm, as the Greek letter
        "\ufb00": "ff",
        "\ufb01": "fi",
        "\ufb02": "fl",
        "\ufb03": "ffi",
        "\ufb04": "ffl",
    }
)
_MINUS = re.compile(r"(?<![^\W_])[-\u2013\u2212](?=\S)|(?<=\S)[-\u2013\u2212](?![^\W_])")
"""A dash that touches something but is not between two letters or digits: a minus or a charge."""

_HYPHEN = re.compile(r"(?<=[^\W_])\u2013(?=[^\W_])")
_COMPOUND = re.compile(r"(?<=[A-Za-z])-(?=[a-z]{2})")
"""T-cells, HLA-matched: written with a space, they mean the same."""

# ---------------------------------------------------------------- parts without meaning

_REFERENCE_MARK = re.compile(
    r"(?:\s+|(?<=[.,;:)\]])|(?<=[a-z]{3}))\[\d{1,3}(?:\s*[,;\u2013-]\s*\d{1,3})*\](?=[\s.,;:)\[]|$)"
)
_WORDS_BEFORE = 5
_VALUE = re.compile(r"(?<![^\s(])[^\w\s]*\d|\b(?:CI|IQR|SD|interval|mean|median|range)\b", re.I)
"""After a number or one of these words, numbers in brackets may be the bounds of a value, not reference marks."""

_LEAD_IN = re.compile(
    r"(?:moreover|furthermore|additionally|in addition|also|thus|therefore|hence|consequently|indeed|notably|"
    r"importantly|of note|in summary|in conclusion|overall),\s+",
    re.I,
)
_TURN = re.compile(r"(however|nevertheless|similarly|in contrast),", re.I)
_THE = re.compile(r"(?:^The|(?<![^\s(])the)\s+")
_CAPITALISED = re.compile(r"[A-Z][a-z]+(?![^\W_]|[-+\u2212/])")
_GREEK_NAME = re.compile(r"[a-z]{3,}(?=-[\u03b1-\u03c9](?![^\W_]))")
_WORD = re.compile(r"(?<![^\W_])[A-Z]?[a-z]{3,}(?![^\W_])")
_FINAL_STOP = re.compile(r"\s*\.$")


def statement(sentence: str) -> str:
    """The sentence in a normal form. Sentences with equal forms say the same, in the same words.

    These do not count: white space, reference marks, the final full stop, words that only lead in, "the", the capital
    at the start, British or American spelling, the hyphen of a compound, and the form of a quotation mark, a hyphen or
    a minus. All else counts, in its place: every other word and its case, every number, unit and sign.

    >>> statement("Moreover, the tumours grow [3].") == statement("Tumors grow.")
    True
    >>> statement("IL-2 acts on CD4+ cells.") == statement("IL-2 acts on CD4− cells.")
    False
    """
    text = unicodedata.normalize("NFC", collapse(sentence)).translate(_SIGNS)
    text = _FINAL_STOP.sub("", _REFERENCE_MARK.sub(_without_mark, text).strip())
    text = _HYPHEN.sub("-", _MINUS.sub("\u2212", text))
    return _WORD.sub(_american, _opened(_THE.sub("", _COMPOUND.sub(" ", text))))


def _without_mark(mark: re.Match[str]) -> str:
    before = mark.string[: mark.start()].split()[-_WORDS_BEFORE:]
    return mark.group() if _VALUE.search(" ".join(before)) else ""


def _opened(text: str) -> str:
    """The text without words that only lead in, and without the capital at its start."""
    if lead := _LEAD_IN.match(text):
        return _opened(text[lead.end() :])
    text = _TURN.sub(r"\1", text, count=1) if _TURN.match(text) else text
    if first := _CAPITALISED.match(text):
        return text[0].lower() + text[1:]
    if first := _GREEK_NAME.match(text):
        return first.group().upper() + text[first.end() :]
    return text


def _american(word: re.Match[str]) -> str:
    spelled = american(word.group().lower())
    return spelled.capitalize() if word.group()[0].isupper() else spelled


def meaning(document: Document, start: int, end: int) -> tuple[str, ...]:
    """The ``statement`` of a document's sentence. Sentences of equal meaning may replace each other.

    If the sentence refers back, the sentence before is part of its meaning: "It was effective." says the same in two
    documents only after the same sentence. If that sentence is not known, the meaning equals no other.
    """
    said = statement(document.text[start:end])
    if not leans_on_previous(said):
        return (said,)
    before = antecedent(document, start, end)
    return said, statement(document.text[slice(*before)]) if before else f"{document.doc_id}#{start}"


def antecedent(document: Document, start: int, end: int) -> Span | None:
    """The span of the sentence before the one at ``start`` in its paragraph, if that refers back; else None."""
    if not leans_on_previous(document.text[start:end]):
        return None
    section = next(section for section in document.sections if section.start <= start < section.end)
    line = document.text[section.start : start].rpartition("\n")[2]
    spans = split_sentences(line)
    if not spans or is_fragment(line[slice(*spans[-1])]):
        return None
    offset = start - len(line)
    return offset + spans[-1][0], offset + spans[-1][1]
