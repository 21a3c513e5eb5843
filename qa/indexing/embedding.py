"""A Document cut into passages and sentences, with a vector for each."""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np

from qa.indexing.chunking import DEFAULT_LIMITS, CountTokens, Limits, Sentence, passages, quotable_sentences
from qa.models.encoders import Encoder, Vectors
from qa.records import Document, Passage
from qa.stores.base import Entry, Model
from qa.text.scripts import as_typed
from qa.text.sentences import leans_on_previous

KnownVectors = Callable[[Collection[bytes]], Mapping[bytes, Vectors]]
"""Keys of texts to the vectors that the same model made of them before."""


def _none_known(keys: Collection[bytes]) -> Mapping[bytes, Vectors]:
    return {}


def model_of(encoder: Encoder) -> Model:
    """What a library notes of the encoder that makes its vectors."""
    return Model(encoder.name, encoder.sha256, encoder.dimension, encoder.runtime)


def embed(
    document: Document, encoder: Encoder, known: KnownVectors = _none_known, limits: Limits = DEFAULT_LIMITS
) -> Entry:
    """The document cut into passages and sentences, with a vector for each.

    A passage is encoded under its title and headings, as far as the model's window has room for them; a
    sentence alone, or after the one before it where it leans on that and both fit. Superscripts are given as they
    are typed. What is ``known``, by the key of the very text, is not encoded again.
    """
    limits = replace(limits, tokens=min(limits.tokens, encoder.max_tokens * 4 // 5))

    def count_tokens(texts: Sequence[str]) -> list[int]:
        return encoder.count_tokens(list(map(as_typed, texts)))

    sentences = quotable_sentences(document, limits, count_tokens)
    cut = passages(document, sentences, limits)
    headers = _headers(document, cut, encoder.max_tokens - limits.tokens, count_tokens)
    headed = [as_typed(headers[passage.section] + document.text[passage.start : passage.end]) for passage in cut]
    in_context = list(map(as_typed, _in_context(document.text, sentences, encoder.max_tokens)))
    keys = [hashlib.sha256(text.encode()).digest() for text in (*headed, *in_context)]
    vectors = _vectors([*headed, *in_context], keys, encoder, known)
    return Entry(
        document=document,
        passages=cut,
        passage_vectors=vectors[: len(cut)],
        sentences=[(sentence.start, sentence.end) for sentence in sentences],
        sentence_vectors=vectors[len(cut) :],
        passage_keys=keys[: len(cut)],
        sentence_keys=keys[len(cut) :],
    )


def _vectors(texts: Sequence[str], keys: Sequence[bytes], encoder: Encoder, known: KnownVectors) -> Vectors:
    """A vector for each text, shape (len(texts), dimension), encoding only those that are not known."""
    found = dict(known(keys))
    new = {key: text for key, text in zip(keys, texts, strict=True) if key not in found}
    found |= zip(new, encoder.encode(list(new.values())), strict=True)
    return np.stack([found[key] for key in keys]) if keys else np.zeros((0, encoder.dimension), np.float32)


def _in_context(text: str, sentences: Sequence[Sentence], tokens: int) -> list[str]:
    contexts = []
    for before, sentence in zip([None, *sentences], sentences, strict=False):
        words = text[sentence.start : sentence.end]
        fits = before and before.section == sentence.section and before.tokens + sentence.tokens <= tokens
        if before and fits and leans_on_previous(words):
            words = f"{text[before.start : before.end]} {words}"
        contexts.append(words)
    return contexts


def _headers(document: Document, cut: Sequence[Passage], tokens: int, count_tokens: CountTokens) -> dict[str, str]:
    """Section to the title and headings put before its passages, within that many tokens."""
    headers = {}
    for section in {passage.section for passage in cut}:
        words = ". ".join(part for part in (document.title, section) if part).split()
        while words and count_tokens([" ".join(words) + "."])[0] > tokens:
            words.pop()
        headers[section] = " ".join(words) + ". " if words else ""
    return headers
